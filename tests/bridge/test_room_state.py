from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bridge.doubles import event, gift, person
from tiktok2mqtt.bridge.room_state import LiveInfo, Milestones, RoomState
from tiktok2mqtt.bridge.snapshot import Totals, checked_snapshot

AT = "2026-01-02T03:04:05.678Z"
LATER = "2026-01-02T05:00:00.000Z"
BOB = {"username": "bob", "nickname": "Bob", "picture": "https://pictures.example/bob", "at": AT}
CAROL = {"username": "carol", "nickname": "Carol", "picture": "https://pictures.example/carol", "at": AT}
INITIAL: dict[str, Any] = {
    "session_id": None,
    "room_id": None,
    "title": None,
    "started_at": None,
    "counting_since": None,
    "viewers": None,
    "peak_viewers": None,
    "likes": 0,
    "diamonds": 0,
    "host_diamonds": 0,
    "guest_diamonds": 0,
    "gifts": 0,
    "unpriced_gifts": 0,
    "comments": 0,
    "shares": 0,
    "new_followers": 0,
    "subscriptions": 0,
    "super_fans": 0,
    "followers": None,
    "envelopes": [],
    "battle": None,
    "last_gift": None,
    "last_gifter": None,
    "top_gifter": None,
    "last_follower": None,
    "last_comment": None,
    "live": None,
    "watch": False,
    "paused": None,
    "goal": None,
    "goal_progress": None,
}


def begun() -> RoomState:
    """Return the state during the LIVE that the events belong to."""
    state = RoomState()
    state.begin_session("55", LiveInfo())
    return state


def changes(state: RoomState, *events: dict[str, Any]) -> dict[str, Any]:
    """Apply events and return the values that change in the document."""
    before = state.snapshot()
    for one in events:
        assert state.apply(one)
    return {key: value for key, value in state.snapshot().items() if before[key] != value}


def test_the_initial_document_has_every_key() -> None:
    assert RoomState().snapshot() == INITIAL


def test_a_chat() -> None:
    assert changes(begun(), event("chat", comment="hi")) == {"comments": 1, "last_comment": {"text": "hi", **BOB}}


def test_a_gift() -> None:
    last_gift = {"name": "Rose", "gift_id": "5655", "image": "https://pictures.example/rose", "count": 3}
    assert changes(begun(), gift(count=3, delta=3)) == {
        "gifts": 3,
        "diamonds": 15,
        "host_diamonds": 15,
        "last_gift": {**last_gift, "diamonds": 15, **BOB},
        "last_gifter": BOB,
        "top_gifter": BOB | {"diamonds": 15},
    }


def test_a_later_addition_to_a_gift_counts_only_the_difference() -> None:
    state = RoomState()
    change = changes(state, gift(count=3, delta=3), gift(count=5, delta=2))
    assert (change["gifts"], change["diamonds"], change["last_gift"]["count"]) == (5, 25, 5)


def test_a_gift_without_a_price_counts_no_diamonds() -> None:
    change = changes(begun(), gift(count=2, delta=2, price=None))
    assert (change["gifts"], change["unpriced_gifts"], change["last_gift"]["diamonds"]) == (2, 2, None)
    assert "diamonds" not in change


@pytest.mark.parametrize(
    ("to_host", "counter"), [(True, "host_diamonds"), (None, "host_diamonds"), (False, "guest_diamonds")]
)
def test_diamonds_for_the_host_and_for_guests_are_counted_beside_their_sum(to_host: bool | None, counter: str) -> None:
    change = changes(begun(), gift(3, 3, to_host=to_host))
    assert {key: value for key, value in change.items() if key.endswith("diamonds")} == {"diamonds": 15, counter: 15}


def test_the_top_gifter_has_the_highest_total() -> None:
    state = RoomState()
    bob, carol = gift(1, 1, price=10), gift(1, 1, price=15) | person("carol")
    assert changes(state, bob, carol)["top_gifter"] == CAROL | {"diamonds": 15}
    assert changes(state, bob)["top_gifter"] == BOB | {"diamonds": 20}
    assert "top_gifter" not in changes(state, gift(1, 1, price=4) | person("carol"))


def test_a_masked_user_is_never_the_top_gifter() -> None:
    masked = {"user_id": None, "unique_id": None}
    assert "top_gifter" not in changes(begun(), gift(1, 1) | masked)


