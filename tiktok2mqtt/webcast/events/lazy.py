"""Users, identities and gifts in messages are parsed lazily: they stay bytes until a row reads them.

The same viewers chat and like for hours, half of the message types name their user twice, and every gift message
describes the gift in full. So these messages are parsed only when they are needed, and the results are cached by their
bytes.

Maps are read as lists of their entries. The hash table that protobuf makes of a map with numbers as keys takes seconds
for a few thousand keys that a hostile peer has chosen.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Final, TypeVar

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from tiktok2mqtt.webcast.events.limits import IS_PURE_PYTHON, charge
from tiktok2mqtt.webcast.schema.messages_pb2 import GiftStruct, UserIdentity
from tiktok2mqtt.webcast.schema.types_pb2 import User

_T = TypeVar("_T")
_LAZY_TYPES: Final = frozenset(f".{message.DESCRIPTOR.full_name}" for message in (User, UserIdentity, GiftStruct))
_POOL: Final = DescriptorPool()
# The longest one captured has 4.5 kB. Longer ones are not cached, which bounds the memory of the caches.
MAX_CACHED_BYTES: Final = 8_192
# Parsing so many bytes takes as long as reading a value, at most. See `limits.charge`.
_BYTES_PER_VALUE: Final = 2 if IS_PURE_PYTHON else 32


def is_lazy(descriptor: Any) -> bool:
    """Return whether messages of this type stay bytes inside other messages."""
    return f".{descriptor.full_name}" in _LAZY_TYPES


def lazy_type(message: type[Message]) -> type[Message]:
    """Return the message type in which each User, UserIdentity and GiftStruct is a bytes field, at any depth.

    A map is a list of messages with `key` and `value`. The wire format of both types is the same. HasField works for
    the bytes fields as before.
    """
    _add_file(message.DESCRIPTOR.file)
    return GetMessageClass(_POOL.FindMessageTypeByName(message.DESCRIPTOR.full_name))


def _add_file(file: Any) -> None:
    """Add a .proto file and the files it imports to our pool, with the lazy fields turned into bytes."""
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
