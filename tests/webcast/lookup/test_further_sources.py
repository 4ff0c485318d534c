"""What is asked when neither the live page nor api-live says anything about the user."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.webcast.rig import urls
from tiktok2mqtt.common.errors import Blocked, WrongRoom
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options

INFO_BY_USER = "/webcast/room/info_by_user/"
ROOM_OF_ALICE = "/sign/webcast/anchors/alice/room_id"
CONNECT = "/sign/webcast/rooms/0/connect"
LookupOf = Callable[..., RoomLookup]


@pytest.fixture
def room(sim: Simulator) -> Room:
    sim.fail_http("/@alice/live", 403, times=None)
    sim.fail_http("api-live", 403, times=None)
    return sim.room("alice")


@pytest.fixture
def lookup_of(sim: Simulator) -> Iterator[LookupOf]:
    clients = []

    def make(**options: Any) -> RoomLookup:
        made = Options(**urls(sim) | {"sign_url": sim.sign_url} | options)
        clients.append(HttpClient(made))
        return RoomLookup(clients[-1], made)

    yield make
    for client in clients:
        client.close()


def asked(sim: Simulator) -> list[str]:
    return [request.path for request in sim.requests][2:]


def test_the_room_info_by_name(sim: Simulator, room: Room, lookup_of: LookupOf) -> None:
    room_id = room.go_live(title="Pottery")
    lookup = lookup_of()
    found = lookup.live_status("alice")
    assert (found.room_id, found.live, found.title) == (room_id, True, "Pottery")
    assert lookup.user_id == str(room.state.host.user_id)
    assert asked(sim) == [INFO_BY_USER]


def test_the_room_info_by_name_must_name_the_user(sim: Simulator, room: Room, lookup_of: LookupOf) -> None:
    room.go_live()
    bob = b'{"status_code":0,"data":{"id_str":"7","status":2,"owner":{"display_id":"bob"}}}'
    sim.fail_http("info_by_user", 200, body=bob, times=None)
    with pytest.raises(WrongRoom, match="room/info_by_user is about @bob and not about @alice"):
        lookup_of().live_status("alice")
    assert asked(sim) == [INFO_BY_USER]


def test_the_room_of_the_sign_provider(sim: Simulator, room: Room, lookup_of: LookupOf) -> None:
    room_id = room.go_live()
    sim.fail_http("info_by_user", 403, times=None)
    found = lookup_of().live_status("alice")
    assert (found.room_id, found.live) == (room_id, True)
    assert asked(sim) == [INFO_BY_USER, ROOM_OF_ALICE]


def test_a_room_that_is_not_live_stays_unknown(sim: Simulator, room: Room, lookup_of: LookupOf) -> None:
    assert not room.state.live
    with pytest.raises(Blocked):
        lookup_of().live_status("alice")
    assert asked(sim) == [INFO_BY_USER, ROOM_OF_ALICE]


def test_a_room_that_was_opened_by_name(sim: Simulator, room: Room, lookup_of: LookupOf) -> None:
    room_id = room.go_live()
    sim.fail_http("info_by_user", 403, times=None)
    sim.fail_http("anchors", 402, times=None)
    assert lookup_of().live_status("alice").room_id == room_id
    assert asked(sim) == [INFO_BY_USER, ROOM_OF_ALICE, CONNECT]
    assert sim.requests[-1].query["unique_id"] == "alice"


def test_a_plan_that_allows_neither_is_not_tried_with_every_lookup(
    sim: Simulator, room: Room, lookup_of: LookupOf
) -> None:
    room.go_live()
    for path in ("info_by_user", "anchors", "rooms/0"):
        sim.fail_http(path, 403, times=None)
    lookup = lookup_of()
    for _ in range(3):
        with pytest.raises(Blocked):
            lookup.live_status("alice")
    assert [request.path for request in sim.requests if request.path.startswith("/sign")] == [ROOM_OF_ALICE, CONNECT]


def test_a_provider_is_not_asked_for_a_name_that_somebody_else_has_taken(
    sim: Simulator, room: Room, lookup_of: LookupOf
) -> None:
    """It does not tell whose room it has found."""
    room.go_live()
    lookup = lookup_of()
    lookup.user_id = "7"
    with pytest.raises(WrongRoom, match="and not about 7"):
        lookup.live_status("alice")
    assert not any(request.path.startswith("/sign") for request in sim.requests)


def test_the_page_of_tiktok_itself_sets_the_cookie_when_that_of_the_user_does_not(
    sim: Simulator, room: Room, lookup_of: LookupOf
) -> None:
    assert room.name == "alice"
    sim.fail_http("/@alice", "about", times=None)
    assert lookup_of().ttwid("alice", lambda _seconds: False)
    assert [request.path for request in sim.requests] == ["/@alice", "/@tiktok"]
