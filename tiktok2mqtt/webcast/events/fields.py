"""The fields of an event: what a row says about one key, and how a key is read from a message.

Readers are made once, when the registry is built; nothing is looked up per message but the message's own fields.

The keys that every event has, whatever it is about. `session` writes them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, Literal

from google.protobuf.descriptor import FieldDescriptor

from tiktok2mqtt.webcast.events.parts import is_part
from tiktok2mqtt.webcast.events.texts import render
from tiktok2mqtt.webcast.events.users import first_url, short_person

JsonType = Literal["id", "integer", "number", "string", "boolean", "object", "array"]
Read = Callable[[Any], Any]
MAX_DEPTH = 4
_ID_NAME = re.compile(r"(.*_)?(id|ids|uid)\d?(_int|_list)?")
# What a JSON number can hold without loss wherever it is read.
_MAX_SAFE = 2**53 - 1
_WIDE = (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64)


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an event, or of an object in it.

    `source` is a dotted path in the message, a function of the message, or None for a key that the session or the
    client fills in. An `id` is a 64-bit number or a text, sent as a string; 0 and "" become null. `fields` are the keys
    of an object, or of each object in an array; `items` is the type of an array's other values. A value may be null
    unless it is not `nullable`, what stands in an array never is; an `optional` key may be missing.
    """

    key: str
    type: JsonType
    source: str | Read | None
    doc: str
    fields: tuple["Field", ...] = ()
    items: JsonType | None = None
    optional: bool = False
    nullable: bool = True


def reader(field: Field) -> Read | None:
    """Return the function that reads the field from a message; None when somebody else fills it in."""
    if field.source is None or callable(field.source):
        return field.source
    if field.type == "object":
        return _object(field.source, build(field.fields))
    if field.type == "array":
        return _array(field, attrgetter(field.source))
    read: Read = eval(f"lambda message: {expression(field.type, field.source)}")  # noqa: S307 - a row wrote it
    return read


def expression(kind: JsonType, path: str) -> str | None:
    """Return the Python text that reads a value at a path of `message`; None for what needs more than an expression."""
    value = f"message.{path}"
    match kind:
        case "object" | "array":
            return None
        case "id":
            return f"str(value) if (value := {value}) else None"
        case "string":
            return f"{value} or None"
        case "boolean":
            return f"bool({value})"
    return value


def unsaid(_message: Any) -> None:
    """Read nothing: the source of a field that is not in every message of an event."""


def build(fields: tuple[Field, ...]) -> Callable[[Any], dict[str, Any]]:
    """Return the function that makes an object with these keys from a message."""
    readers = tuple((field.key, read) for field in fields if (read := reader(field)) is not None)
    return lambda message: {key: read(message) for key, read in readers}


def _object(path: str, make: Read) -> Read:
    parent_path, _, name = path.rpartition(".")
    parent: Read = attrgetter(parent_path) if parent_path else (lambda message: message)

    def read(message: Any) -> Any:
        holder = parent(message)
        return make(getattr(holder, name)) if holder.HasField(name) else None

    return read


def _array(field: Field, get: Read) -> Read:
    if field.fields:
        make = build(field.fields)
        return lambda message: [make(item) for item in get(message)]
    if field.items == "id":
        return lambda message: [str(item) for item in get(message)]
    return lambda message: list(get(message))


def generic_fields(descriptor: Any, skip: tuple[str, ...] = (), depth: int = 1) -> tuple[Field, ...]:
    """Return fields for all that a message type holds, named as in the schema.

    Left out are bytes, whose content nobody has named, maps, gifts, identities, and what lies deeper than MAX_DEPTH.
    People become who they are, pictures their first URL, texts what they say.
    """
    fields = (_generic(f, depth) for f in descriptor.fields if f.name not in skip)
    return tuple(field for field in fields if field is not None)


def _generic(f: Any, depth: int) -> Field | None:
    doc = f.name.replace("_", " ").capitalize()
    many = f.is_repeated
    if f.message_type is not None:
        return _generic_message(f, doc, depth)
    kind = _json_type(f)
    if kind is None:
        return None
    if many:
        return Field(f.name, "array", f.name, doc, items=kind)
    wide = kind == "integer" and f.cpp_type in _WIDE
    return Field(f.name, kind, _safe(f.name) if wide else f.name, doc)


def _safe(name: str) -> Read:
    """Read a 64-bit number that nobody has called an id; None when a JSON number could not hold it."""

    def read(message: Any) -> int | None:
        value: int = getattr(message, name)
        return value if -_MAX_SAFE <= value <= _MAX_SAFE else None

    return read


def _json_type(f: Any) -> JsonType | None:
    match f.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            return "string" if f.type == FieldDescriptor.TYPE_STRING else None
        case FieldDescriptor.CPPTYPE_BOOL:
            return "boolean"
        case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
            return "number"
    return "id" if f.cpp_type in _WIDE and _ID_NAME.fullmatch(f.name) else "integer"


def _generic_message(f: Any, doc: str, depth: int) -> Field | None:
    inner: Any = f.message_type
    if inner.name == "Common" or inner.GetOptions().map_entry:
        return None
    if (known := _SHOWN.get(inner.name)) is not None:
        kind, shown, fields = known
        if f.is_repeated:
            return Field(f.name, "array", _each(f.name, shown), doc, fields=fields, items=None if fields else kind)
        return Field(f.name, kind, _one(f.name, shown), doc, fields=fields)
    fields = generic_fields(inner, depth=depth + 1) if depth < MAX_DEPTH and not is_part(inner) else ()
    if not fields:
        return None
    return Field(f.name, "array" if f.is_repeated else "object", f.name, doc, fields=fields)


def _one(name: str, show: Read) -> Read:
    return lambda message: show(getattr(message, name)) if message.HasField(name) else None


def _each(name: str, show: Read) -> Read:
    return lambda message: [shown for item in getattr(message, name) if (shown := show(item)) is not None]


WHO = (
    Field("user_id", "id", None, "The person's id"),
    Field("unique_id", "string", None, "The user name, as in @name"),
    Field("nickname", "string", None, "The name shown"),
    Field("profile_picture_url", "string", None, "URL of the profile picture"),
)
"""Who a person is, wherever people appear."""

_SHOWN: dict[str, tuple[JsonType, Read, tuple[Field, ...]]] = {
    "User": ("object", short_person, WHO),
    "Image": ("string", first_url, ()),
    "Text": ("string", render, ()),
}

COMMON: Final = (
    Field("v", "integer", None, "Version of this format", nullable=False),
    Field("event_type", "string", None, "Name of the event", nullable=False),
    Field("id", "id", None, "Id of the message it was made from", nullable=False),
    Field("ts", "string", None, "When it happened: RFC 3339, UTC, with milliseconds", nullable=False),
    Field("room", "string", None, "User name of the host, in lower case and without @", nullable=False),
    Field("room_id", "id", None, "Id of the room, which is another one with every LIVE", nullable=False),
    Field("session_id", "id", None, "Id of the LIVE session", nullable=False),
    Field("source", "string", None, "How it was heard: direct, signed, polling, replay or simulated", nullable=False),
    Field("replayed", "boolean", None, "True when it happened before the room was joined", nullable=False),
    Field("delayed", "boolean", None, "True when it had to wait for more than 5 s on its way out", nullable=False),
    Field(
        "truncated",
        "boolean",
        None,
        "True when long texts or lists were cut to make it fit",
        optional=True,
        nullable=False,
    ),
)

COMMON_KEYS: Final = tuple(field.key for field in COMMON if not field.optional)
"""Those that no event lacks."""
