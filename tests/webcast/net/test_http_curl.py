from collections.abc import Iterator

import pytest

from tests.webcast.certificates import needs_openssl
from tests.webcast.conftest import ClientOf
from tests.webcast.net.test_proxy import SCHEMES
from tests.webcast.proxies import Proxy
from tests.webcast.rig import connected
from tests.webcast.site import SecureSite
from tiktok2mqtt.common.errors import NetworkError, ProxyError
from tiktok2mqtt.simulator import Room
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options

pytest.importorskip("curl_cffi", reason="needs the extra impersonate")
SECRET = "hunter2"


@pytest.fixture
def between(request: pytest.FixtureRequest) -> Iterator[Proxy]:
    made = Proxy(request.param, ("alice", "p:w@/%"))
    yield made
    made.close()


each_plain_scheme = pytest.mark.parametrize(
    "between", [scheme for scheme in SCHEMES if getattr(scheme, "values", [None])[0] != "https"], indirect=True
)


def test_a_room_is_heard(client_of: ClientOf, room: Room) -> None:
    heard = connected(client_of(impersonate="chrome"), room)
    room.chat("bob", "hi")
    assert heard.wait("chat")["comment"] == "hi"


@each_plain_scheme
def test_requests_go_by_the_proxy(
    client_of: ClientOf, room: Room, between: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")
    client = client_of(impersonate="chrome", proxy=between.url("alice:p%3Aw%40%2F%25@"))
    connected(client, room)
    web = client.options.web_url
    wanted = f"GET {web}/@alice/live" if between.scheme == "http" else web.removeprefix("http://")
    assert between.journal[0] == wanted


@each_plain_scheme
def test_a_wrong_password_is_the_proxys_fault(client_of: ClientOf, between: Proxy) -> None:
    client = client_of(impersonate="chrome", proxy=between.url(f"alice:{SECRET}@"))
    with pytest.raises(ProxyError) as caught:
        client.resolve()
    assert SECRET not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


@each_plain_scheme
def test_a_proxy_that_is_away(client_of: ClientOf, between: Proxy) -> None:
    between.close()
    with pytest.raises(ProxyError, match="cannot be reached"):
        client_of(impersonate="chrome", proxy=between.url()).resolve()


@needs_openssl
def test_certificates_are_verified() -> None:
    client = HttpClient(Options(impersonate="chrome"))
    with SecureSite() as site, pytest.raises(NetworkError, match="did not answer: TLS failed"):
        client.get(site.url + "/x")
    client.close()


@needs_openssl
def test_a_proxy_whose_certificate_nobody_vouches_for_gets_no_password() -> None:
    between = Proxy("https", ("alice", SECRET))
    client = HttpClient(Options(impersonate="chrome", proxy=between.url(f"alice:{SECRET}@")))
    with pytest.raises(NetworkError):
        client.get("http://127.0.0.1:1/x")
    client.close()
    between.close()
    assert between.journal == []
