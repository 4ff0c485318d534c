import json
from math import inf
from typing import Any

import pytest

from tests.webcast.gift_messages import END, Event, counts, feed, gift
from tiktok2mqtt.webcast.streaks import Streaks


def test_a_streak_runs_and_ends() -> None:
    streaks = Streaks()
    assert feed(streaks, gift(1), gift(2), gift(5), gift(5, END)) == [
        ("gift_streak", 1, 1, 10, None),
        ("gift_streak", 2, 1, 20, None),
        ("gift_streak", 5, 3, 50, None),
        ("gift", 5, 5, 50, "end"),
    ]
    assert len(streaks.open_streaks) == 0


def test_a_single_gift_that_comes_twice_counts_once() -> None:
    assert feed(Streaks(), gift(1), gift(1, END)) == [("gift_streak", 1, 1, 10, None), ("gift", 1, 1, 10, "end")]


def test_an_end_alone_is_a_gift() -> None:
    assert feed(Streaks(), gift(4, END)) == [("gift", 4, 4, 40, "end")]


@pytest.mark.parametrize("end", [0, END])
@pytest.mark.parametrize("gift_type", [0, 2, 4])
def test_a_gift_without_streaks_counts_at_once_each_time(gift_type: int, end: int) -> None:
    streaks = Streaks()
    lion = gift(2, end, gift_type=gift_type, group=None, price=100)
    assert feed(streaks, lion, lion) == [("gift", 2, 2, 200, "end")] * 2
    assert len(streaks.open_streaks) == 0


def test_a_gift_without_details_is_a_streak_without_a_price() -> None:
    streaks = Streaks()
    bare = {"gift_type": None, "price": None}
    assert feed(streaks, gift(1, **bare), gift(3, END, **bare)) == [  # type: ignore[arg-type]
        ("gift_streak", 1, 1, None, None),
        ("gift", 3, 3, None, "end"),
    ]


def test_a_count_below_one_is_one_gift() -> None:
    assert feed(Streaks(), gift(0, END)) == [("gift", 1, 1, 10, "end")]
    assert feed(Streaks(), gift(-3, gift_type=2)) == [("gift", 1, 1, 10, "end")]


def test_an_event_keeps_the_keys_of_its_message() -> None:
    (running,) = Streaks().feed(gift(3), 0.0)
    assert running == gift(3) | {"event_type": "gift_streak", "count": 3, "delta": 3, "diamonds": 30}
    (final,) = Streaks().feed(gift(3, END), 0.0)
    assert final == gift(3, END) | {"count": 3, "delta": 3, "diamonds": 30, "closed_by": "end"}


@pytest.mark.parametrize(
    "other", [{"user": "6"}, {"gift_id": "1"}, {"group": "78"}, {"user": None}, {"group": None}], ids=str
)
def test_streaks_are_distinguished_by_user_gift_and_group(other: dict[str, Any]) -> None:
    streaks = Streaks()
    assert feed(streaks, gift(2), gift(2, **other), gift(2, END), gift(2, END, **other)) == [
        ("gift_streak", 2, 2, 20, None),
        ("gift_streak", 2, 2, 20, None),
        ("gift", 2, 2, 20, "end"),
        ("gift", 2, 2, 20, "end"),
    ]


def test_repeated_and_late_messages_make_no_events() -> None:
    streaks = Streaks()
    feed(streaks, gift(1), gift(3))
    assert feed(streaks, gift(3), gift(2)) == []
    assert feed(streaks, gift(3, END)) == [("gift", 3, 3, 30, "end")]
    assert feed(streaks, gift(3, END), gift(3), gift(1), gift(1, END)) == []
    assert len(streaks.open_streaks) == 0
    assert streaks.tick(1000.0) == []


def test_an_end_with_a_lower_count_does_not_reduce_the_count() -> None:
    assert feed(Streaks(), gift(5), gift(4, END))[-1] == ("gift", 5, 5, 50, "end")


def test_silence_closes_a_streak_once() -> None:
    streaks = Streaks(timeout_s=60.0)
    feed(streaks, gift(1), now=0.0)
    feed(streaks, gift(4), now=10.0)
    assert streaks.tick(70.0) == []
    assert counts(streaks.tick(70.1)) == [("gift", 4, 4, 40, "timeout")]
    assert streaks.tick(500.0) == []
    assert len(streaks.open_streaks) == 0


