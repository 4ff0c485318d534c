import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import websocket

from tests.webcast.certificates import OPENSSL, needs_openssl, trusted
from tests.webcast.conftest import ClientOf
from tests.webcast.proxies import Login, Proxy
from tests.webcast.raw_server import OpenServer, long_frame, sends
from tests.webcast.rig import connected
from tests.webcast.site import SecureSite
from tiktok2mqtt.common.errors import Blocked, ProxyError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.net.proxies import parse_proxy
from tiktok2mqtt.webcast.net.websocket import PushWebSocket

TUNNELS = ["http", pytest.param("https", marks=needs_openssl)]
SOCKS = ["socks5", "socks5h"]
SCHEMES = [*TUNNELS, *SOCKS]
SECRET = "hunter2"
ProxyOf = Callable[..., Proxy]


@pytest.fixture
def proxy_of() -> Iterator[ProxyOf]:
    with ExitStack() as stack:

        def make(scheme: str, login: Login = None) -> Proxy:
            made = Proxy(scheme, login)
            stack.callback(made.close)
            return made

        yield make


@pytest.fixture
def trusting() -> Iterator[None]:
    """Trust the certificate of the https proxy."""
    if OPENSSL is None:
        yield
        return
    with trusted():
        yield


# --- the URL ---

GOOD: list[tuple[str, tuple[str, str, int, Login], str]] = [
    ("http://proxy.example.org:3128", ("http", "proxy.example.org", 3128, None), "http://proxy.example.org:3128"),
    ("HTTP://127.0.0.1:80/", ("http", "127.0.0.1", 80, None), "http://127.0.0.1:80"),
    ("https://a:b@proxy:443", ("https", "proxy", 443, ("a", "b")), "https://a:b@proxy:443"),
    ("http://[::1]:3128", ("http", "::1", 3128, None), "http://[::1]:3128"),
    ("socks5://127.0.0.1:1080", ("socks5", "127.0.0.1", 1080, None), "socks5://127.0.0.1:1080"),
    ("socks5h://a:b@proxy:1080", ("socks5h", "proxy", 1080, ("a", "b")), "socks5h://a:b@proxy:1080"),
    ("http://a:b@c@proxy:1", ("http", "proxy", 1, ("a", "b@c")), "http://a:b%40c@proxy:1"),
    ("http://a%40x:p%3Aw%2f%25@proxy:1", ("http", "proxy", 1, ("a@x", "p:w/%")), "http://a%40x:p%3Aw%2F%25@proxy:1"),
    ("http://a:b:c@proxy:1", ("http", "proxy", 1, ("a", "b:c")), "http://a:b%3Ac@proxy:1"),
]


