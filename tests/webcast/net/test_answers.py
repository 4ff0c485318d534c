import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPException

import pytest

from tiktok2mqtt.webcast.net.answers import AnswerTooLongError, BoundedResponse, shut

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Ours, with a timeout of 0.3 s, and the peer's."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0.3)
    yield ours, theirs
    ours.close()
    theirs.close()


def feed(peer: socket.socket, data: Callable[[], Iterator[bytes]]) -> threading.Thread:
    def send() -> None:
        with suppress(OSError):
            for part in data():
                peer.sendall(part)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    return thread


def test_an_answer_that_drips_has_one_timeout_for_all(pair: Pair) -> None:
    ours, theirs = pair

    def drips() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nX-Drip: "
        for _ in range(100):
            time.sleep(0.02)
            yield b"."

    thread = feed(theirs, drips)
    answer = BoundedResponse(ours, method="GET")
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        answer.begin()
    assert 0.2 < time.monotonic() - began < 1.5
    answer.close()
    ours.close()
    thread.join(5.0)


@pytest.mark.parametrize("buffered", [True, False])
def test_a_line_or_a_body_without_end_is_cut_off(pair: Pair, buffered: bool) -> None:
    ours, theirs = pair
    ours.settimeout(5.0)
    thread = feed(theirs, lambda: iter([b"HTTP/1.1 200 OK\r\n", *[b"X-Y: z\r\n"] * 90, b"\r\n", bytes(200_000)]))
    answer = BoundedResponse(ours, method="GET", limit=100_000, buffered=buffered)
    answer.begin()
    with pytest.raises(AnswerTooLongError):
        answer.read()
    answer.close()
    ours.close()
    thread.join(5.0)


@pytest.mark.parametrize(
    "head",
    [b"X-Y: z\r\n" * 101, b"X: " + b"y" * 70_000 + b"\r\n"],
    ids=["over 100 lines", "a line over 64 KiB"],
)
def test_http_client_itself_bounds_the_headers(pair: Pair, head: bytes) -> None:
    ours, theirs = pair
    ours.settimeout(5.0)
    thread = feed(theirs, lambda: iter([b"HTTP/1.1 200 OK\r\n", head, b"\r\n"]))
    answer = BoundedResponse(ours, method="GET")
    with pytest.raises(HTTPException, match=r"got more than (100|65536)"):
        answer.begin()
    answer.close()
    ours.close()
    thread.join(5.0)


def test_unbuffered_what_follows_the_headers_stays_in_the_socket(pair: Pair) -> None:
    ours, theirs = pair
    theirs.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x82\x02hi")
    answer = BoundedResponse(ours, method="GET", buffered=False)
    answer.begin()
    answer.close()
    assert (answer.status, answer.headers["upgrade"]) == (101, "websocket")
    assert ours.recv(10) == b"\x82\x02hi"


def test_a_socket_is_shut_from_another_thread(pair: Pair) -> None:
    ours, _theirs = pair
    ours.settimeout(10.0)
    timer = threading.Timer(0.05, shut, [ours])
    timer.start()
    began = time.monotonic()
    assert ours.recv(1) == b""
    assert time.monotonic() - began < 5.0
    timer.join()
    ours.close()
    shut(ours)
