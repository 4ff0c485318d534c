"""The rooms the bridge looks after, and what the commands do to them."""

import logging
from collections.abc import Callable, Iterator
from typing import Any, Final

from tiktok2mqtt.bridge.commands import CommandError, Request
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms_file import RoomsFile, SavedRooms
from tiktok2mqtt.common.text import safe_text

logger = logging.getLogger(__name__)
Json = dict[str, Any]


class RoomTable:
    """Rooms by name, in the order in which they came. Used by the control thread only.

    `make(name, from_settings)` makes a room, which is not watched yet, and `drop(room)` lets go of one, with all that
    the bridge does about it. What commands change is put into `store` before they are answered.
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, one rule each
        self,
        make: Callable[[str, bool], Room],
        drop: Callable[[Room], object],
        *,
        max_rooms: int,
        allowed: list[str],
        bridge_segment: str,
        store: RoomsFile,
    ) -> None:
        self._make = make
        self._drop = drop
        self._max_rooms = max_rooms
        self._allowed = frozenset(allowed)
        self._bridge_segment = bridge_segment
        self._store = store
        self._rooms: dict[str, Room] = {}
        # Rooms that are kept and may not be followed now, and whether they are disconnected.
        self._waiting: dict[str, bool] = {}

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

    def begin(self, from_settings: list[str]) -> None:
        """Take in the rooms of the settings and those that were kept; who was disconnected stays so.

        A room that was kept and may not be followed now is logged and stays kept.
        """
        kept = self._store.load()
        for name in from_settings:
            self._take_in(name, from_settings=True, watch=name not in kept.disconnected)
        for name in kept.rooms:
            if name in self._rooms:
                continue
            watch = name not in kept.disconnected
            try:
                self._check(name)
            except CommandError as error:
                logger.warning("%s was added by command and is not followed now: %s", name, error)
                self._waiting[name] = not watch
            else:
                self._take_in(name, from_settings=False, watch=watch)
        self._keep()

    def _take_in(self, name: str, *, from_settings: bool, watch: bool) -> Room:
        room = self._rooms[name] = self._make(name, from_settings)
        if watch:
            room.watched.enable()
        return room

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
                self._take_in(name, from_settings=True, watch=True)
            self._waiting.pop(name, None)
        self._keep()

    def add(self, name: str) -> Room:
        """Add a room by command, or return the one that is there. Raises CommandError."""
        if name in self._rooms:
            return self._rooms[name]
        self._check(name)
        self._waiting.pop(name, None)
        room = self._take_in(name, from_settings=False, watch=True)
        self._keep()
        return room

    def _check(self, name: str) -> None:
        if name == self._bridge_segment:
            raise CommandError(
                f"{name} is the bridge's own topic; change mqtt.bridge_topic to follow a room of that name"
            )
        if self._allowed and name not in self._allowed:
            raise CommandError(f"{name} is not among allowed_rooms in the settings")
        if len(self._rooms) >= self._max_rooms:
            raise CommandError(f"there are {len(self._rooms)} rooms already; max_rooms in the settings allows no more")

    def remove(self, name: str | None) -> None:
        """Remove a room that was added by command, followed or only kept. Raises CommandError."""
        if name not in self._waiting:
            room = self.get(name)
            if room.from_settings:
                raise CommandError(f"{name} is in the settings (rooms) and cannot be removed, only disconnected")
            del self._rooms[room.name]
            self._drop(room)
        self._waiting.pop(name or "", None)
        self._keep()

    def connect(self, name: str | None) -> Room:
        """Watch a room, and hear it when it is live. Raises CommandError."""
        room = self.get(name)
        room.watched.enable()
        self._keep()
        return room

    def disconnect(self, name: str | None) -> Room:
        """Leave a room alone until it is connected again, restarts or not. Raises CommandError."""
        room = self.get(name)
        room.watched.disable()
        self._keep()
        return room

    def reconnect(self, name: str | None) -> Room:
        """Drop the connection to a room and begin anew at once. Raises CommandError."""
        room = self.get(name)
        if not room.watched.enabled:
            raise CommandError(f"{room.name} is disconnected; connect it first")
        room.watched.disable()
        room.watched.enable()
        return room

    def _keep(self) -> None:
        by_command = [room.name for room in self if not room.from_settings]
        disconnected = [room.name for room in self if not room.watched.enabled]
        waiting_disconnected = [name for name, is_disconnected in self._waiting.items() if is_disconnected]
        self._store.save(SavedRooms((*by_command, *self._waiting), (*disconnected, *waiting_disconnected)))


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
    return describe(rooms.connect(request.room))


def _disconnect(rooms: RoomTable, request: Request) -> Json:
    return describe(rooms.disconnect(request.room))


def _reconnect(rooms: RoomTable, request: Request) -> Json:
    return describe(rooms.reconnect(request.room))


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
    "reconnect": _reconnect,
    "add": _add,
    "remove": _remove,
    "list": _list,
    "status": _status,
}
