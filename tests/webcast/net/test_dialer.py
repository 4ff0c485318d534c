import base64
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.webcast.certificates import needs_openssl, trusted
from tests.webcast.proxies import Proxy as ProxyServer
from tests.webcast.raw_server import OpenServer, Serve, drips, read_request, secured, sends, switch, wait_for_end
from tests.webcast.rig import deaf_server
from tests.webcast.site import SecureSite
from tiktok2mqtt.common.errors import ProxyError
from tiktok2mqtt.webcast.net.dialer import Dialer
from tiktok2mqtt.webcast.net.proxies import parse_proxy
from tiktok2mqtt.webcast.net.websocket import PushWebSocket

Address = tuple[str, int]
FAILURES = (OSError, ProxyError)


class Dialers:
    """Makes dialers, and closes their connections at the end."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def new(self, proxy: str | None = None, timeout_s: float = 5.0) -> Dialer:
        dialer = Dialer(parse_proxy(proxy) if proxy else None, time.monotonic() + timeout_s)
        self._stack.callback(lambda: dialer.stream.close() if dialer.stream else None)
        return dialer

    def connect(self, url: str, proxy: str | None = None, timeout_s: float = 5.0) -> Any:
        return self.new(proxy, timeout_s).connect(url)


@pytest.fixture
def dialers() -> Iterator[Dialers]:
    with ExitStack() as stack:
        yield Dialers(stack)


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: Address) -> None:
    """Give these addresses to every name of example.org."""
    resolve: Any = socket.getaddrinfo
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

    def getaddrinfo(host: str, *args: Any, **kwargs: Any) -> Any:
        return answer if host.endswith(".example.org") else resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture
def full() -> Iterator[Address]:
    """An address that does not answer: its queue of connections is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        yield server.getsockname()
        for filler in fillers:
            filler.close()


def closed_port() -> Address:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address: Address = server.getsockname()
        return address


# --- addresses ---


def test_an_address_that_refuses_is_skipped(monkeypatch: pytest.MonkeyPatch, dialers: Dialers) -> None:
    with deaf_server() as port:
        resolve_to(monkeypatch, closed_port(), ("127.0.0.1", port))
        sock = dialers.connect("ws://www.example.org/")
        assert sock.getpeername()[1] == port
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_address_that_does_not_answer_leaves_time_for_the_next(
    monkeypatch: pytest.MonkeyPatch, dialers: Dialers, full: Address
) -> None:
    with deaf_server() as port:
        resolve_to(monkeypatch, full, ("127.0.0.1", port))
        assert dialers.connect("ws://www.example.org/", timeout_s=1.0).getpeername()[1] == port


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
def test_so_does_an_address_of_the_proxy(
    monkeypatch: pytest.MonkeyPatch, dialers: Dialers, full: Address, scheme: str
) -> None:
    proxy = ProxyServer(scheme)
    resolve_to(monkeypatch, full, ("127.0.0.1", proxy.port))
    try:
        with deaf_server() as port:
            sock = dialers.connect(f"ws://127.0.0.1:{port}/", f"{scheme}://proxy.example.org:1", 1.0)
            assert sock.getpeername()[1] == proxy.port
    finally:
        proxy.close()


def test_all_addresses_together_have_one_deadline(
    monkeypatch: pytest.MonkeyPatch, dialers: Dialers, full: Address
) -> None:
    resolve_to(monkeypatch, full, full, full, full)
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        dialers.connect("ws://www.example.org/", timeout_s=0.3)
    assert time.monotonic() - started < 5.0


@pytest.mark.parametrize("addresses", [0, 1])
def test_no_address_that_answers(monkeypatch: pytest.MonkeyPatch, dialers: Dialers, addresses: int) -> None:
    resolve_to(monkeypatch, *[closed_port()] * addresses)
    with pytest.raises(OSError, match="refused" if addresses else "no address"):
        dialers.connect("ws://www.example.org/")


def test_the_ports_of_the_schemes(monkeypatch: pytest.MonkeyPatch, dialers: Dialers) -> None:
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int, **_options: Any) -> list[Any]:
        asked.append((host, port))
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    for url in ("ws://a.example/", "wss://b.example/", "wss://c.example:8443/"):
        with pytest.raises(OSError, match="no address"):
            dialers.connect(url)
    assert asked == [("a.example", 80), ("b.example", 443), ("c.example", 8443)]


