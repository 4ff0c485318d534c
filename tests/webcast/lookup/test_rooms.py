import gc
import itertools
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webcast.rig import api_answer, deaf_server, live_page, urls
from tiktok2mqtt.common.errors import (
    AgeRestricted,
    Blocked,
    CaptchaPage,
    NetworkError,
    PrivateOrBanned,
    RateLimited,
    RoomEnded,
    RoomNotFound,
    SchemaError,
    StatusUnknown,
    WebcastError,
    WrongRoom,
)
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.lookup.pages import Finding
from tiktok2mqtt.webcast.lookup.resolution import Resolution, merge_findings
from tiktok2mqtt.webcast.lookup.rooms import TTWID_TRIES, RoomLookup
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options

ID, OTHER = "7400000000000000001", "7400000000000000002"
LIVE_PAGE, API, ALIVE = "/@alice/live", "/api-live/user/room", "/webcast/room/check_alive/"


# --- merging what the sources say ---


@pytest.mark.parametrize(
    ("findings", "resolution"),
    [
        ([Finding(ID, True, "t")], Resolution(ID, True, 1, "t")),
        ([Finding(None, False)], Resolution(None, False, 1)),
        ([Finding(ID, None)], Resolution(ID, None, 0)),
        ([Finding(ID, True), Finding(ID, True, "t")], Resolution(ID, True, 2, "t")),
        ([Finding(ID, False), Finding(ID, False)], Resolution(ID, False, 2)),
        ([Finding(ID, False), Finding(ID, True)], Resolution(ID, None, 0)),
        ([Finding(ID, True), Finding(ID, False)], Resolution(ID, None, 0)),
        ([Finding(None, None), Finding(ID, True)], Resolution(ID, True, 1)),
        ([Finding(ID, None), Finding(None, False)], Resolution(ID, False, 1)),
        ([Finding(OTHER, False), Finding(ID, True)], Resolution(ID, None, 0)),
        ([Finding(OTHER, None), Finding(ID, True)], Resolution(ID, True, 1)),
        ([], Resolution(None, None, 0)),
    ],
)
def test_merging_findings(findings: list[Finding], resolution: Resolution) -> None:
    assert merge_findings(findings) == resolution


FINDINGS = st.builds(Finding, st.none() | st.sampled_from([ID, OTHER]), st.none() | st.booleans(), st.none())


@given(st.lists(FINDINGS, max_size=4))
def test_a_status_needs_a_source_and_no_contradiction(findings: list[Finding]) -> None:
    result = merge_findings(findings)
    statuses = {finding.live for finding in findings} - {None}
    assert result.live in {*statuses, None}
    assert (result.live is None) == (len(statuses) != 1)
    assert result.agreeing == (0 if result.live is None else [f.live for f in findings].count(result.live))
    assert (result.room_id is None) == all(finding.room_id is None for finding in findings)


@given(st.lists(FINDINGS, max_size=3))
def test_the_order_of_the_sources_does_not_change_the_status(findings: list[Finding]) -> None:
    results = {merge_findings(list(order)).live for order in itertools.permutations(findings)}
    assert len(results) == 1


# --- over HTTP ---


@pytest.fixture
def room(sim: Simulator) -> Room:
    return sim.room("alice")


@pytest.fixture
def http(sim: Simulator) -> Iterator[HttpClient]:
    client = HttpClient(Options(**urls(sim)))
    yield client
    client.close()


@pytest.fixture
def lookup(sim: Simulator, http: HttpClient) -> RoomLookup:
    return RoomLookup(http, Options(**urls(sim)))


def paths(sim: Simulator) -> list[str]:
    return [request.path for request in sim.requests]


