"""Keeps one room connected: watches it until it is live, connects, reconnects."""

import logging
import random
import time
from collections.abc import Callable

from tiktok2mqtt.common.errors import AccessError, ConnectionLimit, NetworkError, RateLimited, RoomEnded, WebcastError
from tiktok2mqtt.common.times import Backoff
from tiktok2mqtt.webcast.client import State as ClientState
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.connection_state import LIVE_GRACE_S, ConnectionState
from tiktok2mqtt.webcast.lifecycle import Connection, FoundLive, Signal, State, signal_of
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
    moment, from the scheduler's, a worker's, the reader's or the caller's thread; see ConnectionState, also for
    `live_grace_s`. The owner adds event handlers by `room.client.on`.
    """

    def __init__(
        self,
        client: WebcastPushConnection,
        watcher: Watcher,
        on_connection: Callable[[Connection, ClientState], object],
        rng: random.Random | None = None,
        live_grace_s: float = LIVE_GRACE_S,
    ) -> None:
        self.name = client.room
        self.client = client
        self.watcher = watcher
        self._state = ConnectionState(self.name, client.get_state, on_connection, live_grace_s)
        self._backoff = Backoff(rng)
        # The LIVE found by the last lookup, and until when we connect to it without another lookup.
        self.found: FoundLive | None = None
        self.found_until = 0.0
        # When the next attempt is due, in monotonic seconds.
        self._retry_due = 0.0
        # The last LIVE that we were connected to, as long as it is not known to be over.
        self._last_id = client.session.room_id if client.session is not None else None
        # The last LIVE that is known to be over.
        self._over_id: str | None = None
        self._opened_at = 0.0
        self._is_closing = False
        client.on_opened = self._on_opened
        client.on_closed = self._on_closed

    @property
    def connection(self) -> Connection:
        """The present state of the connection."""
        return self._state.connection

    @property
    def has_account(self) -> bool:
        """Whether the session cookies of an account are sent."""
        return "sessionid" in self.client.options.cookies

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
        self._retry_due = time.monotonic()
        self.watcher.schedule(self, self._retry_due)

    def disable(self) -> None:
        """Disconnect and stop watching the room. Takes up to 5 s."""
        self._advance(Signal.DISABLE)
        self.watcher.cancel(self)
        self._last_id = None
        self.client.disconnect()
        self.watcher.release_slot(self)

    def adopt(self, generation: int) -> None:
        """Watch a room whose client is connected already. Called in the reader's thread."""
        for signal in (Signal.ENABLE, Signal.FOUND_LIVE):
            self._advance(signal, level=logging.DEBUG)
        self._on_opened(generation)

    def stop(self) -> None:
        """Stop watching the room, and leave its connection as it is."""
        self._is_closing = True
        self._state.close()
        self.watcher.cancel(self)

    def interrupt(self) -> None:
        """Start to disconnect permanently; `close` waits until that is done."""
        self.stop()
        self.client.interrupt()

    def close(self, timeout_s: float = STOP_S) -> None:
        """Disconnect permanently, without a further call of `on_connection`. Takes up to `timeout_s`."""
        self.interrupt()
        self.client.close(timeout_s)
        self.watcher.release_slot(self)

    def presume_live(self, confirmed_at: float) -> None:
        """Take over that the room was live at `confirmed_at`, seconds since 1970, when an earlier process knew it.

        Ignored if that is not recent, or if more is known already.
        """
        self._state.presume_live(confirmed_at)
        if time.monotonic() < self._retry_due:
            self._schedule_retry()

    # --- called in the scheduler's thread ---

    def step(self) -> bool:
        """Do what is due, and return whether a lookup is needed.

        A LIVE that was found within the watch interval is connected to without another lookup.
        """
        if not self._wanted:
            return False
        if self._state.expire() and time.monotonic() < self._retry_due:
            self._schedule_retry()
            return False
        if self.client.busy:
            self.watcher.schedule(self, time.monotonic() + BUSY_RETRY_S)
            return False
        if self.found is None or time.monotonic() >= self.found_until:
            return True
        self._start(self.found)
        return False

    def postpone(self, refusal: AccessError, delay_s: float) -> None:
        """Try again after the delay: TikTok refuses all lookups."""
        if self._wanted:
            self._retry(Signal.REFUSED, delay_s, error=refusal, level=logging.DEBUG)

    @property
    def _wanted(self) -> bool:
        return self.enabled and not self._is_closing

    def _start(self, found: FoundLive) -> None:
        if not self.watcher.take_slot(self):
            self._wait_for_slot()
        else:
            self._advance(Signal.FOUND_LIVE, found=found)
            # The room may have been disabled during the lookup.
            if self._wanted and not self.client.busy:
                self.client.start(found.room_id)
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
        self.found = None
        try:
            found = self.client.live_status(self._last_id)
        except WebcastError as error:
            self.client.drop_idle_connections()
            if generation == self.client.generation:
                self._failed(error, self._delay_after(error))
            return error
        if generation != self.client.generation:
            # The room was disabled meanwhile. Enabling it again starts another lookup.
            return None
        if found.live and found.room_id is not None:
            self.found = FoundLive(found.room_id, found.title, found.paused)
            self.found_until = now + self.watcher.interval_s
            self._start(self.found)
        else:
            self.client.drop_idle_connections()
            self._not_live(Signal.FOUND_OFFLINE)
        return None

    def _delay_after(self, error: WebcastError) -> float:
        """Return the shortest delay after a failed lookup. Without a network, a LIVE that was lost is tried sooner."""
        if isinstance(error, NetworkError) and self._last_id is not None:
            return 0.0
        return self._backoff.jittered_s(self.watcher.interval_s)

    def _not_live(self, signal: Signal, error: RoomEnded | None = None) -> None:
        """There is no LIVE, or it is over: look for the next one."""
        self.found = None
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
        self._retry_due = time.monotonic() + delay_s
        if self._wanted:
            self._schedule_retry()

    def _schedule_retry(self) -> None:
        """Schedule the next attempt, or what comes before it: the moment when the live status becomes unknown."""
        expires_at = self._state.expires_at()
        self.watcher.schedule(self, self._retry_due if expires_at is None else min(self._retry_due, expires_at))

    def _advance(  # noqa: PLR0913 - the details of a signal
        self,
        signal: Signal,
        *,
        error: WebcastError | None = None,
        transport: str | None = None,
        delay_s: float | None = None,
        found: FoundLive | None = None,
        level: int | None = None,
    ) -> None:
        self._state.advance(
            signal,
            error=error,
            transport=transport,
            attempt=self._backoff.attempt,
            delay_s=delay_s,
            found=found,
            was_joined=self._last_id is not None,
            level=level,
        )


__all__ = ["WatchedRoom", "Watcher"]
