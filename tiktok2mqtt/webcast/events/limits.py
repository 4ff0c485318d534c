"""Limits on the cost of reading one fetch response, and messages that are parsed only when a row reads them.

The service is not trusted, and bytes say little about the cost.

An empty message inside a message has two bytes. Parsing it takes 50 ns and 120 bytes, in pure Python 4 µs and 500
bytes; making a part of an event from it takes microseconds. So fields are counted before they are parsed, and values
before they are read. TikTok's own messages are short and have few lists: for them, only their length is checked.

Users, identities and gifts in messages stay bytes until a row reads them, and the results are cached by these bytes:
the same viewers chat and like for hours, half of the message types name their user twice, and every gift message
describes the gift in full.

Maps are read as lists of their entries. The hash table that protobuf makes of a map with numbers as keys takes seconds
for a few thousand keys that a hostile peer has chosen.
"""

import threading
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, wraps
from math import inf
from typing import Any, Final, TypeVar

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.internal import api_implementation
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from tiktok2mqtt.webcast.schema.messages_pb2 import (
    CommentQualityScore,
    GiftStruct,
    SpecifiedDisplayText,
    UserIdentity,
)
from tiktok2mqtt.webcast.schema.types_pb2 import User

# The 701 captured messages (2023, 74 types) have 1,330 bytes and 46 fields on average. The largest two have 49,861 and
# 14,933 bytes; the most fields are 950.
MAX_MESSAGE_BYTES: Final = 128 * 1024
MAX_MESSAGE_FIELDS: Final = 10_000
MAX_LIST_VALUES: Final = 5_000
# Pure Python is used where there is no compiled protobuf. It takes a hundred times as long to parse.
IS_PURE_PYTHON: Final = api_implementation.Type() == "python"
# Limits of one response. All captured messages in one response would have 957,362 bytes, 31,916 fields and 7,394
# values. Those of today have up to 200 fields, and a response 500 of them; their fields are counted in pure Python
# only.
MAX_RESPONSE_FIELDS: Final = 120_000 if IS_PURE_PYTHON else 40_000
MAX_RESPONSE_VALUES: Final = 50_000
# Shorter messages are not checked: all captured ones but one are shorter.
LARGE_MESSAGE_BYTES: Final = 16 * 1024
# An event is published in at most 8 KiB.
_MAX_EVENT_CHARS: Final = 8_192
_MIN_TEXT_CHARS: Final = 256
# What may be parsed of a response before fields are counted: 64 ms at most.
_UNCOUNTED_BYTES: Final = 32 * 1024
# Wire types. Groups, 3 and 4, are not part of proto3.
VARINT, LENGTH_DELIMITED = 0, 2
FIXED_BYTES: Final = {1: 8, 5: 4}
_MORE_FOLLOW: Final = 0x80
_MAX_VARINT_BYTES: Final = 10
# The fields of a message type that hold further fields, by number: messages, and packed numbers (None).
Layout = Mapping[int, "Layout | None"]
FLAT: Final[Layout] = {}
_T = TypeVar("_T")
_LAZY_TYPES: Final = frozenset(f".{message.DESCRIPTOR.full_name}" for message in (User, UserIdentity, GiftStruct))
# No row reads these, and comments have about twenty of them: as unknown fields they cost least.
_UNREAD_TYPES: Final = frozenset(
    f".{message.DESCRIPTOR.full_name}" for message in (CommentQualityScore, SpecifiedDisplayText)
)
_POOL: Final = DescriptorPool()
# The longest one captured has 4.5 kB. Longer ones are not cached, which bounds the memory of the caches.
MAX_CACHED_BYTES: Final = 8_192
# Parsing this many bytes takes at most as long as reading a value, see `charge`.
_BYTES_PER_VALUE: Final = 2 if IS_PURE_PYTHON else 32


class TooLargeError(DecodeError):
    """A frame, response or message that is too large, or too expensive for its size. It is dropped and counted."""


