import random
from collections import Counter
from itertools import pairwise
from math import inf

import pytest

from tiktok2mqtt.common.errors import Blocked, WebcastError
from tiktok2mqtt.webcast.scheduler import Agenda

WORKERS = 4


@pytest.fixture
def agenda() -> Agenda[str]:
    return Agenda(60.0, WORKERS)


def test_an_empty_agenda_waits_for_whatever_comes(agenda: Agenda[str]) -> None:
    assert agenda.next_at() == inf
    assert agenda.due(1e9) == []
    assert agenda.next_lookup(1e9) is None


def test_rooms_come_out_in_the_order_in_which_they_are_due(agenda: Agenda[str]) -> None:
    for name, at in (("c", 3.0), ("a", 1.0), ("b", 2.0), ("d", 2.0)):
        agenda.wake(name, at)
    assert agenda.next_at() == 1.0
    assert agenda.due(0.9) == []
    assert agenda.due(2.0) == ["a", "b", "d"]
    assert agenda.next_at() == 3.0
    assert agenda.rooms == 1


@pytest.mark.parametrize("again", [0.5, 2.0], ids=["earlier", "later"])
def test_a_wake_replaces_the_one_before(agenda: Agenda[str], again: float) -> None:
    agenda.wake("a", 1.0)
    agenda.wake("a", again)
    assert agenda.next_at() == again
    assert agenda.due(3.0) == ["a"]
    assert agenda.next_at() == inf


def test_a_wake_without_a_time_cancels(agenda: Agenda[str]) -> None:
    agenda.wake("a", 1.0)
    agenda.wake("a", None)
    agenda.wait("b", 1.0)
    agenda.wake("b", None)
    assert agenda.due(3.0) == []
    assert agenda.next_lookup(3.0) is None
    assert agenda.rooms == 0


def test_it_is_overfull_when_all_workers_are_busy_or_the_rooms_are_too_many(agenda: Agenda[str]) -> None:
    for number in range(WORKERS):
        assert not agenda.is_overfull
        agenda.wait(str(number), 0.0)
        assert agenda.next_lookup(float(number))
    assert agenda.is_overfull
    agenda.ended("0", 9.0, None)
    assert not agenda.is_overfull
    for number in range(3_000):
        agenda.wake(f"more{number}", 60.0)
    assert agenda.is_overfull


def test_a_wake_goes_before_the_wait_for_a_look_up(agenda: Agenda[str]) -> None:
    agenda.wake("a", 9.0)
    agenda.wait("a", 1.0)
    assert agenda.next_lookup(1.0) is None
    assert agenda.due(9.0) == ["a"]


def test_look_ups_take_turns(agenda: Agenda[str]) -> None:
    for name in "abc":
        agenda.wait(name, 10.0)
    assert agenda.next_lookup(10.0) == ("a", 0.0)
    assert agenda.next_lookup(10.4) is None
    assert agenda.next_at() == 10.5
    assert agenda.next_lookup(10.5) == ("b", 0.5)
    assert agenda.rooms == 3


def test_no_more_look_ups_are_under_way_than_there_are_workers(agenda: Agenda[str]) -> None:
    for number in range(WORKERS + 1):
        agenda.wait(str(number), 0.0)
    begun = [agenda.next_lookup(float(number)) for number in range(WORKERS)]
    assert None not in begun
    assert agenda.next_at() == inf
    assert agenda.next_lookup(100.0) is None
    agenda.ended("0", 100.0, None)
    assert agenda.next_lookup(100.0) == (str(WORKERS), 100.0)


def test_a_room_is_not_looked_up_twice_at_a_time(agenda: Agenda[str]) -> None:
    agenda.wait("a", 0.0)
    assert agenda.next_lookup(0.0) == ("a", 0.0)
    agenda.wait("a", 1.0)
    assert agenda.next_lookup(1.0) is None
    assert agenda.next_at() == inf
    agenda.wait("b", 1.0)
    assert agenda.next_lookup(1.0) == ("b", 0.0)
    agenda.ended("a", 2.0, None)
    assert agenda.next_lookup(2.0) == ("a", 1.0)


