"""What a hostile response may cost. The frames are those of `bench.hostile`, which measures the time they take."""

import os
import subprocess
import sys
import threading
import tracemalloc
from collections import Counter
from random import Random
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError

from bench.hostile import cases, field, frame, message, varint
from tests.webcast.events.decode import payload_decoded
from tiktok2mqtt.simulator import Simulator, Viewer
from tiktok2mqtt.webcast.events.limits import (
    FLAT,
    LARGE_MESSAGE_BYTES,
    MAX_LIST_VALUES,
    MAX_MESSAGE_BYTES,
    MAX_MESSAGE_FIELDS,
    MAX_RESPONSE_FIELDS,
    MAX_RESPONSE_VALUES,
    TooLargeError,
    charge,
    check_message,
    count_fields,
    layout,
    response_allowance,
    shorten_texts,
)
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.net.frames import MAX_PAYLOAD_BYTES, FrameProtocol
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema.notices_pb2 import WebcastImDeleteMessage
from tiktok2mqtt.webcast.schema.types_pb2 import Image, User
from tiktok2mqtt.webcast.session import LiveSession

CASES = cases()
# Of one response: its own bytes, compressed and not, and its events. What protobuf takes is not traced; each message
# releases it.
MAX_BYTES = 2 * MAX_PAYLOAD_BYTES + 7 * 2**20
# Not in lists.
VALUES_PER_EVENT = 60
REPORTED = next(iter(CASES))
RANKS, CHAT = "WebcastRoomUserSeqMessage", "WebcastChatMessage"


def process(data: bytes) -> tuple[list[dict[str, Any]], Drops]:
    drops = Drops()
    response = FrameProtocol("7", 0.0, dropped=drops.frames).receive_bytes(data, 0.0)
    session = LiveSession(REGISTRY, "alice", "7", wall=lambda: 1e9, drops=drops)
    return (session.process(response, "direct", 0.0) if response is not None else []), drops


def values_in(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(values_in, value.values()))
    return sum(map(values_in, value)) if isinstance(value, list) else 1


