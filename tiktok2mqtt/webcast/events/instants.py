"""Instants in events. One that is more than a year from its event is wrong, and null.

Field numbers change their meaning: captured messages have ids and durations where instants were expected.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from tiktok2mqtt.common.times import instant_ms, timestamp_ms
from tiktok2mqtt.webcast.events.fields import Field, Read

_YEAR_DIGITS: Final = 4
Event = dict[str, Any]
Path = tuple[str, ...]
CheckTimes = Callable[[Event, Any, Any], None]
"""Corrects the times in an event that a message and its Common have made."""


def instant_paths(fields: Sequence[Field]) -> tuple[Path, ...]:
    """Return the path of keys to each instant in an event with these fields. Paths go through lists as well."""
    paths: list[Path] = []
    for field in fields:
        if field.instant:
            paths.append((field.key,))
        paths += ((field.key, *inner) for inner in instant_paths(field.fields))
    return tuple(paths)


def time_checker(get_time: Read | None, paths: Sequence[Path]) -> CheckTimes | None:
    """Return what corrects the times of an event; None if there is nothing to correct.

    `get_time` reads the instant of the event from messages whose Common has none. Of the instants at `paths`, those are
    removed that are too far from the event.
    """
    if get_time is None and not paths:
        return None

    def check(event: Event, message: Any, common: Any) -> None:
        if get_time is not None and instant_ms(common.create_time) is None:
            milliseconds = instant_ms(get_time(message))
            event["ts"] = event["ts"] if milliseconds is None else timestamp_ms(milliseconds)
        _remove_distant(event, paths)

    return check


def _remove_distant(event: Event, paths: Sequence[Path]) -> None:
    ts = event["ts"]
    year, rest = int(ts[:_YEAR_DIGITS]), ts[_YEAR_DIGITS:]
    # Timestamps in the same format are in the order of their texts.
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
