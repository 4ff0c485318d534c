"""Runs all watched rooms: each when it is due, and their lookups within one rate limit.

RateLimiter and Schedule are pure, with time as an argument; Watcher has the threads. `now` and all other points in time
are monotonic seconds.
"""

import heapq
import itertools
import logging
import queue
import random
import threading
import time
from math import inf
from typing import Final, Generic, Protocol, TypeVar

from tiktok2mqtt.common.errors import AccessError, WebcastError
from tiktok2mqtt.common.times import MAX_DELAY_S, Deadline, Liveness
from tiktok2mqtt.webcast.slots import ConnectionSlots

logger = logging.getLogger(__name__)
STOP_S: Final = 5.0
# Time between two lookups: few rooms wait no longer than MAX_SPACING_S for each other, and however many there are,
# lookups start no more often than every MIN_SPACING_S.
MAX_SPACING_S: Final = 0.5
MIN_SPACING_S: Final = 0.02
MAX_WORKERS: Final = 8
# The scheduler's thread wakes up this often even when nothing is due, to show that it is alive.
WAKEUP_S: Final = 5.0
STUCK_S: Final = 30.0
# A wait for a lookup that is longer than the interval by this factor is logged: the interval cannot be kept.
_LATE_FACTOR: Final = 1.5


class RateLimiter:
    """Decides when the next lookup may start.

    The lookups of all rooms are spread over the interval, so that each room gets one in it. When the service refuses
    one (AccessError: it refuses our address, not the room), all lookups pause: as long as the service asked for, or
    the error's own delay, doubled with each further refusal up to 5 min. After the pause one lookup at a time finds
    out whether the others may go on.
    """

    def __init__(self, interval_s: float) -> None:
        self.paused_until = -inf
        self.refusal: AccessError | None = None
        self._interval_s = interval_s
        self._last_start = -inf
        self._refusals = 0

    def spacing_s(self, rooms: int) -> float:
        """Return the time between the starts of two lookups."""
        return max(MIN_SPACING_S, min(MAX_SPACING_S, self._interval_s / max(1, rooms)))

    def next_start(self, rooms: int, running: int) -> float:
        """Return when the next lookup may start while `running` are under way: inf if one of them must end first."""
        if self._refusals and running:
            return inf
        return max(self.paused_until, self._last_start + self.spacing_s(rooms))

    def started(self, now: float) -> None:
        """Record the start of a lookup."""
        self._last_start = now

    def finished(self, started_at: float, now: float, error: WebcastError | None) -> None:
        """Record the result of a lookup."""
        # Refusals of lookups that were under way at the same time count once.
        is_new = started_at >= self.paused_until
        if not isinstance(error, AccessError):
            if is_new:
                self._refusals = 0
            return
        self._refusals += is_new
        delay_s = min(MAX_DELAY_S, error.min_delay_s * 2 ** min(self._refusals - 1, 16))
        self.paused_until = max(self.paused_until, now + max(delay_s if is_new else 0.0, error.retry_after_s or 0.0))
        self.refusal = error


Room = TypeVar("Room")


