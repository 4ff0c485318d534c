import json
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.common.errors import (
    AgeRestricted,
    CaptchaPage,
    RoomEnded,
    RoomNotFound,
    SchemaError,
    StatusUnknown,
    WebcastError,
    WrongRoom,
)
from tiktok2mqtt.webcast.lookup import pages
from tiktok2mqtt.webcast.lookup.answers import MAX_JSON_ELEMENTS
from tiktok2mqtt.webcast.lookup.pages import Finding, Host, Profile
from tiktok2mqtt.webcast.lookup.room_info import RoomInfo, RoomOwner

ALICE = Host("alice")
ALICE_9 = Host("alice", "9")

LIVE_PAGE = (
    '<!DOCTYPE html><html><head><meta property="og:url" content="https://www.tiktok.com/@alice/live"></head><body>'
    '<script id="SIGI_STATE" type="application/json">'
    '{"LiveRoom":{"liveRoomStatus":2,"liveRoomUserInfo":{"user":{"id":"9","nickname":"Alice","roomId":"728618","status":2,'
    '"uniqueId":"alice"},"liveRoom":{"title":"tea & <talk>","startTime":1700000000,"status":2,'
    '"liveRoomStats":{"userCount":12}}}}}</script><script>let x = "room_id=1"</script></body></html>'
)


def sigi(user: Any, room: Any) -> str:
    """Return a live page; the user is alice unless it has a name or is no object."""
    user = {"uniqueId": "alice"} | user if isinstance(user, dict) else user
    state = {"LiveRoom": {"liveRoomUserInfo": {"user": user, "liveRoom": room}}}
    return f'<script id="SIGI_STATE" type="application/json">{json.dumps(state)}</script>'


def test_a_real_live_page() -> None:
    assert pages.live_page(LIVE_PAGE, ALICE) == Finding("728618", live=True, title="tea & <talk>")


OTHER_ORDER = (
    '<script type="application/json" id="SIGI_STATE" x>'
    '{"LiveRoom":{"liveRoomUserInfo":{"user":{"roomId":"7","uniqueId":"Alice"}}}}</script>'
)


@pytest.mark.parametrize(
    ("html", "finding"),
    [
        (sigi({"roomId": "7"}, {"status": 2}), Finding("7", live=True)),
        (sigi({"roomId": "7"}, {"status": 4, "title": ""}), Finding("7", live=False)),
        (sigi({"roomId": "7", "status": 2}, {"status": 1}), Finding("7", live=None)),
        (sigi({"roomId": "7"}, {"status": "2"}), Finding("7", live=None)),
        (sigi({"roomId": "7"}, {"status": True, "title": 5}), Finding("7", live=None)),
        (sigi({"roomId": "7"}, None), Finding("7", live=None)),
        (sigi({"roomId": ""}, {"status": 4}), Finding(None, live=False)),
        (sigi({"id": "9"}, {}), Finding(None, live=None)),
        (OTHER_ORDER, Finding("7", live=None)),
        (sigi({"roomId": "7"}, {"status": 3}), Finding("7", live=True, paused=True)),
        (sigi({"roomId": ""}, {"status": 2}), Finding(None, live=None)),
        (sigi({"roomId": ""}, {"status": 3}), Finding(None, live=None)),
    ],
)
def test_live_pages(html: str, finding: Finding) -> None:
    assert pages.live_page(html, ALICE) == finding


