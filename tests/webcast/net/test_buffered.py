import socket
import struct
import threading
from collections.abc import Iterator

import pytest
import websocket
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.webcast.net.websocket import BufferedWebSocket, ReadAheadBuffer, binary_frame

MASK = b"\x01\x02\x03\x04"


@pytest.fixture
def pair() -> Iterator[tuple[BufferedWebSocket, socket.socket]]:
    """A WebSocket behind its handshake, and its peer."""
    ours, peer = socket.socketpair()
    ours.settimeout(5)
    peer.settimeout(5)
    connection = BufferedWebSocket()
    connection.sock = ours
    with ours, peer:
        yield connection, peer


def unmasked(payload: bytes) -> bytes:
    return bytes(byte ^ MASK[index % 4] for index, byte in enumerate(payload))


@pytest.mark.parametrize(
    ("payload", "frame"),
    [
        (b"", b"\x82\x80" + MASK),
        (b"hello", b"\x82\x85" + MASK + b"igohn"),
        (bytes(125), b"\x82\xfd" + MASK + (MASK * 32)[:125]),
        (bytes(126), b"\x82\xfe\x00\x7e" + MASK + (MASK * 32)[:126]),
        (bytes(65_535), b"\x82\xfe\xff\xff" + MASK + (MASK * 16_384)[:65_535]),
        (bytes(65_536), b"\x82\xff" + (65_536).to_bytes(8, "big") + MASK + MASK * 16_384),
    ],
    ids=["nothing", "hello", "125", "126", "65535", "65536"],
)
def test_a_frame_on_the_wire(payload: bytes, frame: bytes) -> None:
    assert binary_frame(payload, MASK) == frame


@given(st.binary(max_size=300))
def test_the_library_makes_the_same_frame(payload: bytes) -> None:
    frame = websocket.ABNF.create_frame(payload, websocket.ABNF.OPCODE_BINARY)
    frame.get_mask_key = lambda _size: MASK
    assert binary_frame(payload, MASK) == frame.format()


def test_what_is_sent_arrives_masked_with_keys_of_its_own(pair: tuple[BufferedWebSocket, socket.socket]) -> None:
    connection, peer = pair
    sizes = (0, 79, 126, 65_536)
    heads = (2, 2, 4, 10)
    connection.send_binaries(bytes(size) for size in sizes)
    keys = []
    for size, head in zip(sizes, heads, strict=True):
        frame = peer.recv(head + 4 + size, socket.MSG_WAITALL)
        keys.append(frame[head : head + 4])
        assert frame[head + 4 :] == (keys[-1] * (size // 4 + 1))[:size]
    assert len(set(keys)) == len(keys)


def test_a_socket_that_is_gone_says_so(pair: tuple[BufferedWebSocket, socket.socket]) -> None:
    connection, _ = pair
    connection.sock = None
    with pytest.raises(websocket.WebSocketException):
        connection.send_binaries([b"x"])


@given(st.binary(max_size=300), st.booleans(), st.data())
def test_a_frame_is_held_when_all_of_it_is_there(payload: bytes, masked: bool, data: st.DataObject) -> None:
    frame = websocket.ABNF.create_frame(payload, websocket.ABNF.OPCODE_BINARY)
    frame.mask_value = int(masked)
    whole = frame.format() + b"\x82\x7f"
    come = whole[: data.draw(st.integers(0, len(whole)))]
    pieces = iter([b"\x82\x00" + come])
    frames = ReadAheadBuffer(lambda _size: next(pieces), skip_utf8_validation=True)
    assert not frames.holds_frame
    frames.recv_frame()
    assert frames.holds_frame == (len(come) >= len(whole) - 2)


def test_the_middle_of_a_frame_is_taken_for_none() -> None:
    pieces = iter([b"\x82\x05" + b"\x82\x00", b"", b"abc"])
    frames = ReadAheadBuffer(lambda _size: next(pieces) or pytest.fail("timed out"), skip_utf8_validation=True)
    with pytest.raises(pytest.fail.Exception):
        frames.recv_frame()
    assert not frames.holds_frame
    assert frames.take_binary() is None
    assert frames.recv_frame().data == b"\x82\x00abc"


def test_a_long_frame_is_held_when_all_of_it_is_there(pair: tuple[BufferedWebSocket, socket.socket]) -> None:
    connection, peer = pair
    long = b"\x82\x7f" + struct.pack("!Q", 70_000) + bytes(70_000)
    sending = threading.Thread(target=peer.sendall, args=(b"\x82\x01x" + long,))
    sending.start()
    assert connection.recv_data() == (websocket.ABNF.OPCODE_BINARY, b"x")
    assert not connection.holds_frame
    assert connection.recv_data() == (websocket.ABNF.OPCODE_BINARY, bytes(70_000))
    sending.join()


def test_frames_that_come_together_are_read_one_by_one(pair: tuple[BufferedWebSocket, socket.socket]) -> None:
    connection, peer = pair
    long = b"x" * 40_000
    first = b"\x82\x05hello" + b"\x89\x01p" + b"\x82\x7e" + struct.pack("!H", len(long)) + long
    peer.sendall(first + b"\x82\x0b" + b"hel")
    assert connection.recv_data() == (websocket.ABNF.OPCODE_BINARY, b"hello")
    assert connection.recv_data(control_frame=True) == (websocket.ABNF.OPCODE_PING, b"p")
    assert connection.recv_data() == (websocket.ABNF.OPCODE_BINARY, long)
    peer.sendall(b"lo again")
    assert connection.recv_data() == (websocket.ABNF.OPCODE_BINARY, b"hello again")
