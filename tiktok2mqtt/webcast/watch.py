"""Keeps one room connected: watches it until it is live, connects, reconnects."""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable

from tiktok2mqtt.common.errors import AccessError, ConnectionLimit, RateLimited, RoomEnded, WebcastError
from tiktok2mqtt.common.times import Backoff
from tiktok2mqtt.webcast.client import State as ClientState
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.lifecycle import Connection, Signal, State, advance, signal_of
from tiktok2mqtt.webcast.scheduler import STOP_S, Watcher

logger = logging.getLogger(__name__)
# A connection that lasted this long resets the backoff.
STABLE_S = 30.0
BUSY_RETRY_S = 0.2
# A host whose LIVE broke off often starts another one soon: the first lookup after the end of a LIVE comes early.
AFTER_END_S = 10.0


class WatchedRoom:
    """One room, and what is to be done about it next.

    `on_connection(connection, client_state)` is called for every change of state, with what the client knew at that
    moment. The calls come in the order of the changes, one at a time and outside the lock, from the scheduler's, a
    worker's, the reader's or the caller's thread: a thread that finds another one reporting leaves its change to it.
    `connection` may therefore be ahead of what was reported. The owner adds event handlers by `room.client.on`.
    """

    def __init__(
        self,
        client: WebcastPushConnection,
        watcher: Watcher,
        on_connection: Callable[[Connection, ClientState], object],
        rng: random.Random | None = None,
    ) -> None:
        self.name = client.room
        self.client = client
        self.connection = Connection(since=time.time())
        self.watcher = watcher
        self._on_connection = on_connection
        self._backoff = Backoff(rng)
        self._lock = threading.Lock()
        # The changes that were not reported yet.
        self._changes: deque[tuple[Connection, ClientState]] = deque()
        # Held by the thread that reports them.
        self._reporting = threading.Lock()
        # The LIVE found by the last lookup, and until when we connect to it without another lookup.
        self.found_id: str | None = None
        self.found_until = 0.0
        # The last LIVE that we were connected to, as long as it is not known to be over.
        self._last_id = client.session.room_id if client.session is not None else None
        # The last LIVE that is known to be over.
        self._over_id: str | None = None
        self._opened_at = 0.0
        self._is_closing = False
        client.on_opened = self._on_opened
        client.on_closed = self._on_closed

    @property
    def enabled(self) -> bool:
        """Whether the room is to be watched and connected to."""
        return self.connection.state is not State.DISABLED

    def enable(self) -> None:
        """Watch the room, and connect when it is live. The first lookup comes as soon as the rate limit allows."""
        self._backoff.reset()
        self.found_until = 0.0
        if self.connection.state in (State.LIVE, State.CONNECTING):
            return
        self._advance(Signal.ENABLE)
        self.watcher.schedule(self, time.monotonic())

    def disable(self) -> None:
        """Disconnect and stop watching the room. Takes up to 5 s."""
        self._advance(Signal.DISABLE)
        self.watcher.cancel(self)
        self._last_id = None
        self.client.disconnect()
        self.watcher.release_slot(self)

    def interrupt(self) -> None:
        """Start to disconnect permanently; `close` waits until that is done."""
        self._is_closing = True
        self.watcher.cancel(self)
        self.client.interrupt()

    def close(self, timeout_s: float = STOP_S) -> None:
        """Disconnect permanently, without a further call of `on_connection`. Takes up to `timeout_s`."""
        self.interrupt()
        self.client.close(timeout_s)
        self.watcher.release_slot(self)

    # --- called in the scheduler's thread ---

    def step(self) -> bool:
        """Do what is due, and return whether a lookup is needed.

        A LIVE that was found within the watch interval is connected to without another lookup.
        """
        if not self._wanted:
            return False
        if self.client.busy:
            self.watcher.schedule(self, time.monotonic() + BUSY_RETRY_S)
            return False
        if self.found_id is None or time.monotonic() >= self.found_until:
            return True
        self._start(self.found_id)
        return False

    def postpone(self, refusal: AccessError, delay_s: float) -> None:
        """Try again after the delay: TikTok refuses all lookups."""
        if self._wanted:
            self._retry(Signal.REFUSED, delay_s, error=refusal, level=logging.DEBUG)

    @property
    def _wanted(self) -> bool:
        return self.enabled and not self._is_closing

    def _start(self, room_id: str) -> None:
        if not self.watcher.take_slot(self):
            self._wait_for_slot()
        else:
            self._advance(Signal.FOUND_LIVE)
            # The room may have been disabled during the lookup.
            if self._wanted and not self.client.busy:
                self.client.start(room_id)
        if not self._wanted:
            self.watcher.release_slot(self)

    def _wait_for_slot(self) -> None:
        """Wait until another room is no longer connected; until then look up whether the LIVE is over."""
        self.client.drop_idle_connections()
        limit = self.watcher.max_connected
        error = ConnectionLimit(f"Live, but as many rooms are connected as the limit of open files allows: {limit}")
        self._retry(Signal.MUST_WAIT, self._backoff.jittered_s(self.watcher.interval_s), error=error)

    # --- called in a worker's thread ---

    def look_up(self) -> WebcastError | None:
        """Look the room up and act on the result; return the error, if any."""
        if not self._wanted or self.client.busy:
            return None
        now, generation = time.monotonic(), self.client.generation
        self.found_id = None
        try:
            found = self.client.live_status(self._last_id)
        except WebcastError as error:
            self.client.drop_idle_connections()
            if generation == self.client.generation:
                self._failed(error, self._backoff.jittered_s(self.watcher.interval_s))
            return error
        if generation != self.client.generation:
            # The room was disabled meanwhile. Enabling it again starts another lookup.
            return None
        if found.live and found.room_id is not None:
            self.found_id, self.found_until = found.room_id, now + self.watcher.interval_s
            self._start(found.room_id)
        else:
            self.client.drop_idle_connections()
            self._not_live(Signal.FOUND_OFFLINE)
        return None

    def _not_live(self, signal: Signal, error: RoomEnded | None = None) -> None:
        """There is no LIVE, or it is over: look for the next one."""
        self.found_id = None
        interval_s = self.watcher.interval_s
        if self._last_id is not None and self._wanted:
            # Early only once per LIVE: TikTok's pages may still show it as live, and it would end again and again.
            if self._last_id != self._over_id:
                interval_s = min(interval_s, AFTER_END_S)
            self._over_id, self._last_id = self._last_id, None
            self.client.forget_session()
        self._retry(signal, self._backoff.jittered_s(interval_s), error=error)

    # --- called in the reader's thread; calls of an earlier generation are ignored ---

    def _on_opened(self, generation: int) -> None:
        if generation != self.client.generation:
            return
        if not self._wanted:
            # The room was disabled at the moment of the start.
            self.client.interrupt()
            return
        state = self.client.get_state()
        self.watcher.cancel(self)
        self._opened_at = time.monotonic()
        self._last_id = state.room_id
        self._advance(Signal.OPENED, transport=state.transport)

    def _on_closed(self, generation: int, error: WebcastError | None) -> None:
        if generation != self.client.generation or error is None:
            return
        was_live = self.connection.state is State.LIVE
        if was_live and time.monotonic() - self._opened_at >= STABLE_S:
            self._backoff.reset()
        if isinstance(error, RoomEnded):
            self._not_live(Signal.OVER, error if was_live else None)
            return
        # Of all refusals of a socket, only this one concerns our address. The sign provider's limit is a subclass.
        if type(error) is RateLimited:
            self.watcher.pause_lookups(error)
        self._failed(error, 0.0, lost=was_live)

    # --- what all threads share ---

    def _failed(self, error: WebcastError, at_least_s: float, *, lost: bool = False) -> None:
        floor_s = max(at_least_s, 0.0 if lost else error.min_delay_s, error.retry_after_s or 0.0)
        delay_s = self._backoff.next_delay_s(floor_s)
        self._retry(Signal.LOST if lost else signal_of(error), delay_s, error=error)

    def _retry(
        self, signal: Signal, delay_s: float, *, error: WebcastError | None = None, level: int | None = None
    ) -> None:
        self._advance(signal, error=error, delay_s=delay_s, level=level)
        # A room whose LIVE is not over keeps its slot: a lost connection should cost it as little as possible.
        if signal is not Signal.MUST_WAIT and self._last_id is None:
            self.watcher.release_slot(self)
        if self._wanted:
            self.watcher.schedule(self, time.monotonic() + delay_s)

    def _advance(
        self,
        signal: Signal,
        *,
        error: WebcastError | None = None,
        transport: str | None = None,
        delay_s: float | None = None,
        level: int | None = None,
    ) -> None:
        """Change the state; log and report the change, if it is one."""
        with self._lock:
            before = self.connection
            now = time.time()
            self.connection = after = advance(
                before,
                signal,
                now,
                error=error,
                transport=transport,
                attempt=self._backoff.attempt,
                retry_at=now + delay_s if delay_s is not None else None,
            )
            if after is before or self._is_closing:
                return
            self._changes.append((after, self.client.get_state()))
        retry = f"; next try in {delay_s:.0f} s" if delay_s is not None else ""
        logger.log(level or _log_level(before, after), "%s: %s%s", self.name, after.reason, retry)
        self._report_changes()

    def _report_changes(self) -> None:
        """Report the changes of all threads, unless another thread is doing so: it will report these too."""
        # Asked again after the release: a change may have come between the last look and the release.
        while self._changes and self._reporting.acquire(blocking=False):
            try:
                while self._changes:
                    self._report(*self._changes.popleft())
            finally:
                self._reporting.release()

    def _report(self, connection: Connection, client_state: ClientState) -> None:
        if self._is_closing:
            return
        try:
            self._on_connection(connection, client_state)
        except Exception:
            # It may be the change of another thread: this one must go on.
            logger.exception("%s: a change of the connection could not be handled", self.name)


def _log_level(before: Connection, after: Connection) -> int:
    """Return the log level of a change: WARNING for new trouble, DEBUG when state and code stay the same."""
    if (before.state, before.code) == (after.state, after.code):
        return logging.DEBUG
    return logging.WARNING if after.state in (State.DEGRADED, State.BLOCKED, State.RECONNECTING) else logging.INFO


__all__ = ["WatchedRoom", "Watcher"]