class Schedule(Generic[Room]):
    """The rooms with a due time, the queue of rooms that wait for a lookup, and the running lookups.

    `schedule` adds a room; `pop_due` returns it when it is due and removes it. A room that needs a lookup is then
    queued by `enqueue`; `start_lookup` returns it when the rate limiter and a free worker allow it, and
    `finish_lookup` ends that. Not thread-safe.
    """

    def __init__(self, interval_s: float, max_running: int) -> None:
        self.limiter = RateLimiter(interval_s)
        self._interval_s = interval_s
        self._max_running = max_running
        # Due time by room. The heap also has outdated entries, of rooms that were rescheduled or cancelled.
        self._due: dict[Room, float] = {}
        self._heap: list[tuple[float, int, Room]] = []
        self._numbers = itertools.count()
        # Since when, the longest wait first; and the start of each running lookup.
        self._queue: dict[Room, float] = {}
        self._running: dict[Room, float] = {}

    def __len__(self) -> int:
        return len(self._due) + len(self._queue) + len(self._running)

    @property
    def is_overloaded(self) -> bool:
        """Whether not every room can have a lookup per interval: too many rooms, or all workers are busy."""
        return len(self._running) >= self._max_running or len(self) * MIN_SPACING_S > self._interval_s

    def schedule(self, room: Room, at: float) -> None:
        """Make the room due at `at`, replacing what was scheduled before."""
        self.cancel(room)
        self._due[room] = at
        heapq.heappush(self._heap, (at, next(self._numbers), room))

    def cancel(self, room: Room) -> None:
        """Remove the room. A lookup that is running goes on."""
        self._queue.pop(room, None)
        self._due.pop(room, None)

    def pop_due(self, now: float) -> list[Room]:
        """Remove and return the rooms that are due, in the order of their due times."""
        rooms = []
        while self._heap and self._next_due() <= now:
            _, _, room = heapq.heappop(self._heap)
            del self._due[room]
            rooms.append(room)
        return rooms

    def _next_due(self) -> float:
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else inf

    def enqueue(self, room: Room, now: float) -> None:
        """Queue a room for a lookup, unless it has been scheduled again meanwhile."""
        if room not in self._due:
            self._queue.setdefault(room, now)

    def clear_queue(self) -> list[Room]:
        """Remove and return the rooms that wait for a lookup, the longest wait first."""
        queued, self._queue = list(self._queue), {}
        return queued

    def start_lookup(self, now: float) -> tuple[Room, float] | None:
        """Return the room whose lookup starts now and the seconds it has waited, None if no lookup may start."""
        if now < self._next_lookup():
            return None
        # A room never has two lookups at the same time.
        room = next(room for room in self._queue if room not in self._running)
        waited_s = now - self._queue.pop(room)
        self._running[room] = now
        self.limiter.started(now)
        return room, waited_s

    def _next_lookup(self) -> float:
        if len(self._running) >= self._max_running or self._queue.keys() <= self._running.keys():
            return inf
        return self.limiter.next_start(len(self), len(self._running))

    def finish_lookup(self, room: Room, now: float, error: WebcastError | None) -> None:
        """Record the result of a room's lookup."""
        self.limiter.finished(self._running.pop(room), now, error)

    def next_at(self) -> float:
        """Return when there is something to do; inf if only a call can change that."""
        return min(self._next_due(), self._next_lookup())


class ScheduledRoom(Protocol):
    """What the watcher needs of a room."""

    name: str

    def step(self) -> bool:
        """Do what is due, without blocking; return whether a lookup is needed."""

    def look_up(self) -> WebcastError | None:
        """Look the room up and act on the result; return the error, if any. May block."""

    def postpone(self, refusal: AccessError, delay_s: float) -> None:
        """Schedule the room again after `delay_s`: lookups pause because of `refusal`."""


