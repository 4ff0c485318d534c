"""What a row is that stands for one entity or device trigger of Home Assistant.

A new entity is one row in `room_entities` or `bridge_entities`; `discovery` makes everything else from it. Templates
and texts among the extras may name `$room`, `$gift_medium` and `$gift_large`, which are filled in for each room.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

# No hyphen: it separates the device from the key in unique ids.
_KEY = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One entity.

    `leaf` is the last level of its topic, below the room or, with `on_bridge`, below the bridge; None when it shows
    nothing. The document there becomes the state, or with `reads` the URL of a picture, by `template`; `attributes`
    makes a JSON object of the same document. What it sends goes to `command_leaf`, below the room or, with
    `commands_bridge`, below the bridge. `available` says when the entity can be used: while the whole `device` can,
    while the `bridge` runs, or `always`. Options that few entities have are in `extras`, under Home Assistant's names.
    Without a `name` Home Assistant names it after its device class.
    """

    key: str
    component: str
    template: str | None = None
    attributes: str | None = None
    leaf: str | None = "state"
    on_bridge: bool = False
    reads: Literal["state", "url"] = "state"
    command_leaf: str | None = None
    commands_bridge: bool = False
    name: str | None = None
    icon: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    unit: str | None = None
    category: Literal["config", "diagnostic"] | None = None
    available: Literal["device", "bridge", "always"] = "device"
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One device trigger, which Home Assistant shows as `"subtype" type`.

    Every message on the topic fires it or, with `payload`, those that `template` turns into just that.
    """

    key: str
    type: str
    subtype: str
    leaf: str
    on_bridge: bool = False
    template: str | None = None
    payload: str | None = None


Row = Entity | Trigger


def checked(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return the rows.

    Raises ValueError for a key that is not snake_case or that two rows have.
    """
    by_key: dict[str, Row] = {}
    for row in rows:
        if not _KEY.fullmatch(row.key):
            raise ValueError(f"not snake_case: {row}")
        if row.key in by_key:
            raise ValueError(f"the same key twice: {by_key[row.key]} and {row}")
        by_key[row.key] = row
    return tuple(by_key.values())


def event_leaf(row: Row) -> str | None:
    """Return the event of a room that a row lives on; None for a row that shows a document or the bridge's events."""
    is_event = isinstance(row, Trigger) or row.component == "event"
    return row.leaf if is_event and not row.on_bridge else None
