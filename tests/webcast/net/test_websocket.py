import select
import socket
import struct
import threading
import time
import tracemalloc
from typing import Any

import pytest
import websocket
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import until
from tests.webcast.certificates import needs_openssl, trusted
from tests.webcast.net.sockets import BINARY, CLOSE, PING, PONG, TEXT, Sockets, receive_all, receive_next
from tests.webcast.raw_server import OpenServer, long_frame, read_request, sends, switch, wait_for_end
from tiktok2mqtt.webcast.net.websocket import MAX_MESSAGE_BYTES, MessageTooLongError, PushWebSocket

HANDSHAKE_ERRORS = (OSError, websocket.WebSocketException)


# --- messages ---


def test_messages_right_after_the_handshake(serve: OpenServer, sockets: Sockets) -> None:
    made = sockets.open(serve(sends(b"\x82\x02hi\x01\x01a\x80\x01b\x89\x01p\x8a\x01q\x88\x02\x03\xe8")))
    received = [made.receive(5.0) for _ in range(5)]
    assert received == [(BINARY, b"hi"), (TEXT, b"ab"), (PING, b"p"), (PONG, b"q"), (CLOSE, b"\x03\xe8")]


def test_a_ping_is_answered(serve: OpenServer, sockets: Sockets) -> None:
    answers: list[bytes] = []

    def ping(peer: socket.socket) -> None:
        switch(peer)
        peer.sendall(b"\x89\x02hi")
        answers.append(peer.recv(8, socket.MSG_WAITALL))

    made = sockets.open(serve(ping))
    assert made.receive(5.0) == (PING, b"hi")
    until(lambda: answers)
    head, mask, payload = answers[0][:2], answers[0][2:6], answers[0][6:]
    assert head == b"\x8a\x82"
    assert bytes(a ^ b for a, b in zip(payload, mask, strict=False)) == b"hi"


@pytest.mark.parametrize(
    "frame",
    [
        b"\x82\x82\x00\x00\x00\x00hi",
        b"\x88\x82\x00\x00\x00\x00\x03\xe8",
        b"\x89\x7e\x00\x7e" + bytes(126),
        b"\x8a\x7e\x00\x7e" + bytes(126),
        b"\x88\x7e\x00\x7e\x03\xe8" + b"x" * 124,
        b"\x09\x01p",
        b"\x0a\x01p",
        b"\x08\x02\x03\xe8",
        b"\xc2\x02hi",
        b"\x83\x02hi",
        b"\x8b\x02hi",
        b"\x80\x02hi",
        b"\x02\x01a\x82\x01b",
        b"\x81\x02\xc3\x28",
        b"\x01\x01\xc3\x80\x01\x28",
        b"\x88\x01\x03",
        b"\x88\x02\x03\xed",
        b"\x88\x04\x03\xe8\xc3\x28",
        b"\xff" * 100,
    ],
    ids=[
        "masked",
        "masked close",
        "long ping",
        "long pong",
        "long close",
        "ping in parts",
        "pong in parts",
        "close in parts",
        "reserved bit",
        "unknown opcode",
        "unknown control opcode",
        "continuation of nothing",
        "message within a message",
        "invalid UTF-8",
        "invalid UTF-8 in parts",
        "half a close code",
        "invalid close code",
        "invalid UTF-8 in a close reason",
        "garbage",
    ],
)
def test_what_the_rfc_forbids_is_refused(serve: OpenServer, sockets: Sockets, frame: bytes) -> None:
    made = sockets.open(serve(sends(frame)))
    received, error = receive_all(made)
    assert received == []
    assert not isinstance(error, websocket.WebSocketConnectionClosedException)


def test_a_character_may_be_divided_between_frames(serve: OpenServer, sockets: Sockets) -> None:
    made = sockets.open(serve(sends(b"\x01\x01\xc3\x80\x01\xa9")))
    assert made.receive(5.0) == (TEXT, "é".encode())


