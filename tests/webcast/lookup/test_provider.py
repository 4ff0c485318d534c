import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.webcast.rig import deaf_server
from tests.webcast.site import DATE, Site
from tiktok2mqtt import __version__
from tiktok2mqtt.common.errors import ProviderDown, ProviderKey, ProviderLimited, ProxyError, SchemaError, WebcastError
from tiktok2mqtt.webcast.lookup import provider
from tiktok2mqtt.webcast.lookup.pages import Finding
from tiktok2mqtt.webcast.lookup.provider import SignProvider
from tiktok2mqtt.webcast.net.http import MAX_RETRY_AFTER_S, HttpClient
from tiktok2mqtt.webcast.net.options import SIGN_URL, Options

ROOM_ID = "7286184560900803334"
PATH = f"/webcast/rooms/{ROOM_ID}/connect"
KEY = "euler_hunter2"
COOKIES = {"X-Set-TT-Cookie": "ttwid=1%7Cabc; msToken=x==; Path=/; Secure"}
# One message "One" with id 7, cursor "c1", internal_ext "e1", push_server "wss://a.tiktok.com/im".
BODY = b"\x0a\x09\x0a\x03One\x12\x00\x18\x07" + b"\x12\x02c1" + b"\x2a\x02e1" + b"\x52\x15wss://a.tiktok.com/im"
# 2023-11-14 22:13:20 UTC, the moment of DATE.
NOW_S = 1_700_000_000


@pytest.fixture
def site() -> Iterator[Site]:
    """A provider that signs."""
    site = Site()
    site.answers = {PATH: (200, COOKIES, BODY)}
    yield site
    site.close()


ProviderOf = Callable[..., SignProvider]


@pytest.fixture
def provider_of(site: Site) -> Iterator[ProviderOf]:
    """Make clients of the provider: `provider_of(option=...)`."""
    with ExitStack() as stack:

        def make(**options: Any) -> SignProvider:
            base: dict[str, Any] = {"sign_url": site.url, "sign_key": KEY, "cookies": {"sessionid": "hunter3"}}
            made = Options(**base | options)
            http = HttpClient(made)
            stack.callback(http.close)
            return SignProvider(http, made)

        yield make


def test_a_grant_has_cookies_and_the_first_response(provider_of: ProviderOf) -> None:
    grant = provider_of().grant(ROOM_ID)
    assert grant.cookie == "ttwid=1%7Cabc; msToken=x=="
    assert (grant.response.push_server, grant.response.cursor) == ("wss://a.tiktok.com/im", "c1")
    assert [message.msg_id for message in grant.response.messages] == [7]


def test_the_request_contains_room_and_key_and_nothing_of_the_user(site: Site, provider_of: ProviderOf) -> None:
    signer = provider_of(request_headers={"X-Mine": "1"}, client_params={"mine": "1"})
    site.answers[PATH] = (200, COOKIES | {"Set-Cookie": "track=1; Path=/"}, BODY)
    for _ in range(2):
        signer.grant(ROOM_ID)
    for path, headers in site.journal:
        assert parse_qs(urlsplit(path).query) == {
            "client": ["ttlive-other"],
            "user_agent": [signer._http.identity.user_agent],
            "client_enter": ["true"],
            "platform": ["web"],
        }
        headers.pop("connection", None)
        headers.pop("accept-encoding", None)
        assert headers == {
            "host": site.url.removeprefix("http://"),
            "user-agent": f"tiktok2mqtt/{__version__}",
            "accept": "application/protobuf,application/json",
            "x-api-key": KEY,
        }


