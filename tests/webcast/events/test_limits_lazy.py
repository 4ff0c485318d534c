from typing import Any

import pytest
from google.protobuf.message import DecodeError

from tests.webcast.events.filler import full
from tiktok2mqtt.webcast.events.limits import MAX_CACHED_BYTES, cached, is_lazy, is_unread, lazy_type
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema.types_pb2 import User

BOB = User(id=5, nickname="Bob")
SOURCES = sorted({s.message for row in REGISTRY.rows.values() for s in row.sources}, key=lambda m: m.DESCRIPTOR.name)


def test_users_identities_and_gifts_are_bytes_with_presence() -> None:
    chat = pb.WebcastChatMessage(content="hi", user=BOB, user_identity=pb.UserIdentity(is_anchor=True))
    read: Any = lazy_type(pb.WebcastChatMessage).FromString(chat.SerializeToString())
    assert (read.content, read.user, read.user_identity) == ("hi", BOB.SerializeToString(), b"\x30\x01")
    assert (read.HasField("user"), read.HasField("at_user"), read.at_user) == (True, False, b"")
    gift: Any = lazy_type(pb.WebcastGiftMessage).FromString(pb.WebcastGiftMessage(gift={}).SerializeToString())
    assert (gift.HasField("gift"), gift.gift, gift.HasField("to_user")) == (True, b"", False)


def test_repeated_and_nested_ones_are_bytes_too() -> None:
    read: Any = lazy_type(User).FromString(User(top_fans=[BOB, User()]).SerializeToString())
    assert list(read.top_fans) == [BOB.SerializeToString(), b""]
    ranks: Any = lazy_type(pb.WebcastRoomUserSeqMessage).FromString(
        pb.WebcastRoomUserSeqMessage(ranks_list=[pb.Contributor(user=BOB)]).SerializeToString()
    )
    assert ranks.ranks_list[0].user == BOB.SerializeToString()


def test_a_lazy_type_is_built_once() -> None:
    assert lazy_type(pb.WebcastChatMessage) is lazy_type(pb.WebcastChatMessage)
    assert is_lazy(User.DESCRIPTOR)
    assert not is_lazy(pb.WebcastChatMessage.DESCRIPTOR)


@pytest.mark.parametrize("message", SOURCES, ids=lambda message: message.DESCRIPTOR.name)
def test_no_other_field_is_changed(message: Any) -> None:
    payload = full(message()).SerializeToString()
    read = lazy_type(message).FromString(payload)
    # What the lazy type does not know is kept.
    assert message.FromString(read.SerializeToString()) == message.FromString(payload)
    assert_lazy(read.DESCRIPTOR, message.DESCRIPTOR, set())


def assert_lazy(made: Any, original: Any, seen: set[str]) -> None:
    """Check that only fields of lazy types became bytes, at any depth."""
    if original.full_name in seen:
        return
    seen.add(original.full_name)
    for field in original.fields:
        if field.message_type is not None and is_unread(field.message_type):
            assert field.name not in made.fields_by_name
            continue
        other = made.fields_by_name[field.name]
        assert (other.number, other.is_repeated) == (field.number, field.is_repeated)
        if field.message_type is None or not is_lazy(field.message_type):
            assert other.type == field.type
        else:
            assert other.type == field.TYPE_BYTES
        if other.message_type is not None:
            assert_lazy(other.message_type, field.message_type, seen)


def test_results_are_cached_except_those_of_long_bytes() -> None:
    read: list[bytes] = []

    @cached(2)
    def length(raw: bytes) -> int:
        read.append(raw)
        return len(raw)

    longest = bytes(MAX_CACHED_BYTES)
    assert [length(raw) for raw in (b"a", b"a", longest, longest, longest + b"a", longest + b"a")] == [
        *(1, 1),
        *[MAX_CACHED_BYTES] * 2,
        *[MAX_CACHED_BYTES + 1] * 2,
    ]
    assert [len(raw) for raw in read] == [1, MAX_CACHED_BYTES, MAX_CACHED_BYTES + 1, MAX_CACHED_BYTES + 1]
    length(b"b")
    length(b"a")
    assert read[-1] == b"a"


def test_a_call_that_raises_is_not_cached() -> None:
    calls: list[bytes] = []

    @cached(2)
    def fail(raw: bytes) -> None:
        calls.append(raw)
        raise DecodeError

    for _ in range(2):
        with pytest.raises(DecodeError):
            fail(b"a")
    assert len(calls) == 2