@pytest.mark.parametrize(
    "parts",
    [
        (long_frame(0x82, 100_000_000),),
        (long_frame(0x82, MAX_MESSAGE_BYTES + 1),),
        (long_frame(0x82, 2**63 - 1),),
        (long_frame(0x81, 100_000_000),),
        (long_frame(0x02, MAX_MESSAGE_BYTES), bytes(MAX_MESSAGE_BYTES), b"\x80\x01x"),
        (long_frame(0x02, MAX_MESSAGE_BYTES), bytes(MAX_MESSAGE_BYTES), b"\x89\x00\x00\x00\x80\x01x"),
    ],
    ids=["100 MB", "one byte more", "all bits", "text", "in parts", "in parts with a ping"],
)
def test_a_message_that_is_too_long(serve: OpenServer, sockets: Sockets, parts: tuple[bytes, ...]) -> None:
    made = sockets.open(serve(sends(*parts)))
    received, error = receive_all(made)
    assert isinstance(error, MessageTooLongError)
    assert str(error) == "a message of more than 8388608 bytes"
    assert not any(data for _, data in received)


def test_the_longest_message(serve: OpenServer, sockets: Sockets) -> None:
    half = MAX_MESSAGE_BYTES // 2
    made = sockets.open(
        serve(sends(long_frame(0x02, half), bytes(half), long_frame(0x80, half), bytes(half), b"\x82\x01x"))
    )
    opcode, data = receive_next(made)
    assert (opcode, len(data)) == (BINARY, MAX_MESSAGE_BYTES)
    assert receive_next(made) == (BINARY, b"x")


