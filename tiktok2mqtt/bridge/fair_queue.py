"""A bounded queue of many lanes in which nobody is pushed out by another's flood. Pure; not thread-safe."""

from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """At most `capacity` items in all. Lanes take turns; within a lane the order is that of `put`."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        # In the order of their turns; none is empty.
        self._lanes: dict[str, deque[Item]] = {}

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Item]:
        for lane in self._lanes.values():
            yield from lane

    def put(self, lane: str, item: Item) -> Item | None:
        """Take an item; return the one that had to go for it when there are too many: the oldest of a long lane."""
        shed = self._shed(lane) if self._size >= self._capacity else None
        if lane not in self._lanes:
            self._lanes[lane] = deque()
        self._lanes[lane].append(item)
        self._size += 1
        return shed

    def _shed(self, lane: str) -> Item:
        own = len(self._lanes.get(lane, ()))
        # Who floods has more than its share, which spares looking for the longest.
        has_its_share = own * len(self._lanes) >= self._capacity
        return self._take(lane if has_its_share else max(self._lanes, key=lambda name: len(self._lanes[name])))

    def head(self) -> Item | None:
        """Return the item whose turn it is, or None when there is none."""
        for lane in self._lanes.values():
            return lane[0]
        return None

    def pop(self) -> Item:
        """Take out the item whose turn it is. There must be one."""
        name = next(iter(self._lanes))
        item = self._take(name)
        if len(self._lanes) > 1 and name in self._lanes:
            self._lanes[name] = self._lanes.pop(name)
        return item

    def _take(self, name: str) -> Item:
        lane = self._lanes[name]
        item = lane.popleft()
        self._size -= 1
        if not lane:
            del self._lanes[name]
        return item
