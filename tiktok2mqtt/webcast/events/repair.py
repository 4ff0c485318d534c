"""The second reading of a message that protobuf refuses: one bad field costs that field, not the message.

protobuf refuses a whole message if one text in it is not UTF-8, or if a field that should hold a message or packed
numbers holds something else. `repair` replaces such texts and leaves out such fields. It is called only for messages
that protobuf has refused: valid messages cost nothing more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError

from tiktok2mqtt.common.text import has_control_characters
from tiktok2mqtt.webcast.events.limits import (
    FIXED_BYTES,
    LENGTH_DELIMITED,
    MAX_MESSAGE_FIELDS,
    VARINT,
    TooLargeError,
    read_varint,
    response_allowance,
)

# The names are those of the schema and few; hostile messages must not make many of them.
MAX_COUNTED_FIELDS: Final = 500
# Captured messages have at most nine levels. protobuf reads up to 100.
_MAX_DEPTH: Final = 50
# A bad field takes three times as long as a good one.
_BAD_FIELD_COST: Final = 2
# This many bytes of a bad text take as long as a field.
_TEXT_BYTES_PER_FIELD: Final = 16
# protobuf reads tags of 32 bits. Field number 0 is not valid.
_TAGS: Final = range(8, 2**32)
_VARINT_TYPES: Final = frozenset(
    {
        FieldDescriptor.TYPE_BOOL,
        FieldDescriptor.TYPE_ENUM,
        FieldDescriptor.TYPE_INT32,
        FieldDescriptor.TYPE_INT64,
        FieldDescriptor.TYPE_UINT32,
        FieldDescriptor.TYPE_UINT64,
    }
)


def repair(payload: bytes, descriptor: Any, bad_fields: Counter[str]) -> bytes:
    """Return the message without its bad fields.

    Each of them is counted in `bad_fields` as `Type.field`; one of a message inside as `Type.InnerType.field`. Raises
    DecodeError if the message itself is cut off or contains groups, TooLargeError if it has too many fields, or more
    than are left to the response that the thread is processing.
    """
    allowance = response_allowance
    reader = _Reader(descriptor.name, min(MAX_MESSAGE_FIELDS, allowance.fields))
    try:
        repaired = reader.message(payload, descriptor, 0)
    finally:
        allowance.fields -= reader.fields
    for name in reader.bad:
        bad_fields[name if name in bad_fields or len(bad_fields) < MAX_COUNTED_FIELDS else "other"] += 1
    return repaired


@dataclass(frozen=True, slots=True)
class _Field:
    """A field whose content can be bad: a text, a message with its descriptor, or packed numbers."""

    name: str
    kind: Literal["text", "message", "numbers"]
    inner: Any = None


@cache
def _fields(descriptor: Any) -> Mapping[int, _Field]:
    """Return the fields of a message type whose content can be bad, by number."""
    found = {field.number: _field(descriptor, field) for field in descriptor.fields}
    return {number: field for number, field in found.items() if field is not None}


def _field(descriptor: Any, field: Any) -> _Field | None:
    name = f"{descriptor.name}.{field.name}"
    if field.message_type is not None:
        return _Field(name, "message", inner=field.message_type)
    if field.type == FieldDescriptor.TYPE_STRING:
        return _Field(name, "text")
    return _Field(name, "numbers") if field.is_repeated and field.type in _VARINT_TYPES else None


class _Reader:
    """Reads one message. `bad` are the names of its bad fields, `fields` is the number of all fields so far."""

    def __init__(self, type_name: str, max_fields: float) -> None:
        self._type_name = type_name
        self._max_fields = max_fields
        self.fields = 0
        self.bad: list[str] = []

    def message(self, data: bytes, descriptor: Any, depth: int) -> bytes:
        """Return the message without its bad fields; `data` itself if none is bad."""
        known = _fields(descriptor)
        parts: list[bytes] = []
        copied = 0
        # All fields are found before one is looked into: of a message that is cut off, none is.
        for number, start, behind_tag, begin, end in list(self._split(data)):
            if (field := known.get(number)) is None:
                continue
            content = data[begin:end]
            repaired = self._repaired(content, field, depth)
            if repaired is not content:
                parts.append(data[copied:start])
                if repaired is not None:
                    parts += (data[start:behind_tag], _varint(len(repaired)), repaired)
                copied = end
        return b"".join((*parts, data[copied:])) if copied else data

    def _split(self, data: bytes) -> Iterator[tuple[int, int, int, int, int]]:
        """Yield the number of each field that has a length, where it starts, and where its parts do.

        These are the length, behind the tag, and the content with its end. Raises DecodeError.
        """
        at = 0
        while at < len(data):
            start = at
            try:
                tag, behind_tag = read_varint(data, at)
                begin, at = _content(data, tag, behind_tag)
            except (IndexError, KeyError) as error:
                raise DecodeError("no fields") from error
            if at > len(data) or tag not in _TAGS:
                raise DecodeError("no fields")
            self._count(1)
            if tag & 7 == LENGTH_DELIMITED:
                yield tag >> 3, start, behind_tag, begin, at

    def _count(self, fields: int) -> None:
        self.fields += fields
        if self.fields > self._max_fields:
            raise TooLargeError(f"more than {self._max_fields:.0f} fields")

    def _repaired(self, content: bytes, field: _Field, depth: int) -> bytes | None:
        """Return the content of a field, repaired if necessary; None if it has to be left out."""
        repaired: bytes | None = content
        match field.kind:
            case "text":
                if (repaired := _text(content)) is not content:
                    self._count(len(content) // _TEXT_BYTES_PER_FIELD)
            case "message":
                return self._inner(content, field, depth + 1)
            case "numbers":
                self._count(len(content))
                repaired = content if _are_varints(content) else None
        if repaired is not content:
            self._note(field)
        return repaired

    def _inner(self, content: bytes, field: _Field, depth: int) -> bytes | None:
        noted = len(self.bad)
        try:
            if depth <= _MAX_DEPTH:
                return self.message(content, field.inner, depth)
        except TooLargeError:
            raise
        except DecodeError:
            # What was bad inside goes with it.
            del self.bad[noted:]
        self._note(field)
        return None

    def _note(self, field: _Field) -> None:
        self._count(_BAD_FIELD_COST)
        self.bad.append(
            field.name if field.name.startswith(f"{self._type_name}.") else f"{self._type_name}.{field.name}"
        )


def _content(data: bytes, tag: int, at: int) -> tuple[int, int]:
    """Return where the content of a field begins and ends. Raises IndexError, or KeyError for groups."""
    kind = tag & 7
    if kind == VARINT:
        return at, read_varint(data, at)[1]
    if kind == LENGTH_DELIMITED:
        size, at = read_varint(data, at)
        return at, at + size
    return at, at + FIXED_BYTES[kind]


def _text(content: bytes) -> bytes | None:
    """Return a text as UTF-8; None for bytes that are not a text but, for example, a message."""
    try:
        content.decode()
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
        return None if has_control_characters(text) else text.encode()
    return content


def _are_varints(content: bytes) -> bool:
    at = 0
    try:
        while at < len(content):
            _, at = read_varint(content, at)
    except IndexError:
        return False
    return True


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits to a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
