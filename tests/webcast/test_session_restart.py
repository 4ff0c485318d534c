"""Gifts across the end of a process: whenever it is killed, none is lost, and none comes twice under another id."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.rig import EventLog, connected
from tiktok2mqtt.simulator import Room
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops, SavedSession, SessionChanges
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.schema.types_pb2 import User
from tiktok2mqtt.webcast.session import LiveSession

Event = dict[str, Any]


class Store:
    """Saves sessions as JSON, as a file would; what the block of a transaction puts into `made` is part of it.

    With `killed`, the process ends before the commit: nothing of the transaction remains. Ids that are not urgent are
    saved with the next gift at the latest, and are lost with the process until then.
    """

    def __init__(self) -> None:
        self.room_id = ""
        self.ids: list[int] = []
        self.other_ids: list[int] = []
        self.received_since_ms: int | None = None
        self.streaks: dict[str, Any] = {}
        self.events: list[Event] = []
        self.made: list[Event] = []
        self.killed = False
        self.waiting = SessionChanges("")

    def load(self, _room: str, room_id: str | None = None) -> SavedSession | None:
        self.waiting = SessionChanges("")
        if not self.room_id or room_id not in (None, self.room_id):
            return None
        ids, streaks = json.loads(json.dumps([self.ids, self.streaks]))
        return SavedSession(self.room_id, ids, streaks, list(self.other_ids), self.received_since_ms)

    @contextmanager
    def transaction(self, _room: str, changes: SessionChanges) -> Iterator[None]:
        self.made = []
        yield
        if self.killed:
            return
        if changes.room_id != self.room_id:
            self.room_id, self.ids, self.other_ids, self.streaks = changes.room_id, [], [], {}
        if changes.received_since_ms is not None:
            self.received_since_ms = changes.received_since_ms
        self.waiting.gift_ids += changes.gift_ids
        self.waiting.other_ids += changes.other_ids
        if changes.is_urgent or any(event["event_type"] == "gift" for event in self.made):
            self.ids += self.waiting.gift_ids
            self.other_ids += self.waiting.other_ids
            self.waiting = SessionChanges("")
        self.streaks = {key: value for key, value in (self.streaks | changes.streaks).items() if value is not None}
        self.events += json.loads(json.dumps(self.made))

    def end_live(self, _room: str) -> None:
        self.streaks = {}


class Life:
    """One process: a session, which continues the one that the store holds."""

    def __init__(self, store: Store, now: float, clock: float) -> None:
        self.store = store
        self.now = now
        self.session = LiveSession(
            REGISTRY, "alice", "7", wall=lambda: self.now + clock, drops=Drops(), tracks_changes=True
        )
        saved = store.load("alice")
        if saved is not None:
            self.session.restore(saved, now)
            self.emit(self.session.tick(now))

    def emit(self, events: list[Event]) -> None:
        with self.store.transaction("alice", self.session.take_changes(self.now)):
            self.store.made += events

    def receive(self, messages: list[FetchMessage]) -> None:
        self.emit(self.session.process(FetchResponse(messages=messages), "direct", self.now))


def gift(  # noqa: PLR0913 - one fact of the message each
    msg_id: int, group: int, count: int, end: int, user: int, *, history: bool = False
) -> FetchMessage:
    message = pb.WebcastGiftMessage(
        gift=pb.GiftStruct(id=5655, type=1, diamond_count=2),
        user=User(id=user),
        repeat_count=count,
        repeat_end=end,
        group_id=group,
    )
    payload = message.SerializeToString()
    return FetchMessage(method="WebcastGiftMessage", payload=payload, msg_id=msg_id, is_history=history)


@st.composite
def streams(draw: st.DrawFn) -> list[tuple[int, int, int, int, int]]:
    """What is sent: streaks of several users, interleaved; most of them have an end."""
    waiting = [
        [(group, count, int(count == last and draw(st.booleans())), user) for count in range(1, last + 1)]
        for group, (last, user) in enumerate(
            draw(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=5)), 100
        )
    ]
    sent: list[tuple[int, int, int, int, int]] = []
    while waiting:
        stream = draw(st.sampled_from(waiting))
        sent.append((len(sent) + 1, *stream.pop(0)))
        if not stream:
            waiting.remove(stream)
    return sent


@settings(max_examples=400, deadline=None)
@given(
    sent=streams(),
    size=st.integers(1, 4),
    kills=st.dictionaries(st.integers(0, 12), st.tuples(st.booleans(), st.floats(0, 100), st.integers(0, 20))),
)
@pytest.mark.unmeasured
def test_no_gift_is_lost_or_doubled_whenever_the_process_is_killed(
    sent: list[tuple[int, int, int, int, int]], size: int, kills: dict[int, tuple[bool, float, int]]
) -> None:
    store = Store()
    now, clock = 0.0, 1e9
    life = Life(store, now, clock)
    for number, begin in enumerate(range(0, len(sent), size)):
        part = sent[begin : begin + size]
        before_commit, away_s, back = kills.get(number, (False, 0.0, 0))
        store.killed = before_commit
        life.receive([gift(*one) for one in part])
        store.killed = False
        if number not in kills:
            continue
        # The next process gets the history, which holds at least what the last one was killed over.
        clock, now = clock + life.now + away_s, 0.0
        life = Life(store, now, clock)
        end = begin + len(part)
        life.receive([gift(*one, history=True) for one in sent[max(0, end - max(size, back)) : end]])
    life.emit(life.session.close())
    heard = store.events
    finals = {event["id"]: event for event in heard if event["event_type"] == "gift"}
    for event in heard:
        # What came twice is the same, but for being replayed or not.
        if event["event_type"] == "gift":
            assert {**event, "replayed": None} == {**finals[event["id"]], "replayed": None}
    for group in {one[1] for one in sent}:
        deltas = sum(event["delta"] for event in finals.values() if event["gift"]["group_id"] == str(group))
        assert deltas == max(one[2] for one in sent if one[1] == group)


def test_a_client_continues_the_session_of_an_earlier_one(client_of: ClientOf, room: Room) -> None:
    store = Store()
    first = connected(client_of(session_store=store), room)
    room.gift_streak("bob", "Rose", 2)
    first.wait("gift_streak")
    room.gift("carol", "Galaxy")
    first.wait("gift")
    until(lambda: len(store.ids) + len(store.waiting.gift_ids) == 3)
    # The first is killed: nothing more of it is heard, and nothing of its end saved.
    kept = store.load("alice")
    assert kept is not None
    assert kept.room_id == str(room.state.room_id)
    client = client_of(session_store=store)
    second = EventLog(client)
    client.restore()
    assert second.events == []
    client.forget_session()
    assert [(event["count"], event["closed_by"]) for event in second.all("gift")] == [(2, "disconnect")]


class Journal:
    """Notes transactions and what is heard within and beside them."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def load(self, _room: str, _room_id: str | None = None) -> SavedSession | None:
        return None

    @contextmanager
    def transaction(self, _room: str, changes: SessionChanges) -> Iterator[None]:
        self.notes.append(f"begin {len(changes.gift_ids)}")
        yield
        self.notes.append("commit")

    def end_live(self, room: str) -> None:
        self.notes.append(f"over {room}")


