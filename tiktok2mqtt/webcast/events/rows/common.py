"""What rows share: display text fields, rows of one message type, and fields made from a message's descriptor."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from tiktok2mqtt.webcast.events.fields import (
    COMMON_KEYS,
    Field,
    JsonType,
    Part,
    Read,
    bounded,
    enum_fields,
    first_url,
)
from tiktok2mqtt.webcast.events.limits import is_lazy, is_unread
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
    "s": "in s",
    "uid": "user ID",
    "url": "URL",
}
# Numbers with such a name are instants, in whatever unit.
_INSTANT_NAME: Final = re.compile(r".*_(time|at|timestamp)(_v2)?|timestamp")
_WIDE: Final = (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64)
# The largest integer that every JSON reader holds exactly.
_MAX_SAFE: Final = 2**53 - 1
# The cost of a user, a picture or a text in a list, see `limits.charge`.
_VALUES_EACH: Final = 5


Words = Mapping[str, Mapping[int, str]]
"""By the name of a field: what its numbers mean."""
NO_WORDS: Final[Words] = {}
# Meanings of numbers without another source are reported by other clients.
PUNISH_WORDS: Final[Words] = {
    "punish_kind": {
        9: "ban_guests",
        25: "ban_game_partnership",
        26: "remove_game_partnership",
        55: "ban_co_host",
        57: "limit_battle",
        59: "ban_voice_chat",
        64: "ban_goal",
        70: "limit_viewers",
        76: "ban_console",
    }
}
_WARNING_ICONS: Final = {
    1: "warning",
    2: "co_host",
    3: "guest",
    4: "live",
    5: "treasure_box",
    6: "mute",
    7: "gamepad_revoked",
    8: "ban_room",
    9: "ban_all_rooms",
    10: "ban_green_screen",
    11: "gift",
    12: "appeal_success",
    13: "battle",
    14: "goal",
    15: "subscription",
    16: "star_comment",
    17: "ranking",
    18: "common",
}
PERCEPTION_WORDS: Final[Words] = {"icon_type": _WARNING_ICONS, "float_icon_type": _WARNING_ICONS}


def display_text(message: Any) -> str | None:
    """Return the sentence that TikTok shows for a message, in English."""
    return render(message.common.display_text)


TEXT = (Field("text", "string", Part("common.display_text", render), "Text that TikTok shows, in English"),)
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
    identity: Read | None = None,
    time: str | Read | None = None,
    fields: tuple[Field, ...] | None = None,
    words: Words = NO_WORDS,
    kind: Kind = "streaming",
    priority: bool = False,
) -> EventRow:
    """Return the row of an event that every message of one type makes.

    `aliases` are other methods under which the type is sent; for `person`, `identity` and `time` see Source. Without
    `fields`, the event has `text` and everything else in the message under the names in the schema, with `words` for
    the numbers named in it; a name that is a key of every event gets the prefix `message_`.
    """
    if fields is None:
        skip = ("common", "text", *((person,) if isinstance(person, str) else ()))
        fields = (*TEXT, *(_renamed(f) for f in generic_fields(message.DESCRIPTOR, skip, words)))
    source = Source((message.DESCRIPTOR.name, *aliases), message, person=person, identity=identity, time=time)
    return EventRow(event, doc, fields, (source,), kind, priority=priority, has_person=person is not None)


def _renamed(f: Field) -> Field:
    return replace(f, key=f"message_{f.key}") if f.key in COMMON_KEYS else f


# --- fields from a descriptor ---


def generic_fields(
    descriptor: Any, skip: tuple[str, ...] = (), words: Words = NO_WORDS, depth: int = 1
) -> tuple[Field, ...]:
    """Return fields for everything in a message type, named as in the schema.

    Users become the keys of WHO, pictures their first URL, texts their English sentence, instants RFC 3339; numbers in
    `words` get a key for the word as well. Bytes are left out, because their content is unknown, and so are ids that
    are also there as a number, maps, gifts, identities, and messages nested deeper than MAX_DEPTH.
    """
    names = {f.name for f in descriptor.fields}
    fields: list[Field] = []
    for f in descriptor.fields:
        if f.name not in skip and f.name.removesuffix("_str") not in names - {f.name}:
            fields += _generic_field(f, words, depth)
    return tuple(fields)


def _generic_field(f: Any, words: Words, depth: int) -> tuple[Field, ...]:
    doc = _description(f.name)
    if f.message_type is not None:
        return _message_field(f, doc, words, depth)
    kind = _json_type(f)
    if kind is None:
        return ()
    if f.is_repeated:
        return (Field(f.name, "array", f.name, doc, items=kind),)
    if f.name in words:
        return enum_fields(f.name, f.name, words[f.name], doc)
    if kind == "integer" and _INSTANT_NAME.fullmatch(f.name):
        return (Field(f.name, "string", f.name, doc, instant=True),)
    is_wide = kind == "integer" and f.cpp_type in _WIDE
    return (Field(f.name, kind, _safe_integer(f.name) if is_wide else f.name, doc),)


def _description(name: str) -> str:
    text = " ".join(_ABBREVIATIONS.get(word, word) for word in name.split("_"))
    return text[0].upper() + text[1:]


def _json_type(f: Any) -> JsonType | None:
    match f.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            if f.type != FieldDescriptor.TYPE_STRING:
                return None
            return "id" if _ID_NAME.fullmatch(f.name) else "string"
        case FieldDescriptor.CPPTYPE_BOOL:
            return "boolean"
        case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
            return "number"
    return "id" if f.cpp_type in _WIDE and _ID_NAME.fullmatch(f.name) else "integer"


def _safe_integer(name: str) -> Read:
    """Read a 64-bit number that is not an id; None if it is 0, or if a JSON number could not hold it exactly."""

    def read(message: Any) -> int | None:
        value: int = getattr(message, name)
        return value if value and -_MAX_SAFE <= value <= _MAX_SAFE else None

    return read


_SPECIAL_TYPES: Final[dict[str, tuple[JsonType, Read, tuple[Field, ...]]]] = {
    "User": ("object", read_who, WHO),
    "Image": ("string", first_url, ()),
    "Text": ("string", render, ()),
}


def _message_field(f: Any, doc: str, words: Words, depth: int) -> tuple[Field, ...]:
    inner: Any = f.message_type
    if inner.name == "Common" or inner.GetOptions().map_entry or is_unread(inner):
        return ()
    if (special := _SPECIAL_TYPES.get(inner.name)) is not None:
        kind, convert, fields = special
        if f.is_repeated:
            return (Field(f.name, "array", _each(f.name, convert), doc, fields, None if fields else kind),)
        return (Field(f.name, kind, _optional(f.name, convert), doc, fields),)
    fields = generic_fields(inner, words=words, depth=depth + 1) if depth < MAX_DEPTH and not is_lazy(inner) else ()
    return (Field(f.name, "array" if f.is_repeated else "object", f.name, doc, fields),) if fields else ()


def _optional(name: str, convert: Read) -> Read:
    return lambda message: convert(getattr(message, name)) if message.HasField(name) else None


def _each(name: str, convert: Read) -> Read:
    def read(message: Any) -> list[Any]:
        values = map(convert, bounded(getattr(message, name), _VALUES_EACH))
        return [value for value in values if value is not None]

    return read
