from collections.abc import Iterator
from contextlib import ExitStack, suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.request import Request

import pytest
from requests.cookies import MockResponse

from tests.webcast.net.conftest import HttpOf
from tests.webcast.rig import live_page
from tests.webcast.site import Site
from tiktok2mqtt.common.errors import NetworkError, WebcastError
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.net.cookies import (
    MAX_COOKIE_CHARS,
    MAX_COOKIES,
    MAX_TOTAL_CHARS,
    RoomCookiePolicy,
    check_cookies,
    cookie_header,
    parse_cookies,
    provider_cookies,
)
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.http_session import BoundedCookieJar
from tiktok2mqtt.webcast.net.options import Options

SECRET = "hunter2"
COOKIES = {"sessionid": SECRET, "tt-target-idc": "useast5"}
HEADER = f"sessionid={SECRET}; tt-target-idc=useast5"


@pytest.mark.parametrize(
    ("text", "cookies"),
    [
        (HEADER, COOKIES),
        (f" sessionid={SECRET} ;tt-target-idc=useast5; ", COOKIES),
        ("sid_guard=a%7C1%7Cb=", {"sid_guard": "a%7C1%7Cb="}),
        ("!#$%&'*+-.^_`|~=x", {"!#$%&'*+-.^_`|~": "x"}),
    ],
)
def test_cookies_are_parsed_in_the_form_of_a_cookie_header(text: str, cookies: dict[str, str]) -> None:
    assert parse_cookies(text) == cookies
    assert parse_cookies(cookie_header(cookies)) == cookies


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must be cookies as name=value"),
        (" ; ", "must be cookies as name=value"),
        (f"sessionid={SECRET}; sessionid=x", "each name once"),
        (SECRET, "number 1 is not"),
        (f"a=1; {SECRET}=", "number 2 is not"),
        (f"a=1; ={SECRET}", "number 2 is not"),
        (f'a="{SECRET}"', "number 1 is not"),
        (f"a={SECRET},b", "number 1 is not"),
        (f"a={SECRET} b", "number 1 is not"),
        (f"a={SECRET}\\", "number 1 is not"),
        (f"a={SECRET}\r\nX-Evil: 1", "number 1 is not"),
        (f"a={SECRET}\u00e9", "number 1 is not"),
        (f"a b={SECRET}", "number 1 is not"),
        (f"{SECRET}{'x' * 128}=1", "number 1 is not"),
        (f"a={SECRET}{'x' * 4096}", "number 1 is not"),
    ],
)
def test_invalid_cookies_are_refused_and_not_repeated(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        parse_cookies(text)
    assert SECRET not in str(caught.value)


def test_cookies_given_as_a_mapping_are_checked_as_well() -> None:
    check_cookies({})
    check_cookies(COOKIES)
    with pytest.raises(ValueError, match=r"^cookies must be .*; number 2 is not$"):
        WebcastPushConnection("alice", cookies={"a": "1", "b": "x; c=1"})


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        ("ttwid=1%7Ca==; Path=/; Domain=.tiktok.com; Max-Age=9; HttpOnly; Secure; SameSite=None", {"ttwid": "1%7Ca=="}),
        ("ttwid=a; Expires=Tue, 14 Nov 2023 22:13:20 GMT; partitioned", {"ttwid": "a"}),
        ("ttwid=a; msToken=b;odin_tt=c", {"ttwid": "a", "msToken": "b", "odin_tt": "c"}),
        (" ; path=/; ttwid=a; ttwid=b", {"ttwid": "b"}),
        ('ttwid=a b; x="; y=; =z; flag; ok=1', {"ok": "1"}),
        ("", {}),
    ],
)
def test_provider_cookies_are_parsed_in_both_forms(header: str, cookies: dict[str, str]) -> None:
    assert provider_cookies(header) == cookies


def test_provider_cookies_are_bounded_as_a_whole() -> None:
    assert len(provider_cookies(";".join(f"x{number}=1" for number in range(1000)))) == MAX_COOKIES
    many = provider_cookies(";".join(f"x{number}={'y' * 4000}" for number in range(16)))
    assert many == {f"x{number}": "y" * 4000 for number in range(4)}


# --- cookies that a service sets ---

WEB = "https://www.tiktok.com/@alice"


class Jar(BoundedCookieJar):
    """A room's jar, and responses that set cookies in it."""

    def __init__(self, *user_cookies: str) -> None:
        super().__init__(RoomCookiePolicy(user_cookies))

    def set_from(self, url: str, *lines: str) -> None:
        """Take the Set-Cookie lines of a response from `url`."""
        headers = Message()
        for line in lines:
            headers["Set-Cookie"] = line
        response: Any = MockResponse(headers)
        self.extract_cookies(response, Request(url))

    def header(self, url: str) -> str | None:
        request = Request(url)
        self.add_cookie_header(request)
        return request.get_header("Cookie")


