import logging
import traceback
from collections.abc import Iterator
from http.client import HTTPException

import pytest

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.net.test_proxy import SCHEMES, SECRET, SOCKS, TUNNELS, trusting
from tests.webcast.proxies import Proxy
from tests.webcast.rig import connected, deaf_server
from tiktok2mqtt.common.errors import NetworkError, ProxyError, WebcastError
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.net.proxies import curl_fault, proxy_faults, refusal

pytestmark = [pytest.mark.usefixtures("room", "trusting")]
__all__ = ["trusting"]
DIRECT = {"transports": ["direct"]}
SOCKET_ALONE = pytest.mark.parametrize("socket_alone", [False, True], ids=["requests", "socket"])


@pytest.fixture
def between(request: pytest.FixtureRequest) -> Iterator[Proxy]:
    made = Proxy(request.param, ("alice", "right"))
    yield made
    made.close()


each_scheme = pytest.mark.parametrize("between", SCHEMES, indirect=True)


def fails(client: WebcastPushConnection, sim: Simulator, *, socket_alone: bool) -> WebcastError:
    """Connect, which must fail at the proxy: in the first request, or, when all of them went well, in the socket."""
    if socket_alone:
        client._http._session.proxies.clear()
    with pytest.raises(ProxyError) as caught:
        client.connect()
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown
    assert "127.0.0.1" not in str(caught.value)
    assert sim.room("alice").clients == 0
    return caught.value


@SOCKET_ALONE
@each_scheme
def test_a_wrong_password(
    sim: Simulator,
    client_of: ClientOf,
    between: Proxy,
    socket_alone: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    error = fails(client_of(**DIRECT, proxy=between.url(f"alice:{SECRET}@")), sim, socket_alone=socket_alone)
    words = "(status 407)" if "http" in between.scheme else "check its address, user name and password"
    assert words in str(error)
    assert SECRET not in caplog.text
    assert between.journal
    assert not socket_alone or not [request for request in sim.requests if "im/ws" in request.path]
    assert socket_alone or sim.requests == []


@SOCKET_ALONE
@each_scheme
def test_a_proxy_that_is_away(sim: Simulator, client_of: ClientOf, between: Proxy, socket_alone: bool) -> None:
    between.close()
    error = fails(client_of(**DIRECT, proxy=between.url(f"alice:{SECRET}@")), sim, socket_alone=socket_alone)
    assert "cannot be reached" in str(error)
    assert socket_alone or sim.requests == []


@SOCKET_ALONE
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_name_that_nobody_knows(sim: Simulator, client_of: ClientOf, scheme: str, socket_alone: bool) -> None:
    client = client_of(**DIRECT, proxy=f"{scheme}://alice:{SECRET}@proxy.invalid:1080")
    assert "cannot be reached" in str(fails(client, sim, socket_alone=socket_alone))


@SOCKET_ALONE
@pytest.mark.parametrize("scheme", SOCKS)
def test_a_socks_proxy_that_never_answers(sim: Simulator, client_of: ClientOf, scheme: str, socket_alone: bool) -> None:
    with deaf_server() as port:
        client = client_of(**DIRECT, proxy=f"{scheme}://127.0.0.1:{port}", connect_timeout_s=0.5)
        fails(client, sim, socket_alone=socket_alone)


def test_an_http_proxy_that_never_lets_the_socket_through(sim: Simulator, client_of: ClientOf) -> None:
    with deaf_server() as port:
        fails(client_of(**DIRECT, proxy=f"http://127.0.0.1:{port}", connect_timeout_s=0.5), sim, socket_alone=True)


@pytest.mark.parametrize("between", TUNNELS, indirect=True)
def test_an_http_proxy_that_does_not_let_the_socket_through(
    sim: Simulator, client_of: ClientOf, between: Proxy
) -> None:
    between.refusal = 403
    error = fails(client_of(**DIRECT, proxy=between.url()), sim, socket_alone=True)
    assert str(error) == "the proxy does not let us through (status 403)"


@pytest.mark.parametrize("between", TUNNELS, indirect=True)
def test_tls_through_a_proxy_that_refuses(client_of: ClientOf, between: Proxy) -> None:
    client = client_of(proxy=between.url(f"alice:{SECRET}@"), web_url="https://www.example.org")
    with pytest.raises(ProxyError, match=r"user name and password \(status 407\)"):
        client.resolve()
    assert set(between.journal) == {"CONNECT www.example.org:443"}


@each_scheme
def test_a_proxy_that_goes_away_while_the_room_is_heard(sim: Simulator, client_of: ClientOf, between: Proxy) -> None:
    client = client_of(**DIRECT, proxy=between.url("alice:right@"))
    heard = connected(client, sim.room("alice"))
    between.close()
    assert heard.wait("disconnected")["code"] == "network"
    until(lambda: not client.busy)
    fails(client, sim, socket_alone=False)


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), HTTPException(SECRET), OSError(SECRET)])
def test_what_goes_wrong_while_a_proxy_is_dialled_is_its_fault(error: Exception) -> None:
    with pytest.raises(ProxyError, match="cannot be reached") as caught, proxy_faults():
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
def test_what_libcurl_says_of_a_proxy(code: int, text: str, words: str) -> None:
    fault = curl_fault(code, text)
    assert words in str(fault)
    assert SECRET not in str(fault)


def test_what_libcurl_says_of_the_service_is_no_fault_of_a_proxy() -> None:
    assert curl_fault(28, "Operation timed out after 100 milliseconds") is None


@each_scheme
def test_what_goes_wrong_behind_the_proxy_is_not_its_fault(sim: Simulator, client_of: ClientOf, between: Proxy) -> None:
    sim.fail_http("/", "hang", times=None)
    client = client_of(proxy=between.url("alice:right@"), connect_timeout_s=0.5)
    with pytest.raises(NetworkError, match="did not answer: timed out") as caught:
        client.resolve()
    assert not isinstance(caught.value, ProxyError)


def test_refusals_tell_the_status() -> None:
    assert str(refusal(407)) == "the proxy does not accept our user name and password (status 407)"
    assert str(refusal(502)) == "the proxy does not let us through (status 502)"
    assert isinstance(refusal(502), NetworkError)
