"""The threads that look after all watched rooms."""

import logging
import queue
import random
import threading
import time
from typing import Final, Protocol

from tiktok2mqtt.webcast.agenda import Agenda
from tiktok2mqtt.webcast.errors import AccessError, WebcastError
from tiktok2mqtt.webcast.pulse import Pulse

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
    `pulse` is the scheduler's.
    """

    def __init__(self, interval_s: float = 60.0) -> None:
        self.interval_s = interval_s
        self.pulse = Pulse("tiktok2mqtt.watcher")
        self._agenda: Agenda[Scheduled] = Agenda(interval_s, WORKERS)
        self._changed = threading.Condition()
        self._stopping = False
        self._said_late = False
        self._lookups: queue.SimpleQueue[Scheduled | None] = queue.SimpleQueue()
        self._idle_workers = 0
        self._workers: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._run, name=self.pulse.name, daemon=True)

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
            self.pulse.beat(STUCK_S)
            with self._changed:
                if self._stopping:
                    self.pulse.rest()
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