@pytest.mark.parametrize(
    ("html", "error"),
    [
        ("", CaptchaPage),
        ('<a href="?room_id=11">"roomId":"12"', CaptchaPage),
        ('{"roomId":"12"}', CaptchaPage),
        ('<meta property="og:url" content="x">', StatusUnknown),
        ('<meta property="og:url" content="x"><a href="?room_id=11">"roomId":"12"', StatusUnknown),
        ('<script>"og:url"</script>', StatusUnknown),
        ('<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">{}</script>"roomId":"12"', StatusUnknown),
        (sigi({"uniqueId": "bob", "roomId": "7"}, {"status": 2}), WrongRoom),
        (sigi({"uniqueId": "", "roomId": "7"}, {"status": 2}), SchemaError),
        (sigi({"uniqueId": ["alice"], "roomId": "7"}, {"status": 2}), SchemaError),
        ("<html><title>Please wait...</title></html>", CaptchaPage),
        ('<script id="SIGI_STATE">{"LiveRoom":</script>', SchemaError),
        ('<script id="SIGI_STATE">[]</script>', SchemaError),
        ('<script id="SIGI_STATE">{}</script>', SchemaError),
        ('<script id="SIGI_STATE">{"LiveRoom":{"liveRoomUserInfo":[]}}</script>', SchemaError),
        (sigi("alice", {"status": 4}), SchemaError),
        ('<script id="SIGI_STATE">' + "[" * 5000 + "</script>", SchemaError),
    ],
)
def test_unusable_live_pages(html: str, error: type[WebcastError]) -> None:
    with pytest.raises(error):
        pages.live_page(html, ALICE)


@pytest.mark.parametrize(
    ("value", "room_id"),
    [
        ("7286184560900803334", "7286184560900803334"),
        (7286184560900803334, "7286184560900803334"),
        ("9223372036854775807", "9223372036854775807"),
        ("9223372036854775808", None),
        ("9" * 5000, None),
        ("0", None),
        ("000", None),
        (0, None),
        ("", None),
        (None, None),
        ("-7", None),
        (7.5, None),
        ("²", None),
        ("7/../8", None),
        (["7"], None),
        (True, None),
    ],
)
def test_a_room_id_is_a_positive_int64_or_nothing(value: Any, room_id: str | None) -> None:
    assert pages.live_page(sigi({"id": "9", "roomId": value}, {}), ALICE).room_id == room_id
    body = json.dumps({"statusCode": 0, "data": {"user": {"uniqueId": "alice", "roomId": value}}}).encode()
    assert pages.api_live(body, ALICE).room_id == room_id


def test_a_real_api_answer() -> None:
    body = (
        b'{"data":{"liveRoom":{"status":2,"title":"tea"},"user":{"id":"9","nickname":"Alice","roomId":"728618",'
        b'"status":2,"uniqueId":"alice"}},"message":"","statusCode":0}'
    )
    assert pages.api_live(body, ALICE) == Finding("728618", live=True, title="tea")


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        ({"user": {"roomId": "7"}, "liveRoom": {"status": 2}}, Finding("7", live=True)),
        ({"user": {"roomId": "7", "status": 2}}, Finding("7", live=True)),
        ({"user": {"roomId": "7", "status": 2}, "liveRoom": {"status": 4}}, Finding("7", live=None)),
        ({"user": {"roomId": "7", "status": 2}, "liveRoom": {"status": 3}}, Finding("7", live=True, paused=True)),
        ({"user": {"roomId": "7", "status": 3}}, Finding("7", live=True, paused=True)),
        ({"user": {"roomId": "7", "status": 2}, "liveRoom": {"status": 9}}, Finding("7", live=None)),
        ({"user": {"roomId": "", "status": 9}}, Finding(None, live=None)),
        ({"user": {"roomId": "7", "status": 4}, "liveRoom": {"status": 4}}, Finding("7", live=False)),
        ({"user": {"roomId": "7", "status": 1}}, Finding("7", live=None)),
        ({"user": {"roomId": "7"}}, Finding("7", live=None)),
        ({"user": {"roomId": "7", "status": "2"}}, Finding("7", live=None)),
        ({"user": {"roomId": "", "status": 2}, "liveRoom": {"status": 2}}, Finding(None, live=None)),
        ({"user": {"roomId": "0", "status": 4}}, Finding(None, live=False)),
        ({"user": {"uniqueId": "alice"}, "liveRoom": None}, Finding(None, live=False)),
    ],
)
def test_api_answers(data: Any, finding: Finding) -> None:
    data["user"] = {"uniqueId": "alice"} | data["user"]
    assert pages.api_live(json.dumps({"statusCode": 0, "data": data}).encode(), ALICE) == finding


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (b'{"statusCode":19881007,"message":"user_not_found","data":{}}', RoomNotFound, "no user of that name"),
        (b'{"statusCode":10201,"message":"in\\nvalid"}', SchemaError, "code 10201: in valid"),
        (b'{"message":"x"}', SchemaError, "code None"),
        (b'{"statusCode":0,"data":{}}', SchemaError, "contains no user"),
        (b'{"statusCode":0,"data":[]}', SchemaError, "contains no user"),
        (b"<html>captcha</html>", SchemaError, "api-live is not JSON: <html>captcha</html>"),
        (b"", SchemaError, "api-live is not JSON"),
        (b"\xff\xfe", SchemaError, "api-live is not JSON"),
        (b"[]", SchemaError, "api-live is not a JSON object"),
    ],
)
def test_api_answers_that_raise(body: bytes, error: type[WebcastError], words: str) -> None:
    with pytest.raises(error, match=words):
        pages.api_live(body, ALICE)


