"""`tiktok2mqtt run`: runs the daemon in the foreground."""

import ctypes
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tiktok2mqtt.bridge.bridge import REFUSED, Bridge
from tiktok2mqtt.bridge.mqtt.client import NoAnswer, ask_health
from tiktok2mqtt.bridge.purge import clear_renamed
from tiktok2mqtt.bridge.rooms_file import StateDirInUse
from tiktok2mqtt.cli.logs import setup_logging
from tiktok2mqtt.cli.signals import handle_signals
from tiktok2mqtt.settings import MqttSettings, Settings, SettingsError

logger = logging.getLogger(__name__)
OTHER_DAEMON_TIMEOUT_S: Final = 2.0
_M_ARENA_MAX: Final = -8  # mallopt(3)


def run(settings: Settings, load: Callable[[], Settings] | None = None) -> int:
    """Run the bridge until SIGTERM or SIGINT; return the exit status, see Bridge.run. Raises SettingsError.

    SIGHUP reloads the settings with `load`, if given.
    """
    limit_heaps()
    _setup_logging(settings)
    for warning in settings.warnings:
        logger.warning("%s", warning)
    if _is_in_use(settings.mqtt):
        return REFUSED
    clear_renamed(settings)
    try:
        bridge = Bridge(settings)
    except StateDirInUse as error:
        logger.error("%s", error)  # noqa: TRY400 - not a bug
        return REFUSED
    except ValueError as error:
        raise SettingsError([str(error)]) from error
    bridge.on_log_level = _setup_logging
    handle_signals(bridge.stop, lambda: bridge.reload(load or (lambda: settings), _setup_logging))
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


def _is_in_use(mqtt: MqttSettings) -> bool:
    """Return whether another daemon seems to use the same topics, and log it: two would publish everything twice.

    The messages that say so may be forged, so the daemon must not give up: with this exit status, a service manager
    starts it again. Only the lock of `state_dir` reliably keeps a second daemon out.
    """
    try:
        ask_health(mqtt, OTHER_DAEMON_TIMEOUT_S, only_if_online=True)
    except NoAnswer:
        return False
    logger.error(
        "another tiktok2mqtt uses %r at %s:%d; stop it, or set another mqtt.base_topic and mqtt.client_id here",
        mqtt.base_topic,
        mqtt.host,
        mqtt.port,
    )
    return True
