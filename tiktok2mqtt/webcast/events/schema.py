"""A JSON Schema (draft 2020-12) of each event, made from its row."""

from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import COMMON, Field, JsonType
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows import REGISTRY

Schema = dict[str, Any]
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ID_PREFIX: Final = "urn:tiktok2mqtt:event:"


def schemas() -> dict[str, Schema]:
    """Return the schema of every event by its name."""
    return {name: event_schema(row) for name, row in REGISTRY.rows.items()}


def event_schema(row: EventRow) -> Schema:
    """Return the schema of one event. It allows no key that the row does not name."""
    head = {"$schema": DIALECT, "$id": ID_PREFIX + row.event, "title": row.event, "description": row.doc}
    body = _keys((*COMMON, *row.all_fields))
    body["properties"]["event_type"]["const"] = row.event
    body["properties"]["ts"]["format"] = "date-time"
    return head | {"type": "object"} | body


def _keys(fields: tuple[Field, ...]) -> Schema:
    return {
        "properties": {field.key: _field(field) for field in fields},
        "required": [field.key for field in fields if not field.optional],
        "additionalProperties": False,
    }


def _field(field: Field) -> Schema:
    name = _name(field.type)
    schema: Schema = {"description": field.doc, "type": [name, "null"] if field.nullable else name}
    if field.type == "array":
        schema["items"] = {"type": _name(field.items)} if field.items else {"type": "object"} | _keys(field.fields)
    elif field.type == "object":
        schema |= _keys(field.fields)
    return schema


def _name(kind: JsonType) -> str:
    # An id is a number of 64 bits, which a JSON number cannot hold everywhere.
    return "string" if kind == "id" else kind
