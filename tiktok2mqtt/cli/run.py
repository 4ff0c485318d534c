"""One heap for all threads.

`tiktok2mqtt run`: the daemon in the foreground.
"""

import ctypes
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Final

from tiktok2mqtt.bridge.bridge import Bridge
from tiktok2mqtt.bridge.mqtt.check import NoAnswer, ask_health
from tiktok2mqtt.bridge.purge import clear_renamed
from tiktok2mqtt.cli.logs import setup_logging
from tiktok2mqtt.settings import Settings, SettingsError

_M_ARENA_MAX: Final = -8  # mallopt(3)


def share_one_heap() -> None:
    """Let all threads take their memory from one heap. To be called before there are any.

    glibc gives each new thread one of up to 16 heaps (on two processors), and a heap gives little back of what its
    threads have freed: after a thousand reconnects, 100 MiB. The interpreter runs one thread at a time, so that one
    heap is enough. Other C libraries do not know the call.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


SECOND_TIMEOUT_S: Final = 2.0


def run(settings: Settings, load: Callable[[], Settings] | None = None) -> int:
    """Run the bridge until SIGTERM or SIGINT; return the exit status. Raises SettingsError.

    At SIGHUP the settings are read again by `load`, if there is one.
    """
    share_one_heap()
    _log_as_set(settings)
    _refuse_to_be_second(settings)
    clear_renamed(settings)
    try:
        bridge = Bridge(settings)
    except ValueError as error:
        raise SettingsError([str(error)]) from error

    def leave(_number: int, _frame: FrameType | None) -> None:
        # No logging here: what was interrupted may hold the lock that a log line needs on its way to MQTT.
        bridge.stop()

    def read_again(_number: int, _frame: FrameType | None) -> None:
        bridge.reload(load or (lambda: settings), _log_as_set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, read_again)
    return bridge.run()


def _log_as_set(settings: Settings) -> None:
    setup_logging(settings.log.level, settings.log.format, sys.stderr)


def _refuse_to_be_second(settings: Settings) -> None:
    """Raise SettingsError when another daemon serves the same topics: two would publish everything twice."""
    mqtt = settings.mqtt
    try:
        ask_health(mqtt, SECOND_TIMEOUT_S, only_if_online=True)
    except NoAnswer:
        return
    already = f"another tiktok2mqtt serves {mqtt.base_topic!r} at {mqtt.host}:{mqtt.port} already"
    mend = "stop it, or give this one its own mqtt.base_topic and mqtt.client_id"
    raise SettingsError([f"mqtt.base_topic: {already}; {mend}"])
