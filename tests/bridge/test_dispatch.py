import threading
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from tests.bridge.conftest import MakeRoom
from tests.bridge.doubles import FakeConnection
from tests.helpers import until
from tiktok2mqtt.bridge.commands import COMMANDS, CommandError
from tiktok2mqtt.bridge.dispatch import MAX_BACKGROUND_JOBS, BackgroundJobs, Dispatcher, Received, Refusals
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms import RoomTable
from tiktok2mqtt.bridge.rooms_file import RoomsFile
from tiktok2mqtt.common.topics import COMMANDS as ALL_COMMANDS
from tiktok2mqtt.common.topics import Topics

Json = dict[str, Any]
Responses = list[tuple[str, Any]]
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

    def set_log_level(self, level: str) -> dict[str, Any]:
        return {"level": level}

    def restart(self) -> dict[str, Any]:
        return {}

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
    return make(rooms, actions, responses)


def make(
    rooms: RoomTable, actions: FakeActions, responses: Responses, allowed: tuple[str, ...] = ALL_COMMANDS
) -> Dispatcher:
    return Dispatcher(
        rooms, actions, lambda command, document: responses.append((command, document)), Refusals(lambda: 0.0), allowed
    )


def received(topic: str, payload: bytes) -> Received:
    address = Topics().parse(topic)
    assert address is not None
    return Received(topic, address, payload)


def handle(dispatcher: Dispatcher, topic: str, payload: bytes) -> None:
    dispatcher.handle(received(topic, payload))


def calls(room: Room) -> list[str]:
    assert isinstance(room.connection, FakeConnection)
    return room.connection.calls


def test_a_request_is_carried_out_and_answered(dispatcher: Dispatcher, rooms: RoomTable, responses: Responses) -> None:
    handle(dispatcher, "tiktok/bridge/request/add", b'{"room": "bob", "transaction": "x1"}')
    data = {"room": "bob", "source": "command", "watch": True, "live": None, "state": "disabled"}
    assert responses == [("add", {"status": "ok", "data": data, "transaction": "x1"})]
    assert [room.name for room in rooms] == ["alice", "bob"]


def test_health_check_is_answered_by_the_bridge(dispatcher: Dispatcher, responses: Responses) -> None:
    handle(dispatcher, "tiktok/bridge/request/health_check", b"")
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
    handle(dispatcher, f"tiktok/bridge/request/{command}", orjson.dumps(payload))
    [(answered, document)] = responses
    assert answered == command
    assert document.pop("error").startswith(error)
    assert document == {"status": "error", "data": {}, "transaction": "x1"}


def test_set_connects_and_disconnects_a_room_without_a_response(
    dispatcher: Dispatcher, rooms: RoomTable, responses: Responses
) -> None:
    handle(dispatcher, "tiktok/alice/set", b"ON")
    handle(dispatcher, "tiktok/alice/set", b"off")
    assert calls(rooms.get("alice")) == ["enable", "enable", "disable"]
    assert responses == []


@pytest.mark.parametrize(
    ("topic", "payload", "error"),
    [
        ("tiktok/alice/set", b"maybe", "tiktok/alice/set: set accepts ON or OFF (or connect, disconnect)"),
        ("tiktok/eve/set", b"ON", "tiktok/eve/set: unknown room eve; add it first. Known rooms: alice"),
    ],
)
def test_an_invalid_set_is_logged(
    dispatcher: Dispatcher, caplog: pytest.LogCaptureFixture, topic: str, payload: bytes, error: str
) -> None:
    handle(dispatcher, topic, payload)
    assert caplog.messages == [f"refused the command on {error}"]


def test_room_info_does_not_block_other_commands(
    dispatcher: Dispatcher, actions: FakeActions, responses: Responses
) -> None:
    handle(dispatcher, "tiktok/bridge/request/room_info", b'{"room": "alice", "transaction": 1}')
    handle(dispatcher, "tiktok/bridge/request/health_check", b"")
    assert responses == [("health_check", {"status": "ok", "data": {"healthy": True}})]
    actions.released.set()
    until(lambda: len(responses) == 2)
    data = {"room": "alice", "title": "Cooking"}
    assert responses[1] == ("room_info", {"status": "ok", "data": data, "transaction": 1})


