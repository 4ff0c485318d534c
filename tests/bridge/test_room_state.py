from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bridge.doubles import event, gift, person
from tiktok2mqtt.bridge.room_state import RoomFacts, RoomState

AT = "2026-01-02T03:04:05.678Z"
BOB = {"username": "bob", "nickname": "Bob", "picture": "https://pictures.example/bob", "at": AT}
CAROL = {"username": "carol", "nickname": "Carol", "picture": "https://pictures.example/carol", "at": AT}
AT_FIRST = {
    "session_id": None,
    "room_id": None,
    "title": None,
    "started_at": None,
    "viewers": None,
    "peak_viewers": None,
    "likes": 0,
    "diamonds": 0,
    "gifts": 0,
    "comments": 0,
    "shares": 0,
    "new_followers": 0,
    "subscriptions": 0,
    "followers": None,
    "last_gift": None,
    "last_gifter": None,
    "top_gifter": None,
    "last_follower": None,
    "last_comment": None,
    "live": None,
    "watch": False,
    "goal": None,
    "goal_progress": None,
}


def changes(state: RoomState, *events: dict[str, Any]) -> dict[str, Any]:
    """Return what events change in the document."""
    before = state.snapshot()
    for one in events:
        assert state.apply(one)
    return {key: value for key, value in state.snapshot().items() if before[key] != value}


def test_every_key_is_there_from_the_beginning() -> None:
    assert RoomState().snapshot() == AT_FIRST


def test_a_chat() -> None:
    assert changes(RoomState(), event("chat", comment="hi")) == {"comments": 1, "last_comment": {"text": "hi", **BOB}}


def test_a_gift() -> None:
    last_gift = {"name": "Rose", "gift_id": "5655", "image": "https://pictures.example/rose", "count": 3}
    assert changes(RoomState(), gift(count=3, delta=3)) == {
        "gifts": 3,
        "diamonds": 15,
        "last_gift": {**last_gift, "diamonds": 15, **BOB},
        "last_gifter": BOB,
        "top_gifter": BOB | {"diamonds": 15},
    }


def test_a_gift_that_grows_late_counts_only_what_is_new() -> None:
    state = RoomState()
    late = changes(state, gift(count=3, delta=3), gift(count=5, delta=2))
    assert (late["gifts"], late["diamonds"], late["last_gift"]["count"]) == (5, 25, 5)


def test_a_gift_without_a_price_counts_no_diamonds() -> None:
    change = changes(RoomState(), gift(count=2, delta=2, price=None))
    assert change["gifts"] == 2
    assert "diamonds" not in change


def test_the_top_gifter_is_who_gave_most_in_all() -> None:
    state = RoomState()
    bob, carol = gift(1, 1, price=10), gift(1, 1, price=15) | person("carol")
    assert changes(state, bob, carol)["top_gifter"] == CAROL | {"diamonds": 15}
    assert changes(state, bob)["top_gifter"] == BOB | {"diamonds": 20}
    assert "top_gifter" not in changes(state, gift(1, 1, price=4) | person("carol"))


def test_a_masked_gifter_tops_nothing() -> None:
    nobody = {"user_id": None, "unique_id": None}
    assert "top_gifter" not in changes(RoomState(), gift(1, 1) | nobody)


@pytest.mark.parametrize(("totals", "likes"), [([5, 9], 9), ([9, 5], 9)])
def test_likes_never_go_back(totals: list[int], likes: int) -> None:
    state = RoomState()
    changes(state, *(event("like", like_count=1, total_like_count=total) for total in totals))
    assert state.snapshot()["likes"] == likes


def test_viewers_and_their_peak() -> None:
    state = RoomState()
    changes(state, *(event("room_user", viewer_count=count) for count in (3, 8, 5)))
    assert (state.snapshot()["viewers"], state.snapshot()["peak_viewers"]) == (5, 8)


def test_a_follow_and_a_share() -> None:
    follow = event("follow", follower_count=1001)
    assert changes(RoomState(), follow) == {"new_followers": 1, "followers": 1001, "last_follower": BOB}
    assert changes(RoomState(), event("follow", follower_count=None)) == {"new_followers": 1, "last_follower": BOB}
    assert changes(RoomState(), event("share")) == {"shares": 1}


def test_a_subscription() -> None:
    assert changes(RoomState(), event("subscribe", months=1)) == {"subscriptions": 1}


