"""Gift streaks: from the many messages of a streak to exactly one final gift. Pure; time is an argument.

Source: protocol reference, section 4, "Gift". A gift of type 1 is repeated with a growing count and repeat_end 0, then
once with repeat_end 1; even a single one comes twice. Other types come once and count at once. One streak = same user,
gift and group (captured 2023: the group id is the time in ms at which the streak began). The end can be missing.
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
# A streak that goes on is expected to speak more often than this (assumed; its combo button is shown for less).
QUIET_S: Final = 5.0
# What a message may leave out and an earlier one of the same streak may have told.
_DETAILS: Final = ("name", "gift_type", "diamond_count", "image")

# What an earlier life leaves of a streak, beside its key, its time and whether it runs.
_SAVED: Final = ("last", "count", "told", "published", "details", "replayed", "ended")

Event = dict[str, Any]
Json = dict[str, Any]
_Stream = tuple[str | None, ...]
_Key = tuple[_Stream, str | None]


@dataclass(slots=True)
class _Streak:
    """`count` is the highest heard, `told` what `gift_streak` events have said of it, `published` what `gift` ones.

    `last` is the message that the final gift is made from; a closed streak keeps none. `ended` says that its end came.
    """

    key: _Key
    last: Event
    last_at: float = 0.0
    count: int = 0
    told: int = 0
    published: int = 0
    details: tuple[Any, ...] = (None,) * len(_DETAILS)
    replayed: bool = True
    ended: bool = False

    def hear(self, event: Event, count: int, now: float) -> bool:
        """Take a message; return whether it counts further than those before."""
        self._complete(event["gift"])
        self.last_at = now
        self.replayed = self.replayed and event["replayed"]
        is_news, is_end = count > self.count, bool(event["gift"]["repeat_end"])
        if is_news or is_end:
            self.last, self.ended = event, is_end
        self.count = max(self.count, count)
        return is_news

    def _complete(self, gift: dict[str, Any]) -> None:
        """Fill in what earlier messages told: it is the same gift."""
        said = (gift[key] for key in _DETAILS)
        self.details = tuple(known if new is None else new for new, known in zip(said, self.details, strict=True))
        gift.update(zip(_DETAILS, self.details, strict=True))


class Streaks:
    """The streaks of one room. Feed gift events as decoded; what comes out carries count, delta, diamonds, closed_by.

    `count` is the highest count heard of the streak: it never goes back. `delta` is what no earlier event of the same
    name has told of it. So the deltas of a streak's `gift` events sum to the highest count heard, that is to the truth
    unless the last messages were lost; those of its `gift_streak` events sum to the count of the last of these, which
    the end may exceed. `diamonds` is the price of all `count`. `replayed` is true while all of the streak was history.

    There is one `gift` per streak, and a further one, with the difference alone, only if a streak that was taken for
    over goes on. `closed_by` says why it was:

    - end: its last message came, or it is a gift that makes no streaks.
    - superseded: its user has sent another streak of the same gift since, and it has been silent for 5 s. Streaks that
      interleave are therefore left alone.
    - timeout: it has been silent for `timeout_s`, or longer than all others when more than 1,000 run at once.
    - disconnect: nothing more will come.

    Without a group id the next streak looks like the last. It is taken for another one when it begins at 1 after the
    last was closed, or after a silence of 5 s, or when the last had its end and `timeout_s` have passed; history begins
    none. When in doubt gifts are missed rather than doubled.

    Remembered are the 1,000 running streaks with their last event and the 5,000 closed last with their counts: some
    8 MB when full. A message of a streak closed before those counts in full. Every message takes constant time.
    """

    def __init__(self, timeout_s: float = 60.0, *, notes_changes: bool = False) -> None:
        self._timeout_s = timeout_s
        self._notes_changes = notes_changes
        # Running streaks, the longest silent first.
        self._open: OrderedDict[_Key, _Streak] = OrderedDict()
        # Those of them after which their user has sent another streak of the gift: since when, the earliest first.
        self._overtaken: OrderedDict[_Key, float] = OrderedDict()
        # The running streak that spoke last, by user and gift.
        self._latest: dict[_Stream, _Key] = {}
        # Closed streaks, in the order in which they were closed.
        self._closed: OrderedDict[_Key, _Streak] = OrderedDict()
        # Those that have changed since `changes` was asked: an ordered set.
        self._changed: dict[_Key, None] = {}

    def feed(self, event: Event, now: float) -> list[Event]:
        """Take one gift message; return the events it makes, named gift or gift_streak. `now` is in seconds."""
        gift = event["gift"]
        count = max(gift["repeat_count"], 1)
        if gift["gift_type"] not in (STREAKABLE, None):
            return [_finished(event, count, count, "end", replayed=event["replayed"])]
        streak, events = self._streak(event, now)
        is_news = streak.hear(event, count, now)
        self._note(streak.key)
        if gift["repeat_end"]:
            return events + self._close(streak, "end")
        if is_news or streak.key in self._open:
            events += self._run(streak, now)
        if is_news:
            delta, streak.told = streak.count - streak.told, streak.count
            events.append(_told("gift_streak", event, streak.count, delta, replayed=streak.replayed))
        return events

    def _streak(self, event: Event, now: float) -> tuple[_Streak, list[Event]]:
        """Return the streak of a message, and the final gift of the one before, if it ends that."""
        key = _key(event)
        streak = self._open.get(key) or self._closed.get(key)
        if streak is None:
            return _Streak(key, event), []
        if key[1] is None and self._is_another(streak, event, now):
            return _Streak(key, event), self._close(streak, "superseded")
        return streak, []

    def _is_another(self, before: _Streak, event: Event, now: float) -> bool:
        """Return whether a message without a group id is not of the streak whose key it has."""
        if event["replayed"]:
            return False
        silence_s = now - before.last_at
        begins = event["gift"]["repeat_count"] <= 1 and not event["gift"]["repeat_end"]
        if before.key in self._open:
            return begins and silence_s > QUIET_S
        return begins or (before.ended and silence_s > self._timeout_s)

    def _run(self, streak: _Streak, now: float) -> list[Event]:
        """Note that a streak runs; return the final gift of the one that is too many, if any."""
        key, stream = streak.key, streak.key[0]
        self._closed.pop(key, None)
        self._open[key] = streak
        self._open.move_to_end(key)
        self._overtaken.pop(key, None)
        before = self._latest.get(stream, key)
        self._latest[stream] = key
        if before != key:
            self._overtaken[before] = now
        return self._close(self._longest_silent(), "timeout") if len(self._open) > MAX_OPEN else []

    def _longest_silent(self) -> _Streak:
        return next(iter(self._open.values()))

    def tick(self, now: float) -> list[Event]:
        """Close the streaks that are superseded or have been silent for longer than the timeout; return their gifts.

        `now` is in seconds, on the clock of `feed`; to be called when `seconds_to_next_tick` have passed.
        """
        events: list[Event] = []
        while self._overtaken:
            key, since = next(iter(self._overtaken.items()))
            if now - since <= QUIET_S:
                break
            events += self._close(self._open[key], "superseded")
        while self._open and now - self._longest_silent().last_at > self._timeout_s:
            events += self._close(self._longest_silent(), "timeout")
        return events

    def seconds_to_next_tick(self, now: float) -> float:
        """Return how long `tick` has nothing to do unless something is fed: infinite when no streak runs."""
        due = [since + QUIET_S for since in islice(self._overtaken.values(), 1)]
        due += [streak.last_at + self._timeout_s for streak in islice(self._open.values(), 1)]
        return max(0.0, min(due, default=inf) - now)

    def close_all(self, closed_by: str) -> list[Event]:
        """Close every running streak; return their final gifts, the longest silent first."""
        return [event for streak in list(self._open.values()) for event in self._close(streak, closed_by)]

    def _note(self, key: _Key) -> None:
        if self._notes_changes:
            self._changed[key] = None

    def changes(self, clock: float) -> dict[str, Json | None]:
        """Return what has changed since the last call, for `restore`: a JSON value by key, None for what is forgotten.

        Only with `notes_changes`; then somebody must call it, or the notes grow.

        `clock` is the time of day less `now`, both in seconds: in the values, times are times of day.
        """
        changed, self._changed = self._changed, {}
        return {json.dumps(key): self._saved(key, clock) for key in changed}

    def _saved(self, key: _Key, clock: float) -> Json | None:
        streak = self._open.get(key) or self._closed.get(key)
        if streak is None:
            return None
        saved = {name: getattr(streak, name) for name in _SAVED}
        return saved | {"last_at": streak.last_at + clock, "open": key in self._open}

    def restore(self, saved: Mapping[str, Json], clock: float, now: float) -> None:
        """Take over what `changes` told in an earlier life, before the first event. Raises ValueError, KeyError."""
        streaks = [(self._restored(text, value, clock, now), value["open"]) for text, value in saved.items()]
        for streak, is_open in sorted(streaks, key=lambda pair: pair[0].last_at):
            if is_open:
                self._run(streak, now)
            else:
                self._closed[streak.key] = streak

    def _restored(self, text: str, saved: Json, clock: float, now: float) -> _Streak:
        stream, group = json.loads(text)
        values = {name: saved[name] for name in _SAVED}
        values["details"] = tuple(values["details"])
        # The clock may have been set back since: nothing was heard later than now.
        return _Streak((tuple(stream), group), last_at=min(saved["last_at"] - clock, now), **values)

    def _close(self, streak: _Streak, closed_by: str) -> list[Event]:
        """Close a streak, running or not; return its gift if there is anything to tell that no gift has told."""
        key, stream = streak.key, streak.key[0]
        self._open.pop(key, None)
        self._overtaken.pop(key, None)
        if self._latest.get(stream) == key:
            del self._latest[stream]
        self._closed[key] = streak
        self._closed.move_to_end(key)
        self._note(key)
        if len(self._closed) > MAX_CLOSED:
            forgotten, _ = self._closed.popitem(last=False)
            self._note(forgotten)
        event, streak.last = streak.last, {}
        delta, streak.published = streak.count - streak.published, streak.count
        if delta == 0:
            return []
        return [_finished(event, streak.count, delta, closed_by, replayed=streak.replayed)]


def _key(event: Event) -> _Key:
    """Return what tells streaks apart: user and gift, then the group. Of a user, the best that is known."""
    who = next(((key, event[key]) for key in ("user_id", "unique_id", "nickname") if event[key]), ())
    return (*who, event["gift_id"]), event["gift"]["group_id"]


def _finished(event: Event, count: int, delta: int, closed_by: str, *, replayed: bool) -> Event:
    gift = _told("gift", event, count, delta, replayed=replayed)
    gift["closed_by"] = closed_by
    return gift


def _told(name: str, event: Event, count: int, delta: int, *, replayed: bool) -> Event:
    price = event["gift"]["diamond_count"]
    return event | {
        "event_type": name,
        "replayed": replayed,
        "count": count,
        "delta": delta,
        "diamonds": None if price is None else price * count,
    }
