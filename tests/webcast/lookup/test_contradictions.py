"""What the sources say about a room, one row each, and the verdict: live, the room id, and the code of the reason.

`alice` is asked for, BOB is the room of somebody else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.webcast.rig import api_answer, live_page, urls
from tiktok2mqtt.common.errors import RoomNotFound, WebcastError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options

ALICE, BOB = "7400000000000000001", "7400000000000000002"
Answer = int | str | bytes

LIVE, PAUSED, OVER, ODD = (live_page(ALICE, status) for status in (2, 3, 4, 9))
BOBS_PAGE = live_page(BOB, 2, "bob")
NAMELESS_PAGE = live_page(BOB, 2, "")
NO_ROOM = live_page("", 4)
API_LIVE, API_PAUSED, API_OVER, API_ODD = (api_answer(ALICE, status) for status in (2, 3, 4, 9))
API_OTHER_ROOM = api_answer(BOB, 2)
BOBS_API = api_answer(BOB, 2, "bob")
API_NO_ROOM = api_answer("", 4)
NOT_FOUND = b'{"statusCode":19881007,"message":"user_not_found","data":{}}'


def info(status: int, name: str = "alice") -> bytes:
    owner = f'{{"display_id":"{name}"}}'
    return f'{{"status_code":0,"data":{{"status":{status},"owner":{owner}}}}}'.encode()


INFO_LIVE, INFO_PAUSED, INFO_OVER = info(2), info(3), info(4)
BOBS_INFO = info(2, "bob")
GONE = b'{"status_code":30003,"data":{}}'


@dataclass(frozen=True)
class Row:
    """The answers, and the verdict. `code` is that of the error, None without one."""

    page: Answer
    api: Answer
    info: Answer
    live: bool | None
    code: str | None = None
    room_id: str | None = ALICE
    paused: bool = False


# fmt: off
ROWS = {
    # One says it, and nobody contradicts.
    "live": Row(LIVE, 403, 403, live=True),
    "live by the API": Row(403, API_LIVE, 403, live=True),
    "paused": Row(PAUSED, 403, 403, live=True, paused=True),
    "paused by the API": Row("login", API_PAUSED, 403, live=True, paused=True),
    "over": Row(OVER, API_OVER, 403, live=False),
    "never live": Row(NO_ROOM, API_NO_ROOM, 403, live=False, room_id=None),
    "over by the API": Row("login", API_OVER, 403, live=False),
    "over by the page": Row(OVER, 403, 403, live=False),
    # Another host's room.
    "suggestions": Row("suggestions", 403, INFO_LIVE, live=None, code="blocked"),
    "suggestions, live by the API": Row("suggestions", API_LIVE, INFO_LIVE, live=True),
    "another's page": Row(BOBS_PAGE, 403, INFO_LIVE, live=None, code="wrong_room"),
    "another's page, live by the API": Row(BOBS_PAGE, API_LIVE, 403, live=True),
    "another's page and answer": Row(BOBS_PAGE, BOBS_API, BOBS_INFO, live=None, code="wrong_room"),
    "another's answer": Row("login", BOBS_API, BOBS_INFO, live=None, code="wrong_room"),
    "another's answer beside the page": Row(OVER, BOBS_API, 403, live=False),
    "a page without a name": Row(NAMELESS_PAGE, 403, BOBS_INFO, live=None, code="schema"),
    "a doubtful room is another's": Row(ODD, 403, BOBS_INFO, live=None, code="wrong_room"),
    # Pages that are not the room's say nothing.
    "login": Row("login", 403, 403, live=None, code="blocked"),
    "consent": Row("consent", b"", 403, live=None, code="unknown"),
    "about": Row("about", API_ODD, 403, live=None, code="blocked"),
    "about, and an unknown status": Row("about", API_ODD, GONE, live=None, code="unknown"),
    "empty": Row("empty", "empty", 403, live=None, code="captcha"),
    "refused": Row(403, 403, 403, live=None, code="blocked"),
    "unknown status codes": Row(ODD, API_ODD, INFO_OVER, live=None, code="unknown"),
    "an unknown status, and live": Row(ODD, API_ODD, INFO_LIVE, live=True),
    "an unknown answer": Row("login", b'{"statusCode":10201}', 403, live=None, code="unknown"),
    # They contradict each other.
    "over and live": Row(OVER, API_LIVE, GONE, live=None, code="unknown"),
    "over and live, refused": Row(OVER, API_LIVE, 403, live=None, code="blocked"),
    "over and live, decided": Row(OVER, API_LIVE, INFO_LIVE, live=True),
    "over and paused, decided": Row(OVER, API_PAUSED, INFO_PAUSED, live=True, paused=True),
    "over and live, another's": Row(OVER, API_OTHER_ROOM, BOBS_INFO, live=None, code="wrong_room"),
    # Users that do not exist.
    "not found": Row("about", NOT_FOUND, 403, live=False, code="not_found", room_id=None),
    "not found beside a page": Row(ODD, NOT_FOUND, INFO_LIVE, live=None, code="unknown"),
    "not found beside an ended LIVE": Row(OVER, NOT_FOUND, 403, live=None, code="unknown"),
}
# fmt: on


@pytest.fixture
def lookup(sim: Simulator) -> Iterator[RoomLookup]:
    http = HttpClient(Options(**urls(sim)))
    yield RoomLookup(http, Options(**urls(sim)))
    http.close()


def answer(sim: Simulator, path: str, answer: Answer) -> None:
    if isinstance(answer, bytes):
        sim.fail_http(path, 200, body=answer, times=None)
    else:
        sim.fail_http(path, answer, times=None)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_verdict(sim: Simulator, lookup: RoomLookup, row: Row) -> None:
    answer(sim, "/@alice/live", row.page)
    answer(sim, "api-live", row.api)
    answer(sim, "room/info/", row.info)
    answer(sim, "info_by_user", 403)
    assert verdict(lookup) == ((row.live, row.code) if row.code else (row.live, row.room_id, row.paused))


def verdict(lookup: RoomLookup) -> tuple[object, ...]:
    """Return live, room id and paused; live and the code of an error."""
    try:
        found = lookup.live_status("alice")
    except WebcastError as error:
        return False if isinstance(error, RoomNotFound) else None, error.code
    return found.live, found.room_id, found.paused


def test_an_account_that_its_profile_shows_is_not_missing(sim: Simulator, lookup: RoomLookup) -> None:
    sim.room("alice")
    answer(sim, "/@alice/live", "about")
    answer(sim, "api-live", NOT_FOUND)
    with pytest.raises(WebcastError, match="disagree whether the user exists") as caught:
        lookup.live_status("alice")
    assert caught.value.code == "unknown"


def test_one_source_alone_does_not_make_a_user_who_was_live_disappear(sim: Simulator, lookup: RoomLookup) -> None:
    answer(sim, "/@alice/live", "about")
    answer(sim, "api-live", NOT_FOUND)
    answer(sim, "check_alive", 403)
    with pytest.raises(WebcastError, match="only one of TikTok's pages") as caught:
        lookup.live_status("alice", last_room_id=ALICE)
    assert caught.value.code == "unknown"


def test_a_name_that_somebody_else_has_taken(sim: Simulator, lookup: RoomLookup) -> None:
    """The user id of the first answer decides from then on."""
    room = sim.room("alice")
    room_id = room.go_live()
    assert lookup.live_status("alice").room_id == room_id
    assert lookup.user_id == str(room.state.host.user_id)
    taken = live_page(BOB).replace(b'"uniqueId"', b'"id":"7","uniqueId"')
    answer(sim, "/@alice/live", taken)
    answer(sim, "api-live", 403)
    answer(sim, "info_by_user", 403)
    with pytest.raises(WebcastError, match="about the user 7 and not about") as caught:
        lookup.live_status("alice")
    assert caught.value.code == "wrong_room"


@pytest.mark.parametrize("status", [2, 3])
def test_the_host_is_checked_before_a_room_is_entered(sim: Simulator, lookup: RoomLookup, status: int) -> None:
    answer(sim, "room/info", info(status, "bob"))
    with pytest.raises(WebcastError, match="the room info is about @bob and not about @alice"):
        lookup.room_info_to_connect(ALICE, "alice")


def test_pages_without_a_room_are_called_by_their_title(room: Room, sim: Simulator, lookup: RoomLookup) -> None:
    assert room.state.live
    answer(sim, "/@alice/live", "login")
    answer(sim, "api-live", b"")
    answer(sim, "info_by_user", 403)
    with pytest.raises(WebcastError, match=r"TikTok sent a page that does not show the room \(Log in | TikTok\)"):
        lookup.live_status("alice")
