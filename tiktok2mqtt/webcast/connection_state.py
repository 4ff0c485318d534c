"""The connection of a room as all its threads see it: the present state, how long it is trusted, ordered reports."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from tiktok2mqtt.common.errors import StatusUnknown, WebcastError, WrongRoom
from tiktok2mqtt.webcast.lifecycle import (
    CONFIRMATIONS,
    Connection,
    FoundLive,
    Signal,
    State,
    advance,
    no_longer_confirmed,
    presumed_live,
)
from tiktok2mqtt.webcast.reader import State as ClientState

logger = logging.getLogger(__name__)
LIVE_GRACE_S = 300.0


class ConnectionState:
    """The connection of one room. Thread-safe.

    `known()` returns what the client knows. `on_connection(connection, known)` is called for every change, in the order
    of the changes, one at a time and outside the lock: a thread that finds another one reporting leaves its change to
    it. `connection` may therefore be ahead of what was reported.

    Failures leave a room live until the LIVE was not confirmed for `live_grace_s`.
    """

    def __init__(
        self,
        name: str,
        known: Callable[[], ClientState],
        on_connection: Callable[[Connection, ClientState], object],
        live_grace_s: float,
    ) -> None:
        self.connection = Connection(since=time.time())
        # Until when failures leave the room live, in monotonic seconds.
        self.confirmed_until = 0.0
        self._name = name
        self._known = known
        self._on_connection = on_connection
        self._live_grace_s = live_grace_s
        self._lock = threading.Lock()
        # The changes that were not reported yet.
        self._changes: deque[tuple[Connection, ClientState]] = deque()
        # Held by the thread that reports them.
        self._reporting = threading.Lock()
        self._is_closing = False

    def close(self) -> None:
        """Report no further change."""
        self._is_closing = True

    def advance(  # noqa: PLR0913 - the details of a signal
        self,
        signal: Signal,
        *,
        error: WebcastError | None = None,
        transport: str | None = None,
        attempt: int = 0,
        delay_s: float | None = None,
        found: FoundLive | None = None,
        was_joined: bool = False,
        level: int | None = None,
    ) -> None:
        """Change the state; log and report the change, if it is one.

        `delay_s` is the time to the next attempt, `was_joined` whether we were connected to this LIVE. If not, an
        answer that contradicts the look-up which has found it makes the live status unknown.
        """
        is_in_doubt = not was_joined and isinstance(error, StatusUnknown | WrongRoom)
        with self._lock:
            before = self.connection
            now = time.time()
            if signal in CONFIRMATIONS:
                self.confirmed_until = time.monotonic() + self._live_grace_s
            after = advance(
                before,
                signal,
                now,
                error=error,
                transport=transport,
                attempt=attempt,
                retry_at=now + delay_s if delay_s is not None else None,
                found=found,
                keep_live=time.monotonic() < self.confirmed_until and not is_in_doubt,
            )
            if after is before or not self._set(after):
                return
        retry = f"; next try in {delay_s:.0f} s" if delay_s is not None else ""
        logger.log(level or _log_level(before, after), "%s: %s%s", self._name, after.reason, retry)
        self._report_changes()

    def presume_live(self, confirmed_at: float) -> None:
        """Take over that the room was live at `confirmed_at`, seconds since 1970, when an earlier process knew it.

        Ignored if that is not recent, or if more is known already.
        """
        remaining_s = self._live_grace_s - abs(time.time() - confirmed_at)
        with self._lock:
            before = self.connection
            if remaining_s <= 0 or before.live is not None or before.state is State.DISABLED:
                return
            self.confirmed_until = time.monotonic() + remaining_s
            self._set(presumed_live(before, confirmed_at))
        self._report_changes()

    def expire(self) -> bool:
        """Make the live status unknown if the LIVE was confirmed too long ago; return whether that was so."""
        with self._lock:
            before = self.connection
            if not before.live or before.state is State.LIVE or time.monotonic() < self.confirmed_until:
                return False
            self._set(no_longer_confirmed(before))
        logger.info("%s: not known to be live any more: not confirmed for %g s", self._name, self._live_grace_s)
        self._report_changes()
        return True

    def expires_at(self) -> float | None:
        """Return when `expire` is due, in monotonic seconds; None if it is not."""
        connection = self.connection
        return self.confirmed_until if connection.live and connection.state is not State.LIVE else None

    def _set(self, connection: Connection) -> bool:
        """Set the connection; return whether the change is to be reported. Requires holding `_lock`."""
        self.connection = connection
        if not self._is_closing:
            self._changes.append((connection, self._known()))
        return not self._is_closing

    def _report_changes(self) -> None:
        """Report the changes of all threads, unless another thread is doing so: it will report these too."""
        # Asked again after the release: a change may have come between the last look and the release.
        while self._changes and self._reporting.acquire(blocking=False):
            try:
                while self._changes:
                    self._report(*self._changes.popleft())
            finally:
                self._reporting.release()

    def _report(self, connection: Connection, known: ClientState) -> None:
        if self._is_closing:
            return
        try:
            self._on_connection(connection, known)
        except Exception:
            # It may be the change of another thread: this one must go on.
            logger.exception("%s: a change of the connection could not be handled", self._name)


def _log_level(before: Connection, after: Connection) -> int:
    """Return the log level of a change: WARNING for new trouble, DEBUG when state and code stay the same."""
    if (before.state, before.code) == (after.state, after.code):
        return logging.DEBUG
    return logging.WARNING if after.state in (State.DEGRADED, State.BLOCKED, State.RECONNECTING) else logging.INFO
