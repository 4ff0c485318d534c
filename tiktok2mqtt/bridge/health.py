"""How the bridge is: health and info documents, log lines on MQTT, and what systemd is told.

Feeds systemd's watchdog only while every thread that carries events goes on.
"""

import logging
import os
import resource
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.common.times import Liveness, timestamp
from tiktok2mqtt.webcast.memory import Drops

_PAGE_BYTES: Final = resource.getpagesize()
_MAX_LOG_CHARS: Final = 1_000


def rss_bytes() -> int | None:
    """Return the memory that the process holds now, in bytes; None where /proc is missing."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return None


def document(rooms: Collection[Room], drops_of: Mapping[str, Drops], outbox: Outbox, uptime_s: float) -> dict[str, Any]:
    """Return the health document; its numbers count since the start. `drops_of` has those of each room."""
    drops = drops_of.values()
    frames = _total(drop.frames for drop in drops)
    undecodable = _total(drop.undecodable for drop in drops)
    return {
        "at": timestamp(time.time()),
        "uptime_s": int(uptime_s),
        "rss_bytes": rss_bytes(),
        "threads": threading.active_count(),
        "rooms": len(rooms),
        "live_rooms": sum(room.is_live for room in rooms),
        "events": sum(room.events for room in rooms),
        "queue": outbox.lengths(),
        "dropped": outbox.dropped.total(),
        "dropped_by_event": dict(outbox.dropped),
        "decode_errors": undecodable.total() + frames.total(),
        "decode_errors_by_type": dict(undecodable),
        "frame_errors_by_cause": dict(frames),
        "unknown_messages_by_type": dict(_total(drop.unknown for drop in drops)),
        "per_room": {room.name: _of_room(room, drops_of[room.name], outbox) for room in rooms},
    }


def _of_room(room: Room, drops: Drops, outbox: Outbox) -> dict[str, Any]:
    return {
        "events": room.events,
        "state": room.connection()["state"],
        "dropped": outbox.dropped_by_room[room.name],
        "decode_errors": drops.undecodable.total() + drops.frames.total(),
    }


def _total(counters: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counters, Counter())


def notify_systemd(message: str) -> bool:
    """Tell systemd `READY=1`, `WATCHDOG=1` ...; return whether it listens. Source: sd_notify(3)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or sys.platform == "win32":
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
        try:
            sock.sendto(message.encode(), address)
        except OSError:
            return False
    return True


class LogToMqtt(logging.Handler):
    """Publishes log records from INFO on: {"level", "message", "logger"}."""

    def __init__(self, publish: Callable[[dict[str, Any]], object]) -> None:
        super().__init__(logging.INFO)
        self._publish = publish

    def emit(self, record: logging.LogRecord) -> None:
        """Publish one record."""
        try:
            message = safe_text(record.getMessage(), _MAX_LOG_CHARS)
            self._publish({"level": record.levelname.lower(), "message": message, "logger": record.name})
        except Exception:  # noqa: BLE001 - a log line must not raise where it is written
            self.handleError(record)


logger = logging.getLogger(__name__)
LOOK_S: Final = 1.0


class Watchdog:
    """`liveness_of_threads()` returns the liveness of each thread; the control loop, which calls `feed`, needs none."""

    def __init__(self, liveness_of_threads: Callable[[], Iterable[Liveness]]) -> None:
        self._liveness_of_threads = liveness_of_threads
        self._said: list[str] = []
        self._next_look = 0.0

    def stuck(self, now: float) -> list[str]:
        """Return the names of the threads that hang or have died, at `now` in monotonic seconds."""
        return sorted(liveness.name for liveness in self._liveness_of_threads() if liveness.is_overdue(now))

    def feed(self, now: float) -> None:
        """Tell systemd that all is well, if it is; it ends and starts us anew when it does not hear that for long.

        May be called as often as one likes; it looks once a second.
        """
        if now < self._next_look:
            return
        self._next_look = now + LOOK_S
        stuck = self.stuck(now)
        if stuck != self._said:
            self._said = stuck
            if stuck:
                logger.error("these threads do not go on: %s", ", ".join(stuck))
            else:
                logger.info("all threads go on again")
        if not stuck:
            notify_systemd("WATCHDOG=1")