def test_a_long_message_of_very_many_frames_is_not_copied_for_each(serve: OpenServer, sockets: Sockets) -> None:
    count = 10_000

    def seconds(size: int) -> float:
        made = sockets.open(serve(sends(long_frame(0x02, size), bytes(size), b"\x00\x01x" * count, b"\x80\x00")))
        started = time.thread_time()
        opcode, data = receive_next(made, 60.0)
        assert (opcode, len(data)) == (BINARY, size + count)
        return time.thread_time() - started

    # 40 GB would be copied.
    assert seconds(MAX_MESSAGE_BYTES // 2) < 3 * seconds(1) + 0.5


@pytest.mark.parametrize("part", [b"", b"\x00\x00"], ids=["bytes", "empty frames"])
def test_a_message_that_drips_is_continued_by_the_next_call(serve: OpenServer, sockets: Sockets, part: bytes) -> None:
    finish = threading.Event()

    def drip(peer: socket.socket) -> None:
        switch(peer)
        peer.sendall(b"\x02\x01a" if part else long_frame(0x82, 1000))
        count = 0
        while not finish.wait(0.01):
            peer.sendall(part or b".")
            count += 1
        peer.sendall(b"\x80\x01z" if part else b"." * (1000 - count))
        wait_for_end(peer)

    made = sockets.open(serve(drip))
    for _ in range(2):
        started = time.monotonic()
        with pytest.raises(websocket.WebSocketTimeoutException):
            made.receive(10.0)
        # It has begun, so it is not waited for as long as for a message that has not.
        assert time.monotonic() - started < 5.0
    finish.set()
    assert receive_next(made) == (BINARY, b"az" if part else b"." * 1000)


def test_nothing_within_the_timeout(serve: OpenServer, sockets: Sockets) -> None:
    made = sockets.open(serve(sends()))
    started = time.monotonic()
    with pytest.raises(websocket.WebSocketTimeoutException):
        made.receive(0.2)
    assert time.monotonic() - started >= 0.2


# --- what is here already ---


@pytest.mark.parametrize("scheme", ["ws", pytest.param("wss", marks=needs_openssl)])
def test_frames_that_came_together_are_known(serve: OpenServer, sockets: Sockets, scheme: str) -> None:
    with trusted():
        made = sockets.open(serve(sends(b"\x82\x01a\x82\x01b"), tls=scheme == "wss"), scheme=scheme)
    assert not made.has_more
    assert made.receive(5.0) == (BINARY, b"a")
    assert made.has_more
    assert made.receive(5.0) == (BINARY, b"b")
    assert not made.has_more


def test_a_frame_that_has_only_begun_is_not_there_yet(serve: OpenServer, sockets: Sockets) -> None:
    """Else acknowledgements and the events before it would wait for its rest, and in a flood without end."""
    made = sockets.open(serve(sends(b"\x82\x01a\x82\x7e\x00\x80" + b"b" * 100)))
    assert made.receive(5.0) == (BINARY, b"a")
    assert not made.has_more


def test_the_rest_of_a_frame_does_not_count(serve: OpenServer, sockets: Sockets) -> None:
    go_on = threading.Semaphore(0)

    def dribble(peer: socket.socket) -> None:
        switch(peer)
        for part in (b"\x82\x03a", b"b", b"c"):
            peer.sendall(part)
            assert go_on.acquire(timeout=5.0)
        wait_for_end(peer)

    made = sockets.open(serve(dribble))
    with pytest.raises(websocket.WebSocketTimeoutException):
        made.receive(5.0)
    go_on.release()
    assert select.select([made], [], [], 5.0)[0]
    assert not made.has_more
    go_on.release(2)
    assert receive_next(made) == (BINARY, b"abc")


# --- sending ---


def test_what_is_sent_waits_for_a_peer_that_is_slow_to_read(serve: OpenServer, sockets: Sockets) -> None:
    count, size = 200, 60_000
    received: list[int] = []
    is_full = threading.Event()

    def read_later(peer: socket.socket) -> None:
        switch(peer)
        is_full.wait(5.0)
        total = 0
        while total < count * (size + 8):
            total += len(peer.recv(65536))
        received.append(total)

    made = sockets.open(serve(read_later))
    # A short timeout of a call before must not end it.
    with pytest.raises(websocket.WebSocketTimeoutException):
        made.receive(0.01)
    timer = threading.Timer(0.5, is_full.set)
    timer.start()
    for _ in range(count):
        made.send_binary(bytes(size))
    timer.join()
    until(lambda: received)
    assert received == [count * (size + 8)]


def test_a_peer_that_never_reads_is_lost(serve: OpenServer, sockets: Sockets, monkeypatch: pytest.MonkeyPatch) -> None:
    """It must not look like a peer that says nothing: a part of a frame may have been sent."""
    monkeypatch.setattr("tiktok2mqtt.webcast.net.websocket._SEND_TIMEOUT_S", 0.1)
    over = threading.Event()

    def ignore(peer: socket.socket) -> None:
        switch(peer)
        over.wait(10.0)

    made = sockets.open(serve(ignore))
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        made.send_binary(bytes(64 * 1024 * 1024))
    over.set()


# --- the end ---


def test_closing_twice(serve: OpenServer, sockets: Sockets) -> None:
    made = sockets.open(serve(sends()))
    made.shutdown()
    made.shutdown()
    made.abort()
    assert not made.has_more
    with pytest.raises(websocket.WebSocketException):
        made.receive(0.1)
    with pytest.raises(websocket.WebSocketException):
        made.send_binary(b"x")


def test_an_abort_ends_a_handshake(serve: OpenServer, sockets: Sockets) -> None:
    made = sockets.new(60.0)

    def abort(peer: socket.socket) -> None:
        read_request(peer)
        made.abort()
        wait_for_end(peer)

    with pytest.raises(HANDSHAKE_ERRORS):
        made.open(f"ws://127.0.0.1:{serve(abort)}/", {})


@pytest.mark.parametrize("scheme", ["ws", pytest.param("wss", marks=needs_openssl)])
def test_an_abort_ends_a_wait(serve: OpenServer, sockets: Sockets, scheme: str) -> None:
    with trusted():
        made = sockets.open(serve(sends(), tls=scheme == "wss"), scheme=scheme)
    timer = threading.Timer(0.1, made.abort)
    timer.start()
    started = time.monotonic()
    with pytest.raises((OSError, websocket.WebSocketConnectionClosedException)):
        made.receive(60.0)
    assert time.monotonic() - started < 30.0
    timer.join()


# --- whatever a peer sends, in whatever pieces ---

FRAMES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([BINARY, TEXT, PONG]), st.text(max_size=30).map(str.encode)),
        st.tuples(st.just(BINARY), st.binary(min_size=126, max_size=200)),
        st.tuples(st.just(-1), st.lists(st.binary(max_size=40), min_size=2, max_size=4)),
    ),
    max_size=12,
)