@pytest.mark.parametrize("name", ["social", "member", "gift_streak", "question_new", "stream_end", "connected"])
def test_other_events_change_nothing(name: str) -> None:
    assert not RoomState().apply(event(name))


@pytest.mark.parametrize("keys", [{"replayed": True}, {"source": "simulated"}])
def test_replayed_and_simulated_events_change_nothing(keys: dict[str, Any]) -> None:
    state = RoomState()
    for one in (gift(3, 3, **keys), event("chat", comment="hi", **keys), event("share", **keys)):
        assert not state.apply(one)
    assert state.snapshot() == AT_FIRST


def test_a_session_begins_with_what_is_known() -> None:
    state = RoomState()
    state.begin("55", RoomFacts("Title", AT, viewers=7, likes=100, followers=1000))
    known = {"title": "Title", "started_at": AT, "viewers": 7, "peak_viewers": 7, "likes": 100, "followers": 1000}
    assert state.snapshot() == AT_FIRST | known | {"session_id": "55", "room_id": "55"}


def test_a_reconnect_keeps_the_counters() -> None:
    state = RoomState()
    state.begin("55", RoomFacts("Title", viewers=7, likes=100))
    state.apply(gift(3, 3))
    state.begin("55", RoomFacts(likes=90))
    document = state.snapshot()
    assert (document["gifts"], document["likes"], document["title"], document["viewers"]) == (3, 100, "Title", 7)


def test_a_new_session_sets_the_counters_back_but_not_the_followers() -> None:
    state = RoomState()
    state.begin("55", RoomFacts("Title", followers=1000))
    state.set_link(live=True, watch=True)
    state.apply(gift(3, 3))
    state.apply(event("chat", comment="hi"))
    state.begin("56", RoomFacts())
    kept = {"followers": 1000, "live": True, "watch": True}
    assert state.snapshot() == AT_FIRST | {"session_id": "56", "room_id": "56"} | kept
    assert changes(state, gift(1, 1))["top_gifter"]["diamonds"] == 5


def test_the_link_tells_whether_it_is_live_and_watched() -> None:
    state = RoomState()
    state.begin("55", RoomFacts(viewers=7))
    assert state.set_link(live=True, watch=True)
    assert not state.set_link(live=True, watch=True)
    assert state.snapshot()["viewers"] == 7
    assert state.set_link(live=None, watch=True)
    assert state.snapshot()["viewers"] == 7
    assert state.set_link(live=False, watch=True)
    assert (state.snapshot()["viewers"], state.snapshot()["peak_viewers"]) == (None, 7)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 1000), st.sampled_from("abc"))))
def test_diamonds_add_up(gifts: list[tuple[int, int, str]]) -> None:
    state = RoomState()
    for count, price, who in gifts:
        state.apply(gift(count, count, price) | person(who))
    document = state.snapshot()
    assert document["diamonds"] == sum(count * price for count, price, _ in gifts)
    by_person = {name: sum(c * p for c, p, who in gifts if who == name) for name in "abc"}
    assert (document["top_gifter"] or {"diamonds": 0})["diamonds"] == max(by_person.values())


def test_a_snapshot_does_not_change_later() -> None:
    state = RoomState()
    snapshot = state.snapshot()
    state.apply(event("share"))
    assert snapshot["shares"] == 0


def test_a_goal_and_how_near_it_is() -> None:
    state = RoomState()
    state.set_goal(300)
    assert (state.snapshot()["goal"], state.snapshot()["goal_progress"]) == (300, 0.0)
    state.apply(gift(20, 20))
    assert state.snapshot()["goal_progress"] == 33.3
    state.apply(gift(80, 80))
    assert state.snapshot()["goal_progress"] == 166.7
    state.begin("56", RoomFacts())
    assert (state.snapshot()["goal"], state.snapshot()["goal_progress"]) == (300, 0.0)
    state.set_goal(None)
    assert (state.snapshot()["goal"], state.snapshot()["goal_progress"]) == (None, None)


def test_long_texts_are_cut() -> None:
    state = RoomState()
    state.apply(event("chat", comment="é" * 8192) | {"nickname": "\N{FIRE}" * 8192})
    comment = state.snapshot()["last_comment"]
    assert comment["text"] == "é" * 510 + "…"
    assert len(comment["nickname"].encode()) <= 1024