# --- many rooms, an hour of theirs in a moment of ours ---


class World:
    """Rooms that are offline, and a service that answers after a while."""

    def __init__(self, rooms: int, interval_s: float = 60.0, workers: int = 8, took_s: float = 0.3) -> None:
        self.interval_s = interval_s
        self.took_s = took_s
        self.now = 0.0
        self.fault: WebcastError | None = None
        self.begun: list[tuple[float, int]] = []
        self.waited: list[float] = []
        self._agenda: Agenda[int] = Agenda(interval_s, workers)
        self._rng = random.Random(7)
        self._running: list[tuple[float, int]] = []
        for room in range(rooms):
            self._agenda.wake(room, 0.0)

    def run(self, until: float) -> None:
        """Do what a watcher does, until that time."""
        while True:
            ends = min((end for end, _ in self._running), default=inf)
            self.now = max(self.now, min(self._agenda.next_at(), ends))
            if self.now > until:
                return
            for room in self._agenda.due(self.now):
                self._agenda.wait(room, self.now)
            self._end()
            for room in self._agenda.take_waiting() if self._agenda.pacer.is_held(self.now) else ():
                self._agenda.wake(room, self._agenda.pacer.held_until + self._rng.uniform(0, 5))
            if turn := self._agenda.next_lookup(self.now):
                self.begun.append((self.now, turn[0]))
                self.waited.append(turn[1])
                self._running.append((self.now + self.took_s, turn[0]))

    def _end(self) -> None:
        for end, room in [entry for entry in self._running if entry[0] <= self.now]:
            self._running.remove((end, room))
            self._agenda.ended(room, self.now, self.fault)
            self._agenda.wake(room, self.now + self.interval_s * self._rng.uniform(0.9, 1.1))

    def per_interval(self, since: float = 0.0) -> list[int]:
        counted = Counter(int((at - since) // self.interval_s) for at, _ in self.begun if at >= since)
        return [counted[number] for number in range(max(counted) + 1)]


@pytest.mark.parametrize("rooms", [1, 3, 100, 500, 1000])
@pytest.mark.unmeasured
def test_each_room_has_a_look_up_in_each_interval_and_no_more(rooms: int) -> None:
    world = World(rooms)
    world.run(20 * 60.0)
    assert max(world.per_interval()) <= rooms * 1.25 + 2
    assert sum(world.per_interval()) <= 20 * rooms * 1.05 + 1
    for room in range(0, rooms, 97):
        times = [at for at, which in world.begun if which == room]
        assert len(times) >= 17
        assert max(after - before for before, after in pairwise(times)) <= 60 * 1.35


def test_look_ups_never_come_in_bursts() -> None:
    world = World(500)
    world.run(600.0)
    gaps = [after - before for (before, _), (after, _) in pairwise(world.begun)]
    assert min(gaps) >= 60 / 500 - 1e-9


def test_what_takes_too_long_is_late_and_not_lost() -> None:
    world = World(500, workers=2, took_s=1.0)
    world.run(3600.0)
    assert len({room for _, room in world.begun}) == 500
    assert max(world.waited) > 1.5 * 60
    assert max(world.per_interval()) <= 2 * 60 + 2


@pytest.mark.parametrize("took_s", [0.1, 9.0], ids=["quick", "slow"])
@pytest.mark.unmeasured
def test_a_service_that_refuses_is_asked_by_one_room_at_a_time(took_s: float) -> None:
    world = World(500, took_s=took_s)
    world.run(120.0)
    world.fault = Blocked("no", status=403)
    before = len(world.begun)
    world.run(120.0 + 3600.0)
    refused = world.begun[before:]
    # Those that were under way, one after 30 s, 60, 120, 240, then one every 300 s.
    assert 12 <= len(refused) <= 8 + 4 + 12
    world.fault = None
    world.run(world.now + 900.0)
    assert len({room for _, room in world.begun[before + len(refused) :]}) == 500


def test_an_answer_that_never_comes_in_time_raises_no_rate() -> None:
    world = World(500, took_s=9.0)
    world.run(1800.0)
    assert max(world.per_interval()) <= 8 * 60 / 9 + 8
