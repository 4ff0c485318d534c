"""The pure part of the scheduler: the rate limit of the lookups, and the schedule of the rooms."""

import random
from collections import Counter
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.common.errors import (
    AccessError,
    Blocked,
    CaptchaPage,
    NetworkError,
    RateLimited,
    RoomNotFound,
    WebcastError,
)
from tiktok2mqtt.webcast.scheduler import MAX_SPACING_S, MIN_SPACING_S, RateLimiter, Schedule

# --- the rate limit ---


@pytest.mark.parametrize(
    ("interval_s", "rooms", "spacing_s"),
    [(60, 0, MAX_SPACING_S), (60, 1, MAX_SPACING_S), (60, 500, 0.12), (60, 100_000, MIN_SPACING_S), (0.2, 1, 0.2)],
)
def test_lookups_are_spread_over_the_interval(interval_s: float, rooms: int, spacing_s: float) -> None:
    assert RateLimiter(interval_s).spacing_s(rooms) == pytest.approx(spacing_s)


def test_the_next_lookup_starts_after_the_spacing_however_many_are_running() -> None:
    limiter = RateLimiter(60)
    assert limiter.next_start(500, 0) < 0
    limiter.started(10.0)
    assert limiter.next_start(500, 0) == limiter.next_start(500, 7) == pytest.approx(10.12)


def refuse(limiter: RateLimiter, error: WebcastError, started_at: float, now: float) -> float:
    limiter.started(started_at)
    limiter.finished(started_at, now, error)
    return limiter.paused_until - now


@pytest.mark.parametrize(
    ("error", "pause_s"),
    [
        (Blocked("no", status=403), 30),
        (CaptchaPage("a puzzle"), 60),
        (RateLimited("too many", status=429), 60),
        (RateLimited("too many", status=429, retry_after_s=900), 900),
        (RateLimited("too many", status=429, retry_after_s=1), 60),
    ],
)
def test_a_refusal_pauses_all_lookups(error: AccessError, pause_s: float) -> None:
    limiter = RateLimiter(60)
    assert limiter.next_start(500, 0) < 0
    assert refuse(limiter, error, 99.0, 100.0) == pause_s
    assert limiter.refusal is error
    assert limiter.next_start(500, 0) == 100.0 + pause_s


@pytest.mark.parametrize("error", [None, NetworkError("no answer"), RoomNotFound("nobody")])
def test_other_errors_pause_nothing(error: WebcastError | None) -> None:
    limiter = RateLimiter(60)
    limiter.started(99.0)
    limiter.finished(99.0, 100.0, error)
    assert limiter.paused_until < 0


def test_after_a_refusal_one_lookup_at_a_time_is_allowed() -> None:
    limiter = RateLimiter(60)
    refuse(limiter, Blocked("no"), 0.0, 1.0)
    limiter.started(31.0)
    assert limiter.next_start(500, 1) == inf
    limiter.finished(31.0, 32.0, None)
    assert limiter.next_start(500, 1) == pytest.approx(31.12)


def test_refusals_in_a_row_double_the_delay_up_to_five_minutes() -> None:
    limiter = RateLimiter(60)
    pauses, now = [], 0.0
    for _ in range(6):
        pauses.append(refuse(limiter, Blocked("no"), now, now))
        now = limiter.paused_until
    assert pauses == [30, 60, 120, 240, 300, 300]
    limiter.finished(now, now, None)
    assert refuse(limiter, Blocked("no"), now, now) == 30


def test_lookups_that_are_refused_together_count_once() -> None:
    limiter = RateLimiter(60)
    for _ in range(8):
        limiter.finished(0.0, 1.0, Blocked("no"))
    assert limiter.paused_until == 31.0
    limiter.finished(0.0, 1.0, RateLimited("no", retry_after_s=500))
    limiter.finished(0.0, 2.0, None)
    assert limiter.paused_until == 501.0
    assert refuse(limiter, Blocked("no"), 501.0, 501.0) == 60


ERRORS = st.sampled_from([None, NetworkError("x"), Blocked("x"), RateLimited("x", retry_after_s=400)])


