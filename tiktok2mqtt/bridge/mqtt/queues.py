"""Queues of the outbox: a fair one for streaming messages, and an ordered one on disk for priority messages."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, Generic, TypeVar

from tiktok2mqtt.bridge.mqtt.database_connection import Write
from tiktok2mqtt.bridge.mqtt.message_store import Message, MessageStore

logger = logging.getLogger(__name__)
Item = TypeVar("Item")
WINDOW: Final = 1_000
# What has failed on disk is tried again after this time.
RETRY_S: Final = 5.0
# The files are checked this often: they may have been deleted.
CHECK_INTERVAL_S: Final = 2.0
# Messages that one transaction saves later, or deletes: it must fit the space kept free for deletions.
SAVE_BATCH: Final = 100
DELETE_BATCH: Final = 200
# After this many failed reads, messages on disk no longer hold up those in memory.
MAX_FAILED_READS: Final = 5


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
        # In a flood, the lane has its share or more and drops its own item, which saves the search for the longest
        # lane.
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

    def remove(self, is_removed: Callable[[Item], bool]) -> list[Item]:
        """Remove and return the items for which that is true, in the order of their lanes."""
        removed = [item for item in self if is_removed(item)]
        if removed:
            lanes = {name: deque(item for item in lane if not is_removed(item)) for name, lane in self._lanes.items()}
            self._lanes = {name: lane for name, lane in lanes.items() if lane}
            self._turns = deque(name for name in self._turns if name in self._lanes)
            self._size -= len(removed)
        return removed


class PriorityQueue:
    """A queue on disk, of which the next `window` messages are in memory; all of them without a `store`. Thread-safe.

    A message is saved before it can be taken. When the disk fails, the queue goes on in memory, in the same order.

    Only `commit` and `sync` use the disk, and they do not hold the lock of the other methods meanwhile: a slow disk
    delays nothing but other commits. `sync` has to be called, by one thread at a time, when `has_work` is set, at
    `retry_at` if that is not None, and otherwise every CHECK_INTERVAL_S.
    """

    def __init__(self, store: MessageStore | None, window: int = WINDOW) -> None:
        self.has_work = threading.Event()
        self.retry_at: float | None = None
        self._store = store
        self._window_size = window
        # Held during a commit, so that the order in memory is that on disk. Acquired before the other lock.
        self._committing = threading.Lock()
        # Guards what follows; never held while the disk is used.
        self._lock = threading.Lock()
        self._window: deque[Message] = deque()
        # Messages after the last loaded one, up to the newest, wait on disk or in `_unsaved`.
        self._last_loaded = 0
        self._waiting, self._newest = store.size() if store is not None else (0, 0)
        # By number: messages that the disk has not taken and the broker has not acknowledged.
        self._unsaved: dict[int, Message] = {}
        # Numbers of messages on disk that are to be deleted.
        self._acknowledged: list[int] = []
        self._in_flight = 0
        self._failed_reads = 0
        self._next_check = 0.0
        self._replacements = store.replacements if store is not None else 0
        self._load()

    def __len__(self) -> int:
        """Return how many messages can be taken now."""
        return len(self._window)

    @property
    def unacknowledged(self) -> int:
        """How many messages wait, on disk and in memory, or have been sent and not been acknowledged yet."""
        with self._lock:
            return len(self._window) + self._waiting + self._in_flight

    def commit(self, messages: Sequence[Message], writes: Sequence[Write] = ()) -> bool:
        """Append messages; they and `writes` are saved in one transaction. Return whether they were saved."""
        if self._store is None:
            with self._lock:
                self._window.extend(messages)
            return False
        with self._committing:
            for number, message in enumerate(messages, self._newest + 1):
                message.number = number
            saved = False
            try:
                saved = self._store.add(messages, writes)
            finally:
                with self._lock:
                    self._append(messages, saved=saved)
        return saved

    def _append(self, messages: Iterable[Message], *, saved: bool) -> None:
        """Requires holding both locks."""
        for message in messages:
            assert message.number is not None  # noqa: S101 - for the type checker: `commit` has set it
            if self._last_loaded == self._newest and len(self._window) < self._window_size:
                self._window.append(message)
                self._last_loaded = message.number
            else:
                self._waiting += 1
            self._newest = message.number
            if not saved:
                self._unsaved[message.number] = message
                self.has_work.set()

    def take(self, limit: int, qos1_limit: int) -> list[Message]:
        """Remove and return the next messages, at most `limit`, of which at most `qos1_limit` have QoS 1.

        Each of QoS 1 is to be passed to `done` at some time.
        """
        taken: list[Message] = []
        with self._lock:
            window = self._window
            while len(taken) < limit and window and window[0].qos <= qos1_limit:
                message = window.popleft()
                qos1_limit -= message.qos
                self._in_flight += message.qos
                taken.append(message)
            self._request_load()
        return taken

    def drop_older_than(self, created_at: float) -> list[Message]:
        """Remove and return the next messages while they were created before that time, in monotonic seconds."""
        dropped: list[Message] = []
        with self._lock:
            while self._window and self._window[0].created_at < created_at:
                dropped.append(self._window.popleft())
                self._forget(dropped[-1])
            self._request_load()
        return dropped

    def done(self, messages: Sequence[Message]) -> None:
        """Delete messages of QoS 1 that were taken: they have been acknowledged."""
        with self._lock:
            self._in_flight -= len(messages)
            for message in messages:
                self._forget(message)

    def _forget(self, message: Message) -> None:
        """Requires holding the lock."""
        if message.number is None:
            return
        if self._unsaved.pop(message.number, None) is None:
            self._acknowledged.append(message.number)
            self.has_work.set()

    # --- the disk ---

    def sync(self, now: float) -> bool:
        """Repair, delete, save and load what is due on disk; return whether messages were loaded.

        `now` is in seconds.
        """
        self.has_work.clear()
        is_due = self.retry_at is None or now >= self.retry_at
        # Deletions first: they make room for what is to be saved.
        is_well = not is_due or all([self._repair(now), self._delete_acknowledged(), self._save_unsaved()])
        loaded = (is_due or not self._failed_reads) and self._load()
        if is_due:
            self.retry_at = now + RETRY_S if self._failed_reads or not is_well else None
            self._return_space()
        return loaded

    def _repair(self, now: float) -> bool:
        """Return whether the disk can be used, as far as is known."""
        store = self._store
        if store is None or (store.is_well and now < self._next_check):
            return True
        self._next_check = now + CHECK_INTERVAL_S
        with self._committing:
            found, newest = store.repair(self._newest)
            with self._lock:
                self._waiting += found
                self._newest = newest
                if store.replacements > self._replacements:
                    self._replacements = store.replacements
                    self._unsaved = {
                        message.number: message for message in self._window if message.number
                    } | self._unsaved
        return store.is_well

    def _save_unsaved(self) -> bool:
        """Return False when the disk fails."""
        with self._lock:
            messages = list(islice(self._unsaved.values(), SAVE_BATCH))
        if self._store is None or not messages:
            return True
        if not self._store.add(messages):
            return False
        with self._lock:
            for message in messages:
                assert message.number is not None  # noqa: S101 - for the type checker
                if self._unsaved.pop(message.number, None) is None:
                    # Acknowledged while it was being saved.
                    self._acknowledged.append(message.number)
            if self._unsaved or self._acknowledged:
                self.has_work.set()
        return True

    def _delete_acknowledged(self) -> bool:
        """Return False when the disk fails."""
        while self._store is not None:
            with self._lock:
                numbers = self._acknowledged[:DELETE_BATCH]
            if not numbers:
                break
            if not self._store.remove(numbers):
                return False
            with self._lock:
                del self._acknowledged[: len(numbers)]
        return True

    def _return_space(self) -> None:
        """Make the file smaller once everything in it has been delivered: then there is little to move."""
        with self._lock:
            is_empty = not (self._waiting or self._in_flight or self._window or self._acknowledged)
        if self._store is not None and is_empty and self._store.return_space():
            self.has_work.set()

    def _request_load(self) -> None:
        """Requires holding the lock."""
        if self._room():
            self.has_work.set()

    def _room(self) -> int:
        """Return how many messages should be loaded; 0 while the window is half full. Requires holding the lock."""
        if self._last_loaded == self._newest or len(self._window) > self._window_size // 2:
            return 0
        return self._window_size - len(self._window)

    def _load(self) -> bool:
        """Fill the window; return whether anything was loaded."""
        with self._lock:
            room, after, last = self._room(), self._last_loaded, self._newest
            waiting = (message for number, message in self._unsaved.items() if number > after)
            unsaved = list(islice(waiting, room))
        if self._store is None or not room:
            return False
        saved = self._store.between(after, last, room)
        if saved is None and not self._gives_up_reading():
            return False
        self._failed_reads = 0
        # A message that was saved in the meantime is in both.
        found = {message.number: message for message in (*(saved or ()), *unsaved)}
        loaded = sorted(found.values(), key=lambda message: message.number or 0)[:room]
        with self._lock:
            self._window.extend(loaded)
            if len(loaded) < room or loaded[-1].number == last:
                self._last_loaded = last
                # What was committed in the meantime: in the life of a process, numbers have no gaps.
                self._waiting = self._newest - last
            else:
                self._last_loaded = loaded[-1].number or 0
                self._waiting -= len(loaded)
            self._request_load()
        return bool(loaded)

    def _gives_up_reading(self) -> bool:
        self._failed_reads += 1
        if self._failed_reads < MAX_FAILED_READS:
            return False
        logger.error("messages on disk cannot be read: they wait for the next start, and newer ones go first")
        return True
