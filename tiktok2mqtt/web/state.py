"""What the messages of the broker say: bridges, rooms, events, log. Pure and bounded; times are arguments."""

from collections import Counter, OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from tiktok2mqtt.common.text import is_room_name, unescaped_name
from tiktok2mqtt.web.ignore import IgnoreList
from tiktok2mqtt.web.live import Live

Json = dict[str, Any]
MAX_BRIDGES: Final = 100
MAX_ROOMS: Final = 2_000
MAX_LOG: Final = 500
MAX_PAYLOAD_BYTES: Final = 65_536
# Of all rooms together: enough for a minute at 500 events/s.
MAX_KNOWN_IDS: Final = 50_000
MAX_EVENT_TYPES: Final = 200
ROOM_DOCUMENTS: Final = frozenset({"state", "connection", "availability", "summary", "cover", "goal", "battle"})
_ROOM_DOCUMENTS_KEPT: Final = ("state", "connection", "battle")
_BRIDGE_DOCUMENTS: Final = frozenset({"state", "info", "health", "rooms"})
# On topics of rooms, but no events.
_NO_EVENTS: Final = frozenset({"set", "envelopes"})


@dataclass(slots=True)
class BridgeState:
    """One daemon: its retained documents by name."""

    name: str
    documents: dict[str, Any] = field(default_factory=dict)

    @property
    def online(self) -> bool:
        """Whether the daemon is connected to the broker."""
        return bool(as_object(self.documents.get("state")).get("state") == "online")


@dataclass(slots=True)
class RoomState:
    """One room: the bridge that watches it, its retained documents, the present LIVE, events by type."""

    name: str
    bridge: str
    documents: dict[str, Any] = field(default_factory=dict)
    cover: str | None = None
    live: Live = field(default_factory=Live)
    events: Counter[str] = field(default_factory=Counter)

    def summary(self) -> Json:
        """Return what a list of rooms shows."""
        return {
            "name": self.name,
            "bridge": self.bridge,
            "cover": self.cover,
            **{name: self.documents.get(name) for name in _ROOM_DOCUMENTS_KEPT},
        }


