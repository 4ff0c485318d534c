from itertools import product

import pytest

from tiktok2mqtt.common.errors import (
    AgeRestricted,
    Blocked,
    CaptchaPage,
    NetworkError,
    PrivateOrBanned,
    ProviderDown,
    ProviderKey,
    ProviderLimited,
    ProxyError,
    RateLimited,
    RoomEnded,
    RoomNotFound,
    RoomSuspended,
    SchemaError,
    StaleConnection,
    StatusUnknown,
    WebcastError,
)
from tiktok2mqtt.webcast.lifecycle import TRANSITIONS, Connection, Signal, State, advance, signal_of

# Rows: states. Columns: signals. A dot: the state does not change.
TABLE = """
               enable    disable  found_live found_offline opened lost         over  failed   refused must_wait
disabled       resolving .        .          .             .      .            .     .        .       .
resolving      resolving disabled connecting offline       .      .            .     degraded blocked degraded
offline        resolving disabled connecting offline       .      .            .     degraded blocked degraded
connecting     .         disabled .          offline       live   .            ended degraded blocked .
live           .         disabled .          .             .      reconnecting ended .        .       .
reconnecting   .         disabled .          ended         live   .            ended degraded blocked degraded
ended          resolving disabled connecting offline       .      .            .     degraded blocked degraded
degraded       resolving disabled connecting offline       .      .            .     degraded blocked degraded
blocked        resolving disabled connecting offline       .      .            .     degraded blocked degraded
"""
HEADER, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
EXPECTED = {
    (State(row[0]), Signal(signal)): None if cell == "." else State(cell)
    for row in ROWS
    for signal, cell in zip(HEADER, row[1:], strict=True)
}
LIVE_AFTER: dict[Signal, bool | None] = {
    Signal.DISABLE: None,
    Signal.FOUND_LIVE: True,
    Signal.FOUND_OFFLINE: False,
    Signal.OPENED: True,
    Signal.OVER: False,
    Signal.FAILED: None,
    Signal.REFUSED: None,
    Signal.MUST_WAIT: True,
}
# Code and reason shown to users when no error gives them.
PLAIN = {
    State.DISABLED: ("disabled", "Watching is switched off"),
    State.RESOLVING: (None, "Asking TikTok whether the room is live"),
    State.OFFLINE: ("offline", "Not live; watching"),
    State.CONNECTING: (None, "Live; connecting"),
    State.LIVE: (None, "Connected"),
    State.RECONNECTING: (None, "Connection lost; reconnecting"),
    State.ENDED: ("ended", "The LIVE has ended; watching for the next one"),
}


def test_the_table_is_complete() -> None:
    assert set(EXPECTED) == set(TRANSITIONS) == set(product(State, Signal))


@pytest.mark.parametrize(("state", "signal"), EXPECTED)
def test_every_signal_in_every_state(state: State, signal: Signal) -> None:
    before = Connection(state=state, live=True, since=1.0, attempt=4, retry_at=99.0)
    after = advance(before, signal, 50.0, attempt=5, retry_at=60.0)
    expected = EXPECTED[state, signal]
    if expected is None:
        assert after is before
        return
    assert after.state is expected
    assert (after.attempt, after.retry_at) == (5, 60.0)
    assert after.since == (1.0 if expected is state else 50.0)
    assert after.live is LIVE_AFTER.get(signal, True)
    assert (after.code, after.reason) == PLAIN.get(expected, (None, expected.value))


@pytest.mark.parametrize("live", [True, False, None])
@pytest.mark.parametrize(("state", "signal"), [(State.OFFLINE, Signal.ENABLE), (State.LIVE, Signal.LOST)])
def test_some_signals_do_not_change_the_live_status(state: State, signal: Signal, live: bool | None) -> None:
    assert advance(Connection(state=state, live=live), signal, 1.0).live is live


def test_a_room_starts_disabled_and_unknown() -> None:
    connection = Connection()
    assert (connection.state, connection.code, connection.live) == (State.DISABLED, "disabled", None)
    assert connection.reason == PLAIN[State.DISABLED][1]


def test_the_transport_is_known_only_while_live() -> None:
    live = advance(Connection(state=State.CONNECTING), Signal.OPENED, 1.0, transport="direct")
    assert live.transport == "direct"
    assert advance(live, Signal.LOST, 2.0, transport="direct").transport is None


@pytest.mark.parametrize(
    ("error", "state", "code", "live"),
    [
        (NetworkError("no answer"), State.DEGRADED, "network", None),
        (StaleConnection("silence"), State.DEGRADED, "stale", None),
        (SchemaError("odd answer"), State.DEGRADED, "schema", None),
        (StatusUnknown("they disagree"), State.DEGRADED, "unknown", None),
        (RoomNotFound("nobody of that name"), State.DEGRADED, "not_found", False),
        (Blocked("go away", status=403), State.BLOCKED, "blocked", None),
        (CaptchaPage("a puzzle"), State.BLOCKED, "captcha", None),
        (RateLimited("too many", status=429), State.BLOCKED, "rate_limited", None),
        (ProviderDown("it signs nothing"), State.DEGRADED, "provider_down", None),
        (ProviderKey("no such key", status=401), State.BLOCKED, "provider_key", None),
        (ProviderLimited("too many", status=429), State.BLOCKED, "rate_limited", None),
        (AgeRestricted("adults only"), State.BLOCKED, "age_restricted", None),
        (PrivateOrBanned("shown to nobody"), State.BLOCKED, "private_or_banned", None),
        (ProxyError("away"), State.DEGRADED, "proxy", None),
    ],
)
def test_an_error_gives_code_and_reason_and_never_means_offline(
    error: WebcastError, state: State, code: str, live: bool | None
) -> None:
    after = advance(Connection(state=State.OFFLINE, live=False), signal_of(error), 1.0, error=error)
    assert (after.state, after.code, after.reason, after.live) == (state, code, str(error), live)


@pytest.mark.parametrize(
    ("error", "code"), [(RoomEnded("by the host"), "ended"), (RoomSuspended("the LIVE was suspended"), "suspended")]
)
def test_an_error_explains_why_a_live_ended(error: RoomEnded, code: str) -> None:
    after = advance(Connection(state=State.LIVE, live=True), Signal.OVER, 1.0, error=error)
    assert (after.state, after.code, after.reason, after.live) == (State.ENDED, code, str(error), False)