@given(st.lists(st.tuples(st.floats(0, 100), ERRORS), max_size=30), st.integers(1, 2000))
def test_no_result_shortens_a_pause(results: list[tuple[float, WebcastError | None]], rooms: int) -> None:
    limiter, now = RateLimiter(60), 0.0
    for took, error in results:
        limiter.started(now)
        limiter.finished(now, now + took, error)
        start = limiter.next_start(rooms, 0)
        assert start >= now + limiter.spacing_s(rooms)
        assert start >= limiter.paused_until
        now = max(start, now + took)


# --- the schedule ---

WORKERS = 4


@pytest.fixture
def schedule() -> Schedule[str]:
    return Schedule(60.0, WORKERS)


def test_an_empty_schedule_has_nothing_to_do(schedule: Schedule[str]) -> None:
    assert schedule.next_at() == inf
    assert schedule.pop_due(1e9) == []
    assert schedule.start_lookup(1e9) is None


def test_rooms_are_returned_in_the_order_of_their_due_times(schedule: Schedule[str]) -> None:
    for name, at in (("c", 3.0), ("a", 1.0), ("b", 2.0), ("d", 2.0)):
        schedule.schedule(name, at)
    assert schedule.next_at() == 1.0
    assert schedule.pop_due(0.9) == []
    assert schedule.pop_due(2.0) == ["a", "b", "d"]
    assert schedule.next_at() == 3.0
    assert len(schedule) == 1


@pytest.mark.parametrize("again", [0.5, 2.0], ids=["earlier", "later"])
def test_scheduling_replaces_the_earlier_due_time(schedule: Schedule[str], again: float) -> None:
    schedule.schedule("a", 1.0)
    schedule.schedule("a", again)
    assert schedule.next_at() == again
    assert schedule.pop_due(3.0) == ["a"]
    assert schedule.next_at() == inf


def test_cancelling_removes_a_room(schedule: Schedule[str]) -> None:
    schedule.schedule("a", 1.0)
    schedule.cancel("a")
    schedule.enqueue("b", 1.0)
    schedule.cancel("b")
    assert schedule.pop_due(3.0) == []
    assert schedule.start_lookup(3.0) is None
    assert len(schedule) == 0


def test_it_is_overloaded_when_all_workers_are_busy_or_there_are_too_many_rooms(schedule: Schedule[str]) -> None:
    for number in range(WORKERS):
        assert not schedule.is_overloaded
        schedule.enqueue(str(number), 0.0)
        assert schedule.start_lookup(float(number))
    assert schedule.is_overloaded
    schedule.finish_lookup("0", 9.0, None)
    assert not schedule.is_overloaded
    for number in range(3_000):
        schedule.schedule(f"more{number}", 60.0)
    assert schedule.is_overloaded


def test_a_scheduled_room_is_not_queued(schedule: Schedule[str]) -> None:
    schedule.schedule("a", 9.0)
    schedule.enqueue("a", 1.0)
    assert schedule.start_lookup(1.0) is None
    assert schedule.pop_due(9.0) == ["a"]


def test_lookups_take_turns(schedule: Schedule[str]) -> None:
    for name in "abc":
        schedule.enqueue(name, 10.0)
    assert schedule.start_lookup(10.0) == ("a", 0.0)
    assert schedule.start_lookup(10.4) is None
    assert schedule.next_at() == 10.5
    assert schedule.start_lookup(10.5) == ("b", 0.5)
    assert len(schedule) == 3


def test_there_are_no_more_running_lookups_than_workers(schedule: Schedule[str]) -> None:
    for number in range(WORKERS + 1):
        schedule.enqueue(str(number), 0.0)
    started = [schedule.start_lookup(float(number)) for number in range(WORKERS)]
    assert None not in started
    assert schedule.next_at() == inf
    assert schedule.start_lookup(100.0) is None
    schedule.finish_lookup("0", 100.0, None)
    assert schedule.start_lookup(100.0) == (str(WORKERS), 100.0)


def test_a_room_never_has_two_lookups_at_the_same_time(schedule: Schedule[str]) -> None:
    schedule.enqueue("a", 0.0)
    assert schedule.start_lookup(0.0) == ("a", 0.0)
    schedule.enqueue("a", 1.0)
    assert schedule.start_lookup(1.0) is None
    assert schedule.next_at() == inf
    schedule.enqueue("b", 1.0)
    assert schedule.start_lookup(1.0) == ("b", 0.0)
    schedule.finish_lookup("a", 2.0, None)
    assert schedule.start_lookup(2.0) == ("a", 1.0)