@pytest.mark.parametrize(("totals", "likes"), [([5, 9], 9), ([9, 5], 9)])
def test_likes_never_decrease(totals: list[int], likes: int) -> None:
    state = RoomState()
    changes(state, *(event("like", like_count=1, total_like_count=total) for total in totals))
    assert state.snapshot()["likes"] == likes


def test_viewers_and_peak_viewers() -> None:
    state = RoomState()
    changes(state, *(event("room_user", viewer_count=count) for count in (3, 8, 5)))
    assert (state.snapshot()["viewers"], state.snapshot()["peak_viewers"]) == (5, 8)


def test_a_follow_and_a_share() -> None:
    follow = event("follow", follower_count=1001)
    assert changes(begun(), follow) == {"new_followers": 1, "followers": 1001, "last_follower": BOB}
    assert changes(begun(), event("follow", follower_count=None)) == {"new_followers": 1, "last_follower": BOB}
    assert changes(begun(), event("share")) == {"shares": 1}


def test_a_subscription() -> None:
    assert changes(begun(), event("subscribe", months=1)) == {"subscriptions": 1}


def test_open_treasure_boxes_until_the_live_is_over() -> None:
    state = RoomState()
    box = {"envelope_id": "7", "kind": "viewer", "sender": "b" * 2_000, "diamond_count": 20, "people_count": 5}
    change = changes(state, event("envelopes", envelopes=[box]))
    assert change["envelopes"][0]["diamond_count"] == 20
    assert len(change["envelopes"][0]["sender"]) < 1_100
    assert changes(state, event("envelopes", envelopes=[])) == {"envelopes": []}
    for over in (lambda: state.begin_session("56", LiveInfo()), lambda: state.set_connection(live=False, watch=True)):
        changes(state, event("envelopes", envelopes=[box]))
        over()
        assert state.snapshot()["envelopes"] == []


def test_each_follower_counts_once_per_live() -> None:
    state = RoomState()
    state.begin_session("1", LiveInfo())
    again = event("follow", follower_count=None)
    for follower in (again, again, event("follow", follower_count=5, **person("carol")), again):
        assert state.apply(follower)
    document = state.snapshot()
    assert (document["new_followers"], document["followers"]) == (2, 5)
    assert document["last_follower"] == BOB
    state.begin_session("2", LiveInfo())
    assert changes(state, again)["new_followers"] == 1


def test_followers_whom_nobody_can_tell_apart_count_each() -> None:
    masked = event("follow", follower_count=None, user_id=None, unique_id=None)
    assert changes(RoomState(), masked, masked)["new_followers"] == 2


def test_followers_beyond_the_memory_still_count() -> None:
    state = RoomState()
    state.begin_session("1", LiveInfo())
    for number in range(20_001):
        state.apply(event("follow", follower_count=None, user_id=str(number)))
    for number in (0, 20_000):
        state.apply(event("follow", follower_count=None, user_id=str(number)))
    assert state.snapshot()["new_followers"] == 20_002


def test_a_gift_to_several_viewers_counts_as_several_subscriptions() -> None:
    assert changes(RoomState(), event("subscribe", gifted=5), event("subscribe", gifted=None))["subscriptions"] == 6


def test_what_an_event_does_not_carry_stays_as_it_was() -> None:
    state = RoomState()
    state.apply(event("room_user", viewer_count=9, total_user_count=90))
    state.apply(event("like", like_count=5, total_like_count=50))
    state.apply(event("follow", follower_count=7))
    before = state.snapshot()
    state.apply(event("room_user", viewer_count=None, total_user_count=None))
    state.apply(event("like", like_count=None, total_like_count=None))
    state.apply(event("follow", follower_count=None))
    assert state.snapshot() == before


@pytest.mark.parametrize("name", ["social", "member", "gift_streak", "question_new", "stream_end", "connected"])
def test_other_events_change_nothing(name: str) -> None:
    assert not RoomState().apply(event(name))


def test_late_events_are_counted() -> None:
    late = {"late": True}
    document = changes(begun(), gift(3, 3, **late), event("chat", comment="hi", **late), event("share", **late))
    assert (document["gifts"], document["diamonds"], document["comments"], document["shares"]) == (3, 15, 1, 1)


def test_a_late_number_of_viewers_is_not_the_present_one() -> None:
    state = begun()
    changes(state, event("room_user", viewer_count=40, late=True))
    assert (state.snapshot()["viewers"], state.snapshot()["peak_viewers"]) == (40, 40)
    state.begin_session("55", LiveInfo(viewers=7))
    changes(state, event("room_user", viewer_count=50, late=True))
    assert (state.snapshot()["viewers"], state.snapshot()["peak_viewers"]) == (7, 50)


