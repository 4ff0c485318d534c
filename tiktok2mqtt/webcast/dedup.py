"""Knows the message ids of one room: the same message is never processed twice. Pure."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

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
