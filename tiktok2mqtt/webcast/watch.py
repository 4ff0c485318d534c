"""Keeps a room heard: watches it until it is live, connects, reconnects."""

import logging
import random
import threading
import time
from collections.abc import Callable

from tiktok2mqtt.common.errors import AccessError, RateLimited, RoomEnded, WebcastError
from tiktok2mqtt.common.times import Backoff
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.lifecycle import Connection, Signal, State, advance, signal_of
from tiktok2mqtt.webcast.scheduler import STOP_S, Watcher

logger = logging.getLogger(__name__)
SETTLED_S = 30.0
BUSY_RETRY_S = 0.2
# A host whose LIVE broke off begins another at once: the first look after the end of one comes early.
AFTER_END_S = 10.0


class WatchedRoom:
    """One room and what is to be done about it.

    `on_connection(connection)` is called after every change of state, outside the lock, from the scheduler's, a
    worker's, the reader's or the caller's thread. The client's events are for whoever owns the room: `room.client.on`.
    """

    def __init__(
        self,
        client: WebcastPushConnection,
        watcher: Watcher,
        on_connection: Callable[[Connection], object],
        rng: random.Random | None = None,
    ) -> None:
        self.name = client.room
        self.client = client
        self.connection = Connection(since=time.time())
        self._watcher = watcher
        self._on_connection = on_connection
        self._backoff = Backoff(rng)
        self._lock = threading.Lock()
        self._fresh_until = 0.0
        self._room_id: str | None = None
        # The LIVE that was heard and that nobody has said to be over.
        self._heard_id = client.session.room_id if client.session is not None else None
        # The one that was over last.
        self._over_id: str | None = None
        self._opened_at = 0.0
        self._gone = False
        client.on_opened = self._opened
        client.on_closed = self._closed

    @property
    def enabled(self) -> bool:
        """Whether the room is watched or heard at all."""
        return self.connection.state is not State.DISABLED

    def enable(self) -> None:
        """Watch the room and hear it when it is live; asks TikTok as soon as the other rooms' look-ups allow it."""
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
        self._heard_id = None
        self.client.disconnect()

    def interrupt(self) -> None:
        """Begin to let go of the room for good; `close` waits for the end of it."""
        self._gone = True
        self._watcher.wake(self, None)
        self.client.interrupt()

    def close(self, timeout_s: float = STOP_S) -> None:
        """Let go of the room for good, without a word to `on_connection`; at most `timeout_s`."""
        self.interrupt()
        self.client.close(timeout_s)

    # --- called in the scheduler's thread ---

    def step(self) -> bool:
        """Do what is due, and return whether a look-up is needed.

        A room that was found live within the watch interval is connected to without another look-up.
        """
        if not self._wanted:
            return False
        if self.client.busy:
            self._watcher.wake(self, time.monotonic() + BUSY_RETRY_S)
            return False
        if self._room_id is None or time.monotonic() >= self._fresh_until:
            return True
        self._start(self._room_id)
        return False

    def held(self, refusal: AccessError, delay_s: float) -> None:
        """Take note that TikTok refuses all look-ups, and try again after the delay."""
        if self._wanted:
            self._retry(Signal.REFUSED, delay_s, error=refusal, level=logging.DEBUG)

    @property
    def _wanted(self) -> bool:
        return self.enabled and not self._gone

    def _start(self, room_id: str) -> None:
        self._signal(Signal.FOUND_LIVE)
        # Somebody may have let go of the room while it was looked up.
        if self._wanted and not self.client.busy:
            self.client.start(room_id)

    # --- called in a worker's thread ---

    def look_up(self) -> WebcastError | None:
        """Ask TikTok about the room and do what follows from the answer; return what went wrong."""
        if not self._wanted or self.client.busy:
            return None
        now, generation = time.monotonic(), self.client.generation
        self._room_id = None
        try:
            found = self.client.look_up(self._heard_id)
        except WebcastError as error:
            self.client.drop_idle_connections()
            if generation == self.client.generation:
                self._failed(error, self._backoff.around_s(self._watcher.interval_s))
            return error
        if generation != self.client.generation:
            # Somebody let go of the room meanwhile; when it is wanted again, it is looked up again.
            return None
        if found.live and found.room_id is not None:
            self._room_id, self._fresh_until = found.room_id, now + self._watcher.interval_s
            self._start(found.room_id)
        else:
            self.client.drop_idle_connections()
            self._over(Signal.FOUND_OFFLINE)
        return None

    def _over(self, signal: Signal, error: RoomEnded | None = None) -> None:
        """There is no LIVE, or none any more: look for the next one."""
        self._room_id = None
        interval_s = self._watcher.interval_s
        if self._heard_id is not None and self._wanted:
            # Once for each: TikTok's pages may go on to call it live.
            if self._heard_id != self._over_id:
                interval_s = min(interval_s, AFTER_END_S)
            self._over_id, self._heard_id = self._heard_id, None
            self.client.forget_session()
        self._retry(signal, self._backoff.around_s(interval_s), error=error)

    # --- called in the reader's thread; what an earlier start has to say is late ---

    def _opened(self, generation: int) -> None:
        if generation != self.client.generation:
            return
        if not self._wanted:
            # Somebody let go of the room in the very moment in which it was started.
            self.client.interrupt()
            return
        state = self.client.get_state()
        self._watcher.wake(self, None)
        self._opened_at = time.monotonic()
        self._heard_id = state.room_id
        self._signal(Signal.OPENED, transport=state.transport)

    def _closed(self, generation: int, error: WebcastError | None) -> None:
        if generation != self.client.generation or error is None:
            return
        was_live = self.connection.state is State.LIVE
        if was_live and time.monotonic() - self._opened_at >= SETTLED_S:
            self._backoff.reset()
        if isinstance(error, RoomEnded):
            self._over(Signal.OVER, error if was_live else None)
            return
        # Of the refusals by a socket only this one is about our address. A sign provider's limit is another class.
        if type(error) is RateLimited:
            self._watcher.hold(error)
        self._failed(error, 0.0, lost=was_live)

    def _failed(self, error: WebcastError, at_least_s: float, *, lost: bool = False) -> None:
        floor = max(at_least_s, 0.0 if lost else error.min_delay_s, error.retry_after_s or 0.0)
        delay_s = self._backoff.next_delay_s(floor)
        self._retry(Signal.LOST if lost else signal_of(error), delay_s, error=error)

    def _retry(
        self, signal: Signal, delay_s: float, *, error: WebcastError | None = None, level: int | None = None
    ) -> None:
        self._signal(signal, error=error, delay_s=delay_s, level=level)
        if self._wanted:
            self._watcher.wake(self, time.monotonic() + delay_s)

    def _signal(
        self,
        signal: Signal,
        *,
        error: WebcastError | None = None,
        transport: str | None = None,
        delay_s: float | None = None,
        level: int | None = None,
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
            self._log(level or _level(before, after), after, delay_s)
            self._on_connection(after)

    def _log(self, level: int, after: Connection, delay_s: float | None) -> None:
        again = f"; next try in {delay_s:.0f} s" if delay_s is not None else ""
        logger.log(level, "%s: %s%s", self.name, after.reason, again)


def _level(before: Connection, after: Connection) -> int:
    """Return how a change is logged: trouble as a warning, and what only goes on at debug level."""
    if (before.state, before.code) == (after.state, after.code):
        return logging.DEBUG
    return logging.WARNING if after.state in (State.DEGRADED, State.BLOCKED, State.RECONNECTING) else logging.INFO


__all__ = ["WatchedRoom", "Watcher"]
