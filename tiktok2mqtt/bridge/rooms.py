"""The rooms the bridge looks after, and what the commands do to them."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from tiktok2mqtt.bridge.commands import CommandError, Request
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.webcast.text import safe_text

Json = dict[str, Any]


class RoomTable:
    """Rooms by name, in the order in which they came. Used by the control thread only.

    `make(name, from_settings)` makes a room and `drop(room)` lets go of one, with all that the bridge does about it.
    """

    def __init__(
        self,
        make: Callable[[str, bool], Room],
        drop: Callable[[Room], object],
        *,
        max_rooms: int,
        allowed: list[str],
        bridge_segment: str,
    ) -> None:
        self._make = make
        self._drop = drop
        self._max_rooms = max_rooms
        self._allowed = frozenset(allowed)
        self._bridge_segment = bridge_segment
        self._rooms: dict[str, Room] = {}

    def __iter__(self) -> Iterator[Room]:
        return iter(tuple(self._rooms.values()))

    def __len__(self) -> int:
        return len(self._rooms)

    def __contains__(self, room: object) -> bool:
        return room in self._rooms.values()

    def get(self, name: str | None) -> Room:
        """Return a room. Raises CommandError."""
        room = self._rooms.get(name or "")
        if room is None:
            there_are = ", ".join(self._rooms) or "none"
            raise CommandError(f"there is no room {safe_text(name, 40)}; add it first. There are: {there_are}")
        return room

    def add_from_settings(self, name: str) -> None:
        """Add a room that the settings name; it stays until they no longer do."""
        self._rooms[name] = self._make(name, True)

    def follow(self, names: list[str]) -> None:
        """Make these the rooms of the settings: let go of those that no longer are, take in those that are new."""
        for room in self:
            if room.from_settings and room.name not in names:
                del self._rooms[room.name]
                self._drop(room)
        for name in names:
            if name in self._rooms:
                self._rooms[name].from_settings = True
            else:
                self.add_from_settings(name)

    def add(self, name: str) -> Room:
        """Add a room by command, or return the one that is there. Raises CommandError."""
        if name in self._rooms:
            return self._rooms[name]
        if name == self._bridge_segment:
            raise CommandError(
                f"{name} is the bridge's own topic; change mqtt.bridge_topic to follow a room of that name"
            )
        if self._allowed and name not in self._allowed:
            raise CommandError(f"{name} is not among allowed_rooms in the settings")
        if len(self._rooms) >= self._max_rooms:
            raise CommandError(f"there are {len(self._rooms)} rooms already; max_rooms in the settings allows no more")
        room = self._rooms[name] = self._make(name, False)
        return room

    def remove(self, name: str | None) -> None:
        """Remove a room that was added by command. Raises CommandError."""
        room = self.get(name)
        if room.from_settings:
            raise CommandError(f"{name} is in the settings (rooms) and cannot be removed, only disconnected")
        del self._rooms[room.name]
        self._drop(room)


def identify(room: Room) -> Json:
    """Return what does not change about a room: room, source."""
    return {"room": room.name, "source": "settings" if room.from_settings else "command"}


def describe(room: Room) -> Json:
    """Return one line about a room: room, source, watch, live, state."""
    return identify(room) | {
        "watch": room.watched.enabled,
        "live": room.state()["live"],
        "state": room.connection()["state"],
    }


def _connect(rooms: RoomTable, request: Request) -> Json:
    room = rooms.get(request.room)
    room.watched.enable()
    return describe(room)


def _disconnect(rooms: RoomTable, request: Request) -> Json:
    room = rooms.get(request.room)
    room.watched.disable()
    return describe(room)


def _add(rooms: RoomTable, request: Request) -> Json:
    return describe(rooms.add(str(request.room)))


def _remove(rooms: RoomTable, request: Request) -> Json:
    rooms.remove(request.room)
    return {"room": request.room}


def _list(rooms: RoomTable, _request: Request) -> list[Json]:
    return [describe(room) for room in rooms]


def _status(rooms: RoomTable, request: Request) -> Json | list[Json]:
    if request.room is not None:
        return _full(rooms.get(request.room))
    return [_full(room) for room in rooms]


def _full(room: Room) -> Json:
    return describe(room) | {"connection": room.connection(), "room_state": room.state(), "events": room.events}


ROOM_COMMANDS: Final[dict[str, Callable[[RoomTable, Request], Any]]] = {
    "connect": _connect,
    "disconnect": _disconnect,
    "add": _add,
    "remove": _remove,
    "list": _list,
    "status": _status,
}
