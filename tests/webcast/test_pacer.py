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
from tiktok2mqtt.webcast.scheduler import LEAST_SPACING_S, MOST_SPACING_S, Pacer


@pytest.mark.parametrize(
    ("interval_s", "rooms", "spacing_s"),
    [(60, 0, MOST_SPACING_S), (60, 1, MOST_SPACING_S), (60, 500, 0.12), (60, 100_000, LEAST_SPACING_S), (0.2, 1, 0.2)],
)
def test_look_ups_are_spread_over_the_interval(interval_s: float, rooms: int, spacing_s: float) -> None:
    assert Pacer(interval_s).spacing_s(rooms) == pytest.approx(spacing_s)


@pytest.mark.parametrize(("interval_s", "rooms", "kept"), [(60, 3000, True), (60, 3001, False), (0.2, 10, True)])
def test_an_interval_holds_so_many_look_ups(interval_s: float, rooms: int, kept: bool) -> None:
    assert Pacer(interval_s).keeps_interval(rooms) == kept


def test_the_next_look_up_begins_after_the_spacing_whatever_is_under_way() -> None:
    pacer = Pacer(60)
    assert pacer.opens_at(500, 0) < 0
    pacer.began(10.0)
    assert pacer.opens_at(500, 0) == pacer.opens_at(500, 7) == pytest.approx(10.12)


def refuse(pacer: Pacer, error: WebcastError, began: float, now: float) -> float:
    pacer.began(began)
    pacer.ended(began, now, error)
    return pacer.held_until - now


@pytest.mark.parametrize(
    ("error", "held_s"),
    [
        (Blocked("no", status=403), 30),
        (CaptchaPage("a puzzle"), 60),
        (RateLimited("too many", status=429), 60),
        (RateLimited("too many", status=429, retry_after_s=900), 900),
        (RateLimited("too many", status=429, retry_after_s=1), 60),
    ],
)
def test_a_refusal_holds_back_all_rooms(error: AccessError, held_s: float) -> None:
    pacer = Pacer(60)
    assert not pacer.is_held(100.0)
    assert refuse(pacer, error, 99.0, 100.0) == held_s
    assert pacer.refusal is error
    assert pacer.is_held(100.0 + held_s - 0.1)
    assert not pacer.is_held(100.0 + held_s)
    assert pacer.opens_at(500, 0) == 100.0 + held_s


@pytest.mark.parametrize("error", [None, NetworkError("no answer"), RoomNotFound("nobody")])
def test_what_is_wrong_with_one_room_holds_back_no_other(error: WebcastError | None) -> None:
    pacer = Pacer(60)
    pacer.began(99.0)
    pacer.ended(99.0, 100.0, error)
    assert not pacer.is_held(100.0)


def test_after_a_refusal_one_at_a_time_finds_out_whether_the_others_may_go_on() -> None:
    pacer = Pacer(60)
    refuse(pacer, Blocked("no"), 0.0, 1.0)
    pacer.began(31.0)
    assert pacer.opens_at(500, 1) == inf
    pacer.ended(31.0, 32.0, None)
    assert pacer.opens_at(500, 1) == pytest.approx(31.12)


def test_refusals_in_a_row_double_the_delay_up_to_five_minutes() -> None:
    pacer = Pacer(60)
    held, now = [], 0.0
    for _ in range(6):
        held.append(refuse(pacer, Blocked("no"), now, now))
        now = pacer.held_until
    assert held == [30, 60, 120, 240, 300, 300]
    pacer.ended(now, now, None)
    assert refuse(pacer, Blocked("no"), now, now) == 30


def test_look_ups_that_are_refused_together_count_once() -> None:
    pacer = Pacer(60)
    for _ in range(8):
        pacer.ended(0.0, 1.0, Blocked("no"))
    assert pacer.held_until == 31.0
    pacer.ended(0.0, 1.0, RateLimited("no", retry_after_s=500))
    pacer.ended(0.0, 2.0, None)
    assert pacer.held_until == 501.0
    assert refuse(pacer, Blocked("no"), 501.0, 501.0) == 60


ERRORS = st.sampled_from([None, NetworkError("x"), Blocked("x"), RateLimited("x", retry_after_s=400)])


@given(st.lists(st.tuples(st.floats(0, 100), ERRORS), max_size=30), st.integers(1, 2000))
def test_no_outcome_lets_look_ups_begin_sooner(outcomes: list[tuple[float, WebcastError | None]], rooms: int) -> None:
    pacer, now = Pacer(60), 0.0
    for took, error in outcomes:
        pacer.began(now)
        pacer.ended(now, now + took, error)
        opens = pacer.opens_at(rooms, 0)
        assert opens >= now + pacer.spacing_s(rooms)
        assert not pacer.is_held(opens)
        now = max(opens, now + took)