def test_a_failed_room_info_has_a_code(dispatcher: Dispatcher, actions: FakeActions, responses: Responses) -> None:
    handle(dispatcher, "tiktok/bridge/request/add", b"bob")
    actions.released.set()
    handle(dispatcher, "tiktok/bridge/request/room_info", b'{"room": "bob", "transaction": "x1"}')
    until(lambda: len(responses) == 2)
    error = {"status": "error", "data": {}, "error": "bob is not live", "code": "offline", "transaction": "x1"}
    assert responses[1] == ("room_info", error)


def test_room_info_of_an_unknown_room_is_refused(dispatcher: Dispatcher, responses: Responses) -> None:
    handle(dispatcher, "tiktok/bridge/request/room_info", b'{"room": "eve", "transaction": "x1"}')
    [(_, document)] = responses
    assert (document["error"], document["transaction"]) == (
        "unknown room eve; add it first. Known rooms: alice",
        "x1",
    )


def test_too_many_concurrent_room_infos_are_refused(
    rooms: RoomTable, actions: FakeActions, responses: Responses
) -> None:
    dispatcher = make(rooms, actions, responses)
    for _ in range(MAX_BACKGROUND_JOBS + 1):
        handle(dispatcher, "tiktok/bridge/request/room_info", b"alice")
    assert [document["error"] for _, document in responses] == [BUSY]
    actions.released.set()
    until(lambda: len(responses) == MAX_BACKGROUND_JOBS + 1)


def test_simulate_passes_on_its_arguments(dispatcher: Dispatcher, actions: FakeActions, responses: Responses) -> None:
    payload = {"room": "alice", "event": "gift", "data": {"count": 5}, "count_in_totals": True, "transaction": "x1"}
    handle(dispatcher, "tiktok/bridge/request/simulate", orjson.dumps(payload))
    handle(dispatcher, "tiktok/bridge/request/simulate", b'{"room": "alice", "event": "follow"}')
    assert actions.simulated == [("alice", "gift", {"count": 5}, True), ("alice", "follow", {}, False)]
    data = {"room": "alice", "events": [{"event_type": "gift", "id": "7"}]}
    assert responses[0] == ("simulate", {"status": "ok", "data": data, "transaction": "x1"})


def test_a_goal_is_set(dispatcher: Dispatcher, rooms: RoomTable, responses: Responses) -> None:
    rooms.add("alice")
    handle(dispatcher, "tiktok/alice/goal/set", b"500")
    assert rooms.get("alice").state_document()["goal"] == 500
    assert responses == []


@pytest.mark.parametrize(
    ("room", "payload", "error"),
    [("alice", b"lots", "a goal must be a whole number"), ("nobody", b"500", "unknown room nobody")],
)
def test_an_invalid_goal_is_logged(
    dispatcher: Dispatcher, caplog: pytest.LogCaptureFixture, room: str, payload: bytes, error: str
) -> None:
    handle(dispatcher, f"tiktok/{room}/goal/set", payload)
    assert caplog.messages[0].startswith(f"refused the command on tiktok/{room}/goal/set: {error}")


def test_an_unknown_command_is_answered_on_one_topic_with_a_bounded_error(
    dispatcher: Dispatcher, responses: Responses
) -> None:
    for command in ("reboot", "x" * 60_000, "\x1b[2J", "error"):
        handle(dispatcher, f"tiktok/bridge/request/{command}", b'{"transaction": 0}')
    assert {topic for topic, _ in responses} == {"error"}
    for _, document in responses:
        assert document.pop("error").startswith("unknown command '")
        assert document == {"status": "error", "data": {}, "transaction": 0}
    assert responses[0][0] not in COMMANDS
    assert max(len(orjson.dumps(document)) for _, document in responses) < 1_000


