"""The events of the last minutes, and the clients that receive new ones. Used in the event loop only.

Clients are bounded, and each has a bounded queue: one that does not keep up is closed and counted, never waited for.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson

Json = dict[str, Any]
# The memory for clients that come back, in events.
MEMORY: Final = 5_000
MAX_QUEUE: Final = 2_000
MAX_REPLAY_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the feed: its id, when it came (monotonic, in seconds), and what filters look at."""

    id: str
    number: int
    at: float
    room: str
    event_type: str
    ignored: bool
    data: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events a client receives: of one room or all (None), of some types or all (None)."""

    room: str | None = None
    only: frozenset[str] | None = None
    with_ignored: bool = True

    def matches(self, entry: Entry) -> bool:
        """Return whether the client receives it."""
        return (
            (self.room is None or entry.room == self.room)
            and (self.only is None or entry.event_type in self.only)
            and (self.with_ignored or not entry.ignored)
        )


class FeedFull(Exception):
    """There are as many clients as there may be."""


class Client:
    """One client: `next` returns the entries that have come, and None when the client is to be closed."""

    def __init__(self, wanted: Filter) -> None:
        self.wanted = wanted
        self.is_slow = False
        self._queue: deque[Entry] = deque()
        self._wake = asyncio.Event()
        self._closed = False

    def put(self, entry: Entry) -> bool:
        """Queue an entry that the client wants; return False if it does not keep up and is closed."""
        if self._closed or not self.wanted.matches(entry):
            return not self._closed
        if len(self._queue) >= MAX_QUEUE:
            self.is_slow = True
            self.close()
            return False
        self._queue.append(entry)
        self._wake.set()
        return True

    def close(self) -> None:
        """End it; what is queued is still delivered, unless it is slow."""
        self._closed = True
        self._wake.set()

    async def next(self) -> list[Entry] | None:
        """Wait for entries and return all of them; None at the end."""
        while not self._queue and not self._closed:
            self._wake.clear()
            await self._wake.wait()
        if self.is_slow or not self._queue:
            return None
        entries = list(self._queue)
        self._queue.clear()
        return entries


class Feed:
    """The memory and the clients."""

    def __init__(self, max_clients: int, now: Callable[[], float] = time.monotonic) -> None:
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._memory: deque[Entry] = deque(maxlen=MEMORY)
        self._clients: set[Client] = set()
        self._max_clients = max_clients
        self._others = 0
        self._now = now
        self.slow_clients = 0

    def publish(self, event: Json, *, ignored: bool) -> None:
        """Pass an event on to the clients."""
        self._number += 1
        number = self._number
        data = orjson.dumps(event).decode()
        entry = Entry(f"{self._epoch}-{number}", number, self._now(), event["room"], event["event_type"], ignored, data)
        self._memory.append(entry)
        for client in [one for one in self._clients if not one.put(entry)]:
            self._clients.discard(client)
            self.slow_clients += client.is_slow

    def open(self, wanted: Filter, last_id: str | None, replay_s: float = 0.0) -> Client:
        """Add a client, which first gets what it has missed. Raises FeedFull.

        That is what came after `last_id`; with the id of an earlier run, or none, what came in the last `replay_s`.
        """
        self.reserve()
        self._others -= 1
        client = Client(wanted)
        for entry in self._missed(last_id, replay_s):
            client.put(entry)
        self._clients.add(client)
        return client

    def reserve(self) -> None:
        """Count a connection that is not a client of the feed, until `release`. Raises FeedFull."""
        if self.clients >= self._max_clients:
            raise FeedFull(f"there are {self.clients} clients already; the setting web.max_clients allows no more")
        self._others += 1

    def release(self) -> None:
        """Undo `reserve`."""
        self._others -= 1

    @property
    def clients(self) -> int:
        """The number of connections."""
        return len(self._clients) + self._others

    def latest(self, room: str | None, count: int) -> list[Json]:
        """Return the latest events of a room, the oldest first."""
        found = [one for one in reversed(self._memory) if one.room == room][:count]
        return [orjson.loads(one.data) for one in reversed(found)]

    def remove(self, client: Client) -> None:
        """Forget a client; it may be unknown."""
        client.close()
        self._clients.discard(client)

    def close(self) -> None:
        """Close all clients, after what is queued."""
        for client in self._clients:
            client.close()

    def _missed(self, last_id: str | None, replay_s: float) -> Iterable[Entry]:
        epoch, _, number = (last_id or "").partition("-")
        if epoch == self._epoch and number.isdecimal():
            missed = [one for one in self._memory if one.number > int(number)]
        elif last_id is not None:
            # From before a restart of this program: all that came since then. Clients know the events by their ids.
            missed = [*self._memory]
        else:
            since = self._now() - min(replay_s, MAX_REPLAY_S)
            missed = [one for one in self._memory if replay_s and one.at >= since]
        return missed[-MAX_QUEUE + 1 :]
