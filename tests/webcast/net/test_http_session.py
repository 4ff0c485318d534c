"""What all rooms share, the connections and the TLS context, and what they take from the environment: nothing."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.webcast.certificates import certificate_file, needs_openssl, trusted
from tests.webcast.net.conftest import HttpOf
from tests.webcast.proxies import Proxy
from tests.webcast.site import SecureSite, Site
from tiktok2mqtt.common.errors import Blocked, NetworkError
from tiktok2mqtt.webcast.net.dialer import default_tls_context
from tiktok2mqtt.webcast.net.http import MAX_BODY_BYTES, HttpClient

only_requests = pytest.mark.parametrize("browser", [""], ids=["requests"])


@pytest.fixture
def site() -> Iterator[Site]:
    """A service that keeps its connections."""
    site = Site(keeps=True)
    site.answers["/x"] = (200, {}, b"here")
    yield site
    site.close()


def refuse(request: BaseHTTPRequestHandler) -> None:
    """Close the connection without a response."""
    request.close_connection = True


# --- the environment ---


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set whatever requests or libcurl would read: a proxy that is away, CA files that do not exist, a password."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:1")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(tmp_path / "missing.pem"))
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login alice password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.usefixtures("environment")
def test_the_environment_is_ignored(site: Site, http_of: HttpOf) -> None:
    client = http_of()
    assert client.get(site.url + "/x").body == b"here"
    assert client.ask(site.url + "/x", {}, {}).body == b"here"
    assert not any("authorization" in headers for _, headers in site.journal)


@needs_openssl
@pytest.mark.usefixtures("environment")
def test_the_environment_is_ignored_with_tls(http_of: HttpOf) -> None:
    with trusted(), SecureSite() as site, pytest.raises(Blocked):
        http_of().get(site.url + "/x")


@needs_openssl
def test_a_ca_file_of_the_environment_is_not_trusted(http_of: HttpOf, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(certificate_file()))
    with SecureSite() as site, pytest.raises(NetworkError, match="did not answer: TLS failed"):
        http_of().get(site.url + "/x")


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_the_environment_leads_past_no_proxy(
    site: Site, http_of: HttpOf, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "*")
    proxy = Proxy("http")
    try:
        assert http_of(proxy=proxy.url()).get(site.url + "/x").body == b"here"
        assert proxy.journal == [f"GET {site.url}/x"]
    finally:
        proxy.close()


@only_requests
@needs_openssl
def test_no_certificates_are_added_to_the_tls_context(http_of: HttpOf) -> None:
    with trusted(), SecureSite() as site:
        before = default_tls_context().cert_store_stats()
        with pytest.raises(Blocked):
            http_of().get(site.url + "/x")
        assert default_tls_context().cert_store_stats() == before


# --- rooms ---


@only_requests
def test_rooms_share_a_connection(site: Site, http_of: HttpOf) -> None:
    alice, bob = http_of(), http_of()
    for room in (alice, bob, alice):
        assert room.get(site.url + "/x").body == b"here"
        room.drop_idle_connections()
    assert len(set(site.ports)) == 1


@only_requests
@needs_openssl
def test_rooms_share_a_tls_connection(http_of: HttpOf) -> None:
    with trusted(), SecureSite(keeps=True) as site:
        for room in (http_of(), http_of()):
            with pytest.raises(Blocked):
                room.get(site.url + "/x")
        assert len(set(site.ports)) == 1


@only_requests
def test_a_room_that_ends_or_is_renewed_leaves_the_connection_open(site: Site, http_of: HttpOf) -> None:
    alice, bob = http_of(), http_of()
    for room in (alice, bob):
        room.get(site.url + "/x")
    alice.close()
    bob.renew_identity()
    bob.get(site.url + "/x")
    assert len(set(site.ports)) == 1


def test_rooms_do_not_share_cookies(site: Site, http_of: HttpOf) -> None:
    site.answers["/mint"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"")
    alice, bob = http_of(), http_of(cookies={"sessionid": "bobs"})
    alice.get(site.url + "/mint")
    bob.get(site.url + "/x")
    alice.get(site.url + "/x")
    assert [headers.get("cookie") for _, headers in site.journal] == [None, "sessionid=bobs", "ttwid=abc"]
    assert bob.cookie("ttwid") is None
    agents = [headers["user-agent"] for _, headers in site.journal]
    assert agents == [alice.identity.user_agent, bob.identity.user_agent, alice.identity.user_agent]


@only_requests
@pytest.mark.parametrize("scheme", ["http", pytest.param("https", marks=needs_openssl)])
def test_each_proxy_has_connections_of_its_own(http_of: HttpOf, scheme: str) -> None:
    with ExitStack() as stack:
        stack.enter_context(trusted())
        site = stack.enter_context(SecureSite(keeps=True))
        proxies = [Proxy(scheme), Proxy(scheme, ("alice", "right"))]
        for proxy in proxies:
            stack.callback(proxy.close)
        rooms = [http_of(), http_of(proxy=proxies[0].url()), http_of(proxy=proxies[1].url("alice:right@"))]
        for room in rooms * 2:
            with pytest.raises(Blocked):
                room.get(site.url + "/x")
        assert [proxy.journal for proxy in proxies] == [[f"CONNECT {site.url.removeprefix('https://')}"]] * 2
        assert len(set(site.ports)) == 3
        assert site.ports[:3] == site.ports[3:]


@only_requests
def test_many_rooms_at_once_keep_their_connections(
    site: Site, http_of: HttpOf, caplog: pytest.LogCaptureFixture
) -> None:
    """More than the ten of requests' default, which would drop the others and warn about each."""
    count = 30
    together = threading.Barrier(count)

    def wait_for_all(request: BaseHTTPRequestHandler) -> None:
        together.wait(10.0)
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere")

    site.answers["/x"] = wait_for_all
    rooms = [http_of() for _ in range(count)]
    with ThreadPoolExecutor(count) as pool:
        for _ in range(2):
            assert {answer.body for answer in pool.map(lambda room: room.get(site.url + "/x"), rooms)} == {b"here"}
    assert len(set(site.ports)) == count
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


