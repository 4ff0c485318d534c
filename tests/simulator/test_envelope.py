import gzip

import pytest

from tests.simulator.client import blob, integer
from tiktok2mqtt.simulator.envelope import Delivery, Message, decode_frame, encode_fetch, encode_frame, encode_push
from tiktok2mqtt.simulator.wire import WireError

MESSAGE = Message("M", b"\x01", 300)
MESSAGE_RAW = b"\x0a\x01M\x12\x01\x01\x18\xac\x02"


def test_encoded_message() -> None:
    assert MESSAGE.encode() == MESSAGE_RAW
    assert MESSAGE.encode(history=True) == MESSAGE_RAW + b"\x30\x01"
    assert Message("M", b"\x01", 300, is_history=True).encode() == MESSAGE_RAW + b"\x30\x01"


def test_encoded_fetch_response() -> None:
    delivery = Delivery(cursor="c", internal_ext="e", now_ms=2, needs_ack=True, is_first=True)
    assert encode_fetch([MESSAGE_RAW], delivery) == (
        b"\x0a\x09" + MESSAGE_RAW + b"\x12\x01c\x18\xe8\x07\x20\x02\x2a\x01e\x30\x01" + b"\x40\x90\x4e\x48\x01\x58\x01"
    )


def test_fetch_response_with_an_offered_socket() -> None:
    raw = encode_fetch([], Delivery("c", "e", 2, push_server="ws://h/", route=(("imprp", "t"),)))
    assert b"\x3a\x0a\x0a\x05imprp\x12\x01t" in raw
    assert raw.endswith(b"\x52\x07ws://h/")


def test_encoded_frame() -> None:
    assert encode_frame("hb", b"", seq_id=3) == b"\x08\x03\x18\x01\x20\x08\x32\x02pb\x3a\x02hb\x42\x00"


def test_a_push_frame_is_compressed_only_on_request() -> None:
    plain = encode_push(b"abc", seq_id=1, log_id=2, compress=False)
    assert blob(plain, 8) == b"abc"
    packed = encode_push(b"abc", seq_id=1, log_id=2, compress=True)
    assert blob(packed, 8)[:3] == b"\x1f\x8b\x08"
    assert gzip.decompress(blob(packed, 8)) == b"abc"
    assert (blob(packed, 5, 1), blob(packed, 5, 2)) == (b"compress_type", b"gzip")
    assert (integer(packed, 2), blob(packed, 7)) == (2, b"msg")


def test_a_client_frame_is_decoded() -> None:
    frame = decode_frame(b"\x3a\x02hb\x42\x02\x08\x07")
    assert (frame.text("payload_type"), frame.blob("payload")) == ("hb", b"\x08\x07")
    with pytest.raises(WireError, match="no payload type"):
        decode_frame(b"\x10\x01")
