"""The keys of an event: how each is read from a message, and its JSON Schema.

Readers are built once, when the registry is built, so that decoding a message only calls them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Any, Final, Literal

from tiktok2mqtt.webcast.events.limits import charge

JsonType = Literal["id", "integer", "number", "string", "boolean", "object", "array"]
Read = Callable[[Any], Any]
Schema = dict[str, Any]
_MAX_URLS: Final = 10


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an event, or of an object in an event.

    `source` is a dotted path in the message, a function of the message, or None if the session or the client sets the
    key. `fields` are the keys of an object, or of each object in an array; `items` is the type of an array's other
    values. An `id` is a 64-bit number or a text, published as a string; 0 and "" become null. A value may be null
    unless `nullable` is false; the items of an array are never null. An `optional` key may be missing.
    """

    key: str
    type: JsonType
    source: str | Read | None
    doc: str
    fields: tuple["Field", ...] = ()
    items: JsonType | None = None
    optional: bool = False
    nullable: bool = True


# --- reading ---


def field_reader(field: Field) -> Read | None:
    """Return the function that reads the field from a message; None if the field has no source."""
    source = field.source
    if source is None or callable(source):
        return source
    if field.type == "object":
        return _object_at(source, object_reader(field.fields))
    if field.type == "array":
        return _array_reader(field, attrgetter(source))
    return _value_reader(field.type, attrgetter(source))


def field_readers(fields: tuple[Field, ...]) -> tuple[tuple[str, Read], ...]:
    """Return the key and the reader of each field that has a source."""
    return tuple((field.key, read) for field in fields if (read := field_reader(field)) is not None)


def object_reader(fields: tuple[Field, ...]) -> Callable[[Any], dict[str, Any]]:
    """Return the function that makes an object with these keys from a message."""
    readers = field_readers(fields)
    return lambda message: {key: read(message) for key, read in readers}


def _value_reader(kind: JsonType, get: Read) -> Read:
    match kind:
        case "id":
            return lambda message: as_id(get(message))
        case "string":
            return lambda message: get(message) or None
        case "boolean":
            return lambda message: bool(get(message))
    return get


def _object_at(path: str, read_object: Read) -> Read:
    parent_path, _, name = path.rpartition(".")
    get_parent: Read = attrgetter(parent_path) if parent_path else (lambda message: message)

    def read(message: Any) -> Any:
        parent = get_parent(message)
        return read_object(getattr(parent, name)) if parent.HasField(name) else None

    return read


def _array_reader(field: Field, get: Read) -> Read:
    if field.fields:
        read_object, size = object_reader(field.fields), len(field.fields) + 1
        return lambda message: [read_object(item) for item in bounded(get(message), size)]
    if field.items == "id":
        return lambda message: [str(item) for item in bounded(get(message))]
    return lambda message: list(bounded(get(message)))


def bounded(items: Any, values_each: int = 1) -> Any:
    """Return a repeated field whose items are about to be read. Raises TooLargeError if they are too many.

    `values_each` is the cost of reading an item, see `limits.charge`.
    """
    if items:
        charge(len(items) * values_each)
    return items


def always_null(_message: Any) -> None:
    """Read nothing: the source of a field that only some messages of an event have."""


def as_id(value: Any) -> str | None:
    """Return a 64-bit number or a text as an ID; None if it is 0 or empty."""
    return str(value) if value else None


def first_url(picture: Any) -> str | None:
    """Return the first URL of an Image that is not empty, or None if all of the first ten are."""
    for url in islice(picture.url_list, _MAX_URLS):
        if url:
            return str(url)
    return None


# --- JSON Schema ---


def object_schema(fields: tuple[Field, ...]) -> Schema:
    """Return the part of a JSON Schema that lists the keys of an object. It allows no other keys."""
    return {
        "properties": {field.key: _field_schema(field) for field in fields},
        "required": [field.key for field in fields if not field.optional],
        "additionalProperties": False,
    }


def _field_schema(field: Field) -> Schema:
    name = _type_name(field.type)
    schema: Schema = {"description": field.doc, "type": [name, "null"] if field.nullable else name}
    if field.type == "array":
        item = {"type": _type_name(field.items)} if field.items else {"type": "object"} | object_schema(field.fields)
        schema["items"] = item
    elif field.type == "object":
        schema |= object_schema(field.fields)
    return schema


def _type_name(kind: JsonType) -> str:
    # An id has 64 bits, more than every reader of JSON numbers can hold.
    return "string" if kind == "id" else kind


# --- the keys of every event; the session sets them ---

COMMON: Final = (
    Field("v", "integer", None, "Version of the event format", nullable=False),
    Field("event_type", "string", None, "Name of the event", nullable=False),
    Field("id", "id", None, "ID of the message that the event was made from", nullable=False),
    Field("ts", "string", None, "Time of the event: RFC 3339, UTC, with milliseconds", nullable=False),
    Field("room", "string", None, "User name of the host, in lower case and without @", nullable=False),
    Field("room_id", "id", None, "ID of the room; every LIVE has its own", nullable=False),
    Field("session_id", "id", None, "ID of the LIVE session", nullable=False),
    Field(
        "source", "string", None, "How it was received: direct, signed, polling, replay or simulated", nullable=False
    ),
    Field("replayed", "boolean", None, "True if it happened before the LIVE was joined; not counted", nullable=False),
    Field(
        "late",
        "boolean",
        None,
        "True if it happened while the connection was lost or the daemon was not running; counted like any other",
        nullable=False,
    ),
    Field("delayed", "boolean", None, "True if it was published more than 5 s late", nullable=False),
    Field(
        "truncated",
        "boolean",
        None,
        "True if long texts or lists were cut to keep the event within 8 KiB",
        optional=True,
        nullable=False,
    ),
)
COMMON_KEYS: Final = tuple(field.key for field in COMMON if not field.optional)
"""The keys that no event lacks."""