def test_a_cookie_is_sent_to_the_host_that_set_it() -> None:
    jar = Jar()
    jar.set_from(WEB, "ttwid=1%7Cabc; Path=/; HttpOnly; Secure")
    assert jar.header("https://www.tiktok.com/x?y=z") == "ttwid=1%7Cabc"
    assert jar.header("https://webcast.tiktok.com/") is None
    assert jar.header("http://www.tiktok.com/x") is None


def test_a_cookie_of_the_whole_domain() -> None:
    jar = Jar()
    jar.set_from(WEB, "ttwid=abc; Domain=.tiktok.com; Path=/")
    assert jar.header("https://webcast.tiktok.com/webcast/") == "ttwid=abc"
    assert jar.header("https://tiktok.com.example.org/") is None


@pytest.mark.parametrize("domain", ["example.org", ".example.org", "webcast.tiktok.com", ".com", "com", ".", "\x00"])
def test_a_cookie_for_another_domain_is_refused(domain: str) -> None:
    jar = Jar()
    jar.set_from(WEB, f"ttwid=abc; Domain={domain}; Path=/")
    assert len(jar) == 0


def test_a_service_cannot_set_a_cookie_of_the_user() -> None:
    jar = Jar("sessionid")
    jar.set_from(WEB, "sessionid=other; Path=/", "ttwid=abc; Path=/")
    assert jar.header(WEB) == "ttwid=abc"


@pytest.mark.parametrize(
    "line",
    [
        "x=" + "y" * MAX_COOKIE_CHARS,
        "x=1; Path=/" + "y" * MAX_COOKIE_CHARS,
        "x=1; unknown=" + "y" * MAX_COOKIE_CHARS,
        "",
        "=",
        ";;;",
    ],
    ids=["value", "path", "attribute", "empty", "no name", "no pair"],
)
def test_a_cookie_that_is_too_long_or_empty_is_refused(line: str) -> None:
    jar = Jar()
    jar.set_from(WEB, line)
    assert not [cookie for cookie in jar if cookie.name or cookie.value]


@pytest.mark.parametrize("line", ["a", "\xff\x00=\x01", "a=b; Expires=never", "a=b; Max-Age=" + "9" * 99])
def test_a_malformed_cookie_is_no_error(line: str) -> None:
    jar = Jar()
    jar.set_from(WEB, line)
    assert len(jar.header(WEB) or "") < 20


# --- where cookies are sent ---


@pytest.fixture
def sites() -> Iterator[tuple[Site, Site, Site]]:
    """The web host, the webcast host, and another host."""
    with ExitStack() as stack:
        made = Site(), Site(), Site()
        for site in made:
            stack.callback(site.close)
            site.answers["/x"] = (200, {}, b"")
        yield made


@pytest.fixture
def http(sites: tuple[Site, Site, Site], http_of: HttpOf) -> HttpClient:
    web, webcast, _ = sites
    return http_of(web_url=web.url, webcast_url=webcast.url + "/webcast/", cookies=COOKIES)


def sent(site: Site) -> str | None:
    """Return the Cookie header of the last request."""
    return site.journal[-1][1].get("cookie")


def pairs(header: str | None) -> set[str]:
    return set((header or "").split("; "))


def test_the_users_cookies_go_to_tiktoks_hosts_alone(sites: tuple[Site, Site, Site], http: HttpClient) -> None:
    for site in sites:
        http.get(site.url + "/x")
    web, webcast, other = sites
    assert pairs(sent(web)) == pairs(sent(webcast)) == pairs(HEADER)
    assert sent(other) is None


def test_the_users_cookies_outlive_an_identity(sites: tuple[Site, Site, Site], http: HttpClient) -> None:
    web, _, _ = sites
    web.answers["/mint"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"")
    http.get(web.url + "/mint")
    http.get(web.url + "/x")
    assert pairs(sent(web)) == pairs(HEADER) | {"ttwid=abc"}
    http.renew_identity()
    http.get(web.url + "/x")
    assert pairs(sent(web)) == pairs(HEADER)


def test_the_service_does_not_replace_the_users_cookies(sites: tuple[Site, Site, Site], http: HttpClient) -> None:
    web, _, _ = sites
    web.answers["/mint"] = (200, {"Set-Cookie": "sessionid=other; Path=/"}, b"")
    for path in ("/mint", "/x"):
        http.get(web.url + path)
    assert pairs(sent(web)) == pairs(HEADER)
    assert http.cookie("sessionid") == SECRET