@pytest.mark.parametrize(("url", "parts", "normalized"), GOOD)
def test_a_url_is_read(url: str, parts: tuple[str, str, int, Login], normalized: str) -> None:
    read = parse_proxy(url)
    assert (read.scheme, read.host, read.port, read.auth) == parts
    assert read.url == normalized
    assert parse_proxy(read.url) == read


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "must be http://"),
        (f"127.0.0.1:{SECRET}", "must be http://"),
        (f"ftp://a:{SECRET}@proxy:1", "must be http://"),
        (f"socks4://a:{SECRET}@proxy:1", "must be http://"),
        (f"http://a:{SECRET}@proxy", "must be http://"),
        (f"http://a:{SECRET}@proxy:0", "must be http://"),
        (f"http://a:{SECRET}@proxy:70000", "must be http://"),
        (f"http://a:{SECRET}@:3128", "must be http://"),
        (f"http://a:{SECRET}@pro xy:3128", "must be http://"),
        (f"http://a:{SECRET}@proxy:3128/path", "must be http://"),
        (f"http://a:{SECRET}@proxy:3128?x=1", "must be http://"),
        (f"http://a:{SECRET}#1@proxy:3128", "must be http://"),
        (f"http://a:{SECRET}/1@proxy:3128", "must be http://"),
        (f"http://[::{SECRET}", "must be http://"),
        (f"http://{SECRET}@proxy:1", "both a user name and a password"),
        (f"http://:{SECRET}@proxy:1", "both a user name and a password"),
        ("http://@proxy:1", "both a user name and a password"),
        (f"http://a%3Ab:{SECRET}@proxy:1", "no colon"),
        (f"http://a:{SECRET}%C3%A9@proxy:1", "printable ASCII"),
        (f"http://a:{SECRET}%0d%0aX-Evil:1@proxy:1", "printable ASCII"),
        (f"http://a:{SECRET}{'x' * 255}@proxy:1", "up to 255"),
        (f"socks5://a:{SECRET}@[::1]:1080", "by name or IPv4 address"),
    ],
)
def test_an_invalid_url_is_refused_and_not_repeated(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        parse_proxy(url)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(ValueError, match=rf"^proxy must .*{words.removeprefix('must ')}"):
        WebcastPushConnection("alice", proxy=url)


def test_the_repr_contains_neither_login_nor_host() -> None:
    assert repr(parse_proxy(f"http://alice:{SECRET}@proxy.example.org:3128")) == "Proxy(scheme='http')"


# --- connections through a proxy ---


def websocket_through(proxy: str) -> PushWebSocket:
    return PushWebSocket(parse_proxy(proxy), time.monotonic() + 5.0)


@needs_openssl
@pytest.mark.usefixtures("trusting")
def test_tls_inside_the_tls_of_a_proxy(proxy_of: ProxyOf, serve: OpenServer) -> None:
    """Requests and WebSocket each use TLS to the proxy, and TLS inside it to the service."""
    proxy = proxy_of("https", ("alice", "right"))
    long = bytes(range(256)) * 400
    port = serve(sends(b"\x82\x01a\x82\x01b" + long_frame(0x82, len(long)) + long), tls=True)
    made = websocket_through(proxy.url("alice:right@"))
    made.open(f"wss://127.0.0.1:{port}/x", {})
    assert [made.receive(5.0) for _ in range(3)] == [(2, b"a"), (2, b"b"), (2, long)]
    made.send_binary(long)
    made.abort()
    with pytest.raises((OSError, websocket.WebSocketException)):
        made.receive(60.0)
    made.shutdown()
    with SecureSite() as site:
        client = HttpClient(Options(proxy=proxy.url("alice:right@")))
        with pytest.raises(Blocked):
            client.get(site.url + "/x")
        client.close()
        assert proxy.journal == [f"CONNECT 127.0.0.1:{port}", f"CONNECT {site.url.removeprefix('https://')}"]


@needs_openssl
@pytest.mark.parametrize("target", ["http", "https"])
def test_a_proxy_with_an_untrusted_certificate_gets_no_password(proxy_of: ProxyOf, target: str) -> None:
    proxy = proxy_of("https", ("alice", SECRET))
    client = HttpClient(Options(proxy=proxy.url(f"alice:{SECRET}@")))
    with pytest.raises(ProxyError):
        client.get(f"{target}://127.0.0.1:1/x")
    client.close()
    with pytest.raises(ProxyError):
        websocket_through(proxy.url(f"alice:{SECRET}@")).open(f"{target.replace('http', 'ws')}://127.0.0.1:1/x", {})
    assert proxy.journal == []


def receive_a_chat(client: WebcastPushConnection, room: Room) -> None:
    log = connected(client, room)
    room.chat("bob", "hi")
    assert log.wait("chat")["comment"] == "hi"


@pytest.mark.usefixtures("room", "trusting")
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("login", [None, ("alice", "p:w@/%")])
def test_requests_and_websocket_go_through_the_proxy(
    sim: Simulator, client_of: ClientOf, proxy_of: ProxyOf, scheme: str, login: Login
) -> None:
    proxy = proxy_of(scheme, login)
    receive_a_chat(client_of(proxy=proxy.url("alice:p%3Aw%40%2F%25@" if login else "")), sim.room("alice"))
    service = sim.web_url.removeprefix("http://")
    asked = [request.path for request in sim.requests]
    socket_path = next(path for path in asked if "im/ws" in path)
    if "http" in scheme:
        forwarded = [line.split("?")[0] for line in proxy.journal[:-1]]
        assert forwarded == [f"GET {sim.web_url}{path}" for path in asked if path != socket_path]
        assert proxy.journal[-1] == f"CONNECT {service}"
    else:
        # The requests share one connection.
        assert proxy.journal == [service, service]
    assert len(asked) >= 3


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize(("scheme", "host"), [("socks5", "127.0.0.1"), ("socks5h", "localhost")])
def test_where_names_are_resolved(
    sim: Simulator, client_of: ClientOf, proxy_of: ProxyOf, scheme: str, host: str
) -> None:
    proxy = proxy_of(scheme)
    named: dict[str, Any] = {
        name: getattr(sim, name).replace("127.0.0.1", "localhost") for name in ("web_url", "webcast_url", "socket_url")
    }
    receive_a_chat(client_of(proxy=proxy.url(), **named), sim.room("alice"))
    assert {line.rpartition(":")[0] for line in proxy.journal} == {host}


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_environment_does_not_bypass_the_proxy(
    room: Room, client_of: ClientOf, proxy_of: ProxyOf, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        value = "*" if name == "NO_PROXY" else "http://127.0.0.1:1"
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.lower(), value)
    proxy = proxy_of(scheme)
    receive_a_chat(client_of(proxy=proxy.url()), room)
    assert len(proxy.journal) >= 2
    assert "http" not in scheme or proxy.journal[-1].startswith("CONNECT ")


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("scheme", SCHEMES)
def test_its_password_is_never_shown(
    room: Room, client_of: ClientOf, proxy_of: ProxyOf, caplog: pytest.LogCaptureFixture, scheme: str
) -> None:
    caplog.set_level(logging.DEBUG)
    client = client_of(
        proxy=proxy_of(scheme, ("alice", SECRET)).url(f"alice:{SECRET}@"), cookies={"sessionid": SECRET + "c"}
    )
    receive_a_chat(client, room)
    assert SECRET not in caplog.text + repr(client.options) + repr(client.get_state())
    assert "YWxpY2U6" not in caplog.text
