import json
import time
from dataclasses import dataclass, field
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from tiktok2mqtt.webcast.streaks import MAX_CLOSED, MAX_OPEN, Streaks

END = 1
Event = dict[str, Any]


def gift(  # noqa: PLR0913 - one fact of the message each
    count: int,
    end: int = 0,
    *,
    user: str | None = "5",
    name: str | None = "bob",
    nickname: str | None = "Bob",
    gift_id: str = "5655",
    title: str | None = "Rose",
    group: str | None = "77",
    sort: int | None = 1,
    price: int | None = 10,
    replayed: bool = False,
) -> Event:
    return {
        "event_type": "gift",
        "id": f"{group}-{count}-{end}",
        "replayed": replayed,
        "user_id": user,
        "unique_id": name,
        "nickname": nickname,
        "gift_id": gift_id,
        "gift": {
            "name": title,
            "gift_type": sort,
            "diamond_count": price,
            "image": None,
            "repeat_count": count,
            "repeat_end": end,
            "group_id": group,
        },
    }


def told(events: list[Event]) -> list[tuple[Any, ...]]:
    """What a reader of the events needs to know: name, count, delta, diamonds, closed_by."""
    return [
        (event["event_type"], event["count"], event["delta"], event["diamonds"], event.get("closed_by"))
        for event in events
    ]


def fed(streaks: Streaks, *events: Event, now: float = 0.0) -> list[tuple[Any, ...]]:
    return told([out for event in events for out in streaks.feed(event, now)])


def test_a_streak_runs_and_ends() -> None:
    streaks = Streaks()
    assert fed(streaks, gift(1), gift(2), gift(5), gift(5, END)) == [
        ("gift_streak", 1, 1, 10, None),
        ("gift_streak", 2, 1, 20, None),
        ("gift_streak", 5, 3, 50, None),
        ("gift", 5, 5, 50, "end"),
    ]
    assert len(streaks._open) == 0


def test_a_single_gift_that_comes_twice_counts_once() -> None:
    assert fed(Streaks(), gift(1), gift(1, END)) == [("gift_streak", 1, 1, 10, None), ("gift", 1, 1, 10, "end")]


def test_an_end_alone_is_a_gift() -> None:
    assert fed(Streaks(), gift(4, END)) == [("gift", 4, 4, 40, "end")]


@pytest.mark.parametrize("end", [0, END])
@pytest.mark.parametrize("sort", [0, 2, 4])
def test_a_gift_without_streaks_counts_at_once_each_time(sort: int, end: int) -> None:
    streaks = Streaks()
    lion = gift(2, end, sort=sort, group=None, price=100)
    assert fed(streaks, lion, lion) == [("gift", 2, 2, 200, "end")] * 2
    assert len(streaks._open) == 0


def test_a_gift_that_brings_no_details_waits_for_its_end_and_has_no_price() -> None:
    streaks = Streaks()
    bare = {"sort": None, "price": None}
    assert fed(streaks, gift(1, **bare), gift(3, END, **bare)) == [  # type: ignore[arg-type]
        ("gift_streak", 1, 1, None, None),
        ("gift", 3, 3, None, "end"),
    ]


def test_a_count_of_nothing_is_one_gift() -> None:
    assert fed(Streaks(), gift(0, END)) == [("gift", 1, 1, 10, "end")]
    assert fed(Streaks(), gift(-3, sort=2)) == [("gift", 1, 1, 10, "end")]


def test_an_event_says_what_its_message_said() -> None:
    (running,) = Streaks().feed(gift(3), 0.0)
    assert running == gift(3) | {"event_type": "gift_streak", "count": 3, "delta": 3, "diamonds": 30}
    (final,) = Streaks().feed(gift(3, END), 0.0)
    assert final == gift(3, END) | {"count": 3, "delta": 3, "diamonds": 30, "closed_by": "end"}


@pytest.mark.parametrize(
    "other", [{"user": "6"}, {"gift_id": "1"}, {"group": "78"}, {"user": None}, {"group": None}], ids=str
)
def test_streaks_are_told_apart_by_user_gift_and_group(other: dict[str, Any]) -> None:
    streaks = Streaks()
    assert fed(streaks, gift(2), gift(2, **other), gift(2, END), gift(2, END, **other)) == [
        ("gift_streak", 2, 2, 20, None),
        ("gift_streak", 2, 2, 20, None),
        ("gift", 2, 2, 20, "end"),
        ("gift", 2, 2, 20, "end"),
    ]