# --- TLS ---


@needs_openssl
def test_tls_is_verified(monkeypatch: pytest.MonkeyPatch, dialers: Dialers) -> None:
    with SecureSite() as site:
        url = site.url.replace("https", "wss")
        with pytest.raises(ssl.SSLCertVerificationError):
            dialers.connect(url)
        with trusted():
            assert isinstance(dialers.connect(url), ssl.SSLSocket)
            resolve_to(monkeypatch, ("127.0.0.1", site.server.server_port))
            with pytest.raises(ssl.SSLCertVerificationError):
                dialers.connect(url.replace("127.0.0.1", "www.example.org"))


# --- what a proxy answers ---


def forwards_to(port: int, answer: bytes, *, pause_s: float = 0.0) -> Serve:
    """Return a proxy that sends its answer to CONNECT in single bytes."""

    def handle(peer: socket.socket) -> None:
        read_request(peer)
        for byte in answer:
            peer.sendall(bytes([byte]))
            time.sleep(pause_s)
        with socket.create_connection(("127.0.0.1", port)) as service:
            service.sendall(read_request(peer).encode())
            peer.sendall(service.recv(65536))

    return handle


def test_the_answer_of_a_proxy_may_come_in_pieces(serve: OpenServer) -> None:
    """What python-socks would leave unread of it would be taken for the service's."""
    between = serve(forwards_to(serve(switch), b"HTTP/1.1 200 OK\r\nVia: x\r\nX-Y: z\r\n\r\n", pause_s=0.002))
    made = PushWebSocket(parse_proxy(f"http://127.0.0.1:{between}"), time.monotonic() + 5.0)
    made.open(f"ws://127.0.0.1:{closed_port()[1]}/", {})
    made.shutdown()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 407 No\r\n\r\n", "(status 407)"),
        (b"HTTP/1.1 502 Bad hunter2\r\nX-Y: z\r\n\r\n", "(status 502)"),
        (b"HTTP/1.1\r\n\r\n", "cannot be reached"),
        (b"HTTP/1.1 hunter2 No\r\n\r\n", "cannot be reached"),
        (b"\r\n", "cannot be reached"),
        (b"", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 70_000, "cannot be reached"),
    ],
)
def test_an_http_proxy_that_refuses(serve: OpenServer, dialers: Dialers, answer: bytes, words: str) -> None:
    def refuse(peer: socket.socket) -> None:
        read_request(peer)
        peer.sendall(answer)

    with pytest.raises(ProxyError) as caught:
        dialers.connect("ws://127.0.0.1:1/", f"http://127.0.0.1:{serve(refuse)}")
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        b"\x05\xff",
        b"\x04\x00",
        b"\x05\x02",
        b"\x05\x00\x05\x01\x00",
        b"\x05\x00\x05\x63\x00",
        b"\x05\x00\x05\x00\x01",
        b"\x05\x00\x05\x00\x00\x09",
        b"\x05\x00\x05\x00\x00\x03\x02\xff\xff\x00\x00",
        b"\x05\x00\x05",
        b"HTTP/1.1 400 No\r\n\r\n",
        b"",
    ],
)
def test_a_socks_proxy_that_refuses(serve: OpenServer, dialers: Dialers, answer: bytes) -> None:
    def refuse(peer: socket.socket) -> None:
        peer.recv(1)
        peer.sendall(answer)

    with pytest.raises(ProxyError, match="cannot be reached"):
        dialers.connect("ws://127.0.0.1:1/", f"socks5://127.0.0.1:{serve(refuse)}")


def test_how_a_proxy_gets_our_login(serve: OpenServer, dialers: Dialers) -> None:
    seen: list[str] = []

    def handle(peer: socket.socket) -> None:
        seen.append(read_request(peer))

    with pytest.raises(ProxyError):
        dialers.connect("wss://www.example.org/", f"http://a:b%40%20@127.0.0.1:{serve(handle)}")
    login = base64.b64encode(b"a:b@ ").decode()
    lines = seen[0].split("\r\n")
    assert lines[0] == "CONNECT www.example.org:443 HTTP/1.1"
    assert f"Proxy-Authorization: Basic {login}" in lines


