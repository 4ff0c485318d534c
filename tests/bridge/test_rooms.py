import logging
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.bridge.conftest import MakeRoom
from tests.bridge.doubles import FakeWatched, event
from tiktok2mqtt.bridge.commands import COMMANDS, CommandError, Request
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms import ROOM_COMMANDS, RoomTable, describe
from tiktok2mqtt.bridge.rooms_file import FILE, RoomsFile, SavedRooms


@dataclass
class Table:
    """A table of two rooms from the settings, and the rooms that were dropped."""

    make_room: MakeRoom
    folder: Path | None = None
    dropped: list[str] = field(default_factory=list)

    def make(self, *, max_rooms: int = 3, allowed: list[str] | None = None) -> RoomTable:
        def drop(room: Room) -> None:
            self.dropped.append(room.name)

        rooms = RoomTable(
            self.make_room,
            drop,
            max_rooms=max_rooms,
            allowed=allowed or [],
            bridge_segment="bridge",
            store=RoomsFile(self.folder),
        )
        rooms.begin(["alice", "bob"])
        return rooms


@pytest.fixture
def table(make_room: MakeRoom) -> Table:
    return Table(make_room)


@pytest.fixture
def rooms(table: Table) -> RoomTable:
    return table.make()


def calls(rooms: RoomTable, name: str) -> list[str]:
    watched = rooms.get(name).watched
    assert isinstance(watched, FakeWatched)
    return watched.calls


def names(rooms: RoomTable) -> list[str]:
    return [room.name for room in rooms]


def test_every_command_about_rooms_is_carried_out_here() -> None:
    assert set(ROOM_COMMANDS) == set(COMMANDS) - {"health_check", "room_info", "simulate"}


def test_add_and_remove(rooms: RoomTable, table: Table) -> None:
    room = rooms.add("carol")
    assert names(rooms) == ["alice", "bob", "carol"]
    assert room in rooms
    assert rooms.add("carol") is room
    rooms.remove("carol")
    assert names(rooms) == ["alice", "bob"]
    assert room not in rooms
    assert table.dropped == ["carol"]


def test_adding_a_room_of_the_settings_gives_that_room(rooms: RoomTable) -> None:
    assert rooms.add("alice").from_settings


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("bridge", "bridge is the bridge's own topic; change mqtt.bridge_topic to follow a room of that name"),
        ("eve", "eve is not among allowed_rooms in the settings"),
        ("dave", "there are 3 rooms already; max_rooms in the settings allows no more"),
    ],
)
def test_what_cannot_be_added(table: Table, name: str, error: str) -> None:
    rooms = table.make(allowed=["carol", "dave"])
    rooms.add("carol")
    with pytest.raises(CommandError) as caught:
        rooms.add(name)
    assert str(caught.value) == error
    assert names(rooms) == ["alice", "bob", "carol"]


def test_rooms_of_the_settings_cannot_be_removed(rooms: RoomTable, table: Table) -> None:
    with pytest.raises(CommandError, match=r"^alice is in the settings \(rooms\) and cannot be removed, only disc"):
        rooms.remove("alice")
    assert names(rooms) == ["alice", "bob"]
    assert table.dropped == []


@pytest.mark.parametrize("name", ["eve", None, ""])
def test_an_unknown_room_is_an_error_that_lists_the_rooms(rooms: RoomTable, name: str | None) -> None:
    for act in (rooms.get, rooms.remove):
        with pytest.raises(CommandError, match=rf"^there is no room {name}; add it first. There are: alice, bob$"):
            act(name)


def test_rooms_can_be_removed_while_they_are_gone_through(rooms: RoomTable) -> None:
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


def test_list_describes_all_rooms(rooms: RoomTable) -> None:
    rooms.add("carol")
    listed = ROOM_COMMANDS["list"](rooms, Request("list"))
    assert listed == [describe(room) for room in rooms]
    assert [row["source"] for row in listed] == ["settings", "settings", "command"]


