"""Times as events and documents show them.

How long to wait before the next try.

How a thread shows that it still goes on, for a watchdog.
"""

import random
import time
from datetime import UTC, datetime
from functools import lru_cache
from math import inf
from typing import Final

# The years 1 to 9999, which is what RFC 3339 can say.
_FIRST_MS: Final = -62_135_596_800_000
_LAST_MS: Final = 253_402_300_799_999


def timestamp(seconds: float) -> str:
    """Return seconds since 1970 as RFC 3339 text in UTC with milliseconds; what that cannot say becomes 1970."""
    if not _FIRST_MS <= seconds * 1000 <= _LAST_MS:
        seconds = 0.0
    return timestamp_ms(round(seconds * 1_000_000) // 1000)


def timestamp_ms(milliseconds: int) -> str:
    """Return milliseconds since 1970 as `timestamp` does."""
    if not _FIRST_MS <= milliseconds <= _LAST_MS:
        milliseconds = 0
    seconds, rest = divmod(milliseconds, 1000)
    return f"{_second(seconds)}.{rest:03d}Z"


@lru_cache(64)
def _second(seconds: int) -> str:
    """Return a whole second; events come many to a second."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]


FIRST_S: Final = 1.0
CAP_S: Final = 300.0


class Backoff:
    """Exponential backoff from 1 s to `cap_s` (5 min) with full jitter. `attempt` counts the delays since a reset."""

    def __init__(self, rng: random.Random | None = None, cap_s: float = CAP_S) -> None:
        self._cap_s = cap_s
        self._rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        self.attempt = 0

    def next_delay_s(self, at_least_s: float = 0.0) -> float:
        """Return the next delay in seconds; never below `at_least_s`."""
        ceiling = min(self._cap_s, FIRST_S * 2 ** min(self.attempt, 16))
        self.attempt += 1
        return max(at_least_s, self._rng.uniform(0.0, ceiling))

    def around_s(self, interval_s: float) -> float:
        """Return an interval with a tenth of jitter either way, so that many rooms do not ask at once."""
        return interval_s * self._rng.uniform(0.9, 1.1)

    def reset(self) -> None:
        """Begin again at the first delay."""
        self.attempt = 0


class Liveness:
    """The sign of life of one thread, which says at each turn by when it takes the next one.

    Written by that thread alone, read by any. `name` is the thread's.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._next_by = inf

    def beat(self, within_s: float) -> None:
        """Take a turn, and promise the next one within so many seconds."""
        self._next_by = time.monotonic() + within_s

    def pause(self) -> None:
        """Promise nothing: the thread ends, or nobody minds how long it waits."""
        self._next_by = inf

    def is_overdue(self, now: float) -> bool:
        """Return whether the thread has broken its promise at `now`, in monotonic seconds: it hangs, or is dead."""
        return now > self._next_by