def test_what_is_repeated_or_late_tells_nothing() -> None:
    streaks = Streaks()
    fed(streaks, gift(1), gift(3))
    assert fed(streaks, gift(3), gift(2)) == []
    assert fed(streaks, gift(3, END)) == [("gift", 3, 3, 30, "end")]
    assert fed(streaks, gift(3, END), gift(3), gift(1), gift(1, END)) == []
    assert len(streaks._open) == 0
    assert streaks.tick(1000.0) == []


def test_an_end_that_counts_less_than_its_streak_does_not_take_gifts_back() -> None:
    assert fed(Streaks(), gift(5), gift(4, END))[-1] == ("gift", 5, 5, 50, "end")


def test_silence_closes_a_streak_once() -> None:
    streaks = Streaks(timeout_s=60.0)
    fed(streaks, gift(1), now=0.0)
    fed(streaks, gift(4), now=10.0)
    assert streaks.tick(70.0) == []
    assert told(streaks.tick(70.1)) == [("gift", 4, 4, 40, "timeout")]
    assert streaks.tick(500.0) == []
    assert len(streaks._open) == 0


def test_the_next_tick_is_due_when_a_streak_may_end_by_itself() -> None:
    streaks = Streaks(timeout_s=60.0)
    assert streaks.seconds_to_next_tick(0.0) == inf
    fed(streaks, gift(1, group="77"), now=10.0)
    assert streaks.seconds_to_next_tick(30.0) == 40.0
    fed(streaks, gift(1, group="78"), now=30.0)
    # The first one is superseded after five seconds.
    assert streaks.seconds_to_next_tick(31.0) == 4.0
    assert streaks.seconds_to_next_tick(36.0) == 0.0
    streaks.tick(36.0)
    assert streaks.seconds_to_next_tick(36.0) == 54.0
    streaks.tick(90.1)
    assert streaks.seconds_to_next_tick(90.1) == inf


def test_a_repeated_message_is_no_silence() -> None:
    streaks = Streaks(timeout_s=60.0)
    fed(streaks, gift(1), now=0.0)
    fed(streaks, gift(1), now=50.0)
    assert streaks.tick(100.0) == []


def test_the_longest_silent_is_closed_first() -> None:
    streaks = Streaks(timeout_s=60.0)
    for now, group in ((0.0, "77"), (10.0, "78"), (20.0, "77"), (30.0, "79")):
        fed(streaks, gift(2, group=group, gift_id=group), now=now)
    for now, group in ((70.1, "78"), (80.1, "77"), (90.1, "79")):
        assert [final["gift"]["group_id"] for final in streaks.tick(now)] == [group]


def test_an_end_after_the_timeout_tells_the_difference() -> None:
    streaks = Streaks(timeout_s=60.0)
    fed(streaks, gift(4))
    streaks.tick(61.0)
    assert fed(streaks, gift(7, END), now=62.0) == [("gift", 7, 3, 70, "end")]
    assert fed(streaks, gift(7, END), now=63.0) == []


def test_a_streak_that_goes_on_after_the_timeout_opens_again() -> None:
    streaks = Streaks(timeout_s=60.0)
    fed(streaks, gift(4))
    streaks.tick(61.0)
    assert fed(streaks, gift(6), now=62.0) == [("gift_streak", 6, 2, 60, None)]
    assert len(streaks._open) == 1
    assert told(streaks.tick(123.0)) == [("gift", 6, 2, 60, "timeout")]


def test_all_can_be_closed_for_another_reason() -> None:
    streaks = Streaks()
    fed(streaks, gift(2), gift(3, group="78"), gift(1, END, group="79"))
    assert told(streaks.close_all("disconnect")) == [
        ("gift", 2, 2, 20, "disconnect"),
        ("gift", 3, 3, 30, "disconnect"),
    ]
    assert streaks.close_all("disconnect") == []
    assert fed(streaks, gift(2, END)) == []


def test_without_group_ids_the_next_streak_is_known_by_its_beginning() -> None:
    streaks = Streaks()
    first = fed(streaks, gift(1, group=None), gift(3, group=None), gift(3, END, group=None))
    second = fed(streaks, gift(1, group=None), gift(2, group=None), gift(2, END, group=None))
    assert [first[-1], second[-1]] == [("gift", 3, 3, 30, "end"), ("gift", 2, 2, 20, "end")]


