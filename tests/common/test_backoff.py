import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.common.times import Backoff


class Highest(random.Random):
    def uniform(self, a: float, b: float) -> float:
        del a
        return b


class Lowest(random.Random):
    def uniform(self, a: float, b: float) -> float:
        del b
        return a


def test_the_ceiling_doubles_from_one_second_to_five_minutes() -> None:
    backoff = Backoff(Highest())
    assert [backoff.next_delay_s() for _ in range(11)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_the_cap_can_be_lowered() -> None:
    backoff = Backoff(Highest(), cap_s=5.0)
    assert [backoff.next_delay_s() for _ in range(5)] == [1, 2, 4, 5, 5]


def test_the_jitter_is_full() -> None:
    backoff = Backoff(Lowest())
    assert [backoff.next_delay_s() for _ in range(3)] == [0, 0, 0]


def test_the_floor_is_obeyed_even_above_the_ceiling() -> None:
    backoff = Backoff(Lowest())
    assert backoff.next_delay_s(60.0) == 60.0
    assert backoff.next_delay_s(3600.0) == 3600.0
    assert Backoff(Highest()).next_delay_s(0.5) == 1.0


def test_attempts_are_counted_until_the_reset() -> None:
    backoff = Backoff(Highest())
    assert backoff.attempt == 0
    for _ in range(5):
        backoff.next_delay_s()
    assert backoff.attempt == 5
    backoff.reset()
    assert backoff.attempt == 0
    assert backoff.next_delay_s() == 1.0


def test_tries_are_unlimited() -> None:
    backoff = Backoff(Highest())
    backoff.attempt = 10**9
    assert backoff.next_delay_s() == 300.0


@pytest.mark.parametrize(("rng", "expected"), [(Lowest(), 54.0), (Highest(), 66.0)])
def test_an_interval_gets_a_tenth_of_jitter(rng: random.Random, expected: float) -> None:
    backoff = Backoff(rng)
    assert backoff.around_s(60.0) == pytest.approx(expected)
    assert backoff.attempt == 0


@given(st.integers(), st.floats(0, 1000), st.integers(0, 40))
def test_every_delay_is_within_its_bounds(seed: int, floor: float, attempt: int) -> None:
    backoff = Backoff(random.Random(seed))
    backoff.attempt = attempt
    assert floor <= backoff.next_delay_s(floor) <= max(floor, min(300.0, 2.0**attempt))