# --- connections that end ---


@pytest.fixture
def client(http_of: HttpOf) -> HttpClient:
    return http_of(connect_timeout_s=5.0)


def test_an_idle_connection_that_the_server_closed_is_replaced(site: Site, client: HttpClient) -> None:
    def close_afterwards(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere")
        request.close_connection = True

    site.answers["/x"] = close_afterwards
    for _ in range(5):
        assert client.get(site.url + "/x").body == b"here"
    assert len(set(site.ports)) == 5


def test_a_connection_that_is_closed_at_its_reuse_is_replaced(site: Site, client: HttpClient) -> None:
    def refuse_once(request: BaseHTTPRequestHandler) -> None:
        site.answers["/y"] = (200, {}, b"after all")
        refuse(request)

    client.get(site.url + "/x")
    site.answers["/y"] = refuse_once
    assert client.get(site.url + "/y").body == b"after all"
    assert len(set(site.ports)) == 2


def test_a_request_is_repeated_once_only(site: Site, client: HttpClient) -> None:
    client.get(site.url + "/x")
    site.answers["/y"] = refuse
    with pytest.raises(NetworkError, match="connection failed"):
        client.get(site.url + "/y")
    assert [path for path, _ in site.journal] == ["/x", "/y", "/y"]


def test_a_new_connection_that_fails_is_an_error_at_once(site: Site, client: HttpClient) -> None:
    site.answers["/x"] = refuse
    with pytest.raises(NetworkError, match="connection failed"):
        client.get(site.url + "/x")
    assert len(site.journal) == 1


@only_requests
def test_a_repeated_request_has_what_is_left_of_the_time(site: Site, client: HttpClient) -> None:
    def refuse_late(request: BaseHTTPRequestHandler) -> None:
        site.released.wait(0.3)
        refuse(request)
        site.answers["/y"] = lambda _request: site.released.wait(10.0)

    client.get(site.url + "/x")
    site.answers["/y"] = refuse_late
    with ThreadPoolExecutor() as pool, pytest.raises(NetworkError, match="timed out"):
        pool.submit(client.get, site.url + "/y", timeout_s=0.5).result(0.75)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\n",
    ],
    ids=["close", "HTTP/1.0"],
)
def test_a_connection_is_not_kept_against_the_servers_will(site: Site, client: HttpClient, head: bytes) -> None:
    site.answers["/x"] = lambda request: request.wfile.write(head + b"here")
    for _ in range(2):
        assert client.get(site.url + "/x").body == b"here"
    assert len(set(site.ports)) == 2


def test_data_after_a_response_is_not_the_next_response(site: Site, client: HttpClient) -> None:
    response = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
    site.answers["/x"] = lambda request: request.wfile.write(response + b"here" + response + b"evil")
    for _ in range(2):
        assert client.get(site.url + "/x").body == b"here"


def test_a_connection_is_closed_when_a_body_is_too_long(site: Site, client: HttpClient) -> None:
    site.answers["/large"] = (200, {}, bytes(2 * MAX_BODY_BYTES))
    with pytest.raises(NetworkError, match="sent more than"):
        client.get(site.url + "/large")
    assert client.get(site.url + "/x").body == b"here"
    assert len(set(site.ports)) == 2
