"""The keys of an event: how each is read from a message, and its JSON Schema.

Readers are built once, when the registry is built, so that decoding a message only calls them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from operator import attrgetter
from typing import Any, Final, Literal

from tiktok2mqtt.common.text import clean_text
from tiktok2mqtt.common.times import instant_ms, timestamp_ms
from tiktok2mqtt.webcast.events.limits import charge

JsonType = Literal["id", "integer", "number", "string", "boolean", "object", "array"]
Read = Callable[[Any], Any]
Readers = tuple[Read | None, dict[str, None], tuple[tuple[str, Read], ...]]
"""How a part of a message is found (None: it is the message), its fields if there is none, and their readers by key."""
Schema = dict[str, Any]
_MAX_URLS: Final = 10


@dataclass(frozen=True, slots=True)
class Part:
    """The source of a field in a part of the message, which consecutive fields with the same part share.

    `of` is the part, `read` the source within it: paths or functions. The fields are null if `of` returns None.
    """

    of: str | Read
    read: str | Read


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an event, or of an object in an event.

    `source` is a dotted path in the message, a part of it, a function of it, or None if the session or the client sets
    the key. `fields` are the keys of an object, or of each object in an array; `items` is the type of an array's other
    values. An `id` is a 64-bit number or a text, published as a string; 0, "0" and "" become null. A value may be null
    unless `nullable` is false; the items of an array are never null. An `optional` key may be missing.

    On the wire, a number that is 0 looks like one that was not sent: it is null unless `zero` says that 0 means
    something. The source of an `instant` is a number in s, ms or µs. It is published as RFC 3339 if the type is string,
    in ms if it is integer, and null if it is more than a year from the event (see `instants`).
    """

    key: str
    type: JsonType
    source: str | Part | Read | None
    doc: str
    fields: tuple["Field", ...] = ()
    items: JsonType | None = None
    optional: bool = False
    nullable: bool = True
    zero: bool = False
    instant: bool = False


def enum_fields(key: str, source: str, words: Mapping[int, str], doc: str) -> tuple[Field, Field]:
    """Return the fields for a number with a meaning, and for the same as a word: `key` and `<key>_name`."""
    get = attrgetter(source)
    number = Field(key, "integer", source, doc, zero=0 in words)
    word = Field(f"{key}_name", "string", lambda message: words.get(get(message)), word_doc(key, words))
    return number, word


def word_doc(key: str, words: Mapping[int, str]) -> str:
    """Return the description of a field that has the number in `key` as a word."""
    listed = ", ".join(f"{word} ({number})" for number, word in words.items())
    return f"{key} as a word: {listed}; null if unknown"


# --- reading ---


def field_reader(field: Field) -> Read | None:
    """Return the function that reads the field from a message; None if the field has no source."""
    source = field.source
    if source is None:
        return None
    if isinstance(source, Part):
        return _part_reader(field, source)
    if field.instant:
        return _instant_reader(field.type, _getter(source))
    return source if callable(source) else _path_reader(field, source)


def _path_reader(field: Field, path: str) -> Read:
    if field.type == "object":
        return _object_at(path, object_reader(field.fields))
    if field.type == "array":
        return _array_reader(field, attrgetter(path))
    return _value_reader(field, attrgetter(path))


def _part_reader(field: Field, part: Part) -> Read | None:
    read_part, get_part = field_reader(replace(field, source=part.read)), _getter(part.of)
    if read_part is None:
        return None
    return lambda message: None if (found := get_part(message)) is None else read_part(found)


def _getter(source: str | Read) -> Read:
    return attrgetter(source) if isinstance(source, str) else source


def grouped_readers(fields: tuple[Field, ...]) -> tuple[Readers, ...]:
    """Return the readers of the fields that have a source, grouped by the part of the message they read.

    Each access to a message inside a message costs as much as reading a field or two.
    """
    groups: list[tuple[str | Read | None, list[tuple[str, Read]]]] = []
    for field in fields:
        part = _part(field)
        read = field_reader(field if part is None else replace(field, source=part.read))
        if read is not None:
            of = None if part is None else part.of
            if not groups or groups[-1][0] != of:
                groups.append((of, []))
            groups[-1][1].append((field.key, read))
    return tuple(
        (None if of is None else _getter(of), dict.fromkeys(key for key, _ in readers), tuple(readers))
        for of, readers in groups
    )


def _part(field: Field) -> Part | None:
    source = field.source
    if isinstance(source, Part):
        return source
    if isinstance(source, str) and "." in source and field.type not in ("object", "array"):
        of, _, name = source.rpartition(".")
        return Part(of, name)
    return None


def object_reader(fields: tuple[Field, ...]) -> Callable[[Any], dict[str, Any]]:
    """Return the function that makes an object with these keys from a message."""
    readers = tuple((field.key, read) for field in fields if (read := field_reader(field)) is not None)
    return lambda message: {key: read(message) for key, read in readers}


def _value_reader(field: Field, get: Read) -> Read:
    # `as_id` and `as_text` are written out: these are called for each event.
    match field.type:
        case "id":
            return lambda message: (
                (str(value) if isinstance(value, int) else as_id(value)) if (value := get(message)) else None
            )
        case "string":
            return lambda message: (
                (value if value.isprintable() and not value.isspace() else as_text(value))
                if (value := get(message))
                else None
            )
        case "boolean":
            return lambda message: bool(get(message))
    return get if field.zero else (lambda message: get(message) or None)


def _instant_reader(kind: JsonType, get: Read) -> Read:
    if kind == "integer":
        return lambda message: instant_ms(get(message))
    return lambda message: as_instant(get(message))


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
        return lambda message: [str(item) for item in bounded(get(message)) if item]
    if field.items == "string":
        return lambda message: list(map(clean_text, bounded(get(message))))
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
    """Return a 64-bit number or a text as an ID; None if it is 0, "0" or empty."""
    if isinstance(value, int):
        return str(value) if value else None
    return as_text(value) if value and value != "0" else None


def as_text(value: str) -> str | None:
    """Return a text as it is published, without control characters; None if it is empty or blank.

    To be called by every function that returns a text of a message.
    """
    if not value:
        return None
    if not value.isprintable():
        value = clean_text(value)
    return None if value.isspace() else value


def as_instant(value: int) -> str | None:
    """Return an instant in s, ms or µs as RFC 3339; None if it is none."""
    milliseconds = instant_ms(value)
    return None if milliseconds is None else timestamp_ms(milliseconds)


def first_url(picture: Any) -> str | None:
    """Return the first URL of an Image that is not empty, or None if all of the first ten are."""
    for url in islice(picture.url_list, _MAX_URLS):
        if url:
            return as_text(url)
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
    if field.instant and field.type == "string":
        schema["format"] = "date-time"
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
        "source",
        "string",
        None,
        "How it was received: direct, signed, polling, browser, replay or simulated",
        nullable=False,
    ),
    Field("replayed", "boolean", None, "True if it happened before the LIVE was joined; not counted", nullable=False),
    Field(
        "late",
        "boolean",
        None,
        "True if it happened while the connection was lost or the daemon was not running; counted like any other",
        nullable=False,
    ),
    Field(
        "delayed",
        "boolean",
        None,
        "True if it had to wait, or was published more than 5 s late",
        nullable=False,
    ),
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
