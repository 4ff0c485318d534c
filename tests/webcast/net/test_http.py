import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.webcast.site import DATE, Site
from tiktok2mqtt.common.errors import Blocked, Interrupted, NetworkError, RateLimited, SchemaError, WebcastError
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.net.http import (
    MAX_BODY_BYTES,
    MAX_REDIRECTS,
    MAX_RETRY_AFTER_S,
    HttpClient,
    _redirected,
    require_ok,
    retry_after_s,
)
from tiktok2mqtt.webcast.net.identity import Identity
from tiktok2mqtt.webcast.net.options import Options


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


needs_curl = pytest.mark.skipif(find_spec("curl_cffi") is None, reason="needs the extra impersonate")
BACKENDS = [pytest.param("", id="plain"), pytest.param("chrome", id="curl_cffi", marks=needs_curl)]


@pytest.fixture(params=BACKENDS)
def browser(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def client(site: Site, browser: str) -> Iterator[HttpClient]:
    client = HttpClient(Options(web_url=site.url, connect_timeout_s=5.0, impersonate=browser))
    yield client
    client.close()


def test_an_answer_is_returned_whole(site: Site, client: HttpClient) -> None:
    site.answers["/x"] = (200, {"X-Thing": "1"}, "h\u00e9".encode() + b"\xff")
    answer = client.get(site.url + "/x", {"room_id": "7", "q": "a b"})
    assert (answer.status, answer.headers["x-thing"], answer.body) == (200, "1", b"h\xc3\xa9\xff")
    assert answer.text == "h\u00e9\N{REPLACEMENT CHARACTER}"
    assert parse_qs(urlsplit(site.journal[0][0]).query) == {"room_id": ["7"], "q": ["a b"]}


def test_after_closing_there_are_new_connections(site: Site, client: HttpClient) -> None:
    site.answers["/x"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"here")
    for _ in range(2):
        assert client.get(site.url + "/x").body == b"here"
        client.close()
        client.close()
    assert client.cookie("ttwid") == "abc"


def test_a_packed_answer_is_unpacked(site: Site, client: HttpClient) -> None:
    site.answers["/x"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"hello"))
    assert client.get(site.url + "/x").body == b"hello"


def test_requests_look_like_those_of_one_browser_and_nothing_else(site: Site, browser: str) -> None:
    options = Options(web_url=site.url, request_headers={"X-Extra": "1", "Accept-Language": "de"}, impersonate=browser)
    client = HttpClient(options)
    site.answers["/x"] = (200, {}, b"")
    client.get(site.url + "/x")
    client.close()
    headers = site.journal[0][1]
    assert headers.pop("host") == site.url.removeprefix("http://")
    headers.pop("connection", None)
    expected = client.identity.headers(site.url) | {"X-Extra": "1", "Accept-Language": "de"}
    assert headers == {key.lower(): value for key, value in expected.items()}


def test_params_are_those_of_the_identity_under_those_of_the_options() -> None:
    identity = Identity("Mozilla/5.0", "1" * 19)
    client = HttpClient(Options(client_params={"region": "DE", "new": "1"}), identity)
    assert client.params() == identity.http_params() | {"region": "DE", "new": "1"}
    client.close()


def test_cookies_are_kept_and_sent_back(site: Site, client: HttpClient) -> None:
    site.answers["/mint"] = (200, {"Set-Cookie": "ttwid=abc; Path=/; HttpOnly"}, b"")
    site.answers["/x"] = (200, {}, b"")
    assert client.cookie("ttwid") is None
    client.get(site.url + "/mint")
    assert client.cookie("ttwid") == "abc"
    client.get(site.url + "/x")
    assert site.journal[-1][1]["cookie"] == "ttwid=abc"


def test_a_new_identity_has_no_cookies(site: Site, client: HttpClient) -> None:
    site.answers["/mint"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"")
    client.get(site.url + "/mint")
    before = client.identity
    client.renew_identity()
    assert client.cookie("ttwid") is None
    assert client.identity.device_id != before.device_id
    client.get(site.url + "/mint")
    assert "cookie" not in site.journal[-1][1]
    assert site.journal[-1][1]["user-agent"] == client.identity.user_agent


