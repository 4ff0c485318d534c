"""`tiktok2mqtt check` tests settings, broker and rooms step by step.

`tiktok2mqtt health` asks a running daemon over MQTT whether it is healthy; made for a container's HEALTHCHECK.
"""

import sys
from collections.abc import Iterable
from typing import Any, Final

from tiktok2mqtt import __version__
from tiktok2mqtt.bridge.connector import client_options
from tiktok2mqtt.bridge.homeassistant.discovery import DiscoveryOptions, room_messages
from tiktok2mqtt.bridge.mqtt.broker_check import check_broker
from tiktok2mqtt.bridge.mqtt.client import NoAnswer, ask_health
from tiktok2mqtt.bridge.mqtt.payloads import encode
from tiktok2mqtt.cli.progress import Progress, Stopwatch
from tiktok2mqtt.cli.terminal import DONE, FAILED, sanitize
from tiktok2mqtt.common.checks import Step
from tiktok2mqtt.common.mqtt import shown_address
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.webcast.check import probe
from tiktok2mqtt.webcast.net.options import Options

HEALTH_TIMEOUT_S: Final = 5.0
_DETAIL_LIMIT: Final = 300


def check(settings: Settings) -> int:
    """Print each step; return 0, or 1 if something failed that would keep the daemon from working."""
    mqtt, rooms = settings.mqtt, settings.rooms
    print(f"settings: ok, rooms: {', '.join(rooms) or 'none; use --room to test the connection to TikTok'}")
    for warning in settings.warnings:
        print(f"warning: {warning}")
    topics = Topics(mqtt.base_topic, mqtt.bridge_topic, settings.homeassistant.prefix)
    ok = _run_steps(f"broker {shown_address(mqtt)}", check_broker(mqtt, topics, _largest_message(topics, rooms)))
    for room in rooms:
        ok &= _run_steps(
            f"room {room}", probe(room, Options(**client_options(settings.tiktok, room, settings.settings_of(room))))
        )
    print("all checks passed" if ok else "a check failed, see above")
    return DONE if ok else FAILED


def _largest_message(topics: Topics, rooms: list[str]) -> int:
    """Return the size of the largest discovery message."""
    names = rooms or ["a" * 24]
    messages = [room_messages(topics, name, __version__, DiscoveryOptions()) for name in names]
    return max(len(encode(payload)) for one in messages for payload in one.values())


def _run_steps(title: str, steps: Iterable[Step]) -> bool:
    """Print the steps as they are done; return whether no decisive one failed."""
    print(f"\n{title}")
    ok, stopwatch = True, Stopwatch()
    with Progress(lambda: f"  testing, {stopwatch}") as progress:
        for step in steps:
            mark = "ok" if step.ok else "FAILED"
            detail = sanitize(step.detail, _DETAIL_LIMIT)
            progress.print(f"  {step.name:<24} {mark:<6} {step.seconds * 1000:7.0f} ms  {detail}".rstrip())
            ok &= step.ok or not step.decisive
    return ok


def health(settings: Settings) -> int:
    """Send a health_check command and print the answer as one line; return 0 if it says healthy, otherwise 1."""
    try:
        return print_health(ask_health(settings.mqtt, HEALTH_TIMEOUT_S))
    except NoAnswer as error:
        print(error, file=sys.stderr)
        return FAILED


def print_health(response: dict[str, Any]) -> int:
    """Print the answer of `health_check`; return the exit status, 0 if the daemon is healthy."""
    if response.get("status") != "ok" or not isinstance(data := response.get("data"), dict):
        print(f"not healthy: {sanitize(str(response.get('error') or 'invalid response'), _DETAIL_LIMIT)}")
        return FAILED
    healthy = data.get("healthy") is True
    status = "healthy" if healthy else "not healthy"
    if healthy and data.get("rooms") and data.get("unreachable_rooms") == data.get("rooms"):
        healthy, status = False, "no room can be reached; tiktok2mqtt check says why"
    print(f"{status}: up {data.get('uptime_s')} s, {data.get('live_rooms')} of {data.get('rooms')} rooms live")
    return DONE if healthy else FAILED
