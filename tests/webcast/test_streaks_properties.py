"""Streaks: limits, restarts, and properties that hold for any order of messages."""

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

# --- limits and cost ---


def test_memory_is_bounded_and_running_streaks_are_kept() -> None:
    streaks = Streaks()
    feed(streaks, gift(5, group="running"))
    for group in range(MAX_CLOSED + 1000):
        feed(streaks, gift(1, END, group=str(group)))
    assert len(streaks.closed_streaks) == MAX_CLOSED
    assert not any(streak.last for streak in streaks.closed_streaks.values())
    assert feed(streaks, gift(1, END, group=str(MAX_CLOSED))) == []
    assert feed(streaks, gift(6, END, group="running")) == [("gift", 6, 6, 60, "end")]
    assert (len(streaks.open_streaks), len(streaks.superseded), len(streaks.latest)) == (0, 0, 0)


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
    assert len(streaks.open_streaks) == MAX_OPEN
    assert len(streaks.superseded) <= MAX_OPEN
    assert len(streaks.latest) <= MAX_OPEN
    # The closed ones are still known.
    other = {key: "3"}
    assert feed(streaks, gift(5, END, **other)) == [("gift", 5, 3, 50, "end")]
    assert sum(event["delta"] for event in streaks.close_all("disconnect")) == MAX_OPEN * 2


def seconds(streaks: Streaks, start: int) -> float:
    """Return the best time of a thousand messages of new streaks, each followed by a tick."""

    def run(first: int) -> float:
        messages = [gift(1, group=str(first + number)) for number in range(1000)]
        started = time.perf_counter()
        for message in messages:
            streaks.feed(message, 0.0)
            streaks.tick(0.0)
        return time.perf_counter() - started

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


# --- restarts ---


def test_the_keys_of_a_saved_streak_are_stable() -> None:
    """They are stored on disk, and an update must be able to read them."""
    streaks = Streaks(track_changes=True)
    streaks.feed(gift(3), 0.0)
    (saved,) = streaks.changes(0.0).values()
    assert saved is not None
    assert saved.keys() == {
        *("last", "count", "told", "published", "details", "recipient", "replayed", "ended"),
        *("last_at", "open"),
    }
    assert (saved["told"], saved["published"]) == (3, 0)


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
    """One real streak: the counts sent, received, reported by gift_streak events and published by gift events."""

    user: str
    gift_id: str
    group: str | None
    sent: int = 0
    received: int = 0
    is_over: bool = False
    reported: int = 0
    published: int = 0
    finals: list[Event] = field(default_factory=list)

    def message(self, more: int, end: int = 0) -> Event:
        """Send a message: at least one gift before the end."""
        self.sent = max(self.sent + more, 1)
        self.is_over = bool(end)
        return gift(self.sent, end, user=self.user, gift_id=self.gift_id, group=self.group)

    def check(self, event: Event) -> None:
        """Check an event: it continues where the last one of its name ended."""
        assert event["diamonds"] == event["count"] * 10
        assert event["delta"] > 0
        assert event["count"] <= self.received
        assert (event["user_id"], event["gift_id"]) == (self.user, self.gift_id)
        if event["event_type"] == "gift_streak":
            assert event["count"] - event["delta"] == self.reported
            self.reported = event["count"]
        else:
            assert event["count"] - event["delta"] == self.published
            self.published = event["count"]
            self.finals.append(event)


