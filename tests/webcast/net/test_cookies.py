from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.webcast.site import Site
from tiktok2mqtt.common.errors import WebcastError
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.net.cookies import check_cookies, cookie_header, handed_out_cookies, parse_cookies
from tiktok2mqtt.webcast.net.http import HttpClient
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
def test_cookies_are_read_as_a_browser_shows_them(text: str, cookies: dict[str, str]) -> None:
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
def test_what_cannot_be_sent_is_refused_without_a_word_of_it(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        parse_cookies(text)
    assert SECRET not in str(caught.value)


def test_cookies_given_by_name_are_checked_as_well() -> None:
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
def test_handed_out_cookies_are_read_both_ways(header: str, cookies: dict[str, str]) -> None:
    assert handed_out_cookies(header) == cookies


# --- where they are sent ---


@pytest.fixture
def sites() -> Iterator[tuple[Site, Site, Site]]:
    """The web host, the webcast host, and a host of somebody else."""
    with ExitStack() as stack:
        made = Site(), Site(), Site()
        for site in made:
            stack.callback(site.close)
            site.answers["/x"] = (200, {}, b"")
        yield made


@pytest.fixture
def http(sites: tuple[Site, Site, Site]) -> Iterator[HttpClient]:
    web, webcast, _ = sites
    client = HttpClient(Options(web_url=web.url, webcast_url=webcast.url + "/webcast/", cookies=COOKIES))
    yield client
    client.close()


def sent(site: Site) -> str | None:
    """Return the Cookie header of the last request."""
    return site.journal[-1][1].get("cookie")


def pairs(header: str | None) -> set[str]:
    return set((header or "").split("; "))


def test_they_go_to_the_web_and_webcast_hosts_alone(sites: tuple[Site, Site, Site], http: HttpClient) -> None:
    for site in sites:
        http.get(site.url + "/x")
    web, webcast, other = sites
    assert pairs(sent(web)) == pairs(sent(webcast)) == pairs(HEADER)
    assert sent(other) is None


def test_they_outlive_an_identity_and_stand_beside_the_jar(sites: tuple[Site, Site, Site], http: HttpClient) -> None:
    web, _, _ = sites
    web.answers["/mint"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"")
    http.get(web.url + "/mint")
    http.get(web.url + "/x")
    assert pairs(sent(web)) == pairs(HEADER) | {"ttwid=abc"}
    http.renew_identity()
    http.get(web.url + "/x")
    assert pairs(sent(web)) == pairs(HEADER)


def test_the_service_does_not_replace_them(sites: tuple[Site, Site, Site], http: HttpClient) -> None:
    web, _, _ = sites
    web.answers["/mint"] = (200, {"Set-Cookie": "sessionid=other; Path=/"}, b"")
    for path in ("/mint", "/x"):
        http.get(web.url + path)
    assert pairs(sent(web)) == pairs(HEADER)
    assert http.cookie("sessionid") == SECRET


def test_a_ttwid_of_ones_own_is_used() -> None:
    client = HttpClient(Options(cookies={"ttwid": "mine"}))
    assert client.cookie("ttwid") == "mine"
    assert client.socket_cookies("mine") == "ttwid=mine"
    client.close()


@pytest.mark.usefixtures("short_pauses")
def test_they_go_to_the_direct_socket_beside_ttwid() -> None:
    site = Site()
    try:
        site.answers["/@alice"] = (200, {"Set-Cookie": "ttwid=abc; Path=/"}, b"")
        site.answers["/@alice/live"] = (200, {}, b'"room_id=1"' + b'"roomId":"7286184560900803334"')
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
