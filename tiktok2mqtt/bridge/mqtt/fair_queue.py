"""A bounded queue of many lanes in which a flood drops no messages but its own. Pure; not thread-safe."""

from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """At most `capacity` items in all. Lanes take turns; within a lane the order is that of `put`."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        # Neither has empty lanes; the next turn comes first.
        self._lanes: dict[str, deque[Item]] = {}
        self._turns: deque[str] = deque()

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Item]:
        for lane in self._lanes.values():
            yield from lane

    def put(self, name: str, item: Item) -> Item | None:
        """Append an item; return the one that was dropped to make room, the oldest of the longest lane, or None."""
        dropped = self._drop_for(name) if self._size >= self._capacity else None
        lane = self._lanes.get(name)
        if lane is None:
            self._lanes[name] = deque((item,))
            self._turns.append(name)
        else:
            lane.append(item)
        self._size += 1
        return dropped

    def _drop_for(self, name: str) -> Item:
        own = len(self._lanes.get(name, ()))
        # A lane that floods has its share already, which saves looking for the longest.
        has_its_share = own * len(self._lanes) >= self._capacity
        longest = name if has_its_share else max(self._lanes, key=lambda other: len(self._lanes[other]))
        item = self._lanes[longest].popleft()
        self._size -= 1
        if not self._lanes[longest]:
            del self._lanes[longest]
            self._turns.remove(longest)
        return item

    def head(self) -> Item | None:
        """Return the next item, or None."""
        return self._lanes[self._turns[0]][0] if self._turns else None

    def pop(self) -> Item:
        """Remove and return the next item. There must be one."""
        name = self._turns[0]
        lane = self._lanes[name]
        item = lane.popleft()
        self._size -= 1
        if not lane:
            del self._lanes[name]
            self._turns.popleft()
        elif len(self._turns) > 1:
            self._turns.rotate(-1)
        return item
