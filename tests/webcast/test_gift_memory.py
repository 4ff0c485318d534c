"""Gifts across the end of a process: whenever it is killed, none is lost, and none comes twice under another id."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webcast.conftest import ClientOf
from tests.webcast.rig import EventLog, connected
from tiktok2mqtt.simulator import Room
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops, GiftChanges, Remembered
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.schema.types_pb2 import User
from tiktok2mqtt.webcast.session import LiveSession

Event = dict[str, Any]


class Memory:
    """Keeps what is saved as JSON, as a file would."""

    def __init__(self) -> None:
        self.room_id = ""
        self.ids: list[int] = []
        self.streaks: dict[str, Any] = {}
        self.undelivered: list[Event] = []

    def load(self, _room: str) -> Remembered | None:
        if not self.room_id:
            return None
        saved = json.loads(json.dumps([self.ids, self.streaks, self.undelivered]))
        return Remembered(self.room_id, *saved)

    def save(self, _room: str, changes: GiftChanges) -> None:
        if changes.room_id != self.room_id:
            self.__init__()  # type: ignore[misc]
            self.room_id = changes.room_id
        self.ids += changes.message_ids
        self.streaks = {key: value for key, value in (self.streaks | changes.streaks).items() if value is not None}
        self.undelivered += changes.undelivered

    def delivered(self, _room: str) -> None:
        self.undelivered = []


class Life:
    """One process: a session, which takes up what the memory holds, and passes events on to `heard`."""

    def __init__(self, memory: Memory, heard: list[Event], now: float, clock: float) -> None:
        self.heard = heard
        self.session = LiveSession(REGISTRY, "alice", "7", wall=lambda: self.now + clock, drops=Drops(), memory=memory)
        self.now = now
        remembered = memory.load("alice")
        if remembered is not None:
            undelivered = self.session.restore(remembered, now)
            self.pass_on(undelivered + self.session.tick(now))

    def pass_on(self, events: list[Event], killed_after: int | None = None) -> None:
        """Save, tell, say that it is told; or end after the first few steps of that."""
        if killed_after == 0:
            return
        is_kept = self.session.remember(events, self.now)
        for number, event in enumerate(events, 1):
            if killed_after == number:
                return
            self.heard.append(json.loads(json.dumps(event)))
        if is_kept and killed_after is None:
            self.session.passed_on()

    def take(self, messages: list[FetchMessage], killed_after: int | None = None) -> None:
        self.pass_on(self.session.process(FetchResponse(messages=messages), "direct", self.now), killed_after)


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
    kills=st.dictionaries(st.integers(0, 12), st.tuples(st.integers(0, 5), st.floats(0, 100), st.integers(0, 20))),
)
@pytest.mark.unmeasured
def test_no_gift_is_lost_or_doubled_whenever_the_process_is_killed(
    sent: list[tuple[int, int, int, int, int]], size: int, kills: dict[int, tuple[int, float, int]]
) -> None:
    memory, heard = Memory(), list[Event]()
    now, clock = 0.0, 1e9
    life = Life(memory, heard, now, clock)
    for number, begin in enumerate(range(0, len(sent), size)):
        part = sent[begin : begin + size]
        killed_after, away_s, _ = kills.get(number, (None, 0.0, 0))
        life.take([gift(*one) for one in part], killed_after)
        if killed_after is None:
            continue
        # The next life is told the history, which holds at least what the last one was killed over.
        clock, now = clock + life.now + away_s, 0.0
        life = Life(memory, heard, now, clock)
        back = max(size, kills[number][2])
        life.take([gift(*one, history=True) for one in sent[max(0, begin + len(part) - back) : begin + len(part)]])
    life.pass_on(life.session.close())
    finals = {event["id"]: event for event in heard if event["event_type"] == "gift"}
    for event in heard:
        # What came twice is the same, but for being replayed or not.
        if event["event_type"] == "gift":
            assert {**event, "replayed": None} == {**finals[event["id"]], "replayed": None}
    for group in {one[1] for one in sent}:
        deltas = sum(event["delta"] for event in finals.values() if event["gift"]["group_id"] == str(group))
        assert deltas == max(one[2] for one in sent if one[1] == group)


def test_a_client_takes_up_the_live_of_an_earlier_one(client_of: ClientOf, room: Room) -> None:
    memory = Memory()
    first = connected(client_of(gift_memory=memory), room)
    room.gift_streak("bob", "Rose", 2)
    first.wait("gift_streak")
    room.gift("carol", "Galaxy")
    first.wait("gift")
    # The first is killed: nothing more of it is heard, and nothing of its end saved.
    kept = memory.load("alice")
    assert kept is not None
    assert (kept.room_id, len(kept.message_ids), kept.undelivered) == (str(room.state.room_id), 3, [])
    memory.undelivered = [first.all("gift")[0]]
    client = client_of(gift_memory=memory)
    second = EventLog(client)
    client.restore()
    assert [event["id"] for event in second.all("gift")] == [first.all("gift")[0]["id"]]
    assert memory.undelivered == []
    client.forget_session()
    assert [(event["count"], event["closed_by"]) for event in second.all("gift")[1:]] == [(2, "disconnect")]


def test_streaks_that_went_silent_while_nobody_was_there_are_finished_at_once(client_of: ClientOf, room: Room) -> None:
    memory = Memory()
    first = connected(client_of(gift_memory=memory), room)
    room.gift_streak("bob", "Rose", 3)
    first.wait("gift_streak")
    for value in memory.streaks.values():
        value["last_at"] -= 3600
    client = client_of(gift_memory=memory)
    second = EventLog(client)
    client.restore()
    assert [(event["count"], event["closed_by"]) for event in second.all("gift")] == [(3, "timeout")]


@pytest.mark.parametrize("streaks", [{"no json": {}}, {'[["user_id", "5", "1"], "7"]': {"count": 1}}])
def test_a_memory_that_cannot_be_read_is_left_out(
    client_of: ClientOf, streaks: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    memory = Memory()
    memory.room_id, memory.streaks = "7", streaks
    client = client_of(gift_memory=memory)
    heard = EventLog(client)
    client.restore()
    assert heard.events == []
    assert client.session is None
    assert "going on without" in caplog.text


def test_without_a_memory_there_is_nothing_to_restore(client_of: ClientOf) -> None:
    client = client_of()
    client.restore()
    assert client.session is None


def test_a_gift_that_makes_no_streak_is_known_by_its_message() -> None:
    memory, heard = Memory(), list[Event]()
    lion = pb.WebcastGiftMessage(gift=pb.GiftStruct(id=6, type=2, diamond_count=500), user=User(id=1), repeat_count=1)
    message = FetchMessage(method="WebcastGiftMessage", payload=lion.SerializeToString(), msg_id=5)
    Life(memory, heard, 0.0, 1e9).take([message])
    message.is_history = True
    Life(memory, heard, 0.0, 1e9).take([message])
    assert [event["diamonds"] for event in heard] == [500]
