"""Time: timestamps as they are published, retry delays, deadlines, and the liveness of threads."""

import random
import time
from datetime import UTC, datetime
from functools import lru_cache
from math import inf
from typing import Final

# The years 1 to 9999, the range of RFC 3339.
_MIN_MS: Final = -62_135_596_800_000
_MAX_MS: Final = 253_402_300_799_999
# Formatting a number would take longer than the rest of `timestamp_ms`, which is called for each event.
_FRACTIONS: Final = tuple(f".{milliseconds:03d}Z" for milliseconds in range(1000))
# The years 2016 to 2099, in ms. Other numbers that the service sends are ids, durations or no values at all.
_FIRST_INSTANT_MS: Final = 1_451_606_400_000
_LAST_INSTANT_MS: Final = 4_102_444_799_999
FIRST_DELAY_S: Final = 1.0
MAX_DELAY_S: Final = 300.0


def timestamp(seconds: float) -> str:
    """Return seconds since 1970 as RFC 3339 text in UTC with milliseconds. What is out of range becomes 1970."""
    if not _MIN_MS <= seconds * 1000 <= _MAX_MS:
        seconds = 0.0
    return timestamp_ms(round(seconds * 1_000_000) // 1000)


def timestamp_ms(milliseconds: int) -> str:
    """Return milliseconds since 1970 as `timestamp` does."""
    if not _MIN_MS <= milliseconds <= _MAX_MS:
        milliseconds = 0
    seconds, fraction = divmod(milliseconds, 1000)
    return _format_second(seconds) + _FRACTIONS[fraction]


# Many events share a second.
@lru_cache(64)
def _format_second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]


def instant_ms(value: int) -> int | None:
    """Return an instant in ms since 1970 that is given in s, ms or µs; None if it is not plausible in any of them."""
    if _FIRST_INSTANT_MS <= value <= _LAST_INSTANT_MS:
        return value
    for milliseconds in (value * 1000, value // 1000):
        if _FIRST_INSTANT_MS <= milliseconds <= _LAST_INSTANT_MS:
            return milliseconds
    return None


class Backoff:
    """Exponential backoff with full jitter: the ceiling doubles from 1 s to `cap_s` (5 min by default).

    `attempt` is the number of delays since the last reset.
    """

    def __init__(self, rng: random.Random | None = None, cap_s: float = MAX_DELAY_S) -> None:
        self._cap_s = cap_s
        self._rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        self.attempt = 0

    def next_delay_s(self, at_least_s: float = 0.0) -> float:
        """Return the delay before the next attempt in seconds, at least `at_least_s`."""
        ceiling = min(self._cap_s, FIRST_DELAY_S * 2 ** min(self.attempt, 16))
        self.attempt += 1
        return max(at_least_s, self._rng.uniform(0.0, ceiling))

    def jittered_s(self, interval_s: float) -> float:
        """Return the interval varied by up to 10 % either way, so that many rooms do not act at the same time."""
        return interval_s * self._rng.uniform(0.9, 1.1)

    def reset(self) -> None:
        """Start again with the first delay."""
        self.attempt = 0


class Deadline:
    """One timeout for several blocking calls, on the monotonic clock."""

    def __init__(self, timeout_s: float) -> None:
        self._at = time.monotonic() + timeout_s

    def remaining_s(self) -> float:
        """Return the seconds that are left, 0 when the deadline has passed."""
        return max(0.0, self._at - time.monotonic())


def seconds_left(deadline: float) -> float:
    """Return the seconds until a deadline on the monotonic clock. Raises TimeoutError when it has passed."""
    if (left_s := deadline - time.monotonic()) <= 0:
        raise TimeoutError("timed out")
    return left_s


class Liveness:
    """Whether a thread still makes progress: on each iteration it reports by when to expect the next one.

    Written by that thread alone, read by any. `name` is the thread's name; `next_by` is monotonic, infinite if paused.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.next_by = inf

    def beat(self, within_s: float) -> None:
        """Report progress. Without another call within `within_s` seconds the thread is overdue."""
        self.next_by = time.monotonic() + within_s

    def pause(self) -> None:
        """Expect no further report: the thread ends, or may wait for any length of time."""
        self.next_by = inf

    def is_overdue(self, now: float) -> bool:
        """Return whether the expected report is missing at `now` (monotonic seconds): the thread hangs or has died."""
        return now > self.next_by