def assert_bounded(data: bytes, max_bytes: int = MAX_BYTES) -> None:
    tracemalloc.start()
    try:
        events, _ = process(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < max_bytes
    assert sum(map(values_in, events)) <= MAX_RESPONSE_VALUES + VALUES_PER_EVENT * len(events)


# --- whole frames ---


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", CASES)
def test_a_hostile_frame_makes_a_bounded_number_of_values_and_bytes(name: str) -> None:
    assert_bounded(CASES[name]())


@pytest.mark.unmeasured
def test_any_message_makes_a_bounded_number_of_values_and_bytes() -> None:
    dice = Random(17)
    methods = sorted(REGISTRY.methods)
    for method in dice.sample(methods, 40):
        size = dice.choice([500, 4_000, LARGE_MESSAGE_BYTES, MAX_MESSAGE_BYTES])
        payload = hostile(descriptor_of(method), size, dice)
        assert_bounded(frame(message(method, payload, 0) * (MAX_PAYLOAD_BYTES // (len(payload) + 60))))


def descriptor_of(method: str) -> Any:
    sources = (source for row in REGISTRY.rows.values() for source in row.sources)
    return next(source.message.DESCRIPTOR for source in sources if method in source.methods)


def hostile(descriptor: Any, size: int, dice: Random) -> bytes:
    """Return a message in which a few fields, chosen at random, are repeated very often."""
    parts = [part(dice.choice(descriptor.fields), size // 3, dice) for _ in range(3)]
    return b"".join(one * (size // 3 // len(one)) for one in parts)


def part(chosen: Any, size: int, dice: Random) -> bytes:
    """Return the bytes of a field: mostly short ones."""
    if chosen.message_type is not None:
        inner_size = dice.choice([0, 0, 4, 40, 400, size // 2])
        return field(chosen.number, hostile(chosen.message_type, inner_size, dice)[:inner_size] if inner_size else b"")
    if chosen.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return field(chosen.number, dice.choice([b"", b"x", b"{0:u}", b"\xf0\x9f\x8c\xb9" * 50]))
    if chosen.is_repeated:
        return field(chosen.number, b"\x01" * 100)
    kind = {FieldDescriptor.CPPTYPE_DOUBLE: b"\x01" * 8, FieldDescriptor.CPPTYPE_FLOAT: b"\x01" * 4}
    wire_type = {FieldDescriptor.CPPTYPE_DOUBLE: 1, FieldDescriptor.CPPTYPE_FLOAT: 5}
    return varint(chosen.number << 3 | wire_type.get(chosen.cpp_type, 0)) + kind.get(chosen.cpp_type, b"\x01")


def test_the_reported_frame_is_dropped_before_it_is_parsed() -> None:
    events, drops = process(CASES[REPORTED]())
    assert (events, drops) == ([], Drops(frames=Counter(too_large=1)))


def test_messages_of_a_hostile_frame_are_dropped_one_by_one() -> None:
    chat = message(CHAT, field(3, b"hi"), 9)
    for size in (2_000, LARGE_MESSAGE_BYTES + 2, MAX_MESSAGE_BYTES + 2):
        ranks = b"".join(message(RANKS, b"\x12\x00" * (size // 2), n) for n in (1, 2, 3))
        events, drops = process(frame(ranks + chat))
        assert [event["comment"] for event in events] == ["hi"]
        assert drops == Drops(too_large=Counter({RANKS: 3}))


def test_a_response_ends_the_allowance_of_the_one_before() -> None:
    most = MAX_LIST_VALUES // 7
    for _ in range(3):
        events, drops = process(frame(b"".join(message(RANKS, b"\x12\x00" * most, n) for n in range(1, 15))))
        assert len(events) == 10 == MAX_RESPONSE_VALUES // MAX_LIST_VALUES
        assert drops.too_large == {RANKS: 4}
    assert len(payload_decoded(RANKS, b"\x12\x00" * most)["room_user"]["top_viewers"]) == most


def normal_history() -> bytes:
    """Return a frame with 500 messages of viewers who have every badge."""
    with Simulator() as sim:
        room = sim.room("alice")
        room.go_live()
        for number in range(100):
            viewer = Viewer.named(f"viewer{number}")
            room.gift(viewer, "Galaxy")
            room.member(viewer)
            room.like(viewer)
            room.chat(viewer, "hello")
            room.room_user()
        return frame(b"".join(message(one.method, one.payload, one.msg_id) for one in room.sent))


@pytest.mark.unmeasured
def test_nothing_of_a_long_history_is_dropped() -> None:
    events, drops = process(normal_history())
    assert (len(events), drops) == (500, Drops())


@pytest.mark.unmeasured
def test_the_limits_hold_with_protobuf_in_pure_python() -> None:
    """There, fields are counted in messages of any size, beyond the first 32 KiB of a response.

    A long history has fewer than there may be.
    """
    program = """
from google.protobuf.internal import api_implementation
from tests.webcast.events import test_limits as this
assert api_implementation.Type() == "python"
for name in (this.REPORTED, "empty ranks, messages of 128 KiB", "unknown fields, messages of 16 KiB"):
    this.assert_bounded(this.CASES[name](), 48 * 2**20)
this.test_nothing_of_a_long_history_is_dropped()
fields = b"\\x20\\x01" * 500
count = 2 * this.MAX_RESPONSE_FIELDS // 500
events, drops = this.process(this.frame(b"".join(this.message(this.CHAT, fields, n + 1) for n in range(count))))
assert len(events) == this.MAX_RESPONSE_FIELDS // 500 + 32, len(events)
assert drops.too_large == {this.CHAT: count - len(events)}
"""
    environment = os.environ | {"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python"}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=120)


# --- fields ---


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"", 0),
        (b"\x08\x96\x01", 1),
        (b"\x12\x03abc\x08\x01", 2),
        (b"\x09" + bytes(8) + b"\x0d" + bytes(4), 2),
        # Lengths and numbers may be longer than they have to be.
        (b"\x88\x80\x00\x81\x00" + b"\x92\x00\x83\x80\x00abc", 2),
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 1),
    ],
)
def test_fields_are_counted(data: bytes, count: int) -> None:
    assert count_fields(data, FLAT, count) == count
    with pytest.raises(TooLargeError):
        count_fields(data + b"\x08\x01", FLAT, count)


def test_fields_in_messages_are_counted_and_those_in_texts_are_not() -> None:
    def count(payload: bytes) -> int:
        return count_fields(payload, layout(pb.WebcastChatMessage.DESCRIPTOR), 1_000)

    like_a_message = b"\x08\x01" * 10
    assert count(field(3, like_a_message)) == 1
    assert count(field(1, like_a_message)) == 11
    # A user (2), its badges (64), and a text in one of them.
    assert count(field(2, field(64, like_a_message) + field(64, b"") + field(3, like_a_message))) == 14
    # The top fans (45) of users are users.
    assert count(field(2, field(45, field(45, like_a_message)))) == 13


def test_packed_numbers_and_entries_of_maps_are_counted() -> None:
    packed = WebcastImDeleteMessage(delete_msg_ids_list=[1, 2, 3], delete_user_ids_list=[1]).SerializeToString()
    assert count_fields(packed, layout(WebcastImDeleteMessage.DESCRIPTOR), 10) == 2 + 4
    with pytest.raises(TooLargeError):
        count_fields(packed, layout(WebcastImDeleteMessage.DESCRIPTOR), 5)
    entry = field(3, b"\x08\x01" + field(2, field(1, b"\x08\x01")))
    assert count_fields(entry * 2, layout(descriptor_of("WebcastLinkMicArmies")), 10) == 2 * 5


@pytest.mark.parametrize(
    "data",
    [
        b"\x08",
        b"\x08\x80",
        b"\x12",
        b"\x80",
        b"\x0b",
        b"\x0c",
        b"\x0e",
        b"\x0f",
        b"\x08" + b"\x80" * 10 + b"\x01",
        b"\x0a\x02\x08",
    ],
)
def test_bytes_that_are_no_message_are_a_decode_error(data: bytes) -> None:
    """Groups too: proto3 has none, and fields could hide in them."""
    with pytest.raises(DecodeError) as error:
        count_fields(data, layout(pb.WebcastChatMessage.DESCRIPTOR), 100)
    assert not isinstance(error.value, TooLargeError)


def test_the_fields_of_large_messages_are_counted_before_they_are_parsed() -> None:
    descriptor = pb.WebcastChatMessage.DESCRIPTOR
    text = field(3, b"x" * LARGE_MESSAGE_BYTES)
    check_message(text + b"\x20\x01" * (MAX_MESSAGE_FIELDS - 1), descriptor)
    with pytest.raises(TooLargeError):
        check_message(text + b"\x20\x01" * MAX_MESSAGE_FIELDS, descriptor)
    with pytest.raises(TooLargeError):
        check_message(field(3, b"x" * MAX_MESSAGE_BYTES), descriptor)
    fields = text + b"\x20\x01" * (MAX_MESSAGE_FIELDS - 1)
    with response_allowance:
        for _ in range(MAX_RESPONSE_FIELDS // MAX_MESSAGE_FIELDS):
            check_message(fields, descriptor)
        with pytest.raises(TooLargeError):
            check_message(fields, descriptor)


# --- values ---


def test_lists_are_charged_before_they_are_read() -> None:
    charge(MAX_LIST_VALUES)
    with pytest.raises(TooLargeError):
        charge(MAX_LIST_VALUES + 1)
    with response_allowance:
        for _ in range(MAX_RESPONSE_VALUES // MAX_LIST_VALUES):
            charge(MAX_LIST_VALUES)
        # A list that is too long costs the others nothing.
        with pytest.raises(TooLargeError):
            charge(MAX_LIST_VALUES + 1)
        charge(0)
        with pytest.raises(TooLargeError):
            charge(1)
    charge(MAX_LIST_VALUES)


def test_threads_have_allowances_of_their_own() -> None:
    def use_up() -> None:
        with response_allowance:
            charge(MAX_LIST_VALUES)
            used.append(response_allowance.values)

    used: list[float] = []
    with response_allowance:
        thread = threading.Thread(target=use_up)
        thread.start()
        thread.join()
        assert used == [MAX_RESPONSE_VALUES - MAX_LIST_VALUES]
        assert response_allowance.values == MAX_RESPONSE_VALUES


def test_a_user_has_at_most_50_badges() -> None:
    user = User(id=5)
    for scene in range(60):
        user.badge_list.add().badge_scene = scene
    event = payload_decoded(CHAT, pb.WebcastChatMessage(user=user).SerializeToString())["chat"]
    assert [badge["scene"] for badge in event["badges"]] == list(range(50))


def test_empty_urls_are_skipped_up_to_a_limit() -> None:
    def picture(*urls: str) -> Any:
        user = User(id=5, avatar_thumb=Image(url_list=urls))
        return payload_decoded(CHAT, pb.WebcastChatMessage(user=user).SerializeToString())["chat"][
            "profile_picture_url"
        ]

    assert picture(*[""] * 9, "u") == "u"
    assert picture(*[""] * 10, "u") is None


def test_entries_of_a_map_with_the_same_key_count_once() -> None:
    entries = [
        field(3, b"\x08" + varint(key) + field(2, b"\x10" + varint(score))) for key, score in ((9, 1), (5, 2), (9, 3))
    ]
    armies = payload_decoded("WebcastLinkMicArmies", b"".join(entries))["link_mic_armies"]["armies"]
    assert [(army["user_id"], army["score"]) for army in armies] == [("5", 2), ("9", 3)]


# --- texts ---


def test_texts_of_a_large_message_are_shortened() -> None:
    payload = field(3, "é".encode() * 20_000) + field(14, b"x" * 300)
    event = payload_decoded(CHAT, payload)["chat"]
    assert event["truncated"] is True
    assert event["comment"] == "é" * (len(event["comment"]) - 1) + "…"
    assert len(event["comment"]) + len(event["language"]) <= 8_192
    small = payload_decoded(CHAT, field(3, b"x" * 10_000))["chat"]
    assert (len(small["comment"]), "truncated" in small) == (10_000, False)


def test_short_texts_are_not_shortened_however_many_there_are() -> None:
    ids = [str(number) for number in range(2_000)]
    event: dict[str, Any] = {
        "event_type": "im_delete",
        "message_ids": list(ids),
        "room": {"title": "x" * 9_000},
        "n": 1,
    }
    shorten_texts(event)
    assert event == {
        "event_type": "im_delete",
        "message_ids": ids,
        "room": {"title": "x" * 255 + "…"},
        "n": 1,
        "truncated": True,
    }


def test_texts_that_fit_are_left_alone() -> None:
    event: dict[str, Any] = {"comment": "x" * 8_000, "badges": [{"level": None}]}
    shorten_texts(event)
    assert event == {"comment": "x" * 8_000, "badges": [{"level": None}]}
