"""Numbers in published events, as programs that receive them add them up."""

from collections.abc import Mapping
from typing import Any, TypeGuard


def is_count(value: Any) -> TypeGuard[int]:
    """Return whether a value is a number that can be counted with."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15


def gift_diamonds(event: Mapping[str, Any]) -> int:
    """Return what an event `gift` adds to the diamonds: of a streak that went on, only the difference."""
    diamonds, count, delta = event.get("diamonds"), event.get("count"), event.get("delta")
    if not (is_count(diamonds) and is_count(count) and is_count(delta)) or not count:
        return 0
    return diamonds * delta // count