def test_each_response_is_one_transaction(client_of: ClientOf, room: Room) -> None:
    journal = Journal()
    client = client_of(session_store=journal)
    client.on("*", lambda event: journal.notes.append(event["event_type"]))
    client.connect()
    room.wait_for_client()
    with room.batch():
        room.gift("bob", "Galaxy")
        room.follow("bob")
        room.gift_streak("carol", "Rose", 2)
    until(lambda: journal.notes[-2:] == ["gift_streak", "commit"])
    with room.batch():
        room.end()
        room.chat("bob", "too late")
    until(lambda: not client.busy)
    notes = [note for note in journal.notes if note not in {"social", "control"}]
    # A transaction in which nothing is heard may come at any time.
    told = "/".join(notes).replace("begin 0/commit/", "")
    assert told == (
        "begin 0/connected/commit/begin 3/gift/follow/gift_streak/gift_streak/commit/"
        "begin 0/chat/gift/stream_end/commit/begin 0/disconnected/commit/over alice"
    )


def test_a_live_that_is_only_disconnected_is_not_over(client_of: ClientOf, room: Room) -> None:
    journal = Journal()
    client = client_of(session_store=journal)
    client.connect()
    room.wait_for_client()
    client.disconnect()
    assert "over alice" not in journal.notes
    client.forget_session()
    assert journal.notes[-1] == "over alice"


def test_streaks_that_ended_between_two_processes_are_closed_at_once(client_of: ClientOf, room: Room) -> None:
    store = Store()
    first = connected(client_of(session_store=store), room)
    room.gift_streak("bob", "Rose", 3)
    first.wait("gift_streak")
    for value in store.streaks.values():
        value["last_at"] -= 3600
    client = client_of(session_store=store)
    second = EventLog(client)
    client.restore()
    assert [(event["count"], event["closed_by"]) for event in second.all("gift")] == [(3, "timeout")]


@pytest.mark.parametrize("streaks", [{"no json": {}}, {'[["user_id", "5", "1"], "7"]': {"count": 1}}])
def test_a_saved_session_that_cannot_be_read_is_ignored(
    client_of: ClientOf, streaks: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    store = Store()
    store.room_id, store.streaks = "7", streaks
    client = client_of(session_store=store)
    heard = EventLog(client)
    client.restore()
    assert heard.events == []
    assert client.session is None
    assert "continuing without it" in caplog.text


def test_without_a_store_there_is_nothing_to_restore(client_of: ClientOf) -> None:
    client = client_of()
    client.restore()
    assert client.session is None


def test_a_gift_that_makes_no_streak_is_known_by_its_message() -> None:
    store = Store()
    lion = pb.WebcastGiftMessage(gift=pb.GiftStruct(id=6, type=2, diamond_count=500), user=User(id=1), repeat_count=1)
    message = FetchMessage(method="WebcastGiftMessage", payload=lion.SerializeToString(), msg_id=5)
    Life(store, 0.0, 1e9).receive([message])
    message.is_history = True
    Life(store, 0.0, 1e9).receive([message])
    assert [event["diamonds"] for event in store.events] == [500]
