import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.net.test_proxies import SCHEMES, SECRET, SOCKS, TUNNELS, trusting
from tests.webcast.proxies import Proxy
from tests.webcast.rig import connected, deaf_server
from tiktok2mqtt.common.errors import NetworkError, ProxyError, WebcastError
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.net.proxies import curl_fault, proxy_errors, refusal

pytestmark = [pytest.mark.usefixtures("room", "trusting")]
__all__ = ["trusting"]
DIRECT = {"transports": ["direct"]}


@pytest.fixture
def proxy(request: pytest.FixtureRequest) -> Iterator[Proxy]:
    made = Proxy(request.param, ("alice", "right"))
    yield made
    made.close()


each_scheme = pytest.mark.parametrize("proxy", SCHEMES, indirect=True)


@pytest.fixture
def only_socket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether only the WebSocket of a client uses its proxy."""
    if request.param:

        def without_proxy(options: Options) -> HttpClient:
            return HttpClient(replace(options, proxy=None))

        monkeypatch.setattr("tiktok2mqtt.webcast.client.HttpClient", without_proxy)
    return bool(request.param)


each_stage = pytest.mark.parametrize("only_socket", [False, True], ids=["requests", "socket"], indirect=True)
socket_stage = pytest.mark.parametrize("only_socket", [True], ids=["socket"], indirect=True)


def proxy_error_of(client: WebcastPushConnection, sim: Simulator) -> WebcastError:
    """Connect, which must fail at the proxy; return the error."""
    with pytest.raises(ProxyError) as caught:
        client.connect()
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert "127.0.0.1" not in str(caught.value)
    assert sim.room("alice").clients == 0
    return caught.value


@each_stage
@each_scheme
def test_a_wrong_password(
    sim: Simulator, client_of: ClientOf, proxy: Proxy, only_socket: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    error = proxy_error_of(client_of(**DIRECT, proxy=proxy.url(f"alice:{SECRET}@")), sim)
    words = "(status 407)" if "http" in proxy.scheme else "check its address, user name and password"
    assert words in str(error)
    assert SECRET not in caplog.text
    assert proxy.journal
    assert not [request for request in sim.requests if "im/ws" in request.path]
    assert bool(sim.requests) == only_socket


@each_stage
@each_scheme
def test_a_proxy_that_is_not_there(sim: Simulator, client_of: ClientOf, proxy: Proxy, only_socket: bool) -> None:
    proxy.close()
    error = proxy_error_of(client_of(**DIRECT, proxy=proxy.url(f"alice:{SECRET}@")), sim)
    assert "cannot be reached" in str(error)
    assert bool(sim.requests) == only_socket


@each_stage
@pytest.mark.usefixtures("only_socket")
@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_unknown_host_name(sim: Simulator, client_of: ClientOf, scheme: str) -> None:
    client = client_of(**DIRECT, proxy=f"{scheme}://alice:{SECRET}@proxy.invalid:1080")
    assert "cannot be reached" in str(proxy_error_of(client, sim))


@each_stage
@pytest.mark.usefixtures("only_socket")
@pytest.mark.parametrize("scheme", SOCKS)
def test_a_socks_proxy_that_never_answers(sim: Simulator, client_of: ClientOf, scheme: str) -> None:
    with deaf_server() as port:
        proxy_error_of(client_of(**DIRECT, proxy=f"{scheme}://127.0.0.1:{port}", connect_timeout_s=0.5), sim)


@socket_stage
@pytest.mark.usefixtures("only_socket")
@pytest.mark.parametrize("scheme", TUNNELS)
def test_an_http_proxy_that_never_answers(sim: Simulator, client_of: ClientOf, scheme: str) -> None:
    with deaf_server() as port:
        proxy_error_of(client_of(**DIRECT, proxy=f"{scheme}://127.0.0.1:{port}", connect_timeout_s=0.5), sim)


@socket_stage
@pytest.mark.usefixtures("only_socket")
@pytest.mark.parametrize("proxy", TUNNELS, indirect=True)
def test_an_http_proxy_that_refuses_the_connection(sim: Simulator, client_of: ClientOf, proxy: Proxy) -> None:
    proxy.refusal = 403
    error = proxy_error_of(client_of(**DIRECT, proxy=proxy.url()), sim)
    assert str(error) == "the proxy does not let us through (status 403)"


@pytest.mark.parametrize("proxy", TUNNELS, indirect=True)
def test_tls_through_a_proxy_that_refuses(client_of: ClientOf, proxy: Proxy) -> None:
    client = client_of(proxy=proxy.url(f"alice:{SECRET}@"), web_url="https://www.example.org")
    with pytest.raises(ProxyError, match=r"user name and password \(status 407\)"):
        client.resolve()
    assert set(proxy.journal) == {"CONNECT www.example.org:443"}


@each_scheme
def test_a_proxy_that_ends_while_connected(sim: Simulator, client_of: ClientOf, proxy: Proxy) -> None:
    client = client_of(**DIRECT, proxy=proxy.url("alice:right@"))
    log = connected(client, sim.room("alice"))
    proxy.close()
    assert log.wait("disconnected")["code"] == "network"
    until(lambda: not client.busy)
    proxy_error_of(client, sim)


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), OSError(SECRET), UnicodeError(SECRET)])
def test_errors_while_connecting_through_a_proxy(error: Exception) -> None:
    with pytest.raises(ProxyError, match="cannot be reached") as caught, proxy_errors():
        raise error
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        (5, "Could not resolve proxy: hunter2", "cannot be reached"),
        (7, "Failed to connect to hunter2 port 1", "cannot be reached"),
        (97, "cannot complete SOCKS5 connection", "cannot be reached"),
        (56, "CONNECT tunnel failed, response 407", "user name and password (status 407)"),
        (56, "CONNECT tunnel failed, response 502", "(status 502)"),
    ],
)
def test_errors_of_libcurl_about_a_proxy(code: int, text: str, words: str) -> None:
    error = curl_fault(code, text)
    assert words in str(error)
    assert SECRET not in str(error)


def test_errors_of_libcurl_about_the_service() -> None:
    assert curl_fault(28, "Operation timed out after 100 milliseconds") is None


@each_scheme
def test_errors_of_the_service_are_not_the_proxys(sim: Simulator, client_of: ClientOf, proxy: Proxy) -> None:
    sim.fail_http("/", "hang", times=None)
    client = client_of(proxy=proxy.url("alice:right@"), connect_timeout_s=0.5)
    with pytest.raises(NetworkError, match="did not answer: timed out") as caught:
        client.resolve()
    assert not isinstance(caught.value, ProxyError)


def test_refusals_contain_the_status() -> None:
    assert str(refusal(407)) == "the proxy does not accept our user name and password (status 407)"
    assert str(refusal(502)) == "the proxy does not let us through (status 502)"
    assert isinstance(refusal(502), NetworkError)
