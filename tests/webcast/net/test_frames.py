import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.webcast.events.limits import TooLargeError
from tiktok2mqtt.webcast.net.frames import (
    HEARTBEAT_INTERVAL_S,
    MAX_FIELDS,
    MAX_MESSAGES,
    MAX_PAYLOAD_BYTES,
    FrameProtocol,
    gunzip,
    read_response,
)
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse

ROOM_ID = "7286184560900803334"
ROOM_ID_VARINT = b"\x86\x96\xb6\xc3\x91\xc8\xee\x8e\x65"
FIRST_HEARTBEAT = b"\x32\x02pb\x3a\x02hb\x42\x0c\x08" + ROOM_ID_VARINT + b"\x10\x01"
# FetchResponse: one chat message (msg_id 5), cursor "c", internal_ext "ext".
RESPONSE = b"\x0a\x1a\x0a\x12WebcastChatMessage\x12\x02hi\x18\x05" + b"\x12\x01c" + b"\x2a\x03ext"
NEEDS_ACK = b"\x48\x01"
# PushFrame: seq_id 1, log_id 300, headers {compress_type: none}, payload_encoding "pb", payload_type "msg", payload.
ENVELOPE = b"\x08\x01\x10\xac\x02\x2a\x15\x0a\x0dcompress_type\x12\x04none\x32\x02pb\x3a\x03msg"
MESSAGE = ENVELOPE + b"\x42\x26" + RESPONSE + NEEDS_ACK
ACK = b"\x10\xac\x02\x32\x02pb\x3a\x03ack\x42\x03ext"


def protocol(now: float = 0.0) -> FrameProtocol:
    return FrameProtocol(ROOM_ID, now)


def framed(payload: bytes) -> bytes:
    assert len(payload) < 0x4000
    return ENVELOPE + b"\x42" + bytes([len(payload) & 0x7F | 0x80, len(payload) >> 7]) + payload


def test_the_first_frames_are_a_heartbeat_and_the_request_to_enter() -> None:
    frames = protocol()
    frames.start(0.0)
    heartbeat, enter = frames.data_to_send()
    assert heartbeat == FIRST_HEARTBEAT
    found = re.fullmatch(
        rb"\x32\x02pb\x3a\x0dim_enter_room\x42(.)\x08(.{9})\x20\x0c\x2a\x08audience\x40(.{1,9})\x4a\x010",
        enter,
        re.DOTALL,
    )
    assert found is not None
    assert found[2] == ROOM_ID_VARINT
    # A positive int64 is a varint of at most nine bytes.
    assert found[3].strip(b"\x00") != b""
    assert found[1][0] == len(enter) - found.end(1)


def test_each_socket_enters_with_its_own_id() -> None:
    requests = set()
    for _ in range(20):
        frames = protocol()
        frames.start(0.0)
        requests.add(frames.data_to_send()[1])
    assert len(requests) == 20


def test_heartbeats_are_sent_every_ten_seconds_and_numbered() -> None:
    frames = protocol(100.0)
    frames.start(100.0)
    frames.data_to_send()
    assert frames.seconds_to_next_tick(104.0) == 6.0
    frames.tick(109.9)
    assert frames.data_to_send() == []
    assert frames.seconds_to_next_tick(111.0) == 0.0
    frames.tick(110.0)
    assert frames.data_to_send() == [FIRST_HEARTBEAT[:-1] + b"\x02"]
    assert HEARTBEAT_INTERVAL_S == 10.0


def test_a_message_is_decoded_and_acknowledged_with_its_log_id() -> None:
    frames = protocol()
    response = frames.receive_bytes(MESSAGE, 1.0)
    assert response is not None
    assert (response.cursor, response.internal_ext, response.needs_ack) == ("c", b"ext", True)
    (message,) = response.messages
    assert (message.method, message.payload, message.msg_id) == ("WebcastChatMessage", b"hi", 5)
    assert frames.data_to_send() == [ACK]
    assert frames.data_to_send() == []
    assert not frames.dropped


def test_a_message_that_needs_no_ack_gets_none() -> None:
    frames = protocol()
    assert frames.receive_bytes(ENVELOPE + b"\x42\x24" + RESPONSE, 1.0) is not None
    assert frames.data_to_send() == []


def test_a_compressed_payload_is_decompressed() -> None:
    frames = protocol()
    response = frames.receive_bytes(framed(gzip.compress(RESPONSE + NEEDS_ACK)), 1.0)
    assert response is not None
    assert response.messages[0].payload == b"hi"
    assert frames.data_to_send() == [ACK]


def test_gunzip_of_literal_bytes() -> None:
    packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\xc8\x04\x00\xac\x2a\x93\xd8\x02\x00\x00\x00"
    assert gunzip(packed) == b"hi"
    for damaged_gzip in (*(packed[:end] for end in range(len(packed))), packed[:-8] + b"\x00" + packed[-7:]):
        with pytest.raises(DecodeError, match="gzip"):
            gunzip(damaged_gzip)


