"""What waits for the broker. Thread-safe.

There are three classes (policies.QueueClass): of a state topic only the latest value is kept; priority messages keep
their order and are dropped only when they are too old, see PriorityQueue; streaming messages are bounded: the oldest
message of the room that has the most is dropped first and counted, and rooms take turns, see FairQueue.
"""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import inf
from typing import Final

from tiktok2mqtt.bridge.mqtt.database_connection import Write
from tiktok2mqtt.bridge.mqtt.message_store import Message, MessageStore
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.bridge.mqtt.queues import CHECK_INTERVAL_S, WINDOW, FairQueue, PriorityQueue
from tiktok2mqtt.common.times import Liveness

logger = logging.getLogger(__name__)
# Looking up a member of an enumeration costs as much as taking the lock (Python 3.11).
_STATE: Final = QueueClass.STATE
_PRIORITY: Final = QueueClass.PRIORITY
STREAMING_CAPACITY: Final = 10_000
# The pause between two uses of the disk: messages that are acknowledged in the meantime are deleted together.
BATCH_INTERVAL_S: Final = 0.02
# The disk may take this long before the thread counts as stuck.
STUCK_S: Final = 60.0
STOP_S: Final = 0.5


@dataclass(slots=True)
class Transaction:
    """Priority messages and database writes that are committed together; `saved` says afterwards whether they were."""

    messages: list[Message] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    saved: bool = False


class _Current(threading.local):
    """The open transaction of each thread."""

    transaction: Transaction | None = None