def test_the_socket_of_another_room_is_refused(site: Site, provider_of: ProviderOf) -> None:
    site.answers[PATH] = (200, COOKIES | {"X-Room-Id": "7"}, BODY)
    with pytest.raises(ProviderDown, match=f"opened room 7 and not {ROOM_ID}"):
        provider_of().grant(ROOM_ID)
    site.answers[PATH] = (200, COOKIES | {"X-Room-Id": ROOM_ID}, BODY)
    assert provider_of().grant(ROOM_ID).cookie


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        (b'{"code":200,"ok":true,"is_live":true,"room_id":"7"}', Finding("7", live=True)),
        (b'{"code":200,"ok":true,"room_id":"7","message":"ok"}', Finding("7", live=True)),
        (b'{"code":200,"ok":true,"is_live":false,"room_id":"7"}', Finding("7", live=False)),
        (b'{"code":200,"ok":true,"is_live":false}', Finding(None, live=False)),
        (b'{"code":200,"ok":true,"is_live":true,"room_id":"x"}', Finding(None, live=None)),
        (b'{"code":200,"ok":true,"is_live":1,"room_id":"7"}', Finding("7", live=None)),
    ],
)
def test_the_room_of_a_user(site: Site, provider_of: ProviderOf, body: bytes, finding: Finding) -> None:
    site.answers["/webcast/anchors/alice/room_id"] = (200, {}, body)
    assert provider_of().room_of("alice") == finding


@pytest.mark.parametrize("body", [b"", b"[]", b'{"ok":false,"message":"no such user"}'])
def test_no_room_of_a_user(site: Site, provider_of: ProviderOf, body: bytes) -> None:
    site.answers["/webcast/anchors/alice/room_id"] = (200, {}, body)
    with pytest.raises(SchemaError):
        provider_of().room_of("alice")


def test_a_room_opened_by_name_without_its_id(site: Site, provider_of: ProviderOf) -> None:
    site.answers["/webcast/anchors/alice/room_id"] = (402, {}, b"")
    site.answers["/webcast/rooms/0/connect"] = (200, COOKIES | {"X-Room-Id": "0"}, BODY)
    with pytest.raises(ProviderDown, match="did not say which room"):
        provider_of().room_of("alice")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            b'{"code":200,"day":{"max":2500,"remaining":7,"reset_at":null},"minute":{"max":60,"remaining":59}}',
            "59 of 60 left this minute, 7 of 2500 left this day",
        ),
        (b'{"code":200,"hour":{"max":"many","remaining":1}}', None),
        (b"{}", None),
    ],
)
def test_rate_limits(site: Site, provider_of: ProviderOf, body: bytes, text: str | None) -> None:
    site.answers["/webcast/rate_limits"] = (200, {}, body)
    if text is None:
        with pytest.raises(SchemaError):
            provider_of().rate_limits()
    else:
        assert provider_of().rate_limits() == text


def test_without_a_key_none_is_sent(site: Site, provider_of: ProviderOf) -> None:
    provider_of(sign_key=None).grant(ROOM_ID)
    assert "x-api-key" not in site.journal[0][1]


@pytest.mark.parametrize(
    ("path", "asked", "in_query"),
    [
        ("/webcast/fetch/", "/webcast/fetch/", [ROOM_ID]),
        ("/v2/{room_id}.pb", f"/v2/{ROOM_ID}.pb", None),
        ("/base/webcast/rooms/{room_id}/connect", f"/base{PATH}", None),
    ],
)
def test_other_paths(site: Site, provider_of: ProviderOf, path: str, asked: str, in_query: list[str] | None) -> None:
    site.answers = {asked: (200, COOKIES, BODY)}
    provider_of(sign_path=path, sign_url=site.url + "/").grant(ROOM_ID)
    parts = urlsplit(site.journal[0][0])
    assert (parts.path, parse_qs(parts.query).get("room_id")) == (asked, in_query)