def test_a_real_room_info() -> None:
    info = pages.room_info(
        b'{"data":{"id_str":"728618","status":2,"title":"tea","user_count":12,"create_time":1700000000,'
        b'"stats":{"total_user":340,"like_count":56},"owner":{"display_id":"alice","follow_info":{"follower_count":90}},'
        b'"cover":{"url_list":["","https://p16.tiktokcdn.com/cover.webp"]}},"status_code":0}'
    )
    assert (info.live, info.title, info.viewers, info.likes, info.followers) == (True, "tea", 12, 56, 90)
    assert (info.started_at_s, info.cover) == (1700000000, "https://p16.tiktokcdn.com/cover.webp")
    assert info.started_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert (info.room_id, info.status, info.total_viewers) == ("728618", 2, 340)
    assert info.owner.unique_id == "alice"


def test_the_owner_and_the_streams_of_a_room_info() -> None:
    picture = "https://p16-sign.tiktokcdn.com/avatar.webp"
    stream = "https://pull-f5-va01.tiktokcdn.com/stream_hd.flv?expire=1"
    owner = {
        "id_str": "719",
        "display_id": "alice",
        "nickname": "Ali\x07ce",
        "avatar_thumb": {"url_list": ["http://192.168.1.1/", picture]},
        "follow_info": {"follower_count": 90},
    }
    urls = {"HD1": stream, "SD1": "javascript:alert(1)", "SD2": 5, "LD": "https://" + "x" * 4000}
    data = {"owner": owner, "stream_url": {"flv_pull_url": urls}}
    info = pages.room_info(json.dumps({"status_code": 0, "data": data}).encode())
    assert info.owner == RoomOwner("719", "alice", "Ali ce", picture, 90)
    assert (info.host_id, info.followers) == ("719", 90)
    assert info.stream_urls == {"HD1": stream}
    for part in ("'719'", "'alice'", "'Ali ce'", picture, "90", stream):
        assert part in repr(info)


def test_a_start_that_is_no_time() -> None:
    assert RoomInfo(started_at_s=10**18).started_at is None
    assert RoomInfo().started_at is None


