import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from typing import Any

import pytest

from tests.webcast.certificates import OPENSSL, needs_openssl, trusted
from tests.webcast.conftest import ClientOf
from tests.webcast.proxies import Login, Proxy
from tests.webcast.rig import connected
from tests.webcast.site import SecureSite
from tiktok2mqtt.common.errors import Blocked, ProxyError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.net import proxies as proxy
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.net.proxies import parse_proxy
from tiktok2mqtt.webcast.net.websocket import BoundedWebSocket

HAS_SOCKS = bool(find_spec("python_socks"))
needs_socks = pytest.mark.skipif(not HAS_SOCKS, reason="needs the extra socks")
TUNNELS = ["http", pytest.param("https", marks=needs_openssl)]
SOCKS = [pytest.param("socks5", marks=needs_socks), pytest.param("socks5h", marks=needs_socks)]
SCHEMES = TUNNELS + SOCKS
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
    """Let the certificate of the https proxy be trusted."""
    if OPENSSL is None:
        yield
        return
    with trusted():
        yield


@pytest.fixture
def with_socks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let SOCKS be accepted whether or not its extra is installed."""
    monkeypatch.setattr(proxy, "find_spec", lambda _name: True)


# --- what a URL says ---

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


@pytest.mark.usefixtures("with_socks")
@pytest.mark.parametrize(("url", "parts", "spelled"), GOOD)
def test_a_url_is_read(url: str, parts: tuple[str, str, int, Login], spelled: str) -> None:
    read = parse_proxy(url)
    assert (read.scheme, read.host, read.port, read.auth) == parts
    assert read.url == spelled
    assert parse_proxy(read.url) == read


@pytest.mark.usefixtures("with_socks")
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
def test_what_cannot_be_a_proxy_is_refused_without_a_word_of_it(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        parse_proxy(url)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(ValueError, match=rf"^proxy must .*{words.removeprefix('must ')}"):
        WebcastPushConnection("alice", proxy=url)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_socks_without_its_extra_is_refused(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setattr(proxy, "find_spec", lambda _name: None)
    with pytest.raises(ValueError, match=r"pip install 'tiktok2mqtt\[socks\]'"):
        parse_proxy(f"{scheme}://127.0.0.1:1080")
    assert parse_proxy("http://127.0.0.1:1080").scheme == "http"


def test_how_an_http_proxy_learns_who_we_are() -> None:
    assert parse_proxy("http://proxy:1").authorization == {}
    assert parse_proxy("http://a:b%40@proxy:1").authorization == {"Proxy-Authorization": "Basic YTpiQA=="}


def test_a_repr_tells_neither_login_nor_host() -> None:
    assert repr(parse_proxy(f"http://alice:{SECRET}@proxy.example.org:3128")) == "Proxy(scheme='http')"


# --- what goes through it ---


@needs_openssl
@pytest.mark.usefixtures("room", "trusting")
def test_tls_goes_through_the_tls_of_a_proxy(proxy_of: ProxyOf) -> None:
    """Requests and socket, each by TLS to the proxy and by TLS within it to the service."""
    between = proxy_of("https", ("alice", "right"))
    with SecureSite() as site:
        line = BoundedWebSocket()
        answer = line.open(site.url.replace("https", "wss") + "/x", {}, between.url("alice:right@"), 5.0)
        line.shutdown()
        assert answer.status == 403
        client = HttpClient(Options(proxy=between.url("alice:right@")))
        with pytest.raises(Blocked):
            client.get(site.url + "/x")
        client.close()
        assert between.journal == [f"CONNECT {site.url.removeprefix('https://')}"] * 2


@needs_openssl
@pytest.mark.parametrize("target", ["http", "https"])
def test_a_proxy_whose_certificate_nobody_vouches_for_gets_no_password(proxy_of: ProxyOf, target: str) -> None:
    between = proxy_of("https", ("alice", SECRET))
    client = HttpClient(Options(proxy=between.url(f"alice:{SECRET}@")))
    with pytest.raises(ProxyError):
        client.get(f"{target}://127.0.0.1:1/x")
    client.close()
    with pytest.raises(ProxyError):
        BoundedWebSocket().open(f"{target.replace('http', 'ws')}://127.0.0.1:1/x", {}, between.url(), 5.0)
    assert between.journal == []


def hear_a_chat(client: WebcastPushConnection, room: Room) -> None:
    heard = connected(client, room)
    room.chat("bob", "hi")
    assert heard.wait("chat")["comment"] == "hi"


@pytest.mark.usefixtures("room", "trusting")
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("login", [None, ("alice", "p:w@/%")])
def test_requests_and_socket_all_go_through_the_proxy(
    sim: Simulator, client_of: ClientOf, proxy_of: ProxyOf, scheme: str, login: Login
) -> None:
    between = proxy_of(scheme, login)
    hear_a_chat(client_of(proxy=between.url("alice:p%3Aw%40%2F%25@" if login else "")), sim.room("alice"))
    service = sim.web_url.removeprefix("http://")
    asked = [request.path for request in sim.requests]
    socket_path = next(path for path in asked if "im/ws" in path)
    if "http" in scheme:
        forwarded = [line.split("?")[0] for line in between.journal[:-1]]
        assert forwarded == [f"GET {sim.web_url}{path}" for path in asked if path != socket_path]
        assert between.journal[-1] == f"CONNECT {service}"
    else:
        # One connection is kept for the requests.
        assert between.journal == [service, service]
    assert len(asked) >= 3


@needs_socks
@pytest.mark.usefixtures("room")
@pytest.mark.parametrize(("scheme", "host"), [("socks5", "127.0.0.1"), ("socks5h", "localhost")])
def test_who_resolves_names(sim: Simulator, client_of: ClientOf, proxy_of: ProxyOf, scheme: str, host: str) -> None:
    between = proxy_of(scheme)
    named: dict[str, Any] = {
        name: getattr(sim, name).replace("127.0.0.1", "localhost") for name in ("web_url", "webcast_url", "socket_url")
    }
    hear_a_chat(client_of(proxy=between.url(), **named), sim.room("alice"))
    assert {line.rpartition(":")[0] for line in between.journal} == {host}


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_environment_does_not_lead_around_the_proxy(
    room: Room, client_of: ClientOf, proxy_of: ProxyOf, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")
    between = proxy_of(scheme)
    hear_a_chat(client_of(proxy=between.url()), room)
    assert len(between.journal) >= 2
    assert "http" not in scheme or between.journal[-1].startswith("CONNECT ")


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("scheme", SCHEMES)
def test_its_password_is_told_nowhere(
    room: Room, client_of: ClientOf, proxy_of: ProxyOf, caplog: pytest.LogCaptureFixture, scheme: str
) -> None:
    caplog.set_level(logging.DEBUG)
    client = client_of(
        proxy=proxy_of(scheme, ("alice", SECRET)).url(f"alice:{SECRET}@"), cookies={"sessionid": SECRET + "c"}
    )
    hear_a_chat(client, room)
    assert SECRET not in caplog.text + repr(client.options) + repr(client.get_state())
    assert "YWxpY2U6" not in caplog.text