def test_the_next_tick_is_due_when_a_streak_may_time_out() -> None:
    streaks = Streaks(timeout_s=60.0)
    assert streaks.seconds_to_next_tick(0.0) == inf
    feed(streaks, gift(1, group="77"), now=10.0)
    assert streaks.seconds_to_next_tick(30.0) == 40.0
    feed(streaks, gift(1, group="78"), now=30.0)
    # The first one is superseded after five seconds.
    assert streaks.seconds_to_next_tick(31.0) == 4.0
    assert streaks.seconds_to_next_tick(36.0) == 0.0
    streaks.tick(36.0)
    assert streaks.seconds_to_next_tick(36.0) == 54.0
    streaks.tick(90.1)
    assert streaks.seconds_to_next_tick(90.1) == inf


def test_a_repeated_message_postpones_the_timeout() -> None:
    streaks = Streaks(timeout_s=60.0)
    feed(streaks, gift(1), now=0.0)
    feed(streaks, gift(1), now=50.0)
    assert streaks.tick(100.0) == []


def test_the_longest_silent_is_closed_first() -> None:
    streaks = Streaks(timeout_s=60.0)
    for now, group in ((0.0, "77"), (10.0, "78"), (20.0, "77"), (30.0, "79")):
        feed(streaks, gift(2, group=group, gift_id=group), now=now)
    for now, group in ((70.1, "78"), (80.1, "77"), (90.1, "79")):
        assert [final["gift"]["group_id"] for final in streaks.tick(now)] == [group]


def test_an_end_after_the_timeout_reports_the_difference() -> None:
    streaks = Streaks(timeout_s=60.0)
    feed(streaks, gift(4))
    streaks.tick(61.0)
    assert feed(streaks, gift(7, END), now=62.0) == [("gift", 7, 3, 70, "end")]
    assert feed(streaks, gift(7, END), now=63.0) == []


def test_a_streak_that_continues_after_the_timeout_opens_again() -> None:
    streaks = Streaks(timeout_s=60.0)
    feed(streaks, gift(4))
    streaks.tick(61.0)
    assert feed(streaks, gift(6), now=62.0) == [("gift_streak", 6, 2, 60, None)]
    assert len(streaks.open_streaks) == 1
    assert counts(streaks.tick(123.0)) == [("gift", 6, 2, 60, "timeout")]


def test_all_streaks_can_be_closed() -> None:
    streaks = Streaks()
    feed(streaks, gift(2), gift(3, group="78"), gift(1, END, group="79"))
    assert counts(streaks.close_all("disconnect")) == [
        ("gift", 2, 2, 20, "disconnect"),
        ("gift", 3, 3, 30, "disconnect"),
    ]
    assert streaks.close_all("disconnect") == []
    assert feed(streaks, gift(2, END)) == []


def test_without_group_ids_a_count_of_one_starts_the_next_streak() -> None:
    streaks = Streaks()
    first = feed(streaks, gift(1, group=None), gift(3, group=None), gift(3, END, group=None))
    second = feed(streaks, gift(1, group=None), gift(2, group=None), gift(2, END, group=None))
    assert [first[-1], second[-1]] == [("gift", 3, 3, 30, "end"), ("gift", 2, 2, 20, "end")]


def test_without_group_ids_repeated_and_late_messages_start_nothing() -> None:
    streaks = Streaks()
    assert feed(streaks, gift(1, group=None), gift(3, group=None), gift(1, group=None))[2:] == []
    assert feed(streaks, gift(3, END, group=None)) == [("gift", 3, 3, 30, "end")]
    assert feed(streaks, gift(3, END, group=None), gift(2, group=None), gift(1, END, group=None)) == []
    assert feed(streaks, gift(4, END, group=None)) == [("gift", 4, 1, 40, "end")]


def test_users_without_ids_are_distinguished_by_name() -> None:
    streaks = Streaks()
    for nickname in ("b***b", "c***l", None):
        unnamed = gift(2, END, user=None, name=None, nickname=nickname)
        assert feed(streaks, unnamed) == [("gift", 2, 2, 20, "end")]
    # A name is not taken for an id.
    assert feed(streaks, gift(2, END, user=None, name="5")) == [("gift", 2, 2, 20, "end")]
    for name in ("bob", "carol"):
        assert feed(streaks, gift(2, END, user=None, name=name)) == [("gift", 2, 2, 20, "end")]
    assert feed(streaks, gift(2, END, user="5", name="renamed")) == [("gift", 2, 2, 20, "end")]
    assert feed(streaks, gift(2, END, user="5", name="again")) == []


# --- superseded ---