def test_proxies_and_passwords_of_the_environment_are_ignored(
    site: Site, client: HttpClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login alice password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    site.answers["/x"] = (200, {}, b"direct")
    assert client.get(site.url + "/x").body == b"direct"
    assert "authorization" not in site.journal[0][1]


def test_a_third_party_gets_the_given_headers_alone(site: Site) -> None:
    client = HttpClient(Options(web_url=site.url, cookies={"sessionid": "abc"}, request_headers={"X-Mine": "1"}))
    site.answers["/x"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"")
    client.get(site.url + "/x")
    for _ in range(2):
        assert client.ask(site.url + "/x", {"a": "b c"}, {"User-Agent": "me"}).status == 200
    client.close()
    for path, headers in site.journal[1:]:
        assert path == "/x?a=b+c"
        assert headers.keys() - {"host", "connection", "accept-encoding"} == {"user-agent"}
        assert headers["user-agent"] == "me"


@pytest.mark.parametrize("status", [302, 403, 429, 500])
def test_any_status_of_a_third_party_is_an_answer(site: Site, client: HttpClient, status: int) -> None:
    site.answers["/x"] = (status, {"Location": "/y"}, b"why")
    answer = client.ask(site.url + "/x", {}, {})
    assert (answer.status, answer.body) == (status, b"why")
    assert len(site.journal) == 1


def test_redirects_on_the_same_host_are_followed_without_the_query(site: Site, client: HttpClient) -> None:
    site.answers["/a"] = (302, {"Location": "/b?x=1", "Set-Cookie": "ttwid=abc; Path=/"}, b"")
    site.answers["/b"] = (301, {"Location": site.url + "/c"}, b"")
    site.answers["/c"] = (200, {}, b"here")
    assert client.get(site.url + "/a", {"q": "1"}).body == b"here"
    assert [path for path, _ in site.journal] == ["/a?q=1", "/b?x=1", "/c"]
    assert site.journal[2][1]["cookie"] == "ttwid=abc"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_another_host_is_never_asked(site: Site, client: HttpClient, status: int) -> None:
    other = Site()
    try:
        site.answers["/a"] = (status, {"Location": other.url + "/b"}, b"")
        with pytest.raises(NetworkError, match=f"another host: {other.url}"):
            client.get(site.url + "/a")
        assert other.journal == []
    finally:
        other.close()


def test_redirects_without_end_are_given_up(site: Site, client: HttpClient) -> None:
    site.answers["/a"] = (302, {"Location": "/a"}, b"")
    with pytest.raises(NetworkError, match="more than 5 times"):
        client.get(site.url + "/a")
    assert len(site.journal) == MAX_REDIRECTS + 1


HERE = "https://www.tiktok.com/@alice/live"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/login", "https://www.tiktok.com/login"),
        ("?x=1", "https://www.tiktok.com/@alice/live?x=1"),
        ("https://www.tiktok.com/x", "https://www.tiktok.com/x"),
        ("", HERE),
    ],
)
def test_redirects_that_stay(location: str, target: str) -> None:
    assert _redirected(HERE, location) == target


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("//www.example.org/", "another host: https://www.example.org"),
        ("https://www.tiktok.com.example.org/", "another host"),
        ("https://www.tiktok.com@example.org/", "another host"),
        ("https://www.tiktok.com:8443/", "another host"),
        ("http://www.tiktok.com/x", "another host: http://www.tiktok.com"),
        ("file:///etc/passwd", "another host: file://"),
        ("https://[::1", "to no URL: https://"),
    ],
)
def test_redirects_that_lead_away(location: str, words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        _redirected(HERE, location)


def test_a_body_is_capped(site: Site, client: HttpClient) -> None:
    site.answers["/fits"] = (200, {}, bytes(MAX_BODY_BYTES))
    assert len(client.get(site.url + "/fits").body) == MAX_BODY_BYTES
    site.answers["/large"] = (200, {}, bytes(MAX_BODY_BYTES + 1))
    with pytest.raises(NetworkError, match="more than 8388608 bytes"):
        client.get(site.url + "/large")


def test_a_body_without_end_is_capped(site: Site, client: HttpClient) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while not site.released.is_set():
            request.wfile.write(bytes(1024 * 1024))

    site.answers["/x"] = endless
    with pytest.raises(NetworkError, match="more than 8388608 bytes"):
        client.get(site.url + "/x")


def test_a_bomb_is_capped(site: Site, client: HttpClient) -> None:
    site.answers["/x"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(MAX_BODY_BYTES * 4), 1))
    with pytest.raises(NetworkError, match="more than 8388608 bytes"):
        client.get(site.url + "/x")


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (429, RateLimited, "too many requests"),
        (403, Blocked, "refused the request"),
        (500, NetworkError, "failed with status 500"),
        (503, NetworkError, "failed with status 503"),
    ],
)
def test_refusals_are_errors_of_their_own(
    site: Site, client: HttpClient, status: int, error: type[WebcastError], words: str
) -> None:
    site.answers["/x"] = (status, {}, b"<html>")
    with pytest.raises(error, match=words) as caught:
        client.get(site.url + "/x")
    assert caught.type is error
    assert caught.value.retry_after_s is None
    assert getattr(caught.value, "status", status) == status


