"""A room of another host is never entered, and what comes from one is not passed on."""

import pytest

from tests.webcast.conftest import ClientOf
from tests.webcast.rig import EventLog, connected, live_page
from tiktok2mqtt.common.errors import Blocked, WrongRoom
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.simulator.envelope import Message
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema.types_pb2 import User


def introduction(unique_id: str, user_id: int = 77) -> bytes:
    return pb.WebcastLiveIntroMessage(content="hello", user=User(id=user_id, unique_id=unique_id)).SerializeToString()


def test_a_room_of_another_host_is_not_entered(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    """The live page is that of another LIVE, and api-live refuses: its room id is not alice's."""
    sim.room("bob").go_live()
    sim.fail_http("/@alice/live", "suggestions", times=None)
    sim.fail_http("api-live", 403, times=None)
    sim.fail_http("info_by_user", 403, times=None)
    with pytest.raises(Blocked):
        client_of().connect()
    assert room.clients == sim.room("bob").clients == 0


def test_the_room_info_names_another_host(sim: Simulator, client_of: ClientOf) -> None:
    bob = sim.room("bob")
    sim.fail_http("/@alice/live", 200, body=live_page(bob.go_live()))
    with pytest.raises(WrongRoom, match="the room info is about @bob and not about @alice"):
        client_of().connect()
    assert bob.clients == 0
    assert not any(request.path.endswith("ws_reuse_supplement/") for request in sim.requests)


def test_without_a_room_info_the_introduction_names_the_host(sim: Simulator, client_of: ClientOf) -> None:
    bob = sim.room("bob")
    room_id = bob.go_live()
    bob.history = [Message("WebcastLiveIntroMessage", introduction("bob"), 5)]
    sim.fail_http("/@alice/live", 200, body=live_page(room_id))
    sim.fail_http("room/info", 403)
    client = client_of()
    log = EventLog(client)
    client.connect()
    disconnected = log.wait("disconnected")
    assert disconnected["code"] == "wrong_room"
    assert disconnected["reason"] == "the room info is about @bob and not about @alice"
    assert "live_intro" not in log.names


def test_the_introduction_of_the_right_host(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    sim.fail_http("room/info", 403)
    log = connected(client_of(), room)
    room.send("WebcastLiveIntroMessage", introduction("Alice", room.state.host.user_id))
    log.wait("live_intro")
    room.chat("bob", "hi")
    log.wait("chat")
