"""A room's state machine, as a table. Pure; time is an argument.

disabled -> resolving -> offline (watching) -> connecting -> live -> (reconnecting | ended) ..., with degraded when
something fails and blocked when the service refuses.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tiktok2mqtt.webcast.errors import AccessError, AgeRestricted, RoomNotFound, WebcastError


class State(StrEnum):
    """Where a room stands."""

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
    """What can happen to a room."""

    ENABLE = "enable"
    DISABLE = "disable"
    FOUND_LIVE = "found_live"
    FOUND_OFFLINE = "found_offline"
    OPENED = "opened"
    LOST = "lost"
    OVER = "over"
    FAILED = "failed"
    REFUSED = "refused"


S, G = State, Signal
_ANYWHERE: Final = {G.DISABLE: S.DISABLED, G.FAILED: S.DEGRADED, G.REFUSED: S.BLOCKED}
_WATCHING: Final = _ANYWHERE | {G.FOUND_LIVE: S.CONNECTING, G.FOUND_OFFLINE: S.OFFLINE, G.ENABLE: S.RESOLVING}

# A signal that a row does not name leaves the state as it is: it is late, or says nothing new.
TRANSITIONS: Final[dict[State, dict[Signal, State]]] = {
    S.DISABLED: {G.ENABLE: S.RESOLVING},
    S.RESOLVING: _WATCHING,
    S.OFFLINE: _WATCHING,
    S.ENDED: _WATCHING,
    S.DEGRADED: _WATCHING,
    S.BLOCKED: _WATCHING,
    S.CONNECTING: _ANYWHERE | {G.OPENED: S.LIVE, G.OVER: S.ENDED, G.FOUND_OFFLINE: S.OFFLINE},
    S.LIVE: {G.DISABLE: S.DISABLED, G.LOST: S.RECONNECTING, G.OVER: S.ENDED},
    S.RECONNECTING: _ANYWHERE | {G.OPENED: S.LIVE, G.OVER: S.ENDED, G.FOUND_OFFLINE: S.ENDED},
}

_LIVE_AFTER: Final[dict[Signal, bool | None]] = {
    G.DISABLE: None,
    G.FOUND_LIVE: True,
    G.OPENED: True,
    G.FOUND_OFFLINE: False,
    G.OVER: False,
    G.FAILED: None,
    G.REFUSED: None,
}

_PLAIN: Final = {
    S.DISABLED: ("disabled", "Not watched: switched off"),
    S.RESOLVING: (None, "Asking TikTok whether the room is live"),
    S.OFFLINE: ("offline", "Not live; watching"),
    S.CONNECTING: (None, "Live; connecting"),
    S.LIVE: (None, "Connected"),
    S.RECONNECTING: (None, "Connection lost; reconnecting"),
    S.ENDED: ("ended", "The LIVE has ended; watching for the next one"),
}


@dataclass(frozen=True, slots=True)
class Connection:
    """What is known of a room's link. `since` and `retry_at` are seconds since 1970; `live` None means unknown."""

    state: State = State.DISABLED
    code: str | None = "disabled"
    reason: str = _PLAIN[S.DISABLED][1]
    live: bool | None = None
    transport: str | None = None
    since: float = 0.0
    attempt: int = 0
    retry_at: float | None = None


def signal_of(error: WebcastError) -> Signal:
    """Return how a failed try counts: the service refuses us, or something failed."""
    return Signal.REFUSED if isinstance(error, AccessError | AgeRestricted) else Signal.FAILED


def advance(  # noqa: PLR0913 - one fact of the signal each
    connection: Connection,
    signal: Signal,
    now: float,
    *,
    error: WebcastError | None = None,
    transport: str | None = None,
    attempt: int = 0,
    retry_at: float | None = None,
) -> Connection:
    """Return the connection after a signal. The same object comes back when the signal is late and changes nothing."""
    state = TRANSITIONS[connection.state].get(signal)
    if state is None:
        return connection
    code, reason = _PLAIN.get(state, (None, state.value))
    if error is not None:
        code, reason = error.code, str(error)
    live = False if isinstance(error, RoomNotFound) else _LIVE_AFTER.get(signal, connection.live)
    since = connection.since if state is connection.state else now
    return replace(
        connection,
        state=state,
        code=code,
        reason=reason,
        live=live,
        transport=transport if state is State.LIVE else None,
        since=since,
        attempt=attempt,
        retry_at=retry_at,
    )
