"""Gift streaks: turns the many messages of a streak into exactly one final gift. Pure; time is an argument.

Source: protocol reference, section 4, "Gift". A gift of type 1 is repeated with a growing count and repeat_end 0, then
once with repeat_end 1; even a single one comes twice. Gifts of other types come once and count at once. One streak =
same user, gift and group (captured 2023: the group id is the time in ms at which the streak began). The end may be
missing.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Any, Final

STREAKABLE: Final = 1
MAX_OPEN: Final = 1_000
MAX_CLOSED: Final = 5_000
# A running streak is expected to send messages more often than this (assumed: its combo button is shown for less).
QUIET_S: Final = 5.0
# Filled in from an earlier message of the same streak when a message leaves them out.
_DETAILS: Final = ("name", "gift_type", "diamond_count", "image")

# Attributes of a streak -> their keys in the JSON of `changes`, which is stored on disk: they must not change.
_SAVED: Final = {name: name for name in ("last", "count", "published", "details", "replayed", "ended")} | {
    "reported": "told"
}

Event = dict[str, Any]
Json = dict[str, Any]
# The user and the gift; then, of a streak, the group id.
_UserGift = tuple[str | None, ...]
_Key = tuple[_UserGift, str | None]


@dataclass(slots=True)
class _Streak:
    """One streak and what has been said about it.

    `count` is the highest count received, `reported` that of its `gift_streak` events, `published` that of its `gift`
    events. `last` is the message that the final gift is made from; a closed streak has none. `ended`: its end came.
    """

    key: _Key
    last: Event
    last_at: float = 0.0
    count: int = 0
    reported: int = 0
    published: int = 0
    details: tuple[Any, ...] = (None,) * len(_DETAILS)
    replayed: bool = True
    ended: bool = False

    def add(self, event: Event, count: int, now: float) -> bool:
        """Add a message; return whether it increases the count."""
        self._fill_in_details(event["gift"])
        self.last_at = now
        self.replayed = self.replayed and event["replayed"]
        is_more, is_end = count > self.count, bool(event["gift"]["repeat_end"])
        if is_more or is_end:
            self.last, self.ended = event, is_end
        self.count = max(self.count, count)
        return is_more

    def _fill_in_details(self, gift: dict[str, Any]) -> None:
        new = (gift[key] for key in _DETAILS)
        self.details = tuple(old if value is None else value for value, old in zip(new, self.details, strict=True))
        gift.update(zip(_DETAILS, self.details, strict=True))


class Streaks:
    """The streaks of one room. Takes gift events as decoded; returns events with count, delta, diamonds, closed_by.

    `count` is the highest count received for the streak: it never goes back. `delta` is the part of it that no earlier
    event of the same name contained. So the deltas of a streak's `gift` events add up to the highest count received,
    which is the true one unless the last messages were lost; those of its `gift_streak` events add up to the count of
    the last of these, which the end may exceed. `diamonds` is the price of all `count`. `replayed` is true as long as
    the whole streak is from before the LIVE was joined, `late` if the last message that changed it was.

    There is one `gift` per streak, and another one, with the difference, only if a streak that was considered over
    continues. `closed_by` says why it was considered over:

    - end: its last message came, or it is a gift that makes no streaks.
    - superseded: its user has started another streak of the same gift, and nothing came for 5 s. So streaks that
      interleave do not end each other.
    - timeout: nothing came for `timeout_s`, or it was silent the longest when more than 1,000 streaks were running.
    - disconnect: nothing more will come.

    Without a group id, the next streak looks like the last one. A message starts a new streak if its count is 1 and the
    last streak was closed or silent for 5 s, or if the last one had its end and `timeout_s` have passed; history starts
    none. In doubt, gifts are missed rather than counted twice.

    Kept in memory: up to 1,000 running streaks with their last event, and the last 5,000 closed ones with their counts,
    some 8 MB in all. A message of a streak that was forgotten counts in full. Every message takes constant time.
    """

    def __init__(self, timeout_s: float = 60.0, *, track_changes: bool = False) -> None:
        self._timeout_s = timeout_s
        self._track_changes = track_changes
        # Running streaks, the longest silence first.
        self._open: OrderedDict[_Key, _Streak] = OrderedDict()
        # Those whose user has started another streak of the same gift: since when, the earliest first.
        self._superseded: OrderedDict[_Key, float] = OrderedDict()
        # The running streak with the latest message, by user and gift.
        self._latest: dict[_UserGift, _Key] = {}
        # Closed streaks, in the order in which they were closed.
        self._closed: OrderedDict[_Key, _Streak] = OrderedDict()
        # An ordered set: the streaks that changed since the last call of `changes`.
        self._changed: dict[_Key, None] = {}

    def feed(self, event: Event, now: float) -> list[Event]:
        """Take one gift message; return the resulting events, named gift or gift_streak. `now` is in seconds."""
        gift = event["gift"]
        count = max(gift["repeat_count"], 1)
        if gift["gift_type"] not in (STREAKABLE, None):
            return [_final_gift(event, count, count, "end", replayed=event["replayed"])]
        streak, events = self._streak_of(event, now)
        is_more = streak.add(event, count, now)
        self._mark_changed(streak.key)
        if gift["repeat_end"]:
            return events + self._close(streak, "end")
        if is_more or streak.key in self._open:
            events += self._keep_open(streak, now)
        if is_more:
            delta, streak.reported = streak.count - streak.reported, streak.count
            events.append(_counted("gift_streak", event, streak.count, delta, replayed=streak.replayed))
        return events

    def _streak_of(self, event: Event, now: float) -> tuple[_Streak, list[Event]]:
        """Return the streak of a message, and the final gift of the streak before it, if that is over by this."""
        key = _key(event)
        streak = self._open.get(key) or self._closed.get(key)
        if streak is None:
            return _Streak(key, event), []
        if key[1] is None and self._starts_another(streak, event, now):
            return _Streak(key, event), self._close(streak, "superseded")
        return streak, []

    def _starts_another(self, before: _Streak, event: Event, now: float) -> bool:
        """Return whether a message without a group id starts a new streak with the same key."""
        if event["replayed"]:
            return False
        silence_s = now - before.last_at
        is_first = event["gift"]["repeat_count"] <= 1 and not event["gift"]["repeat_end"]
        if before.key in self._open:
            return is_first and silence_s > QUIET_S
        return is_first or (before.ended and silence_s > self._timeout_s)

    def _keep_open(self, streak: _Streak, now: float) -> list[Event]:
        """Make this the running streak with the latest message; return the gift of one closed to make room, if any."""
        key, user_gift = streak.key, streak.key[0]
        self._closed.pop(key, None)
        self._open[key] = streak
        self._open.move_to_end(key)
        self._superseded.pop(key, None)
        before = self._latest.get(user_gift, key)
        self._latest[user_gift] = key
        if before != key:
            self._superseded[before] = now
        return self._close(self._longest_silent(), "timeout") if len(self._open) > MAX_OPEN else []

    def _longest_silent(self) -> _Streak:
        return next(iter(self._open.values()))

    def tick(self, now: float) -> list[Event]:
        """Close the streaks that are superseded or timed out; return their gifts.

        `now` is in seconds, on the clock of `feed`. Call it when `seconds_to_next_tick` have passed.
        """
        events: list[Event] = []
        while self._superseded:
            key, since = next(iter(self._superseded.items()))
            if now - since <= QUIET_S:
                break
            events += self._close(self._open[key], "superseded")
        while self._open and now - self._longest_silent().last_at > self._timeout_s:
            events += self._close(self._longest_silent(), "timeout")
        return events

    def seconds_to_next_tick(self, now: float) -> float:
        """Return for how long `tick` has nothing to do if no message comes: inf when no streak is running."""
        due = [since + QUIET_S for since in islice(self._superseded.values(), 1)]
        due += [streak.last_at + self._timeout_s for streak in islice(self._open.values(), 1)]
        return max(0.0, min(due, default=inf) - now)

    def close_all(self, closed_by: str) -> list[Event]:
        """Close all running streaks; return their gifts, the longest silence first."""
        return [event for streak in list(self._open.values()) for event in self._close(streak, closed_by)]

    def _mark_changed(self, key: _Key) -> None:
        if self._track_changes:
            self._changed[key] = None

    def changes(self, epoch_offset_s: float) -> dict[str, Json | None]:
        """Return what has changed since the last call, for `restore`: JSON values by key, None for a forgotten streak.

        Only with `track_changes`; it must then be called regularly, since the changes accumulate.

        `epoch_offset_s` is the time since 1970 minus `now`: the times in the values are since 1970.
        """
        changed, self._changed = self._changed, {}
        return {json.dumps(key): self._save(key, epoch_offset_s) for key in changed}

    def _save(self, key: _Key, epoch_offset_s: float) -> Json | None:
        streak = self._open.get(key) or self._closed.get(key)
        if streak is None:
            return None
        saved = {saved_as: getattr(streak, name) for name, saved_as in _SAVED.items()}
        return saved | {"last_at": streak.last_at + epoch_offset_s, "open": key in self._open}

    def restore(self, saved: Mapping[str, Json], epoch_offset_s: float, now: float) -> None:
        """Restore the accumulated `changes` of an earlier process, before the first message.

        Raises ValueError, KeyError.
        """
        streaks = [(_load(text, value, epoch_offset_s, now), value["open"]) for text, value in saved.items()]
        for streak, is_open in sorted(streaks, key=lambda pair: pair[0].last_at):
            if is_open:
                self._keep_open(streak, now)
            else:
                self._closed[streak.key] = streak

    def _close(self, streak: _Streak, closed_by: str) -> list[Event]:
        """Close a streak, running or not; return its gift if it has a count that no gift has published."""
        key, user_gift = streak.key, streak.key[0]
        self._open.pop(key, None)
        self._superseded.pop(key, None)
        if self._latest.get(user_gift) == key:
            del self._latest[user_gift]
        self._closed[key] = streak
        self._closed.move_to_end(key)
        self._mark_changed(key)
        if len(self._closed) > MAX_CLOSED:
            forgotten, _ = self._closed.popitem(last=False)
            self._mark_changed(forgotten)
        event, streak.last = streak.last, {}
        delta, streak.published = streak.count - streak.published, streak.count
        if delta == 0:
            return []
        return [_final_gift(event, streak.count, delta, closed_by, replayed=streak.replayed)]


def _load(text: str, saved: Json, epoch_offset_s: float, now: float) -> _Streak:
    user_gift, group = json.loads(text)
    values = {name: saved[saved_as] for name, saved_as in _SAVED.items()}
    values["details"] = tuple(values["details"])
    if values["last"]:
        # Earlier releases did not have this key.
        values["last"].setdefault("late", False)
    # The system's clock may have been set back since; no message is from the future.
    return _Streak((tuple(user_gift), group), last_at=min(saved["last_at"] - epoch_offset_s, now), **values)


def _key(event: Event) -> _Key:
    """Return what identifies a streak: user, gift and group. The user by id, or else by the best name that is known."""
    user = next(((key, event[key]) for key in ("user_id", "unique_id", "nickname") if event[key]), ())
    return (*user, event["gift_id"]), event["gift"]["group_id"]


def _final_gift(event: Event, count: int, delta: int, closed_by: str, *, replayed: bool) -> Event:
    return _counted("gift", event, count, delta, replayed=replayed) | {"closed_by": closed_by}


def _counted(name: str, event: Event, count: int, delta: int, *, replayed: bool) -> Event:
    price = event["gift"]["diamond_count"]
    return event | {
        "event_type": name,
        "replayed": replayed,
        "count": count,
        "delta": delta,
        "diamonds": None if price is None else price * count,
    }
