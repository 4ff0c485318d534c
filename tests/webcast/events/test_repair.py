"""One bad field costs that field, whichever it is."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.internal import api_implementation

from bench.hostile import field, varint
from tests.webcast.events import samples
from tests.webcast.events.decode import start, without_common_keys
from tests.webcast.events.filler import filled
from tests.webcast.events.shape import decoded_faults
from tests.webcast.events.test_limits import process
from tiktok2mqtt.webcast.events.limits import (
    MAX_MESSAGE_FIELDS,
    MAX_RESPONSE_FIELDS,
    TooLargeError,
    lazy_type,
    response_allowance,
)
from tiktok2mqtt.webcast.events.registry import DecodeError
from tiktok2mqtt.webcast.events.repair import MAX_COUNTED_FIELDS, repair
from tiktok2mqtt.webcast.events.rows import REGISTRY, ROWS
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import notices_pb2
from tiktok2mqtt.webcast.schema import types_pb2 as types

TYPES = {method: source.message for row in ROWS for source in row.sources for method in source.methods}
CHAT = pb.WebcastChatMessage.DESCRIPTOR
# No message, no packed numbers, and, because of the control character, no text with a wrong byte either.
NOTHING = b"\x01\xff"


def test_protobuf_is_the_implementation_that_was_asked_for() -> None:
    """`make test-pure-python` runs these tests with the one in pure Python."""
    asked_for = os.environ.get("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", api_implementation.Type())
    assert api_implementation.Type() == asked_for


def decoded(method: str, payload: bytes) -> tuple[dict[str, dict[str, Any]], Counter[str]]:
    bad_fields = Counter[str]()
    events = REGISTRY.decode(method, payload, start, bad_fields)
    return {event["event_type"]: without_common_keys(event) for event in events}, bad_fields


def chat(payload: bytes) -> tuple[dict[str, Any], Counter[str]]:
    events, bad_fields = decoded("WebcastChatMessage", payload)
    return events["chat"], bad_fields


def fragile(descriptor: Any) -> Iterator[Any]:
    """Yield the fields of a message type that protobuf refuses if their content is wrong."""
    for one in descriptor.fields:
        packed = one.is_repeated and one.cpp_type != FieldDescriptor.CPPTYPE_STRING
        if one.message_type is not None or one.type == FieldDescriptor.TYPE_STRING or packed:
            yield one


@pytest.mark.parametrize("method", TYPES)
def test_a_bad_field_of_any_message_costs_that_field(method: str) -> None:
    good = filled(TYPES[method])
    expected, bad_fields = decoded(method, good)
    assert not bad_fields
    for one in fragile(TYPES[method].DESCRIPTOR):
        events, bad_fields = decoded(method, good + field(one.number, NOTHING))
        assert events == expected
        # Users that no row reads, and a few other parts, are not parsed.
        parsed = lazy_type(TYPES[method]).DESCRIPTOR.fields_by_name.get(one.name)
        if parsed is not None and parsed.type == one.type:
            assert bad_fields == {f"{TYPES[method].DESCRIPTOR.name}.{one.name}": 1}


@pytest.mark.parametrize("method", TYPES)
def test_a_message_of_bad_fields_has_events_with_nothing_in_them(method: str) -> None:
    payload = b"".join(field(one.number, NOTHING) for one in fragile(TYPES[method].DESCRIPTOR))
    events, bad_fields = decoded(method, payload)
    assert events.keys() == decoded(method, b"")[0].keys()
    assert bad_fields.total() == len(list(fragile(TYPES[method].DESCRIPTOR)))
    for name, event in events.items():
        assert decoded_faults(event, REGISTRY.rows[name]) == []


@pytest.mark.parametrize(
    ("content", "comment"),
    [
        (b"caf\xe9", "caf\ufffd"),
        (b"\xf0\x9f\x8c", "\ufffd"),
        (b"a\xed\xa0\x80b", "a\ufffd\ufffd\ufffdb"),
        (b"two\nlines\xff", "two\nlines\ufffd"),
        # A message, and a text with bytes of something else.
        (field(1, b"hi") + b"\x08\xff\x01", None),
        (b"hi\x00\xff", None),
    ],
)
def test_a_text_that_is_not_utf_8_is_shown_as_far_as_it_is_text(content: bytes, comment: str | None) -> None:
    event, bad_fields = chat(field(3, content) + field(14, b"fr"))
    assert (event["comment"], event["language"]) == (comment, "fr")
    assert bad_fields == {"WebcastChatMessage.content": 1}


def test_a_bad_field_of_a_person_costs_that_field() -> None:
    user = samples.CAROL.SerializeToString() + field(3, b"Caro\xff") + field(9, NOTHING)
    # The same person again, in the text.
    piece = field(4, field(21, field(1, user)))
    event, bad_fields = chat(field(1, field(8, field(2, b"{0:user}") + piece)) + field(2, user) + field(3, b"hi"))
    assert (event["unique_id"], event["nickname"], event["comment"]) == ("carol", "Caro\ufffd", "hi")
    assert event["profile_picture_url"] == "https://p16.example/carol.webp"
    assert bad_fields == {"WebcastChatMessage.User.nickname": 2, "WebcastChatMessage.User.avatar_thumb": 2}


def test_a_bad_field_of_a_gift_costs_that_field() -> None:
    gift = samples.ROSE.SerializeToString() + field(2, b"\xff") + field(54, field(3, b"\xfe"))
    events, bad_fields = decoded("WebcastGiftMessage", field(15, gift) + b"\x28\x03")
    assert (events["gift"]["gift"]["name"], events["gift"]["gift"]["repeat_count"]) == ("Rose", 3)
    assert bad_fields == {"WebcastGiftMessage.GiftStruct.describe": 1, "WebcastGiftMessage.GiftBoxInfo.scheme_url": 1}


def test_of_a_list_the_bad_items_are_left_out() -> None:
    emotes = [pb.EmoteData(emote=pb.Emote(emote_id=name)).SerializeToString() for name in ("a", "b")]
    event, bad_fields = chat(field(13, emotes[0]) + field(13, b"\x0a") + field(13, emotes[1]))
    assert [emote["emote_id"] for emote in event["emotes"]] == ["a", "b"]
    assert bad_fields == {"WebcastChatMessage.emotes": 1}


def test_packed_numbers_that_are_cut_off_are_left_out() -> None:
    payload = notices_pb2.WebcastImDeleteMessage(delete_user_ids_list=[5]).SerializeToString()
    events, bad_fields = decoded("WebcastImDeleteMessage", field(2, b"\x01\x80") + payload)
    assert (events["im_delete"]["message_ids"], events["im_delete"]["user_ids"]) == ([], ["5"])
    assert bad_fields == {"WebcastImDeleteMessage.delete_msg_ids_list": 1}


def test_what_is_bad_in_a_field_that_is_left_out_is_not_counted() -> None:
    event, bad_fields = chat(field(2, field(3, b"\xff") + b"\x08") + field(3, b"hi"))
    assert (event["comment"], event["nickname"]) == ("hi", None)
    assert bad_fields == {"WebcastChatMessage.user": 1}


def test_unknown_fields_and_fields_of_another_wire_type_stay() -> None:
    kept = b"\xf8\x07\x05" + b"\x1d\x01\x02\x03\x04" + b"\x19" + bytes(8) + field(99, b"\xff") + b"\x10\x05"
    assert repair(kept, CHAT, Counter()) is kept
    assert repair(kept + field(3, b"\xff") + kept, CHAT, Counter()) == kept + field(3, b"\xef\xbf\xbd") + kept


@pytest.mark.parametrize(
    "payload",
    [b"\x1a", b"\x1a\x05hi", b"\x0b\x0c", b"\x0f\x01", b"\x02\x01", b"\x09\x01", b"\xf8\xff\xff\xff\xff\x01\x01"],
    ids=["no length", "cut off", "a group", "no wire type", "no field", "eight bytes", "a field of 64 bits"],
)
def test_a_message_that_has_no_fields_is_a_decode_error(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        repair(field(3, b"\xff") + payload, CHAT, Counter())


def test_the_other_messages_of_a_response_are_not_affected() -> None:
    def message(number: int, payload: bytes) -> bytes:
        return field(1, field(1, b"WebcastChatMessage") + field(2, payload) + b"\x18" + varint(number))

    payloads = enumerate((field(3, b"a"), field(3, b"\xff") + field(14, b"en"), field(3, b"b")), 1)
    response = b"".join(message(number, payload) for number, payload in payloads)
    events, drops = process(field(7, b"msg") + field(8, response))
    assert [event["comment"] for event in events] == ["a", "\ufffd", "b"]
    assert (drops.errors, drops.bad_fields) == (0, {"WebcastChatMessage.content": 1})


# --- limits ---


def test_the_fields_of_a_message_are_limited() -> None:
    bad = field(3, b"\xff")
    # A bad field counts as three.
    assert repair(bad + b"\x20\x01" * (MAX_MESSAGE_FIELDS - 3), CHAT, Counter())
    for payload in (bad + b"\x20\x01" * MAX_MESSAGE_FIELDS, bad + field(20, b"\x01" * MAX_MESSAGE_FIELDS)):
        with pytest.raises(TooLargeError):
            repair(payload, CHAT, Counter())
    with pytest.raises(TooLargeError):
        repair(field(2, field(64, b"\x18\x01" * MAX_MESSAGE_FIELDS)), CHAT, Counter())


def test_the_fields_of_a_response_are_limited_even_if_nothing_can_be_read() -> None:
    payload = field(3, b"\xff") + b"\x20\x01" * 4_997
    with response_allowance:
        for _ in range(MAX_RESPONSE_FIELDS // 10_000):
            repair(payload, CHAT, Counter())
            with pytest.raises(DecodeError):
                repair(payload + b"\x0b", CHAT, Counter())
        with pytest.raises(TooLargeError):
            repair(payload, CHAT, Counter())


def test_long_texts_that_are_not_utf_8_take_the_place_of_fields() -> None:
    payload = field(3, b"\xff" + b"x" * 65_535)
    with response_allowance:
        for _ in range(16 * MAX_RESPONSE_FIELDS // len(payload)):
            repair(payload, CHAT, Counter())
        with pytest.raises(TooLargeError):
            repair(payload, CHAT, Counter())
    with response_allowance:
        for _ in range(100):
            assert repair(field(3, b"x" * 65_536), CHAT, Counter())


def test_a_message_nested_too_deep_is_left_out() -> None:
    user = field(3, b"\xff")
    for _ in range(2_000):
        user = field(45, user) + field(38, b"bob")
    event, bad_fields = chat(field(2, user) + field(3, b"\xff"))
    assert (event["unique_id"], event["comment"]) == ("bob", "\ufffd")
    assert bad_fields == {"WebcastChatMessage.User.top_fans": 1, "WebcastChatMessage.content": 1}


def test_the_number_of_counted_fields_is_limited() -> None:
    bad_fields = Counter({f"{number}": 1 for number in range(MAX_COUNTED_FIELDS)})
    repair(field(3, b"\xff"), CHAT, bad_fields)
    repair(types.User(id=5).SerializeToString() + field(3, b"\xff"), types.User.DESCRIPTOR, bad_fields)
    assert (len(bad_fields), bad_fields["other"]) == (MAX_COUNTED_FIELDS + 1, 2)