class Watcher:
    """Calls `step` of each room when it is due, and `look_up` within the rate limit.

    Threads: the scheduler, `tiktok2mqtt.watcher`, which blocks only in its own wait; and up to 8 workers,
    `tiktok2mqtt.lookup-<n>`, which block in a room's HTTP requests and in their queue. stop() joins all of them.
    `liveness` is the scheduler's. At most `max_connected` rooms may be connected at the same time.
    """

    def __init__(self, interval_s: float = 60.0, max_connected: float = inf) -> None:
        self.interval_s = interval_s
        self.max_connected = max_connected
        self._slots: ConnectionSlots[ScheduledRoom] = ConnectionSlots(max_connected)
        self.liveness = Liveness("tiktok2mqtt.watcher")
        self._schedule: Schedule[ScheduledRoom] = Schedule(interval_s, MAX_WORKERS)
        # Guards the schedule, the list of workers and `_stopping`.
        self._changed = threading.Condition()
        self._stopping = False
        self._warned_late = False
        self._lookups: queue.SimpleQueue[ScheduledRoom | None] = queue.SimpleQueue()
        self._idle_workers = 0
        # Not a ThreadPoolExecutor: at exit, the interpreter waits for its threads without a timeout.
        self._workers: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._run, name=self.liveness.name, daemon=True)

    def start(self) -> None:
        """Start the scheduler's thread."""
        self._thread.start()

    def stop(self, timeout_s: float = STOP_S) -> None:
        """Stop all threads; return when they have ended, at the latest after `timeout_s`."""
        deadline = Deadline(timeout_s)
        with self._changed:
            self._stopping = True
            self._changed.notify()
            threads = [self._thread, *self._workers]
        for _ in range(MAX_WORKERS):
            self._lookups.put(None)
        for thread in threads:
            if thread.is_alive():
                thread.join(deadline.remaining_s())

    @property
    def threads(self) -> list[str]:
        """The names of its threads that run: the scheduler's own and those of the lookups."""
        with self._changed:
            return [thread.name for thread in (self._thread, *self._workers) if thread.is_alive()]

    def schedule(self, room: ScheduledRoom, at: float) -> None:
        """Call the room's `step` at `at`, instead of when it was due before."""
        with self._changed:
            self._schedule.schedule(room, at)
            self._changed.notify()

    def cancel(self, room: ScheduledRoom) -> None:
        """Do not call the room's `step` any more."""
        with self._changed:
            self._schedule.cancel(room)

    def pause_lookups(self, refusal: AccessError) -> None:
        """Pause all lookups, because the service has refused us elsewhere; see RateLimiter."""
        now = time.monotonic()
        with self._changed:
            self._schedule.limiter.finished(now, now, refusal)
            self._changed.notify()

    def take_slot(self, room: ScheduledRoom) -> bool:
        """Return whether the room may connect. If not, its `step` is called as soon as it may."""
        return self._slots.take(room)

    def release_slot(self, room: ScheduledRoom) -> None:
        """Let another room connect in place of this one; also when it only waits for that."""
        if (following := self._slots.release(room)) is not None:
            self.schedule(following, time.monotonic())

    # --- the scheduler's thread ---

    def _run(self) -> None:
        while True:
            self.liveness.beat(STUCK_S)
            with self._changed:
                if self._stopping:
                    self.liveness.pause()
                    return
                # Ended early by `schedule`, by a finished lookup, and by `stop`.
                self._changed.wait(min(WAKEUP_S, max(0.0, self._schedule.next_at() - time.monotonic())))
                due = self._schedule.pop_due(time.monotonic())
            for room in due:
                self._step(room)
            self._postpone_queued()
            self._start_lookup()

    def _step(self, room: ScheduledRoom) -> None:
        try:
            if room.step():
                with self._changed:
                    self._schedule.enqueue(room, time.monotonic())
        except Exception:
            logger.exception("%s: a step failed", room.name)
            self.schedule(room, time.monotonic() + self.interval_s)

    def _postpone_queued(self) -> None:
        """While lookups pause, postpone the rooms in the queue until after the pause."""
        now = time.monotonic()
        with self._changed:
            limiter, rooms = self._schedule.limiter, len(self._schedule)
            refusal, pause_s = limiter.refusal, limiter.paused_until - now
            if refusal is None or pause_s <= 0:
                return
            # Spread over an interval, so that not all of them come back at the same moment.
            spread_s = min(self.interval_s, rooms * limiter.spacing_s(rooms))
            queued = self._schedule.clear_queue()
        for room in queued:
            room.postpone(refusal, pause_s + random.uniform(0.0, spread_s))  # noqa: S311 - jitter, no secret

    def _start_lookup(self) -> None:
        with self._changed:
            started = self._schedule.start_lookup(time.monotonic())
            if started is None:
                return
            room, waited_s = started
            is_late = waited_s > _LATE_FACTOR * self.interval_s and self._schedule.is_overloaded
            if self._idle_workers == 0:
                self._add_worker()
            else:
                self._idle_workers -= 1
        self._lookups.put(room)
        if is_late and not self._warned_late:
            self._warned_late = True
            message = "%d rooms are too many for a lookup every %g s: %s waited %.0f s; raise the watch interval"
            logger.warning(message, len(self._schedule), self.interval_s, room.name, waited_s)

    def _add_worker(self) -> None:
        """Start one more worker. Requires holding `_changed`. The schedule runs no more than MAX_WORKERS lookups."""
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
                logger.exception("%s: a lookup failed", room.name)
                self.schedule(room, time.monotonic() + self.interval_s)
            with self._changed:
                self._schedule.finish_lookup(room, time.monotonic(), error)
                self._idle_workers += 1
                self._changed.notify()
