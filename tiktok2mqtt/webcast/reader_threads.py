"""The reader threads of one client: one of them reads, and an earlier one may still be in its last handlers."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tiktok2mqtt.common.errors import AlreadyConnected, NetworkError, WebcastError
from tiktok2mqtt.common.times import Deadline

logger = logging.getLogger(__name__)
S = TypeVar("S")


@dataclass(eq=False, slots=True)
class Run:
    """One start of the reader, from the lookup of the room to its last handler.

    `room_id` is None if it is to be looked up, `deadline` (monotonic, in seconds) None if the time for connecting is
    not limited. The callbacks get `generation`. `is_free` is set when nothing is left to do but to call handlers.
    """

    generation: int
    room_id: str | None
    on_opened: Callable[[int], object]
    on_closed: Callable[[int, WebcastError | None], object]
    deadline: float | None
    # Started by a handler of the run before, which waits for it.
    is_nested: bool = False
    is_free: bool = False
    is_done: bool = False
    thread: threading.Thread = field(init=False)


class Attempt(Generic[S]):
    """What becomes of a connect(): `decided` is set when it has a state or has failed.

    `opened` and `closed` are the callbacks of its run. They call `on_opened`, and `on_closed` if it was connected.
    """

    def __init__(
        self,
        get_state: Callable[[], S],
        on_opened: Callable[[int], object],
        on_closed: Callable[[int, WebcastError | None], object],
    ) -> None:
        self.decided = threading.Event()
        self.state: S | None = None
        self.error: WebcastError | None = None
        self._get_state = get_state
        self._on_opened = on_opened
        self._on_closed = on_closed

    def opened(self, generation: int) -> None:
        """See Run."""
        self.state = self._get_state()
        self._on_opened(generation)
        self.decided.set()

    def closed(self, generation: int, error: WebcastError | None) -> None:
        """See Run."""
        if self.state is not None:
            self._on_closed(generation, error)
        else:
            self.error = error or NetworkError("disconnected while connecting")
            self.decided.set()


class ReaderThreads:
    """Starts, interrupts and joins them. Thread-safe.

    `read(run)` is called in a thread of its own, named `name`. It returns why the reading ended.

    `generation` is incremented by each start and each interrupt: what an earlier run reports is ignored. `stopping` is
    set while the last run is interrupted.
    """

    def __init__(
        self, room: str, name: str, stopping: threading.Event, read: Callable[[Run], WebcastError | None]
    ) -> None:
        self.generation = 0
        self._room = room
        self._name = name
        self._stopping = stopping
        self._read = read
        self._changed = threading.Condition()
        self._runs: list[Run] = []
        # The number of threads in `disconnecting`.
        self._disconnecting = 0

    @property
    def busy(self) -> bool:
        """Whether a thread is running."""
        return any(run.thread.is_alive() for run in self._runs)

    @property
    def is_handler(self) -> bool:
        """Whether the caller is a handler: one of the threads is the current one."""
        return any(run.thread is threading.current_thread() for run in self._runs)

    def start(
        self,
        room_id: str | None,
        on_opened: Callable[[int], object],
        on_closed: Callable[[int, WebcastError | None], object],
        deadline: float | None = None,
    ) -> Run:
        """Start a thread. It waits for an earlier one that has not ended.

        Raises AlreadyConnected if the client is connected or connecting, NetworkError for a handler of `disconnected`
        while another thread is in `disconnecting`.
        """
        with self._changed:
            is_nested = self.is_handler
            last = self._runs[-1] if self._runs else None
            if last is not None and not last.is_free and (is_nested or last.generation == self.generation):
                raise AlreadyConnected(f"{self._room} is already connected; disconnect first")
            if is_nested and self._disconnecting:
                raise NetworkError(f"{self._room} is being disconnected")
            self.generation += 1
            run = Run(self.generation, room_id, on_opened, on_closed, deadline, is_nested)
            run.thread = threading.Thread(target=self._run, args=(run,), name=self._name, daemon=True)
            try:
                run.thread.start()
                self._runs = [*(other for other in self._runs if other.thread.is_alive()), run]
            except BaseException:
                # Ctrl-C, or no thread is to be had. If it has started, it ends at once: nobody would know of it.
                self.interrupt(run)
                raise
            return run

    def interrupt(self, run: Run | None = None) -> bool:
        """Make the last run end soon; with `run`, only if that is the last one. Return whether it was interrupted."""
        with self._changed:
            if run is not None and run.generation != self.generation:
                return False
            self.generation += 1
            self._stopping.set()
            self._changed.notify_all()
            return True

    @contextmanager
    def disconnecting(self) -> Iterator[None]:
        """Refuse handlers that want to connect again: it is the caller who disconnects."""
        with self._changed:
            self._disconnecting += 1
        try:
            yield
        finally:
            with self._changed:
                self._disconnecting -= 1

    def join(self, timeout_s: float) -> None:
        """Wait until the threads that run now have ended. Handlers do not wait for themselves."""
        if not self.is_handler:
            deadline = Deadline(timeout_s)
            for run in self._runs:
                run.thread.join(deadline.remaining_s())

    def is_last(self, run: Run) -> bool:
        """Return whether the run was neither interrupted nor followed by another one."""
        return run.generation == self.generation

    def opened(self, run: Run) -> None:
        """Report that a run is connected; return when the handlers of earlier runs have returned."""
        run.on_opened(run.generation)
        self._wait(run, lambda earlier: earlier.is_done)

    def free(self, run: Run) -> None:
        """Let another run start: this one has nothing to do any more but to call handlers."""
        with self._changed:
            run.is_free = True
            self._changed.notify_all()

    def _wait(self, run: Run, is_over: Callable[[Run], bool]) -> bool:
        """Wait for all earlier runs; return whether this one is still the last."""
        with self._changed:
            earlier = [other for other in self._runs if other.generation < run.generation]
            self._changed.wait_for(lambda: not self.is_last(run) or all(map(is_over, earlier)))
            return self.is_last(run)

    def _run(self, run: Run) -> None:
        error: WebcastError | None = None
        try:
            if self._wait(run, lambda earlier: earlier.is_done or (run.is_nested and earlier.is_free)):
                self._begin(run)
                error = self._read(run)
        except Exception as failure:
            logger.exception("%s: the reader failed", self._room)
            error = WebcastError(f"internal error: {type(failure).__name__}")
        finally:
            self.free(run)
            try:
                run.on_closed(run.generation, error)
            finally:
                with self._changed:
                    run.is_done = True
                    self._changed.notify_all()

    def _begin(self, run: Run) -> None:
        with self._changed:
            if self.is_last(run):
                self._stopping.clear()
