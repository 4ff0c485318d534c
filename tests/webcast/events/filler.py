"""Messages with a value in every field, made from their descriptors."""

import re
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

MAX_DEPTH = 6
# Of a list in the message itself. Deeper lists have one, or the message would be too large to be decoded.
ITEMS = 2
Leaf = Callable[[Any], Any]
# An instant in seconds, for numbers with such a name.
INSTANT = 1_700_000_000
INSTANT_NAME = re.compile(r".*(_time|_at|_timestamp|_time_v2|_time_ms)|timestamp(_ms)?|time_to_live")
_FILLED: dict[tuple[type[Message], Leaf, int], bytes] = {}


def plain_leaf(field: Any) -> Any:
    """Return the name of the field for a text, an instant for an instant, its number for another number."""
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            return field.name if field.type == FieldDescriptor.TYPE_STRING else field.name.encode()
        case FieldDescriptor.CPPTYPE_BOOL:
            return True
    return INSTANT if INSTANT_NAME.fullmatch(field.name) else field.number


def highest(field: Any) -> Any:
    """Return the highest number, or a text of control characters."""
    return _extreme(field, 2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1)


def lowest(field: Any) -> Any:
    """Return the lowest number, or a text of control characters."""
    return _extreme(field, -(2**31), 0, -(2**63), 0)


def _extreme(field: Any, int32: int, uint32: int, int64: int, uint64: int) -> Any:
    numbers = {
        FieldDescriptor.CPPTYPE_INT32: int32,
        FieldDescriptor.CPPTYPE_UINT32: uint32,
        FieldDescriptor.CPPTYPE_INT64: int64,
        FieldDescriptor.CPPTYPE_UINT64: uint64,
    }
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return "\x00\x1b\x7f\u202e\ufffe{0:user}" if field.type == FieldDescriptor.TYPE_STRING else b"\xff\x00"
    return numbers.get(field.cpp_type, True)


def full(message: Any, leaf: Leaf = plain_leaf, depth: int = 0) -> Any:
    """Fill each field of an empty message with the value that `leaf` returns for it, and return the message."""
    message.MergeFromString(filled(type(message), leaf, depth))
    return message


def filled(message_type: type[Message], leaf: Leaf = plain_leaf, depth: int = 0) -> bytes:
    """Return the bytes of a full message. They are cached: a type may be in another one a thousand times."""
    key = (message_type, leaf, depth)
    if key not in _FILLED:
        _FILLED[key] = _filled(message_type(), leaf, depth)
    return _FILLED[key]


def _filled(message: Any, leaf: Leaf, depth: int) -> bytes:
    for field in message.DESCRIPTOR.fields:
        if field.message_type is None:
            _set(message, field, leaf(field), depth)
        elif field.message_type.GetOptions().map_entry:
            _fill_map(getattr(message, field.name), field.message_type, leaf, depth)
        elif depth < MAX_DEPTH and field.message_type is not message.DESCRIPTOR:
            # Types can contain themselves: the top fans of a user are users.
            _fill_inner(message, field, leaf, depth)
    payload: bytes = message.SerializeToString()
    return payload


def _set(message: Any, field: Any, value: Any, depth: int) -> None:
    if field.is_repeated:
        getattr(message, field.name).extend([value] * _items(depth))
    else:
        setattr(message, field.name, value)


def _items(depth: int) -> int:
    return 1 if depth else ITEMS


def _fill_inner(message: Any, field: Any, leaf: Leaf, depth: int) -> None:
    inner = getattr(message, field.name)
    if field.is_repeated:
        for _ in range(_items(depth)):
            full(inner.add(), leaf, depth + 1)
    else:
        inner.SetInParent()
        full(inner, leaf, depth + 1)


def _fill_map(entries: Any, entry: Any, leaf: Leaf, depth: int) -> None:
    key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
    if value.message_type is None:
        entries[leaf(key)] = leaf(value)
    elif depth < MAX_DEPTH:
        full(entries[leaf(key)], leaf, depth + 1)
