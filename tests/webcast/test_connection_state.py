"""How long a room stays live without a confirmation."""

import time

import pytest

from tiktok2mqtt.common.errors import (
    AgeRestricted,
    Blocked,
    NetworkError,
    RoomEnded,
    RoomNotFound,
    StatusUnknown,
    WebcastError,
    WrongRoom,
)
from tiktok2mqtt.webcast.connection_state import ConnectionState
from tiktok2mqtt.webcast.lifecycle import Connection, FoundLive, Signal, State, signal_of
from tiktok2mqtt.webcast.reader import State as ClientState

FOUND = FoundLive("55", "Title")


class Rig:
    """The state of a room that is watched, and the live status of each reported change."""

    def __init__(self, live_grace_s: float = 60.0) -> None:
        self.live: list[bool | None] = []
        known = ClientState("alice")
        self.state = ConnectionState("alice", lambda: known, self._reported, live_grace_s)
        self.state.advance(Signal.ENABLE)
        self.live.clear()

    def _reported(self, connection: Connection, _known: ClientState) -> None:
        self.live.append(connection.live)

    @property
    def connection(self) -> Connection:
        return self.state.connection

    def find(self) -> None:
        self.state.advance(Signal.FOUND_LIVE, found=FOUND)

    def join(self) -> None:
        self.find()
        self.state.advance(Signal.OPENED, transport="direct")

    def fail(self, error: WebcastError, *, was_joined: bool = True) -> None:
        self.state.advance(signal_of(error), error=error, was_joined=was_joined)

    def drop(self) -> None:
        self.state.advance(Signal.LOST, error=NetworkError("lost"), was_joined=True)


FAILURES = [Blocked("403"), NetworkError("no answer"), AgeRestricted("adults"), StatusUnknown("they disagree")]


@pytest.mark.parametrize("error", [*FAILURES, WrongRoom("bob's")], ids=lambda error: error.code)
def test_a_failure_within_a_live_changes_the_reason_only(error: WebcastError) -> None:
    rig = Rig()
    rig.join()
    rig.drop()
    confirmed_at = rig.connection.confirmed_at
    for _ in range(3):
        rig.fail(error)
    assert set(rig.live) == {True}
    assert (rig.connection.code, rig.connection.confirmed_at) == (error.code, confirmed_at)
    assert confirmed_at is not None
    assert time.time() - confirmed_at < 10


@pytest.mark.parametrize("error", FAILURES[:3], ids=lambda error: error.code)
def test_a_live_that_cannot_be_joined_is_live(error: WebcastError) -> None:
    rig = Rig()
    for _ in range(3):
        rig.find()
        rig.fail(error, was_joined=False)
    assert set(rig.live) == {True}


@pytest.mark.parametrize("error", [StatusUnknown("they disagree"), WrongRoom("bob's")], ids=lambda error: error.code)
def test_an_answer_that_contradicts_the_look_up_makes_it_unknown(error: WebcastError) -> None:
    rig = Rig()
    rig.find()
    rig.fail(error, was_joined=False)
    assert rig.live == [True, None]


def test_without_a_confirmation_it_is_unknown_after_the_grace_period() -> None:
    rig = Rig(live_grace_s=0.05)
    rig.join()
    assert not rig.state.expire()
    rig.drop()
    assert not rig.state.expire()
    expires_at = rig.state.expires_at()
    assert expires_at is not None
    while time.monotonic() < expires_at:
        time.sleep(0.01)
    assert rig.state.expire()
    assert rig.live[-1] is None
    assert rig.connection.state is State.RECONNECTING
    assert rig.connection.confirmed_at is not None
    assert (rig.state.expire(), rig.state.expires_at()) == (False, None)
    rig.join()
    assert rig.live[-1] is True


def test_without_a_grace_period_a_failure_makes_it_unknown() -> None:
    rig = Rig(live_grace_s=0.0)
    rig.join()
    rig.drop()
    rig.fail(Blocked("403"))
    assert rig.connection.live is None


def test_only_proof_ends_it() -> None:
    for signal, error in ((Signal.OVER, RoomEnded("over")), (Signal.FAILED, RoomNotFound("nobody"))):
        rig = Rig()
        rig.join()
        rig.drop()
        rig.state.advance(signal, error=error, was_joined=True)
        assert (rig.connection.live, rig.connection.confirmed_at, rig.connection.found) == (False, None, None)


def test_a_failed_look_up_of_a_room_that_is_not_live_makes_it_unknown() -> None:
    rig = Rig()
    rig.state.advance(Signal.FOUND_OFFLINE)
    rig.fail(Blocked("403"))
    assert rig.live == [False, None]


# --- what an earlier process knew ---


def test_what_was_known_a_moment_ago_is_taken_over() -> None:
    rig = Rig()
    rig.state.presume_live(time.time() - 5)
    rig.fail(Blocked("403"), was_joined=False)
    rig.join()
    assert set(rig.live) == {True}


@pytest.mark.parametrize("age_s", [61, -3600], ids=["long ago", "in the future"])
def test_what_was_known_at_another_time_is_not(age_s: float) -> None:
    rig = Rig()
    rig.state.presume_live(time.time() - age_s)
    assert (rig.live, rig.connection.live) == ([], None)


def test_what_is_known_now_counts_more() -> None:
    rig = Rig()
    rig.state.advance(Signal.FOUND_OFFLINE)
    rig.state.presume_live(time.time())
    assert rig.live == [False]
    rig.state.advance(Signal.DISABLE)
    rig.state.presume_live(time.time())
    assert rig.live == [False, None]


def test_what_was_taken_over_expires_as_well() -> None:
    rig = Rig()
    rig.state.presume_live(time.time() - 59.95)
    until = rig.state.expires_at()
    assert until is not None
    assert until - time.monotonic() < 0.1
