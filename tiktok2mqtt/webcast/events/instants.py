"""Instants in events. One that is more than a year from its event is wrong, and null.

Field numbers change their meaning: captured messages have ids and durations where instants were expected.
"""

from collections.abc import Sequence
from typing import Any, Final

from tiktok2mqtt.common.times import timestamp_ms
from tiktok2mqtt.webcast.events.fields import Field

_YEAR_DIGITS: Final = 4
Path = tuple[str, ...]


def instant_paths(fields: Sequence[Field]) -> tuple[Path, ...]:
    """Return the path of keys to each instant in an event with these fields. Paths go through lists as well."""
    paths: list[Path] = []
    for field in fields:
        if field.instant:
            paths.append((field.key,))
        paths += ((field.key, *inner) for inner in instant_paths(field.fields))
    return tuple(paths)


def remove_distant(event: dict[str, Any], paths: Sequence[Path]) -> None:
    """Set the instants at these paths to None that are more than a year from the `ts` of the event."""
    ts = event["ts"]
    year, rest = int(ts[:_YEAR_DIGITS]), ts[_YEAR_DIGITS:]
    # Timestamps in the same format and of the years 0001 to 9999 are in the order of their texts.
    first, last = f"{max(year - 1, 0):04}{rest}", f"{min(year + 1, 9999):04}{rest}"
    for path in paths:
        _remove(event, path, first, last)


def _remove(part: Any, path: Path, first: str, last: str) -> None:
    if isinstance(part, list):
        for item in part:
            _remove(item, path, first, last)
    elif part is not None and len(path) > 1:
        _remove(part.get(path[0]), path[1:], first, last)
    elif part is not None and (value := part.get(path[0])) is not None:
        text = timestamp_ms(value) if isinstance(value, int) else value
        if not first <= text <= last:
            part[path[0]] = None
