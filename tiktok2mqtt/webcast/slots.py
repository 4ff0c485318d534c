"""Which rooms may be connected at the same time, if not all of them may. No I/O, no time."""

import threading
from math import inf
from typing import Generic, TypeVar

Room = TypeVar("Room")


class ConnectionSlots(Generic[Room]):
    """At most `limit` rooms have a slot; the others wait. A released slot goes to the room that has waited longest.

    Thread-safe.
    """

    def __init__(self, limit: float = inf) -> None:
        self.limit = limit
        # Guards the attributes below. Rooms wait only while all slots are taken.
        self._lock = threading.Lock()
        self._holders: set[Room] = set()
        self._waiting: dict[Room, None] = {}

    def take(self, room: Room) -> bool:
        """Return whether the room has a slot now. If not, it waits for one until it is released."""
        with self._lock:
            if room not in self._holders and len(self._holders) < self.limit:
                self._holders.add(room)
            if room in self._holders:
                return True
            self._waiting.setdefault(room)
            return False

    def release(self, room: Room) -> Room | None:
        """Release the slot of a room, or end its wait; return the room that has got the slot, if any."""
        with self._lock:
            self._waiting.pop(room, None)
            if room not in self._holders:
                return None
            self._holders.remove(room)
            if not self._waiting:
                return None
            following = next(iter(self._waiting))
            del self._waiting[following]
            self._holders.add(following)
            return following
