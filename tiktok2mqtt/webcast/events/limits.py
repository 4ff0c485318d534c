"""Limits on the cost of one fetch response. The service is not trusted, and bytes say little about the cost.

An empty message inside a message has two bytes. Parsing it takes 50 ns and 120 bytes, in pure Python 4 µs and 500
bytes; making a part of an event from it takes microseconds. So fields are counted before they are parsed, and values
before they are read. TikTok's own messages are short and have few lists: for them, only their length is checked.
"""

import threading
from collections.abc import Mapping
from functools import cache
from math import inf
from typing import Any, Final

from google.protobuf.internal import api_implementation
from google.protobuf.message import DecodeError

# The 701 captured messages (2023, 74 types) have 1,330 bytes and 35 fields on average. The largest two have 49,861 and
# 14,933 bytes; the most fields are 268.
MAX_MESSAGE_BYTES: Final = 128 * 1024
MAX_MESSAGE_FIELDS: Final = 10_000
MAX_LIST_VALUES: Final = 5_000
# Of one response. All captured messages in one response would have 957,362 bytes, 24,215 fields and 1,100 values.
MAX_RESPONSE_FIELDS: Final = 30_000
MAX_RESPONSE_VALUES: Final = 50_000
# Shorter messages are not checked: all but one of the captured ones are.
LARGE_MESSAGE_BYTES: Final = 16 * 1024
# An event is published in at most 8 KiB.
_MAX_EVENT_CHARS: Final = 8_192
_MIN_TEXT_CHARS: Final = 256
# Pure Python is used where there is no compiled protobuf. It takes a hundred times as long to parse.
IS_PURE_PYTHON: Final = api_implementation.Type() == "python"
# What may be parsed of a response before fields are counted: 64 ms at most.
_UNCOUNTED_BYTES: Final = 32 * 1024
_VARINT, _LENGTH_DELIMITED = 0, 2
_FIXED: Final = {1: 8, 5: 4}
_MORE_FOLLOW: Final = 0x80
_MAX_VARINT_BYTES: Final = 10
# The fields of a message type that hold further fields, by number: messages, and packed numbers (None).
Layout = Mapping[int, "Layout | None"]
FLAT: Final[Layout] = {}


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
        allowance.fields -= count_fields(payload, layout(descriptor), min(MAX_MESSAGE_FIELDS, allowance.fields))


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
            tag, at = _varint(data, at)
            count += 1
            kind = tag & 7
            if kind == _VARINT:
                _, at = _varint(data, at)
            elif kind == _LENGTH_DELIMITED:
                size, at = _varint(data, at)
                if tag >> 3 not in inside:
                    at += size
                elif (inner := inside[tag >> 3]) is None:
                    count += size
                    at += size
                else:
                    outer.append((end, inside))
                    end, inside = min(end, at + size), inner
            else:
                at += _FIXED[kind]
    except (IndexError, KeyError) as error:
        raise DecodeError("no fields") from error
    raise TooLargeError(f"more than {limit:.0f} fields")


def _varint(data: bytes, at: int) -> tuple[int, int]:
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