def test_gunzip_stops_at_its_limit() -> None:
    assert MAX_PAYLOAD_BYTES == 4 * 1024 * 1024
    assert gunzip(gzip.compress(bytes(MAX_PAYLOAD_BYTES), 1)) == bytes(MAX_PAYLOAD_BYTES)
    with pytest.raises(TooLargeError):
        gunzip(gzip.compress(bytes(MAX_PAYLOAD_BYTES + 1), 1))


def test_a_gzip_bomb_is_dropped_and_the_next_message_decoded() -> None:
    frames = protocol()
    bomb = gzip.compress(bytes(MAX_PAYLOAD_BYTES + 1))
    assert frames.receive_bytes(framed(bomb), 1.0) is None
    assert frames.dropped == {"too_large": 1}
    assert frames.receive_bytes(MESSAGE, 2.0) is not None


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"\x32\x02pb\x3a\x02hb", None),
        (b"\x3a\x02hb", None),
        (b"\x3a\x03ack", None),
        (b"\x3a\x12im_enter_room_resp", None),
        (b"", "payload_type"),
        (b"\x3a\x04news", "payload_type"),
        (b"\x08", "frame"),
        (b"not a frame", "frame"),
        (b"\x0b" * 1000, "frame"),
        (b"\x3a\x03msg\x42\x02\x0a\x05", "fetch_response"),
        (b"\x3a\x03msg\x42\x04\x1f\x8b\x08\x00", "gzip"),
    ],
)
def test_frames_without_a_response_are_ignored_or_counted(data: bytes, cause: str | None) -> None:
    frames = protocol()
    assert frames.receive_bytes(data, 1.0) is None
    assert frames.dropped == ({cause: 1} if cause else {})
    assert frames.data_to_send() == []
    assert not frames.closed_by_peer


def test_a_bad_field_costs_that_field() -> None:
    frames = protocol()
    # A payload type, and a header, that are not UTF-8.
    assert frames.receive_bytes(b"\x3a\x02\xff\xff", 1.0) is None
    assert frames.dropped == {"PushFrame.payload_type": 1, "payload_type": 1}
    frames.dropped.clear()
    response = frames.receive_bytes(b"\x2a\x03\x0a\x01\xff" + MESSAGE, 1.0)
    assert response is not None
    assert response == FetchResponse.FromString(RESPONSE + NEEDS_ACK)
    assert frames.dropped == {"PushFrame.HeadersEntry.key": 1}


def test_a_bad_message_costs_that_message() -> None:
    frames = protocol()
    good = b"\x0a\x06\x0a\x04Chat"
    response = frames.receive_bytes(framed(good + b"\x0a\x02\x0a\x05" + good + b"\x12\x01\xff"), 1.0)
    assert response is not None
    assert ([message.method for message in response.messages], response.cursor) == (["Chat", "Chat"], "\ufffd")
    assert frames.dropped == {"FetchResponse.messages": 1, "FetchResponse.cursor": 1}


def test_a_text_frame_is_counted() -> None:
    frames = protocol()
    frames.receive_text(1.0)
    assert frames.dropped == {"text": 1}


def test_the_peer_can_close() -> None:
    frames = protocol()
    assert frames.receive_bytes(b"\x3a\x05close", 1.0) is None
    assert frames.closed_by_peer
    assert not frames.dropped


def test_the_sockets_of_a_room_can_share_counters() -> None:
    dropped: Counter[str] = Counter({"gzip": 1})
    FrameProtocol(ROOM_ID, 0.0, dropped=dropped).receive_bytes(b"\x08", 0.0)
    FrameProtocol(ROOM_ID, 0.0, dropped=dropped).receive_bytes(b"\x08", 0.0)
    assert dropped == {"gzip": 1, "frame": 2}


def test_silence_longer_than_the_timeout_is_stale() -> None:
    frames = FrameProtocol(ROOM_ID, 100.0)
    assert not frames.is_stale(160.0)
    assert frames.is_stale(160.1)
    assert FrameProtocol(ROOM_ID, 100.0, stale_timeout_s=5.0).is_stale(105.1)


@pytest.mark.parametrize("data", [b"\x3a\x02hb", b"\x08", b"\x3a\x04news", None])
def test_any_frame_ends_the_silence(data: bytes | None) -> None:
    frames = FrameProtocol(ROOM_ID, 100.0, stale_timeout_s=60.0)
    if data is None:
        frames.receive_text(150.0)
    else:
        frames.receive_bytes(data, 150.0)
    assert not frames.is_stale(210.0)
    assert frames.is_stale(210.1)


def test_the_next_tick_is_no_later_than_the_stale_timeout() -> None:
    frames = FrameProtocol(ROOM_ID, 100.0, stale_timeout_s=15.0)
    frames.start(100.0)
    assert frames.seconds_to_next_tick(104.0) == 6.0
    frames.tick(110.0)
    assert frames.seconds_to_next_tick(110.0) == 5.0
    frames.receive_text(113.0)
    assert frames.seconds_to_next_tick(114.0) == 6.0


def test_a_frame_that_is_sent_does_not_end_the_silence() -> None:
    frames = FrameProtocol(ROOM_ID, 100.0, stale_timeout_s=60.0)
    frames.tick(155.0)
    assert frames.is_stale(160.1)


