"""The control loop of the daemon: one thread that runs jobs and tasks, and decides when rooms publish documents."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Container, Mapping
from functools import partial
from math import inf
from typing import Final

from tiktok2mqtt.bridge.room import Room

logger = logging.getLogger(__name__)
# The first request after a pause is flushed at once; later ones wait until this long after the last batch.
BATCH_INTERVAL_S: Final = 0.2
Job = Callable[[], object]
Task = Callable[[float], object]
# The longest wait for a job.
TICK_S: Final = 1.0
# After this many jobs or this long the tasks are run, however many jobs are waiting.
MAX_JOBS_PER_TURN: Final = 100
MAX_TURN_S: Final = 1.0
# More jobs than this are waiting only if the loop cannot keep up: then optional jobs are left out.
MAX_WAITING_JOBS: Final = 1_000


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


class ControlLoop:
    """Runs a bounded number of jobs on each turn and then every task, so that a flood of jobs does not delay the tasks.

    A job or task that fails is logged, and the others go on. There is a turn for each job, and at least one every
    TICK_S.

    The thread that calls `run` is the control thread. `put` and `stop` may be called from any thread or signal handler.
    """

    def __init__(self) -> None:
        self._tasks: Mapping[str, Task] = {}
        self._seconds_to_next: Callable[[float], float] = lambda _now: TICK_S
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._failing: set[str] = set()
        self.stopping = False

    def set_tasks(self, tasks: Mapping[str, Task], seconds_to_next: Callable[[float], float]) -> None:
        """Set the tasks, which are called with the monotonic time in seconds; their names complete "failed to ...".

        `seconds_to_next(now)` returns in how many seconds the tasks are needed next.
        """
        self._tasks, self._seconds_to_next = tasks, seconds_to_next

    @property
    def waiting(self) -> int:
        """The number of jobs that are waiting."""
        return self._jobs.qsize()

    @property
    def is_overloaded(self) -> bool:
        """Whether more jobs are waiting than the loop should ever have."""
        return self.waiting > MAX_WAITING_JOBS

    def put(self, job: Job) -> None:
        """Run a job in the control thread, after those that are waiting."""
        self._jobs.put(job)

    def stop(self) -> None:
        """Make `run` return when the current job or task has ended. Jobs that are waiting are dropped."""
        self.stopping = True
        self.put(lambda: None)

    def run(self) -> None:
        """Run jobs and tasks until `stop`."""
        while not self.stopping:
            self.run_jobs()
            self.run_tasks(time.monotonic())

    def run_jobs(self) -> None:
        """Run the jobs of one turn. Waits for the first, at most until the tasks are needed."""
        wait_s = self._wait_s()
        deadline = time.monotonic() + wait_s + MAX_TURN_S
        for _ in range(MAX_JOBS_PER_TURN):
            try:
                job = self._jobs.get(timeout=wait_s)
            except queue.Empty:
                return
            self.attempt("run a job", job)
            wait_s = 0.0
            if self.stopping or time.monotonic() >= deadline:
                return

    def run_tasks(self, now: float) -> None:
        """Run every task."""
        for name, task in self._tasks.items():
            self.attempt(name, partial(task, now))

    def attempt(self, name: str, action: Job) -> None:
        """Call `action`. A failure is logged as an error, and at DEBUG if the one before it also failed."""
        try:
            action()
        except Exception:  # noqa: BLE001 - it is logged
            self._log_failure(name)
        else:
            self._failing.discard(name)

    def _wait_s(self) -> float:
        try:
            return min(TICK_S, self._seconds_to_next(time.monotonic()))
        except Exception:  # noqa: BLE001 - it is logged
            self._log_failure("find out when documents are due")
            return TICK_S

    def _log_failure(self, name: str) -> None:
        level = logging.DEBUG if name in self._failing else logging.ERROR
        self._failing.add(name)
        logger.log(level, "failed to %s", name, exc_info=True)