@pytest.mark.parametrize("keys", [{"replayed": True}, {"source": "simulated"}])
def test_replayed_and_simulated_events_change_nothing(keys: dict[str, Any]) -> None:
    state = RoomState()
    for one in (gift(3, 3, **keys), event("chat", comment="hi", **keys), event("share", **keys)):
        assert not state.apply(one)
    assert state.snapshot() == INITIAL


def test_a_session_begins_with_the_live_info() -> None:
    state = RoomState()
    state.begin_session("55", LiveInfo("Title", AT, viewers=7, likes=100, followers=1000))
    known = {"title": "Title", "started_at": AT, "counting_since": AT, "viewers": 7, "peak_viewers": 7}
    known |= {"likes": 100, "followers": 1000}
    assert state.snapshot() == INITIAL | known | {"session_id": "55", "room_id": "55"}


def test_a_reconnect_keeps_the_counters() -> None:
    state = RoomState()
    state.begin_session("55", LiveInfo("Title", viewers=7, likes=100))
    state.apply(gift(3, 3))
    state.begin_session("55", LiveInfo(likes=90))
    document = state.snapshot()
    assert (document["gifts"], document["likes"], document["title"], document["viewers"]) == (3, 100, "Title", 7)


def test_a_new_session_resets_the_counters_but_not_the_followers() -> None:
    state = RoomState()
    state.begin_session("55", LiveInfo("Title", followers=1000))
    state.set_connection(live=True, watch=True)
    state.apply(gift(3, 3))
    state.apply(event("chat", comment="hi"))
    state.begin_session("56", LiveInfo())
    kept = {"followers": 1000, "live": True, "watch": True}
    assert state.snapshot() == INITIAL | {"session_id": "56", "room_id": "56"} | kept
    assert changes(state, gift(1, 1, session_id="56"))["top_gifter"]["diamonds"] == 5


def test_the_first_event_of_a_live_begins_its_session() -> None:
    state = begun()
    changes(state, gift(3, 3), gift(1, 1, session_id="56"))
    state.begin_session("56", LiveInfo("Title"))
    document = state.snapshot()
    assert (document["session_id"], document["gifts"], document["title"]) == ("56", 1, "Title")
    # A simulated one begins none.
    state.apply(gift(1, 1, session_id="0", source="simulated"), count_simulated=True)
    assert (state.snapshot()["session_id"], state.snapshot()["gifts"]) == ("56", 2)


def restored(totals: Totals | None) -> RoomState:
    """Return the state of the next process, which has loaded these totals."""
    assert totals is not None
    state = RoomState()
    state.restore_totals(checked_snapshot(orjson.loads(totals.document)), totals.gifters)
    return state


def totals_of(state: RoomState) -> Totals | None:
    return state.totals(live=True, over_id=None, with_viewers=True, now=1_800_000_000.0)


def test_totals_continue_and_win_over_an_older_snapshot() -> None:
    state = begun()
    older = state.snapshot() | {"title": "Title"}
    for one in (gift(3, 3), event("follow", follower_count=None), event("share"), event("chat", comment="hi")):
        state.apply(one)
    after = restored(totals_of(state))
    assert after.restore(checked_snapshot(older))
    expected = state.snapshot() | {"title": "Title", "last_comment": None}
    assert after.snapshot() == expected
    changes(after, gift(2, 2))
    assert (after.snapshot()["gifts"], after.snapshot()["top_gifter"]["diamonds"]) == (5, 25)


def test_totals_of_one_live_are_not_mixed_with_the_snapshot_of_another() -> None:
    state = begun()
    state.apply(gift(3, 3))
    after = restored(totals_of(state))
    assert not after.restore(checked_snapshot(state.snapshot() | {"session_id": "54"}))
    after.begin_session("56", LiveInfo())
    # The next LIVE was counted by a process without the totals.
    assert after.restore(checked_snapshot(state.snapshot() | {"session_id": "56"}))
    assert after.snapshot()["gifts"] == 3


def test_there_are_no_totals_without_a_session() -> None:
    assert totals_of(RoomState()) is None


def test_totals_name_viewers_only_on_request_and_have_bounded_texts() -> None:
    state = begun()
    state.apply(gift(3, 3) | {"nickname": "\N{FIRE}" * 8192})
    totals = totals_of(state)
    assert totals is not None
    assert len(totals.document) < 8192
    assert totals.changed == ("id of bob",)
    state.totals_saved()
    without = state.totals(live=False, over_id=None, with_viewers=False, now=0.0)
    assert without is not None
    assert b"bob" not in without.document.lower()
    assert without.changed == ()
    assert orjson.loads(without.document)["gifts"] == 3


