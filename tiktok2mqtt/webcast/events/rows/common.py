"""What rows share: display text fields, rows of one message type, and fields made from a message's descriptor."""

import re
from dataclasses import replace
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from tiktok2mqtt.webcast.events.fields import COMMON_KEYS, Field, JsonType, Read, bounded, first_url
from tiktok2mqtt.webcast.events.limits import is_lazy
from tiktok2mqtt.webcast.events.registry import EventRow, Kind, Source
from tiktok2mqtt.webcast.events.users import WHO, read_who, render

MAX_DEPTH: Final = 4
_ID_NAME: Final = re.compile(r"(.*_)?(id|ids|uid)\d?(_int|_list)?")
_ABBREVIATIONS: Final = {
    "btn": "button",
    "desc": "description",
    "id": "ID",
    "ids": "IDs",
    "idx": "index",
    "ms": "in ms",
    "msg": "message",
    "uid": "user ID",
    "url": "URL",
}
_WIDE: Final = (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64)
# The largest integer that every JSON reader holds exactly.
_MAX_SAFE: Final = 2**53 - 1
# The cost of a user, a picture or a text in a list, see `limits.charge`.
_VALUES_EACH: Final = 5


def display_text(message: Any) -> str | None:
    """Return the sentence that TikTok shows for a message, in English."""
    return render(message.common.display_text)


TEXT = (Field("text", "string", display_text, "Text that TikTok shows, in English"),)
LABEL = (
    Field("display_type", "string", "common.display_text.key", "Key of the text that TikTok shows"),
    Field(
        "label",
        "string",
        "common.display_text.default_pattern",
        "The text with placeholders such as {0:user}, in English",
    ),
    *TEXT,
)


def simple_row(  # noqa: PLR0913 - keyword arguments, one fact of the row each
    event: str,
    message: type[Message],
    doc: str,
    *,
    aliases: tuple[str, ...] = (),
    person: str | Read | None = None,
    fields: tuple[Field, ...] | None = None,
    kind: Kind = "streaming",
    priority: bool = False,
) -> EventRow:
    """Return the row of an event that every message of one type makes.

    `aliases` are other methods under which the type is sent. Without `fields`, the event has `text` and everything
    else in the message under the names in the schema; a name that is a key of every event gets the prefix `message_`.
    """
    if fields is None:
        skip = ("common", "text", *((person,) if isinstance(person, str) else ()))
        fields = (*TEXT, *(_renamed(f) for f in generic_fields(message.DESCRIPTOR, skip)))
    source = Source((message.DESCRIPTOR.name, *aliases), message, person=person)
    return EventRow(event, doc, fields, (source,), kind, priority=priority, has_person=person is not None)


def _renamed(f: Field) -> Field:
    return replace(f, key=f"message_{f.key}") if f.key in COMMON_KEYS else f


# --- fields from a descriptor ---


def generic_fields(descriptor: Any, skip: tuple[str, ...] = (), depth: int = 1) -> tuple[Field, ...]:
    """Return fields for everything in a message type, named as in the schema.

    Users become the keys of WHO, pictures their first URL, texts their English sentence. Left out are bytes, whose
    content is unknown, maps, gifts, identities, and messages nested deeper than MAX_DEPTH.
    """
    fields = (_generic_field(f, depth) for f in descriptor.fields if f.name not in skip)
    return tuple(field for field in fields if field is not None)


def _generic_field(f: Any, depth: int) -> Field | None:
    doc = _description(f.name)
    if f.message_type is not None:
        return _message_field(f, doc, depth)
    kind = _json_type(f)
    if kind is None:
        return None
    if f.is_repeated:
        return Field(f.name, "array", f.name, doc, items=kind)
    is_wide = kind == "integer" and f.cpp_type in _WIDE
    return Field(f.name, kind, _safe_integer(f.name) if is_wide else f.name, doc)


def _description(name: str) -> str:
    text = " ".join(_ABBREVIATIONS.get(word, word) for word in name.split("_"))
    return text[0].upper() + text[1:]


def _json_type(f: Any) -> JsonType | None:
    match f.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            return "string" if f.type == FieldDescriptor.TYPE_STRING else None
        case FieldDescriptor.CPPTYPE_BOOL:
            return "boolean"
        case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
            return "number"
    return "id" if f.cpp_type in _WIDE and _ID_NAME.fullmatch(f.name) else "integer"


def _safe_integer(name: str) -> Read:
    """Read a 64-bit number that is no id; None if a JSON number could not hold it exactly."""

    def read(message: Any) -> int | None:
        value: int = getattr(message, name)
        return value if -_MAX_SAFE <= value <= _MAX_SAFE else None

    return read


_SPECIAL_TYPES: Final[dict[str, tuple[JsonType, Read, tuple[Field, ...]]]] = {
    "User": ("object", read_who, WHO),
    "Image": ("string", first_url, ()),
    "Text": ("string", render, ()),
}


def _message_field(f: Any, doc: str, depth: int) -> Field | None:
    inner: Any = f.message_type
    if inner.name == "Common" or inner.GetOptions().map_entry:
        return None
    if (special := _SPECIAL_TYPES.get(inner.name)) is not None:
        kind, convert, fields = special
        if f.is_repeated:
            return Field(f.name, "array", _each(f.name, convert), doc, fields=fields, items=None if fields else kind)
        return Field(f.name, kind, _optional(f.name, convert), doc, fields=fields)
    fields = generic_fields(inner, depth=depth + 1) if depth < MAX_DEPTH and not is_lazy(inner) else ()
    if not fields:
        return None
    return Field(f.name, "array" if f.is_repeated else "object", f.name, doc, fields=fields)


def _optional(name: str, convert: Read) -> Read:
    return lambda message: convert(getattr(message, name)) if message.HasField(name) else None


def _each(name: str, convert: Read) -> Read:
    def read(message: Any) -> list[Any]:
        values = map(convert, bounded(getattr(message, name), _VALUES_EACH))
        return [value for value in values if value is not None]

    return read
