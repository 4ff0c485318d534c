import logging
import threading
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from tests.bridge.conftest import MakeRoom
from tests.bridge.doubles import FakeConnection
from tests.helpers import until
from tiktok2mqtt.bridge.commands import CommandError, RateLimit
from tiktok2mqtt.bridge.dispatch import MAX_BACKGROUND_JOBS, BackgroundJobs, Dispatcher
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms import RoomTable
from tiktok2mqtt.bridge.rooms_file import RoomsFile
from tiktok2mqtt.common.topics import Topics

Responses = list[tuple[str, Any]]
TOO_MANY = "too many commands in a minute; the limit is the setting commands_per_minute"
BUSY = f"{MAX_BACKGROUND_JOBS} requests to TikTok are already running; try again later"


@pytest.fixture
def rooms(make_room: MakeRoom) -> RoomTable:
    table = RoomTable(
        make_room, lambda _room: None, max_rooms=5, allowed=[], bridge_segment="bridge", store=RoomsFile(None)
    )
    table.load(["alice"])
    return table


@pytest.fixture
def responses() -> Responses:
    return []


class FakeActions:
    """`room_info` blocks until `released` is set; `simulated` are the calls of `simulate`."""

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
def actions() -> Iterator[FakeActions]:
    fake = FakeActions()
    yield fake
    fake.released.set()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "tiktok2mqtt.command"])


@pytest.fixture
def dispatcher(rooms: RoomTable, actions: FakeActions, responses: Responses) -> Dispatcher:
    return Dispatcher(
        Topics(), rooms, RateLimit(3), actions, respond=lambda command, document: responses.append((command, document))
    )


def calls(room: Room) -> list[str]:
    assert isinstance(room.connection, FakeConnection)
    return room.connection.calls


def test_a_request_is_carried_out_and_answered(dispatcher: Dispatcher, rooms: RoomTable, responses: Responses) -> None:
    dispatcher.handle("tiktok/bridge/request/add", b'{"room": "bob", "transaction": "x1"}', 0)
    data = {"room": "bob", "source": "command", "watch": True, "live": None, "state": "disabled"}
    assert responses == [("add", {"status": "ok", "data": data, "transaction": "x1"})]
    assert [room.name for room in rooms] == ["alice", "bob"]


def test_health_check_is_answered_by_the_bridge(dispatcher: Dispatcher, responses: Responses) -> None:
    dispatcher.handle("tiktok/bridge/request/health_check", b"", 0)
    assert responses == [("health_check", {"status": "ok", "data": {"healthy": True}})]


@pytest.mark.parametrize(
    ("command", "payload", "error"),
    [
        ("add", {"room": "bob", "transaction": "x1", "port": 1}, "add has no key 'port'; its keys are room, "),
        ("connect", {"room": "eve", "transaction": "x1"}, "unknown room eve; add it first. Known rooms: alice"),
        ("remove", {"room": "alice", "transaction": "x1"}, "alice is listed in the setting rooms; "),
    ],
)
def test_an_error_response_has_the_reason_and_the_transaction(
    dispatcher: Dispatcher, responses: Responses, command: str, payload: object, error: str
) -> None:
    dispatcher.handle(f"tiktok/bridge/request/{command}", orjson.dumps(payload), 0)
    [(answered, document)] = responses
    assert answered == command
    assert document.pop("error").startswith(error)
    assert document == {"status": "error", "data": {}, "transaction": "x1"}


def test_too_many_commands_in_a_minute_are_refused(dispatcher: Dispatcher, responses: Responses) -> None:
    for second in (0, 1, 2, 3, 60):
        dispatcher.handle("tiktok/bridge/request/list", orjson.dumps({"transaction": second}), second)
    assert [document["status"] for _, document in responses] == ["ok", "ok", "ok", "error", "ok"]
    assert responses[3] == ("list", {"status": "error", "data": {}, "error": TOO_MANY, "transaction": 3})


def test_invalid_commands_count_towards_the_limit(
    dispatcher: Dispatcher, rooms: RoomTable, responses: Responses, caplog: pytest.LogCaptureFixture
) -> None:
    dispatcher.handle("tiktok/bridge/request/nonsense", b"", 0)
    dispatcher.handle("tiktok/bridge/request/add", b"{", 0)
    dispatcher.handle("tiktok/alice/set", b"?", 0)
    dispatcher.handle("tiktok/alice/set", b"ON", 0)
    assert calls(rooms.get("alice")) == ["enable"]
    assert len(responses) == 2
    assert caplog.messages[-1] == f"refused the command on tiktok/alice/set: {TOO_MANY}"


def test_set_connects_and_disconnects_a_room_without_a_response(
    dispatcher: Dispatcher, rooms: RoomTable, responses: Responses
) -> None:
    dispatcher.handle("tiktok/alice/set", b"ON", 0)
    dispatcher.handle("tiktok/alice/set", b"off", 0)
    assert calls(rooms.get("alice")) == ["enable", "enable", "disable"]
    assert responses == []


@pytest.mark.parametrize(
    ("topic", "payload", "error"),
    [
        ("tiktok/alice/set", b"maybe", "tiktok/alice/set: set accepts ON or OFF (or connect, disconnect)"),
        ("tiktok/eve/set", b"ON", "tiktok/eve/set: unknown room eve; add it first. Known rooms: alice"),
        ("tiktok/\x1b[2J/set", b"ON", "tiktok/ [2J/set: unknown room  [2J; add it first. Known rooms: alice"),
    ],
)
def test_an_invalid_set_is_logged_and_sanitized(
    dispatcher: Dispatcher, caplog: pytest.LogCaptureFixture, topic: str, payload: bytes, error: str
) -> None:
    with caplog.at_level(logging.WARNING):
        dispatcher.handle(topic, payload, 0)
    assert caplog.messages == [f"refused the command on {error}"]


