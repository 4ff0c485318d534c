import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from tiktok2mqtt.webcast.net.http_plain import MOST, REST_S, Lines

HERE = ("https", "www.tiktok.com", None)


class User:
    pass


class Peers:
    """Makes connections whose other ends it holds."""

    def __init__(self) -> None:
        self.stack = ExitStack()

    def connect(self) -> tuple[HTTPConnection, socket.socket]:
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            self.stack.callback(end.close)
        connection = HTTPConnection("www.tiktok.com")
        connection.sock = ours
        return connection, theirs


@pytest.fixture
def peers() -> Iterator[Peers]:
    peers = Peers()
    with peers.stack:
        yield peers


def test_the_last_used_is_the_next(peers: Peers) -> None:
    lines, user = Lines(), User()
    first, second = peers.connect()[0], peers.connect()[0]
    lines.put(HERE, first, user, 0.0)
    lines.put(HERE, second, user, 1.0)
    assert [lines.take(HERE, 2.0) for _ in range(3)] == [second, first, None]


@pytest.mark.parametrize(
    "other",
    [
        ("http", "www.tiktok.com", None),
        ("https", "webcast.tiktok.com", None),
        ("https", "www.tiktok.com", "http://proxy:1"),
    ],
)
def test_only_the_same_service_by_the_same_way(peers: Peers, other: tuple[str, str, str | None]) -> None:
    lines, user = Lines(), User()
    lines.put(other, peers.connect()[0], user, 0.0)
    assert lines.take(HERE, 0.0) is None
    assert lines.take(other, 0.0)


@pytest.mark.parametrize("last_words", [b"", b"HTTP/1.1 408 Request Timeout\r\n\r\n"])
def test_what_the_service_has_closed_is_passed_over(peers: Peers, last_words: bytes) -> None:
    lines, user = Lines(), User()
    (sound, _), (closed, theirs) = peers.connect(), peers.connect()
    lines.put(HERE, sound, user, 0.0)
    lines.put(HERE, closed, user, 0.0)
    theirs.sendall(last_words)
    theirs.close()
    assert lines.take(HERE, 0.0) is sound
    assert closed.sock is None


def test_none_rests_for_long(peers: Peers) -> None:
    lines, user = Lines(), User()
    old, young = peers.connect()[0], peers.connect()[0]
    lines.put(HERE, old, user, 0.0)
    lines.put(HERE, young, user, 1.0)
    assert lines.take(HERE, REST_S + 0.5) is young
    assert old.sock is None


def test_there_are_never_many(peers: Peers) -> None:
    lines, user = Lines(), User()
    made = [peers.connect()[0] for _ in range(MOST + 2)]
    for number, connection in enumerate(made):
        lines.put(("https", f"host{number}", None), connection, user, 0.0)
    assert [connection.sock is None for connection in made] == [True] * 2 + [False] * MOST


def test_the_last_to_leave_closes_them(peers: Peers) -> None:
    lines, alice, bob = Lines(), User(), User()
    connections = [peers.connect()[0] for _ in range(2)]
    for user, connection in zip((alice, bob), connections, strict=True):
        lines.put(HERE, connection, user, 0.0)
    lines.leave(alice)
    lines.leave(alice)
    assert all(connection.sock for connection in connections)
    lines.leave(bob)
    assert not any(connection.sock for connection in connections)
    assert lines.take(HERE, 0.0) is None