def test_the_newest_cookie_counts(sites: tuple[Site, Site, Site], http: HttpClient) -> None:
    web, _, _ = sites
    for value in ("old", "new"):
        web.answers["/mint"] = (200, {"Set-Cookie": f"ttwid={value}; Path=/"}, b"")
        http.get(web.url + "/mint")
        assert http.cookie("ttwid") == value
    web.answers["/mint"] = (200, {"Set-Cookie": "ttwid=; Path=/; Max-Age=0"}, b"")
    http.get(web.url + "/mint")
    assert http.cookie("ttwid") is None


def test_a_cookie_header_over_two_lines_is_one_cookie(sites: tuple[Site, Site, Site], http: HttpClient) -> None:
    web, _, _ = sites
    web.answers["/mint"] = lambda request: request.wfile.write(
        b"HTTP/1.0 200 OK\r\nSet-Cookie: ttwid=a;\r\n Path=/\r\nContent-Length: 0\r\n\r\n"
    )
    http.get(web.url + "/mint")
    http.get(web.url + "/x")
    assert pairs(sent(web)) == pairs(HEADER) | {"ttwid=a"}


def test_a_flood_of_cookies_is_bounded_and_passes(sites: tuple[Site, Site, Site], http: HttpClient) -> None:
    web, _, _ = sites

    def flood(request: BaseHTTPRequestHandler) -> None:
        lines = "".join(f"Set-Cookie: flood{len(web.journal)}x{number}=1; Path=/\r\n" for number in range(60))
        request.wfile.write(f"HTTP/1.0 200 OK\r\n{lines}Content-Length: 0\r\n\r\n".encode())

    web.answers["/flood"] = flood
    for _ in range(5):
        http.get(web.url + "/flood")
    web.answers["/mint"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"")
    for path in ("/mint", "/x"):
        http.get(web.url + path)
        assert len(pairs(sent(web))) <= MAX_COOKIES + len(COOKIES)
    assert "ttwid=abc" in pairs(sent(web))


def test_many_long_cookies_are_not_sent_back(sites: tuple[Site, Site, Site], http: HttpClient) -> None:
    web, _, _ = sites

    def flood(request: BaseHTTPRequestHandler) -> None:
        numbers = range(len(web.journal), len(web.journal) + 9)
        lines = "".join(f"Set-Cookie: x{number}={'y' * 3500}; Path=/\r\n" for number in numbers)
        request.wfile.write(f"HTTP/1.0 200 OK\r\n{lines}Content-Length: 0\r\n\r\n".encode())

    web.answers["/flood"] = flood
    for _ in range(10):
        http.get(web.url + "/flood")
        http.get(web.url + "/x")
        cookie_chars = len(sent(web) or "")
        assert 3500 < cookie_chars < MAX_TOTAL_CHARS + MAX_COOKIE_CHARS


def test_a_cookie_that_cannot_be_sent_does_not_prevent_later_requests(
    sites: tuple[Site, Site, Site], http: HttpClient
) -> None:
    web, _, _ = sites
    for value in ("\u20ac".encode(), b"\xff", b"a\tb", b"\x7f", b"a\x00b"):
        line = b"Set-Cookie: odd=" + value + b"; Path=/\r\n"
        web.answers["/mint"] = lambda request, line=line: request.wfile.write(  # type: ignore[misc]
            b"HTTP/1.0 200 OK\r\n" + line + b"Content-Length: 0\r\n\r\n"
        )
        with suppress(NetworkError):  # libcurl refuses a response with a NUL
            http.get(web.url + "/mint")
        http.get(web.url + "/x")
        assert pairs(sent(web)) == pairs(HEADER)


def test_the_users_own_ttwid_is_used() -> None:
    client = HttpClient(Options(cookies={"ttwid": "mine"}))
    assert client.cookie("ttwid") == "mine"
    assert client.socket_cookies("mine") == "ttwid=mine"
    client.close()


@pytest.mark.usefixtures("short_pauses")
def test_the_users_cookies_go_to_the_direct_socket_beside_ttwid() -> None:
    site = Site()
    try:
        site.answers["/@alice"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"")
        site.answers["/@alice/live"] = (200, {}, live_page("7286184560900803334"))
        site.answers["/socket"] = (403, {}, b"")
        client = WebcastPushConnection(
            "alice",
            web_url=site.url,
            webcast_url=site.url + "/webcast/",
            socket_url=site.url.replace("http", "ws") + "/socket",
            transports=["direct"],
            cookies=COOKIES,
        )
        with client, pytest.raises(WebcastError):
            client.connect()
        handshakes = [headers["cookie"] for path, headers in site.journal if path.startswith("/socket")]
        # The second is that of another identity.
        assert handshakes == [f"ttwid=abc; {HEADER}"] * 2
    finally:
        site.close()
