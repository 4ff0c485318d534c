"""The state of a room, built from its events: the retained `state` document and the counters of a LIVE. No I/O.

Not thread-safe: `Room` holds its lock around each call.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tiktok2mqtt.bridge.mqtt.payloads import shortened

Json = dict[str, Any]
_COUNTERS: Final = (
    *("likes", "diamonds", "host_diamonds", "guest_diamonds", "gifts", "unpriced_gifts"),
    *("comments", "shares", "new_followers", "subscriptions"),
)
# The documents within the document, and the types of their values.
_TEXT: Final = str | None
_USER: Final = {"username": _TEXT, "nickname": _TEXT, "picture": _TEXT, "at": str}
_GIFT: Final = {"name": _TEXT, "gift_id": _TEXT, "image": _TEXT, "count": int, "diamonds": int | None}
_LAST: Final[Mapping[str, Mapping[str, Any]]] = {
    "last_gift": {**_GIFT, **_USER},
    "last_gifter": _USER,
    "top_gifter": {"diamonds": int, **_USER},
    "last_follower": _USER,
    "last_comment": {"text": str, **_USER},
}
# More than any LIVE has, and so much less than 64 bits that counting on is safe.
_MAX_COUNT: Final = 10**15
_SESSION_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MAX_GIFTERS: Final = 10_000
_MAX_TEXT_BYTES: Final = 1_024


@dataclass(frozen=True, slots=True)
class LiveInfo:
    """What TikTok says about a LIVE when it is joined; None is unknown. `started_at` is RFC 3339."""

    title: str | None = None
    started_at: str | None = None
    viewers: int | None = None
    likes: int | None = None
    followers: int | None = None


class RoomState:
    """The `state` document of one room. Replayed events are not counted; simulated ones only on request."""

    def __init__(self) -> None:
        self._state: Json = {}
        self._gifters: Counter[str] = Counter()
        self._last_chat: Json | None = None
        self._reset(None)
        self._state |= {"live": None, "watch": False, "goal": None}

    def _reset(self, session_id: str | None) -> None:
        self._gifters.clear()
        self._last_chat = None
        # Followers belong to the host, not to the session.
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
        """Return the document. Every key is always present, null if unknown. Texts are cut to 1 KiB each."""
        # Built here and not for each comment: most comments are replaced by the next one before a snapshot is taken.
        if (chat := self._last_chat) is not None:
            self._state["last_comment"] = {"text": chat["comment"], **_user(chat)}
        document = {key: _bounded(value) for key, value in self._state.items()}
        return document | {"goal_progress": self._progress()}

    def set_goal(self, goal: int | None) -> None:
        """Set the goal in diamonds per session; None for no goal. New sessions keep the goal."""
        self._state["goal"] = goal

    def _progress(self) -> float | None:
        goal = self._state["goal"]
        return round(100 * self._state["diamonds"] / goal, 1) if goal else None

    def set_connection(self, *, live: bool | None, watch: bool) -> bool:
        """Set the live status (None is unknown) and whether the room is watched; return whether anything changed."""
        before = (self._state["live"], self._state["watch"])
        self._state |= {"live": live, "watch": watch}
        if live is False:
            self._state["viewers"] = None
        return before != (live, watch)

    def begin_session(self, session_id: str, info: LiveInfo) -> None:
        """Apply what is known when a LIVE is joined. A new session id resets the counters."""
        if self._state["session_id"] != session_id:
            self._reset(session_id)
        state = self._state
        state["title"] = info.title or state["title"]
        state["started_at"] = info.started_at or state["started_at"]
        state["likes"] = max(state["likes"], info.likes or 0)
        if info.followers is not None:
            state["followers"] = info.followers
        if info.viewers is not None:
            self._set_viewers(info.viewers)

    def restore(self, saved: Json) -> bool:
        """Restore what `checked_snapshot` has returned; return False if it belongs to another session, or to none.

        What has been counted since the start is added.
        """
        state, session_id = self._state, saved["session_id"]
        if session_id is None or state["session_id"] not in (None, session_id):
            return False
        counters = {key: state[key] + saved[key] for key in _COUNTERS}
        # TikTok reports the total; we do not count likes.
        counters["likes"] = max(state["likes"], saved["likes"])
        peak = max(state["peak_viewers"] or 0, saved["peak_viewers"]) or None
        kept = {key: state[key] or saved[key] for key in (*_LAST, "title", "started_at")}
        state |= {"session_id": session_id, "room_id": session_id, "peak_viewers": peak} | counters | kept
        return True

    def apply(self, event: Json, *, count_simulated: bool = False) -> bool:
        """Apply one event; return whether it changed the document."""
        handler = _HANDLERS.get(event["event_type"])
        if handler is None or event["replayed"] or (event["source"] == "simulated" and not count_simulated):
            return False
        handler(self, event)
        return True

    def _set_viewers(self, count: int) -> None:
        self._state["viewers"] = count
        self._state["peak_viewers"] = max(count, self._state["peak_viewers"] or 0)

    def _chat(self, event: Json) -> None:
        self._state["comments"] += 1
        self._last_chat = event

    def _gift(self, event: Json) -> None:
        gift, delta, price = event["gift"], event["delta"], event["gift"]["diamond_count"]
        diamonds = delta * (price or 0)
        self._state["gifts"] += delta
        self._state["diamonds"] += diamonds
        # A gift that names no guest is for the host.
        self._state["guest_diamonds" if event.get("to_host") is False else "host_diamonds"] += diamonds
        if price is None:
            self._state["unpriced_gifts"] += delta
        self._state["last_gift"] = {
            "name": gift["name"],
            "gift_id": gift["gift_id"],
            "image": gift["image"],
            "count": event["count"],
            "diamonds": event["diamonds"],
            **_user(event),
        }
        self._state["last_gifter"] = _user(event)
        self._count_gifter(event, diamonds)

    def _count_gifter(self, event: Json, diamonds: int) -> None:
        user = event["user_id"] or event["unique_id"]
        if user is None or (user not in self._gifters and len(self._gifters) >= _MAX_GIFTERS):
            return
        self._gifters[user] += diamonds
        top = self._state["top_gifter"]
        if top is None or self._gifters[user] > top["diamonds"]:
            self._state["top_gifter"] = _user(event) | {"diamonds": self._gifters[user]}

    def _like(self, event: Json) -> None:
        self._state["likes"] = max(self._state["likes"], event["total_like_count"])

    def _room_user(self, event: Json) -> None:
        self._set_viewers(event["viewer_count"])

    def _follow(self, event: Json) -> None:
        self._state["new_followers"] += 1
        self._state["last_follower"] = _user(event)
        if event["follower_count"] is not None:
            self._state["followers"] = event["follower_count"]

    def _share(self, _event: Json) -> None:
        self._state["shares"] += 1

    def _subscribe(self, _event: Json) -> None:
        self._state["subscriptions"] += 1


_HANDLERS: Final[Mapping[str, Callable[[RoomState, Json], None]]] = {
    "chat": RoomState._chat,  # noqa: SLF001 - a table of its own methods
    "gift": RoomState._gift,  # noqa: SLF001
    "like": RoomState._like,  # noqa: SLF001
    "room_user": RoomState._room_user,  # noqa: SLF001
    "follow": RoomState._follow,  # noqa: SLF001
    "share": RoomState._share,  # noqa: SLF001
    "subscribe": RoomState._subscribe,  # noqa: SLF001
}


def checked_snapshot(saved: Any) -> Json:
    """Return what is restored of a snapshot that was retained at the broker, where others may have altered it.

    Raises ValueError if live, the session id or a counter is wrong. Other parts that are not as RoomState writes them
    become None.
    """
    if not isinstance(saved, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one error for all
    session_id, live = saved.get("session_id"), saved.get("live")
    if session_id is not None and not (isinstance(session_id, str) and _SESSION_ID.fullmatch(session_id)):
        raise ValueError("session_id is not an id")
    if not isinstance(live, bool | None):
        raise ValueError("live is not true, false or null")  # noqa: TRY004
    title, started_at = saved.get("title"), saved.get("started_at")
    return {
        "session_id": session_id,
        "live": live,
        **{key: _checked_count(saved.get(key), key) for key in (*_COUNTERS, "peak_viewers")},
        "title": title if isinstance(title, str) else None,
        "started_at": started_at if _is_time(started_at) else None,
        **{key: saved.get(key) if _has_shape(saved.get(key), shape) else None for key, shape in _LAST.items()},
    }


def _checked_count(value: Any, key: str) -> int:
    """Return a count. A counter that an earlier version did not have is missing."""
    if value is None:
        return 0
    if type(value) is not int or not 0 <= value <= _MAX_COUNT:
        raise ValueError(f"{key} is not a count")
    return value


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _has_shape(value: Any, shape: Mapping[str, Any]) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == shape.keys()
        and all(isinstance(value[key], kind) and not isinstance(value[key], bool) for key, kind in shape.items())
        and all(abs(number) <= _MAX_COUNT for number in value.values() if isinstance(number, int))
    )


def _user(event: Json) -> Json:
    # Not `unique_id`: Home Assistant drops an attribute of that name.
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


class Milestones:
    """Detects when a total that never decreases reaches multiples of `step`. With a step of 0 there are none."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._reached: int | None = None

    def reset(self, total: int | None) -> None:
        """Start at a total; None if it is unknown: then the first `update` reaches no milestone."""
        self._reached = None if total is None else self._below(total)

    def update(self, total: int) -> int | None:
        """Return the highest milestone reached since the last call, or None."""
        below = self._below(total)
        is_new = self._reached is not None and below > self._reached
        self._reached = max(below, self._reached or 0)
        return below if is_new else None

    def _below(self, total: int) -> int:
        return total - total % self._step if self._step else 0