# --- deadline ---


def socks_drip(peer: socket.socket) -> None:
    """Choose a method, grant the connection, and send a bound address of 255 characters one by one."""
    peer.recv(65536)
    peer.sendall(b"\x05\x00")
    peer.recv(65536)
    drips(b"\x05\x00\x00\x03\xff", every_s=0.1)(peer)


def tls_in_tls_drip(peer: socket.socket) -> None:
    with secured(peer) as inside:
        read_request(inside)
        drips(b"HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03\x3f\xff", every_s=0.1)(inside)


DRIPS = [
    pytest.param("wss://127.0.0.1:{}/", None, drips(b"\x16\x03\x03\x3f\xff"), id="TLS"),
    pytest.param(
        "ws://x/", "http://127.0.0.1:{}", drips(b"HTTP/1.1 200 OK\r\nX-Y: ", after_request=True), id="http proxy"
    ),
    pytest.param("ws://x/", "https://127.0.0.1:{}", drips(b"\x16\x03\x03\x3f\xff"), id="https proxy"),
    pytest.param("ws://x/", "socks5h://127.0.0.1:{}", socks_drip, id="SOCKS proxy"),
    pytest.param("wss://x/", "https://127.0.0.1:{}", tls_in_tls_drip, id="TLS in TLS", marks=needs_openssl),
]


@pytest.mark.parametrize(("url", "proxy", "handle"), DRIPS)
def test_what_drips_ends_at_the_deadline(
    serve: OpenServer, dialers: Dialers, url: str, proxy: str | None, handle: Serve
) -> None:
    port = serve(handle)
    started = time.monotonic()
    with trusted(), pytest.raises(FAILURES):
        dialers.connect(url.format(port), proxy.format(port) if proxy else None, 0.5)
    assert 0.4 < time.monotonic() - started < 5.0


# --- abort ---


@pytest.mark.parametrize(("url", "proxy", "handle"), DRIPS)
def test_an_abort_ends_every_stage(
    serve: OpenServer, dialers: Dialers, url: str, proxy: str | None, handle: Serve
) -> None:
    port = serve(handle)
    dialer = dialers.new(proxy.format(port) if proxy else None, 60.0)
    timer = threading.Timer(0.3, dialer.abort)
    timer.start()
    started = time.monotonic()
    with trusted(), pytest.raises(FAILURES):
        dialer.connect(url.format(port))
    assert time.monotonic() - started < 30.0
    timer.join()


@pytest.mark.parametrize("proxy", [None, "http://127.0.0.1:{}", "socks5h://127.0.0.1:{}"])
def test_an_abort_ends_a_connection_that_is_being_made(dialers: Dialers, full: Address, proxy: str | None) -> None:
    dialer = dialers.new(proxy.format(full[1]) if proxy else None, 60.0)
    timer = threading.Timer(0.2, dialer.abort)
    timer.start()
    started = time.monotonic()
    with pytest.raises(FAILURES):
        dialer.connect(f"ws://127.0.0.1:{full[1]}/")
    assert time.monotonic() - started < 30.0
    timer.join()


def test_an_abort_before_the_connection(serve: OpenServer, dialers: Dialers) -> None:
    dialer = dialers.new()
    dialer.abort()
    with pytest.raises(OSError, match="aborted"):
        dialer.connect(f"ws://127.0.0.1:{serve(wait_for_end)}/")


def test_an_abort_between_socket_and_connection(
    serve: OpenServer, dialers: Dialers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket that is not connected cannot be shut down, so the connection is checked once more."""
    dialer = dialers.new()

    class AbortedSocket(socket.socket):
        def connect(self, address: Any) -> None:
            dialer.abort()
            super().connect(address)

    monkeypatch.setattr(socket, "socket", AbortedSocket)
    with pytest.raises(OSError):  # noqa: PT011 - the system decides which
        dialer.connect(f"ws://127.0.0.1:{serve(sends())}/")
