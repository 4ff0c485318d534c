"""Parts of messages that come again and again: they are kept as bytes, and read once.

The same viewers write, tap and give all evening, half of the message types name their user twice, and a gift is
described in full each time it is given. So these parts are not parsed with the message they stand in: whoever needs
one looks it up by its bytes.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Final, TypeVar

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from tiktok2mqtt.webcast.schema.messages_pb2 import GiftStruct, UserIdentity
from tiktok2mqtt.webcast.schema.types_pb2 import User

_T = TypeVar("_T")
_PARTS: Final = frozenset(f".{part.DESCRIPTOR.full_name}" for part in (User, UserIdentity, GiftStruct))
_POOL: Final = DescriptorPool()
# What is longer than any such part ever captured (4.5 kB) is read anew each time: the memory stays bounded.
MAX_REMEMBERED_BYTES: Final = 8_192


def is_part(descriptor: Any) -> bool:
    """Return whether messages of this type are kept as bytes where they stand in others."""
    return f".{descriptor.full_name}" in _PARTS


def lazy(message: type[Message]) -> type[Message]:
    """Return the message type in which each User, UserIdentity and GiftStruct is a bytes field, at any depth.

    On the wire both are the same. HasField works for them as before.
    """
    _add(message.DESCRIPTOR.file)
    return GetMessageClass(_POOL.FindMessageTypeByName(message.DESCRIPTOR.full_name))


def _add(file: Any) -> None:
    """Bring a .proto file, and before it those it imports, into our pool, its parts turned into bytes."""
    for imported in file.dependencies:
        _add(imported)
    try:
        _POOL.FindFileByName(file.name)
    except KeyError:
        proto = FileDescriptorProto()
        file.CopyToProto(proto)
        for message in proto.message_type:
            for field in message.field:
                if field.type_name in _PARTS:
                    _turn_into_bytes(field, message)
        _POOL.Add(proto)


def _turn_into_bytes(field: Any, message: Any) -> None:
    field.type = FieldDescriptorProto.TYPE_BYTES
    field.ClearField("type_name")
    if field.label != FieldDescriptorProto.LABEL_REPEATED:
        # What `optional` means in a .proto file: without it, bytes that are not there look like empty ones.
        field.proto3_optional = True
        field.oneof_index = len(message.oneof_decl)
        message.oneof_decl.add(name=f"_{field.name}")


def remembered(entries: int) -> Callable[[Callable[[bytes], _T]], Callable[[bytes], _T]]:
    """Decorate a function of bytes so that its last results are remembered, those of long bytes excepted.

    Results are shared: callers copy what they hand out. Nothing is remembered of a call that raises.
    """

    def decorate(read: Callable[[bytes], _T]) -> Callable[[bytes], _T]:
        remember = lru_cache(entries)(read)

        @wraps(read)
        def look_up(raw: bytes) -> _T:
            return remember(raw) if len(raw) <= MAX_REMEMBERED_BYTES else read(raw)

        return look_up

    return decorate