def test_without_group_ids_what_is_repeated_or_late_begins_nothing() -> None:
    streaks = Streaks()
    assert fed(streaks, gift(1, group=None), gift(3, group=None), gift(1, group=None))[2:] == []
    assert fed(streaks, gift(3, END, group=None)) == [("gift", 3, 3, 30, "end")]
    assert fed(streaks, gift(3, END, group=None), gift(2, group=None), gift(1, END, group=None)) == []
    assert fed(streaks, gift(4, END, group=None)) == [("gift", 4, 1, 40, "end")]


def test_users_without_ids_are_told_apart_by_name() -> None:
    streaks = Streaks()
    for nickname in ("b***b", "c***l", None):
        nobody = gift(2, END, user=None, name=None, nickname=nickname)
        assert fed(streaks, nobody) == [("gift", 2, 2, 20, "end")]
    # A name cannot pass for an id.
    assert fed(streaks, gift(2, END, user=None, name="5")) == [("gift", 2, 2, 20, "end")]
    for name in ("bob", "carol"):
        assert fed(streaks, gift(2, END, user=None, name=name)) == [("gift", 2, 2, 20, "end")]
    assert fed(streaks, gift(2, END, user="5", name="renamed")) == [("gift", 2, 2, 20, "end")]
    assert fed(streaks, gift(2, END, user="5", name="again")) == []


# --- superseded ---


def test_a_streak_without_an_end_is_closed_when_its_user_goes_on_with_another() -> None:
    streaks = Streaks(timeout_s=60.0)
    fed(streaks, gift(3, group="77"), now=0.0)
    assert fed(streaks, gift(1, group="78"), now=4.0) == [("gift_streak", 1, 1, 10, None)]
    assert streaks.tick(9.0) == []
    assert told(streaks.tick(9.1)) == [("gift", 3, 3, 30, "superseded")]
    assert len(streaks._open) == 1
    assert fed(streaks, gift(2, END, group="78"), now=10.0) == [("gift", 2, 2, 20, "end")]
    assert streaks.tick(1000.0) == []


@pytest.mark.parametrize("late", [gift(3, END, group="77"), gift(2, group="77"), gift(3, group="77")], ids=str)
def test_what_a_superseded_streak_repeats_tells_nothing(late: Event) -> None:
    streaks = Streaks()
    fed(streaks, gift(3, group="77"), gift(1, group="78"))
    streaks.tick(5.1)
    assert fed(streaks, late, now=6.0) == []
    assert len(streaks._open) == 1


def test_a_superseded_streak_that_goes_on_tells_the_difference() -> None:
    streaks = Streaks()
    fed(streaks, gift(3, group="77"), gift(1, group="78"))
    streaks.tick(5.1)
    assert fed(streaks, gift(4, group="77"), now=6.0) == [("gift_streak", 4, 1, 40, None)]
    assert fed(streaks, gift(5, END, group="77"), now=7.0) == [("gift", 5, 2, 50, "end")]


def test_streaks_that_interleave_do_not_supersede_each_other() -> None:
    streaks = Streaks()
    for step in range(1, 20):
        for number, group in enumerate(("77", "78", "79")):
            now = step * 4.0 + number
            assert fed(streaks, gift(step, group=group), now=now) == [("gift_streak", step, 1, step * 10, None)]
            assert streaks.tick(now) == []
    assert (
        fed(streaks, *[gift(20, END, group=group) for group in ("77", "78", "79")])
        == [("gift", 20, 20, 200, "end")] * 3
    )


def test_who_speaks_again_is_not_superseded_any_more() -> None:
    streaks = Streaks()
    fed(streaks, gift(1, group="77"), now=0.0)
    fed(streaks, gift(1, group="78"), now=1.0)
    fed(streaks, gift(1, group="77"), now=5.0)
    assert streaks.tick(9.0) == []
    assert [final["gift"]["group_id"] for final in streaks.tick(10.1)] == ["78"]


def test_a_single_gift_supersedes_as_well() -> None:
    streaks = Streaks()
    fed(streaks, gift(3, group="77"), gift(1, group="78"), gift(1, END, group="78"))
    assert told(streaks.tick(5.1)) == [("gift", 3, 3, 30, "superseded")]


