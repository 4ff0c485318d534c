"""Waits for Home Assistant after an outage of the broker, so that it misses no event.

Home Assistant reconnects some 10 s later than this daemon, and subscribes some seconds before it publishes its birth
message (core 2026.10). What is published in between reaches everybody else.
"""

import logging
from pathlib import Path
from typing import Any, Final

from tiktok2mqtt.bridge.json_file import read_json, write_json
from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.settings import Settings

logger = logging.getLogger(__name__)
# The file in `state_dir` with the broker on which a birth message was received.
FILE: Final = "birth.json"
VERSION: Final = 1
_MAX_FILE_BYTES: Final = 10_000


class BirthWait:
    """Holds the events of the outbox after a new connection until the birth message, if there ever was one.

    On the first connection only what an earlier run has left waits. `connected` and `received` are called in the
    link's thread, `save` in the control thread. Times are monotonic seconds.
    """

    def __init__(self, outbox: Outbox, settings: Settings) -> None:
        mqtt, homeassistant = settings.mqtt, settings.homeassistant
        self._outbox = outbox
        self._wait_s = 0.0 if homeassistant.discovery == "off" else homeassistant.wait_for_birth
        self._broker = {
            "version": VERSION,
            "host": mqtt.host,
            "port": mqtt.port,
            "prefix": homeassistant.prefix,
        }
        self._path = settings.state_dir / FILE if settings.state_dir is not None else None
        self._is_seen = self._is_saved = self._path is not None and _read(self._path) == self._broker
        self._was_connected = False

    def connected(self, now: float) -> None:
        """Hold the events if this connection follows an outage that Home Assistant may have noticed as well."""
        is_first, self._was_connected = not self._was_connected, True
        if not self._is_seen or not self._wait_s or (is_first and not self._outbox.lengths()["priority"]):
            return
        logger.info("events wait for Home Assistant's birth message, for %g s at most", self._wait_s)
        self._outbox.hold(now + self._wait_s)

    def received(self, now: float) -> None:
        """Release the events: Home Assistant has published its birth message."""
        self._is_seen = True
        self._outbox.release(now)

    def save(self) -> None:
        """Remember across restarts that this broker has a Home Assistant. A failure is logged."""
        if self._path is None or self._is_saved:
            return
        self._is_saved = True
        try:
            write_json(self._path, self._broker)
        except OSError as error:
            logger.warning("%s cannot be written: %s", self._path, error.strerror)


def _read(path: Path) -> Any:
    try:
        return read_json(path, VERSION, _MAX_FILE_BYTES)
    except (OSError, ValueError):
        return None