@pytest.mark.parametrize(
    ("value", "seconds"), [("120", 120.0), ("Tue, 14 Nov 2023 22:15:20 GMT", 120.0), ("soon", None)]
)
def test_the_service_says_when_to_come_back(site: Site, client: HttpClient, value: str, seconds: float | None) -> None:
    site.answers["/x"] = (429, {"Retry-After": value}, b"")
    with pytest.raises(RateLimited) as caught:
        client.get(site.url + "/x")
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        (None, DATE, None),
        ("", DATE, None),
        ("0", None, 0.0),
        (" 7 ", None, 7.0),
        ("-5", DATE, None),
        ("1.5", DATE, None),
        ("\u00b2", DATE, None),
        ("9" * 400, None, MAX_RETRY_AFTER_S),
        ("100000", None, MAX_RETRY_AFTER_S),
        ("Tue, 14 Nov 2023 22:13:50 GMT", DATE, 30.0),
        ("Tue, 14 Nov 2023 21:00:00 GMT", DATE, 0.0),
        ("Tue, 14 Nov 2123 22:13:20 GMT", DATE, MAX_RETRY_AFTER_S),
        ("Tue, 14 Nov 2023 22:13:50 GMT", None, None),
        ("Tue, 14 Nov 2023 22:13:50 GMT", "today", None),
        ("Tue, 14 Nov 2023 22:13:50 -0000", DATE, None),
        ("Tue, 14 Nov 99999999999 22:13:50 GMT", DATE, None),
    ],
)
def test_retry_after(value: str | None, date: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, date) == seconds
    assert MAX_RETRY_AFTER_S == 86_400.0


def test_other_statuses_are_for_the_caller_to_judge(site: Site, client: HttpClient) -> None:
    answer = client.get(site.url + "/missing")
    assert answer.status == 404
    with pytest.raises(SchemaError, match="the live page answered with status 404"):
        require_ok(answer, "the live page")
    site.answers["/x"] = (200, {}, b"")
    require_ok(client.get(site.url + "/x"), "the live page")


def test_a_service_that_does_not_answer_times_out(site: Site, browser: str) -> None:
    site.answers["/x"] = lambda _request: site.released.wait(10.0)
    client = HttpClient(Options(web_url=site.url, connect_timeout_s=0.1, impersonate=browser))
    with pytest.raises(NetworkError, match=r"^127\.0\.0\.1:\d+ did not answer: timed out$"):
        client.get(site.url + "/x")
    client.close()