@pytest.mark.parametrize("other", [{"user": "6"}, {"gift_id": "1"}, {"sort": 2}], ids=str)
def test_other_users_and_gifts_supersede_nothing(other: dict[str, Any]) -> None:
    streaks = Streaks(timeout_s=60.0)
    fed(streaks, gift(3, group="77"), gift(1, group="78", **other))
    assert streaks.tick(60.0) == []


def test_a_late_repetition_of_a_closed_streak_supersedes_nothing() -> None:
    streaks = Streaks()
    fed(streaks, gift(3, END, group="77"), gift(1, group="78"), gift(3, group="77"), gift(3, END, group="77"))
    assert streaks.tick(59.0) == []


# --- without group ids ---


def test_without_group_ids_a_count_that_goes_back_to_one_after_a_pause_begins_the_next_streak() -> None:
    streaks = Streaks()
    fed(streaks, gift(1, group=None), gift(4, group=None))
    assert fed(streaks, gift(1, group=None), now=5.1) == [
        ("gift", 4, 4, 40, "superseded"),
        ("gift_streak", 1, 1, 10, None),
    ]
    assert fed(streaks, gift(2, END, group=None), now=6.0) == [("gift", 2, 2, 20, "end")]


def test_without_group_ids_a_streak_whose_beginning_was_lost_is_known_a_minute_after_the_last_ended() -> None:
    streaks = Streaks(timeout_s=60.0)
    fed(streaks, gift(4, END, group=None))
    assert fed(streaks, gift(2, group=None), now=60.0) == []
    assert fed(streaks, gift(3, group=None), now=120.1) == [("gift_streak", 3, 3, 30, None)]


def test_without_group_ids_a_streak_that_passed_the_last_one_is_not_told_again() -> None:
    streaks = Streaks(timeout_s=60.0)
    fed(streaks, gift(4, END, group=None))
    assert fed(streaks, gift(5, group=None), now=30.0) == [("gift_streak", 5, 5, 50, None)]
    assert told(streaks.tick(90.1)) == [("gift", 5, 1, 50, "timeout")]
    assert fed(streaks, gift(6, END, group=None), now=100.0) == [("gift", 6, 1, 60, "end")]


def test_without_group_ids_a_late_end_still_tells_the_difference() -> None:
    streaks = Streaks(timeout_s=60.0)
    fed(streaks, gift(4, group=None))
    streaks.tick(61.0)
    assert fed(streaks, gift(5, END, group=None), now=200.0) == [("gift", 5, 1, 50, "end")]


def test_without_group_ids_history_begins_no_streak_that_is_known() -> None:
    streaks = Streaks()
    fed(streaks, gift(1, group=None), gift(3, END, group=None))
    history = [gift(1, group=None, replayed=True), gift(3, END, group=None, replayed=True)]
    assert fed(streaks, *history, now=90.0) == []
    assert fed(Streaks(), *history) == [("gift_streak", 1, 1, 10, None), ("gift", 3, 3, 30, "end")]


# --- what the events say beside the counts ---


def test_deltas_of_each_name_sum_to_the_last_count_of_that_name() -> None:
    streaks = Streaks()
    events = fed(streaks, gift(1), gift(2), gift(5, END), gift(7), gift(9, END))
    assert events == [
        ("gift_streak", 1, 1, 10, None),
        ("gift_streak", 2, 1, 20, None),
        ("gift", 5, 5, 50, "end"),
        ("gift_streak", 7, 5, 70, None),
        ("gift", 9, 4, 90, "end"),
    ]


def test_a_final_gift_is_made_from_the_end_or_the_highest_count() -> None:
    streaks = Streaks()
    fed(streaks, gift(5), gift(4))
    (final,) = streaks.close_all("disconnect")
    assert (final["id"], final["gift"]["repeat_count"]) == ("77-5-0", 5)
    streaks = Streaks()
    fed(streaks, gift(5))
    (final,) = streaks.feed(gift(4, END), 0.0)
    assert (final["id"], final["count"]) == ("77-4-1", 5)


