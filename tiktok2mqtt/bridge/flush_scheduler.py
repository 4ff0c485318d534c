"""Decides when rooms publish their retained documents: in batches, so that many rooms cause few wake-ups."""

import logging
import threading
from collections.abc import Callable, Container
from math import inf
from typing import Final

from tiktok2mqtt.bridge.room import Room

logger = logging.getLogger(__name__)
# The first request after a pause is flushed at once; later ones wait until this long after the last batch.
BATCH_INTERVAL_S: Final = 0.2


class FlushScheduler:
    """Collects the rooms that have something to publish, and flushes them in batches.

    `request` may be called from any thread; everything else from the control thread only. `wake()` is called in the
    thread of the first request after a batch: it must make the control thread call `seconds_to_next` again.
    """

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        # Guards _requested, the only attribute that other threads change.
        self._lock = threading.Lock()
        self._requested: dict[Room, None] = {}
        # Rooms that published less than a second ago, and when they may publish again.
        self._due: dict[Room, float] = {}
        self._next_batch = -inf

    def request(self, room: Room) -> None:
        """Flush a room with the next batch."""
        with self._lock:
            is_first = not self._requested
            self._requested[room] = None
        if is_first:
            self._wake()

    def seconds_to_next(self, now: float) -> float:
        """Return the seconds until the next batch is due; inf if there is none. `now` is monotonic, in seconds."""
        earliest = -inf if self._requested else min(self._due.values(), default=inf)
        return max(0.0, max(earliest, self._next_batch) - now)

    def flush(self, now: float, rooms: Container[Room]) -> None:
        """Flush the next batch if it is due. A room that is no longer in `rooms` is skipped: it was removed."""
        if now < self._next_batch:
            return
        with self._lock:
            requested, self._requested = self._requested, {}
        batch = requested | {room: None for room, due in self._due.items() if due <= now}
        if batch:
            self._next_batch = now + BATCH_INTERVAL_S
        for room in batch:
            self._due.pop(room, None)
            try:
                if room in rooms and (next_flush := room.flush(now)) is not None:
                    self._due[room] = next_flush
            except Exception:
                # Its next change flushes it again; the other rooms must not wait for that.
                logger.exception("%s: the documents could not be published", room.name)
