"""Row types for Home Assistant's entities and device triggers, and functions that make common rows.

A new entity is one row in `entity_tables`; `discovery` builds the messages from the rows. Templates and strings in
`extras` may contain `$room`, `$room_in_url`, `$gift_medium` and `$gift_large`, which are replaced for each room.

Texts by viewers reach a template only as data (`value_json`), never as template source.
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

    `subtopic` is the last level of its topic: below the room or, with `on_bridge`, below the bridge; None for an entity
    without a state. `template` makes the state from the payload or, with `reads="url"`, the URL of an image.
    `attributes` is a template that makes a JSON object from the same payload.

    `command_subtopic` is the last level of the topic for commands: below the room or, with `command_on_bridge`, below
    the bridge. `available` says when the entity is available: while the `device` is, while the `bridge` is online, or
    `always`. `extras` holds the options that few entities have, under Home Assistant's names. Without a `name`, Home
    Assistant uses that of the device class.
    """

    key: str
    component: str
    template: str | None = None
    attributes: str | None = None
    subtopic: str | None = "state"
    on_bridge: bool = False
    reads: Literal["state", "url"] = "state"
    command_subtopic: str | None = None
    command_on_bridge: bool = False
    name: str | None = None
    icon: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    unit: str | None = None
    category: Literal["config", "diagnostic"] | None = None
    available: Literal["device", "bridge", "always"] = "device"
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTrigger:
    """One device trigger, which Home Assistant shows as `"subtype" type`.

    It is fired by every message on the topic or, with `payload`, by the messages that `template` renders to it.
    """

    key: str
    type: str
    subtype: str
    subtopic: str
    on_bridge: bool = False
    template: str | None = None
    payload: str | None = None


Row = Entity | DeviceTrigger


def validated(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return the rows. Raises ValueError for a key that is not snake_case or not unique."""
    by_key: dict[str, Row] = {}
    for row in rows:
        if not _KEY.fullmatch(row.key):
            raise ValueError(f"not snake_case: {row}")
        if row.key in by_key:
            raise ValueError(f"duplicate key: {by_key[row.key]} and {row}")
        by_key[row.key] = row
    return tuple(by_key.values())


def event_of(row: Row) -> str | None:
    """Return the room event that a row depends on; None for rows on documents or on the bridge's events."""
    is_event = isinstance(row, DeviceTrigger) or row.component == "event"
    return row.subtopic if is_event and not row.on_bridge else None


def commands_of(row: Row) -> frozenset[str]:
    """Return the commands that an entity sends; it is left out unless all of them are allowed."""
    match (row.command_subtopic or "").split("/") if isinstance(row, Entity) else []:
        case ["set"]:
            return frozenset({"connect", "disconnect"})
        case ["request", command] | [command, "set"]:
            return frozenset({command})
    return frozenset()


def value_template(expression: str, empty: str = "none") -> str:
    """Return a template for an expression over `value_json`; `empty` is the expression for an empty payload."""
    # When a room is removed, its retained topics are cleared before Home Assistant has unsubscribed from them.
    return f"{{{{ {expression} if value else {empty} }}}}"


def text_template(expression: str) -> str:
    """Return a template for a text by a user."""
    return value_template(_short(expression))


def _short(expression: str) -> str:
    # Home Assistant refuses states of more than 255 characters, and takes the text None for unknown.
    return f"(({expression} or none) | string)[:255]"


def sensor(key: str, name: str, icon: str, **options: Any) -> Entity:
    """Return a sensor; by default it shows the value under its own key in the `state` document."""
    options = {"template": value_template(f"value_json.{key}"), **options}
    return Entity(key=key, component="sensor", name=name, icon=icon, **options)


def gauge(key: str, name: str, icon: str, unit: str) -> Entity:
    """Return a sensor for a number that goes up and down."""
    return sensor(key, name, icon, unit=unit, state_class="measurement")


def counter(key: str, name: str, icon: str, unit: str) -> Entity:
    """Return a sensor for a counter that restarts at 0 with each LIVE."""
    # An empty string keeps the last reset as it is; Home Assistant would log a warning for each None.
    last_reset = {"last_reset_value_template": "{{ value_json.counting_since or '' if value }}"}
    return sensor(key, name, icon, unit=unit, state_class="total", extras=last_reset)


def object_sensor(key: str, name: str, icon: str, expression: str) -> Entity:
    """Return a sensor for an object or null. The state is `expression` over `it`; the keys become attributes."""
    template = "{% set it = (value_json." + key + " if value) or {} %}{{ " + _short(expression) + " }}"
    attributes = value_template(f"(value_json.{key} or {{}}) | to_json", empty="'{}'")
    return sensor(key, name, icon, template=template, attributes=attributes)


def event(key: str, name: str, icon: str, types: Iterable[str] = (), **options: Any) -> Entity:
    """Return an event entity; `types` are its event types, by default the key alone."""
    options = {"subtopic": key, "extras": {"event_types": list(types) or [key]}, **options}
    return Entity(key=key, component="event", name=name, icon=icon, **options)


def diagnostic(key: str, name: str, icon: str, **options: Any) -> Entity:
    """Return a diagnostic sensor, available even while the room is not: it says why."""
    return sensor(key, name, icon, category="diagnostic", available="bridge", **options)
