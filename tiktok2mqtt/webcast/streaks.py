"""Gift streaks: turns the many messages of a streak into exactly one final gift. Pure; time is an argument.

Source: protocol reference, section 4, "Gift". A gift of type 1 is repeated with a growing count and repeat_end 0, then
once with repeat_end 1; even a single one comes twice. Gifts of other types come once and count at once. One streak =
same user, gift, recipient and group (captured 2023: the group id is the time in ms at which the streak began). The end
may be missing.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from math import inf
from operator import itemgetter
from typing import Any, Final

from tiktok2mqtt.webcast.gift_types import STREAKABLE, type_name

MAX_OPEN: Final = 1_000
MAX_CLOSED: Final = 5_000
# A running streak is expected to send messages more often than this (assumed: its combo button is shown for less).
QUIET_S: Final = 5.0
# Filled in from an earlier message of the same streak when a message leaves them out.
_DETAILS: Final = ("name", "gift_type", "diamond_count", "image")
_details: Final = itemgetter(*_DETAILS)
# The keys of the event that say who gets the gift, filled in likewise.
_RECIPIENT: Final = ("recipient", "to_host")
# Attributes of a streak -> their keys in the JSON of `changes`, which is stored on disk: they must not change.
_SAVED: Final = {name: name for name in ("last", "count", "published", "details", "recipient", "replayed", "ended")} | {
    "reported": "told"
}
# Keys of the event and of its gift that earlier releases did not save.
_ADDED: Final = dict.fromkeys((*_RECIPIENT, "text_for_sender", "variant_id", "display_duration_ms"))
_ADDED_TO_GIFT: Final = dict.fromkeys(("sub_type", "is_gallery_gift", "series_name", "music", "repeat_end_name"))
Event = dict[str, Any]
Json = dict[str, Any]
# The user and the gift; then, of a streak, the group id and the user ID of the recipient.
_UserGift = tuple[str | None, ...]
_Key = tuple[_UserGift, str | None, str | None]


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
    recipient: Json = field(default_factory=dict)
    replayed: bool = True
    ended: bool = False

    def add(self, event: Event, count: int, now: float) -> bool:
        """Add a message; return whether it increases the count."""
        self._fill_in(event)
        self.last_at = now
        self.replayed = self.replayed and event["replayed"]
        is_more, is_end = count > self.count, bool(event["gift"]["repeat_end"])
        if is_more or is_end:
            self.last, self.ended = event, is_end
        self.count = max(self.count, count)
        return is_more

    def _fill_in(self, event: Event) -> None:
        gift = event["gift"]
        details = _details(gift)
        if None in details:
            details = tuple(old if value is None else value for value, old in zip(details, self.details, strict=True))
            if gift["gift_type"] is None:
                gift["gift_type_name"] = type_name(details[_DETAILS.index("gift_type")])
            gift.update(zip(_DETAILS, details, strict=True))
        self.details = details
        if event.get("recipient") is not None:
            self.recipient = {key: event.get(key) for key in _RECIPIENT}
        elif self.recipient:
            event |= self.recipient | {"recipient": dict(self.recipient["recipient"])}
            gift["to_user_id"] = self.recipient["recipient"]["user_id"]


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

    A gift of unknown type is treated as a streak, so that its counts are not added up, and ends like one. If its type
    is known from elsewhere and is not sent in streaks, it ends at once, and only the increase of its count is counted.
    A message that does not name the recipient belongs to the streak of the same user, gift and group that does.

    Without a group id, the next streak looks like the last one. A message starts a new streak if its count is 1 and the
    last streak was closed or silent for 5 s, or if the last one had its end and `timeout_s` have passed; history starts
    none. In doubt, gifts are missed rather than counted twice.

    Kept in memory: up to 1,000 running streaks with their last event, and the last 5,000 closed ones with their counts,
    some 8 MB in all. A message of a streak that was forgotten counts in full. Every message takes constant time. The
    tables are public for tests; no other module changes them.
    """

    def __init__(self, timeout_s: float = 15.0, *, track_changes: bool = False) -> None:
        self._timeout_s = timeout_s
        self._track_changes = track_changes
        # Running streaks, the longest silence first.
        self.open_streaks: OrderedDict[_Key, _Streak] = OrderedDict()
        # Streaks whose user has started another streak of the same gift, with the time of that, the earliest first.
        self.superseded: OrderedDict[_Key, float] = OrderedDict()
        # The running streak with the latest message, by user, gift and recipient.
        self.latest: dict[tuple[_UserGift, str | None], _Key] = {}
        # The last streak with a recipient, by user, gift and group.
        self._with_recipient: dict[tuple[_UserGift, str | None], _Key] = {}
        # Closed streaks, in the order in which they were closed.
        self.closed_streaks: OrderedDict[_Key, _Streak] = OrderedDict()
        # An ordered set: the streaks that changed since the last call of `changes`.
        self._changed: dict[_Key, None] = {}

    def feed(self, event: Event, now: float, *, is_type_sent: bool = True) -> list[Event]:
        """Take one gift message; return the resulting events, named gift or gift_streak. `now` is in seconds.

        `is_type_sent`: the message itself says the type of its gift. Otherwise it is known from elsewhere, or unknown.
        """
        gift, key = event["gift"], self._key_of(event)
        count = max(gift["repeat_count"] or 0, 1)
        is_single = gift["gift_type"] not in (STREAKABLE, None)
        if is_single and is_type_sent and key not in self.open_streaks:
            return [_final_gift(event, count, count, "end", replayed=event["replayed"])]
        streak, events = self._streak_of(key, event, now)
        is_more = streak.add(event, count, now)
        self._mark_changed(streak.key)
        if gift["repeat_end"] or is_single:
            return events + self._close(streak, "end")
        if is_more or streak.key in self.open_streaks:
            events += self._keep_open(streak, now)
        if is_more:
            delta, streak.reported = streak.count - streak.reported, streak.count
            events.append(_counted("gift_streak", event, streak.count, delta, replayed=streak.replayed))
        return events

    def _key_of(self, event: Event) -> _Key:
        """Return the key of a message's streak, which may have begun with messages that do not name the recipient."""
        user_gift, group, recipient = key = _key(event)
        if key in self.open_streaks or key in self.closed_streaks:
            return key
        same = (user_gift, group)
        other = self._with_recipient.get(same, key) if recipient is None else (*same, None)
        is_same = (group is not None and other in self.closed_streaks) or (
            other in self.open_streaks and (group is not None or not _is_first(event))
        )
        return other if is_same else key

    def _streak_of(self, key: _Key, event: Event, now: float) -> tuple[_Streak, list[Event]]:
        """Return the streak of a message, and the final gift of the streak before it, if that is over by this."""
        streak = self.open_streaks.get(key) or self.closed_streaks.get(key)
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
        is_first = _is_first(event)
        if before.key in self.open_streaks:
            return is_first and silence_s > QUIET_S
        return is_first or (before.ended and silence_s > self._timeout_s)

    def _keep_open(self, streak: _Streak, now: float) -> list[Event]:
        """Make this the running streak with the latest message; return the gift of one closed to make room, if any."""
        key, sender = streak.key, _without_group(streak.key)
        self.closed_streaks.pop(key, None)
        self.open_streaks[key] = streak
        self.open_streaks.move_to_end(key)
        self.superseded.pop(key, None)
        self._note_recipient(key)
        before = self.latest.get(sender, key)
        self.latest[sender] = key
        if before != key:
            self.superseded[before] = now
        return self._close(self._longest_silent(), "timeout") if len(self.open_streaks) > MAX_OPEN else []

    def _longest_silent(self) -> _Streak:
        return next(iter(self.open_streaks.values()))

    def tick(self, now: float) -> list[Event]:
        """Close the streaks that are superseded or timed out; return their gifts.

        `now` is in seconds, on the clock of `feed`. Call it when `seconds_to_next_tick` have passed.
        """
        events: list[Event] = []
        while self.superseded:
            key, since = next(iter(self.superseded.items()))
            if now - since <= QUIET_S:
                break
            events += self._close(self.open_streaks[key], "superseded")
        while self.open_streaks and now - self._longest_silent().last_at > self._timeout_s:
            events += self._close(self._longest_silent(), "timeout")
        return events

    def seconds_to_next_tick(self, now: float) -> float:
        """Return for how long `tick` has nothing to do if no message comes: inf when no streak is running."""
        due = [since + QUIET_S for since in islice(self.superseded.values(), 1)]
        due += [streak.last_at + self._timeout_s for streak in islice(self.open_streaks.values(), 1)]
        return max(0.0, min(due, default=inf) - now)

    def close_all(self, closed_by: str) -> list[Event]:
        """Close all running streaks; return their gifts, the longest silence first."""
        return [event for streak in list(self.open_streaks.values()) for event in self._close(streak, closed_by)]

    def _note_recipient(self, key: _Key) -> None:
        if key[2] is not None:
            self._with_recipient[key[:2]] = key

    def _mark_changed(self, key: _Key) -> None:
        if self._track_changes:
            self._changed[key] = None

    def changes(self, epoch_offset_s: float) -> dict[str, Json | None]:
        """Return what has changed since the last call, for `restore`: JSON values by key, None for a forgotten streak.

        Only with `track_changes`; it must then be called regularly, since the changes accumulate.

        `epoch_offset_s` is the time since 1970 minus `now`: the times in the values are since 1970.
        """
        changed, self._changed = self._changed, {}
        return {_text(key): self._save(key, epoch_offset_s) for key in changed}

    def _save(self, key: _Key, epoch_offset_s: float) -> Json | None:
        streak = self.open_streaks.get(key) or self.closed_streaks.get(key)
        if streak is None:
            return None
        saved = {saved_as: getattr(streak, name) for name, saved_as in _SAVED.items()}
        return saved | {"last_at": streak.last_at + epoch_offset_s, "open": key in self.open_streaks}

    def restore(self, saved: Mapping[str, Json], epoch_offset_s: float, now: float) -> None:
        """Restore the accumulated `changes` of an earlier process, before the first message.

        Raises ValueError, KeyError.
        """
        streaks = [(_load(text, value, epoch_offset_s, now), value["open"]) for text, value in saved.items()]
        for streak, is_open in sorted(streaks, key=lambda pair: pair[0].last_at):
            if is_open:
                self._keep_open(streak, now)
            else:
                self.closed_streaks[streak.key] = streak
                self._note_recipient(streak.key)

    def _close(self, streak: _Streak, closed_by: str) -> list[Event]:
        """Close a streak, running or not; return its gift if it has a count that no gift has published."""
        key, sender = streak.key, _without_group(streak.key)
        self.open_streaks.pop(key, None)
        self.superseded.pop(key, None)
        if self.latest.get(sender) == key:
            del self.latest[sender]
        self._note_recipient(key)
        self.closed_streaks[key] = streak
        self.closed_streaks.move_to_end(key)
        self._mark_changed(key)
        if len(self.closed_streaks) > MAX_CLOSED:
            forgotten, _ = self.closed_streaks.popitem(last=False)
            if self._with_recipient.get(forgotten[:2]) == forgotten:
                del self._with_recipient[forgotten[:2]]
            self._mark_changed(forgotten)
        event, streak.last = streak.last, {}
        delta, streak.published = streak.count - streak.published, streak.count
        if delta == 0:
            return []
        return [_final_gift(event, streak.count, delta, closed_by, replayed=streak.replayed)]


