"""`tiktok2mqtt check`: whether settings, broker and rooms are well, step by step, in plain words.

`tiktok2mqtt health`: asks a running daemon, over MQTT, whether it is well. Made for a container's HEALTHCHECK.
"""

import sys
from collections.abc import Iterable
from typing import Any, Final

from tiktok2mqtt.bridge.connector import client_options
from tiktok2mqtt.bridge.mqtt.check import NoAnswer, ask_health, check_broker
from tiktok2mqtt.cli.terminal import DONE, FAILED, harmless
from tiktok2mqtt.common.checks import Step
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.webcast.check import probe
from tiktok2mqtt.webcast.net.options import Options

_DETAIL_LIMIT = 300


def check(settings: Settings) -> int:
    """Print each step; return 0, or 1 when something failed that keeps the daemon from its work."""
    mqtt, rooms = settings.mqtt, settings.rooms
    rooms_words = ", ".join(rooms) or "none; name one with --room to try the way to TikTok"
    print(f"settings: ok, rooms: {rooms_words}")
    topics = Topics(mqtt.base_topic, mqtt.bridge_topic, settings.homeassistant.prefix)
    well = _show(f"broker {mqtt.host}:{mqtt.port}", check_broker(mqtt, topics))
    for room in rooms:
        well &= _show(f"room {room}", probe(room, Options(**client_options(settings.tiktok, room))))
    print("all is well" if well else "something failed: see above")
    return DONE if well else FAILED


def _show(title: str, steps: Iterable[Step]) -> bool:
    """Print the steps as they are done; return whether no decisive one failed."""
    print(f"\n{title}")
    well = True
    for step in steps:
        mark = "ok" if step.ok else "FAILED"
        detail = harmless(step.detail, _DETAIL_LIMIT)
        print(f"  {step.name:<24} {mark:<6} {step.seconds * 1000:7.0f} ms  {detail}".rstrip(), flush=True)
        well &= step.ok or not step.decisive
    return well


TIMEOUT_S: Final = 5.0


def health(settings: Settings) -> int:
    """Send a health_check and print the answer in a line; return 0 when it says healthy, else 1."""
    try:
        return _judge(ask_health(settings.mqtt, TIMEOUT_S))
    except NoAnswer as error:
        print(error, file=sys.stderr)
        return FAILED


def _judge(data: dict[str, Any]) -> int:
    healthy = data.get("healthy") is True
    word = "healthy" if healthy else "not healthy"
    print(f"{word}: up {data.get('uptime_s')} s, {data.get('live_rooms')} of {data.get('rooms')} rooms live")
    return 0 if healthy else FAILED
