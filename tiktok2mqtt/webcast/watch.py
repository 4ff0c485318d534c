"""Keeps rooms heard: watches offline ones until they are live, connects, reconnects.

One scheduler thread serves all rooms; it asks for one room at a time. A room that is live has a reader thread of its
own, in its client.
"""

import heapq
import itertools
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tiktok2mqtt.webcast.backoff import Backoff
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.errors import RoomEnded, StatusUnknown, WebcastError
from tiktok2mqtt.webcast.lifecycle import Connection, Signal, State, advance, signal_of

logger = logging.getLogger(__name__)
SETTLED_S = 30.0
BUSY_RETRY_S = 0.2
LOOKUP_SPACING_S = 0.1
STOP_S = 5.0


class WatchedRoom:
    """One room and what is to be done about it.

    `on_connection(connection)` is called after every change of state, outside the lock, from the scheduler's, the
    reader's or the caller's thread. The client's events are for whoever owns the room: `room.client.on(...)`.
    """

    def __init__(
        self,
        client: WebcastPushConnection,
        watcher: "Watcher",
        on_connection: Callable[[Connection], object],
        rng: random.Random | None = None,
    ) -> None:
        self.name = client.room
        self.client = client
        self.connection = Connection(since=time.time())
        self.due: float | None = None
        self._watcher = watcher
        self._on_connection = on_connection
        self._backoff = Backoff(rng)
        self._lock = threading.Lock()
        self._fresh_until = 0.0
        self._room_id: str | None = None
        self._opened_at = 0.0
        self._gone = False
        client.on_opened = self._opened
        client.on_closed = self._closed

    @property
    def enabled(self) -> bool:
        """Whether the room is watched or heard at all."""
        return self.connection.state is not State.DISABLED

    def enable(self) -> None:
        """Watch the room and hear it when it is live; asks TikTok at once."""
        self._backoff.reset()
        self._fresh_until = 0.0
        if self.connection.state in (State.LIVE, State.CONNECTING):
            return
        self._signal(Signal.ENABLE)
        self._watcher.wake(self, time.monotonic())

    def disable(self) -> None:
        """Stop watching and hearing the room; at most 5 s."""
        self._signal(Signal.DISABLE)
        self._watcher.wake(self, None)
        self.client.disconnect()

    def interrupt(self) -> None:
        """Begin to let go of the room for good; `close` waits for the end of it."""
        self._watcher.wake(self, None)
        self._gone = True
        self.client.interrupt()

    def close(self, timeout_s: float = STOP_S) -> None:
        """Let go of the room for good, without a word to `on_connection`; at most `timeout_s`."""
        self.interrupt()
        self.client.close(timeout_s)

    def attempt(self) -> None:
        """Do what is due; called by the scheduler's thread only."""
        if not self.enabled or self._gone:
            return
        if self.client.busy:
            self._watcher.wake(self, time.monotonic() + BUSY_RETRY_S)
            return
        try:
            room_id = self._live_room_id()
        except WebcastError as error:
            self._failed(error, self._backoff.around_s(self._watcher.interval_s))
            return
        if room_id is not None:
            self._start(room_id)

    def _start(self, room_id: str) -> None:
        # Somebody may have let go of the room while it was looked up.
        if self.enabled and not self._gone:
            self.client.start(room_id)

    def _live_room_id(self) -> str | None:
        """Return the id of the room to connect to, or None when the room is not live.

        A room that was found live within the watch interval is not looked up again.
        """
        if self._room_id is not None and time.monotonic() < self._fresh_until:
            self._signal(Signal.FOUND_LIVE)
            return self._room_id
        self._fresh_until = time.monotonic() + self._watcher.interval_s
        self._room_id = None
        resolution = self.client.resolve()
        if resolution.live is False:
            delay = self._backoff.around_s(self._watcher.interval_s)
            self._signal(Signal.FOUND_OFFLINE, delay_s=delay)
            self._watcher.wake(self, time.monotonic() + delay)
            return None
        if resolution.room_id is None or not self._confirmed(resolution.live, resolution.room_id):
            raise StatusUnknown("TikTok's pages disagree whether the room is live")
        self._room_id = resolution.room_id
        self._signal(Signal.FOUND_LIVE)
        return self._room_id

    def _confirmed(self, live: bool | None, room_id: str) -> bool:
        """Let the room info decide when the first two sources contradict each other."""
        return bool(live) or self.client.get_room_info(room_id).live is True

    # --- called in the reader's thread ---

    def _opened(self) -> None:
        if not self.enabled or self._gone:
            # Somebody let go of the room in the very moment in which it was started.
            self.client.interrupt()
            return
        self._opened_at = time.monotonic()
        self._signal(Signal.OPENED, transport=self.client.get_state().transport)

    def _closed(self, error: WebcastError | None) -> None:
        was_live = self.connection.state is State.LIVE
        if was_live and time.monotonic() - self._opened_at >= SETTLED_S:
            self._backoff.reset()
        if error is None:
            return
        if isinstance(error, RoomEnded):
            self._fresh_until = 0.0
            delay = self._backoff.around_s(self._watcher.interval_s)
            self._signal(Signal.OVER, error=error if was_live else None, delay_s=delay)
            self._watcher.wake(self, time.monotonic() + delay)
        else:
            self._failed(error, 0.0, lost=was_live)

    def _failed(self, error: WebcastError, at_least_s: float, *, lost: bool = False) -> None:
        floor = max(at_least_s, 0.0 if lost else error.min_delay_s, error.retry_after_s or 0.0)
        delay = self._backoff.next_delay_s(floor)
        self._signal(Signal.LOST if lost else signal_of(error), error=error, delay_s=delay)
        self._watcher.wake(self, time.monotonic() + delay)

    def _signal(
        self,
        signal: Signal,
        *,
        error: WebcastError | None = None,
        transport: str | None = None,
        delay_s: float | None = None,
    ) -> None:
        with self._lock:
            before = self.connection
            now = time.time()
            self.connection = advance(
                before,
                signal,
                now,
                error=error,
                transport=transport,
                attempt=self._backoff.attempt,
                retry_at=now + delay_s if delay_s is not None else None,
            )
            after = self.connection
        if after is not before and not self._gone:
            self._log(before, after, delay_s)
            self._on_connection(after)

    def _log(self, before: Connection, after: Connection, delay_s: float | None) -> None:
        """Log a change: trouble as a warning, and what only goes on at debug level."""
        level = logging.WARNING if after.state in (State.DEGRADED, State.BLOCKED, State.RECONNECTING) else logging.INFO
        if (before.state, before.code) == (after.state, after.code):
            level = logging.DEBUG
        again = f"; next try in {delay_s:.0f} s" if delay_s is not None else ""
        logger.log(level, "%s: %s%s", self.name, after.reason, again)


