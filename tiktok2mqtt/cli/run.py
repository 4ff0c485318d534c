"""`tiktok2mqtt run`: runs the daemon in the foreground."""

import ctypes
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tiktok2mqtt.bridge.bridge import Bridge
from tiktok2mqtt.bridge.mqtt.check import NoAnswer, ask_health
from tiktok2mqtt.bridge.purge import clear_renamed
from tiktok2mqtt.cli.logs import setup_logging
from tiktok2mqtt.cli.terminal import on_stop_signal
from tiktok2mqtt.settings import Settings, SettingsError

OTHER_DAEMON_TIMEOUT_S: Final = 2.0
_M_ARENA_MAX: Final = -8  # mallopt(3)


def run(settings: Settings, load: Callable[[], Settings] | None = None) -> int:
    """Run the bridge until SIGTERM or SIGINT; return the exit status. Raises SettingsError.

    SIGHUP reloads the settings with `load`, if given.
    """
    limit_heaps()
    _setup_logging(settings)
    _check_no_other_daemon(settings)
    clear_renamed(settings)
    try:
        bridge = Bridge(settings)
    except ValueError as error:
        raise SettingsError([str(error)]) from error

    # Signal handlers must not log: the code that they interrupt may hold the lock that publishing a log line needs.
    on_stop_signal(bridge.stop)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, lambda *_: bridge.reload(load or (lambda: settings), _setup_logging))
    return bridge.run()


def limit_heaps() -> None:
    """Make all threads share one heap. Must be called before the first thread starts.

    glibc gives threads up to 8 heaps per processor, and each returns little of the memory that is freed: after 1,000
    reconnects the daemon used 164 MiB instead of 86 (docs/performance.md). One heap is enough, because the interpreter
    runs one thread at a time. Other C libraries have no such setting.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _setup_logging(settings: Settings) -> None:
    setup_logging(settings.log.level, settings.log.format, sys.stderr)


def _check_no_other_daemon(settings: Settings) -> None:
    """Raise SettingsError if another daemon uses the same topics: two would publish everything twice."""
    mqtt = settings.mqtt
    try:
        ask_health(mqtt, OTHER_DAEMON_TIMEOUT_S, only_if_online=True)
    except NoAnswer:
        return
    problem = f"another tiktok2mqtt uses {mqtt.base_topic!r} at {mqtt.host}:{mqtt.port}"
    raise SettingsError(
        [f"mqtt.base_topic: {problem}; stop it, or set another mqtt.base_topic and mqtt.client_id here"]
    )
