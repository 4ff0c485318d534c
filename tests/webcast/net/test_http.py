"""Behaviour of HttpClient with both of its transport adapters: requests' own and the one that impersonates."""

import gzip
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.webcast.net.conftest import HttpOf
from tests.webcast.site import DATE, Site
from tiktok2mqtt.common.errors import Blocked, Interrupted, NetworkError, RateLimited, SchemaError, WebcastError
from tiktok2mqtt.webcast.net.http import (
    MAX_REDIRECTS,
    MAX_RETRY_AFTER_S,
    HttpClient,
    _redirect_target,
    require_ok,
    retry_after_s,
)
from tiktok2mqtt.webcast.net.identity import Browser, Identity
from tiktok2mqtt.webcast.net.options import Options


def test_a_response_is_returned_whole(site: Site, client: HttpClient) -> None:
    site.answers["/x"] = (200, {"X-Thing": "1"}, "h\u00e9".encode() + b"\xff")
    answer = client.get(site.url + "/x", {"room_id": "7", "q": "a b"})
    assert (answer.status, answer.headers["x-thing"], answer.body) == (200, "1", b"h\xc3\xa9\xff")
    assert answer.text == "h\u00e9\N{REPLACEMENT CHARACTER}"
    assert parse_qs(urlsplit(site.journal[0][0]).query) == {"room_id": ["7"], "q": ["a b"]}


def test_a_closed_client_can_be_used_again(site: Site, client: HttpClient) -> None:
    site.answers["/x"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"here")
    for _ in range(2):
        assert client.get(site.url + "/x").body == b"here"
        client.close()
        client.close()
    assert client.cookie("ttwid") == "abc"


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), (" Deflate", zlib.compress)])
def test_a_compressed_body_is_decoded(
    site: Site, client: HttpClient, encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    site.answers["/x"] = (200, {"Content-Encoding": encoding}, compress(b"hello"))
    assert client.get(site.url + "/x").body == b"hello"


@pytest.mark.parametrize("same_origin", [True, False])
def test_requests_carry_the_headers_of_one_browser_and_no_others(
    site: Site, http_of: HttpOf, *, same_origin: bool
) -> None:
    web_url = site.url if same_origin else "https://www.tiktok.com"
    client = http_of(web_url=web_url, request_headers={"X-Extra": "1", "Accept-Language": "de"})
    site.answers["/x"] = (200, {}, b"")
    client.get(site.url + "/x")
    headers = site.journal[0][1]
    assert headers.pop("host") == site.url.removeprefix("http://")
    headers.pop("connection", None)
    expected = client.identity.headers(web_url, same_origin=same_origin) | {"X-Extra": "1", "Accept-Language": "de"}
    assert headers == {key.lower(): value for key, value in expected.items()}


def test_params_of_the_options_override_those_of_the_identity() -> None:
    identity = Identity(Browser("Mozilla/5.0", "Linux x86_64", "linux"), "1" * 19)
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


def test_a_third_party_gets_only_the_given_headers(site: Site, http_of: HttpOf) -> None:
    client = http_of(cookies={"sessionid": "abc"}, request_headers={"X-Mine": "1"})
    site.answers["/x"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"")
    client.get(site.url + "/x")
    for _ in range(2):
        assert client.ask(site.url + "/x", {"a": "b c"}, {"User-Agent": "me"}).status == 200
    for path, headers in site.journal[1:]:
        assert path == "/x?a=b+c"
        assert headers.keys() - {"host", "connection", "accept-encoding"} == {"user-agent"}
        assert headers["user-agent"] == "me"


@pytest.mark.parametrize("status", [302, 403, 429, 500])
def test_any_status_of_a_third_party_is_returned(site: Site, client: HttpClient, status: int) -> None:
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
def test_a_redirect_to_another_host_is_not_followed(site: Site, client: HttpClient, status: int) -> None:
    other = Site()
    try:
        site.answers["/a"] = (status, {"Location": other.url + "/b"}, b"")
        with pytest.raises(NetworkError, match=f"another host: {other.url}"):
            client.get(site.url + "/a")
        assert other.journal == []
    finally:
        other.close()


def test_a_redirect_loop_is_an_error(site: Site, client: HttpClient) -> None:
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
def test_redirects_on_the_same_host(location: str, target: str) -> None:
    assert _redirect_target(HERE, location) == target


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
def test_redirects_to_another_host(location: str, words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        _redirect_target(HERE, location)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (429, RateLimited, "too many requests"),
        (403, Blocked, "refused the request"),
        (500, NetworkError, "failed with status 500"),
        (503, NetworkError, "failed with status 503"),
    ],
)
def test_refusals_have_their_own_errors(
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
def test_retry_after_is_in_the_error(site: Site, client: HttpClient, value: str, seconds: float | None) -> None:
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


def test_other_statuses_are_left_to_the_caller(site: Site, client: HttpClient) -> None:
    answer = client.get(site.url + "/missing")
    assert answer.status == 404
    with pytest.raises(SchemaError, match="the live page answered with status 404"):
        require_ok(answer, "the live page")
    site.answers["/x"] = (200, {}, b"")
    require_ok(client.get(site.url + "/x"), "the live page")


def test_a_redirect_target_is_quoted(site: Site, client: HttpClient) -> None:
    site.answers["/a"] = (302, {"Location": "/b c\u00e9?x=%20|"}, b"")
    site.answers["/b%20c%C3%A9"] = (200, {}, b"here")
    assert client.get(site.url + "/a").body == b"here"
    assert site.journal[-1][0] == "/b%20c%C3%A9?x=%20%7C"


# --- interrupts ---


class SlowPage:
    """Requests for /slow wait until `release` is set."""

    def __init__(self, site: Site) -> None:
        self.requested, self.release = threading.Semaphore(0), threading.Event()
        site.answers["/slow"] = self._answer

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.requested.release()
        self.release.wait(10.0)
        request.wfile.write(
            b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\nSet-Cookie: ttwid=late; Path=/\r\nConnection: close\r\n\r\nlate"
        )


def test_an_interrupted_request_ends_at_its_timeout(site: Site, http_of: HttpOf) -> None:
    slow, client = SlowPage(site), http_of(connect_timeout_s=0.5)
    with ThreadPoolExecutor() as pool:
        began = time.monotonic()
        waiting = pool.submit(client.get, site.url + "/slow")
        assert slow.requested.acquire(timeout=5.0)
        client.interrupt()
        with pytest.raises(Interrupted):
            waiting.result(5.0)
        assert time.monotonic() - began < 5.0
        slow.release.set()


def test_an_interrupt_is_for_the_requests_of_one_room_that_are_under_way(site: Site, http_of: HttpOf) -> None:
    slow, alice, bob = SlowPage(site), http_of(), http_of()
    with ThreadPoolExecutor() as pool:
        waiting = {room: pool.submit(room.get, site.url + "/slow") for room in (alice, bob)}
        for _ in waiting:
            assert slow.requested.acquire(timeout=5.0)
        alice.interrupt()
        slow.release.set()
        with pytest.raises(Interrupted):
            waiting[alice].result(5.0)
        assert waiting[bob].result(5.0).body == b"late"
    assert alice.get(site.url + "/slow").body == b"late"


def test_a_cookie_for_an_earlier_identity_is_not_kept(site: Site, client: HttpClient) -> None:
    slow = SlowPage(site)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(client.get, site.url + "/slow")
        assert slow.requested.acquire(timeout=5.0)
        client.renew_identity()
        slow.release.set()
        assert waiting.result(5.0).body == b"late"
    assert client.cookie("ttwid") is None
