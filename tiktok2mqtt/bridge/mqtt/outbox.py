"""A bounded queue of many lanes in which nobody is pushed out by another's flood. Pure; not thread-safe.

What waits for the broker. Thread-safe; time is an argument.

Three classes (policies.QueueClass): state topics keep only their latest value; priority messages keep their order and
are dropped only when they are too old, and with a MessageStore they survive the end of the process; streaming messages
are bounded: the oldest one of the room that has most is dropped first and counted, and rooms take turns.
"""

import logging
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Final, Generic, Protocol, TypeVar

from tiktok2mqtt.bridge.mqtt.policies import QueueClass

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """At most `capacity` items in all. Lanes take turns; within a lane the order is that of `put`."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        # Both without empty lanes; the turns with the next one first.
        self._lanes: dict[str, deque[Item]] = {}
        self._turns: deque[str] = deque()

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Item]:
        for lane in self._lanes.values():
            yield from lane

    def put(self, name: str, item: Item) -> Item | None:
        """Take an item; return the one that had to go for it when there are too many: the oldest of a long lane."""
        shed = self._shed(name) if self._size >= self._capacity else None
        lane = self._lanes.get(name)
        if lane is None:
            self._lanes[name] = deque((item,))
            self._turns.append(name)
        else:
            lane.append(item)
        self._size += 1
        return shed

    def _shed(self, name: str) -> Item:
        own = len(self._lanes.get(name, ()))
        # Who floods has more than its share, which spares looking for the longest.
        has_its_share = own * len(self._lanes) >= self._capacity
        longest = name if has_its_share else max(self._lanes, key=lambda other: len(self._lanes[other]))
        item = self._lanes[longest].popleft()
        self._size -= 1
        if not self._lanes[longest]:
            del self._lanes[longest]
            self._turns.remove(longest)
        return item

    def head(self) -> Item | None:
        """Return the item whose turn it is, or None when there is none."""
        return self._lanes[self._turns[0]][0] if self._turns else None

    def pop(self) -> Item:
        """Take out the item whose turn it is. There must be one."""
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


logger = logging.getLogger(__name__)
# Looking up a member of an enumeration costs as much as taking the lock (Python 3.11).
_STATE: Final = QueueClass.STATE
_PRIORITY: Final = QueueClass.PRIORITY
STREAMING_CAPACITY: Final = 10_000
WINDOW: Final = 1_000
DELAYED_AFTER_S: Final = 5.0
# Common keys come before anything a viewer can write, and a quote inside a text is escaped: this is the key itself.
_NOT_DELAYED: Final = b'"delayed":false'
_DELAYED: Final = b'"delayed":true'


@dataclass(slots=True)
class Message:
    """One PUBLISH to be. `at` is when it was made, in monotonic seconds; drops are counted by `name` and by `room`.

    `number` is its place on disk, if it has one.
    """

    topic: str
    payload: bytes
    qos: int
    retain: bool
    queue_class: QueueClass
    at: float
    name: str = ""
    number: int | None = None
    room: str = ""

    def payload_at(self, now: float) -> bytes:
        """Return the payload as it goes out now: an event that waited for more than 5 s says so."""
        if now - self.at > DELAYED_AFTER_S and self.queue_class is not _STATE:
            return self.payload.replace(_NOT_DELAYED, _DELAYED, 1)
        return self.payload


class MessageStore(Protocol):
    """Where priority messages are kept beside memory; see SqliteMessageStore."""

    def add(self, message: Message) -> int | None:
        """Keep a message; return its number, or None when it cannot be kept."""
        ...

    def after(self, number: int, limit: int) -> list[Message]:
        """Return the next messages after `number`; -1 stands for all."""
        ...

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget messages."""
        ...

    def count(self) -> int:
        """Return how many messages are kept."""
        ...