@dataclass(order=True)
class _Entry:
    due: float
    number: int
    room: WatchedRoom = field(compare=False)


class Watcher:
    """The scheduler thread, `tiktok2mqtt.watcher`: runs each room's `attempt` when it is due.

    It blocks in a room's HTTP look-up and in its own wait; stop() joins it.
    """

    def __init__(self, interval_s: float = 60.0) -> None:
        self.interval_s = interval_s
        self._heap: list[_Entry] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="tiktok2mqtt.watcher", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self, timeout_s: float = STOP_S) -> None:
        """Stop watching; returns when the thread has ended or after `timeout_s`."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def wake(self, room: WatchedRoom, at: float | None) -> None:
        """Run the room's attempt at `at` (monotonic seconds) instead of when it was due; None: not at all."""
        with self._changed:
            room.due = at
            if at is not None:
                heapq.heappush(self._heap, _Entry(at, next(self._numbers), room))
                self._changed.notify()

    def _run(self) -> None:
        while (room := self._next_due()) is not None:
            try:
                room.attempt()
            except Exception:
                logger.exception("%s: an attempt failed", room.name)
                self.wake(room, time.monotonic() + self.interval_s)
            with self._changed:
                self._changed.wait_for(lambda: self._stopping, LOOKUP_SPACING_S)

    def _next_due(self) -> WatchedRoom | None:
        """Wait for the next room that is due; None when stopping."""
        with self._changed:
            while not self._stopping:
                wait_s = self._heap[0].due - time.monotonic() if self._heap else None
                if wait_s is not None and wait_s <= 0:
                    entry = heapq.heappop(self._heap)
                    # An entry that a later wake replaced is passed over.
                    if entry.room.due == entry.due:
                        entry.room.due = None
                        return entry.room
                    continue
                self._changed.wait(wait_s)
        return None