@pytest.mark.parametrize(
    "url",
    [
        "https://p16-webcast.tiktokcdn.com/img/x~tplv-obj.webp?x-expires=1&x-signature=a%2Bb",
        "https://p19-webcast.tiktokcdn-us.com/x",
        "https://p16-sign.tiktokcdn-eu.com:443/x",
        "https://www.tiktok.com/x",
    ],
)
def test_a_cover_is_passed_on_from_hosts_of_tiktok(url: str) -> None:
    others = [
        "http://p16-webcast.tiktokcdn.com/x",
        "https://192.168.1.1/admin?reboot=1",
        "http://homeassistant.local:8123/x",
        "https://tiktokcdn.com.example.org/x",
        "https://eviltiktokcdn.com/x",
        "https://x@p16.tiktokcdn.com/x",
        "https://p16.tiktokcdn.com@example.org/x",
        "https://example.org\\@p16.tiktokcdn.com/x",
        "https://example.org#.tiktokcdn.com/x",
        "https://p16.tiktokcdn.com:8443/x",
        "https://p16.tiktokcdn.com\r\nHost: example.org",
        "https://p16.t\u0131ktokcdn.com/x",
        "//p16.tiktokcdn.com/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://[::1",
    ]
    body = {"status_code": 0, "data": {"cover": {"url_list": others}}}
    assert pages.room_info(json.dumps(body).encode()).cover is None
    others.insert(5, url)
    assert pages.room_info(json.dumps(body).encode()).cover == url


def test_a_room_info_has_raw_data_only_if_that_is_asked_for() -> None:
    body = b'{"data":{"id_str":"728618","status":2},"status_code":0}'
    assert pages.room_info(body) == RoomInfo(live=True, status=2, room_id="728618")
    assert pages.room_info(body).raw is None
    assert pages.room_info(body, keep_raw=True).raw == {"id_str": "728618", "status": 2}


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"status": [9], "title": "", "create_time": 0, "cover": {"url_list": []}},
        {"status": "2", "title": 7, "user_count": "12", "stats": [], "owner": {"follow_info": 1}, "cover": []},
        {"status": None, "user_count": True, "stats": {"like_count": 1.5}, "cover": {"url_list": "https://x"}},
        {"cover": {"url_list": [None, 5, "", "https://p16.tiktokcdn.com/" + "x" * 4000]}, "owner": None, "stats": None},
    ],
)
def test_missing_values_of_a_room_info_are_none(raw: dict[str, Any]) -> None:
    assert pages.room_info(json.dumps({"status_code": 0, "data": raw}).encode()) == RoomInfo()


def test_the_room_info_of_an_ended_room_is_not_live() -> None:
    info = pages.room_info(b'{"status_code":0,"data":{"status":4,"user_count":0}}')
    assert info == RoomInfo(live=False, status=4, viewers=0)


def test_an_endless_title_is_cut() -> None:
    title = "x" * 100_000
    assert pages.live_page(sigi({"roomId": "7"}, {"title": title}), ALICE).title == "x" * 1000
    assert pages.room_info(json.dumps({"status_code": 0, "data": {"title": title}}).encode()).title == "x" * 1000


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (b'{"status_code":4003110,"data":{"prompts":"x"}}', AgeRestricted, "age restricted"),
        (b'{"status_code":30003,"data":{}}', RoomEnded, "ended"),
        (b'{"status_code":4}', RoomEnded, "ended"),
        (
            b'{"status_code":10011,"data":{"message":"Param error","prompts":"Try\\tlater"}}',
            SchemaError,
            "10011: Try later",
        ),
        (b'{"status_code":10011,"data":{"message":"Param error"}}', SchemaError, "10011: Param error"),
        (b'{"status_code":10011}', SchemaError, "10011: no reason given"),
        (b'{"status_code":[4]}', SchemaError, "code list"),
        (b"{}", SchemaError, "code None"),
        (b"no", SchemaError, "room/info is not JSON: no"),
    ],
)
def test_room_infos_that_raise(body: bytes, error: type[WebcastError], words: str) -> None:
    with pytest.raises(error, match=words):
        pages.room_info(body)


