"""The state of a room, built from its events: the retained `state` document and the counters of a LIVE. No I/O.

Not thread-safe: `Room` holds its lock around each call.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tiktok2mqtt.bridge.snapshot import (
    COUNTERS,
    LAST,
    NUMBERS,
    USER,
    VIEWERS,
    Totals,
    battle_summary,
    bounded,
    encode_totals,
)

Json = dict[str, Any]
_MAX_GIFTERS: Final = 10_000
# They take about 2 MB.
_MAX_FOLLOWERS: Final = 20_000
_TOTALS: Final = (*NUMBERS, *VIEWERS)


@dataclass(frozen=True, slots=True)
class LiveInfo:
    """What TikTok says about a LIVE when it is joined; None is unknown. `started_at` is RFC 3339."""

    title: str | None = None
    started_at: str | None = None
    viewers: int | None = None
    likes: int | None = None
    followers: int | None = None
    paused: bool | None = None

    def start_keys(self, session_id: str, cover_url: str | None, room_url: str | None) -> Json:
        """Return the keys of the event `live_started`."""
        keys = {"session_id": session_id, "title": self.title, "cover_url": cover_url}
        return keys | {"room_url": room_url, "started_at": self.started_at}


class RoomState:
    """The `state` document of one room. Replayed events are not counted; simulated ones only on request."""

    def __init__(self) -> None:
        self._state: Json = {}
        # Diamonds by user, and the users whose diamonds have changed since the totals were saved.
        self._gifters: Counter[str] = Counter()
        self._changed_gifters: set[str] = set()
        # Whether the counters include what earlier runs have counted of this session.
        self.is_complete = False
        # The users who have followed during the LIVE: many follow several times.
        self._followers: set[str] = set()
        self._new_followers: set[str] = set()
        self._last_chat: Json | None = None
        self._reset(None)
        self._state |= {"live": None, "watch": False, "goal": None}
        self._is_goal_reached = False

    def _reset(self, session_id: str | None) -> None:
        self._gifters.clear()
        self._changed_gifters.clear()
        self.is_complete = False
        self._followers.clear()
        self._new_followers.clear()
        self._last_chat = None
        self._is_goal_reached = False
        # Followers belong to the host, not to the session.
        followers = self._state.get("followers")
        self._state |= {
            "session_id": session_id,
            "room_id": session_id,
            "title": None,
            "started_at": None,
            "counting_since": None,
            "viewers": None,
            "peak_viewers": None,
            **dict.fromkeys(COUNTERS, 0),
            "followers": followers,
            "envelopes": [],
            "battle": None,
            "paused": None,
            **dict.fromkeys(LAST),
        }

    def snapshot(self) -> Json:
        """Return the document. Every key is always present, null if unknown. Texts are cut to 1 KiB each."""
        # Built here and not for each comment: most comments are replaced by the next one before a snapshot is taken.
        if (chat := self._last_chat) is not None:
            self._state["last_comment"] = {"text": chat["comment"], **_user(chat)}
        document = {key: bounded(value) for key, value in self._state.items()}
        return document | {"goal_progress": self._progress()}

    def set_goal(self, goal: int | None) -> None:
        """Set the goal in diamonds per session; None for no goal. New sessions keep the goal."""
        self._state["goal"] = goal
        self.goal_reached()

    def goal_reached(self) -> bool:
        """Return whether the goal has been reached since the last call, and since it was set."""
        goal, before = self._state["goal"], self._is_goal_reached
        self._is_goal_reached = goal is not None and self._state["diamonds"] >= goal
        return self._is_goal_reached and not before

    def set_battle(self, battle: Json | None) -> bool:
        """Set what the document says about the battle; return whether it has begun or ended, or another one has."""
        before, after = self._state["battle"], battle_summary(battle) if battle else None
        self._state["battle"] = after
        return (before and (before["battle_id"], before["status"])) != (after and (after["battle_id"], after["status"]))

    def _progress(self) -> float | None:
        goal = self._state["goal"]
        return round(100 * self._state["diamonds"] / goal, 1) if goal else None

    def set_connection(self, *, live: bool | None, watch: bool) -> bool:
        """Set the live status (None is unknown) and whether the room is watched; return whether anything changed.

        What is true of a LIVE only while it goes on is unknown from then on, see also `end_live`.
        """
        before = (self._state["live"], self._state["watch"])
        self._state |= {"live": live, "watch": watch}
        if not live:
            self._state |= {"viewers": None, "paused": None if live is None else False}
        if live is False:
            self._state["envelopes"] = []
        return before != (live, watch)

    def end_live(self) -> None:
        """Clear what described the LIVE that is over; the counters stay until the next one."""
        self._state |= {"title": None, "started_at": None}

    @property
    def paused(self) -> bool | None:
        """Whether the host has paused the LIVE; None is unknown."""
        paused: bool | None = self._state["paused"]
        return paused

    def begin_session(self, session_id: str, info: LiveInfo, at: str | None = None) -> None:
        """Apply what is known when a LIVE is joined, at a time in RFC 3339. A new session id resets the counters."""
        if self._state["session_id"] != session_id:
            self._reset(session_id)
        state = self._state
        state["title"] = info.title or state["title"]
        state["started_at"] = info.started_at or state["started_at"]
        # It never changes within a LIVE: for Home Assistant, that would be another reset of the counters.
        state["counting_since"] = state["counting_since"] or info.started_at or at
        if info.paused is not None:
            state["paused"] = info.paused
        state["likes"] = max(state["likes"], info.likes or 0)
        if info.followers is not None:
            state["followers"] = info.followers
        if info.viewers is not None:
            self._set_viewers(info.viewers)

    def restore(self, saved: Json) -> bool:
        """Restore what `checked_snapshot` has returned; return False if it belongs to another session, or to none.

        What has been counted since the start is added. After `restore_totals` the counters stay as they are.
        """
        state, session_id = self._state, saved["session_id"]
        if session_id is None or state["session_id"] not in (None, session_id):
            return False
        state |= {"session_id": session_id, "room_id": session_id}
        state |= {key: state[key] or saved[key] for key in (*LAST, "title", "started_at")}
        state["counting_since"] = saved["counting_since"] or saved["started_at"] or state["counting_since"]
        if not self.is_complete:
            # TikTok reports the total; we do not count likes.
            likes = max(state["likes"], saved["likes"])
            state |= {key: state[key] + saved[key] for key in COUNTERS} | {"likes": likes}
            state["peak_viewers"] = max(state["peak_viewers"] or 0, saved["peak_viewers"]) or None
        self.goal_reached()
        return True

    def totals(self, *, live: bool, over_id: str | None, with_viewers: bool, now: float) -> Totals | None:
        """Return the totals of the session, if there is one, for `restore_totals`; `live`: its start was published.

        `over_id` is the session whose end was published, and `now` is in seconds since 1970.
        """
        state, session_id = self._state, self._state["session_id"]
        if session_id is None:
            return None
        document = {key: state[key] for key in (_TOTALS if with_viewers else NUMBERS)}
        document |= {"session_id": session_id, "live": live, "over": session_id == over_id, "at": now}
        document["counting_since"] = state["counting_since"]
        changed, new_followers = tuple(self._changed_gifters), tuple(self._new_followers)
        return Totals(session_id, encode_totals(document), self._gifters, changed, self._followers, new_followers)

    def totals_saved(self) -> None:
        """Note that the current totals are on disk."""
        self._changed_gifters.clear()
        self._new_followers.clear()

    def restore_totals(self, saved: Json, gifters: Mapping[str, int], followers: Iterable[str] = ()) -> None:
        """Restore the totals of an earlier run, which `checked_snapshot` has returned, before the first event."""
        gift = saved["last_gift"]
        restored = self.restore(saved | {"last_gifter": {key: gift[key] for key in USER} if gift else None})
        self._gifters.update(gifters)
        self._followers.update(followers)
        self.is_complete = restored

    def apply(self, event: Json, *, count_simulated: bool = False) -> bool:
        """Apply one event; return whether it changed the document. The first event of a LIVE may begin its session."""
        handler = _HANDLERS.get(event["event_type"])
        if handler is None or event["replayed"]:
            return False
        if event["source"] == "simulated":
            if not count_simulated:
                return False
        elif event["session_id"] != self._state["session_id"]:
            self._reset(event["session_id"])
            self._state["counting_since"] = event["ts"]
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
        self._changed_gifters.add(user)
        top = self._state["top_gifter"]
        if top is None or self._gifters[user] > top["diamonds"]:
            self._state["top_gifter"] = _user(event) | {"diamonds": self._gifters[user]}

    def _like(self, event: Json) -> None:
        self._state["likes"] = max(self._state["likes"], event["total_like_count"] or 0)

    def _room_user(self, event: Json) -> None:
        count = event["viewer_count"]
        if count is None:
            return
        if event["late"] and self._state["viewers"] is not None:
            # The present number is known from the room info.
            self._state["peak_viewers"] = max(count, self._state["peak_viewers"] or 0)
        else:
            self._set_viewers(count)

    def _follow(self, event: Json) -> None:
        follower = event["user_id"] or event["unique_id"]
        if follower not in self._followers:
            self._state["new_followers"] += 1
            if follower is not None and len(self._followers) < _MAX_FOLLOWERS:
                self._followers.add(follower)
                self._new_followers.add(follower)
        self._state["last_follower"] = _user(event)
        if event["follower_count"] is not None:
            self._state["followers"] = event["follower_count"]

    def _share(self, _event: Json) -> None:
        self._state["shares"] += 1

    def _subscribe(self, event: Json) -> None:
        # A subscription given to several viewers may be one event for all, or one for each of them.
        self._state["subscriptions"] += event.get("gifted") or 1

    def _super_fan(self, event: Json) -> None:
        self._state["super_fans"] += event["what"] == "became"

    def _paused(self, _event: Json) -> None:
        self._state["paused"] = True

    def _resumed(self, _event: Json) -> None:
        self._state["paused"] = False

    def _envelopes(self, event: Json) -> None:
        self._state["envelopes"] = event["envelopes"]


_HANDLERS: Final[Mapping[str, Callable[[RoomState, Json], None]]] = {
    "chat": RoomState._chat,  # noqa: SLF001 - a table of its own methods
    "gift": RoomState._gift,  # noqa: SLF001
    "like": RoomState._like,  # noqa: SLF001
    "room_user": RoomState._room_user,  # noqa: SLF001
    "follow": RoomState._follow,  # noqa: SLF001
    "share": RoomState._share,  # noqa: SLF001
    "subscribe": RoomState._subscribe,  # noqa: SLF001
    "super_fan": RoomState._super_fan,  # noqa: SLF001
    "envelopes": RoomState._envelopes,  # noqa: SLF001
    "paused": RoomState._paused,  # noqa: SLF001
    "resumed": RoomState._resumed,  # noqa: SLF001
}


def _user(event: Json) -> Json:
    # Not `unique_id`: Home Assistant drops an attribute of that name.
    return {
        "username": event["unique_id"],
        "nickname": event["nickname"],
        "picture": event["profile_picture_url"],
        "at": event["ts"],
    }


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