def test_a_streak_without_an_end_is_superseded_by_the_next_one() -> None:
    streaks = Streaks(timeout_s=60.0)
    feed(streaks, gift(3, group="77"), now=0.0)
    assert feed(streaks, gift(1, group="78"), now=4.0) == [("gift_streak", 1, 1, 10, None)]
    assert streaks.tick(9.0) == []
    assert counts(streaks.tick(9.1)) == [("gift", 3, 3, 30, "superseded")]
    assert len(streaks.open_streaks) == 1
    assert feed(streaks, gift(2, END, group="78"), now=10.0) == [("gift", 2, 2, 20, "end")]
    assert streaks.tick(1000.0) == []


@pytest.mark.parametrize("late", [gift(3, END, group="77"), gift(2, group="77"), gift(3, group="77")], ids=str)
def test_repeated_messages_of_a_superseded_streak_make_no_events(late: Event) -> None:
    streaks = Streaks()
    feed(streaks, gift(3, group="77"), gift(1, group="78"))
    streaks.tick(5.1)
    assert feed(streaks, late, now=6.0) == []
    assert len(streaks.open_streaks) == 1


def test_a_superseded_streak_that_continues_reports_the_difference() -> None:
    streaks = Streaks()
    feed(streaks, gift(3, group="77"), gift(1, group="78"))
    streaks.tick(5.1)
    assert feed(streaks, gift(4, group="77"), now=6.0) == [("gift_streak", 4, 1, 40, None)]
    assert feed(streaks, gift(5, END, group="77"), now=7.0) == [("gift", 5, 2, 50, "end")]


def test_streaks_that_interleave_do_not_supersede_each_other() -> None:
    streaks = Streaks()
    for step in range(1, 20):
        for number, group in enumerate(("77", "78", "79")):
            now = step * 4.0 + number
            assert feed(streaks, gift(step, group=group), now=now) == [("gift_streak", step, 1, step * 10, None)]
            assert streaks.tick(now) == []
    assert (
        feed(streaks, *[gift(20, END, group=group) for group in ("77", "78", "79")])
        == [("gift", 20, 20, 200, "end")] * 3
    )


def test_a_streak_that_continues_is_no_longer_superseded() -> None:
    streaks = Streaks()
    feed(streaks, gift(1, group="77"), now=0.0)
    feed(streaks, gift(1, group="78"), now=1.0)
    feed(streaks, gift(1, group="77"), now=5.0)
    assert streaks.tick(9.0) == []
    assert [final["gift"]["group_id"] for final in streaks.tick(10.1)] == ["78"]


def test_a_single_gift_supersedes_as_well() -> None:
    streaks = Streaks()
    feed(streaks, gift(3, group="77"), gift(1, group="78"), gift(1, END, group="78"))
    assert counts(streaks.tick(5.1)) == [("gift", 3, 3, 30, "superseded")]


@pytest.mark.parametrize("other", [{"user": "6"}, {"gift_id": "1"}, {"gift_type": 2}], ids=str)
def test_other_users_and_gifts_supersede_nothing(other: dict[str, Any]) -> None:
    streaks = Streaks(timeout_s=60.0)
    feed(streaks, gift(3, group="77"), gift(1, group="78", **other))
    assert streaks.tick(60.0) == []


def test_a_late_repetition_of_a_closed_streak_supersedes_nothing() -> None:
    streaks = Streaks(timeout_s=60.0)
    feed(streaks, gift(3, END, group="77"), gift(1, group="78"), gift(3, group="77"), gift(3, END, group="77"))
    assert streaks.tick(59.0) == []


# --- without group ids ---


def test_without_group_ids_a_count_of_one_after_a_pause_supersedes() -> None:
    streaks = Streaks()
    feed(streaks, gift(1, group=None), gift(4, group=None))
    assert feed(streaks, gift(1, group=None), now=5.1) == [
        ("gift", 4, 4, 40, "superseded"),
        ("gift_streak", 1, 1, 10, None),
    ]
    assert feed(streaks, gift(2, END, group=None), now=6.0) == [("gift", 2, 2, 20, "end")]


def test_without_group_ids_any_count_starts_a_streak_a_minute_after_the_last_end() -> None:
    streaks = Streaks(timeout_s=60.0)
    feed(streaks, gift(4, END, group=None))
    assert feed(streaks, gift(2, group=None), now=60.0) == []
    assert feed(streaks, gift(3, group=None), now=120.1) == [("gift_streak", 3, 3, 30, None)]