@pytest.mark.parametrize("topic", ["tiktok/bridge/set", "tiktok/bridge/response/list", "elsewhere/alice/set", ""])
def test_other_topics_are_ignored(dispatcher: Dispatcher, responses: Responses, topic: str) -> None:
    dispatcher.handle(topic, b"ON", 0)
    assert responses == []


def test_room_info_does_not_block_other_commands(
    dispatcher: Dispatcher, actions: FakeActions, responses: Responses
) -> None:
    dispatcher.handle("tiktok/bridge/request/room_info", b'{"room": "alice", "transaction": 1}', 0)
    dispatcher.handle("tiktok/bridge/request/health_check", b"", 0)
    assert responses == [("health_check", {"status": "ok", "data": {"healthy": True}})]
    actions.released.set()
    until(lambda: len(responses) == 2)
    data = {"room": "alice", "title": "Cooking"}
    assert responses[1] == ("room_info", {"status": "ok", "data": data, "transaction": 1})


def test_a_failed_room_info_has_a_code(dispatcher: Dispatcher, actions: FakeActions, responses: Responses) -> None:
    dispatcher.handle("tiktok/bridge/request/add", b"bob", 0)
    actions.released.set()
    dispatcher.handle("tiktok/bridge/request/room_info", b'{"room": "bob", "transaction": "x1"}', 0)
    until(lambda: len(responses) == 2)
    error = {"status": "error", "data": {}, "error": "bob is not live", "code": "offline", "transaction": "x1"}
    assert responses[1] == ("room_info", error)


def test_room_info_of_an_unknown_room_is_refused(dispatcher: Dispatcher, responses: Responses) -> None:
    dispatcher.handle("tiktok/bridge/request/room_info", b'{"room": "eve", "transaction": "x1"}', 0)
    [(_, document)] = responses
    assert (document["error"], document["transaction"]) == (
        "unknown room eve; add it first. Known rooms: alice",
        "x1",
    )


def test_too_many_concurrent_room_infos_are_refused(
    rooms: RoomTable, actions: FakeActions, responses: Responses
) -> None:
    dispatcher = Dispatcher(
        Topics(), rooms, RateLimit(99), actions, respond=lambda command, document: responses.append((command, document))
    )
    for _ in range(MAX_BACKGROUND_JOBS + 1):
        dispatcher.handle("tiktok/bridge/request/room_info", b"alice", 0)
    assert [document["error"] for _, document in responses] == [BUSY]
    actions.released.set()
    until(lambda: len(responses) == MAX_BACKGROUND_JOBS + 1)


def test_simulate_passes_on_its_arguments(dispatcher: Dispatcher, actions: FakeActions, responses: Responses) -> None:
    payload = {"room": "alice", "event": "gift", "data": {"count": 5}, "count_in_totals": True, "transaction": "x1"}
    dispatcher.handle("tiktok/bridge/request/simulate", orjson.dumps(payload), 0)
    dispatcher.handle("tiktok/bridge/request/simulate", b'{"room": "alice", "event": "follow"}', 0)
    assert actions.simulated == [("alice", "gift", {"count": 5}, True), ("alice", "follow", {}, False)]
    data = {"room": "alice", "events": [{"event_type": "gift", "id": "7"}]}
    assert responses[0] == ("simulate", {"status": "ok", "data": data, "transaction": "x1"})


def test_a_goal_is_set(dispatcher: Dispatcher, rooms: RoomTable, responses: Responses) -> None:
    rooms.add("alice")
    dispatcher.handle("tiktok/alice/goal/set", b"500", 0.0)
    assert rooms.get("alice").state_document()["goal"] == 500
    assert responses == []


@pytest.mark.parametrize(
    ("room", "payload", "error"),
    [("alice", b"lots", "a goal must be a whole number"), ("nobody", b"500", "unknown room nobody")],
)
def test_an_invalid_goal_is_logged(
    dispatcher: Dispatcher, caplog: pytest.LogCaptureFixture, room: str, payload: bytes, error: str
) -> None:
    dispatcher.handle(f"tiktok/{room}/goal/set", payload, 0.0)
    assert caplog.messages[0].startswith(f"refused the command on tiktok/{room}/goal/set: {error}")


def test_the_number_of_concurrent_jobs_is_limited() -> None:
    background, release = BackgroundJobs(), threading.Event()
    done: list[bool] = []
    for _ in range(MAX_BACKGROUND_JOBS):
        background.start(lambda: done.append(release.wait(5)))
    with pytest.raises(CommandError, match=BUSY):
        background.start(release.clear)
    release.set()
    until(lambda: done == [True] * MAX_BACKGROUND_JOBS)


def test_a_failed_job_is_logged_and_frees_its_slot(caplog: pytest.LogCaptureFixture) -> None:
    background = BackgroundJobs()
    before = threading.active_count()
    for _ in range(2 * MAX_BACKGROUND_JOBS):
        background.start(lambda: 1 // 0)
        until(lambda: threading.active_count() <= before)
    assert caplog.text.count("a command failed") == 2 * MAX_BACKGROUND_JOBS