def test_a_service_that_stops_in_the_middle_times_out(site: Site, browser: str) -> None:
    def half(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        site.released.wait(10.0)

    site.answers["/x"] = half
    client = HttpClient(Options(web_url=site.url, connect_timeout_s=0.1, impersonate=browser))
    with pytest.raises(NetworkError, match="did not answer"):
        client.get(site.url + "/x")
    client.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf",
        b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf",
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ],
)
def test_broken_answers_are_network_errors(site: Site, client: HttpClient, raw: bytes) -> None:
    site.answers["/x"] = lambda request: request.wfile.write(raw)
    with pytest.raises(NetworkError, match="did not answer"):
        client.get(site.url + "/x")


def test_a_closed_port_is_a_network_error(site: Site, client: HttpClient) -> None:
    closed = Site()
    closed.close()
    with pytest.raises(NetworkError, match="connection failed"):
        client.get(closed.url + "/x")
    assert site.journal == []


# --- a service that means harm ---


@pytest.fixture
def broken(browser: str) -> Iterator[tuple[Simulator, HttpClient]]:
    with Simulator() as sim:
        client = HttpClient(Options(web_url=sim.web_url, impersonate=browser))
        yield sim, client
        client.close()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("bomb", "sent more than 8388608 bytes"),
        ("huge_body", "sent more than 8388608 bytes"),
        ("endless_headers", "did not answer: its answer (is broken|has no end)"),
        ("drip", "did not answer: timed out"),
        ("drip_body", "did not answer: timed out"),
        ("hang", "did not answer: timed out"),
        ("reset", "did not answer: (connection failed|its answer is broken)"),
        ("redirect_loop", "redirected us more than 5 times"),
        ("redirect_elsewhere", "redirected us to another host: https://www.example.org"),
    ],
)
def test_harm_is_bounded_in_time_and_size(broken: tuple[Simulator, HttpClient], fault: str, words: str) -> None:
    sim, client = broken
    sim.fail_http("/", fault, times=None)
    timeout_s = 0.3 if "timed out" in words else 5.0
    began = time.monotonic()
    with pytest.raises(NetworkError, match=words):
        client.get(sim.web_url + "/@alice", timeout_s=timeout_s)
    assert time.monotonic() - began < 4.0


def test_a_redirect_after_another_has_what_is_left_of_the_time(site: Site, client: HttpClient) -> None:
    def slow(request: BaseHTTPRequestHandler) -> None:
        site.released.wait(0.15)
        request.wfile.write(b"HTTP/1.0 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")

    site.answers["/x"] = slow
    with pytest.raises(NetworkError, match="did not answer: timed out"):
        client.get(site.url + "/x", timeout_s=0.4)
    assert 2 <= len(site.journal) <= 4


def test_packed_twice_is_a_bomb_as_well(site: Site, client: HttpClient) -> None:
    once = gzip.compress(bytes(MAX_BODY_BYTES * 8))
    site.answers["/x"] = (200, {"Content-Encoding": "gzip, gzip"}, gzip.compress(once))
    with pytest.raises(NetworkError, match=r"more than 8388608 bytes|did not answer"):
        client.get(site.url + "/x")


def test_an_interrupt_wakes_a_request_that_waits(site: Site) -> None:
    asked = threading.Event()

    def hang(_request: BaseHTTPRequestHandler) -> None:
        asked.set()
        site.released.wait(10.0)

    site.answers["/x"] = hang
    site.answers["/y"] = (200, {}, b"here")
    client = HttpClient(Options(web_url=site.url))
    failures: list[WebcastError] = []

    def get() -> None:
        with pytest.raises(Interrupted) as caught:
            client.get(site.url + "/x")
        failures.append(caught.value)

    waiting = threading.Thread(target=get, daemon=True)
    waiting.start()
    assert asked.wait(5.0)
    client.interrupt()
    waiting.join(3.0)
    assert failures
    assert client.get(site.url + "/y").body == b"here"
    client.close()
