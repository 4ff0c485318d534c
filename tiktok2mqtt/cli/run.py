"""`tiktok2mqtt run`: the daemon in the foreground."""

import signal
import sys
from types import FrameType

from tiktok2mqtt.bridge.bridge import Bridge
from tiktok2mqtt.cli.logs import setup_logging
from tiktok2mqtt.settings import Settings, SettingsError


def run(settings: Settings) -> int:
    """Run the bridge until SIGTERM or SIGINT; return the exit status. Raises SettingsError."""
    setup_logging(settings.log.level, settings.log.format, sys.stderr)
    try:
        bridge = Bridge(settings)
    except ValueError as error:
        raise SettingsError([str(error)]) from error

    def leave(_number: int, _frame: FrameType | None) -> None:
        # No logging here: what was interrupted may hold the lock that a log line needs on its way to MQTT.
        bridge.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    return bridge.run()