class _Allowance(threading.local):
    """What the response that a thread is processing may still cost. Outside of a response there is no limit."""

    def __init__(self) -> None:
        self.uncounted_bytes = self.fields = self.values = inf

    def __enter__(self) -> None:
        self.uncounted_bytes, self.fields, self.values = _UNCOUNTED_BYTES, MAX_RESPONSE_FIELDS, MAX_RESPONSE_VALUES

    def __exit__(self, *_error: object) -> None:
        self.uncounted_bytes = self.fields = self.values = inf


response_allowance: Final = _Allowance()
"""While a thread is in its context, `check_message` and `charge` limit the sum for all messages of one response."""


def charge(values: int) -> None:
    """Account for values that are about to be read from a list. Raises TooLargeError when they are too many.

    A value is what takes about half a microsecond: a number, a text, a key of an object.
    """
    left = response_allowance.values - values
    if left < 0 or values > MAX_LIST_VALUES:
        raise TooLargeError(f"a list of {values} values")
    response_allowance.values = left


def check_message(payload: bytes, descriptor: Any) -> None:
    """Check a message before it is parsed. Raises TooLargeError, or DecodeError if it cannot be parsed.

    To be called for messages of more than LARGE_MESSAGE_BYTES; in pure Python for all messages.
    """
    if len(payload) > MAX_MESSAGE_BYTES:
        raise TooLargeError(f"a message of {len(payload)} bytes")
    allowance = response_allowance
    allowance.uncounted_bytes -= len(payload)
    if len(payload) > LARGE_MESSAGE_BYTES or allowance.uncounted_bytes < 0:
        limit = min(MAX_MESSAGE_FIELDS, allowance.fields)
        # If counting fails, it has cost time as well, so the limit is used up.
        allowance.fields -= limit
        allowance.fields += limit - count_fields(payload, layout(descriptor), limit)


@cache
def layout(descriptor: Any) -> Layout:
    """Return the layout of a message type."""
    return _layout(descriptor, {})


def _layout(descriptor: Any, known: dict[str, dict[int, Layout | None]]) -> Layout:
    if (made := known.get(descriptor.full_name)) is not None:
        return made
    made = known[descriptor.full_name] = {}
    for field in descriptor.fields:
        if field.message_type is not None:
            made[field.number] = _layout(field.message_type, known)
        elif field.is_repeated and field.cpp_type != field.CPPTYPE_STRING:
            made[field.number] = None
    return made


