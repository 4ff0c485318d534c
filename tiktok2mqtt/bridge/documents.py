"""Which documents of a room have changed, and when each may be published. Pure: times are monotonic, in seconds."""

from collections.abc import Iterable
from math import inf
from typing import Final

WRITE_INTERVAL_S: Final = 1.0


class ChangedDocuments:
    """The documents that have changed since they were published. Callers hold the lock of the room.

    Each is published at most once in WRITE_INTERVAL_S, and `state` once in `state_interval_s` unless it is urgent.
    """

    def __init__(self, state_interval_s: float) -> None:
        self._state_interval_s = state_interval_s
        self._changed: set[str] = set()
        self._is_state_urgent = False
        self._written_at: dict[str, float] = {}

    def __contains__(self, document: str) -> bool:
        """Return whether a document will be published. Needs no lock."""
        return document in self._changed

    def is_new(self, documents: Iterable[str], *, urgent: bool) -> bool:
        """Return whether `add` would change anything. Needs no lock."""
        hurries = urgent and "state" in documents and not self._is_state_urgent
        return hurries or not self._changed.issuperset(documents)

    def add(self, documents: Iterable[str], *, urgent: bool) -> None:
        """Add documents that have changed; `urgent` if `state` is not to wait for its interval."""
        self._changed.update(documents)
        self._is_state_urgent |= urgent and "state" in documents

    def take_due(self, now: float) -> set[str]:
        """Remove and return the documents that are to be published now."""
        due = {name for name in self._changed if self._next_write_at(name) <= now}
        self._changed -= due
        if "state" in due:
            self._is_state_urgent = False
        self._written_at |= dict.fromkeys(due, now)
        return due

    def next_due(self) -> float | None:
        """Return when the next document is due; None if there is none."""
        return min(map(self._next_write_at, self._changed), default=None)

    def _next_write_at(self, document: str) -> float:
        waits = document == "state" and not self._is_state_urgent
        interval_s = max(WRITE_INTERVAL_S, self._state_interval_s) if waits else WRITE_INTERVAL_S
        return self._written_at.get(document, -inf) + interval_s