@lru_cache(MAX_OPEN)
def _text(key: _Key) -> str:
    """Return a key as it is saved."""
    return json.dumps(key)


def _load(text: str, saved: Json, epoch_offset_s: float, now: float) -> _Streak:
    user_gift, group, *recipient = json.loads(text)
    # Earlier releases did not save the recipient.
    saved = {"recipient": {}} | dict(saved)
    values = {name: saved[saved_as] for name, saved_as in _SAVED.items()}
    values["details"] = tuple(values["details"])
    if last := values["last"]:
        gift = _ADDED_TO_GIFT | {"skins": [], "batch_counts": []} | last["gift"]
        gift["gift_type_name"] = type_name(gift["gift_type"])
        values["last"] = _ADDED | {"gifts_in_box": [], "late": False} | last | {"gift": gift}
        recipient = recipient or [gift.get("to_user_id")]
    # The system's clock may have been set back since; no message is from the future.
    key = (tuple(user_gift), group, recipient[0] if recipient else None)
    return _Streak(key, last_at=min(saved["last_at"] - epoch_offset_s, now), **values)


def _key(event: Event) -> _Key:
    """Return what identifies a streak. People are identified by their id, or else by the best name available."""
    recipient = event.get("recipient")
    to = recipient and (recipient["user_id"] or recipient["unique_id"] or recipient["nickname"])
    return (*_name(event), event["gift_id"]), event["gift"]["group_id"], to


def _name(event: Event) -> tuple[str, ...]:
    if event["user_id"]:
        return "user_id", event["user_id"]
    return next(((key, event[key]) for key in ("unique_id", "nickname") if event[key]), ())


def _without_group(key: _Key) -> tuple[_UserGift, str | None]:
    return key[0], key[2]


def _is_first(event: Event) -> bool:
    """Return whether a message looks like the first one of a streak."""
    return (event["gift"]["repeat_count"] or 0) <= 1 and not event["gift"]["repeat_end"]


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
