import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.webcast.memory import LikeTotal

COUNTS = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("messages", "totals"),
    [
        ([(5, 100), (3, 103)], [100, 103]),
        ([(5, 100), (5, 90), (5, 110)], [100, 100, 110]),
        ([(5, 0)], [5]),
        ([(5, 1), (5, 2)], [1, 2]),
        ([(5, 100), (3, 0), (2, 0), (4, 104)], [100, 103, 105, 105]),
        ([(0, 0)], [0]),
        ([(-5, 0), (-5, -7), (1, 0)], [0, 0, 1]),
        ([(15, 2**40)], [2**40]),
    ],
)
def test_totals(messages: list[tuple[int, int]], totals: list[int]) -> None:
    likes = LikeTotal()
    assert likes.total is None
    assert [likes.add(batch, reported) for batch, reported in messages] == totals
    assert likes.total == totals[-1]


@given(st.lists(st.tuples(st.integers(-5, 10**6), st.integers(-5, 10**9))))
def test_the_total_never_goes_back_and_is_never_below_what_was_reported(messages: list[tuple[int, int]]) -> None:
    likes = LikeTotal()
    totals = [likes.add(batch, reported) for batch, reported in messages]
    assert totals == sorted(totals)
    assert all(total >= reported for total, (_, reported) in zip(totals, messages, strict=True))


@given(st.lists(COUNTS))
def test_without_reported_totals_the_batches_are_summed(batches: list[int]) -> None:
    likes = LikeTotal()
    assert [likes.add(batch, 0) for batch in batches][-1:] == ([sum(batches)] if batches else [])
