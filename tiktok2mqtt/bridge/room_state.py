"""What is known of a room, kept from its events: the retained snapshot, counters per LIVE session. No I/O.

Not thread-safe: its owner holds the room's lock around each call.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tiktok2mqtt.bridge.mqtt.payloads import shortened

Json = dict[str, Any]
_COUNTERS: Final = ("likes", "diamonds", "gifts", "comments", "shares", "new_followers", "subscriptions")
_LAST: Final = ("last_gift", "last_gifter", "top_gifter", "last_follower", "last_comment")
_COUNTED_GIFTERS: Final = 10_000
_MAX_TEXT_BYTES: Final = 1_024


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What the service tells of a LIVE before any event; None is unknown. `started_at` is RFC 3339."""

    title: str | None = None
    started_at: str | None = None
    viewers: int | None = None
    likes: int | None = None
    followers: int | None = None


class RoomState:
    """The document of one room. Replayed and simulated events change nothing in it, unless the latter are to count."""

    def __init__(self) -> None:
        self._state: Json = {}
        self._gifters: Counter[str] = Counter()
        self._last_chat: Json | None = None
        self._reset(None)
        self._state |= {"live": None, "watch": False, "goal": None}

    def _reset(self, session_id: str | None) -> None:
        self._gifters.clear()
        self._last_chat = None
        # The number of followers is the host's, not the session's.
        followers = self._state.get("followers")
        self._state |= {
            "session_id": session_id,
            "room_id": session_id,
            "title": None,
            "started_at": None,
            "viewers": None,
            "peak_viewers": None,
            **dict.fromkeys(_COUNTERS, 0),
            "followers": followers,
            **dict.fromkeys(_LAST),
        }

    def snapshot(self) -> Json:
        """Return the document: live, viewers, counters, people ...; every key is always there, null if unknown.

        Texts are cut to 1 KiB each.
        """
        # Most comments are followed by another one before anybody looks.
        if (chat := self._last_chat) is not None:
            self._state["last_comment"] = {"text": chat["comment"], **_person(chat)}
        document = {key: _bounded(value) for key, value in self._state.items()}
        return document | {"goal_progress": self._progress()}

    def set_goal(self, goal: int | None) -> None:
        """Set how many diamonds a session should bring; None for no goal. It outlives the session."""
        self._state["goal"] = goal

    def _progress(self) -> float | None:
        goal = self._state["goal"]
        return round(100 * self._state["diamonds"] / goal, 1) if goal else None

    def set_link(self, *, live: bool | None, watch: bool) -> bool:
        """Take over what the connection knows; return whether anything changed."""
        before = (self._state["live"], self._state["watch"])
        self._state |= {"live": live, "watch": watch}
        if live is False:
            self._state["viewers"] = None
        return before != (live, watch)

    def begin(self, session_id: str, facts: RoomFacts) -> None:
        """Take over what is known at connect. A new session id sets the counters back."""
        if self._state["session_id"] != session_id:
            self._reset(session_id)
        state = self._state
        state["title"] = facts.title or state["title"]
        state["started_at"] = facts.started_at or state["started_at"]
        state["likes"] = max(state["likes"], facts.likes or 0)
        if facts.followers is not None:
            state["followers"] = facts.followers
        if facts.viewers is not None:
            self._viewers(facts.viewers)

    def recall(self, left: Json) -> bool:
        """Take over what an earlier run has left of its session, a snapshot; return whether it can be this one.

        What was counted since is added. Raises ValueError, TypeError or KeyError when it is no snapshot of ours; then
        nothing is changed.
        """
        state, session_id = self._state, left["session_id"]
        if not isinstance(session_id, str) or state["session_id"] not in (None, session_id):
            return False
        counters = {key: state[key] + _count(left[key]) for key in _COUNTERS}
        # A total of the service's, not a count of ours.
        counters["likes"] = max(state["likes"], _count(left["likes"]))
        peak = max(state["peak_viewers"] or 0, _count(left["peak_viewers"] or 0)) or None
        people = {key: state[key] or _document(left[key]) for key in _LAST}
        texts = {key: state[key] or _text(left[key]) for key in ("title", "started_at")}
        state |= {"session_id": session_id, "room_id": session_id, "peak_viewers": peak} | counters | people | texts
        return True

    def apply(self, event: Json, *, count_simulated: bool = False) -> bool:
        """Take one event; return whether it changed the document."""
        change = _CHANGES.get(event["event_type"])
        if change is None or event["replayed"] or (event["source"] == "simulated" and not count_simulated):
            return False
        change(self, event)
        return True

    def _viewers(self, count: int) -> None:
        self._state["viewers"] = count
        self._state["peak_viewers"] = max(count, self._state["peak_viewers"] or 0)

    def _chat(self, event: Json) -> None:
        self._state["comments"] += 1
        self._last_chat = event

    def _gift(self, event: Json) -> None:
        gift, delta = event["gift"], event["delta"]
        diamonds = delta * (gift["diamond_count"] or 0)
        self._state["gifts"] += delta
        self._state["diamonds"] += diamonds
        self._state["last_gift"] = {
            "name": gift["name"],
            "gift_id": gift["gift_id"],
            "image": gift["image"],
            "count": event["count"],
            "diamonds": event["diamonds"],
            **_person(event),
        }
        self._state["last_gifter"] = _person(event)
        self._count_gifter(event, diamonds)

    def _count_gifter(self, event: Json, diamonds: int) -> None:
        who = event["user_id"] or event["unique_id"]
        if who is None or (who not in self._gifters and len(self._gifters) >= _COUNTED_GIFTERS):
            return
        self._gifters[who] += diamonds
        top = self._state["top_gifter"]
        if top is None or self._gifters[who] > top["diamonds"]:
            self._state["top_gifter"] = _person(event) | {"diamonds": self._gifters[who]}

    def _like(self, event: Json) -> None:
        self._state["likes"] = max(self._state["likes"], event["total_like_count"])

    def _room_user(self, event: Json) -> None:
        self._viewers(event["viewer_count"])

    def _follow(self, event: Json) -> None:
        self._state["new_followers"] += 1
        self._state["last_follower"] = _person(event)
        if event["follower_count"] is not None:
            self._state["followers"] = event["follower_count"]

    def _share(self, _event: Json) -> None:
        self._state["shares"] += 1

    def _subscribe(self, _event: Json) -> None:
        self._state["subscriptions"] += 1


_CHANGES: Final[Mapping[str, Callable[[RoomState, Json], None]]] = {
    "chat": RoomState._chat,  # noqa: SLF001 - the class's own table
    "gift": RoomState._gift,  # noqa: SLF001
    "like": RoomState._like,  # noqa: SLF001
    "room_user": RoomState._room_user,  # noqa: SLF001
    "follow": RoomState._follow,  # noqa: SLF001
    "share": RoomState._share,  # noqa: SLF001
    "subscribe": RoomState._subscribe,  # noqa: SLF001
}


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def _document(value: Any) -> Json | None:
    if not isinstance(value, dict | None):
        raise TypeError("not an object")
    return value


def _text(value: Any) -> str | None:
    if not isinstance(value, str | None):
        raise TypeError("not a text")
    return value


def _person(event: Json) -> Json:
    # Home Assistant drops an attribute called unique_id.
    return {
        "username": event["unique_id"],
        "nickname": event["nickname"],
        "picture": event["profile_picture_url"],
        "at": event["ts"],
    }


def _bounded(value: Any) -> Any:
    match value:
        case str():
            return shortened(value, _MAX_TEXT_BYTES)
        case dict():
            return {key: _bounded(item) for key, item in value.items()}
    return value
