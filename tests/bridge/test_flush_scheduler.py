from math import inf

import pytest

from tiktok2mqtt.bridge.flush_scheduler import GATHER_S, FlushScheduler
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.common.topics import Topics


class Scribe(Room):
    """A room that notes when it writes; `again` is when it wants to write once more."""

    def __init__(self, name: str) -> None:
        super().__init__(name, Publisher(Topics(), {}, lambda _: None), lambda _: None, from_settings=True)
        self.wrote: list[float] = []
        self.again: float | None = None

    def flush(self, now: float) -> float | None:
        self.wrote.append(now)
        again, self.again = self.again, None
        return again


class Rig:
    def __init__(self) -> None:
        self.woken = 0
        self.rounds = FlushScheduler(self._wake)
        self.alice, self.bob = Scribe("alice"), Scribe("bob")
        self.followed = [self.alice, self.bob]

    def _wake(self) -> None:
        self.woken += 1

    def flush(self, now: float) -> None:
        self.rounds.flush(now, self.followed)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_without_a_request_there_is_nothing_to_do(rig: Rig) -> None:
    assert rig.rounds.seconds_to_next(100.0) == inf
    rig.flush(100.0)
    assert rig.alice.wrote == []


def test_one_room_alone_writes_at_once(rig: Rig) -> None:
    rig.rounds.request(rig.alice)
    assert rig.woken == 1
    assert rig.rounds.seconds_to_next(100.0) == 0.0
    rig.flush(100.0)
    assert (rig.alice.wrote, rig.bob.wrote) == ([100.0], [])
    assert rig.rounds.seconds_to_next(105.0) == inf


def test_what_comes_soon_after_a_round_waits_for_the_next_one_and_wakes_once(rig: Rig) -> None:
    rig.rounds.request(rig.alice)
    rig.flush(100.0)
    for _ in range(3):
        rig.rounds.request(rig.alice)
        rig.rounds.request(rig.bob)
    assert rig.woken == 2
    assert rig.rounds.seconds_to_next(100.05) == pytest.approx(GATHER_S - 0.05)
    rig.flush(100.05)
    assert (rig.alice.wrote, rig.bob.wrote) == ([100.0], [])
    rig.flush(100.0 + GATHER_S)
    assert (rig.alice.wrote, rig.bob.wrote) == ([100.0, 100.0 + GATHER_S], [100.0 + GATHER_S])
    rig.rounds.request(rig.bob)
    assert rig.woken == 3


def test_a_room_that_has_to_wait_comes_again(rig: Rig) -> None:
    rig.alice.again = 101.0
    rig.rounds.request(rig.alice)
    rig.flush(100.0)
    assert rig.rounds.seconds_to_next(100.5) == 0.5
    rig.flush(100.9)
    assert rig.alice.wrote == [100.0]
    rig.flush(101.0)
    assert rig.alice.wrote == [100.0, 101.0]
    assert rig.rounds.seconds_to_next(105.0) == inf


def test_a_room_that_is_followed_no_more_writes_nothing(rig: Rig) -> None:
    rig.alice.again = 101.0
    rig.rounds.request(rig.alice)
    rig.flush(100.0)
    rig.rounds.request(rig.bob)
    rig.followed.clear()
    rig.flush(101.0)
    assert (rig.alice.wrote, rig.bob.wrote) == ([100.0], [])
    assert rig.rounds.seconds_to_next(105.0) == inf
