"""The control loop of the daemon: one thread that runs the jobs of other threads, and tasks on every turn."""

import logging
import queue
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

logger = logging.getLogger(__name__)
Job = Callable[[], object]
Task = Callable[[float], object]
# The longest wait for a job.
TICK_S: Final = 1.0
# After this many jobs or this long the tasks are run, however many jobs are waiting.
MAX_JOBS_PER_TURN: Final = 100
MAX_TURN_S: Final = 1.0
# More jobs than this are waiting only if the loop cannot keep up: what can be left out is left out.
MAX_WAITING_JOBS: Final = 1_000


class ControlLoop:
    """Runs a bounded number of jobs on each turn and then every task, so that a flood of jobs does not delay the tasks.

    A job or task that fails is logged, and the others go on. A turn comes with each job, and at least every TICK_S.

    The thread that calls `run` is the control thread. `put` and `stop` may be called from any thread or signal handler.
    """

    def __init__(self) -> None:
        self._tasks: Mapping[str, Task] = {}
        self._seconds_to_next: Callable[[float], float] = lambda _now: TICK_S
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._failing: set[str] = set()
        self._stopping = False

    def set_tasks(self, tasks: Mapping[str, Task], seconds_to_next: Callable[[float], float]) -> None:
        """Set the tasks, which are called with the monotonic time in seconds; their names complete "failed to ...".

        `seconds_to_next(now)` returns when the tasks are needed next.
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
        """Make `run` return when the present job or task has ended. Jobs that are waiting are dropped."""
        self._stopping = True
        self.put(lambda: None)

    def run(self) -> None:
        """Run jobs and tasks until `stop`."""
        while not self._stopping:
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
            if self._stopping or time.monotonic() >= deadline:
                return

    def run_tasks(self, now: float) -> None:
        """Run every task."""
        for name, task in self._tasks.items():
            self.attempt(name, partial(task, now))

    def attempt(self, name: str, action: Job) -> None:
        """Run a part of the work. A failure is logged as an error; if it fails again and again, then only at DEBUG."""
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