@pytest.mark.parametrize(
    "unit",
    [
        "<script ",
        '<script id="SIGI_STATE">',
        '<script id="SIGI_STATE" ',
        "room_id=",
        '"roomId":"1',
        "<script>" + "[" * 100,
    ],
)
def test_a_malicious_page_is_parsed_in_linear_time(unit: str) -> None:
    """Eight megabytes, the maximum size of a page: a regular expression that backtracks would take hours."""
    page = unit * (8 * 1024 * 1024 // len(unit))
    started = time.monotonic()
    with suppress(WebcastError):
        pages.live_page(page, ALICE)
    assert time.monotonic() - started < 5.0


def test_gift_list() -> None:
    body = b'{"data":{"gifts":[{"id":5655,"name":"Rose","diamond_count":1},null,7]},"status_code":0}'
    assert pages.gift_list(body) == [{"id": 5655, "name": "Rose", "diamond_count": 1}]
    assert pages.gift_list(b'{"data":{"gifts":[]}}') == []


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"data":{"gifts":{}}}', b'{"data":null}'])
def test_invalid_gift_lists(body: bytes) -> None:
    with pytest.raises(SchemaError, match="gift/list"):
        pages.gift_list(body)


READERS: dict[str, Callable[[bytes], object]] = {
    "live_page": lambda body: pages.live_page(f'<script id="SIGI_STATE">{body.decode()}</script>', ALICE),
    "api_live": lambda body: pages.api_live(body, ALICE),
    "room_info": pages.room_info,
    "profile": lambda body: pages.profile(
        f'<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">{body.decode()}</script>', ALICE
    ),
    "check_alive": pages.check_alive,
    "gift_list": pages.gift_list,
}
each_reader = pytest.mark.parametrize("read", READERS.values(), ids=READERS)


@each_reader
@pytest.mark.parametrize("element", [b"[]", b"{}", b"1", b'""', b'{"a":1}'])
def test_json_with_too_many_elements_is_refused(read: Callable[[bytes], object], element: bytes) -> None:
    """Eight megabytes of empty containers, which gzip packs into 12 kB, would take 200 MB."""
    with pytest.raises(SchemaError, match=r"more than [13]00000 elements"):
        read(b'{"data":{"x":[' + b",".join([element] * 300_000) + b"]}}")


@pytest.mark.parametrize("element", [b"{}", b"[0.5]", b'{"key%d":1000}', b'"text%d"'])
@pytest.mark.unmeasured
def test_the_memory_of_an_answer_is_bounded(element: bytes) -> None:
    """The largest answer that is parsed, with distinct texts."""
    most = MAX_JSON_ELEMENTS // (1 + element.count(b"{") + element.count(b"[")) - 10
    elements = (element % number if b"%" in element else element for number in range(most))
    body = b'{"status_code":0,"data":{"x":[' + b",".join(elements) + b"]}}"
    tracemalloc.start()
    info = pages.room_info(body, keep_raw=True)
    size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len((info.raw or {})["x"]) == most
    assert size <= peak < 32 * 1024 * 1024


@each_reader
def test_json_that_is_nested_too_deeply_is_refused(read: Callable[[bytes], object]) -> None:
    with pytest.raises(SchemaError, match="not JSON"):
        read(b'{"data":' + b"[" * 1024 + b"]" * 1024 + b"}")


DEEP = "[" * 1000 + "]" * 1000