def test_without_group_ids_a_higher_count_continues_the_last_streak() -> None:
    streaks = Streaks(timeout_s=60.0)
    feed(streaks, gift(4, END, group=None))
    assert feed(streaks, gift(5, group=None), now=30.0) == [("gift_streak", 5, 5, 50, None)]
    assert counts(streaks.tick(90.1)) == [("gift", 5, 1, 50, "timeout")]
    assert feed(streaks, gift(6, END, group=None), now=100.0) == [("gift", 6, 1, 60, "end")]


def test_without_group_ids_a_late_end_reports_the_difference() -> None:
    streaks = Streaks(timeout_s=60.0)
    feed(streaks, gift(4, group=None))
    streaks.tick(61.0)
    assert feed(streaks, gift(5, END, group=None), now=200.0) == [("gift", 5, 1, 50, "end")]


def test_without_group_ids_history_starts_no_known_streak_again() -> None:
    streaks = Streaks()
    feed(streaks, gift(1, group=None), gift(3, END, group=None))
    history = [gift(1, group=None, replayed=True), gift(3, END, group=None, replayed=True)]
    assert feed(streaks, *history, now=90.0) == []
    assert feed(Streaks(), *history) == [("gift_streak", 1, 1, 10, None), ("gift", 3, 3, 30, "end")]


# --- other values of the events ---


def test_the_deltas_of_each_name_add_up_to_its_last_count() -> None:
    streaks = Streaks()
    events = feed(streaks, gift(1), gift(2), gift(5, END), gift(7), gift(9, END))
    assert events == [
        ("gift_streak", 1, 1, 10, None),
        ("gift_streak", 2, 1, 20, None),
        ("gift", 5, 5, 50, "end"),
        ("gift_streak", 7, 5, 70, None),
        ("gift", 9, 4, 90, "end"),
    ]


def test_a_final_gift_is_made_from_the_end_or_the_highest_count() -> None:
    streaks = Streaks()
    feed(streaks, gift(5), gift(4))
    (final,) = streaks.close_all("disconnect")
    assert (final["id"], final["gift"]["repeat_count"]) == ("77-5-0", 5)
    streaks = Streaks()
    feed(streaks, gift(5))
    (final,) = streaks.feed(gift(4, END), 0.0)
    assert (final["id"], final["count"]) == ("77-4-1", 5)


def test_details_are_filled_in_from_earlier_messages() -> None:
    streaks = Streaks(timeout_s=60.0)
    bare = {"title": None, "gift_type": None, "price": None}
    feed(streaks, gift(1))
    (running,) = streaks.feed(gift(2, **bare), 1.0)  # type: ignore[arg-type]
    streaks.tick(62.0)
    (final,) = streaks.feed(gift(3, END, **bare), 63.0)  # type: ignore[arg-type]
    for event in (running, final):
        assert (event["gift"]["name"], event["gift"]["gift_type"], event["gift"]["diamond_count"]) == ("Rose", 1, 10)
    assert (final["delta"], final["diamonds"]) == (1, 30)
    # Details of one streak are not used for another: a price is never guessed.
    assert feed(streaks, gift(1, END, group="78", **bare)) == [("gift", 1, 1, None, "end")]  # type: ignore[arg-type]


def test_a_price_of_zero_is_a_price() -> None:
    assert feed(Streaks(), gift(3, END, price=0)) == [("gift", 3, 3, 0, "end")]


@pytest.mark.parametrize(
    ("history", "then", "replayed"),
    [
        ([gift(1, replayed=True)], gift(2, END, replayed=True), [True, True]),
        ([gift(1, replayed=True)], gift(2, END), [True, False]),
        ([gift(1)], gift(2, replayed=True), [False, False]),
        ([gift(1)], gift(2, END, replayed=True), [False, False]),
    ],
    ids=["all", "its beginning", "a part", "its end"],
)
def test_a_streak_is_replayed_when_all_of_it_is_history(
    history: list[Event], then: Event, replayed: list[bool]
) -> None:
    streaks = Streaks()
    events = [event for message in (*history, then) for event in streaks.feed(message, 0.0)]
    assert [event["replayed"] for event in events] == replayed


# --- recipients ---


@pytest.mark.parametrize("group", [None, "77"])
def test_streaks_for_two_guests_that_interleave_are_two(group: str | None) -> None:
    streaks = Streaks()
    finals = []
    for count, end in ((1, 0), (2, 0), (3, 0), (3, END)):
        for guest in ("8", "9"):
            finals += [
                event
                for event in streaks.feed(gift(count, end, group=group, to=guest), 0.0)
                if event["event_type"] == "gift"
            ]
    assert [(final["recipient"]["user_id"], final["delta"]) for final in finals] == [("8", 3), ("9", 3)]
    assert len(streaks.open_streaks) == 0