class Outbox:
    """Messages on their way to the broker.

    `dropped` counts what was shed, and what grew too old, by name; `dropped_of` by room.

    With a `keeper`, priority messages are kept there until `done`, and those of an earlier run go first. At most
    `window` of them are in memory as well.
    """

    def __init__(
        self,
        streaming_capacity: int = STREAMING_CAPACITY,
        *,
        keeper: MessageStore | None = None,
        window: int = WINDOW,
        max_age_s: float = inf,
    ) -> None:
        self._lock = threading.Lock()
        self._state: dict[str, Message] = {}
        self._priority: deque[Message] = deque()
        self._streaming: FairQueue[Message] = FairQueue(streaming_capacity)
        self._keeper = keeper
        self._window = window
        self._max_age_s = max_age_s
        # Whether the keeper holds messages, after the number read last, that are not in memory.
        self._more_kept = keeper is not None
        self._read_last = 0
        self.dropped: Counter[str] = Counter()
        self.dropped_of: Counter[str] = Counter()

    def put(self, message: Message) -> None:
        """Take a message; never blocks on the broker."""
        with self._lock:
            if message.queue_class is _STATE:
                self._state[message.topic] = message
            elif message.queue_class is _PRIORITY:
                self._put_priority(message)
            else:
                shed = self._streaming.put(message.room, message)
                if shed is not None:
                    self.dropped[shed.name] += 1
                    self.dropped_of[shed.room] += 1

    def _put_priority(self, message: Message) -> None:
        if self._keeper is not None:
            message.number = self._keeper.add(message)
            if message.number is None:
                # It stays behind those that came before it.
                self._read_kept(-1)
            elif self._more_kept or len(self._priority) >= self._window:
                self._more_kept = True
                return
            else:
                self._read_last = message.number
        self._priority.append(message)

    def _read_kept(self, limit: int) -> None:
        """Take what the keeper holds into memory."""
        if self._keeper is None or not self._more_kept:
            return
        messages = self._keeper.after(self._read_last, limit)
        self._priority.extend(messages)
        if messages and messages[-1].number is not None:
            self._read_last = messages[-1].number
        self._more_kept = limit >= 0 and len(messages) == limit

    def done(self, messages: Iterable[Message]) -> None:
        """The broker has these: nobody needs to keep them any more."""
        with self._lock:
            self._forget(messages)

    def _forget(self, messages: Iterable[Message]) -> None:
        """Requires holding the lock."""
        numbers = [message.number for message in messages if message.number is not None]
        if self._keeper is not None and numbers:
            self._keeper.remove(numbers)

    def take(self, limit: int, *, qos1_limit: int, now: float) -> list[Message]:
        """Return up to `limit` messages, of which at most `qos1_limit` ask for an acknowledgement.

        State goes first, then priority, then streaming. The order of priority messages is that of `put`, as is that of
        a room's streaming ones. Priority messages that are too old at `now`, in monotonic seconds, are dropped.
        """
        out: list[Message] = []
        with self._lock:
            self._drop_old(now)
            # A class whose head may not go now waits; the next class may pass it.
            qos1_left = self._take_state(out, limit, qos1_limit)
            qos1_left = self._take_priority(out, limit, qos1_left)
            self._take_streaming(out, limit, qos1_left)
        return out

    def _take_state(self, out: list[Message], limit: int, qos1_left: int) -> int:
        for topic in list(self._state):
            message = self._state[topic]
            if len(out) >= limit or message.qos > qos1_left:
                break
            qos1_left -= message.qos
            out.append(self._state.pop(topic))
        return qos1_left

    def _take_priority(self, out: list[Message], limit: int, qos1_left: int) -> int:
        while len(out) < limit and self._head() and self._priority[0].qos <= qos1_left:
            qos1_left -= self._priority[0].qos
            out.append(self._priority.popleft())
        return qos1_left

    def _take_streaming(self, out: list[Message], limit: int, qos1_left: int) -> None:
        streaming = self._streaming
        while len(out) < limit and (head := streaming.head()) is not None and head.qos <= qos1_left:
            qos1_left -= head.qos
            out.append(streaming.pop())

    def _drop_old(self, now: float) -> None:
        """Requires holding the lock."""
        old: list[Message] = []
        while self._head() and now - self._priority[0].at > self._max_age_s:
            old.append(self._priority.popleft())
        if old:
            logger.warning("dropped %d events that had waited for the broker for too long", len(old))
            self.dropped.update(message.name for message in old)
            self.dropped_of.update(message.room for message in old)
            self._forget(old)

    def _head(self) -> bool:
        """Return whether there is a priority message, read into memory if need be."""
        if not self._priority:
            self._read_kept(self._window)
        return bool(self._priority)

    def __len__(self) -> int:
        with self._lock:
            return len(self._state) + len(self._priority) + self._more_kept + len(self._streaming)

    def lengths(self) -> dict[str, int]:
        """Return how many messages wait, by class; `priority` counts those that the broker has not acknowledged too."""
        with self._lock:
            kept = self._keeper.count() if self._keeper is not None else 0
            unkept = sum(message.number is None for message in self._priority)
            return {
                "state": len(self._state),
                "priority": kept + unkept,
                "streaming": len(self._streaming),
            }