def test_status_tells_all_of_one_room_or_of_each(rooms: RoomTable) -> None:
    rooms.get("bob").on_event(event("share"))
    status = ROOM_COMMANDS["status"](rooms, Request("status", "bob"))
    assert (status["room"], status["events"], status["room_state"]["shares"]) == ("bob", 1, 1)
    assert status["connection"]["code"] == "disabled"
    assert ROOM_COMMANDS["status"](rooms, Request("status"))[1] == status


def test_remove_answers_with_the_name(rooms: RoomTable) -> None:
    ROOM_COMMANDS["add"](rooms, Request("add", "carol"))
    assert ROOM_COMMANDS["remove"](rooms, Request("remove", "carol")) == {"room": "carol"}


def test_the_rooms_of_the_settings_can_change(table: Table) -> None:
    rooms = table.make(max_rooms=4)
    for name in ("carol", "dave"):
        rooms.add(name)
    rooms.follow(["bob", "carol", "erin"])
    assert table.dropped == ["alice"]
    assert {room.name: room.from_settings for room in rooms} == {
        "bob": True,
        "carol": True,
        "dave": False,
        "erin": True,
    }
    rooms.follow([])
    assert names(rooms) == ["dave"]


# --- restarts ---


@pytest.fixture
def lasting(make_room: MakeRoom, tmp_path: Path) -> Table:
    """Tables that remember what those before them were told."""
    return Table(make_room, tmp_path)


def again(table: Table, before: RoomTable, *, max_rooms: int = 3, allowed: list[str] | None = None) -> RoomTable:
    """Return the table of a daemon that comes after that of `before`."""
    before._store.close()
    return table.make(max_rooms=max_rooms, allowed=allowed)


def kept(table: Table) -> SavedRooms:
    """Return what a daemon would find now."""
    assert table.folder is not None
    elsewhere = table.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / FILE).write_bytes((table.folder / FILE).read_bytes())
    return RoomsFile(elsewhere).load()


def test_rooms_by_command_and_who_is_disconnected_survive(lasting: Table) -> None:
    first = lasting.make(max_rooms=5)
    first.add("carol")
    first.add("dave")
    first.add("eve")
    first.disconnect("alice")
    first.disconnect("dave")
    first.remove("eve")
    second = again(lasting, first, max_rooms=5)
    sources = [(room.name, room.from_settings, room.watched.enabled) for room in second]
    assert sources == [("alice", True, False), ("bob", True, True), ("carol", False, True), ("dave", False, False)]
    second.connect("alice")
    assert again(lasting, second).get("alice").watched.enabled


def test_a_room_that_came_into_the_settings_is_theirs(lasting: Table) -> None:
    first = lasting.make()
    first._store.save(SavedRooms(("bob", "carol"), ()))
    second = again(lasting, first)
    assert [(room.name, room.from_settings) for room in second][1:] == [("bob", True), ("carol", False)]
    assert kept(lasting) == SavedRooms(("carol",), ())


def test_what_may_not_be_followed_is_said_and_not_lost(lasting: Table, caplog: pytest.LogCaptureFixture) -> None:
    first = lasting.make(max_rooms=5)
    first.add("carol")
    first.add("dave")
    first.disconnect("dave")
    with caplog.at_level(logging.WARNING):
        second = again(lasting, first, max_rooms=5, allowed=["carol"])
    assert names(second) == ["alice", "bob", "carol"]
    assert caplog.messages == [
        "dave was added by command and is not followed now: dave is not among allowed_rooms in the settings"
    ]
    second.disconnect("bob")
    third = again(lasting, second, max_rooms=3)
    assert names(third) == ["alice", "bob", "carol"]
    assert caplog.messages[1].startswith("dave was added by command and is not followed now: there are 3 rooms already")
    fourth = again(lasting, third, max_rooms=4)
    assert [(room.name, room.watched.enabled) for room in fourth][2:] == [("carol", True), ("dave", False)]


def test_a_room_that_is_only_kept_can_be_added_and_removed(lasting: Table) -> None:
    first = lasting.make()
    first._store.save(SavedRooms(("carol", "dave", "eve"), ()))
    second = again(lasting, first)
    second.remove("carol")
    second.remove("eve")
    second.add("dave")
    assert kept(lasting) == SavedRooms(("dave",), ())
    assert lasting.dropped == ["carol"]
