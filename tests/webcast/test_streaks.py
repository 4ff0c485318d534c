from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiktok2mqtt.webcast.streaks import Streaks

END = 1
Event = dict[str, Any]


def gift(  # noqa: PLR0913 - one fact of the message each
    count: int,
    end: int = 0,
    *,
    user: str | None = "5",
    name: str = "bob",
    gift_id: str = "5655",
    group: str | None = "77",
    sort: int | None = 1,
    price: int | None = 10,
) -> Event:
    return {
        "event_type": "gift",
        "id": f"{group}-{count}-{end}",
        "user_id": user,
        "unique_id": name,
        "gift_id": gift_id,
        "gift": {
            "gift_type": sort,
            "diamond_count": price,
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
    assert streaks.open_count == 0


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
    assert streaks.open_count == 0


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
    assert streaks.open_count == 0
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
    assert streaks.open_count == 0


def test_a_repeated_message_is_no_silence() -> None:
    streaks = Streaks(timeout_s=60.0)
    fed(streaks, gift(1), now=0.0)
    fed(streaks, gift(1), now=50.0)
    assert streaks.tick(100.0) == []


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
    assert streaks.open_count == 1
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
    for name in ("bob", "carol"):
        assert fed(streaks, gift(2, END, user=None, name=name)) == [("gift", 2, 2, 20, "end")]
    assert fed(streaks, gift(2, END, user="5", name="renamed")) == [("gift", 2, 2, 20, "end")]
    assert fed(streaks, gift(2, END, user="5", name="again")) == []


def test_memory_is_bounded_and_running_streaks_are_kept() -> None:
    streaks = Streaks()
    fed(streaks, gift(5, group="running"))
    for group in range(5000):
        fed(streaks, gift(1, END, group=str(group)))
    assert len(streaks._streaks) <= 2001
    assert fed(streaks, gift(1, END, group="4999")) == []
    assert fed(streaks, gift(6, END, group="running")) == [("gift", 6, 6, 60, "end")]


@dataclass
class Ledger:
    """What was sent, and what the events told, by group."""

    sent: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    finals: defaultdict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    sent_at_final: dict[str, int] = field(default_factory=dict)
    running: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def book(self, events: list[Event]) -> None:
        for event in events:
            group = event["gift"]["group_id"]
            if event["event_type"] == "gift_streak":
                self.running[group].append(event["count"])
                continue
            assert self.sent[group] > self.sent_at_final.get(group, 0), "a second final without new gifts between"
            assert event["delta"] > 0
            self.sent_at_final[group] = self.sent[group]
            self.finals[group].append(event)

    def check(self) -> None:
        for group, total in self.sent.items():
            finals = self.finals[group]
            assert sum(final["delta"] for final in finals) == total
            assert finals[-1]["count"] == total
            assert finals[-1]["diamonds"] == total * 10
            assert self.running[group] == sorted(set(self.running[group]))


GROUPS = ("70", "71", "72")
STEPS = st.one_of(
    st.tuples(st.just("more"), st.sampled_from(GROUPS), st.integers(1, 4)),
    st.tuples(st.just("end"), st.sampled_from(GROUPS), st.integers(0, 2)),
    st.tuples(st.just("again"), st.integers(0, 40), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 90), st.just(0)),
    st.tuples(st.just("disconnect"), st.just(0), st.just(0)),
)


@settings(max_examples=500)
@given(st.lists(STEPS, max_size=40))
def test_in_any_order_with_lost_ends_and_duplicates_the_finals_sum_to_the_truth(
    steps: list[tuple[str, Any, int]],
) -> None:
    """`more` and `end` are new messages; `again` repeats an earlier one; nothing says that an end ever comes."""
    streaks, ledger, now = Streaks(timeout_s=60.0), Ledger(), 0.0
    history: list[Event] = []
    for verb, what, more in steps:
        if verb in ("more", "end"):
            ledger.sent[what] = max(1, ledger.sent[what] + more)
            history.append(gift(ledger.sent[what], int(verb == "end"), group=what))
            ledger.book(streaks.feed(history[-1], now))
        elif verb == "again" and history:
            ledger.book(streaks.feed(history[what % len(history)], now))
        elif verb == "wait":
            now += what
            ledger.book(streaks.tick(now))
        elif verb == "disconnect":
            ledger.book(streaks.close_all("disconnect"))
    ledger.book(streaks.tick(now + 61.0))
    assert streaks.open_count == 0
    ledger.check()