class LossyConnection(RuleBasedStateMachine):
    """Senders, and a connection that loses, repeats and delays their messages.

    Nothing is published twice, and in the end everything received is published.
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

    def receive(self, message: Event) -> None:
        stream = self.by_group[message["gift"]["group_id"]]
        stream.received = max(stream.received, message["gift"]["repeat_count"])
        self.check(self.streaks.feed(message, self.now))

    def check(self, events: list[Event]) -> None:
        for event in events:
            self.by_group[event["gift"]["group_id"]].check(event)

    @rule(target=streams, user=st.sampled_from("56"), gift_id=st.sampled_from("12"))
    def start(self, user: str, gift_id: str) -> Stream:
        group = str(70 + len(self.by_group))
        stream = self.by_group[group] = Stream(user, gift_id, group)
        return stream

    @rule(stream=streams, more=st.integers(1, 4), end=st.sampled_from([0, 0, END]), is_lost=st.booleans())
    def send(self, stream: Stream, more: int, end: int, is_lost: bool) -> None:
        if stream.is_over:
            return
        self.sent.append(stream.message(0 if end and more < 3 else more, end))
        if not is_lost:
            self.receive(self.sent[-1])

    @rule(back=st.integers(1, 30), is_history=st.booleans())
    def deliver_late_or_again(self, back: int, is_history: bool) -> None:
        if back <= len(self.sent):
            self.receive(self.sent[-back] | {"replayed": is_history})

    @rule(count=st.integers(1, 30))
    def replay(self, count: int) -> None:
        for message in self.sent[-count:]:
            self.receive(message | {"replayed": True})

    @rule(seconds=st.sampled_from([0.5, 4.0, 6.0, 30.0, 61.0]), ticks=st.booleans())
    def wait(self, seconds: float, ticks: bool) -> None:
        self.now += seconds
        if ticks:
            self.check(self.streaks.tick(self.now))

    @rule(away_s=st.sampled_from([0.0, 10.0, 90.0]))
    def restart(self, away_s: float) -> None:
        """Only what was saved as JSON is left, and the monotonic clock starts again."""
        self.saved = {key: value for key, value in (self.saved | self.streaks.changes(self.clock)).items() if value}
        self.clock += self.now + away_s
        self.now = 0.0
        self.streaks = Streaks(timeout_s=60.0, track_changes=True)
        self.streaks.restore(json.loads(json.dumps(self.saved)), self.clock, self.now)

    @rule()
    def disconnect(self) -> None:
        self.check(self.streaks.close_all("disconnect"))
        assert len(self.streaks.open_streaks) == 0
        assert all(stream.published == stream.received for stream in self.by_group.values())

    @invariant()
    def unpublished_streaks_are_open(self) -> None:
        assert len(self.streaks.open_streaks) >= sum(s.published < s.received for s in self.by_group.values())
        assert len(self.streaks.open_streaks) <= len(self.by_group)
        assert set(self.streaks.superseded) <= set(self.streaks.open_streaks)
        assert set(self.streaks.latest.values()) <= set(self.streaks.open_streaks)
        assert not set(self.streaks.closed_streaks) & set(self.streaks.open_streaks)

    def teardown(self) -> None:
        self.check(self.streaks.tick(self.now + 61.0))
        assert len(self.streaks.open_streaks) == 0
        for stream in self.by_group.values():
            assert sum(final["delta"] for final in stream.finals) == stream.received


LossyConnection.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
test_nothing_is_lost_or_doubled_on_a_lossy_connection = pytest.mark.unmeasured(LossyConnection.TestCase)


@st.composite
def interleaved(draw: st.DrawFn) -> list[Event]:
    """Messages of complete streaks, interleaved in any way."""
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
    """Any interleaving works as long as each streak has a message every few seconds; each message may come twice."""
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
    """One user sends streaks of one gift, one after the other: 1, 2, 3 ... and an end, with pauses."""
    streaks, now, published = Streaks(timeout_s=60.0), 0.0, 0
    for total, pauses in plan:
        steps = [(count, 0) for count in range(1, total + 1)] + [(total, END)]
        for (count, end), pause in zip(steps, pauses, strict=False):
            now += pause
            published += sum(final["delta"] for final in streaks.tick(now))
            if is_lossy and data.draw(st.booleans()):
                continue
            events = streaks.feed(gift(count, end, group=None), now)
            published += sum(event["delta"] for event in events if event["event_type"] == "gift")
    published += sum(final["delta"] for final in streaks.close_all("disconnect"))
    truth = sum(total for total, _ in plan)
    assert published <= truth if is_lossy else published == truth