def test_the_connection_sets_live_and_watch() -> None:
    state = RoomState()
    state.begin_session("55", LiveInfo(viewers=7))
    assert state.set_connection(live=True, watch=True)
    assert not state.set_connection(live=True, watch=True)
    assert state.snapshot()["viewers"] == 7
    assert state.set_connection(live=None, watch=True)
    assert (state.snapshot()["viewers"], state.snapshot()["paused"]) == (None, None)
    assert state.set_connection(live=False, watch=True)
    assert (state.snapshot()["viewers"], state.snapshot()["peak_viewers"]) == (None, 7)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 1000), st.sampled_from("abc"))))
def test_diamonds_are_summed_up(gifts: list[tuple[int, int, str]]) -> None:
    state = RoomState()
    for count, price, who in gifts:
        state.apply(gift(count, count, price) | person(who))
    document = state.snapshot()
    assert document["diamonds"] == sum(count * price for count, price, _ in gifts)
    by_person = {name: sum(c * p for c, p, who in gifts if who == name) for name in "abc"}
    assert (document["top_gifter"] or {"diamonds": 0})["diamonds"] == max(by_person.values())


def test_later_events_do_not_change_a_snapshot() -> None:
    state = RoomState()
    snapshot = state.snapshot()
    state.apply(event("share"))
    assert snapshot["shares"] == 0


def test_a_goal_and_its_progress() -> None:
    state = RoomState()
    state.set_goal(300)
    assert (state.snapshot()["goal"], state.snapshot()["goal_progress"]) == (300, 0.0)
    state.apply(gift(20, 20))
    assert state.snapshot()["goal_progress"] == 33.3
    state.apply(gift(80, 80))
    assert state.snapshot()["goal_progress"] == 166.7
    state.begin_session("56", LiveInfo())
    assert (state.snapshot()["goal"], state.snapshot()["goal_progress"]) == (300, 0.0)
    state.set_goal(None)
    assert (state.snapshot()["goal"], state.snapshot()["goal_progress"]) == (None, None)


def test_long_texts_are_cut() -> None:
    state = RoomState()
    state.apply(event("chat", comment="é" * 8192) | {"nickname": "\N{FIRE}" * 8192})
    comment = state.snapshot()["last_comment"]
    assert comment["text"] == "é" * 510 + "…"
    assert len(comment["nickname"].encode()) <= 1024


@pytest.mark.parametrize(
    ("start", "totals", "reached"),
    [
        (0, [999, 1000, 1001, 2500, 2999, 3000], [None, 1000, None, 2000, None, 3000]),
        (54_321, [54_321, 54_999, 55_000], [None, None, 55_000]),
        (None, [54_321, 55_001, 55_001], [None, 55_000, None]),
        (0, [5_100], [5_000]),
    ],
)
def test_milestones(start: int | None, totals: list[int], reached: list[int | None]) -> None:
    milestones = Milestones(1000)
    milestones.reset(start)
    assert [milestones.update(total) for total in totals] == reached


def test_a_reset_starts_again() -> None:
    milestones = Milestones(1000)
    milestones.reset(0)
    milestones.update(2000)
    milestones.reset(0)
    assert milestones.update(1000) == 1000


def test_a_step_of_0_means_no_milestones() -> None:
    milestones = Milestones(0)
    milestones.reset(0)
    assert milestones.update(10**9) is None


@given(st.integers(1, 50), st.lists(st.integers(0, 300)))
def test_each_milestone_is_reached_once(step: int, totals: list[int]) -> None:
    milestones = Milestones(step)
    milestones.reset(0)
    reached = [milestone for total in totals if (milestone := milestones.update(total))]
    assert reached == sorted(set(reached))
    assert all(milestone % step == 0 for milestone in reached)
    assert max(reached, default=0) == max(totals, default=0) // step * step


def test_counters_count_since_the_start_of_the_live_or_else_since_it_was_joined() -> None:
    state = RoomState()
    state.begin_session("55", LiveInfo(started_at=AT), LATER)
    assert state.snapshot()["counting_since"] == AT
    state.begin_session("56", LiveInfo(), LATER)
    assert state.snapshot()["counting_since"] == LATER
    # It stays as it is when the start becomes known, and after a restart.
    state.begin_session("56", LiveInfo(started_at=AT), "2026-01-02T06:00:00.000Z")
    assert state.snapshot()["counting_since"] == LATER
    assert restored(totals_of(state)).snapshot()["counting_since"] == LATER
    after = RoomState()
    after.begin_session("56", LiveInfo(), "2026-01-02T07:00:00.000Z")
    assert after.restore(checked_snapshot(state.snapshot()))
    assert after.snapshot()["counting_since"] == LATER


