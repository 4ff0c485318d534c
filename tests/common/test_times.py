import math
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.common.times import Backoff, Deadline, Liveness, timestamp, timestamp_ms

# --- timestamps ---


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1700000000.123, "2023-11-14T22:13:20.123Z"),
        (1700000000, "2023-11-14T22:13:20.000Z"),
        (-1, "1969-12-31T23:59:59.000Z"),
        (253402300799.5, "9999-12-31T23:59:59.500Z"),
        (253402300800, "1970-01-01T00:00:00.000Z"),
        (2**63, "1970-01-01T00:00:00.000Z"),
        (-(2.0**63), "1970-01-01T00:00:00.000Z"),
        (math.nan, "1970-01-01T00:00:00.000Z"),
        (math.inf, "1970-01-01T00:00:00.000Z"),
    ],
)
def test_timestamps_are_rfc_3339_in_utc(seconds: float, text: str) -> None:
    assert timestamp(seconds) == text


@given(st.integers(10**12, 4 * 10**12))
def test_no_millisecond_is_lost(milliseconds: int) -> None:
    assert timestamp(milliseconds / 1000) == timestamp_ms(milliseconds)
    assert timestamp_ms(milliseconds)[-4:-1] == f"{milliseconds % 1000:03}"


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (-62135596800000, "0001-01-01T00:00:00.000Z"),
        (-62135596800001, "1970-01-01T00:00:00.000Z"),
        (253402300799999, "9999-12-31T23:59:59.999Z"),
        (253402300800000, "1970-01-01T00:00:00.000Z"),
        (2**63 - 1, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_milliseconds_out_of_range_become_1970(milliseconds: int, text: str) -> None:
    assert timestamp_ms(milliseconds) == text


# --- backoff ---


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


def test_full_jitter_starts_at_zero() -> None:
    backoff = Backoff(Lowest())
    assert [backoff.next_delay_s() for _ in range(3)] == [0, 0, 0]


def test_a_delay_is_never_below_the_floor() -> None:
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


def test_attempts_are_unlimited() -> None:
    backoff = Backoff(Highest())
    backoff.attempt = 10**9
    assert backoff.next_delay_s() == 300.0


@pytest.mark.parametrize(("rng", "expected"), [(Lowest(), 54.0), (Highest(), 66.0)])
def test_an_interval_varies_by_ten_percent(rng: random.Random, expected: float) -> None:
    backoff = Backoff(rng)
    assert backoff.jittered_s(60.0) == pytest.approx(expected)
    assert backoff.attempt == 0


@given(st.integers(), st.floats(0, 1000), st.integers(0, 40))
def test_every_delay_is_within_its_bounds(seed: int, floor: float, attempt: int) -> None:
    backoff = Backoff(random.Random(seed))
    backoff.attempt = attempt
    assert floor <= backoff.next_delay_s(floor) <= max(floor, min(300.0, 2.0**attempt))


# --- deadlines ---


def test_a_deadline_counts_down_to_zero() -> None:
    deadline = Deadline(30.0)
    first = deadline.remaining_s()
    assert 29.0 < first <= 30.0
    assert deadline.remaining_s() <= first
    assert Deadline(-1.0).remaining_s() == 0.0


# --- liveness ---


def test_a_thread_is_overdue_when_it_does_not_report_in_time() -> None:
    liveness = Liveness("reader")
    assert not liveness.is_overdue(1e12)
    before = time.monotonic()
    liveness.beat(30.0)
    assert not liveness.is_overdue(before + 30.0)
    assert liveness.is_overdue(time.monotonic() + 30.1)


def test_a_report_or_a_pause_clears_an_overdue_thread() -> None:
    liveness = Liveness("reader")
    liveness.beat(-1.0)
    assert liveness.is_overdue(time.monotonic())
    liveness.beat(30.0)
    assert not liveness.is_overdue(time.monotonic())
    liveness.beat(-1.0)
    liveness.pause()
    assert not liveness.is_overdue(1e12)
