import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.bridge.conftest import MakeRoom
from tests.bridge.doubles import FakeConnection, event, gift
from tiktok2mqtt.bridge.commands import COMMANDS, CommandError, Request
from tiktok2mqtt.bridge.mqtt.payloads import MAX_DOCUMENT_BYTES
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms import ROOM_COMMANDS, Page, RoomTable, list_entry
from tiktok2mqtt.bridge.rooms_file import FILE, RoomsFile, SavedRooms


@dataclass
class Tables:
    """Makes tables with two rooms from the settings; `discarded` are the rooms that they have discarded."""

    make_room: MakeRoom
    folder: Path | None = None
    discarded: list[str] = field(default_factory=list)

    def make(self, *, max_rooms: int = 3, allowed: list[str] | None = None) -> RoomTable:
        def discard(room: Room) -> None:
            self.discarded.append(room.name)

        rooms = RoomTable(
            self.make_room,
            discard,
            max_rooms=max_rooms,
            allowed=allowed or [],
            bridge_segment="bridge",
            store=RoomsFile(self.folder),
        )
        rooms.load(["alice", "bob"])
        return rooms


@pytest.fixture
def tables(make_room: MakeRoom) -> Tables:
    return Tables(make_room)


@pytest.fixture
def rooms(tables: Tables) -> RoomTable:
    return tables.make()


def calls(rooms: RoomTable, name: str) -> list[str]:
    connection = rooms.get(name).connection
    assert isinstance(connection, FakeConnection)
    return connection.calls


def names(rooms: RoomTable) -> list[str]:
    return [room.name for room in rooms]


def test_every_room_command_has_a_function() -> None:
    assert set(ROOM_COMMANDS) == set(COMMANDS) - {"health_check", "room_info", "simulate", "log_level", "restart"}


def test_add_and_remove(rooms: RoomTable, tables: Tables) -> None:
    room = rooms.add("carol")
    assert names(rooms) == ["alice", "bob", "carol"]
    assert room in rooms
    assert rooms.add("carol") is room
    rooms.remove("carol")
    assert names(rooms) == ["alice", "bob"]
    assert room not in rooms
    assert tables.discarded == ["carol"]


def test_adding_a_room_of_the_settings_returns_it(rooms: RoomTable) -> None:
    assert rooms.add("alice").from_settings


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("bridge", "bridge is the bridge's own topic; change mqtt.bridge_topic to add a room of that name"),
        ("eve", "eve is not listed in the setting allowed_rooms"),
        ("dave", "there are 3 rooms already; the setting max_rooms allows no more"),
    ],
)
def test_rooms_that_cannot_be_added(tables: Tables, name: str, error: str) -> None:
    rooms = tables.make(allowed=["carol", "dave"])
    rooms.add("carol")
    with pytest.raises(CommandError) as caught:
        rooms.add(name)
    assert str(caught.value) == error
    assert names(rooms) == ["alice", "bob", "carol"]


def test_rooms_of_the_settings_cannot_be_removed(rooms: RoomTable, tables: Tables) -> None:
    with pytest.raises(CommandError, match=r"^alice is listed in the setting rooms; it can be disconnected but not "):
        rooms.remove("alice")
    assert names(rooms) == ["alice", "bob"]
    assert tables.discarded == []


@pytest.mark.parametrize("name", ["eve", None, ""])
def test_an_unknown_room_is_an_error_that_lists_the_rooms(rooms: RoomTable, name: str | None) -> None:
    for method in (rooms.get, rooms.remove):
        with pytest.raises(CommandError, match=rf"^unknown room {name}; add it first. Known rooms: alice, bob$"):
            method(name)


def test_rooms_can_be_removed_during_an_iteration(rooms: RoomTable) -> None:
    rooms.add("carol")
    for room in rooms:
        if not room.from_settings:
            rooms.remove(room.name)
    assert len(rooms) == 2


def test_connect_and_disconnect_switch_the_room(rooms: RoomTable) -> None:
    connected = ROOM_COMMANDS["connect"](rooms, Request("connect", "alice"))
    assert connected == {"room": "alice", "source": "settings", "watch": True, "live": None, "state": "disabled"}
    assert ROOM_COMMANDS["reconnect"](rooms, Request("reconnect", "alice"))["watch"] is True
    assert ROOM_COMMANDS["disconnect"](rooms, Request("disconnect", "alice"))["watch"] is False
    assert calls(rooms, "alice") == ["enable", "enable", "disable", "enable", "disable"]


def test_a_disconnected_room_is_not_reconnected(rooms: RoomTable) -> None:
    rooms.disconnect("alice")
    with pytest.raises(CommandError, match=r"^alice is disconnected; connect it first$"):
        rooms.reconnect("alice")
    assert calls(rooms, "alice") == ["enable", "disable"]


def test_list_has_an_entry_for_each_room(rooms: RoomTable) -> None:
    rooms.add("carol")
    listed = ROOM_COMMANDS["list"](rooms, Request("list"))
    assert listed == Page([list_entry(room) for room in rooms])
    assert [row["source"] for row in listed.data] == ["settings", "settings", "command"]


def test_status_of_one_room_or_of_all(rooms: RoomTable) -> None:
    rooms.get("bob").on_event(event("share"))
    status = ROOM_COMMANDS["status"](rooms, Request("status", "bob"))
    assert (status["room"], status["events"], status["room_state"]["shares"]) == ("bob", 1, 1)
    assert status["connection"]["code"] == "disabled"
    assert ROOM_COMMANDS["status"](rooms, Request("status")).data[1] == status


