"""Times as events and documents show them."""

from datetime import UTC, datetime


def timestamp(seconds: float) -> str:
    """Return seconds since 1970 as RFC 3339 text in UTC with milliseconds."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        moment = datetime.fromtimestamp(0, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
