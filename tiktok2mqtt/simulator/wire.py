"""A generic writer and reader of Protobuf's wire format, by field number.

The simulator deliberately does not use the library's compiled schema: a wrong field number in one of the two then makes
a test fail. Field numbers come from the tables of `fields`; source: the public encoding guide of protobuf.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Scalar = int | str | bytes | None
Value = Scalar | list[str] | list[bytes] | list[int]

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_U64 = (1 << 64) - 1
_VARINT_MAX_BYTES = 10


class WireError(ValueError):
    """Invalid protobuf; the text says what is wrong and where."""


def varint(number: int) -> bytes:
    """Return `number` as a varint; a negative one as its 64-bit two's complement (10 bytes)."""
    number &= _U64
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number: int, value: Value) -> bytes:
    """Return one field with its key; a list becomes a repeated field.

    As proto3 does, None, 0, False and "" are left out. `bytes` are always written, so that b"" is an empty message.
    """
    if isinstance(value, list):
        return b"".join(_element(number, item) for item in value)
    if value is None or (not isinstance(value, bytes) and not value):
        return b""
    return _element(number, value)


def _element(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3 | _VARINT) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | _LENGTH) + varint(len(raw)) + raw


def build(table: Mapping[str, int], **values: Value) -> bytes:
    """Return a message from values by name, in the given order. Raises KeyError for a name that `table` lacks."""
    return b"".join(field(table[name], value) for name, value in values.items())


def pairs(number: int, entries: Iterable[tuple[str, str]]) -> bytes:
    """Return a repeated {1 key, 2 value}: a map, or the headers of a push frame."""
    return b"".join(field(number, field(1, key) + field(2, value)) for key, value in entries)


class Record:
    """A received message: the last value of each field, by the names of `table`; unknown fields are ignored.

    Raises `WireError` if `data` is not a protobuf message.
    """

    def __init__(self, table: Mapping[str, int], data: bytes) -> None:
        self._table = table
        self._values = dict(read(data))

    def has(self, name: str) -> bool:
        """Return whether the field was on the wire."""
        return self._table[name] in self._values

    def number(self, name: str) -> int:
        """Return the field as an unsigned integer; 0 if absent. Raises `WireError` for another wire type."""
        value = self._values.get(self._table[name], 0)
        if not isinstance(value, int):
            raise WireError(f"field {name} is not a number")
        return value

    def blob(self, name: str) -> bytes:
        """Return the field as bytes; b"" if absent. Raises `WireError` for another wire type."""
        value = self._values.get(self._table[name], b"")
        if not isinstance(value, bytes):
            raise WireError(f"field {name} is not a string, message or bytes")
        return value

    def text(self, name: str) -> str:
        """Return the field as UTF-8 text; "" if absent. Raises `WireError` if it is not UTF-8."""
        try:
            return self.blob(name).decode()
        except UnicodeDecodeError as error:
            raise WireError(f"field {name} is not UTF-8") from error


def read(data: bytes) -> list[tuple[int, int | bytes]]:
    """Return all fields in wire order: (number, integer or bytes). Raises `WireError`."""
    found: list[tuple[int, int | bytes]] = []
    position = 0
    while position < len(data):
        key, position = _read_varint(data, position)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise WireError(f"field number 0 at byte {position}")
        value, position = _read_value(data, position, kind)
        found.append((number, value))
    return found


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    number = 0
    for index in range(_VARINT_MAX_BYTES):
        if position + index >= len(data):
            raise WireError("ends within a varint")
        byte = data[position + index]
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a varint
            return number & _U64, position + index + 1
    raise WireError(f"a varint of more than 10 bytes at byte {position}")


def _read_value(data: bytes, position: int, kind: int) -> tuple[int | bytes, int]:
    if kind == _VARINT:
        return _read_varint(data, position)
    if kind == _LENGTH:
        length, position = _read_varint(data, position)
    elif kind in (_FIXED64, _FIXED32):
        length = 8 if kind == _FIXED64 else 4
    else:
        raise WireError(f"wire type {kind} at byte {position}")
    if position + length > len(data):
        raise WireError(f"a field of {length} bytes ends after the message")
    return data[position : position + length], position + length
