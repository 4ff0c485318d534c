from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.webcast.certificates import needs_openssl, trusted
from tests.webcast.conftest import ClientOf
from tests.webcast.net.test_proxies import SCHEMES
from tests.webcast.proxies import Proxy
from tests.webcast.rig import connected
from tiktok2mqtt.common.errors import NetworkError, ProxyError
from tiktok2mqtt.simulator import Room
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options

pytest.importorskip("curl_cffi", reason="needs the extra impersonate")
SECRET = "hunter2"


each_scheme = pytest.mark.parametrize("proxy", SCHEMES, indirect=True)


@pytest.fixture
def proxy(request: pytest.FixtureRequest) -> Iterator[Proxy]:
    with ExitStack() as stack:
        if request.param == "https":
            stack.enter_context(trusted())
        made = Proxy(request.param, ("alice", "p:w@/%"))
        stack.callback(made.close)
        yield made


def test_the_events_of_a_room_arrive(client_of: ClientOf, room: Room) -> None:
    heard = connected(client_of(impersonate="chrome"), room)
    room.chat("bob", "hi")
    assert heard.wait("chat")["comment"] == "hi"


@each_scheme
def test_requests_go_through_the_proxy(
    client_of: ClientOf, room: Room, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")
    client = client_of(impersonate="chrome", proxy=proxy.url("alice:p%3Aw%40%2F%25@"))
    connected(client, room)
    web = client.options.web_url
    expected = f"GET {web}/@alice/live" if "http" in proxy.scheme else web.removeprefix("http://")
    assert proxy.journal[0] == expected


@each_scheme
def test_a_wrong_password_is_a_proxy_error(client_of: ClientOf, proxy: Proxy) -> None:
    client = client_of(impersonate="chrome", proxy=proxy.url(f"alice:{SECRET}@"))
    with pytest.raises(ProxyError) as caught:
        client.resolve()
    assert SECRET not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


@each_scheme
def test_a_proxy_that_is_unreachable(client_of: ClientOf, proxy: Proxy) -> None:
    proxy.close()
    with pytest.raises(ProxyError, match="cannot be reached"):
        client_of(impersonate="chrome", proxy=proxy.url()).resolve()


@needs_openssl
def test_a_proxy_without_a_trusted_certificate_gets_no_password() -> None:
    proxy = Proxy("https", ("alice", SECRET))
    client = HttpClient(Options(impersonate="chrome", proxy=proxy.url(f"alice:{SECRET}@")))
    with pytest.raises(NetworkError):
        client.get("http://127.0.0.1:1/x")
    client.close()
    proxy.close()
    assert proxy.journal == []
