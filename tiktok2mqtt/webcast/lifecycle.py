"""A room's state machine, as a table. Pure; time is an argument.

disabled -> resolving -> offline (watching) -> connecting -> live -> (reconnecting | ended) ..., with degraded when
something fails and blocked when the service refuses.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tiktok2mqtt.common.errors import AccessError, AgeRestricted, PrivateOrBanned, RoomNotFound, WebcastError


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


G = Signal
DISABLED, RESOLVING, OFFLINE, CONNECTING, LIVE, RECONNECTING, ENDED, DEGRADED, BLOCKED = State
# The state stays as it is: the signal is late, or says nothing new.
STAYS: Final = None

# fmt: off
_TABLE: Final = {
    #               enable     disable   found_live  found_offline  opened  lost          over   failed    refused
    DISABLED:     (RESOLVING, STAYS,    STAYS,      STAYS,         STAYS,  STAYS,        STAYS, STAYS,    STAYS),
    RESOLVING:    (RESOLVING, DISABLED, CONNECTING, OFFLINE,       STAYS,  STAYS,        STAYS, DEGRADED, BLOCKED),
    OFFLINE:      (RESOLVING, DISABLED, CONNECTING, OFFLINE,       STAYS,  STAYS,        STAYS, DEGRADED, BLOCKED),
    CONNECTING:   (STAYS,     DISABLED, STAYS,      OFFLINE,       LIVE,   STAYS,        ENDED, DEGRADED, BLOCKED),
    LIVE:         (STAYS,     DISABLED, STAYS,      STAYS,         STAYS,  RECONNECTING, ENDED, STAYS,    STAYS),
    RECONNECTING: (STAYS,     DISABLED, STAYS,      ENDED,         LIVE,   STAYS,        ENDED, DEGRADED, BLOCKED),
    ENDED:        (RESOLVING, DISABLED, CONNECTING, OFFLINE,       STAYS,  STAYS,        STAYS, DEGRADED, BLOCKED),
    DEGRADED:     (RESOLVING, DISABLED, CONNECTING, OFFLINE,       STAYS,  STAYS,        STAYS, DEGRADED, BLOCKED),
    BLOCKED:      (RESOLVING, DISABLED, CONNECTING, OFFLINE,       STAYS,  STAYS,        STAYS, DEGRADED, BLOCKED),
}
# fmt: on
# By state and signal. A pair without an answer fails the import.
TRANSITIONS: Final[dict[tuple[State, Signal], State | None]] = {
    (state, signal): after for state in State for signal, after in zip(Signal, _TABLE[state], strict=True)
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
    DISABLED: ("disabled", "Not watched: switched off"),
    RESOLVING: (None, "Asking TikTok whether the room is live"),
    OFFLINE: ("offline", "Not live; watching"),
    CONNECTING: (None, "Live; connecting"),
    LIVE: (None, "Connected"),
    RECONNECTING: (None, "Connection lost; reconnecting"),
    ENDED: ("ended", "The LIVE has ended; watching for the next one"),
}


@dataclass(frozen=True, slots=True)
class Connection:
    """What is known of a room's link. `since` and `retry_at` are seconds since 1970; `live` None means unknown."""

    state: State = State.DISABLED
    code: str | None = "disabled"
    reason: str = _PLAIN[DISABLED][1]
    live: bool | None = None
    transport: str | None = None
    since: float = 0.0
    attempt: int = 0
    retry_at: float | None = None


def signal_of(error: WebcastError) -> Signal:
    """Return how a failed try counts: the service refuses us, or something failed."""
    refusals = AccessError | AgeRestricted | PrivateOrBanned
    return Signal.REFUSED if isinstance(error, refusals) else Signal.FAILED


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
    state = TRANSITIONS[connection.state, signal]
    if state is STAYS:
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
        transport=transport if state is LIVE else None,
        since=since,
        attempt=attempt,
        retry_at=retry_at,
    )
