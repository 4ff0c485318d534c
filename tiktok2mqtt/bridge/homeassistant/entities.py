"""What a row is that stands for one entity or device trigger of Home Assistant.

A new entity is one row in `room_entities` or `bridge_entities`; `discovery` makes everything else from it. Templates
and texts among the extras may name `$room`, `$gift_medium` and `$gift_large`, which are filled in for each room.

The shapes that most entities have, so that a row says only what is its own.

What people write in the chat reaches a template only as data (`value_json`), never as template text.
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


def value(expression: str, empty: str = "none") -> str:
    """Return a template for an expression over `value_json`."""
    # Until Home Assistant has unsubscribed from a removed room, it sees the retained topics being emptied.
    return f"{{{{ {expression} if value else {empty} }}}}"


def text(expression: str) -> str:
    """Return a template for what people have written."""
    return value(_short(expression))


def _short(expression: str) -> str:
    # Home Assistant refuses states of more than 255 characters, and takes the text None for unknown.
    return f"(({expression} or none) | string)[:255]"


def sensor(key: str, name: str, icon: str, **options: Any) -> Entity:
    """Return a sensor that shows the value of its own name in the document, unless the options say otherwise."""
    options = {"template": value(f"value_json.{key}"), **options}
    return Entity(key=key, component="sensor", name=name, icon=icon, **options)


def gauge(key: str, name: str, icon: str, unit: str) -> Entity:
    """Return a number that goes up and down."""
    return sensor(key, name, icon, unit=unit, state_class="measurement")


def counter(key: str, name: str, icon: str, unit: str) -> Entity:
    """Return a counter that starts again at 0 with each LIVE session."""
    # An empty text leaves the last reset as it is; None would be logged as a warning each time.
    last_reset = {"last_reset_value_template": "{{ value_json.started_at or '' if value }}"}
    return sensor(key, name, icon, unit=unit, state_class="total", extras=last_reset)


def record(key: str, name: str, icon: str, expression: str) -> Entity:
    """Return a sensor on an object, null until there is one: `expression` is of `it`, its keys become attributes."""
    template = "{% set it = (value_json." + key + " if value) or {} %}{{ " + _short(expression) + " }}"
    attributes = value(f"(value_json.{key} or {{}}) | to_json", empty="'{}'")
    return sensor(key, name, icon, template=template, attributes=attributes)


def event(key: str, name: str, icon: str, types: Iterable[str] = (), **options: Any) -> Entity:
    """Return an event entity; without `types` the only one is called like the entity."""
    options = {"leaf": key, "extras": {"event_types": list(types) or [key]}, **options}
    return Entity(key=key, component="event", name=name, icon=icon, **options)


def diagnostic(key: str, name: str, icon: str, **options: Any) -> Entity:
    """Return a sensor that stays in reach while the room itself is unavailable, to say why it is."""
    return sensor(key, name, icon, category="diagnostic", available="bridge", **options)