def on_the_wire(frames: list[tuple[int, Any]]) -> bytes:
    """Return frames as bytes. -1 is a binary message in parts, with a pong between them."""
    out = []
    for opcode, data in frames:
        if opcode == -1:
            first, *middle, last = data
            out += [frame(BINARY, first), *(frame(0, one) for one in middle), frame(0x80 | PONG), frame(0x80, last)]
        else:
            out.append(frame(0x80 | opcode, data))
    return b"".join(out)


def frame(first: int, data: bytes = b"") -> bytes:
    length = struct.pack("!B", len(data)) if len(data) < 126 else struct.pack("!BH", 126, len(data))
    return bytes([first]) + length + data


def messages(frames: list[tuple[int, Any]]) -> list[tuple[int, bytes]]:
    out: list[tuple[int, bytes]] = []
    for opcode, data in frames:
        out += [(PONG, b""), (BINARY, b"".join(data))] if opcode == -1 else [(opcode, data)]
    return out


class Pieces:
    """A connection that returns what was sent in pieces, with a timeout after each, and then ends."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = [one for piece in pieces if piece for one in (piece, b"")]

    def send(self, data: bytes) -> int:
        return len(data)

    def settimeout(self, _value: float) -> None: ...

    def gettimeout(self) -> float:
        return 1.0

    def recv(self, size: int) -> bytes:
        if not self._pieces:
            return b""
        piece = self._pieces.pop(0)
        if not piece:
            raise TimeoutError("timed out")
        if len(piece) > size:
            self._pieces.insert(0, piece[size:])
        return piece[:size]

    def close(self) -> None: ...


@given(FRAMES, st.data())
def test_messages_in_pieces_are_read_completely(frames: list[tuple[int, Any]], data: st.DataObject) -> None:
    sent = on_the_wire(frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=5)))
    made = PushWebSocket(None, 0.0)
    made.sock = Pieces([sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)])
    received, error = receive_all(made)
    assert received == messages(frames)
    assert isinstance(error, websocket.WebSocketConnectionClosedException)


class Dribble(Pieces):
    """A connection that returns two bytes of a message at a time, with a timeout after every hundred."""

    def __init__(self, size: int) -> None:
        super().__init__([])
        self._head = long_frame(0x82, size)
        self._calls = 0

    def recv(self, size: int) -> bytes:
        self._calls += 1
        if self._calls % 100 == 0:
            raise TimeoutError("timed out")
        head, self._head = self._head[:size], self._head[size:]
        return head or bytes(min(2, size))


@pytest.mark.unmeasured
def test_a_message_in_very_small_pieces_takes_no_more_memory() -> None:
    size = 60_000
    made = PushWebSocket(None, 0.0)
    made.sock = Dribble(size)
    tracemalloc.start()
    try:
        assert receive_next(made, 60.0) == (BINARY, bytes(size))
        assert tracemalloc.get_traced_memory()[1] < 6 * size
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=300))
def test_no_bytes_raise_another_error(data: bytes) -> None:
    made = PushWebSocket(None, 0.0)
    made.sock = Pieces([data])
    receive_all(made)
