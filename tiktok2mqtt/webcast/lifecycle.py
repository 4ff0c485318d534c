"""The states of a room's client, as a table, and the handlers that are called when one changes or an event arrives.

disabled -> resolving -> offline (watching) -> connecting -> live -> (reconnecting | ended) ..., with degraded when
something fails, and blocked when the service refuses us.
"""

import difflib
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from tiktok2mqtt.common.errors import AccessError, AgeRestricted, PrivateOrBanned, RoomNotFound, WebcastError

logger = logging.getLogger(__name__)
Handler = Callable[..., object]
EVERY_EVENT: Final = "*"
# A handler that fails on every message must not flood the log and slow down the other rooms.
REPORT_INTERVAL_S: Final = 10.0


CALLS: Final = frozenset({EVERY_EVENT, "raw_data", "websocket_connected", "caught_up"})
"""The names of handlers that are not called with an event."""


def check_event_name(name: str, events: Iterable[str]) -> None:
    """Raise ValueError unless `events` or CALLS has the name."""
    names = {*events, *CALLS}
    if name not in names:
        snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(name)).lower()
        nearest = difflib.get_close_matches(snake, sorted(names), 1, 0.5)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        raise ValueError(f"there is no event {name!r}{hint}")


def check_handler(handler: object) -> None:
    """Raise TypeError unless the handler can be called."""
    if not callable(handler):
        raise TypeError(f"a handler must be a function, not a {type(handler).__name__}")


