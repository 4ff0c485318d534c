"""Checks that an event agrees with its row: these keys and no others, each of the right type or null."""

from collections.abc import Iterator
from typing import Any

from tiktok2mqtt.webcast.events.fields import COMMON, Field
from tiktok2mqtt.webcast.events.registry import EventRow

JSON_TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


def event_faults(event: dict[str, Any], row: EventRow) -> list[str]:
    """Return what is wrong with a finished event."""
    return list(object_faults(event, (*COMMON, *row.all_fields), row.event))


def decoded_faults(decoded: dict[str, Any], row: EventRow, *, filled: bool = False) -> list[str]:
    """Return what is wrong with an event from the registry, before the session or the client adds keys."""
    added = {field.key for field in row.fields if field.source is None}
    fields = tuple(field for field in row.all_fields if field.key not in added)
    return list(object_faults(decoded, fields, row.event, filled))


def object_faults(value: dict[str, Any], fields: tuple[Field, ...], where: str, filled: bool = False) -> Iterator[str]:
    """Yield what is wrong with an object; if it must be `filled`, nulls and empty lists are wrong as well."""
    for field in fields:
        if field.key in value:
            yield from _faults(value[field.key], field, f"{where}.{field.key}", filled)
        elif not field.optional:
            yield f"{where}.{field.key}: missing"
    if unknown := value.keys() - {field.key for field in fields}:
        yield f"{where}: unknown keys {sorted(unknown)}"


def _faults(value: Any, field: Field, where: str, filled: bool) -> Iterator[str]:
    if value is None:
        if filled or not field.nullable:
            yield f"{where}: null"
        return
    if type(value) not in JSON_TYPES[field.type] or (field.type == "id" and not value):
        yield f"{where}: {value!r} is no {field.type}"
    elif field.type == "object":
        yield from object_faults(value, field.fields, where, filled)
    elif field.type == "array":
        yield from _item_faults(value, field, where, filled)


def _item_faults(items: list[Any], field: Field, where: str, filled: bool) -> Iterator[str]:
    if filled and not items:
        yield f"{where}: empty"
    for item in items:
        if field.fields:
            if type(item) is dict:
                yield from object_faults(item, field.fields, f"{where}[]", filled)
            else:
                yield f"{where}[]: {item!r} is no object"
        elif field.items is None or type(item) not in JSON_TYPES[field.items]:
            yield f"{where}[]: {item!r} is no {field.items}"