@pytest.mark.parametrize("transaction", ["x1", "", 0, -1, 2**63, False, True, "x" * 256])
@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("add", {"room": 5}),
        ("add", {}),
        ("add", {"room": "bob", "port": 1}),
        ("connect", {"room": "eve"}),
        ("list", {"offset": -1}),
        ("reboot", {}),
        ("goal", {"room": "alice"}),
        ("room_info", {"room": "eve"}),
        ("list", {}),
    ],
)
def test_a_response_repeats_any_transaction(
    dispatcher: Dispatcher, responses: Responses, command: str, body: Json, transaction: object
) -> None:
    payload = orjson.dumps(body | {"transaction": transaction})
    handle(dispatcher, f"tiktok/bridge/request/{command}", payload)
    dispatcher.refuse(received(f"tiktok/bridge/request/{command}", payload), CommandError("too many"))
    assert [document["status"] for _, document in responses] == [
        "ok" if (command, body) == ("list", {}) else "error",
        "error",
    ]
    assert [document["transaction"] for _, document in responses] == [transaction] * 2
    assert {type(document["transaction"]) for _, document in responses} == {type(transaction)}


def test_no_error_grows_with_the_request_or_the_number_of_rooms(
    make_room: MakeRoom, actions: FakeActions, responses: Responses
) -> None:
    rooms = RoomTable(
        make_room, lambda _room: None, max_rooms=500, allowed=[], bridge_segment="bridge", store=RoomsFile(None)
    )
    rooms.load([f"room.number.{number}" for number in range(500)])
    dispatcher = make(rooms, actions, responses)
    for body in (
        {"room": "eve"},
        {"room": "e" * 3_000},
        {"x" * 3_000: 1},
        {"room": "alice", "transaction": "x" * 3_000},
    ):
        handle(dispatcher, "tiktok/bridge/request/connect", orjson.dumps(body))
    handle(dispatcher, "tiktok/bridge/request/connect", b"x" * 4_097)
    errors = [document["error"] for _, document in responses]
    assert len(errors) == 5
    assert max(map(len, errors)) <= 500
    assert errors[0].startswith("unknown room eve; add it first. Known rooms: room.number.0, room.number.1, ")
    assert errors[0].endswith(", room.number.9 and 490 more")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_not_allowed_is_refused(
    rooms: RoomTable, actions: FakeActions, responses: Responses, command: str
) -> None:
    dispatcher = make(rooms, actions, responses, tuple(one for one in ALL_COMMANDS if one != command))
    payload = b'{"room": "alice", "transaction": 0}' if COMMANDS[command].accepts_room else b'{"transaction": 0}'
    handle(dispatcher, f"tiktok/bridge/request/{command}", payload)
    error = f"the setting allowed_commands does not allow {command}"
    assert responses == [(command, {"status": "error", "data": {}, "error": error, "transaction": 0})]
    assert calls(rooms.get("alice")) == ["enable"]


@pytest.mark.parametrize(
    ("topic", "payload", "command"),
    [
        ("tiktok/alice/set", b"ON", "connect"),
        ("tiktok/alice/set", b"OFF", "disconnect"),
        ("tiktok/alice/goal/set", b"500", "goal"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused(  # noqa: PLR0913, PLR0917 - parameters and fixtures
    rooms: RoomTable, actions: FakeActions, caplog: pytest.LogCaptureFixture, topic: str, payload: bytes, command: str
) -> None:
    dispatcher = make(rooms, actions, [], tuple(one for one in ALL_COMMANDS if one != command))
    handle(dispatcher, topic, payload)
    assert caplog.messages == [f"refused the command on {topic}: the setting allowed_commands does not allow {command}"]
    assert calls(rooms.get("alice")) == ["enable"]
    assert rooms.get("alice").state_document()["goal"] is None


def test_all_commands_have_a_name_for_the_setting() -> None:
    assert set(COMMANDS) == set(ALL_COMMANDS)


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
