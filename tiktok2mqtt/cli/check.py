"""`tiktok2mqtt check`: whether settings, broker and rooms are well, step by step, in plain words."""

from collections.abc import Iterable

from tiktok2mqtt.bridge.broker_check import broker_check
from tiktok2mqtt.bridge.client_options import client_options
from tiktok2mqtt.bridge.topics import Topics
from tiktok2mqtt.cli.status import DONE, FAILED
from tiktok2mqtt.cli.terminal import harmless
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.webcast.options import Options
from tiktok2mqtt.webcast.probe import probe
from tiktok2mqtt.webcast.steps import Step

_DETAIL_LIMIT = 300


def check(settings: Settings) -> int:
    """Print each step; return 0, or 1 when something failed that keeps the daemon from its work."""
    mqtt, rooms = settings.mqtt, settings.rooms
    rooms_words = ", ".join(rooms) or "none; name one with --room to try the way to TikTok"
    print(f"settings: ok, rooms: {rooms_words}")
    topics = Topics(mqtt.base_topic, mqtt.bridge_topic, settings.homeassistant.prefix)
    well = _show(f"broker {mqtt.host}:{mqtt.port}", broker_check(mqtt, topics))
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
