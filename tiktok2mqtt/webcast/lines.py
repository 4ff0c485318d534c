"""Connections that rest between two requests, for whoever asks the same host next."""

import threading
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Final
from weakref import WeakSet

from urllib3.util import wait_for_read

MOST: Final = 32
# Longer than the minute between two look-ups of one room, shorter than middle boxes remember a silent connection.
REST_S: Final = 90.0
# Scheme, host and port, proxy.
Key = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class _Resting:
    key: Key
    connection: HTTPConnection
    since: float


class Lines:
    """MOST connections at most, none of them for longer than REST_S; and none once all who have put one have left.

    `now` is on the monotonic clock, in seconds. Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # The longest first.
        self._resting: list[_Resting] = []
        self._users: WeakSet[object] = WeakSet()

    def take(self, key: Key, now: float) -> HTTPConnection | None:
        """Return the connection of that key that was used last; None when there is none."""
        while (connection := self._pop(key, now)) is not None:
            # There is something to read when the service has closed it, or speaks unasked.
            if not wait_for_read(connection.sock, 0.0):
                return connection
            connection.close()
        return None

    def _pop(self, key: Key, now: float) -> HTTPConnection | None:
        with self._lock:
            self._shrink(now)
            for index in reversed(range(len(self._resting))):
                if self._resting[index].key == key:
                    return self._resting.pop(index).connection
        return None

    def put(self, key: Key, connection: HTTPConnection, user: object, now: float) -> None:
        """Let a connection rest that `user` has no more use for."""
        with self._lock:
            self._users.add(user)
            self._resting.append(_Resting(key, connection, now))
            self._shrink(now)

    def _shrink(self, now: float) -> None:
        """Close what is too old or too much. Requires holding the lock."""
        while self._resting and (len(self._resting) > MOST or self._resting[0].since < now - REST_S):
            self._resting.pop(0).connection.close()

    def leave(self, user: object) -> None:
        """Note that `user` has gone; the last one takes all connections along."""
        with self._lock:
            self._users.discard(user)
            while self._resting and not self._users:
                self._resting.pop().connection.close()