# --- many rooms over hours of simulated time ---


class World:
    """Rooms that are offline, and a service that takes a while to answer."""

    def __init__(self, rooms: int, interval_s: float = 60.0, workers: int = 8, took_s: float = 0.3) -> None:
        self.interval_s = interval_s
        self.took_s = took_s
        self.now = 0.0
        self.fault: WebcastError | None = None
        self.started: list[tuple[float, int]] = []
        self.waited: list[float] = []
        self._schedule: Schedule[int] = Schedule(interval_s, workers)
        self._rng = random.Random(7)
        self._running: list[tuple[float, int]] = []
        for room in range(rooms):
            self._schedule.schedule(room, 0.0)

    def run(self, until: float) -> None:
        """Do what the watcher does, until that time."""
        while True:
            ends = min((end for end, _ in self._running), default=inf)
            self.now = max(self.now, min(self._schedule.next_at(), ends))
            if self.now > until:
                return
            for room in self._schedule.pop_due(self.now):
                self._schedule.enqueue(room, self.now)
            self._end()
            paused_until = self._schedule.limiter.paused_until
            for room in self._schedule.clear_queue() if self.now < paused_until else ():
                self._schedule.schedule(room, paused_until + self._rng.uniform(0, 5))
            if started := self._schedule.start_lookup(self.now):
                self.started.append((self.now, started[0]))
                self.waited.append(started[1])
                self._running.append((self.now + self.took_s, started[0]))

    def _end(self) -> None:
        for end, room in [entry for entry in self._running if entry[0] <= self.now]:
            self._running.remove((end, room))
            self._schedule.finish_lookup(room, self.now, self.fault)
            self._schedule.schedule(room, self.now + self.interval_s * self._rng.uniform(0.9, 1.1))

    def per_interval(self, since: float = 0.0) -> list[int]:
        counted = Counter(int((at - since) // self.interval_s) for at, _ in self.started if at >= since)
        return [counted[number] for number in range(max(counted) + 1)]


@pytest.mark.parametrize("rooms", [1, 3, 100, 500, 1000])
@pytest.mark.unmeasured
def test_each_room_has_one_lookup_per_interval(rooms: int) -> None:
    world = World(rooms)
    world.run(20 * 60.0)
    assert max(world.per_interval()) <= rooms * 1.25 + 2
    assert sum(world.per_interval()) <= 20 * rooms * 1.05 + 1
    for room in range(0, rooms, 97):
        times = [at for at, which in world.started if which == room]
        assert len(times) >= 17
        assert max(after - before for before, after in pairwise(times)) <= 60 * 1.35


def test_lookups_never_come_in_bursts() -> None:
    world = World(500)
    world.run(600.0)
    gaps = [after - before for (before, _), (after, _) in pairwise(world.started)]
    assert min(gaps) >= 60 / 500 - 1e-9


def test_slow_lookups_are_late_but_none_is_lost() -> None:
    world = World(500, workers=2, took_s=1.0)
    world.run(3600.0)
    assert len({room for _, room in world.started}) == 500
    assert max(world.waited) > 1.5 * 60
    assert max(world.per_interval()) <= 2 * 60 + 2


@pytest.mark.parametrize("took_s", [0.1, 9.0], ids=["quick", "slow"])
@pytest.mark.unmeasured
def test_after_a_refusal_one_room_at_a_time_is_looked_up(took_s: float) -> None:
    world = World(500, took_s=took_s)
    world.run(120.0)
    world.fault = Blocked("no", status=403)
    before = len(world.started)
    world.run(120.0 + 3600.0)
    refused = world.started[before:]
    # Those that were running, then one after 30, 60, 120 and 240 s, then one every 300 s.
    assert 12 <= len(refused) <= 8 + 4 + 12
    world.fault = None
    world.run(world.now + 900.0)
    assert len({room for _, room in world.started[before + len(refused) :]}) == 500


def test_slow_answers_do_not_increase_the_request_rate() -> None:
    world = World(500, took_s=9.0)
    world.run(1800.0)
    assert max(world.per_interval()) <= 8 * 60 / 9 + 8