# Field 1 of a fetch response is a message; 3 a number; 14 and above are unknown.
MANY = [
    b"\x0a\x00",
    b"\x18\x01",
    b"\x71" + bytes(8),
    b"\x75" + bytes(4),
    b"\x70\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
]


# A cursor of 100,000 bytes: shorter responses cannot have too many fields.
FILLER = b"\x12\xa0\x8d\x06" + b"c" * 100_000


@pytest.mark.parametrize("field", MANY)
@pytest.mark.unmeasured
def test_a_response_with_very_many_fields_is_not_decoded(field: bytes) -> None:
    """Each takes some hundred bytes when decoded, whether it has two bytes or ten."""
    assert read_response(FILLER + field * (MAX_MESSAGES - 1)).cursor == "c" * 100_000
    with pytest.raises(TooLargeError):
        read_response(FILLER + field * MAX_FIELDS)
    frames = protocol()
    assert frames.receive_bytes(framed(zlib.compress(field * 80_000, wbits=31)), 1.0) is None
    assert frames.dropped == {"too_large": 1}


def test_a_short_response_with_very_many_messages_is_not_processed() -> None:
    assert len(read_response(b"\x0a\x00" * MAX_MESSAGES).messages) == MAX_MESSAGES
    frames = protocol()
    assert frames.receive_bytes(framed(b"\x0a\x00" * (MAX_MESSAGES + 1)), 1.0) is None
    assert frames.dropped == {"too_large": 1}


def test_a_frame_or_response_of_too_many_bytes_is_not_decoded() -> None:
    cursor = b"\x12\xfb\xff\xff\x01" + b"c" * (MAX_PAYLOAD_BYTES - 5)
    assert len(read_response(cursor).cursor) == MAX_PAYLOAD_BYTES - 5
    with pytest.raises(TooLargeError):
        read_response(cursor + b"\x18\x01")
    frames = protocol()
    envelope = b"\x3a\x03msg\x42\x80\x80\x80\x02" + cursor
    assert frames.receive_bytes(envelope, 1.0) is not None
    # An unknown field.
    assert frames.receive_bytes(envelope + b"\x7a\x80\x80\x04" + bytes(2**16), 1.0) is None
    assert frames.dropped == {"too_large": 1}


def test_a_frame_with_very_many_headers_is_not_decoded() -> None:
    frames = protocol()
    assert frames.receive_bytes(b"\x2a\x00" * 100_000 + MESSAGE, 1.0) is None
    assert frames.dropped == {"too_large": 1}


def test_a_group_does_not_hide_fields() -> None:
    with pytest.raises(DecodeError):
        read_response(b"\x73" + b"\x70\x01" * 40_000 + b"\x74" + b"\x0a\x00" * MAX_MESSAGES)


@pytest.mark.parametrize("end", [b"\x0a", b"\x0a\xff", b"\x0a" + b"\xff" * 20, b"\x0a\x7f", b"\x71\x00", b"\x77"])
def test_a_long_response_may_be_truncated(end: bytes) -> None:
    with pytest.raises(DecodeError):
        read_response(FILLER + end)


def damaged(data: bytes) -> Iterator[bytes]:
    yield from (data[:end] for end in range(len(data)))
    for at in range(len(data)):
        yield from (data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :] for bit in range(8))


def assert_documented(data: bytes) -> None:
    frames = protocol()
    response = frames.receive_bytes(data, 1.0)
    sent = frames.data_to_send()
    causes = {cause for cause in frames.dropped if "." not in cause}
    assert causes <= {"frame", "payload_type", "gzip", "fetch_response", "too_large"}
    bad_fields = frames.dropped.keys() - causes
    assert {name.partition(".")[0] for name in bad_fields} <= {"PushFrame", "FetchResponse"}
    if response is None:
        assert sent == []
        assert sum(frames.dropped[cause] for cause in causes) <= 1
    else:
        assert isinstance(response, FetchResponse)
        assert len(sent) == response.needs_ack
        assert not causes


@pytest.mark.parametrize(
    "data", [MESSAGE, framed(zlib.compress(RESPONSE + NEEDS_ACK, wbits=31))], ids=["plain", "gzip"]
)
def test_every_prefix_and_every_bit_flip_has_a_documented_result(data: bytes) -> None:
    for mutant in damaged(data):
        assert_documented(mutant)


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    assert_documented(data)
    assert_documented(framed(data))
    assert_documented(framed(b"\x1f\x8b\x08" + data))


def test_a_heartbeat_without_any_answer_is_lost() -> None:
    frames = FrameProtocol("1", 100.0)
    frames.start(100.0)
    frames.tick(110.0)
    assert frames.dropped == {}
    frames.tick(120.0)
    assert frames.dropped == {"heartbeat": 1}
    # Anything is an answer.
    frames.receive_bytes(b"\x3a\x02hb", 121.0)
    frames.tick(130.0)
    frames.tick(140.0)
    assert frames.dropped == {"heartbeat": 1}
    frames.tick(150.0)
    assert frames.dropped == {"heartbeat": 2}
