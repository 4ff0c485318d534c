"""Times as events and documents show them."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

# The years 1 to 9999, which is what RFC 3339 can say.
_FIRST_S: Final = -62_135_596_800
_LAST_S: Final = 253_402_300_799.999


def timestamp(seconds: float) -> str:
    """Return seconds since 1970 as RFC 3339 text in UTC with milliseconds; what that cannot say becomes 1970."""
    if not _FIRST_S <= seconds <= _LAST_S:
        seconds = 0.0
    whole, micros = divmod(round(seconds * 1_000_000), 1_000_000)
    return f"{_second(whole)}.{micros // 1000:03d}Z"


@lru_cache(64)
def _second(seconds: int) -> str:
    """Return a whole second; events come many to a second."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]
