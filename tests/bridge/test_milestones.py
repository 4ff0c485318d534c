import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.bridge.room import Milestones


@pytest.mark.parametrize(
    ("begin", "totals", "passed"),
    [
        (0, [999, 1000, 1001, 2500, 2999, 3000], [None, 1000, None, 2000, None, 3000]),
        (54_321, [54_321, 54_999, 55_000], [None, None, 55_000]),
        (None, [54_321, 55_001, 55_001], [None, 55_000, None]),
        (0, [5_100], [5_000]),
    ],
)
def test_milestones(begin: int | None, totals: list[int], passed: list[int | None]) -> None:
    milestones = Milestones(1000)
    milestones.begin(begin)
    assert [milestones.passed(total) for total in totals] == passed


def test_a_new_live_begins_anew() -> None:
    milestones = Milestones(1000)
    milestones.begin(0)
    milestones.passed(2000)
    milestones.begin(0)
    assert milestones.passed(1000) == 1000


def test_without_a_step_there_are_none() -> None:
    milestones = Milestones(0)
    milestones.begin(0)
    assert milestones.passed(10**9) is None


@given(st.integers(1, 50), st.lists(st.integers(0, 300)))
def test_each_is_passed_once(step: int, totals: list[int]) -> None:
    milestones = Milestones(step)
    milestones.begin(0)
    passed = [milestone for total in totals if (milestone := milestones.passed(total))]
    assert passed == sorted(set(passed))
    assert all(milestone % step == 0 for milestone in passed)
    assert max(passed, default=0) == max(totals, default=0) // step * step
