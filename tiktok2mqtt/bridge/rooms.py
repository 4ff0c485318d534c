"""The table of rooms, and the commands that act on it."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from tiktok2mqtt import __version__
from tiktok2mqtt.bridge.commands import CommandError, Request, checked_goal
from tiktok2mqtt.bridge.mqtt.payloads import MAX_DOCUMENT_BYTES, encode, fitting
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms_file import RoomsFile, SavedRooms
from tiktok2mqtt.common.text import escaped_name, is_room_name, safe_text
from tiktok2mqtt.common.times import timestamp
from tiktok2mqtt.settings import Settings

logger = logging.getLogger(__name__)
Json = dict[str, Any]
# In an error message.
MAX_LISTED_ROOMS: Final = 10
# Between two looks at whether the list of rooms has changed.
ROOM_LIST_INTERVAL_S: Final = 1.0
# In the `info` document, which has less of them if it would be too large; see payloads.fitting.
_ROOM_LISTS: Final = ("settings.rooms", "settings.allowed_rooms", "rooms")


@dataclass(frozen=True, slots=True)
class Page:
    """The data of a response. `next_offset` is for the request of the following rooms; None if there are none."""

    data: Any
    next_offset: int | None = None


class RoomTable:
    """Rooms by name, in the order in which they were added. Used by the control thread only.

    `create(name, from_settings)` returns a new room, not yet enabled; `discard(room)` closes a room and removes what
    was published about it. Changes by command are saved in `store` before the command is answered.
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, one limit each
        self,
        create: Callable[[str, bool], Room],
        discard: Callable[[Room], object],
        *,
        max_rooms: int,
        allowed: list[str],
        bridge_segment: str,
        store: RoomsFile,
    ) -> None:
        self._create = create
        self._discard = discard
        self._max_rooms = max_rooms
        self._allowed = frozenset(allowed)
        self._bridge_segment = bridge_segment
        self.store = store
        self._rooms: dict[str, Room] = {}
        # Saved rooms that the settings do not allow now, by name; the value is whether the room is disconnected.
        self._not_allowed: dict[str, bool] = {}

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
            raise CommandError(f"unknown room {safe_text(name, 40)}; add it first. Known rooms: {self._names()}")
        return room

    def is_former(self, name: str) -> bool:
        """Return whether this may be the name of a room that is neither in the table nor saved."""
        return name not in self._rooms and name not in self._not_allowed and is_room_name(name)

    def _names(self) -> str:
        more = len(self._rooms) - MAX_LISTED_ROOMS
        names = ", ".join(islice(self._rooms, MAX_LISTED_ROOMS)) or "none"
        return f"{names} and {more} more" if more > 0 else names

    def load(self, from_settings: list[str]) -> None:
        """Add the rooms of the settings and the saved ones. Rooms that were disconnected stay disconnected.

        A saved room that the settings do not allow now is logged and stays saved.
        """
        saved = self.store.load()
        for name in from_settings:
            self._add(name, from_settings=True, enable=name not in saved.disconnected)
        for name in saved.rooms:
            if name in self._rooms:
                continue
            is_disconnected = name in saved.disconnected
            try:
                self._check_allowed(name)
            except CommandError as error:
                logger.warning("%s was added by command and is not watched now: %s", name, error)
                self._not_allowed[name] = is_disconnected
            else:
                self._add(name, from_settings=False, enable=not is_disconnected)
        self._save()

    def _add(self, name: str, *, from_settings: bool, enable: bool) -> Room:
        room = self._rooms[name] = self._create(name, from_settings)
        if enable:
            room.connection.enable()
        return room

    def _check_allowed(self, name: str) -> None:
        if escaped_name(name) == self._bridge_segment:
            raise CommandError(f"{name} is the bridge's own topic; change mqtt.bridge_topic to add a room of that name")
        if self._allowed and name not in self._allowed:
            raise CommandError(f"{name} is not listed in the setting allowed_rooms")
        if len(self._rooms) >= self._max_rooms:
            raise CommandError(f"there are {len(self._rooms)} rooms already; the setting max_rooms allows no more")

    def replace_configured(self, names: list[str]) -> None:
        """Apply a changed setting `rooms`: remove the rooms that are no longer listed, add the new ones."""
        for room in self:
            if room.from_settings and room.name not in names:
                del self._rooms[room.name]
                self._discard(room)
        for name in names:
            if name in self._rooms:
                self._rooms[name].from_settings = True
            else:
                self._add(name, from_settings=True, enable=True)
            self._not_allowed.pop(name, None)
        self._save()

    def add(self, name: str) -> Room:
        """Add a room by command, or return it if it exists. Raises CommandError."""
        if name in self._rooms:
            return self._rooms[name]
        self._check_allowed(name)
        self._not_allowed.pop(name, None)
        room = self._add(name, from_settings=False, enable=True)
        self._save()
        return room

    def remove(self, name: str | None) -> None:
        """Remove a room that was added by command, even if it is only saved. Raises CommandError."""
        if name not in self._not_allowed:
            room = self.get(name)
            if room.from_settings:
                raise CommandError(f"{name} is listed in the setting rooms; it can be disconnected but not removed")
            del self._rooms[room.name]
            self._discard(room)
        self._not_allowed.pop(name or "", None)
        self._save()

    def connect(self, name: str | None) -> Room:
        """Watch a room, and connect to it while it is live. Raises CommandError."""
        room = self.get(name)
        room.connection.enable()
        self._save()
        return room

    def disconnect(self, name: str | None) -> Room:
        """Stop watching a room until the command `connect`, also across restarts. Raises CommandError."""
        room = self.get(name)
        room.connection.disable()
        self._save()
        return room

    def reconnect(self, name: str | None) -> Room:
        """Drop the connection to a room and connect again at once. Raises CommandError."""
        room = self.get(name)
        if not room.connection.enabled:
            raise CommandError(f"{room.name} is disconnected; connect it first")
        room.connection.disable()
        room.connection.enable()
        return room

    def _save(self) -> None:
        by_command = [room.name for room in self if not room.from_settings]
        disconnected = [room.name for room in self if not room.connection.enabled]
        also_disconnected = [name for name, is_disconnected in self._not_allowed.items() if is_disconnected]
        self.store.save(SavedRooms((*by_command, *self._not_allowed), (*disconnected, *also_disconnected)))