def test_a_key_alone_goes_to_the_default_provider(provider_of: ProviderOf, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(_http: HttpClient, url: str, *_: object, **__: object) -> None:
        asked.append(url)
        raise ProxyError("enough")

    monkeypatch.setattr(HttpClient, "ask", ask)
    with pytest.raises(ProxyError):
        provider_of(sign_url=None).grant(ROOM_ID)
    assert asked == [SIGN_URL + PATH]
    assert SIGN_URL == "https://api.eulerstream.com"


# --- faults ---

FAULTS: list[tuple[tuple[int, dict[str, str], bytes], type[WebcastError], str]] = [
    ((500, {}, b"<html>"), ProviderDown, "the sign provider failed with status 500"),
    ((500, {}, b'{"message":"x","more":[' + b"[]," * 30_000 + b"0]}"), ProviderDown, "failed with status 500$"),
    ((404, {}, b'{"message":"no such room"}'), ProviderDown, "failed with status 404: no such room$"),
    ((302, {"Location": "/elsewhere"}, b""), ProviderDown, "failed with status 302"),
    ((204, COOKIES, b""), ProviderDown, "failed with status 204"),
    ((200, COOKIES, b""), ProviderDown, "returned no socket URL"),
    ((200, COOKIES, BODY[:-23]), ProviderDown, "returned no socket URL"),
    ((200, COOKIES, BODY[-23:]), ProviderDown, "returned no socket URL"),
    ((200, COOKIES, b"\xff\xff"), ProviderDown, "sent an answer that cannot be decoded"),
    ((200, COOKIES, b'{"message":"soon"}'), ProviderDown, "sent an answer that cannot be decoded"),
    ((200, {}, BODY), ProviderDown, "returned no cookies for the socket"),
    ((200, {"X-Set-TT-Cookie": "Path=/; Secure"}, BODY), ProviderDown, "returned no cookies for the socket"),
    ((401, {}, b""), ProviderKey, r"the sign provider refuses our key \(401\)$"),
    ((403, {}, b'{"message":"Forbidden"}'), ProviderKey, r"the sign provider refuses our key \(403\): Forbidden$"),
    (
        (402, {}, b'{"message":"Upgrade"}'),
        ProviderKey,
        r"the sign provider requires a paid plan for this \(402\): Upgrade$",
    ),
    ((429, {}, b""), ProviderLimited, "too many requests to the sign provider$"),
    (
        (429, {}, b'{"message":"Slow down","limit_label":"per minute"}'),
        ProviderLimited,
        "too many requests to the sign provider: per minute: Slow down$",
    ),
]


@pytest.mark.parametrize(("answer", "error", "sentence"), FAULTS)
def test_each_fault_has_its_error(
    site: Site,
    provider_of: ProviderOf,
    answer: tuple[int, dict[str, str], bytes],
    error: type[WebcastError],
    sentence: str,
) -> None:
    site.answers[PATH] = answer
    with pytest.raises(WebcastError, match=sentence) as caught:
        provider_of().grant(ROOM_ID)
    assert caught.type is error
    assert getattr(caught.value, "status", answer[0]) == answer[0]
    assert len(site.journal) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_without_a_key_the_error_says_that_one_is_required(site: Site, provider_of: ProviderOf, status: int) -> None:
    site.answers[PATH] = (status, {}, b"")
    with pytest.raises(ProviderKey, match=rf"the sign provider requires a key \({status}\)"):
        provider_of(sign_key=None).grant(ROOM_ID)


def test_a_provider_that_cannot_be_reached_is_down(provider_of: ProviderOf) -> None:
    closed = Site()
    closed.close()
    with pytest.raises(ProviderDown, match=r"cannot be used: 127\.0\.0\.1:\d+ did not answer: .* refused"):
        provider_of(sign_url=closed.url).grant(ROOM_ID)
    with deaf_server() as port, pytest.raises(ProviderDown, match="timed out"):
        provider_of(sign_url=f"http://127.0.0.1:{port}", connect_timeout_s=0.1).grant(ROOM_ID)


def test_a_broken_proxy_is_a_proxy_error(provider_of: ProviderOf) -> None:
    closed = Site()
    closed.close()
    with pytest.raises(ProxyError):
        provider_of(proxy=closed.url).grant(ROOM_ID)


def test_a_proxy_that_requires_a_login_is_a_proxy_error(site: Site, provider_of: ProviderOf) -> None:
    site.answers[PATH] = (407, {}, b"")
    with pytest.raises(ProxyError, match="407"):
        provider_of(proxy=site.url).grant(ROOM_ID)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"message":7,"limit_label":[]}',
        b'{"message":""}',
        b"\xff",
        b"[" * 100_000,
        b'{"message":' * 50_000,
    ],
)
def test_an_error_without_a_message(site: Site, provider_of: ProviderOf, body: bytes) -> None:
    site.answers[PATH] = (402, {}, body)
    with pytest.raises(ProviderKey, match=r"^the sign provider requires a paid plan for this \(402\)$"):
        provider_of().grant(ROOM_ID)