class WebState:
    """The present picture. `configured` is the level of the bridge's topics in the settings."""

    def __init__(self, base: str, configured: str) -> None:
        self._prefix = base + "/"
        self.configured = configured
        self.bridges: dict[str, BridgeState] = {configured: BridgeState(configured)}
        self.rooms: dict[str, RoomState] = {}
        self.log: deque[Json] = deque(maxlen=MAX_LOG)
        self.ignored = IgnoreList()
        self.events = 0
        self.duplicates = 0
        self.refused = 0
        self._known: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        # Since the last `changes`.
        self._changed_rooms: set[str] = set()
        self._changed_bridges: set[str] = set()

    def apply(self, topic: str, payload: bytes, *, retained: bool, now: float) -> Json | None:
        """Take in a message; return it if it is an event that was not there before. `now` is Unix time in seconds."""
        if not topic.startswith(self._prefix) or len(payload) > MAX_PAYLOAD_BYTES:
            self.refused += 1
            return None
        match topic[len(self._prefix) :].split("/"):
            case [name, "rooms"]:
                self._bridge_rooms(name, payload)
            case [name, leaf] if name in self.bridges:
                self._bridge_message(self.bridges[name], leaf, payload, now)
            case [name, leaf] if leaf in ROOM_DOCUMENTS:
                self._room_document(unescaped_name(name), leaf, payload, now)
            case [name, leaf] if not retained and leaf not in _NO_EVENTS:
                return self._event(unescaped_name(name), leaf, payload, now)
        return None

    def changes(self) -> tuple[set[str], set[str]]:
        """Return the names of the rooms and of the bridges that have changed since the last call."""
        rooms, bridges = self._changed_rooms, self._changed_bridges
        self._changed_rooms, self._changed_bridges = set(), set()
        return rooms, bridges

    def bridge_of(self, room: str) -> str:
        """Return the bridge that watches a room; the configured one if none is known."""
        found = self.rooms.get(room)
        return found.bridge if found else self.configured

    def _bridge_rooms(self, name: str, payload: bytes) -> None:
        document = parse_object(payload)
        rooms = document.get("rooms") if document else None
        if not isinstance(rooms, list):
            return
        if name not in self.bridges:
            if len(self.bridges) >= MAX_BRIDGES:
                self.refused += 1
                return
            # What came before this list was taken for the documents of a room.
            self.rooms.pop(name, None)
            self.bridges[name] = BridgeState(name)
        self.bridges[name].documents["rooms"] = rooms
        self._changed_bridges.add(name)
        for entry in rooms:
            if isinstance(entry, dict) and isinstance(entry.get("name"), str) and (room := self._room(entry["name"])):
                room.bridge = name
                keys = ("state", "code", "reason", "transport", "since")
                self._changed_rooms.add(room.name)
                room.documents.setdefault("connection", {key: entry.get(key) for key in keys})

    def _bridge_message(self, bridge: BridgeState, leaf: str, payload: bytes, now: float) -> None:
        document = parse_object(payload)
        if leaf == "logging" and document is not None:
            self.log.append({"at": now, "bridge": bridge.name} | document)
        elif leaf == "ignore" and bridge.name == self.configured:
            self.ignored = IgnoreList.from_document(document or {})
        elif leaf == "event" and document is not None:
            self._bridge_event(document)
        elif leaf in _BRIDGE_DOCUMENTS:
            bridge.documents[leaf] = document
            self._changed_bridges.add(bridge.name)

    def _bridge_event(self, document: Json) -> None:
        room = document.get("room")
        if document.get("event_type") == "room_removed" and self.rooms.pop(str(room), None):
            self._changed_rooms.add(str(room))

    def _room_document(self, name: str, leaf: str, payload: bytes, now: float) -> None:
        if not payload:
            # An empty retained message: the document is deleted.
            if (known := self.rooms.get(name)) is not None:
                known.documents.pop(leaf, None)
                self._changed_rooms.add(name)
            return
        room = self._room(name)
        if room is None:
            return
        if leaf == "cover":
            room.cover = payload.decode("utf-8", "replace")[:2_000]
        elif (document := parse_object(payload)) is not None:
            room.documents[leaf] = document
            if leaf == "state":
                self._room_state(room, document, now)
        self._changed_rooms.add(name)

    def _room_state(self, room: RoomState, document: Json, now: float) -> None:
        session = document.get("session_id")
        if isinstance(session, str) and session != room.live.session_id:
            room.live.reset(session)
        if document.get("live") is True:
            room.live.set_viewers(document.get("viewers"), now)

    def _event(self, name: str, leaf: str, payload: bytes, now: float) -> Json | None:
        event = parse_object(payload)
        room = self._room(name)
        if event is None or room is None or event.get("event_type") != leaf:
            self.refused += 1
            return None
        key = (name, leaf, str(event.get("id")))
        if event.get("id") is not None and key in self._known:
            self.duplicates += 1
            return None
        self._known[key] = None
        if len(self._known) > MAX_KNOWN_IDS:
            self._known.popitem(last=False)
        self.events += 1
        counted = leaf if leaf in room.events or len(room.events) < MAX_EVENT_TYPES else "other"
        room.events[counted] += 1
        room.live.apply(event, now)
        # The topic decides: a payload could name another room.
        event["room"] = name
        return event

    def _room(self, name: str) -> RoomState | None:
        """Return a room, new if need be; None for what is not a name of a room, and beyond the limit."""
        room = self.rooms.get(name)
        if room is None:
            if len(self.rooms) >= MAX_ROOMS or not is_room_name(name):
                self.refused += 1
                return None
            room = self.rooms[name] = RoomState(name, self.configured)
            self._changed_rooms.add(name)
        return room


def parse_object(payload: bytes) -> Json | None:
    """Return a JSON object, or None if it is something else."""
    try:
        document = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


def as_object(value: Any) -> Mapping[str, Any]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}