class Outbox:
    """Messages on their way to the broker.

    `dropped` counts messages that were dropped, for lack of space, because they were too old or because they cannot be
    sent, by name; `dropped_by_room` by room. Events of QoS 1 that were created before `waited_until` were held.

    With a `store`, priority messages are on disk until `done`, and those of an earlier run go first; at most `window`
    of them are in memory as well. Only `put`, `transaction` and the thread `tiktok2mqtt.outbox`, which runs from
    `start` to `stop`, use the disk; `take` and `done` never wait for it.
    """

    def __init__(
        self,
        streaming_capacity: int = STREAMING_CAPACITY,
        *,
        store: MessageStore | None = None,
        window: int = WINDOW,
        max_age_s: float = inf,
    ) -> None:
        self.dropped: Counter[str] = Counter()
        self.dropped_by_room: Counter[str] = Counter()
        self.liveness = Liveness("tiktok2mqtt.outbox")
        self._lock = threading.Lock()
        self._state: dict[str, Message] = {}
        self._streaming: FairQueue[Message] = FairQueue(streaming_capacity)
        self._streaming_capacity = streaming_capacity
        self._priority = PriorityQueue(store, window)
        # Events of QoS 1 are held until then, see `hold`; and the streaming ones among them.
        self._hold_until = -inf
        self._held: deque[Message] = deque()
        self.waited_until = -inf
        self._max_age_s = max_age_s
        self._current = _Current()
        self._has_store = store is not None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, message: Message) -> None:
        """Queue a message. Never waits for the broker; a priority message waits for the disk."""
        if message.queue_class is _PRIORITY:
            self._put_priority(message)
            return
        with self._lock:
            if message.queue_class is _STATE:
                self._state[message.topic] = message
            elif (dropped := self._streaming.put(message.room, message)) is not None:
                self._count_dropped((dropped,))

    def _put_priority(self, message: Message) -> None:
        transaction = self._current.transaction
        if transaction is not None:
            transaction.messages.append(message)
        else:
            self._priority.commit((message,))

    @contextmanager
    def transaction(self, write: Write | None = None) -> Iterator[Transaction]:
        """Commit the priority messages that this thread puts within the block, and `write`, in one transaction.

        They can be taken after the block, other messages at once. When the disk fails, the messages are queued anyway.
        A nested transaction is part of the outer one.
        """
        outer = self._current.transaction
        transaction = outer or Transaction()
        if write is not None:
            transaction.writes.append(write)
        if outer is not None:
            yield outer
            return
        self._current.transaction = transaction
        try:
            yield transaction
        finally:
            self._current.transaction = None
            if transaction.messages or transaction.writes:
                transaction.saved = self._priority.commit(transaction.messages, transaction.writes)

    def done(self, messages: Iterable[Message]) -> None:
        """Delete messages of QoS 1 that the broker has acknowledged, or that will not be sent again."""
        if priority := [message for message in messages if message.queue_class is _PRIORITY]:
            self._priority.done(priority)

    def drop(self, messages: Sequence[Message]) -> None:
        """Delete messages that were taken and cannot be sent, and count them as dropped."""
        with self._lock:
            self._count_dropped(messages)
        self.done(message for message in messages if message.qos)

    def put_again(self, messages: Sequence[Message]) -> None:
        """Queue messages of QoS 1 that were taken behind all others. A priority message waits for the disk.

        State is dropped if there is a newer message of its topic.
        """
        priority = [message for message in messages if message.queue_class is _PRIORITY]
        if priority:
            # Saved under a new number before the old one is deleted: a crash in between repeats them.
            self._priority.commit([replace(message, number=None) for message in priority])
            self.done(priority)
        for message in messages:
            if message.queue_class is _STATE:
                with self._lock:
                    self._state.setdefault(message.topic, message)
            elif message.queue_class is not _PRIORITY:
                self.put(message)

    def hold(self, until: float) -> None:
        """Take no events of QoS 1 until `release`, or until that time in monotonic seconds. Anything else goes on."""
        self._hold_until = self.waited_until = until

    def release(self, now: float) -> None:
        """Stop holding events."""
        if now < self._hold_until:
            self._hold_until, self.waited_until = -inf, now

    def release_unsaved(self, now: float) -> None:
        """Stop holding events if the next run would not find them."""
        if not self._has_store:
            self.release(now)

    def is_held(self, message: Message, now: float) -> bool:
        """Return whether a message that was taken must wait, because events are held."""
        return now < self._hold_until and message.is_acknowledged_event

    def is_too_old(self, message: Message, now: float) -> bool:
        """Return whether a priority message has waited for longer than it may."""
        return message.queue_class is _PRIORITY and message.created_at < now - self._max_age_s

    def take(self, limit: int, *, qos1_limit: int, now: float) -> list[Message]:
        """Remove and return up to `limit` messages, of which at most `qos1_limit` ask for an acknowledgement.

        State goes first, then priority, then streaming. The order of priority messages is that of their commits, the
        order of a room's streaming messages that of `put`. A class whose next message has to wait for an
        acknowledgement lets the following class pass. Priority messages that are too old at `now`, in monotonic
        seconds, are dropped.
        """
        taken: list[Message] = []
        self._drop_old(now)
        with self._lock:
            self._take_state(taken, limit, qos1_limit)
        qos1_left = qos1_limit - sum(message.qos for message in taken)
        is_holding = now < self._hold_until
        if not is_holding:
            priority = self._priority.take(limit - len(taken), qos1_left)
            taken += priority
            qos1_left -= sum(message.qos for message in priority)
        with self._lock:
            if is_holding:
                self._hold_streaming()
            elif self._held:
                qos1_left -= self._take_held(taken, limit, qos1_left)
            self._take_streaming(taken, limit, qos1_left)
        return taken

    def _hold_streaming(self) -> None:
        """Requires holding the lock."""
        for message in self._streaming.remove(lambda message: message.is_acknowledged_event):
            self._held.append(message)
            if len(self._held) > self._streaming_capacity:
                self._count_dropped((self._held.popleft(),))

    def _take_held(self, taken: list[Message], limit: int, qos1_left: int) -> int:
        """Take what was held; return how many messages. Requires holding the lock."""
        number = max(0, min(limit - len(taken), qos1_left, len(self._held)))
        taken += [self._held.popleft() for _ in range(number)]
        return number

    def _take_state(self, taken: list[Message], limit: int, qos1_left: int) -> None:
        for topic in list(self._state):
            message = self._state[topic]
            if len(taken) >= limit or message.qos > qos1_left:
                break
            qos1_left -= message.qos
            taken.append(self._state.pop(topic))

    def _take_streaming(self, taken: list[Message], limit: int, qos1_left: int) -> None:
        streaming = self._streaming
        while len(taken) < limit and (head := streaming.head()) is not None and head.qos <= qos1_left:
            qos1_left -= head.qos
            taken.append(streaming.pop())

    def _drop_old(self, now: float) -> None:
        if dropped := self._priority.drop_older_than(now - self._max_age_s):
            logger.warning("dropped %d events that had waited for the broker for too long", len(dropped))
            with self._lock:
                self._count_dropped(dropped)

    def _count_dropped(self, messages: Iterable[Message]) -> None:
        """Requires holding the lock."""
        for message in messages:
            self.dropped[message.name] += 1
            self.dropped_by_room[message.room] += 1

    def __len__(self) -> int:
        """Return how many messages can be taken now; more of them may be held, or still be on disk."""
        with self._lock:
            free = len(self._state) + len(self._streaming)
            return free if time.monotonic() < self._hold_until else free + len(self._priority) + len(self._held)

    def lengths(self) -> dict[str, int]:
        """Return how many messages wait, by class; `priority` includes those that are not acknowledged yet."""
        with self._lock:
            state, streaming = len(self._state), len(self._streaming) + len(self._held)
        return {"state": state, "priority": self._priority.unacknowledged, "streaming": streaming}

    # --- the disk ---

    def start(self, flush: Callable[[], object]) -> None:
        """Start the thread that saves, deletes and loads; `flush` is called when it has loaded messages to take."""
        if self._has_store:
            self._thread = threading.Thread(target=self._run, args=(flush,), name=self.liveness.name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Bring the disk up to date and end the thread; returns after 0.5 s at the latest."""
        self._stopping.set()
        self._priority.has_work.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def sync(self) -> bool:
        """Save, delete and load what is due on disk; return whether messages were loaded. The thread does it itself."""
        return self._priority.sync(time.monotonic())

    def _run(self, flush: Callable[[], object]) -> None:
        while not self._stopping.is_set():
            retry_at = self._priority.retry_at
            wait_s = CHECK_INTERVAL_S if retry_at is None else max(0.0, retry_at - time.monotonic())
            self._priority.has_work.wait(wait_s)
            self.liveness.beat(STUCK_S)
            if self.sync():
                flush()
            self.liveness.pause()
            self._stopping.wait(BATCH_INTERVAL_S)
        # What has failed before is tried once more.
        self._priority.sync(inf)


__all__ = ["Message", "Outbox", "Transaction"]
