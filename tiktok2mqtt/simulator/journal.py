"""A log of requests, of what clients did wrong, and of the simulator's own failures. Readable from any thread."""

from __future__ import annotations

import traceback
from collections import deque
from typing import Final, NamedTuple

_KEPT_REQUESTS: Final = 10_000
_KEPT_SENTENCES: Final = 1_000


class Request(NamedTuple):
    """One HTTP request or socket handshake; `when` is `time.monotonic()` in seconds."""

    method: str
    path: str
    query: dict[str, str]
    when: float


class Journal:
    """Bounded lists; the oldest entries are dropped first."""

    def __init__(self) -> None:
        self._requests: deque[Request] = deque(maxlen=_KEPT_REQUESTS)
        self._violations: deque[str] = deque(maxlen=_KEPT_SENTENCES)
        self._failures: deque[str] = deque(maxlen=_KEPT_SENTENCES)

    @property
    def requests(self) -> list[Request]:
        """The requests so far."""
        return list(self._requests)

    @property
    def violations(self) -> list[str]:
        """What clients did wrong, one sentence each."""
        return list(self._violations)

    @property
    def failures(self) -> list[str]:
        """Tracebacks of exceptions within the simulator."""
        return list(self._failures)

    def request(self, request: Request) -> None:
        """Record a request."""
        self._requests.append(request)

    def violation(self, sentence: str) -> None:
        """Record what a client did wrong."""
        self._violations.append(sentence)

    def failure(self, error: BaseException) -> None:
        """Record an unexpected exception."""
        self._failures.append("".join(traceback.format_exception(error)))

    def check(self) -> None:
        """Raise AssertionError if there are violations or failures."""
        found = [*self.violations, *self.failures]
        if found:
            raise AssertionError("the simulator saw:\n- " + "\n- ".join(found))