def test_an_event_before_the_live_was_joined_begins_to_count() -> None:
    state = begun()
    state.apply(gift(1, 1) | {"session_id": "56", "ts": LATER})
    state.begin_session("56", LiveInfo(started_at=AT), AT)
    assert (state.snapshot()["counting_since"], state.snapshot()["started_at"]) == (LATER, AT)


def test_super_fans_are_those_who_became_one() -> None:
    state = begun()
    for what in ("became", "joined", "box", "became"):
        state.apply(event("super_fan", what=what, text=""))
    assert state.snapshot()["super_fans"] == 2


def test_a_goal_is_reached_once_and_again_after_it_was_raised() -> None:
    state = begun()
    state.set_goal(10)
    state.apply(gift(1, 1))
    assert not state.goal_reached()
    state.apply(gift(1, 1))
    assert state.goal_reached()
    state.apply(gift(1, 1))
    assert not state.goal_reached()
    # Not by being set to what there is already.
    state.set_goal(12)
    assert not state.goal_reached()
    state.set_goal(20)
    state.apply(gift(1, 1))
    assert state.goal_reached()
    state.begin_session("56", LiveInfo())
    state.apply(gift(4, 4) | {"session_id": "56"})
    assert state.goal_reached()


def test_a_goal_that_an_earlier_run_has_seen_reached_is_not_reached_again() -> None:
    before = begun()
    before.apply(gift(4, 4))
    after = restored(totals_of(before))
    after.set_goal(10)
    after.apply(gift(1, 1))
    assert not after.goal_reached()


def host(name: str, score: int, team: str | None = None) -> dict[str, Any]:
    is_ours = name == "alice"
    return {"unique_id": name, "nickname": name.title(), "is_room_host": is_ours, "team_id": team, "score": score}


def battle(*hosts: dict[str, Any], **keys: Any) -> dict[str, Any]:
    common: dict[str, Any] = {
        "battle_id": "7",
        "status": "running",
        "ends_at": AT,
        "teams": [],
        "winner": None,
        "result_name": None,
    }
    return common | {"hosts": list(hosts)} | keys


def test_a_battle_of_hosts_and_one_of_teams() -> None:
    state = begun()
    assert state.set_battle(battle(host("alice", 5), host("dora", 9), host("berta", 2)))
    shown = {"battle_id": "7", "status": "running", "score": 5, "opponent_score": 9, "winner": None, "result": None}
    assert state.snapshot()["battle"] == shown | {"ends_at": AT}
    assert not state.set_battle(battle(host("alice", 6), host("dora", 9)))
    teams = [{"team_id": "1", "score": 30}, {"team_id": "2", "score": 20}]
    winner = {"team_id": "1", "hosts": [{"nickname": "Alice", "unique_id": "alice"}]}
    over = {"status": "over", "teams": teams, "winner": winner, "result_name": "win"}
    assert state.set_battle(battle(host("alice", 10, "1"), host("dora", 20, "2"), **over))
    shown |= {"status": "over", "score": 30, "opponent_score": 20, "winner": "Alice", "result": "win"}
    assert state.snapshot()["battle"] == shown | {"ends_at": AT}
    assert state.set_battle(None)
    assert state.snapshot()["battle"] is None


def test_a_live_is_paused_and_resumed() -> None:
    state = begun()
    assert state.paused is None
    assert changes(state, event("paused")) == {"paused": True}
    state.begin_session("55", LiveInfo())
    assert state.paused
    assert changes(state, event("resumed")) == {"paused": False}
    state.begin_session("55", LiveInfo(paused=True))
    assert state.paused
    state.set_connection(live=False, watch=True)
    assert state.paused is False


def test_what_described_a_live_is_cleared_at_its_end() -> None:
    state = RoomState()
    state.begin_session("55", LiveInfo("Title", AT, viewers=7))
    state.apply(gift(3, 3))
    state.set_connection(live=False, watch=True)
    state.end_live()
    document = state.snapshot()
    assert (document["title"], document["started_at"], document["viewers"], document["gifts"]) == (None, None, None, 3)
