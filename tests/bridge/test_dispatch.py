import logging
import threading
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from tests.bridge.conftest import MakeRoom
from tests.bridge.doubles import FakeWatched
from tests.helpers import until
from tiktok2mqtt.bridge.commands import CommandError, RateLimit
from tiktok2mqtt.bridge.dispatch import MAX_RUNNING, Dispatcher
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms import RoomTable
from tiktok2mqtt.bridge.rooms_file import RoomsFile
from tiktok2mqtt.common.topics import Topics

Answers = list[tuple[str, Any]]
TOO_MANY = "too many commands; commands_per_minute in the settings says how many are allowed"


@pytest.fixture
def rooms(make_room: MakeRoom) -> RoomTable:
    table = RoomTable(
        make_room, lambda _room: None, max_rooms=5, allowed=[], bridge_segment="bridge", store=RoomsFile(None)
    )
    table.begin(["alice"])
    return table


@pytest.fixture
def answers() -> Answers:
    return []


class FakeActs:
    """TikTok answers when it is `released`; whatever is simulated is taken."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.simulated: list[Any] = []

    def health(self) -> dict[str, Any]:
        return {"healthy": True}

    def room_info(self, name: str) -> dict[str, Any]:
        assert self.released.wait(5)
        if name == "bob":
            raise CommandError("bob is not live", code="offline")
        return {"room": name, "title": "Cooking"}

    def simulate(self, room: Room, event: str, data: dict[str, Any], *, count_in_totals: bool) -> list[dict[str, Any]]:
        self.simulated.append((room.name, event, data, count_in_totals))
        return [{"event_type": event, "id": "7", "source": "simulated"}]


@pytest.fixture
def acts() -> Iterator[FakeActs]:
    fake = FakeActs()
    yield fake
    fake.released.set()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "tiktok2mqtt.command"])


@pytest.fixture
def dispatcher(rooms: RoomTable, acts: FakeActs, answers: Answers) -> Dispatcher:
    return Dispatcher(
        Topics(), rooms, RateLimit(3), acts, respond=lambda command, answer: answers.append((command, answer))
    )


def calls(room: Room) -> list[str]:
    assert isinstance(room.watched, FakeWatched)
    return room.watched.calls


def test_a_request_is_carried_out_and_answered(dispatcher: Dispatcher, rooms: RoomTable, answers: Answers) -> None:
    dispatcher.handle("tiktok/bridge/request/add", b'{"room": "bob", "transaction": "x1"}', 0)
    data = {"room": "bob", "source": "command", "watch": True, "live": None, "state": "disabled"}
    assert answers == [("add", {"status": "ok", "data": data, "transaction": "x1"})]
    assert [room.name for room in rooms] == ["alice", "bob"]


def test_health_check_is_answered_by_the_bridge(dispatcher: Dispatcher, answers: Answers) -> None:
    dispatcher.handle("tiktok/bridge/request/health_check", b"", 0)
    assert answers == [("health_check", {"status": "ok", "data": {"healthy": True}})]


@pytest.mark.parametrize(
    ("command", "payload", "error"),
    [
        ("add", {"room": "bob", "transaction": "x1", "port": 1}, "add does not know the key 'port'; it takes room, "),
        ("connect", {"room": "eve", "transaction": "x1"}, "there is no room eve; add it first. There are: alice"),
        ("remove", {"room": "alice", "transaction": "x1"}, "alice is in the settings (rooms) and cannot be removed, "),
    ],
)
def test_what_is_wrong_is_said_with_the_transaction(
    dispatcher: Dispatcher, answers: Answers, command: str, payload: object, error: str
) -> None:
    dispatcher.handle(f"tiktok/bridge/request/{command}", orjson.dumps(payload), 0)
    [(answered, answer)] = answers
    assert answered == command
    assert answer.pop("error").startswith(error)
    assert answer == {"status": "error", "data": {}, "transaction": "x1"}


def test_too_many_commands_are_refused_until_the_minute_is_over(dispatcher: Dispatcher, answers: Answers) -> None:
    for second in (0, 1, 2, 3, 60):
        dispatcher.handle("tiktok/bridge/request/list", orjson.dumps({"transaction": second}), second)
    assert [answer["status"] for _, answer in answers] == ["ok", "ok", "ok", "error", "ok"]
    assert answers[3] == ("list", {"status": "error", "data": {}, "error": TOO_MANY, "transaction": 3})


def test_bad_commands_count_as_well(
    dispatcher: Dispatcher, rooms: RoomTable, answers: Answers, caplog: pytest.LogCaptureFixture
) -> None:
    dispatcher.handle("tiktok/bridge/request/nonsense", b"", 0)
    dispatcher.handle("tiktok/bridge/request/add", b"{", 0)
    dispatcher.handle("tiktok/alice/set", b"?", 0)
    dispatcher.handle("tiktok/alice/set", b"ON", 0)
    assert calls(rooms.get("alice")) == ["enable"]
    assert len(answers) == 2
    assert caplog.messages[-1] == f"refused what came on tiktok/alice/set: {TOO_MANY}"


def test_set_switches_a_room_without_an_answer(dispatcher: Dispatcher, rooms: RoomTable, answers: Answers) -> None:
    dispatcher.handle("tiktok/alice/set", b"ON", 0)
    dispatcher.handle("tiktok/alice/set", b"off", 0)
    assert calls(rooms.get("alice")) == ["enable", "enable", "disable"]
    assert answers == []


@pytest.mark.parametrize(
    ("topic", "payload", "said"),
    [
        ("tiktok/alice/set", b"maybe", "tiktok/alice/set: set takes ON or OFF (or connect, disconnect)"),
        ("tiktok/eve/set", b"ON", "tiktok/eve/set: there is no room eve; add it first. There are: alice"),
        ("tiktok/\x1b[2J/set", b"ON", "tiktok/ [2J/set: there is no room  [2J; add it first. There are: alice"),
    ],
)
def test_a_bad_set_is_logged_clean(
    dispatcher: Dispatcher, caplog: pytest.LogCaptureFixture, topic: str, payload: bytes, said: str
) -> None:
    with caplog.at_level(logging.WARNING):
        dispatcher.handle(topic, payload, 0)
    assert caplog.messages == [f"refused what came on {said}"]


@pytest.mark.parametrize("topic", ["tiktok/bridge/set", "tiktok/bridge/response/list", "elsewhere/alice/set", ""])
def test_other_topics_are_nobodys_business(dispatcher: Dispatcher, answers: Answers, topic: str) -> None:
    dispatcher.handle(topic, b"ON", 0)
    assert answers == []


def test_a_look_up_holds_up_no_other_command(dispatcher: Dispatcher, acts: FakeActs, answers: Answers) -> None:
    dispatcher.handle("tiktok/bridge/request/room_info", b'{"room": "alice", "transaction": 1}', 0)
    dispatcher.handle("tiktok/bridge/request/health_check", b"", 0)
    assert answers == [("health_check", {"status": "ok", "data": {"healthy": True}})]
    acts.released.set()
    until(lambda: len(answers) == 2)
    data = {"room": "alice", "title": "Cooking"}
    assert answers[1] == ("room_info", {"status": "ok", "data": data, "transaction": 1})


def test_a_look_up_in_vain_says_why_in_a_word(dispatcher: Dispatcher, acts: FakeActs, answers: Answers) -> None:
    dispatcher.handle("tiktok/bridge/request/add", b"bob", 0)
    acts.released.set()
    dispatcher.handle("tiktok/bridge/request/room_info", b'{"room": "bob", "transaction": "x1"}', 0)
    until(lambda: len(answers) == 2)
    error = {"status": "error", "data": {}, "error": "bob is not live", "code": "offline", "transaction": "x1"}
    assert answers[1] == ("room_info", error)


def test_a_look_up_of_an_unknown_room_asks_nobody(dispatcher: Dispatcher, answers: Answers) -> None:
    dispatcher.handle("tiktok/bridge/request/room_info", b'{"room": "eve", "transaction": "x1"}', 0)
    [(_, answer)] = answers
    assert (answer["error"], answer["transaction"]) == (
        "there is no room eve; add it first. There are: alice",
        "x1",
    )


def test_only_so_many_look_ups_at_once(rooms: RoomTable, acts: FakeActs, answers: Answers) -> None:
    dispatcher = Dispatcher(
        Topics(), rooms, RateLimit(99), acts, respond=lambda command, answer: answers.append((command, answer))
    )
    for _ in range(MAX_RUNNING + 1):
        dispatcher.handle("tiktok/bridge/request/room_info", b"alice", 0)
    assert [answer["error"] for _, answer in answers] == [
        f"{MAX_RUNNING} requests of this kind wait for TikTok already; try again later"
    ]
    acts.released.set()
    until(lambda: len(answers) == MAX_RUNNING + 1)


def test_simulate_passes_on_what_is_wished(dispatcher: Dispatcher, acts: FakeActs, answers: Answers) -> None:
    wish = {"room": "alice", "event": "gift", "data": {"count": 5}, "count_in_totals": True, "transaction": "x1"}
    dispatcher.handle("tiktok/bridge/request/simulate", orjson.dumps(wish), 0)
    dispatcher.handle("tiktok/bridge/request/simulate", b'{"room": "alice", "event": "follow"}', 0)
    assert acts.simulated == [("alice", "gift", {"count": 5}, True), ("alice", "follow", {}, False)]
    data = {"room": "alice", "events": [{"event_type": "gift", "id": "7"}]}
    assert answers[0] == ("simulate", {"status": "ok", "data": data, "transaction": "x1"})


def test_a_goal_is_set(dispatcher: Dispatcher, rooms: RoomTable, answers: Answers) -> None:
    rooms.add("alice")
    dispatcher.handle("tiktok/alice/goal/set", b"500", 0.0)
    assert rooms.get("alice").state()["goal"] == 500
    assert answers == []


@pytest.mark.parametrize(
    ("room", "payload", "words"),
    [("alice", b"lots", "a goal is a whole number"), ("nobody", b"500", "there is no room nobody")],
)
def test_a_bad_goal_is_logged(
    dispatcher: Dispatcher, caplog: pytest.LogCaptureFixture, room: str, payload: bytes, words: str
) -> None:
    dispatcher.handle(f"tiktok/{room}/goal/set", payload, 0.0)
    assert caplog.messages[0].startswith(f"refused what came on tiktok/{room}/goal/set: {words}")
