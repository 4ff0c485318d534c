"""What a session remembers of one LIVE (message ids, the like total, counters), and the interface for saving it.

Pure, without storage.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

DEFAULT_CAPACITY: Final = 20_000
TYPE_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,64}")
MAX_COUNTED_TYPES: Final = 500
Json = dict[str, Any]


class Dedup:
    """Remembers the last `capacity` message ids (2.3 MB when full). History and reconnects repeat far fewer."""

    def __init__(self, capacity: int = DEFAULT_CAPACITY) -> None:
        self._capacity = capacity
        self._seen: set[int] = set()
        # In the order in which they were seen.
        self._order: deque[int] = deque()

    def is_new(self, message_id: int) -> bool:
        """Return whether the id has not been seen, and remember it. 0 is not an id and always new."""
        if message_id == 0:
            return True
        if message_id in self._seen:
            return False
        self._seen.add(message_id)
        self._order.append(message_id)
        if len(self._order) > self._capacity:
            self._seen.discard(self._order.popleft())
        return True

    def restore(self, message_ids: Iterable[int]) -> None:
        """Remember ids that an earlier process has seen, the oldest first."""
        for message_id in message_ids:
            self.is_new(message_id)


class LikeTotal:
    """The highest like total of one LIVE; in the messages it sometimes decreases, or is missing.

    `total` is None until one is known.
    """

    def __init__(self) -> None:
        self.total: int | None = None

    def add(self, batch: int, reported_total: int) -> int:
        """Count one like message and return the total. A reported total of 0 means that the message has none."""
        floor = self.total or 0
        self.total = max(floor, reported_total) if reported_total > 0 else floor + max(batch, 0)
        return self.total


@dataclass(slots=True)
class Drops:
    """Counters of one room: frames by cause; messages of unknown type, undecodable and too large ones, by type.

    `bad_fields` counts what was left out or replaced in messages that were not dropped, by `Type.field`, see
    `events.repair`; it says nothing about what was dropped and is not compared.
    """

    frames: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    undecodable: Counter[str] = field(default_factory=Counter)
    too_large: Counter[str] = field(default_factory=Counter)
    bad_fields: Counter[str] = field(default_factory=Counter, compare=False)

    @property
    def errors(self) -> int:
        """The number of frames and messages that were dropped, without those of unknown type."""
        return self.frames.total() + self.undecodable.total() + self.too_large.total()


def count_type(counter: Counter[str], method: str) -> None:
    """Count a message type. The peer chooses the names: malformed ones, and those beyond 500, count as "other"."""
    known = method in counter or (len(counter) < MAX_COUNTED_TYPES and TYPE_NAME.fullmatch(method))
    counter[method if known else "other"] += 1


@dataclass(frozen=True, slots=True)
class SavedSession:
    """What an earlier process has saved of the LIVE `room_id`.

    `gift_ids` and `other_ids` are those of the messages it has processed, the oldest first; `streaks` is for
    Streaks.restore. `received_since_ms` is the service's time of the first response, None if there was none.
    """

    room_id: str
    gift_ids: list[int]
    streaks: dict[str, Json]
    other_ids: list[int] = field(default_factory=list)
    received_since_ms: int | None = None


@dataclass(slots=True)
class SessionChanges:
    """What has changed in a session since the last call. A streak that is None is to be deleted.

    `received_since_ms` is None unless it is new. Ids may be saved later, together with the next events that must not be
    lost, unless `is_urgent`: what makes a gift of a streak known is its count.
    """

    room_id: str
    gift_ids: list[int] = field(default_factory=list)
    streaks: dict[str, Json | None] = field(default_factory=dict)
    other_ids: list[int] = field(default_factory=list)
    received_since_ms: int | None = None
    is_urgent: bool = False

    def __bool__(self) -> bool:
        return bool(self.other_ids or self.gift_ids or self.streaks or self.received_since_ms is not None)


class SessionStore(Protocol):
    """Saves sessions by room, so that no gift is lost or repeated when the process ends. Thread-safe."""

    def load(self, room: str, room_id: str | None = None) -> SavedSession | None:
        """Return what is saved of the room's last LIVE, or None; with `room_id`, only if it is this one."""
        ...

    def transaction(self, room: str, changes: SessionChanges) -> AbstractContextManager[object]:
        """Return a context manager that saves `changes` at the end of the block.

        The block passes events to their handlers, and what these save is part of the same transaction. If the process
        ends before that, nothing is saved, and the next process finds the messages in the history of the LIVE. Changes
        of another LIVE replace what was saved. What is not urgent may be saved by a later transaction. A failing disk
        raises nothing.
        """
        ...

    def end_live(self, room: str) -> None:
        """Delete the users who have sent gifts in the room's LIVE: it is over."""
        ...
