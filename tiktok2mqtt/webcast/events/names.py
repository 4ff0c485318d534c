"""The error for an event name that does not exist."""

from collections.abc import Iterable

from tiktok2mqtt.common.text import did_you_mean
from tiktok2mqtt.webcast.events.types import EVENT_NAMES


def no_such_event(names: Iterable[str]) -> str | None:
    """Return an error for the names that are not events, each with a suggestion; None if all names are events."""
    unknown = sorted(set(names) - set(EVENT_NAMES))
    return f"no such event: {', '.join(map(_with_suggestion, unknown))}" if unknown else None


def _with_suggestion(name: str) -> str:
    suggestion = did_you_mean(name, EVENT_NAMES)
    return f"{name} ({suggestion})" if suggestion else name
