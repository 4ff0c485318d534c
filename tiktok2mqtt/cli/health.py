"""`tiktok2mqtt health`: asks a running daemon, over MQTT, whether it is well. Made for a container's HEALTHCHECK."""

import sys
from typing import Any, Final

from tiktok2mqtt.bridge.asking import NoAnswer, ask_health
from tiktok2mqtt.cli.status import FAILED
from tiktok2mqtt.settings import Settings

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