@pytest.mark.parametrize("command", ["list", "status"])
def test_many_rooms_take_several_responses_of_bounded_size(tables: Tables, command: str) -> None:
    names = [f"user.{number}" for number in range(300)]
    rooms = tables.make(max_rooms=400)
    rooms.replace_configured(names)
    offset: int | None = 0
    pages: list[Any] = []
    while offset is not None:
        page = ROOM_COMMANDS[command](rooms, Request(command, arguments={"offset": offset}))
        assert len(orjson.dumps(page.data)) <= MAX_DOCUMENT_BYTES
        assert page.data
        pages.append(page.data)
        offset = page.next_offset
    assert [row["room"] for page in pages for row in page] == names
    assert len(pages) > 1
    assert ROOM_COMMANDS[command](rooms, Request(command, arguments={"offset": 300})) == Page([])


def test_a_room_that_is_larger_than_a_page_does_not_stop_the_pages(tables: Tables) -> None:
    rooms = tables.make()
    for room in rooms:
        for one in (event("chat", comment="x" * 1024), gift(1, 1), event("follow", follower_count=1)):
            room.on_event(one | {"nickname": "x" * 1024, "unique_id": "x" * 1024, "profile_picture_url": "x" * 1024})
    first = ROOM_COMMANDS["status"](rooms, Request("status"))
    assert len(orjson.dumps(first.data)) > MAX_DOCUMENT_BYTES
    assert ([row["room"] for row in first.data], first.next_offset) == (["alice"], 1)
    second = ROOM_COMMANDS["status"](rooms, Request("status", arguments={"offset": 1}))
    assert ([row["room"] for row in second.data], second.next_offset) == (["bob"], None)


def test_the_response_to_remove_has_the_name(rooms: RoomTable) -> None:
    ROOM_COMMANDS["add"](rooms, Request("add", "carol"))
    assert ROOM_COMMANDS["remove"](rooms, Request("remove", "carol")) == {"room": "carol"}


def test_the_configured_rooms_can_be_replaced(tables: Tables) -> None:
    rooms = tables.make(max_rooms=4)
    for name in ("carol", "dave"):
        rooms.add(name)
    rooms.replace_configured(["bob", "carol", "erin"])
    assert tables.discarded == ["alice"]
    assert {room.name: room.from_settings for room in rooms} == {
        "bob": True,
        "carol": True,
        "dave": False,
        "erin": True,
    }
    rooms.replace_configured([])
    assert names(rooms) == ["dave"]


# --- restarts ---


@pytest.fixture
def saved_tables(make_room: MakeRoom, tmp_path: Path) -> Tables:
    """Makes tables that are saved in one folder."""
    return Tables(make_room, tmp_path)


def restart(tables: Tables, before: RoomTable, *, max_rooms: int = 3, allowed: list[str] | None = None) -> RoomTable:
    """Close the table of one run and return that of the next."""
    before.store.close()
    return tables.make(max_rooms=max_rooms, allowed=allowed)


def saved(tables: Tables) -> SavedRooms:
    """Return what the next run would load."""
    assert tables.folder is not None
    elsewhere = tables.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / FILE).write_bytes((tables.folder / FILE).read_bytes())
    return RoomsFile(elsewhere).load()


def test_rooms_by_command_and_disconnected_rooms_survive_a_restart(saved_tables: Tables) -> None:
    first = saved_tables.make(max_rooms=5)
    first.add("carol")
    first.add("dave")
    first.add("eve")
    first.disconnect("alice")
    first.disconnect("dave")
    first.remove("eve")
    second = restart(saved_tables, first, max_rooms=5)
    sources = [(room.name, room.from_settings, room.connection.enabled) for room in second]
    assert sources == [("alice", True, False), ("bob", True, True), ("carol", False, True), ("dave", False, False)]
    second.connect("alice")
    assert restart(saved_tables, second).get("alice").connection.enabled


def test_a_saved_room_that_is_now_in_the_settings_belongs_to_them(saved_tables: Tables) -> None:
    first = saved_tables.make()
    first.store.save(SavedRooms(("bob", "carol"), ()))
    second = restart(saved_tables, first)
    assert [(room.name, room.from_settings) for room in second][1:] == [("bob", True), ("carol", False)]
    assert saved(saved_tables) == SavedRooms(("carol",), ())


def test_a_saved_room_that_is_not_allowed_is_logged_and_stays_saved(
    saved_tables: Tables, caplog: pytest.LogCaptureFixture
) -> None:
    first = saved_tables.make(max_rooms=5)
    first.add("carol")
    first.add("dave")
    first.disconnect("dave")
    with caplog.at_level(logging.WARNING):
        second = restart(saved_tables, first, max_rooms=5, allowed=["carol"])
    assert names(second) == ["alice", "bob", "carol"]
    assert caplog.messages == [
        "dave was added by command and is not watched now: dave is not listed in the setting allowed_rooms"
    ]
    second.disconnect("bob")
    third = restart(saved_tables, second, max_rooms=3)
    assert names(third) == ["alice", "bob", "carol"]
    assert caplog.messages[1].startswith("dave was added by command and is not watched now: there are 3 rooms already")
    fourth = restart(saved_tables, third, max_rooms=4)
    assert [(room.name, room.connection.enabled) for room in fourth][2:] == [("carol", True), ("dave", False)]


def test_a_room_that_is_only_saved_can_be_added_and_removed(saved_tables: Tables) -> None:
    first = saved_tables.make()
    first.store.save(SavedRooms(("carol", "dave", "eve"), ()))
    second = restart(saved_tables, first)
    second.remove("carol")
    second.remove("eve")
    second.add("dave")
    assert saved(saved_tables) == SavedRooms(("dave",), ())
    assert saved_tables.discarded == ["carol"]