def test_a_live_room_costs_one_request(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    room_id = room.go_live(title="Pottery")
    assert lookup.resolve("alice") == Resolution(room_id, True, 1, "Pottery")
    assert paths(sim) == [LIVE_PAGE]


def test_a_room_that_was_never_live(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    assert not room.state.live
    assert lookup.resolve("alice") == Resolution(None, False, 2)
    assert paths(sim) == [LIVE_PAGE, API]
    assert sim.requests[1].query["uniqueId"] == "alice"
    assert {"aid", "device_id", "sourceType"} <= sim.requests[1].query.keys()


def test_a_room_whose_live_is_over(room: Room, lookup: RoomLookup) -> None:
    room_id = room.go_live(title="Pottery")
    room.end(announce=False)
    assert lookup.resolve("alice") == Resolution(room_id, False, 2, "Pottery")


def test_a_user_who_does_not_exist(sim: Simulator, lookup: RoomLookup) -> None:
    with pytest.raises(RoomNotFound, match="no user of that name"):
        lookup.resolve("nobody")
    assert paths(sim) == ["/@nobody/live", API, "/@nobody"]


def test_a_private_account(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    room.go_private()
    with pytest.raises(PrivateOrBanned, match="does not show this account"):
        lookup.resolve("alice")
    assert paths(sim) == [LIVE_PAGE, API, "/@alice"]


@pytest.mark.parametrize("answer", [(403, b""), (429, b""), (200, b"<html>"), (500, b"")])
def test_a_user_without_a_usable_profile_is_not_found(
    sim: Simulator, lookup: RoomLookup, answer: tuple[int, bytes]
) -> None:
    sim.fail_http("/@nobody/live", 200, body=b'<html>"og:url"')
    sim.fail_http("/@nobody", answer[0], body=answer[1])
    with pytest.raises(RoomNotFound):
        lookup.resolve("nobody")


CAPTCHA = b"<html><title>Security check</title></html>"


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (403, b"", (Blocked, r"refused the request \(403\)")),
        (500, b"", (NetworkError, "failed with status 500")),
        (404, b"", (SchemaError, "the live page answered with status 404")),
        (200, CAPTCHA, (CaptchaPage, "a challenge page")),
        (200, b"", (CaptchaPage, "a challenge page")),
    ],
)
@pytest.mark.usefixtures("room")
def test_when_both_sources_fail_the_first_error_is_raised(
    sim: Simulator, lookup: RoomLookup, status: int, body: bytes, failure: tuple[type[WebcastError], str]
) -> None:
    sim.fail_http("/live", status, body=body)
    sim.fail_http("api-live", 403)
    sim.fail_http("info_by_user", 403)
    with pytest.raises(failure[0], match=failure[1]):
        lookup.resolve("alice")
    assert paths(sim) == [LIVE_PAGE, API, "/webcast/room/info_by_user/"]


@pytest.mark.parametrize(("source", "asked"), [("/live", [LIVE_PAGE]), ("api-live", [LIVE_PAGE, API])])
@pytest.mark.usefixtures("room")
def test_a_rate_limit_ends_the_lookup(sim: Simulator, lookup: RoomLookup, source: str, asked: list[str]) -> None:
    sim.fail_http(source, 429, {"Retry-After": "300"})
    with pytest.raises(RateLimited, match="too many requests") as caught:
        lookup.resolve("alice")
    assert caught.value.retry_after_s == 300
    assert paths(sim) == asked


@pytest.mark.parametrize("answer", [(403, b""), (503, b""), (200, CAPTCHA), (404, b"")])
@pytest.mark.parametrize("live", [True, False])
def test_api_live_decides_when_the_page_fails(
    sim: Simulator, room: Room, lookup: RoomLookup, answer: tuple[int, bytes], live: bool
) -> None:
    status, body = answer
    room_id = room.go_live()
    if not live:
        room.end(announce=False)
    sim.fail_http("/live", status, body=body)
    assert lookup.resolve("alice") == Resolution(room_id, live, 1, "Alice is live")


def test_the_page_decides_when_api_live_fails(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    assert not room.state.live
    sim.fail_http("api-live", 403)
    assert lookup.resolve("alice") == Resolution(None, False, 1)


@pytest.mark.parametrize("page_lies", [True, False], ids=["page", "api"])
def test_contradicting_sources_are_unknown(sim: Simulator, room: Room, lookup: RoomLookup, page_lies: bool) -> None:
    room_id = room.go_live()
    if page_lies:
        sim.fail_http("/live", 200, body=live_page(room_id, status=4))
    else:
        room.end(announce=False)
        sim.fail_http("api-live", 200, body=api_answer(room_id))
    result = lookup.resolve("alice")
    assert (result.live, result.room_id, result.agreeing) == (None, room_id, 0)


def test_a_live_page_without_a_room_id_is_checked(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    room_id = room.go_live()
    sim.fail_http("/live", 200, body=live_page("", status=2))
    assert lookup.resolve("alice") == Resolution(room_id, True, 1, "Stale")


def test_servers_that_hang_time_out_within_the_connect_timeout() -> None:
    with deaf_server() as port:
        url = f"http://127.0.0.1:{port}"
        options = Options(web_url=url, webcast_url=f"{url}/webcast/", connect_timeout_s=1.0)
        http = HttpClient(options)
        started = time.monotonic()
        with pytest.raises(NetworkError, match="timed out"):
            RoomLookup(http, options).resolve("alice")
        assert 0.8 < time.monotonic() - started < 1.9
        http.close()


# --- a verdict, by a third source if need be ---


def over_on_one_page(sim: Simulator, room: Room) -> str:
    """The LIVE is over, and one of the two sources does not answer; return its room id."""
    room_id = room.go_live()
    room.end(announce=False)
    sim.fail_http("api-live", 403)
    return room_id


def test_the_end_of_a_live_needs_two_sources(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    room_id = over_on_one_page(sim, room)
    assert lookup.live_status("alice", last_room_id=room_id).live is False
    assert paths(sim) == [LIVE_PAGE, API, ALIVE]
    assert sim.requests[-1].query["room_ids"] == room_id


@pytest.mark.parametrize(
    "answer",
    [(403, b""), (200, b"[]"), (200, b'{"status_code":0,"data":[{"alive":true,"room_id_str":"%s"}]}')],
    ids=["refused", "garbage", "alive"],
)
def test_one_source_alone_does_not_end_a_live(
    sim: Simulator, room: Room, lookup: RoomLookup, answer: tuple[int, bytes]
) -> None:
    room_id = over_on_one_page(sim, room)
    sim.fail_http("check_alive", answer[0], body=answer[1].replace(b"%s", room_id.encode()))
    with pytest.raises(StatusUnknown, match="only one of TikTok's pages"):
        lookup.live_status("alice", last_room_id=room_id)


def test_two_pages_that_agree_are_enough(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    room_id = room.go_live()
    room.end(announce=False)
    assert lookup.live_status("alice", last_room_id=room_id).live is False
    assert paths(sim) == [LIVE_PAGE, API]


def test_one_source_is_enough_for_a_room_that_was_not_connected(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    over_on_one_page(sim, room)
    assert lookup.live_status("alice").live is False
    assert paths(sim) == [LIVE_PAGE, API]


def test_the_room_info_decides_when_the_pages_disagree(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    room_id = room.go_live()
    sim.fail_http("/live", 200, body=live_page(room_id, status=4))
    found = lookup.live_status("alice")
    assert (found.live, found.room_id) == (True, room_id)


@pytest.mark.parametrize("info", [b"", b'{"status_code":30003,"data":{}}'], ids=["ended", "unknown room"])
def test_contradicting_pages_are_unknown(sim: Simulator, room: Room, lookup: RoomLookup, info: bytes) -> None:
    room_id = room.go_live()
    room.end(announce=False)
    sim.fail_http("api-live", 200, body=api_answer(room_id))
    if info:
        sim.fail_http("room/info", 200, body=info)
    with pytest.raises(StatusUnknown, match="disagree"):
        lookup.live_status("alice")


def test_the_alive_check_covers_several_rooms(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    room_id = room.go_live()
    assert lookup.check_alive([room_id, OTHER]) == {room_id: True, OTHER: False}
    assert paths(sim) == [ALIVE]


def test_the_room_info_alone_does_not_end_a_live(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    room_id = room.go_live()
    sim.fail_http("room/info", 200, body=b'{"status_code":30003,"data":{}}', times=2)
    with pytest.raises(StatusUnknown, match="only the room info"):
        lookup.room_info_to_connect(room_id, "alice")
    room.end(announce=False)
    with pytest.raises(RoomEnded):
        lookup.room_info_to_connect(room_id, "alice")


def test_room_info(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    room_id = room.go_live(title="Pottery", viewers=77)
    room.like("bob", 15)
    info = lookup.room_info(room_id)
    assert (info.live, info.title, info.viewers, info.likes) == (True, "Pottery", 77, 15)
    assert (info.followers, info.started_at_s) == (room.state.followers, int(room.state.started_at))
    assert info.cover is not None
    assert info.cover.startswith("https://p16-webcast.tiktokcdn.com/")
    (request,) = sim.requests
    assert (request.path, request.query["room_id"], request.query["aid"]) == ("/webcast/room/info/", room_id, "1988")


def test_room_info_of_an_earlier_live(room: Room, lookup: RoomLookup) -> None:
    first = room.go_live()
    room.go_live()
    assert lookup.room_info(first).live is False


def test_room_info_of_an_unknown_room(room: Room, lookup: RoomLookup) -> None:
    assert not room.state.live
    with pytest.raises(RoomEnded):
        lookup.room_info(ID)


def test_room_info_of_an_age_restricted_room(room: Room, lookup: RoomLookup) -> None:
    room_id = room.go_live()
    room.restrict_age()
    with pytest.raises(AgeRestricted):
        lookup.room_info(room_id)


@pytest.mark.parametrize(
    ("answer", "error"),
    [((429, b""), RateLimited), ((403, b""), Blocked), ((200, CAPTCHA), SchemaError), ((200, b"[]"), SchemaError)],
)
@pytest.mark.parametrize("path", ["room/info", "gift/list"])
def test_webcast_answers_that_raise(
    sim: Simulator, lookup: RoomLookup, path: str, answer: tuple[int, bytes], error: type[WebcastError]
) -> None:
    sim.fail_http(path, answer[0], body=answer[1])
    with pytest.raises(error):
        (lookup.room_info if path == "room/info" else lookup.available_gifts)(ID)


def test_gift_list(sim: Simulator, lookup: RoomLookup) -> None:
    gifts = {gift["name"]: gift["diamond_count"] for gift in lookup.available_gifts(ID)}
    assert (gifts["Rose"], gifts["Galaxy"]) == (1, 1000)
    (request,) = sim.requests
    assert (request.path, request.query["room_id"]) == ("/webcast/gift/list/", ID)


# --- the anonymous cookie ---


def never(_seconds: float) -> bool:
    return False


def test_the_cookie_comes_from_the_profile_page_and_is_kept(sim: Simulator, room: Room, lookup: RoomLookup) -> None:
    cookie = lookup.ttwid(room.name, never)
    assert cookie.startswith("1%7C")
    assert lookup.ttwid(room.name, never) == cookie
    assert paths(sim) == ["/@alice"]


@pytest.mark.parametrize("on_try", [2, TTWID_TRIES])
def test_the_cookie_is_requested_again_after_a_pause(on_try: int) -> None:
    pauses: list[float] = []

    def interrupted(seconds: float) -> bool:
        pauses.append(seconds)
        return False

    with Simulator(ttwid_on_try=on_try) as sim:
        http = HttpClient(Options(**urls(sim)))
        try:
            assert RoomLookup(http, Options(**urls(sim))).ttwid("alice", interrupted)
        finally:
            http.close()
    assert len(paths(sim)) == on_try
    assert pauses == [0.75] * (on_try - 1)
    sim.check()


def test_without_a_cookie_in_all_tries_we_are_blocked() -> None:
    with Simulator(ttwid_on_try=TTWID_TRIES + 1) as sim:
        http = HttpClient(Options(**urls(sim)))
        try:
            with pytest.raises(Blocked, match="TikTok set no ttwid cookie in 8 tries"):
                RoomLookup(http, Options(**urls(sim))).ttwid("alice", never)
        finally:
            http.close()
    assert len(paths(sim)) == TTWID_TRIES


def test_the_requests_for_the_cookie_can_be_interrupted() -> None:
    stop = threading.Event()
    stop.set()
    with Simulator(ttwid_on_try=5) as sim:
        http = HttpClient(Options(**urls(sim)))
        try:
            with pytest.raises(NetworkError, match="interrupted"):
                RoomLookup(http, Options(**urls(sim))).ttwid("alice", stop.wait)
        finally:
            http.close()
    assert len(paths(sim)) == 1


@pytest.mark.parametrize(("status", "error"), [(403, Blocked), (429, RateLimited), (502, NetworkError)])
def test_a_refused_profile_page_is_not_requested_again(
    sim: Simulator, lookup: RoomLookup, status: int, error: type[WebcastError]
) -> None:
    sim.fail_http("/@alice", status)
    with pytest.raises(error):
        lookup.ttwid("alice", never)
    assert paths(sim) == ["/@alice"]


# --- memory ---


@pytest.mark.parametrize(("status", "failure"), [(403, Blocked), (200, CaptchaPage), (None, RoomNotFound)])
def test_the_error_of_a_lookup_is_released_without_the_garbage_collector(
    sim: Simulator, lookup: RoomLookup, status: int | None, failure: type[WebcastError]
) -> None:
    """Its traceback keeps the answers, which can have megabytes."""
    if status is not None:
        sim.fail_http("/", status, body=b"garbage", times=None)
    gc.collect()
    gc.disable()
    released: list[weakref.ref[WebcastError]] = []
    try:
        lookup.resolve("alice")
    except failure as error:
        released.append(weakref.ref(error))
    finally:
        gc.enable()
    assert [error() for error in released] == [None]


# --- a number instead of a name, a room id that was given ---


def test_a_host_who_has_another_name_is_found_by_the_number(sim: Simulator, http: HttpClient) -> None:
    host = sim.room("alicia")
    room_id = host.go_live()
    user_id = str(host.state.host.user_id)
    lookup = RoomLookup(http, Options(user_id=user_id, **urls(sim)))
    names: list[str] = []
    lookup.on_renamed = names.append
    for _ in range(2):
        assert lookup.live_status("alice").room_id == room_id
    assert names == ["alicia"]
    assert paths(sim)[-1] == "/@alicia/live"
    assert paths(sim).count(f"/@{user_id}") == 1
    info = lookup.room_info_to_connect(room_id, "alice")
    assert info is not None
    assert info.host_name == "alicia"


def test_a_name_that_somebody_else_has_taken_is_not_followed(sim: Simulator, http: HttpClient) -> None:
    sim.room("alice").go_live()
    host = sim.room("alicia")
    room_id = host.go_live()
    lookup = RoomLookup(http, Options(user_id=str(host.state.host.user_id), **urls(sim)))
    assert lookup.live_status("alice").room_id == room_id


def test_a_page_that_redirects_to_the_new_name_tells_it(sim: Simulator, lookup: RoomLookup) -> None:
    names: list[str] = []
    lookup.on_renamed = names.append
    lookup.user_id = "9"
    page = live_page(ID, 2, "Alicia").replace(b'"uniqueId"', b'"id":"9","uniqueId"')
    sim.fail_http("/@alice/live", 200, body=page)
    assert lookup.live_status("alice").room_id == ID
    assert names == ["alicia"]


def test_without_a_number_a_missing_user_is_missing(sim: Simulator, lookup: RoomLookup) -> None:
    with pytest.raises(RoomNotFound):
        lookup.live_status("nobody")
    assert paths(sim) == ["/@nobody/live", API, "/@nobody"]


def test_a_number_that_nobody_has(sim: Simulator, http: HttpClient) -> None:
    with pytest.raises(RoomNotFound):
        RoomLookup(http, Options(user_id="7", **urls(sim))).live_status("nobody")
    assert paths(sim)[-1] == "/@7"


@pytest.mark.parametrize("status", ["live", "over", "refused", "refused and over"])
def test_a_room_id_that_was_given_is_not_looked_up(sim: Simulator, room: Room, http: HttpClient, status: str) -> None:
    room_id = room.go_live()
    if "over" in status:
        room.end(announce=False)
    if "refused" in status:
        sim.fail_http("room/info", 403, times=None)
    lookup = RoomLookup(http, Options(room_id=room_id, **urls(sim)))
    found = lookup.live_status("alice")
    assert (found.room_id, found.live) == (room_id, "over" not in status)
    assert not {LIVE_PAGE, API} & set(paths(sim))


def test_a_room_id_that_was_given_and_is_anothers(sim: Simulator, room: Room, http: HttpClient) -> None:
    assert room.name == "alice"
    bob = sim.room("bob").go_live()
    with pytest.raises(WrongRoom):
        RoomLookup(http, Options(room_id=bob, **urls(sim))).live_status("alice")