def info_document(rooms: RoomTable, settings: Settings) -> Json:
    """Return the `info` document: version, rooms, and the settings without secrets."""
    entries = [info_entry(room) for room in rooms]
    document = {"version": __version__, "rooms": entries, "settings": settings.public_dump()}
    return fitting(document, MAX_DOCUMENT_BYTES, _ROOM_LISTS)


def info_entry(room: Room) -> Json:
    """Return the room's entry in `bridge/info`: room, source."""
    return {"room": room.name, "source": "settings" if room.from_settings else "command"}


class RoomListDocument:
    """Publishes the `rooms` document when it has changed: name, state, code, reason, transport, since of each room."""

    def __init__(self, rooms: RoomTable, publish: Callable[[Json], object]) -> None:
        self._rooms = rooms
        self._publish = publish
        self._published: Json | None = None
        self._due = 0.0

    def publish_again(self) -> None:
        """Publish it with the next update, changed or not: the broker may have lost it."""
        self._published, self._due = None, 0.0

    def update(self, now: float, *, connected: bool) -> None:
        """Publish it if it has changed and we are `connected`; looks once a second at most. `now` is monotonic."""
        if now < self._due or not connected:
            return
        self._due = now + ROOM_LIST_INTERVAL_S
        document = fitting({"rooms": [_rooms_entry(room) for room in self._rooms]}, MAX_DOCUMENT_BYTES, ["rooms"])
        if document != self._published:
            self._published = document
            self._publish(document)


def _rooms_entry(room: Room) -> Json:
    connection = room.connection.connection
    return {
        "name": room.name,
        "state": connection.state.value,
        "code": connection.code,
        "reason": connection.reason,
        "transport": connection.transport,
        "since": timestamp(connection.since),
    }


def list_entry(room: Room) -> Json:
    """Return the room's entry in the response to `list`: room, source, watch, live, state."""
    return info_entry(room) | {
        "watch": room.connection.enabled,
        "live": room.state_document()["live"],
        "state": room.connection.connection.state.value,
    }


def status_entry(room: Room) -> Json:
    """Return the room's entry in the response to `status`: that of `list`, connection, room_state, events."""
    return list_entry(room) | {
        "connection": room.connection_document(),
        "room_state": room.state_document(),
        "events": room.events,
    }


def _connect(rooms: RoomTable, request: Request) -> Json:
    return list_entry(rooms.connect(request.room))


def _disconnect(rooms: RoomTable, request: Request) -> Json:
    return list_entry(rooms.disconnect(request.room))


def _reconnect(rooms: RoomTable, request: Request) -> Json:
    return list_entry(rooms.reconnect(request.room))


def _add(rooms: RoomTable, request: Request) -> Json:
    return list_entry(rooms.add(str(request.room)))


def _remove(rooms: RoomTable, request: Request) -> Json:
    rooms.remove(request.room)
    return {"room": request.room}


def _goal(rooms: RoomTable, request: Request) -> Json:
    room, goal = rooms.get(request.room), checked_goal(request)
    room.set_goal(goal)
    return {"room": room.name, "goal": goal}


def _list(rooms: RoomTable, request: Request) -> Page:
    return _page(rooms, request, list_entry)


def _status(rooms: RoomTable, request: Request) -> Json | Page:
    if request.room is not None:
        return status_entry(rooms.get(request.room))
    return _page(rooms, request, status_entry)


def _page(rooms: RoomTable, request: Request, entry: Callable[[Room], Json]) -> Page:
    """Return the entries of as many rooms as fit into a response, at least one, from the request's offset on."""
    offset: int = request.arguments.get("offset", 0)
    entries: list[Json] = []
    size = 0
    for room in islice(rooms, offset, None):
        entries.append(entry(room))
        size += len(encode(entries[-1])) + 1
        if size > MAX_DOCUMENT_BYTES and len(entries) > 1:
            del entries[-1]
            return Page(entries, offset + len(entries))
    return Page(entries)


ROOM_COMMANDS: Final[dict[str, Callable[[RoomTable, Request], Any]]] = {
    "connect": _connect,
    "disconnect": _disconnect,
    "reconnect": _reconnect,
    "add": _add,
    "remove": _remove,
    "goal": _goal,
    "list": _list,
    "status": _status,
}
"""The commands that act on the table; each returns the `data` of the response, or a Page."""