def test_what_an_earlier_message_told_of_the_gift_is_kept() -> None:
    streaks = Streaks(timeout_s=60.0)
    bare = {"title": None, "sort": None, "price": None}
    fed(streaks, gift(1))
    (running,) = streaks.feed(gift(2, **bare), 1.0)  # type: ignore[arg-type]
    streaks.tick(62.0)
    (final,) = streaks.feed(gift(3, END, **bare), 63.0)  # type: ignore[arg-type]
    for event in (running, final):
        assert (event["gift"]["name"], event["gift"]["gift_type"], event["gift"]["diamond_count"]) == ("Rose", 1, 10)
    assert (final["delta"], final["diamonds"]) == (1, 30)
    # Other streaks are not told of it: a price is never guessed.
    assert fed(streaks, gift(1, END, group="78", **bare)) == [("gift", 1, 1, None, "end")]  # type: ignore[arg-type]


def test_a_price_of_nothing_is_a_price() -> None:
    assert fed(Streaks(), gift(3, END, price=0)) == [("gift", 3, 3, 0, "end")]


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


# --- memory and cost ---


def test_memory_is_bounded_and_running_streaks_are_kept() -> None:
    streaks = Streaks()
    fed(streaks, gift(5, group="running"))
    for group in range(MAX_CLOSED + 1000):
        fed(streaks, gift(1, END, group=str(group)))
    assert len(streaks._closed) == MAX_CLOSED
    assert not any(streak.last for streak in streaks._closed.values())
    assert fed(streaks, gift(1, END, group=str(MAX_CLOSED))) == []
    assert fed(streaks, gift(6, END, group="running")) == [("gift", 6, 6, 60, "end")]
    assert (len(streaks._open), len(streaks._overtaken), len(streaks._latest)) == (0, 0, 0)


def test_what_was_closed_first_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok2mqtt.webcast.streaks.MAX_CLOSED", 2)
    streaks = Streaks()
    fed(streaks, gift(1, END, group="77"), gift(1, END, group="78"), gift(2, END, group="77"), gift(1, END, group="79"))
    assert fed(streaks, gift(2, END, group="77"), gift(1, END, group="79")) == []
    assert fed(streaks, gift(1, END, group="78")) == [("gift", 1, 1, 10, "end")]


@pytest.mark.parametrize("key", ["group", "user", "gift_id"])
def test_of_too_many_running_streaks_the_longest_silent_is_closed(key: str) -> None:
    streaks, finals = Streaks(), []
    for number in range(MAX_OPEN + 100):
        other: dict[str, Any] = {key: str(number)}
        finals += [event for event in fed(streaks, gift(2, **other)) if event[0] == "gift"]
    assert finals == [("gift", 2, 2, 20, "timeout")] * 100
    assert len(streaks._open) == MAX_OPEN
    assert len(streaks._overtaken) <= MAX_OPEN
    assert len(streaks._latest) <= MAX_OPEN
    # Nothing of those is lost.
    other = {key: "3"}
    assert fed(streaks, gift(5, END, **other)) == [("gift", 5, 3, 50, "end")]
    assert sum(event["delta"] for event in streaks.close_all("disconnect")) == MAX_OPEN * 2


def seconds(streaks: Streaks, start: int) -> float:
    """Return what a thousand messages of new streaks, each with a tick and a look at the count, take at best."""

    def run(first: int) -> float:
        messages = [gift(1, group=str(first + number)) for number in range(1000)]
        began = time.perf_counter()
        for message in messages:
            streaks.feed(message, 0.0)
            streaks.tick(0.0)
            assert streaks._open
        return time.perf_counter() - began

    return min(run(start + 1000 * attempt) for attempt in range(5))


@pytest.mark.unmeasured
def test_a_message_costs_the_same_however_much_is_remembered() -> None:
    full = Streaks()
    for number in range(MAX_CLOSED):
        full.feed(gift(1, END, group=str(number)), 0.0)
    for number in range(MAX_OPEN):
        full.feed(gift(1, group=f"open {number}"), 0.0)
    few = min(seconds(Streaks(), 10_000) for _ in range(3))
    assert seconds(full, 10_000) < few * 10


def test_what_is_forgotten_is_told_as_forgotten() -> None:
    streaks = Streaks(notes_changes=True)
    saved: dict[str, Any] = {}
    for number in range(MAX_CLOSED + 10):
        streaks.feed(gift(1, END, group=str(number)), 0.0)
        saved |= streaks.changes(0.0)
    assert sum(value is None for value in saved.values()) == 10
    assert streaks.changes(0.0) == {}


