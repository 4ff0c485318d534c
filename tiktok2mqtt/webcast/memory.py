"""Knows the message ids of one room: the same message is never processed twice. Pure.

The like total of one LIVE, which on the wire goes back between messages or is missing.

What arrives and makes no event is counted, never fatal.

What is remembered of the gifts of a LIVE beyond the life of the process: shapes and the seam, no storage.
"""

import re
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

DEFAULT_CAPACITY: Final = 20_000


class Dedup:
    """Remembers the last `capacity` ids (2.3 MB when full). History and reconnects repeat far fewer."""

    def __init__(self, capacity: int = DEFAULT_CAPACITY) -> None:
        self._capacity = capacity
        self._seen: OrderedDict[int, None] = OrderedDict()

    def is_new(self, message_id: int) -> bool:
        """Return whether the id has not been seen, and remember it. 0 is no id and always new."""
        if message_id == 0:
            return True
        if message_id in self._seen:
            return False
        self._remember(message_id)
        return True

    def restore(self, message_ids: Iterable[int]) -> None:
        """Take over ids seen in an earlier life, the oldest first."""
        for message_id in message_ids:
            self._remember(message_id)

    def _remember(self, message_id: int) -> None:
        self._seen[message_id] = None
        if len(self._seen) > self._capacity:
            self._seen.popitem(last=False)


class LikeTotal:
    """Keeps the highest total known. `total` is None until something is known."""

    def __init__(self) -> None:
        self.total: int | None = None

    def add(self, batch: int, reported_total: int) -> int:
        """Take one like message; return the total now. A reported total of 0 means that it was left out."""
        floor = self.total or 0
        self.total = max(floor, reported_total) if reported_total > 0 else floor + max(batch, 0)
        return self.total


TYPE_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,64}")
MAX_COUNTED_TYPES: Final = 500


@dataclass(slots=True)
class Drops:
    """Counters of one room: frames by cause; messages of unknown type, and undecodable ones, by type."""

    frames: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    undecodable: Counter[str] = field(default_factory=Counter)


def count_type(counter: Counter[str], method: str) -> None:
    """Count a message type. The names are the peer's: odd ones, and too many of them, are counted together."""
    known = method in counter or (len(counter) < MAX_COUNTED_TYPES and TYPE_NAME.fullmatch(method))
    counter[method if known else "other"] += 1


Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Remembered:
    """The gifts of the LIVE `room_id`, as an earlier life left them.

    `message_ids` are those of the gift messages it has counted, the oldest first; `streaks` is for Streaks.restore;
    `undelivered` are `gift` events it had made and perhaps not passed on.
    """

    room_id: str
    message_ids: list[int]
    streaks: dict[str, Json]
    undelivered: list[Json]


@dataclass(frozen=True, slots=True)
class GiftChanges:
    """What has changed since the last time. A streak that is None is forgotten."""

    room_id: str
    message_ids: list[int] = field(default_factory=list)
    streaks: dict[str, Json | None] = field(default_factory=dict)
    undelivered: list[Json] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.message_ids or self.streaks or self.undelivered)


class GiftMemory(Protocol):
    """Keeps the gifts of rooms. Called from any thread; raises nothing."""

    def load(self, room: str) -> Remembered | None:
        """Return what is remembered of the room's last LIVE, or None."""
        ...

    def save(self, room: str, changes: GiftChanges) -> None:
        """Remember changes, before their events are passed on. Those of another LIVE replace what there was."""
        ...

    def delivered(self, room: str) -> None:
        """The events of the last `save` have been passed on."""
        ...
