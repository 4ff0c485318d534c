"""What a scheduler has to do, and when. Pure; time is an argument."""

import heapq
import itertools
from dataclasses import dataclass, field
from math import inf
from typing import Generic, TypeVar

from tiktok2mqtt.webcast.errors import WebcastError
from tiktok2mqtt.webcast.pacer import Pacer

Room = TypeVar("Room")


@dataclass(order=True)
class _Entry(Generic[Room]):
    at: float
    number: int
    room: Room = field(compare=False)


class Agenda(Generic[Room]):
    """Rooms that are due at some time; rooms that wait for their look-up; look-ups under way. A room is in one of them.

    A room comes in by `wake`. When it is due, `due` hands it out, and it is gone unless it comes back by `wait`: it
    then waits for its turn, which `next_lookup` gives when the pacer allows it and one of `workers` is free, until
    `ended`. `now` is on the monotonic clock, in seconds. Not thread-safe.
    """

    def __init__(self, interval_s: float, workers: int) -> None:
        self.pacer = Pacer(interval_s)
        self._workers = workers
        self._due: dict[Room, float] = {}
        self._heap: list[_Entry[Room]] = []
        self._numbers = itertools.count()
        # Since when, the longest first; and when the look-ups began.
        self._waiting: dict[Room, float] = {}
        self._running: dict[Room, float] = {}

    @property
    def rooms(self) -> int:
        """How many rooms are watched, as far as they are known here."""
        return len(self._due) + len(self._waiting) + len(self._running)

    @property
    def is_overfull(self) -> bool:
        """Whether not every room can have a look-up in each interval: the budget or the workers are at their end."""
        return len(self._running) >= self._workers or not self.pacer.keeps_interval(self.rooms)

    def wake(self, room: Room, at: float | None) -> None:
        """Make the room due at `at`, instead of whatever was planned for it; None: not at all."""
        self._waiting.pop(room, None)
        self._due.pop(room, None)
        if at is not None:
            self._due[room] = at
            heapq.heappush(self._heap, _Entry(at, next(self._numbers), room))

    def due(self, now: float) -> list[Room]:
        """Take out the rooms that are due, the longest first."""
        taken = []
        while self._heap and self._next_due() <= now:
            room = heapq.heappop(self._heap).room
            del self._due[room]
            taken.append(room)
        return taken

    def _next_due(self) -> float:
        # Entries that a later wake replaced are passed over.
        while self._heap and self._due.get(self._heap[0].room) != self._heap[0].at:
            heapq.heappop(self._heap)
        return self._heap[0].at if self._heap else inf

    def wait(self, room: Room, now: float) -> None:
        """Let a room wait for its look-up, unless something else was planned for it meanwhile."""
        if room not in self._due:
            self._waiting.setdefault(room, now)

    def take_waiting(self) -> list[Room]:
        """Take out the rooms that wait for their look-up, the longest first."""
        rooms = list(self._waiting)
        self._waiting.clear()
        return rooms

    def next_lookup(self, now: float) -> tuple[Room, float] | None:
        """Return the room whose turn it is, and for how many seconds it has waited; None when it is nobody's."""
        if now < self._next_turn():
            return None
        # One room is not looked up twice at a time.
        room = next(room for room in self._waiting if room not in self._running)
        waited_s = now - self._waiting.pop(room)
        self._running[room] = now
        self.pacer.began(now)
        return room, waited_s

    def _next_turn(self) -> float:
        if len(self._running) >= self._workers or self._waiting.keys() <= self._running.keys():
            return inf
        return self.pacer.opens_at(self.rooms, len(self._running))

    def ended(self, room: Room, now: float, error: WebcastError | None) -> None:
        """Note that a look-up has ended, and how."""
        self.pacer.ended(self._running.pop(room), now, error)

    def next_at(self) -> float:
        """Return when there is something to do next; inf for not before something happens."""
        return min(self._next_due(), self._next_turn())
