"""The budget of look-ups, one for all rooms. Pure; time is an argument.

What a scheduler has to do, and when. Pure; time is an argument.

The threads that look after all watched rooms.
"""

import heapq
import itertools
import logging
import queue
import random
import threading
import time
from dataclasses import dataclass, field
from math import inf
from typing import Final, Generic, Protocol, TypeVar

from tiktok2mqtt.common.errors import AccessError, WebcastError
from tiktok2mqtt.common.times import CAP_S, Liveness

# Few rooms need not wait for each other for long, and no number of rooms makes us ask more often than this.
MOST_SPACING_S: Final = 0.5
LEAST_SPACING_S: Final = 0.02


class Pacer:
    """Says when the next look-up may begin. `now` is on the monotonic clock, in seconds.

    The look-ups of `rooms` rooms are spread over the interval, so that each room has one in it. When the service
    refuses one (AccessError: it is our address that is refused, not the room), all are held back: for as long as it
    asked for, or else the error's own delay, doubled with every refusal in a row up to 5 min. After that one look-up at
    a time finds out whether the others may go on.
    """

    def __init__(self, interval_s: float) -> None:
        self.held_until = -inf
        self.refusal: AccessError | None = None
        self._interval_s = interval_s
        self._began_last = -inf
        self._refusals = 0

    def spacing_s(self, rooms: int) -> float:
        """Return the time between the beginnings of two look-ups."""
        return max(LEAST_SPACING_S, min(MOST_SPACING_S, self._interval_s / max(1, rooms)))

    def keeps_interval(self, rooms: int) -> bool:
        """Return whether so many rooms can have a look-up each in every interval."""
        return rooms * LEAST_SPACING_S <= self._interval_s

    def opens_at(self, rooms: int, running: int) -> float:
        """Return when the next look-up may begin while `running` are under way: inf for not before one has ended."""
        if self._refusals and running:
            return inf
        return max(self.held_until, self._began_last + self.spacing_s(rooms))

    def is_held(self, now: float) -> bool:
        """Return whether the service has refused us and the delay is not over."""
        return now < self.held_until

    def began(self, now: float) -> None:
        """Note that a look-up begins."""
        self._began_last = now

    def ended(self, began: float, now: float, error: WebcastError | None) -> None:
        """Note how a look-up ended that had begun at `began`."""
        is_news = began >= self.held_until
        if not isinstance(error, AccessError):
            if is_news:
                self._refusals = 0
            return
        # Those that were under way together count as one refusal.
        self._refusals += is_news
        delay_s = min(CAP_S, error.min_delay_s * 2 ** min(self._refusals - 1, 16))
        self.held_until = max(self.held_until, now + max(delay_s if is_news else 0.0, error.retry_after_s or 0.0))
        self.refusal = error


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


logger = logging.getLogger(__name__)
STOP_S: Final = 5.0
# It looks around so often even when nothing is due, which shows that it lives.
TURN_S: Final = 5.0
STUCK_S: Final = 30.0
# So many rooms may keep us waiting for an answer before the others have to wait as well.
WORKERS: Final = 8
# Waits that are longer than the interval, by this factor, are worth a word: the interval cannot be kept.
_LATE: Final = 1.5


class Scheduled(Protocol):
    """What a watcher needs of a room."""

    name: str

    def step(self) -> bool:
        """Do what is due, at once and without I/O; return whether a look-up is needed."""
        ...

    def look_up(self) -> WebcastError | None:
        """Look the room up and do what follows from it; return what went wrong."""
        ...

    def held(self, refusal: AccessError, delay_s: float) -> None:
        """Take note that look-ups are held back because of `refusal`, for so long."""
        ...


