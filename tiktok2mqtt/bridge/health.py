"""The health of the daemon: the `health` document, log records on MQTT, and systemd's notifications and watchdog."""

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
from types import MappingProxyType
from typing import Any, Final

from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.bridge.mqtt.payloads import MAX_DOCUMENT_BYTES, fitting
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.room_connection import is_unreachable
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.common.times import Liveness, timestamp
from tiktok2mqtt.webcast.memory import Drops

logger = logging.getLogger(__name__)
Json = dict[str, Any]
CHECK_INTERVAL_S: Final = 1.0
MAX_LISTED: Final = 100
LIVE_CHECK_INTERVAL_S: Final = 1.0
# What is cut from a document that would be too large, in this order; see payloads.fitting.
_DETAILS: Final = (
    "per_room",
    "denied_by_topic",
    "unknown_messages_by_type",
    "too_large_messages_by_type",
    "decode_errors_by_type",
    "bad_fields_by_name",
    "stuck_threads",
    "dropped_by_event",
)
_PAGE_BYTES: Final = resource.getpagesize()
_MAX_LOG_CHARS: Final = 1_000


def health_document(
    rooms: Collection[Room],
    drops_by_room: Mapping[str, Drops],
    outbox: Outbox,
    uptime_s: float,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Json:
    """Return the `health` document; its counters start at 0 with the daemon. `more` has the figures of other parts.

    `drops_by_room` has an entry for each room.
    """
    drops = drops_by_room.values()
    frames = _sum(one.frames for one in drops)
    undecodable = _sum(one.undecodable for one in drops)
    too_large = _sum(one.too_large for one in drops)
    dropped = _sum([outbox.dropped])
    document = {
        "at": timestamp(time.time()),
        "uptime_s": int(uptime_s),
        "rss_bytes": rss_bytes(),
        "threads": threading.active_count(),
        "rooms": len(rooms),
        "live_rooms": sum(room.is_live for room in rooms),
        "unreachable_rooms": sum(is_unreachable(room.connection.connection) for room in rooms),
        "events": sum(room.events for room in rooms),
        "queue": outbox.lengths(),
        "dropped": dropped.total(),
        "dropped_by_event": dict(dropped),
        "decode_errors": undecodable.total() + frames.total() + too_large.total(),
        "decode_errors_by_type": _most_common(undecodable),
        "frame_errors_by_cause": dict(frames),
        "bad_fields_by_name": _most_common(_sum(one.bad_fields for one in drops)),
        "too_large_messages_by_type": _most_common(too_large),
        "unknown_messages_by_type": _most_common(_sum(one.unknown for one in drops)),
        "per_room": _per_room(rooms, drops_by_room, outbox),
        **more,
    }
    if "denied_by_topic" in document:
        document["denied_by_topic"] = _most_common(Counter(document["denied_by_topic"]))
    return fitting(document, MAX_DOCUMENT_BYTES, [name for name in _DETAILS if name in document])


def _per_room(rooms: Collection[Room], drops_by_room: Mapping[str, Drops], outbox: Outbox) -> Json:
    """Return the figures of each room. Rooms with problems come first, then those with events: some may not fit."""
    entries = {room.name: _room_entry(room, drops_by_room[room.name], outbox) for room in rooms}
    rank = ("decode_errors", "dropped", "events")
    return dict(sorted(entries.items(), key=lambda entry: [-entry[1][key] for key in rank]))


def _room_entry(room: Room, drops: Drops, outbox: Outbox) -> Json:
    return {
        "events": room.events,
        "state": room.connection.connection.state.value,
        "dropped": outbox.dropped_by_room[room.name],
        "decode_errors": _sum([drops.undecodable, drops.frames, drops.too_large]).total(),
    }


def _sum(counters: Iterable[Counter[str]]) -> Counter[str]:
    """Return the sum of counters that other threads may add keys to, which would end an iteration with an error."""
    total: Counter[str] = Counter()
    for counter in counters:
        # One step: no other thread can run in between.
        total.update(dict.copy(counter))
    return total


def _most_common(counter: Counter[str]) -> dict[str, int]:
    """Return the entries with the largest counts, the largest first; `other` is the sum of the rest."""
    common = dict(counter.most_common(MAX_LISTED))
    if rest := counter.total() - sum(common.values()):
        common["other"] = common.get("other", 0) + rest
    return common


def rss_bytes() -> int | None:
    """Return the resident memory of the process in bytes; None on systems without /proc."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return None


class LogToMqtt(logging.Handler):
    """Passes log records from INFO on to `publish`, as {"level", "message", "logger"}.

    `publish` is called in the thread that logs. That thread may hold any lock, so `publish` must not take one.
    """

    def __init__(self, publish: Callable[[Json], object]) -> None:
        super().__init__(logging.INFO)
        self._publish = publish

    def emit(self, record: logging.LogRecord) -> None:
        """Pass on one record."""
        try:
            message = safe_text(record.getMessage(), _MAX_LOG_CHARS)
            self._publish({"level": record.levelname.lower(), "message": message, "logger": record.name})
        except Exception:  # noqa: BLE001 - a log line must not raise where it is written
            self.handleError(record)


def notify_systemd(message: str) -> bool:
    """Send `READY=1`, `WATCHDOG=1` or `STOPPING=1` to systemd; return whether it was sent. Source: sd_notify(3)."""
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


class Watchdog:
    """Feeds systemd's watchdog while no thread is stuck. Used by the control thread only.

    `liveness_of_threads()` returns the liveness of every thread that carries events. The control thread needs none: a
    stuck control thread does not call `feed`.
    """

    def __init__(self, liveness_of_threads: Callable[[], Iterable[Liveness]]) -> None:
        self._liveness_of_threads = liveness_of_threads
        self._last_stuck: list[str] = []
        self._next_check = 0.0

    def stuck_threads(self, now: float) -> list[str]:
        """Return the names of the threads that hang or have died. `now` is monotonic, in seconds."""
        return sorted(liveness.name for liveness in self._liveness_of_threads() if liveness.is_overdue(now))

    def feed(self, now: float) -> None:
        """Notify systemd unless a thread is stuck: without notifications, systemd restarts the daemon.

        Checks at most once a second, however often it is called.
        """
        if now < self._next_check:
            return
        self._next_check = now + CHECK_INTERVAL_S
        stuck = self.stuck_threads(now)
        if stuck != self._last_stuck:
            self._last_stuck = stuck
            if stuck:
                logger.error("these threads are stuck: %s", ", ".join(stuck))
            else:
                logger.info("no thread is stuck any more")
        if not stuck:
            notify_systemd("WATCHDOG=1")


class HealthSchedule:
    """When the `health` document is due: after each interval, and soon after another number of rooms is live."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._due = self._live_check_due = 0.0
        self._live_rooms = 0

    def request(self) -> None:
        """Make the document due."""
        self._due = 0.0

    def check_live(self, now: float, rooms: Iterable[Room]) -> None:
        """Make the document due if its number of live rooms has changed; looks every LIVE_CHECK_INTERVAL_S."""
        if now >= self._live_check_due:
            self._live_check_due = now + LIVE_CHECK_INTERVAL_S
            before, self._live_rooms = self._live_rooms, sum(room.is_live for room in rooms)
            if before != self._live_rooms:
                self.request()

    def take_due(self, now: float) -> bool:
        """Return whether the document is due; then it is due again after the interval."""
        if now < self._due:
            return False
        self._due = now + self._interval_s
        return True
