"""The shapes that most entities have, so that a row says only what is its own.

What people write in the chat reaches a template only as data (`value_json`), never as template text.
"""

from collections.abc import Iterable
from typing import Any

from tiktok2mqtt.bridge.homeassistant.entities import Entity


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
