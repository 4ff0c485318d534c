"""What the live view knows of each room: its documents, who gave and wrote most, and the viewers over time."""

import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tiktok2mqtt.cli.progress import counted
from tiktok2mqtt.cli.render import Document, number, person_name
from tiktok2mqtt.common.counts import gift_diamonds

_MAX_PEOPLE: Final = 5000
_SAMPLES: Final = 240
_SAMPLE_S: Final = 1.0
_SHOWN: Final = 3
_TOTALS: Final = ("likes", "diamonds", "gifts", "comments", "shares", "new_followers")


class RoomStats:
    """The last documents of a room, and what its events add up to. Times are Unix times in seconds."""

    def __init__(self, name: str, now: float) -> None:
        self.name = name
        self.state: Document = {}
        self.connection: Document = {}
        self.goal: int | None = None
        self.gift: Document = {}
        """The last gift, or the last step of a streak that still runs; `event_type` says which."""
        self.viewers: deque[int] = deque(maxlen=_SAMPLES)
        """The number of viewers, once a second while it is known."""
        self.peak_viewers = 0
        self.givers, self.writers = Ranking(), Ranking()
        self._since_state: Counter[str] = Counter()
        self._current: int | None = None
        self._sampled_at = now

    def update(self, subtopic: str, document: Document, now: float) -> None:
        """Take in one message of the room; ignores those that say nothing that is shown."""
        match subtopic:
            case "state":
                self.state = document
                self._since_state.clear()
                self._set_viewers(document.get("viewers"), now)
                self.peak_viewers = max(self.peak_viewers, number(document, "peak_viewers"))
                self.goal = number(document, "goal") or None
            case "connection":
                self.connection = document
            case "room_user":
                self._set_viewers(document.get("viewer_count"), now)
            case "gift" | "gift_streak":
                self.gift = document
        if document.get("replayed") is not True:
            self._count(subtopic, document)

    @property
    def is_live(self) -> bool:
        """Whether the room is known to be live."""
        return self.state.get("live") is True

    @property
    def is_seen(self) -> bool:
        """Whether anything has happened that a summary can tell."""
        return bool(self.state or self._current or self.givers.first(1) or self.writers.first(1))

    @property
    def current_viewers(self) -> int | None:
        """The last number of viewers, None if it is not known."""
        return self._current

    def total(self, key: str) -> int:
        """Return a counter of the LIVE: that of `state`, which comes every 15 s, and what has been counted since."""
        return number(self.state, key) + self._since_state[key]

    def sample(self, now: float) -> None:
        """Note the viewers, unless that was done less than a second ago."""
        if not 0 <= now - self._sampled_at < _SAMPLE_S:
            self._sampled_at = now
            if self._current is not None:
                self.viewers.append(self._current)

    def _set_viewers(self, value: object, now: float) -> None:
        if not isinstance(value, int):
            return
        if self._current is None:
            self.viewers.append(value)
            self._sampled_at = now
        self._current = value
        self.peak_viewers = max(self.peak_viewers, value)

    def _count(self, subtopic: str, document: Document) -> None:
        if subtopic == "gift":
            diamonds = gift_diamonds(document)
            self.givers.add(document, diamonds)
            self._since_state.update(diamonds=diamonds, gifts=number(document, "delta"))
        elif subtopic == "chat":
            self.writers.add(document, 1)
            self._since_state["comments"] += 1
        elif subtopic == "like":
            more = number(document, "total_like_count") - number(self.state, "likes")
            self._since_state["likes"] = max(more, self._since_state["likes"])


class Ranking:
    """Amounts by person. Of very many people, those with the smallest amounts are forgotten."""

    def __init__(self) -> None:
        self._amounts: Counter[str] = Counter()
        self._names: dict[str, str] = {}

    def add(self, document: Document, amount: int) -> None:
        """Add to the amount of the person who acts in an event."""
        key = next((str(document[key]) for key in ("user_id", "unique_id", "nickname") if document.get(key)), "")
        self._amounts[key] += amount
        self._names[key] = person_name(document)
        if len(self._amounts) > _MAX_PEOPLE:
            self._amounts = Counter(dict(self._amounts.most_common(_MAX_PEOPLE // 2)))
            self._names = {key: self._names[key] for key in self._amounts}

    def first(self, count: int) -> list[tuple[str, int]]:
        """Return the names and amounts of those with the most, at most `count`."""
        return [(self._names[key], amount) for key, amount in self._amounts.most_common(count) if amount > 0]


def summary(rooms: Iterable[RoomStats], seconds: float) -> list[str]:
    """Return the lines that are printed at the end, for the rooms that had something to show."""
    return [line for room in rooms if room.is_seen for line in _room_summary(room, seconds)]


def _room_summary(room: RoomStats, seconds: float) -> Iterator[str]:
    clock = time.strftime("%H:%M:%S", time.gmtime(seconds))
    yield f"@{room.name}, watched for {clock}"
    yield f"  viewers      {room.peak_viewers:,} at most, {room.current_viewers or 0:,} at the end"
    totals = [f"{room.total(key):,} {_words(key)}" for key in _TOTALS]
    yield f"  this LIVE    {', '.join(totals[:3])}"
    yield f"               {', '.join(totals[3:])}"
    if givers := room.givers.first(_SHOWN):
        yield f"  gave most    {_listed(givers, 'diamond')}"
    if writers := room.writers.first(_SHOWN):
        yield f"  wrote most   {_listed(writers, 'comment')}"


def _words(key: str) -> str:
    return key.replace("_", " ")


def _listed(people: Iterable[tuple[str, int]], unit: str) -> str:
    return ", ".join(f"{name} ({counted(amount, unit)})" for name, amount in people)


def is_told_twice(subtopic: str, document: Mapping[str, Any]) -> bool:
    """Return whether a `social` is published as an event of its own too, such as `follow`."""
    return subtopic == "social" and document.get("action_name") in {"follow", "share", "subscribe"}