@pytest.mark.parametrize(
    "body",
    [
        f'{{"statusCode":{DEEP},"status_code":{DEEP}}}',
        f'{{"statusCode":1,"status_code":1,"message":{DEEP},"data":{{"prompts":{DEEP}}}}}',
        f'{{"statusCode":1,"status_code":1,"data":{{"message":{DEEP}}}}}',
        f'{{"statusCode":0,"status_code":0,"data":{{"user":{{"roomId":{DEEP}}},"gifts":[{{"id":{DEEP}}}]}}}}',
        f'{{"statusCode":0,"status_code":0,"data":[{{"alive":true,"room_id_str":{DEEP},"room_id":{DEEP}}}]}}',
        f'{{"LiveRoom":{{"liveRoomUserInfo":{{"user":{{"roomId":{DEEP}}},"liveRoom":{{"title":{DEEP}}}}}}}}}',
    ],
)
def test_a_deep_value_in_any_place_is_no_internal_error(body: str) -> None:
    for read in READERS.values():
        with suppress(WebcastError):
            read(body.encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
SHAPED = st.dictionaries(
    st.sampled_from(["statusCode", "status_code", "data", "message"]),
    JSON | st.sampled_from([0, 4]) | st.dictionaries(st.sampled_from(["user", "liveRoom", "gifts", "prompts"]), JSON),
)


@given(JSON | SHAPED)
@pytest.mark.unmeasured
def test_any_json_gives_an_answer_or_a_webcast_error(value: Any) -> None:
    body = json.dumps(value).encode()
    for read in (READERS["api_live"], pages.room_info, pages.gift_list):
        try:
            answer: Any = read(body)
        except WebcastError as error:
            assert str(error).isprintable()  # noqa: PT017 - either outcome is fine
            continue
        if isinstance(answer, RoomInfo):
            assert answer.title != ""


@given(JSON, JSON)
def test_any_live_page_gives_a_finding_or_a_schema_error(user: Any, room: Any) -> None:
    html = sigi(user, room)
    try:
        finding = pages.live_page(html, ALICE)
    except SchemaError:
        return
    assert finding.live in (True, False, None)


def profile(status: Any, user: Any = None) -> str:
    scope = {"webapp.user-detail": {"statusCode": status, "userInfo": {"user": user}}}
    return (
        '<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">'
        f"{json.dumps({'__DEFAULT_SCOPE__': scope})}</script>"
    )


@pytest.mark.parametrize(
    ("status", "user", "says"),
    [
        (10222, None, Profile.PRIVATE),
        (10221, None, Profile.MISSING),
        (10223, None, Profile.MISSING),
        (0, None, Profile.MISSING),
        (None, {"uniqueId": "alice"}, Profile.MISSING),
        ("10222", None, Profile.MISSING),
        (0, {"uniqueId": "alice", "id": "9"}, Profile.SHOWN),
    ],
)
def test_profiles(status: Any, user: Any, says: Profile) -> None:
    assert pages.profile(profile(status, user), ALICE) is says


def test_the_profile_of_another_user() -> None:
    with pytest.raises(WrongRoom, match="the profile page is about @bob and not about @alice"):
        pages.profile(profile(0, {"uniqueId": "bob"}), ALICE)


@pytest.mark.parametrize("html", ["", "<html>", '<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">[]</script>'])
def test_a_profile_that_cannot_be_parsed(html: str) -> None:
    with pytest.raises(SchemaError, match=r"the profile page is not (a )?JSON"):
        pages.profile(html, ALICE)


@pytest.mark.parametrize(
    ("asked", "name", "user_id", "error"),
    [
        (ALICE, "alice", None, None),
        (ALICE, "ALICE", "8", None),
        (ALICE, "bob", "9", "about @bob and not about @alice"),
        (ALICE, None, "9", "does not name its user"),
        (ALICE_9, "alice", "9", None),
        (ALICE_9, "bob", "9", None),
        (ALICE_9, "bob", 9, None),
        (ALICE_9, None, "9", None),
        (ALICE_9, "alice", None, None),
        (ALICE_9, "alice", "8", "about the user 8 and not about 9"),
        (ALICE_9, "bob", None, "about @bob and not about @alice"),
    ],
)
def test_whose_answer_it_is(asked: Host, name: Any, user_id: Any, error: str | None) -> None:
    """The user id decides, once it is known: names change."""
    if error is None:
        asked.check("it", name, user_id)
        return
    with pytest.raises(WebcastError, match=error):
        asked.check("it", name, user_id)


def test_a_real_alive_check() -> None:
    body = (
        b'{"status_code":0,"data":[{"alive":true,"room_id":7,"room_id_str":"7"},{"alive":false,"room_id":8},'
        b'{"alive":1,"room_id":9},{"alive":true},5]}'
    )
    assert pages.check_alive(body) == {"7": True, "8": False}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"status_code":5,"data":[]}', b'{"status_code":0,"data":{}}'])
def test_an_alive_check_that_cannot_be_parsed(body: bytes) -> None:
    with pytest.raises(SchemaError, match="room/check_alive"):
        pages.check_alive(body)
