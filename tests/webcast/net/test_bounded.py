import base64
import hashlib
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import pytest
import websocket
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.webcast.net.dialer import Line
from tiktok2mqtt.webcast.net.websocket import MAX_MESSAGE_BYTES, BoundedWebSocket, TooLongError

Serve = Callable[[socket.socket], object]
ServerOf = Callable[[Serve], str]
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "


@pytest.fixture
def server_of() -> Iterator[ServerOf]:
    """Serve one connection by a function; return the URL. The request has not been read yet."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def make(serve: Serve) -> str:
        def run() -> None:
            with suppress(OSError):
                peer, _ = listening.accept()
                with peer:
                    peer.settimeout(5.0)
                    serve(peer)

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        return f"ws://127.0.0.1:{listening.getsockname()[1]}/path?x=1"

    yield make
    listening.close()
    for thread in threads:
        thread.join(5.0)
        assert not thread.is_alive()


@pytest.fixture
def line() -> Iterator[BoundedWebSocket]:
    line = BoundedWebSocket()
    yield line
    line.shutdown()


def request_of(peer: socket.socket) -> str:
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        request += peer.recv(65536)
    return request.decode()


def switch(peer: socket.socket) -> None:
    """Answer a handshake as RFC 6455, section 4.2.2 has it."""
    found = re.search(r"Sec-WebSocket-Key: (\S+)", request_of(peer))
    assert found
    digest = hashlib.sha1((found[1] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    peer.sendall(SWITCH + base64.b64encode(digest) + b"\r\n\r\n")


def wait_for_end(peer: socket.socket) -> None:
    with suppress(OSError):
        while peer.recv(65536):
            pass


def sends(*parts: bytes) -> Serve:
    """Shake hands and send."""

    def serve(peer: socket.socket) -> None:
        switch(peer)
        for part in parts:
            peer.sendall(part)
        wait_for_end(peer)

    return serve


def head(first: int, size: int) -> bytes:
    return struct.pack("!BBQ", first, 127, size)


# --- the handshake ---


def test_the_request_is_the_one_of_the_rfc(server_of: ServerOf, line: BoundedWebSocket) -> None:
    seen: list[str] = []

    def serve(peer: socket.socket) -> None:
        seen.append(request_of(peer))
        peer.sendall(b"HTTP/1.1 415 No\r\nHandshake-Msg: DEVICE_BLOCKED\r\nContent-Length: 99999999999\r\n\r\n")

    url = server_of(serve)
    answer = line.open(url, {"Cookie": "ttwid=abc", "X-Y": "z"}, None, 5.0)
    assert (answer.status, answer.headers["handshake-msg"]) == (415, "DEVICE_BLOCKED")
    lines = seen[0].split("\r\n")
    key = next(line for line in lines if line.startswith("Sec-WebSocket-Key: ")).split(": ")[1]
    assert len(base64.b64decode(key)) == 16
    assert [line for line in lines if key not in line] == [
        "GET /path?x=1 HTTP/1.1",
        f"Host: {url.split('/')[2]}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Cookie: ttwid=abc",
        "X-Y: z",
        "",
        "",
    ]


def drip(peer: socket.socket, beginning: bytes) -> None:
    peer.sendall(beginning)
    with suppress(OSError):
        while True:
            peer.sendall(b".")
            time.sleep(0.03)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (SWITCH + b"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n", websocket.WebSocketException),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", websocket.WebSocketException),
        (b"", HTTPException),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", HTTPException),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Filler: y\r\n" * 101, HTTPException),
        (b"HTTP/1.1 200 OK\r\nX-Filler: " + b"y" * 70_000, OSError),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, OSError),
        (b"HTTP/1.1 \xff\xff\r\n\r\n", HTTPException),
    ],
)
def test_an_answer_that_is_none(
    server_of: ServerOf, line: BoundedWebSocket, answer: bytes, error: type[Exception]
) -> None:
    def serve(peer: socket.socket) -> None:
        request_of(peer)
        peer.sendall(answer)

    with pytest.raises(error):
        line.open(server_of(serve), {}, None, 5.0)
    assert line.sock is None


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 101 Switching Protocols\r\nX-Drip: "])
def test_a_handshake_that_drips_has_one_deadline(server_of: ServerOf, line: BoundedWebSocket, beginning: bytes) -> None:
    url = server_of(lambda peer: drip(peer, beginning))
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        line.open(url, {}, None, 0.3)
    assert 0.25 < time.monotonic() - began < 2.0


def test_a_handshake_is_interrupted(server_of: ServerOf, line: BoundedWebSocket) -> None:
    timer = threading.Timer(0.1, line.abort)

    def serve(peer: socket.socket) -> None:
        timer.start()
        wait_for_end(peer)

    began = time.monotonic()
    with pytest.raises(HTTPException):
        line.open(server_of(serve), {}, None, 10.0)
    assert time.monotonic() - began < 5.0
    timer.join()


def test_a_cookie_of_one_handshake_is_not_sent_in_another(server_of: ServerOf) -> None:
    for _ in range(2):
        line = BoundedWebSocket()
        seen: list[str] = []

        def serve(peer: socket.socket, seen: list[str] = seen) -> None:
            seen.append(request_of(peer))
            peer.sendall(b"HTTP/1.1 403 No\r\nSet-Cookie: a=b; Domain=127.0.0.1\r\n\r\n")

        line.open(server_of(serve), {}, None, 5.0)
        line.shutdown()
        assert "ookie" not in seen[0]


# --- messages ---


def opened(line: BoundedWebSocket, url: str) -> BoundedWebSocket:
    assert line.open(url, {}, None, 5.0).status == 101
    return line


def test_a_message_right_behind_the_handshake(server_of: ServerOf, line: BoundedWebSocket) -> None:
    opened(line, server_of(sends(b"\x82\x02hi\x01\x01a\x80\x01b\x89\x01p")))
    assert [line.receive(5.0) for _ in range(3)] == [(2, b"hi"), (1, b"ab"), (9, b"p")]


@pytest.mark.parametrize(
    "parts",
    [
        (head(0x82, 100_000_000),),
        (head(0x82, MAX_MESSAGE_BYTES + 1),),
        (head(0x82, 2**63 - 1),),
        (head(0x81, 100_000_000),),
        (head(0x02, MAX_MESSAGE_BYTES), bytes(MAX_MESSAGE_BYTES), b"\x80\x01x"),
    ],
    ids=["100 MB", "one byte more", "all bits", "text", "in pieces"],
)
def test_a_message_that_is_too_long(server_of: ServerOf, line: BoundedWebSocket, parts: tuple[bytes, ...]) -> None:
    opened(line, server_of(sends(*parts)))
    with pytest.raises(TooLongError, match="a message of more than 8388608 bytes"):
        line.receive(5.0)


def test_the_longest_message(server_of: ServerOf, line: BoundedWebSocket) -> None:
    half = MAX_MESSAGE_BYTES // 2
    opened(line, server_of(sends(head(0x02, half), bytes(half), head(0x80, half), bytes(half))))
    opcode, data = line.receive(5.0)
    assert (opcode, len(data)) == (2, MAX_MESSAGE_BYTES)


def test_a_message_in_very_many_pieces_costs_no_more_than_its_length(
    server_of: ServerOf, line: BoundedWebSocket
) -> None:
    pieces = 30_000
    opened(
        line,
        server_of(
            sends(head(0x02, MAX_MESSAGE_BYTES // 2), bytes(MAX_MESSAGE_BYTES // 2), b"\x00\x01x" * pieces, b"\x80\x00")
        ),
    )
    began = time.monotonic()
    opcode, data = line.receive(30.0)
    assert (opcode, len(data)) == (2, MAX_MESSAGE_BYTES // 2 + pieces)
    assert time.monotonic() - began < 5.0


@pytest.mark.parametrize("piece", [b"", b"\x00\x00"], ids=["bytes", "empty frames"])
def test_a_message_that_drips_returns_in_time_and_is_read_on(
    server_of: ServerOf, line: BoundedWebSocket, piece: bytes
) -> None:
    finish = threading.Event()

    def serve(peer: socket.socket) -> None:
        switch(peer)
        peer.sendall(b"\x02\x01a" if piece else head(0x82, 1000))
        count = 0
        while not finish.wait(0.01):
            peer.sendall(piece or b".")
            count += 1
        peer.sendall(b"\x80\x01z" if piece else b"." * (1000 - count))
        wait_for_end(peer)

    opened(line, server_of(serve))
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(websocket.WebSocketTimeoutException):
            line.receive(0.15)
        assert time.monotonic() - began < 1.0
    finish.set()
    assert line.receive(5.0) == (2, b"az" if piece else b"." * 1000)


def test_shutting_twice(line: BoundedWebSocket, server_of: ServerOf) -> None:
    opened(line, server_of(sends()))
    line.shutdown()
    line.shutdown()
    line.abort()
    with pytest.raises(websocket.WebSocketException):
        line.receive(0.1)


def test_garbage_is_an_error_of_the_library(server_of: ServerOf, line: BoundedWebSocket) -> None:
    opened(line, server_of(sends(b"\xff" * 100)))
    with pytest.raises(websocket.WebSocketException):
        line.receive(5.0)


# --- abort ---


@pytest.mark.parametrize("holds", [0, 1, 2], ids=["before", "unconnected", "connected"])
def test_what_is_aborted_while_it_is_opened_is_given_up_at_once(
    server_of: ServerOf, line: BoundedWebSocket, monkeypatch: pytest.MonkeyPatch, holds: int
) -> None:
    hold, held = BoundedWebSocket._hold, []

    def hold_and_abort(one: BoundedWebSocket, sock: Line) -> None:
        hold(one, sock)
        held.append(sock)
        if len(held) == holds:
            one.abort()

    monkeypatch.setattr(BoundedWebSocket, "_hold", hold_and_abort)
    if holds == 0:
        line.abort()
    url = server_of(wait_for_end)
    began = time.monotonic()
    with pytest.raises((OSError, HTTPException)):
        line.open(url, {}, None, 4.0)
    assert time.monotonic() - began < 2.0
    # The server may still wait for somebody.
    socket.create_connection(("127.0.0.1", urlsplit(url).port)).close()


# --- the frames of a peer, as the library reads them ---

FRAMES = st.lists(
    st.one_of(
        st.tuples(st.just(websocket.ABNF.OPCODE_BINARY), st.binary(max_size=200), st.booleans()),
        st.tuples(st.just(websocket.ABNF.OPCODE_TEXT), st.binary(max_size=20), st.booleans()),
        st.tuples(st.just(websocket.ABNF.OPCODE_PONG), st.binary(max_size=20), st.booleans()),
        st.tuples(st.just(-1), st.lists(st.binary(max_size=40), min_size=2, max_size=4), st.booleans()),
        st.tuples(st.just(-2), st.binary(max_size=40), st.booleans()),
    ),
    max_size=12,
)


def on_the_wire(frames: list[tuple[int, Any, bool]]) -> bytes:
    """Return frames as bytes: -1 is a message in parts, with a pong between them, -2 an illegal part of none."""
    out = []
    for opcode, data, masked in frames:
        if opcode == -1:
            out.append(part(websocket.ABNF.OPCODE_BINARY, data[0], masked, fin=0))
            out.extend(part(websocket.ABNF.OPCODE_CONT, one, masked, fin=0) for one in data[1:-1])
            out.append(part(websocket.ABNF.OPCODE_PONG, b"", masked))
            out.append(part(websocket.ABNF.OPCODE_CONT, data[-1], masked))
        else:
            out.append(part(websocket.ABNF.OPCODE_CONT if opcode == -2 else opcode, data, masked))
    return b"".join(out)


def part(opcode: int, data: bytes, masked: bool, fin: int = 1) -> bytes:
    return websocket.ABNF(fin, 0, 0, 0, opcode, int(masked), data).format()


def all_of(receive: Callable[[], tuple[int, bytes]]) -> list[tuple[int, bytes] | str]:
    """Return what is received, and as what it ends."""
    received: list[tuple[int, bytes] | str] = []
    while True:
        try:
            opcode, data = receive()
        except websocket.WebSocketTimeoutException:
            continue
        except websocket.WebSocketException as error:
            return [*received, type(error).__name__]
        received.append((opcode, bytes(data)))


class Pieces:
    """A socket that gives what was sent in pieces, with timeouts between them, and then ends."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = [one for piece in pieces if piece for one in (piece, b"")]

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
def test_what_a_peer_sends_is_read_as_the_library_reads_it(frames: list[Any], data: st.DataObject) -> None:
    sent = on_the_wire(frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=5)))
    pieces = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    ours, theirs = BoundedWebSocket(), websocket.WebSocket(skip_utf8_validation=True)
    ours.sock = Pieces(pieces)
    theirs.sock = Pieces([sent])  # type: ignore[assignment]
    expected = all_of(lambda: theirs.recv_data(control_frame=True))
    assert all_of(lambda: ours.receive(5.0)) == expected