class Handlers:
    """Handlers by event name. `on_failure(name)` is called when a handler raises; the exception is not propagated.

    Failures of the handlers of one name are logged and reported at most once in 10 s.
    """

    def __init__(
        self, owner: str, on_failure: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._owner = owner
        self._on_failure = on_failure
        self._clock = clock
        self._next_report: dict[str, float] = {}
        self._by_name: dict[str, tuple[Handler, ...]] = {}

    def add(self, name: str, handler: Handler) -> None:
        """Add a handler for that name."""
        self._by_name[name] = (*self._by_name.get(name, ()), handler)

    def remove(self, name: str, handler: Handler) -> None:
        """Remove a handler. Raises ValueError when it was not added."""
        handlers = list(self._by_name.get(name, ()))
        if handler not in handlers:
            raise ValueError(f"this handler of {name} was not added")
        handlers.remove(handler)
        self._by_name[name] = tuple(handlers)

    def wants(self, name: str) -> bool:
        """Return whether there is a handler for that name."""
        return bool(self._by_name.get(name))

    def call(self, name: str, *args: Any) -> None:
        """Call the handlers for that name."""
        for handler in self._by_name.get(name, ()):
            try:
                handler(*args)
            except BaseException as error:  # noqa: BLE001 - see `_failed`
                self._failed(name, error, report=True)

    def event(self, event: dict[str, Any]) -> None:
        """Call the handlers for this event's name, then those for every event."""
        for name in (event["event_type"], EVERY_EVENT):
            for handler in self._by_name.get(name, ()):
                try:
                    handler(event)
                except BaseException as error:  # noqa: BLE001 - see `_failed`
                    # A failure on an `error` event is not reported: the report would be another `error` event.
                    self._failed(name, error, report=event["event_type"] != "error")

    def failed(self, name: str, error: Exception) -> None:
        """Log and report that a handler for that name has failed elsewhere."""
        self._failed(name, error, report=name != "error")

    def _failed(self, name: str, error: BaseException, *, report: bool) -> None:
        """Log an exception and, if `report`, pass it to `on_failure`, unless the name failed a moment ago.

        No mistake of a handler must end the reader, not even sys.exit(). KeyboardInterrupt is raised again in the main
        thread, where it is Ctrl-C.
        """
        if isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
            raise error
        now = self._clock()
        if now < self._next_report.get(name, now):
            return
        self._next_report[name] = now + REPORT_INTERVAL_S
        logger.error("%s: a handler of %s failed", self._owner, name, exc_info=error)
        if report:
            self._on_failure(name)


class State(StrEnum):
    """The state of a room, as it is published."""

    DISABLED = "disabled"
    RESOLVING = "resolving"
    OFFLINE = "offline"
    CONNECTING = "connecting"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    ENDED = "ended"
    DEGRADED = "degraded"
    BLOCKED = "blocked"


class Signal(StrEnum):
    """What changes the state of a room."""

    ENABLE = "enable"
    DISABLE = "disable"
    FOUND_LIVE = "found_live"
    FOUND_OFFLINE = "found_offline"
    OPENED = "opened"
    LOST = "lost"
    OVER = "over"
    FAILED = "failed"
    REFUSED = "refused"
    MUST_WAIT = "must_wait"


DISABLED, RESOLVING, OFFLINE, CONNECTING, LIVE, RECONNECTING, ENDED, DEGRADED, BLOCKED = State
# The signal comes late or brings nothing new: the state does not change.
_SAME: Final = None

# fmt: off
_TABLE: Final = {
    #              enable     disable   found_live  f._offline opened lost          over   failed    refused  must_wait
    DISABLED:     (RESOLVING, _SAME,    _SAME,      _SAME,     _SAME, _SAME,        _SAME, _SAME,    _SAME,   _SAME),
    RESOLVING:    (RESOLVING, DISABLED, CONNECTING, OFFLINE,   _SAME, _SAME,        _SAME, DEGRADED, BLOCKED, DEGRADED),
    OFFLINE:      (RESOLVING, DISABLED, CONNECTING, OFFLINE,   _SAME, _SAME,        _SAME, DEGRADED, BLOCKED, DEGRADED),
    CONNECTING:   (_SAME,     DISABLED, _SAME,      OFFLINE,   LIVE,  _SAME,        ENDED, DEGRADED, BLOCKED, _SAME),
    LIVE:         (_SAME,     DISABLED, _SAME,      _SAME,     _SAME, RECONNECTING, ENDED, _SAME,    _SAME,   _SAME),
    RECONNECTING: (_SAME,     DISABLED, _SAME,      ENDED,     LIVE,  _SAME,        ENDED, DEGRADED, BLOCKED, DEGRADED),
    ENDED:        (RESOLVING, DISABLED, CONNECTING, OFFLINE,   _SAME, _SAME,        _SAME, DEGRADED, BLOCKED, DEGRADED),
    DEGRADED:     (RESOLVING, DISABLED, CONNECTING, OFFLINE,   _SAME, _SAME,        _SAME, DEGRADED, BLOCKED, DEGRADED),
    BLOCKED:      (RESOLVING, DISABLED, CONNECTING, OFFLINE,   _SAME, _SAME,        _SAME, DEGRADED, BLOCKED, DEGRADED),
}
# fmt: on
# By state and signal. An incomplete table fails at import.
TRANSITIONS: Final[dict[tuple[State, Signal], State | None]] = {
    (state, signal): after for state in State for signal, after in zip(Signal, _TABLE[state], strict=True)
}

# The live status after a signal; those that are missing do not change it.
_LIVE_AFTER: Final[dict[Signal, bool | None]] = {
    Signal.DISABLE: None,
    Signal.FOUND_LIVE: True,
    Signal.OPENED: True,
    Signal.FOUND_OFFLINE: False,
    Signal.OVER: False,
    Signal.MUST_WAIT: True,
}
_FAILURES: Final = frozenset({Signal.FAILED, Signal.REFUSED})
CONFIRMATIONS: Final = frozenset({Signal.FOUND_LIVE, Signal.OPENED, Signal.LOST, Signal.MUST_WAIT})
"""The signals that come when the room is live, or was until this moment."""

# Code and reason shown to users when no error gives them.
_REASONS: Final = {
    DISABLED: ("disabled", "Watching is switched off"),
    RESOLVING: (None, "Asking TikTok whether the room is live"),
    OFFLINE: ("offline", "Not live; watching"),
    CONNECTING: (None, "Live; connecting"),
    LIVE: (None, "Connected"),
    RECONNECTING: (None, "Connection lost; reconnecting"),
    ENDED: ("ended", "The LIVE has ended; watching for the next one"),
}


@dataclass(frozen=True, slots=True)
class FoundLive:
    """What a look-up says about a LIVE. `title` is None when unknown."""

    room_id: str
    title: str | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection of a room. `since`, `retry_at` and `confirmed_at` are seconds since 1970.

    `live` is None when unknown. `confirmed_at` is when it was last known to be live, None before that and when the LIVE
    is over; while connected, it is known all the time. `found` is what the last look-up said about the LIVE.
    """

    state: State = State.DISABLED
    code: str | None = "disabled"
    reason: str = _REASONS[DISABLED][1]
    live: bool | None = None
    transport: str | None = None
    since: float = 0.0
    attempt: int = 0
    retry_at: float | None = None
    confirmed_at: float | None = None
    found: FoundLive | None = None


def signal_of(error: WebcastError) -> Signal:
    """Return the signal of a failed attempt: the service refuses us, or something failed."""
    refusals = AccessError | AgeRestricted | PrivateOrBanned
    return Signal.REFUSED if isinstance(error, refusals) else Signal.FAILED


def advance(  # noqa: PLR0913 - the details of a signal
    connection: Connection,
    signal: Signal,
    now: float,
    *,
    error: WebcastError | None = None,
    transport: str | None = None,
    attempt: int = 0,
    retry_at: float | None = None,
    found: FoundLive | None = None,
    keep_live: bool = False,
) -> Connection:
    """Return the connection after a signal: the same object if the signal changes nothing.

    With `keep_live`, a failure does not make the live status unknown: the LIVE was confirmed a short time ago.
    """
    state = TRANSITIONS[connection.state, signal]
    if state is _SAME:
        return connection
    code, reason = _REASONS.get(state, (None, state.value))
    if error is not None:
        code, reason = error.code, str(error)
    live = _LIVE_AFTER.get(signal, connection.live)
    if isinstance(error, RoomNotFound):
        live = False
    elif signal in _FAILURES and not (keep_live and live):
        live = None
    confirmed_at = connection.confirmed_at if live is not False and state is not DISABLED else None
    if live and signal in CONFIRMATIONS:
        confirmed_at = now
    since = connection.since if state is connection.state else now
    return replace(
        connection,
        state=state,
        code=code,
        reason=reason,
        live=live,
        transport=transport if state is LIVE else None,
        since=since,
        attempt=attempt,
        retry_at=retry_at,
        confirmed_at=confirmed_at,
        found=(found or connection.found) if confirmed_at is not None else None,
    )


def presumed_live(connection: Connection, confirmed_at: float) -> Connection:
    """Return the connection when an earlier process knew at `confirmed_at` that the room is live."""
    return replace(connection, live=True, confirmed_at=confirmed_at)


def no_longer_confirmed(connection: Connection) -> Connection:
    """Return the connection when the LIVE was confirmed too long ago: the live status is unknown."""
    return replace(connection, live=None)
