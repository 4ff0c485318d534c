"""Streaks: memory, restarts, and properties that hold for any order of messages."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from tests.webcast.gift_messages import END, Event, counts, feed, gift
from tiktok2mqtt.webcast.streaks import MAX_CLOSED, MAX_OPEN, Streaks

# --- memory and cost ---


def test_memory_is_bounded_and_running_streaks_are_kept() -> None:
    streaks = Streaks()
    feed(streaks, gift(5, group="running"))
    for group in range(MAX_CLOSED + 1000):
        feed(streaks, gift(1, END, group=str(group)))
    assert len(streaks._closed) == MAX_CLOSED
    assert not any(streak.last for streak in streaks._closed.values())
    assert feed(streaks, gift(1, END, group=str(MAX_CLOSED))) == []
    assert feed(streaks, gift(6, END, group="running")) == [("gift", 6, 6, 60, "end")]
    assert (len(streaks._open), len(streaks._superseded), len(streaks._latest)) == (0, 0, 0)


def test_the_streak_closed_first_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok2mqtt.webcast.streaks.MAX_CLOSED", 2)
    streaks = Streaks()
    feed(
        streaks, gift(1, END, group="77"), gift(1, END, group="78"), gift(2, END, group="77"), gift(1, END, group="79")
    )
    assert feed(streaks, gift(2, END, group="77"), gift(1, END, group="79")) == []
    assert feed(streaks, gift(1, END, group="78")) == [("gift", 1, 1, 10, "end")]


@pytest.mark.parametrize("key", ["group", "user", "gift_id"])
def test_when_too_many_streaks_run_the_longest_silent_is_closed(key: str) -> None:
    streaks, finals = Streaks(), []
    for number in range(MAX_OPEN + 100):
        other: dict[str, Any] = {key: str(number)}
        finals += [event for event in feed(streaks, gift(2, **other)) if event[0] == "gift"]
    assert finals == [("gift", 2, 2, 20, "timeout")] * 100
    assert len(streaks._open) == MAX_OPEN
    assert len(streaks._superseded) <= MAX_OPEN
    assert len(streaks._latest) <= MAX_OPEN
    # Nothing of those is lost.
    other = {key: "3"}
    assert feed(streaks, gift(5, END, **other)) == [("gift", 5, 3, 50, "end")]
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
def test_the_cost_of_a_message_does_not_depend_on_the_number_of_streaks() -> None:
    full = Streaks()
    for number in range(MAX_CLOSED):
        full.feed(gift(1, END, group=str(number)), 0.0)
    for number in range(MAX_OPEN):
        full.feed(gift(1, group=f"open {number}"), 0.0)
    few = min(seconds(Streaks(), 10_000) for _ in range(3))
    assert seconds(full, 10_000) < few * 10


def test_forgotten_streaks_are_among_the_changes() -> None:
    streaks = Streaks(track_changes=True)
    saved: dict[str, Any] = {}
    for number in range(MAX_CLOSED + 10):
        streaks.feed(gift(1, END, group=str(number)), 0.0)
        saved |= streaks.changes(0.0)
    assert sum(value is None for value in saved.values()) == 10
    assert streaks.changes(0.0) == {}


def test_a_streak_that_ended_before_a_restart_is_not_reported_again() -> None:
    streaks = Streaks(track_changes=True)
    assert feed(streaks, gift(3, END)) == [("gift", 3, 3, 30, "end")]
    later = Streaks()
    later.restore(streaks.changes(1e9), 1e9 + 10, 0.0)  # type: ignore[arg-type]
    assert feed(later, gift(3, END)) == []
    assert feed(later, gift(5, END)) == [("gift", 5, 2, 50, "end")]


def test_a_system_clock_that_was_set_back_does_not_delay_the_timeout() -> None:
    streaks = Streaks(timeout_s=60.0, track_changes=True)
    streaks.feed(gift(3), 100.0)
    later = Streaks(timeout_s=60.0)
    later.restore(streaks.changes(1e9), 1e9 - 5000, 7.0)  # type: ignore[arg-type]
    assert counts(later.tick(7.0 + 61.0)) == [("gift", 3, 3, 30, "timeout")]


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
        self.streaks = Streaks(timeout_s=60.0, track_changes=True)
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
        self.streaks = Streaks(timeout_s=60.0, track_changes=True)
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
        assert set(self.streaks._superseded) <= set(self.streaks._open)
        assert set(self.streaks._latest.values()) <= set(self.streaks._open)
        assert not set(self.streaks._closed) & set(self.streaks._open)

    def teardown(self) -> None:
        self.book(self.streaks.tick(self.now + 61.0))
        assert len(self.streaks._open) == 0
        for stream in self.by_group.values():
            assert sum(final["delta"] for final in stream.finals) == stream.heard


Party.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
test_nothing_is_lost_or_doubled_on_a_lossy_connection = pytest.mark.unmeasured(Party.TestCase)


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
def test_interleaving_streaks_make_one_gift_each(messages: list[Event], data: st.DataObject) -> None:
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
def test_without_group_ids_nothing_is_doubled_and_nothing_received_is_missed(
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
