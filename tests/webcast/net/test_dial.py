import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.webcast.certificates import needs_openssl, trusted
from tests.webcast.rig import deaf_server
from tests.webcast.site import SecureSite
from tiktok2mqtt.webcast.net.dialer import Dialer, Line

Address = tuple[str, int]


class Held:
    """Keeps the connections that a dialer tells of, and closes them at the end."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def dial(self, url: str, timeout_s: float = 5.0) -> Line:
        return Dialer(url, None, time.monotonic() + timeout_s, self.lines.append).dial()


@pytest.fixture
def held() -> Iterator[Held]:
    held = Held()
    yield held
    for line in held.lines:
        line.close()


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: Address) -> None:
    """Let every name have these addresses."""
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: answer)


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


def test_an_address_that_refuses_is_passed_over(monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    with deaf_server() as port:
        resolve_to(monkeypatch, closed_port(), ("127.0.0.1", port))
        line: Any = held.dial("ws://www.example.org/")
        assert line.getpeername()[1] == port
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_address_that_does_not_answer_leaves_time_for_the_next(
    monkeypatch: pytest.MonkeyPatch, held: Held, full: Address
) -> None:
    with deaf_server() as port:
        resolve_to(monkeypatch, full, ("127.0.0.1", port))
        line: Any = held.dial("ws://www.example.org/", 0.6)
        assert line.getpeername()[1] == port


def test_all_addresses_together_have_one_deadline(monkeypatch: pytest.MonkeyPatch, held: Held, full: Address) -> None:
    resolve_to(monkeypatch, full, full, full, full)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        held.dial("ws://www.example.org/", 0.3)
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize("addresses", [0, 1])
def test_nobody_to_talk_to_is_an_error_of_the_system(
    monkeypatch: pytest.MonkeyPatch, held: Held, addresses: int
) -> None:
    resolve_to(monkeypatch, *[closed_port()] * addresses)
    with pytest.raises(OSError, match="refused" if addresses else "no address"):
        held.dial("ws://www.example.org/")


def test_the_ports_of_the_schemes(monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int, **_options: Any) -> list[Any]:
        asked.append((host, port))
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    for url in ("ws://a.example/", "wss://b.example/", "wss://c.example:8443/"):
        with pytest.raises(OSError, match="no address"):
            held.dial(url)
    assert asked == [("a.example", 80), ("b.example", 443), ("c.example", 8443)]


@needs_openssl
def test_tls_is_verified(monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    with SecureSite() as site:
        url = site.url.replace("https", "wss")
        with pytest.raises(ssl.SSLCertVerificationError):
            held.dial(url)
        with trusted():
            line = held.dial(url)
            assert isinstance(line, ssl.SSLSocket)
            resolve_to(monkeypatch, ("127.0.0.1", site.server.server_port))
            with pytest.raises(ssl.SSLCertVerificationError):
                held.dial(url.replace("127.0.0.1", "www.example.org"))


@needs_openssl
def test_tls_that_never_begins_times_out(held: Held) -> None:
    with deaf_server() as port, pytest.raises(TimeoutError):
        held.dial(f"wss://127.0.0.1:{port}/", 0.2)