def test_the_message_is_cleaned_and_cut(site: Site, provider_of: ProviderOf) -> None:
    site.answers[PATH] = (402, {}, b'{"message":"a\\u001b[31m\\n' + b"b" * 1000 + b'"}')
    with pytest.raises(ProviderKey) as caught:
        provider_of().grant(ROOM_ID)
    detail = str(caught.value).partition("(402): ")[2]
    assert detail == "a [31m " + "b" * 152 + "\N{HORIZONTAL ELLIPSIS}"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "7", "RateLimit-Reset": "9"}, 7.0),
        ({"Retry-After": "soon", "RateLimit-Reset": "9"}, 9.0),
        ({"RateLimit-Reset": "9", "X-RateLimit-Reset": "11"}, 9.0),
        ({"X-RateLimit-Reset": "11"}, 11.0),
        ({"X-RateLimit-Reset": str(NOW_S + 30)}, 30.0),
        ({"X-RateLimit-Reset": str((NOW_S + 30) * 1000)}, 30.0),
        ({"X-RateLimit-Reset": str(NOW_S - 30)}, 0.0),
        ({"RateLimit-Reset": "9" * 400}, MAX_RETRY_AFTER_S),
        ({"X-RateLimit-Reset": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30.0),
        ({"RateLimit-Reset": "-1", "X-RateLimit-Reset": "\u00b2"}, None),
    ],
)
def test_the_delay_is_read_from_the_headers(
    site: Site, provider_of: ProviderOf, headers: dict[str, str], seconds: float | None
) -> None:
    site.answers[PATH] = (429, headers, b"")
    with pytest.raises(ProviderLimited) as caught:
        provider_of().grant(ROOM_ID)
    assert caught.value.retry_after_s == seconds


def test_a_reset_time_without_a_date_header_uses_our_clock() -> None:
    soon = datetime.now(UTC).timestamp() + 60
    for date in (None, "today", format_datetime(datetime.now(UTC))):
        wait = provider._delay_s(str(int(soon)), date)
        assert wait is not None
        assert 55.0 < wait < 62.0
    assert format_datetime(datetime.fromtimestamp(NOW_S, UTC), usegmt=True) == DATE


def test_the_key_is_never_shown(site: Site, provider_of: ProviderOf, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    signer = provider_of()
    texts = [repr(signer._options), repr(signer), repr(signer.grant(ROOM_ID))]
    for answer in (
        *(fault[0] for fault in FAULTS),
        (401, {}, f'{{"message":"{KEY} is no key","limit_label":"{KEY}"}}'.encode()),
        (402, {}, f'{{"message":"{"x" * 155}{KEY}"}}'.encode()),
    ):
        site.answers[PATH] = answer
        with pytest.raises(WebcastError) as caught:
            signer.grant(ROOM_ID)
        texts += traceback.format_exception(caught.value)
    shown = "".join(texts) + caplog.text
    assert "*** is no key" in shown
    assert "hunter" not in shown


def test_an_error_names_what_the_provider_can_find_the_request_by(site: Site, provider_of: ProviderOf) -> None:
    provider = provider_of()
    traced = {"X-Request-Id": "7f3a", "X-Log-Code": "no_room"}
    site.answers[PATH] = (500, traced, b'{"message":"later"}')
    with pytest.raises(ProviderDown, match=r"status 500: later \(request id 7f3a, log code no_room\)$"):
        provider.grant(ROOM_ID)
    site.answers[PATH] = (200, traced, b"")
    with pytest.raises(ProviderDown, match=r"no cookies for the socket \(request id 7f3a, log code no_room\)$"):
        provider.grant(ROOM_ID)
    site.answers[PATH] = (200, COOKIES | {"X-Request-Id": "7f3a"}, b"")
    with pytest.raises(ProviderDown, match=r"returned no socket URL \(request id 7f3a\)$"):
        provider.grant(ROOM_ID)
