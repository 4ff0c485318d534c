import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.webcast.certificates import needs_openssl, trusted
from tests.webcast.proxies import Proxy
from tests.webcast.site import SecureSite, Site
from tiktok2mqtt.common.errors import Blocked, Interrupted, NetworkError
from tiktok2mqtt.webcast.net.answers import MAX_BODY_BYTES
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options

RoomOf = Callable[..., HttpClient]


@pytest.fixture
def site() -> Iterator[Site]:
    """A service that keeps its connections."""
    site = Site(keeps=True)
    site.answers["/x"] = (200, {}, b"here")
    yield site
    site.close()


@pytest.fixture
def room_of() -> Iterator[RoomOf]:
    """Make the HTTP sides of rooms."""
    with ExitStack() as stack:

        def make(proxy: str | None = None) -> HttpClient:
            client = HttpClient(Options(proxy=proxy))
            stack.callback(client.close)
            return client

        yield make


def refuse(request: BaseHTTPRequestHandler) -> None:
    """Close the connection without an answer."""
    request.close_connection = True


def test_rooms_share_a_connection(site: Site, room_of: RoomOf) -> None:
    alice, bob = room_of(), room_of()
    for room in (alice, bob, alice):
        assert room.get(site.url + "/x").body == b"here"
        room.drop_idle_connections()
    assert len(set(site.ports)) == 1


@needs_openssl
def test_rooms_share_a_connection_by_tls(room_of: RoomOf) -> None:
    with trusted(), SecureSite(keeps=True) as site:
        for room in (room_of(), room_of()):
            with pytest.raises(Blocked):
                room.get(site.url + "/x")
        assert len(set(site.ports)) == 1


def test_one_that_goes_or_is_renewed_takes_no_connection_from_the_others(site: Site, room_of: RoomOf) -> None:
    alice, bob = room_of(), room_of()
    for room in (alice, bob):
        room.get(site.url + "/x")
    alice.close()
    bob.get(site.url + "/x")
    bob.renew_identity()
    bob.get(site.url + "/x")
    assert len(set(site.ports)) == 1
    bob.close()
    bob.get(site.url + "/x")
    assert len(set(site.ports)) == 2


def test_cookies_stay_in_their_room(site: Site, room_of: RoomOf) -> None:
    site.answers["/mint"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"")
    alice, bob = room_of(), room_of()
    alice.get(site.url + "/mint")
    bob.get(site.url + "/x")
    alice.get(site.url + "/x")
    assert len(set(site.ports)) == 1
    assert [headers.get("cookie") for _, headers in site.journal] == [None, None, "ttwid=abc"]
    assert bob.cookie("ttwid") is None
    agents = [headers["user-agent"] for _, headers in site.journal]
    assert agents == [alice.identity.user_agent, bob.identity.user_agent, alice.identity.user_agent]


@pytest.mark.parametrize("scheme", ["http", pytest.param("https", marks=needs_openssl)])
def test_each_proxy_has_connections_of_its_own(room_of: RoomOf, scheme: str) -> None:
    """To the same service, by tunnels that it would keep open."""
    with ExitStack() as stack:
        stack.enter_context(trusted())
        site = stack.enter_context(SecureSite(keeps=True))
        proxies = [Proxy(scheme), Proxy(scheme, ("alice", "right"))]
        for proxy in proxies:
            stack.callback(proxy.close)
        direct, *by_proxy = room_of(), room_of(proxies[0].url()), room_of(proxies[1].url("alice:right@"))
        for room in [direct, *by_proxy] * 2:
            with pytest.raises(Blocked):
                room.get(site.url + "/x")
            room.drop_idle_connections()
        service = site.url.removeprefix("https://")
        assert [proxy.journal for proxy in proxies] == [[f"CONNECT {service}"]] * 2
        assert len(set(site.ports)) == 3
        assert site.ports[:3] == site.ports[3:]
        for room in [direct, *by_proxy]:
            room.close()


# --- interrupts ---


class Held:
    """Answers that come when they are let go."""

    def __init__(self, site: Site) -> None:
        self.asked, self.go = threading.Semaphore(0), threading.Event()
        site.answers["/slow"] = self._answer
        self._site = site

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.release()
        self.go.wait(10.0)
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")


def test_an_interrupt_is_for_the_own_requests_alone(site: Site, room_of: RoomOf) -> None:
    alice, bob = room_of(), room_of()
    bob.get(site.url + "/x")
    held = Held(site)
    with ThreadPoolExecutor() as pool:
        # The first one has the connection of the other.
        waiting = {}
        for room in (alice, bob):
            waiting[room] = pool.submit(room.get, site.url + "/slow")
            assert held.asked.acquire(timeout=5.0)
        alice.interrupt()
        with pytest.raises(Interrupted):
            waiting[alice].result(5.0)
        held.go.set()
        assert waiting[bob].result(5.0).body == b"late"
    # Nobody is asked again because of an interrupt, and nobody is given what it shut.
    assert [path for path, _ in site.journal].count("/slow") == 2
    for room in (alice, bob):
        assert room.get(site.url + "/x").body == b"here"


def test_an_interrupt_between_two_requests_hurts_nobody(site: Site, room_of: RoomOf) -> None:
    alice, bob = room_of(), room_of()
    alice.get(site.url + "/x")
    held = Held(site)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(bob.get, site.url + "/slow")
        assert held.asked.acquire(timeout=5.0)
        alice.interrupt()
        held.go.set()
        assert waiting.result(5.0).body == b"late"
    assert alice.get(site.url + "/x").body == b"here"
    assert len(set(site.ports)) == 1