def count_fields(data: bytes, inside: Layout, limit: float) -> int:
    """Return the number of fields in a message and in the messages inside it. Source: protobuf's encoding guide.

    Raises TooLargeError if there are more than `limit`, DecodeError for groups (proto3 has none) and for bytes that are
    no message. Each byte of packed numbers counts as a field.
    """
    count = at = 0
    end = len(data)
    outer: list[tuple[int, Layout]] = []
    try:
        while count <= limit:
            while at >= end:
                if not outer:
                    return count
                end, inside = outer.pop()
            tag, at = read_varint(data, at)
            count += 1
            kind = tag & 7
            if kind == VARINT:
                _, at = read_varint(data, at)
            elif kind == LENGTH_DELIMITED:
                size, at = read_varint(data, at)
                if tag >> 3 not in inside:
                    at += size
                elif (inner := inside[tag >> 3]) is None:
                    count += size
                    at += size
                else:
                    outer.append((end, inside))
                    end, inside = min(end, at + size), inner
            else:
                at += FIXED_BYTES[kind]
    except (IndexError, KeyError) as error:
        raise DecodeError("no fields") from error
    raise TooLargeError(f"more than {limit:.0f} fields")


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at a place, and the place behind it. Raises IndexError at the end of the data."""
    number = data[at]
    if number < _MORE_FOLLOW:
        return number, at + 1
    number &= 0x7F
    for shift in range(7, 7 * _MAX_VARINT_BYTES, 7):
        at += 1
        byte = data[at]
        number |= (byte & 0x7F) << shift
        if byte < _MORE_FOLLOW:
            return number, at + 1
    raise IndexError


def shorten_texts(event: dict[str, Any]) -> None:
    """Shorten the texts of an event if they are too long together, and set `truncated`.

    Events are kept in memory, for example while a streak of gifts is running.
    """
    sizes = list(map(len, _texts(event)))
    if sum(sizes) > _MAX_EVENT_CHARS:
        limit = max(_MIN_TEXT_CHARS, _MAX_EVENT_CHARS // len(sizes))
        event |= {key: _shortened(value, limit) for key, value in event.items()} | {"truncated": True}


def _texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for inner in value.values() for text in _texts(inner)]
        case list():
            return [text for inner in value for text in _texts(inner)]
    return []


def _shortened(value: Any, limit: int) -> Any:
    match value:
        case str():
            return value if len(value) <= limit else value[: limit - 1] + "…"
        case dict():
            return {key: _shortened(inner, limit) for key, inner in value.items()}
        case list():
            return [_shortened(inner, limit) for inner in value]
    return value


def is_lazy(descriptor: Any) -> bool:
    """Return whether messages of this type stay bytes inside other messages."""
    return f".{descriptor.full_name}" in _LAZY_TYPES


def is_unread(descriptor: Any) -> bool:
    """Return whether messages of this type are left out of the messages that rows read."""
    return f".{descriptor.full_name}" in _UNREAD_TYPES


def lazy_type(message: type[Message]) -> type[Message]:
    """Return the message type in which each User, UserIdentity and GiftStruct is a bytes field, at any depth.

    It lacks the fields of types that no row reads: unknown fields cost little. A map is a list of messages with `key`
    and `value`. The wire format of both types is the same. HasField works for the bytes fields as before.
    """
    _add_file(message.DESCRIPTOR.file)
    return GetMessageClass(_POOL.FindMessageTypeByName(message.DESCRIPTOR.full_name))


def _add_file(file: Any) -> None:
    """Add a .proto file and the files it imports to our pool: lazy fields as bytes, and without those never read."""
    for imported in file.dependencies:
        _add_file(imported)
    try:
        _POOL.FindFileByName(file.name)
    except KeyError:
        proto = FileDescriptorProto()
        file.CopyToProto(proto)
        for message in proto.message_type:
            for entry in message.nested_type:
                entry.options.ClearField("map_entry")
            kept = [field for field in message.field if field.type_name not in _UNREAD_TYPES]
            del message.field[:]
            message.field.extend(kept)
            for field in message.field:
                if field.type_name in _LAZY_TYPES:
                    _turn_into_bytes(field, message)
        _POOL.Add(proto)


def _turn_into_bytes(field: Any, message: Any) -> None:
    field.type = FieldDescriptorProto.TYPE_BYTES
    field.ClearField("type_name")
    if field.label != FieldDescriptorProto.LABEL_REPEATED:
        # What `optional` means in a .proto file: without it, missing bytes and empty bytes look the same.
        field.proto3_optional = True
        field.oneof_index = len(message.oneof_decl)
        message.oneof_decl.add(name=f"_{field.name}")


def cached(entries: int) -> Callable[[Callable[[bytes], _T]], Callable[[bytes], _T]]:
    """Cache the last results of a function of bytes, except those of long bytes and of calls that raise.

    Results are shared: callers must copy what they hand out.
    """

    def decorate(read: Callable[[bytes], _T]) -> Callable[[bytes], _T]:
        read_cached = lru_cache(entries)(read)

        @wraps(read)
        def look_up(raw: bytes) -> _T:
            if len(raw) <= MAX_CACHED_BYTES:
                return read_cached(raw)
            charge(len(raw) // _BYTES_PER_VALUE)
            return read(raw)

        return look_up

    return decorate
