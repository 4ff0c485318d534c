"""What an open dashboard is sent: a first picture, then four times a second what has changed. Always bounded."""

from collections import deque
from typing import Any, Final

from tiktok2mqtt.web.state import BridgeState, RoomState, WebState

Json = dict[str, Any]
INTERVAL_S: Final = 0.25
# What a LIVE has brought is sent with every so many batches at most.
DETAIL_BATCHES: Final = 4
# Of one batch. What matters has places of its own, so that a flood of likes does not push it out.
MAX_IMPORTANT: Final = 30
MAX_OTHERS: Final = 20
MAX_LOG_LINES: Final = 50
FIRST_LOG_LINES: Final = 100
_IMPORTANT: Final = frozenset(
    {"gift", "follow", "share", "subscribe", "super_fan", "question_new", "stream_end", "connected", "disconnected"}
    | {"error", "gap", "battle_started", "battle_ended"}
)
# A streak that is running is shown as the gift it ends with.
_LEFT_OUT: Final = frozenset({"gift_streak", "social", "room_user"})
_KEYS: Final = (
    *("event_type", "id", "ts", "room", "unique_id", "nickname", "profile_picture_url", "replayed", "late", "source"),
    *("comment", "count", "delta", "diamonds", "like_count", "total_like_count", "viewer_count", "question_text"),
    *("reason", "text", "label", "action_name", "seconds", "state"),
)
_MAX_TEXT_CHARS: Final = 500


class Dashboard:
    """One open page, which shows one room or none in detail. Used in the event loop only."""

    def __init__(self, state: WebState, room: str | None) -> None:
        self.room = room
        self._state = state
        self._rooms: set[str] = set()
        self._bridges: set[str] = set()
        self._important: deque[Json] = deque(maxlen=MAX_IMPORTANT)
        self._others: deque[Json] = deque(maxlen=MAX_OTHERS)
        self._log: deque[Json] = deque(maxlen=MAX_LOG_LINES)
        self._events = 0
        self._has_news = False
        self._detail_in = 0

    def first(self, connection: Json, latest: list[Json]) -> Json:
        """Return the whole picture, with the latest events of the room."""
        rooms = [room.summary() for room in self._state.rooms.values()]
        bridges = [bridge_document(one) for one in self._state.bridges.values()]
        log = list(self._state.log)[-FIRST_LOG_LINES:]
        events = [compact(event) for event in latest if event["event_type"] not in _LEFT_OUT]
        picture = {"first": True, "rooms": rooms, "bridges": bridges, "log": log, "events": events}
        return picture | connection | self._detail()

    def changed(self, rooms: set[str], bridges: set[str]) -> None:
        """Note what has changed."""
        self._rooms |= rooms
        self._bridges |= bridges

    def event(self, event: Json) -> None:
        """Note an event, if its room is the one that is shown."""
        if event["room"] != self.room or event["event_type"] in _LEFT_OUT:
            return
        self._events += 1
        self._has_news |= event["event_type"] == "gift"
        kept = self._important if event["event_type"] in _IMPORTANT else self._others
        kept.append(compact(event))

    def line(self, record: Json) -> None:
        """Note a line of the log."""
        self._log.append(record)

    def batch(self, connection: Json) -> Json | None:
        """Return what has changed since the last batch, or None if nothing has."""
        self._has_news |= self.room in self._rooms
        self._detail_in = max(0, self._detail_in - 1)
        is_detail_due = self._has_news and not self._detail_in
        if not (self._rooms or self._bridges or self._events or self._log or is_detail_due):
            return None
        known, bridges = self._state.rooms, self._state.bridges
        document: Json = {
            "rooms": [known[name].summary() for name in self._rooms if name in known],
            "removed": [name for name in self._rooms if name not in known],
            "bridges": [bridge_document(bridges[name]) for name in self._bridges if name in bridges],
            "events": sorted([*self._important, *self._others], key=lambda one: str(one.get("ts"))),
            "log": list(self._log),
            **connection,
        }
        document["skipped"] = self._events - len(document["events"])
        if is_detail_due:
            document |= self._detail()
            self._has_news, self._detail_in = False, DETAIL_BATCHES
        self._rooms, self._bridges, self._events = set(), set(), 0
        for kept in (self._important, self._others, self._log):
            kept.clear()
        return document

    def _detail(self) -> Json:
        room = self._state.rooms.get(self.room or "")
        return {"detail": detail(room)} if room else {}


def detail(room: RoomState) -> Json:
    """Return what the LIVE of a room has brought."""
    return {"room": room.name, **room.live.document()}


def bridge_document(bridge: BridgeState) -> Json:
    """Return a bridge with its documents, without the list of rooms."""
    documents = {name: one for name, one in bridge.documents.items() if name != "rooms"}
    return {"name": bridge.name, "online": bridge.online, **documents, "state": None}


def compact(event: Json) -> Json:
    """Return the keys of an event that a page shows, texts shortened."""
    short = {key: _shortened(event[key]) for key in _KEYS if event.get(key) is not None}
    if isinstance(gift := event.get("gift"), dict):
        short["gift"] = _shortened(gift.get("name"))
    return short


def _shortened(value: Any) -> Any:
    return value[:_MAX_TEXT_CHARS] if isinstance(value, str) else value