def test_an_interrupt_meets_a_request_that_has_no_connection_yet(
    site: Site, room_of: RoomOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go, look_up = threading.Event(), threading.Event(), socket.getaddrinfo

    def slowly(*args: Any, **kwargs: Any) -> Any:
        asked.set()
        go.wait(10.0)
        return look_up(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    room = room_of()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(room.get, site.url + "/x")
        assert asked.wait(5.0)
        room.interrupt()
        go.set()
        with pytest.raises(Interrupted):
            waiting.result(5.0)
    assert site.journal == []


def test_an_interrupt_meets_a_handshake(room_of: RoomOf) -> None:
    room = room_of()
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as pool:
        waiting = pool.submit(room.get, f"https://127.0.0.1:{server.getsockname()[1]}/x")
        peer, _ = server.accept()
        # The beginning of what TLS says first.
        assert peer.recv(1)
        room.interrupt()
        with pytest.raises(Interrupted):
            waiting.result(5.0)
        peer.close()


# --- what becomes of a connection ---


def test_a_connection_that_was_closed_meanwhile_is_no_error(site: Site, room_of: RoomOf) -> None:
    def hang_up(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere")
        request.close_connection = True

    room = room_of()
    site.answers["/x"] = hang_up
    for _ in range(5):
        assert room.get(site.url + "/x").body == b"here"
    assert len(set(site.ports)) == 5


def test_a_connection_that_rested_has_one_successor(site: Site, room_of: RoomOf) -> None:
    room = room_of()
    room.get(site.url + "/x")
    site.answers["/y"] = refuse
    with pytest.raises(NetworkError, match="connection failed"):
        room.get(site.url + "/y")
    assert len(site.journal) == 3
    assert len(set(site.ports)) == 2


def test_a_connection_that_is_closed_when_it_is_used_again_is_replaced(site: Site, room_of: RoomOf) -> None:
    def once(request: BaseHTTPRequestHandler) -> None:
        site.answers["/y"] = (200, {}, b"after all")
        refuse(request)

    room = room_of()
    room.get(site.url + "/x")
    site.answers["/y"] = once
    assert room.get(site.url + "/y").body == b"after all"
    assert len(set(site.ports)) == 2


def test_a_new_connection_that_fails_is_an_error_at_once(site: Site, room_of: RoomOf) -> None:
    site.answers["/x"] = refuse
    with pytest.raises(NetworkError, match="connection failed"):
        room_of().get(site.url + "/x")
    assert len(site.journal) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nhere",
        b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nhere",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhereHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    ],
    ids=["closes", "of old", "says too much"],
)
def test_not_every_connection_is_kept(site: Site, room_of: RoomOf, raw: bytes) -> None:
    room = room_of()
    for _ in range(2):
        site.answers["/x"] = lambda request: request.wfile.write(raw)
        assert room.get(site.url + "/x").body == b"here"
    if b"evil" not in raw:
        assert len(set(site.ports)) == 2


def test_what_was_not_read_to_its_end_is_closed(site: Site, room_of: RoomOf) -> None:
    site.answers["/large"] = (200, {}, bytes(MAX_BODY_BYTES + 1))
    room = room_of()
    with pytest.raises(NetworkError, match="sent more than"):
        room.get(site.url + "/large")
    assert room.get(site.url + "/x").body == b"here"
    assert len(set(site.ports)) == 2


# --- what is in an answer ---


@pytest.mark.parametrize("encoding", ["deflate", " Deflate"])
def test_what_is_packed_without_gzip_is_unpacked(site: Site, room_of: RoomOf, encoding: str) -> None:
    site.answers["/x"] = (200, {"Content-Encoding": encoding}, zlib.compress(b"hello"))
    assert room_of().get(site.url + "/x").body == b"hello"


def test_an_encoding_that_nobody_asked_for_is_an_error(site: Site, room_of: RoomOf) -> None:
    site.answers["/x"] = (200, {"Content-Encoding": "br"}, b"\x0b\x02\x80hello\x03")
    with pytest.raises(NetworkError, match="its answer is broken"):
        room_of().get(site.url + "/x")


def test_a_header_over_two_lines_is_one(site: Site, room_of: RoomOf) -> None:
    room = room_of()
    site.answers["/mint"] = lambda request: request.wfile.write(
        b"HTTP/1.1 200 OK\r\nSet-Cookie: ttwid=a;\r\n Path=/\r\nX-Long: a\r\n\tb\r\nContent-Length: 0\r\n\r\n"
    )
    assert room.get(site.url + "/mint").headers["x-long"].split() == ["a", "b"]
    room.get(site.url + "/x")
    assert site.journal[-1][1]["cookie"] == "ttwid=a"


def test_a_redirect_may_lead_to_what_has_to_be_quoted(site: Site, room_of: RoomOf) -> None:
    site.answers["/a"] = (302, {"Location": "/b c\u00e9?x=%20|"}, b"")
    site.answers["/b%20c%C3%A9"] = (200, {}, b"here")
    assert room_of().get(site.url + "/a").body == b"here"
    assert site.journal[-1][0] == "/b%20c%C3%A9?x=%20%7C"