class Watcher:
    """Runs each room when it is due, and looks rooms up within one budget for all of them; see Pacer.

    Threads: the scheduler, `tiktok2mqtt.watcher`, which blocks in its own wait only; and up to 8 workers,
    `tiktok2mqtt.lookup-<n>`, which block in a room's HTTP look-up and in their queue. stop() joins all of them.
    `liveness` is the scheduler's.
    """

    def __init__(self, interval_s: float = 60.0) -> None:
        self.interval_s = interval_s
        self.liveness = Liveness("tiktok2mqtt.watcher")
        self._agenda: Agenda[Scheduled] = Agenda(interval_s, WORKERS)
        self._changed = threading.Condition()
        self._stopping = False
        self._said_late = False
        self._lookups: queue.SimpleQueue[Scheduled | None] = queue.SimpleQueue()
        self._idle_workers = 0
        self._workers: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._run, name=self.liveness.name, daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self, timeout_s: float = STOP_S) -> None:
        """Stop watching; returns when the threads have ended or after `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            self._stopping = True
            self._changed.notify()
            threads = [self._thread, *self._workers]
        for _ in range(WORKERS):
            self._lookups.put(None)
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))

    def wake(self, room: Scheduled, at: float | None) -> None:
        """Run the room's `step` at `at` (monotonic seconds) instead of when it was due; None: not at all."""
        with self._changed:
            self._agenda.wake(room, at)
            self._changed.notify()

    def hold(self, refusal: AccessError) -> None:
        """Hold back all look-ups, because the service has refused us elsewhere; see Pacer."""
        now = time.monotonic()
        with self._changed:
            self._agenda.pacer.ended(now, now, refusal)
            self._changed.notify()

    # --- the scheduler's thread ---

    def _run(self) -> None:
        while True:
            self.liveness.beat(STUCK_S)
            with self._changed:
                if self._stopping:
                    self.liveness.pause()
                    return
                # An earlier wake ends the wait.
                self._changed.wait(self._pause_s())
                due = self._agenda.due(time.monotonic())
            for room in due:
                self._step(room)
            self._hold_back()
            self._begin_lookup()

    def _pause_s(self) -> float:
        return min(TURN_S, max(0.0, self._agenda.next_at() - time.monotonic()))

    def _step(self, room: Scheduled) -> None:
        try:
            if room.step():
                with self._changed:
                    self._agenda.wait(room, time.monotonic())
        except Exception:
            logger.exception("%s: a step failed", room.name)
            self.wake(room, time.monotonic() + self.interval_s)

    def _hold_back(self) -> None:
        """Tell the rooms whose look-ups are held back, and let them come again when that is over."""
        now = time.monotonic()
        with self._changed:
            pacer = self._agenda.pacer
            if not pacer.is_held(now):
                return
            # Not all at once when it is over.
            spread_s = min(self.interval_s, self._agenda.rooms * pacer.spacing_s(self._agenda.rooms))
            held, refusal, held_s = self._agenda.take_waiting(), pacer.refusal, pacer.held_until - now
        assert refusal is not None  # noqa: S101 - look-ups are held back because of one
        for room in held:
            room.held(refusal, held_s + random.uniform(0.0, spread_s))  # noqa: S311 - jitter, no secret

    def _begin_lookup(self) -> None:
        with self._changed:
            turn = self._agenda.next_lookup(time.monotonic())
            if turn is None:
                return
            room, waited_s = turn
            is_late = waited_s > _LATE * self.interval_s and self._agenda.is_overfull
            if self._idle_workers == 0:
                self._add_worker()
            else:
                self._idle_workers -= 1
        self._lookups.put(room)
        if is_late and not self._said_late:
            self._said_late = True
            logger.warning(
                "%d rooms are too many to look each up every %g s: %s has waited %.0f s for its turn; "
                "raise the watch interval or follow fewer rooms",
                self._agenda.rooms,
                self.interval_s,
                room.name,
                waited_s,
            )

    def _add_worker(self) -> None:
        """Add a look-up thread. Requires holding `_changed`; the agenda hands out no more than WORKERS at a time."""
        name = f"tiktok2mqtt.lookup-{len(self._workers) + 1}"
        worker = threading.Thread(target=self._work, name=name, daemon=True)
        self._workers.append(worker)
        worker.start()

    # --- a worker's thread ---

    def _work(self) -> None:
        while (room := self._lookups.get()) is not None and not self._stopping:
            error: WebcastError | None = None
            try:
                error = room.look_up()
            except Exception:
                logger.exception("%s: a look-up failed", room.name)
                self.wake(room, time.monotonic() + self.interval_s)
            with self._changed:
                self._agenda.ended(room, time.monotonic(), error)
                self._idle_workers += 1
                self._changed.notify()