@pytest.mark.parametrize("group", [None, "77"])
@pytest.mark.parametrize("named", [(True, False, True), (False, True, False), (True, False, False)], ids=str)
def test_messages_that_do_not_name_the_recipient_belong_to_the_streak_that_does(
    group: str | None, named: tuple[bool, ...]
) -> None:
    streaks = Streaks()
    messages = [
        gift(count, end, group=group, to="8" if is_named else None)
        for (count, end), is_named in zip(((1, 0), (2, 0), (2, END)), named, strict=True)
    ]
    finals = [e for message in messages for e in streaks.feed(message, 0.0) if e["event_type"] == "gift"]
    assert counts(finals) == [("gift", 2, 2, 20, "end")]
    assert finals[0]["recipient"]["user_id"] == finals[0]["gift"]["to_user_id"] == "8"
    assert finals[0]["to_host"] is False
    assert streaks.close_all("disconnect") == []


def test_a_closed_streak_is_found_without_its_recipient() -> None:
    streaks = Streaks()
    feed(streaks, gift(3, END, to="8"))
    assert feed(streaks, gift(3, END), gift(4, END)) == [("gift", 4, 1, 40, "end")]


def test_without_group_ids_a_gift_for_a_guest_is_another_one_than_for_nobody() -> None:
    streaks = Streaks()
    assert feed(streaks, gift(1, group=None), gift(1, group=None, to="8"))[1:] == [("gift_streak", 1, 1, 10, None)]
    assert counts(streaks.close_all("disconnect")) == [("gift", 1, 1, 10, "disconnect")] * 2


def test_a_streak_for_another_guest_supersedes_nothing() -> None:
    streaks = Streaks(timeout_s=60.0)
    feed(streaks, gift(3, group="77", to="8"), gift(1, group="78", to="9"))
    assert streaks.tick(59.0) == []


def test_a_streak_of_an_earlier_release_continues() -> None:
    """It was saved without its recipient."""
    streaks = Streaks(track_changes=True)
    streaks.feed(gift(3, to="8"), 0.0)
    feed(streaks, gift(2, END, group="78", to="8"))
    saved: dict[str, Any] = {}
    for value in streaks.changes(1e9).values():
        assert value is not None
        del value["recipient"]
        group = "77" if value["open"] else "78"
        if value["last"]:
            del value["last"]["recipient"], value["last"]["to_host"]
        saved[json.dumps([["user_id", "5", "5655"], group])] = value
    later = Streaks()
    later.restore(saved, 1e9, 0.0)
    assert feed(later, gift(2, END, group="78", to="8"), gift(4, END, to="8")) == [("gift", 4, 4, 40, "end")]
    later = Streaks()
    later.restore(saved, 1e9, 0.0)
    (final,) = later.tick(20.0)
    assert (final["recipient"], final["to_host"], final["gift"]["series_name"]) == (None, None, None)


# --- gifts whose type is not sent ---


STEPS = ((1, 0), (2, 0), (3, 0), (3, END))


@pytest.mark.parametrize("group", [None, "77"])
@pytest.mark.parametrize("known_type", [None, 1, 2])
def test_the_counts_of_a_gift_without_a_type_are_not_added_up(group: str | None, known_type: int | None) -> None:
    streaks = Streaks()
    events = [
        event
        for count, end in STEPS
        for event in streaks.feed(gift(count, end, group=group, gift_type=known_type), 0.0, is_type_sent=False)
        if event["event_type"] == "gift"
    ]
    assert sum(event["delta"] for event in events) == 3
    assert (len(events), events[-1]["count"]) == ((3, 3) if known_type == 2 else (1, 3))
    assert streaks.close_all("disconnect") == []


def test_a_type_that_is_known_from_elsewhere_ends_a_single_gift_at_once() -> None:
    streaks = Streaks()
    for _ in range(2):
        (event,) = streaks.feed(gift(1, group=None, gift_type=2), 0.0, is_type_sent=False)
        assert (event["delta"], event["closed_by"]) == (1, "end")


def test_a_type_that_comes_late_counts_only_what_is_new() -> None:
    streaks = Streaks()
    streaks.feed(gift(1, gift_type=None), 0.0, is_type_sent=False)
    assert feed(streaks, gift(2, gift_type=2)) == [("gift", 2, 2, 20, "end")]


def test_the_default_timeout() -> None:
    streaks = Streaks()
    feed(streaks, gift(3))
    assert streaks.tick(15.0) == []
    assert counts(streaks.tick(15.1)) == [("gift", 3, 3, 30, "timeout")]
