"""Times as events and documents show them."""

from datetime import UTC, datetime
from functools import lru_cache
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