def test_what_ended_in_an_earlier_life_is_not_told_again() -> None:
    streaks = Streaks(notes_changes=True)
    assert fed(streaks, gift(3, END)) == [("gift", 3, 3, 30, "end")]
    later = Streaks()
    later.restore(streaks.changes(1e9), 1e9 + 10, 0.0)  # type: ignore[arg-type]
    assert fed(later, gift(3, END)) == []
    assert fed(later, gift(5, END)) == [("gift", 5, 2, 50, "end")]


def test_a_clock_that_was_set_back_makes_no_streak_speak_in_the_future() -> None:
    streaks = Streaks(timeout_s=60.0, notes_changes=True)
    streaks.feed(gift(3), 100.0)
    later = Streaks(timeout_s=60.0)
    later.restore(streaks.changes(1e9), 1e9 - 5000, 7.0)  # type: ignore[arg-type]
    assert told(later.tick(7.0 + 61.0)) == [("gift", 3, 3, 30, "timeout")]


# --- properties ---


@dataclass(eq=False)
class Stream:
    """One true streak: what was sent, what was heard of it, and what the events told."""

    user: str
    gift_id: str
    group: str | None
    sent: int = 0
    heard: int = 0
    is_over: bool = False
    told: int = 0
    published: int = 0
    finals: list[Event] = field(default_factory=list)

    def message(self, more: int, end: int = 0) -> Event:
        """Send: at least one gift before the end."""
        self.sent = max(self.sent + more, 1)
        self.is_over = bool(end)
        return gift(self.sent, end, user=self.user, gift_id=self.gift_id, group=self.group)

    def book(self, event: Event) -> None:
        """Take what an event tells; each begins where the last of its name left off."""
        assert event["diamonds"] == event["count"] * 10
        assert event["delta"] > 0
        assert event["count"] <= self.heard
        assert (event["user_id"], event["gift_id"]) == (self.user, self.gift_id)
        if event["event_type"] == "gift_streak":
            assert event["count"] - event["delta"] == self.told
            self.told = event["count"]
        else:
            assert event["count"] - event["delta"] == self.published
            self.published = event["count"]
            self.finals.append(event)


class Party(RuleBasedStateMachine):
    """Senders, and a line that loses, repeats and delays what they send.

    Nothing is told twice; in the end what was told is what was heard: the truth where nothing was lost.
    """

    streams = Bundle("streams")

    def __init__(self) -> None:
        super().__init__()
        self.streaks = Streaks(timeout_s=60.0, notes_changes=True)
        self.now = 0.0
        self.clock = 1e9
        self.by_group: dict[str, Stream] = {}
        self.sent: list[Event] = []
        self.saved: dict[str, Any] = {}

    def hear(self, message: Event) -> None:
        stream = self.by_group[message["gift"]["group_id"]]
        stream.heard = max(stream.heard, message["gift"]["repeat_count"])
        self.book(self.streaks.feed(message, self.now))

    def book(self, events: list[Event]) -> None:
        for event in events:
            self.by_group[event["gift"]["group_id"]].book(event)

    @rule(target=streams, user=st.sampled_from("56"), gift_id=st.sampled_from("12"))
    def begin(self, user: str, gift_id: str) -> Stream:
        group = str(70 + len(self.by_group))
        stream = self.by_group[group] = Stream(user, gift_id, group)
        return stream

    @rule(stream=streams, more=st.integers(1, 4), end=st.sampled_from([0, 0, END]), is_lost=st.booleans())
    def send(self, stream: Stream, more: int, end: int, is_lost: bool) -> None:
        if stream.is_over:
            return
        self.sent.append(stream.message(0 if end and more < 3 else more, end))
        if not is_lost:
            self.hear(self.sent[-1])

    @rule(back=st.integers(1, 30), is_history=st.booleans())
    def deliver_late_or_again(self, back: int, is_history: bool) -> None:
        if back <= len(self.sent):
            self.hear(self.sent[-back] | {"replayed": is_history})

    @rule(count=st.integers(1, 30))
    def replay(self, count: int) -> None:
        for message in self.sent[-count:]:
            self.hear(message | {"replayed": True})

    @rule(seconds=st.sampled_from([0.5, 4.0, 6.0, 30.0, 61.0]), ticks=st.booleans())
    def wait(self, seconds: float, ticks: bool) -> None:
        self.now += seconds
        if ticks:
            self.book(self.streaks.tick(self.now))

    @rule(away_s=st.sampled_from([0.0, 10.0, 90.0]))
    def end_and_begin_a_new_life(self, away_s: float) -> None:
        """Only what was saved as JSON is left, and the clock of the new life is another one."""
        self.saved = {key: value for key, value in (self.saved | self.streaks.changes(self.clock)).items() if value}
        self.clock += self.now + away_s
        self.now = 0.0
        self.streaks = Streaks(timeout_s=60.0, notes_changes=True)
        self.streaks.restore(json.loads(json.dumps(self.saved)), self.clock, self.now)

    @rule()
    def disconnect(self) -> None:
        self.book(self.streaks.close_all("disconnect"))
        assert len(self.streaks._open) == 0
        assert all(stream.published == stream.heard for stream in self.by_group.values())

    @invariant()
    def what_runs_is_what_is_not_published(self) -> None:
        assert len(self.streaks._open) >= sum(s.published < s.heard for s in self.by_group.values())
        assert len(self.streaks._open) <= len(self.by_group)
        assert set(self.streaks._overtaken) <= set(self.streaks._open)
        assert set(self.streaks._latest.values()) <= set(self.streaks._open)
        assert not set(self.streaks._closed) & set(self.streaks._open)

    def teardown(self) -> None:
        self.book(self.streaks.tick(self.now + 61.0))
        assert len(self.streaks._open) == 0
        for stream in self.by_group.values():
            assert sum(final["delta"] for final in stream.finals) == stream.heard


