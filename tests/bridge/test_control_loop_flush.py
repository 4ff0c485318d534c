from math import inf

import pytest

from tiktok2mqtt.bridge.control_loop import BATCH_INTERVAL_S, FlushScheduler
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.common.topics import Topics


class FakeRoom(Room):
    """A room that records its flushes; the next one returns `next_flush`."""

    def __init__(self, name: str) -> None:
        super().__init__(name, Publisher(Topics(), {}, lambda _: None), lambda _: None, from_settings=True)
        self.flushed_at: list[float] = []
        self.next_flush: float | None = None

    def flush(self, now: float) -> float | None:
        self.flushed_at.append(now)
        next_flush, self.next_flush = self.next_flush, None
        return next_flush


class Rig:
    def __init__(self) -> None:
        self.wakes = 0
        self.scheduler = FlushScheduler(self._wake)
        self.alice, self.bob = FakeRoom("alice"), FakeRoom("bob")
        self.rooms = [self.alice, self.bob]

    def _wake(self) -> None:
        self.wakes += 1

    def flush(self, now: float) -> None:
        self.scheduler.flush(now, self.rooms)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_without_a_request_nothing_is_flushed(rig: Rig) -> None:
    assert rig.scheduler.seconds_to_next(100.0) == inf
    rig.flush(100.0)
    assert rig.alice.flushed_at == []


def test_the_first_request_is_flushed_at_once(rig: Rig) -> None:
    rig.scheduler.request(rig.alice)
    assert rig.wakes == 1
    assert rig.scheduler.seconds_to_next(100.0) == 0.0
    rig.flush(100.0)
    assert (rig.alice.flushed_at, rig.bob.flushed_at) == ([100.0], [])
    assert rig.scheduler.seconds_to_next(105.0) == inf


def test_requests_soon_after_a_batch_wait_for_the_next_one_and_wake_once(rig: Rig) -> None:
    rig.scheduler.request(rig.alice)
    rig.flush(100.0)
    for _ in range(3):
        rig.scheduler.request(rig.alice)
        rig.scheduler.request(rig.bob)
    assert rig.wakes == 2
    assert rig.scheduler.seconds_to_next(100.05) == pytest.approx(BATCH_INTERVAL_S - 0.05)
    rig.flush(100.05)
    assert (rig.alice.flushed_at, rig.bob.flushed_at) == ([100.0], [])
    rig.flush(100.0 + BATCH_INTERVAL_S)
    assert (rig.alice.flushed_at, rig.bob.flushed_at) == ([100.0, 100.0 + BATCH_INTERVAL_S], [100.0 + BATCH_INTERVAL_S])
    rig.scheduler.request(rig.bob)
    assert rig.wakes == 3


def test_a_room_that_has_to_wait_is_flushed_again_when_it_is_due(rig: Rig) -> None:
    rig.alice.next_flush = 101.0
    rig.scheduler.request(rig.alice)
    rig.flush(100.0)
    assert rig.scheduler.seconds_to_next(100.5) == 0.5
    rig.flush(100.9)
    assert rig.alice.flushed_at == [100.0]
    rig.flush(101.0)
    assert rig.alice.flushed_at == [100.0, 101.0]
    assert rig.scheduler.seconds_to_next(105.0) == inf


def test_a_room_that_cannot_be_flushed_does_not_hold_up_the_others(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_now: float) -> float | None:
        raise RuntimeError("no document")

    monkeypatch.setattr(rig.alice, "flush", fail)
    rig.bob.next_flush = 101.0
    for room in rig.rooms:
        rig.scheduler.request(room)
    rig.flush(100.0)
    assert caplog.messages == ["alice: the documents could not be published"]
    rig.flush(101.0)
    assert rig.bob.flushed_at == [100.0, 101.0]
    monkeypatch.undo()
    rig.scheduler.request(rig.alice)
    rig.flush(102.0)
    assert rig.alice.flushed_at == [102.0]


def test_a_removed_room_is_not_flushed(rig: Rig) -> None:
    rig.alice.next_flush = 101.0
    rig.scheduler.request(rig.alice)
    rig.flush(100.0)
    rig.scheduler.request(rig.bob)
    rig.rooms.clear()
    rig.flush(101.0)
    assert (rig.alice.flushed_at, rig.bob.flushed_at) == ([100.0], [])
    assert rig.scheduler.seconds_to_next(105.0) == inf
