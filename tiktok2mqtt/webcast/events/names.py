"""What to answer to somebody who names an event that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches

from tiktok2mqtt.webcast.events.types import EVENT_NAMES


def no_such_event(names: Iterable[str]) -> str | None:
    """Return a sentence on those of the names that no event has, with what was probably meant; None for good names."""
    unknown = sorted(set(names) - set(EVENT_NAMES))
    return f"no such event: {', '.join(map(_with_nearest, unknown))}" if unknown else None


def _with_nearest(name: str) -> str:
    nearest = get_close_matches(name, EVENT_NAMES, n=1)
    return f"{name} (did you mean {nearest[0]}?)" if nearest else name