Party.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
test_nothing_is_lost_or_doubled_whatever_the_line_does = pytest.mark.unmeasured(Party.TestCase)


@st.composite
def interleaved(draw: st.DrawFn) -> list[Event]:
    """Messages of true streaks with their ends, in any order that keeps the order of each."""
    streams = [
        Stream(user, gift_id, str(70 + number))
        for number, (user, gift_id) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from("56"), st.sampled_from("12")), min_size=1, max_size=6))
        )
    ]
    turns = draw(st.lists(st.tuples(st.sampled_from(streams), st.integers(1, 4)), max_size=40))
    return [stream.message(more) for stream, more in turns] + [stream.message(0, END) for stream in streams]


@given(interleaved(), st.data())
@pytest.mark.unmeasured
def test_one_gift_for_each_streak_that_interleaves_with_others(messages: list[Event], data: st.DataObject) -> None:
    """The others may speak at any time, as long as everybody speaks every few seconds; each message may come twice."""
    streaks, finals = Streaks(), []
    for number, message in enumerate(messages):
        now = number * 0.1
        for _ in range(data.draw(st.integers(1, 2))):
            finals += [event for event in streaks.feed(dict(message), now) if event["event_type"] == "gift"]
        finals += streaks.tick(now)
    ends = [message["gift"] for message in messages if message["gift"]["repeat_end"]]
    assert [(final["gift"]["group_id"], final["count"], final["delta"], final["closed_by"]) for final in finals] == [
        (end["group_id"], end["repeat_count"], end["repeat_count"], "end") for end in ends
    ]


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.lists(st.sampled_from([0.5, 6.0, 61.0, 130.0]), min_size=7, max_size=7)),
        max_size=8,
    ),
    st.data(),
    st.booleans(),
)
@pytest.mark.unmeasured
def test_without_group_ids_nothing_is_doubled_and_nothing_missed_that_came(
    plan: list[tuple[int, list[float]]], data: st.DataObject, is_lossy: bool
) -> None:
    """One user's streaks of one gift after each other, each 1, 2, 3 ... and an end, with pauses."""
    streaks, now, told_total = Streaks(timeout_s=60.0), 0.0, 0
    for total, pauses in plan:
        counts = [(count, 0) for count in range(1, total + 1)] + [(total, END)]
        for (count, end), pause in zip(counts, pauses, strict=False):
            now += pause
            told_total += sum(final["delta"] for final in streaks.tick(now))
            if is_lossy and data.draw(st.booleans()):
                continue
            events = streaks.feed(gift(count, end, group=None), now)
            told_total += sum(event["delta"] for event in events if event["event_type"] == "gift")
    told_total += sum(final["delta"] for final in streaks.close_all("disconnect"))
    truth = sum(total for total, _ in plan)
    assert told_total <= truth if is_lossy else told_total == truth
