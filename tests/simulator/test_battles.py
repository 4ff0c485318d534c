"""Battles and treasure boxes of the simulator, as the client reads them."""

from typing import Any

import pytest

from tests.webcast.battle_messages import named
from tiktok2mqtt.simulator import Room, Simulator, Viewer
from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.testing import REGISTRY, Drops, FetchMessage, FetchResponse, LiveSession


@pytest.fixture
def room(sim: Simulator) -> Room:
    room = sim.room("alice")
    room.go_live()
    return room


def received(room: Room) -> list[Event]:
    """Return the events of all messages that the room has sent."""
    drops = Drops()
    session = LiveSession(REGISTRY, "alice", "1", wall=lambda: 0.0, drops=drops)
    messages = [FetchMessage(method=m.method, payload=m.payload, msg_id=m.msg_id) for m in room.sent]
    events = session.process(FetchResponse(messages=messages), "direct", now=0.0)
    assert drops == Drops()
    return events


def of_hosts(event: Event, key: str) -> dict[str, Any]:
    return {host["unique_id"]: host[key] for host in event["hosts"]}


def test_a_battle_of_two(room: Room) -> None:
    room.battle_start("dora", duration=60)
    room.battle_score(7)
    room.battle_score(12, host="dora")
    room.battle_end()
    events = received(room)
    (started,) = named(events, "battle_started")
    assert (started["battle_type_name"], started["duration_s"], started["teams"]) == ("normal", 61, [])
    (ended,) = named(events, "battle_ended")
    assert of_hosts(ended, "score") == {"alice": 7, "dora": 12}
    assert of_hosts(ended, "result_name") == {"alice": "lose", "dora": "win"}
    assert (ended["result_name"], ended["winner"]["hosts"][0]["user_id"]) == ("lose", str(Viewer.named("dora").user_id))


def test_a_battle_of_two_against_two(room: Room) -> None:
    room.battle_start("carla, dora", partners="berta")
    (started,) = named(received(room), "battle_started")
    assert of_hosts(started, "team_id") == {"alice": "1", "berta": "1", "carla": "2", "dora": "2"}
    for host, score in (("alice", 6), ("carla", 2), ("dora", 7)):
        room.battle_score(score, host=host)
    own = {"alice": 6, "berta": 0, "carla": 2, "dora": 7}
    scores = named(received(room), "link_mic_armies")[-1]
    names = {str(Viewer.named(name).user_id): name for name in own}
    assert {names[host["user_id"]]: host["score"] for host in scores["hosts"]} == own
    assert [team["score"] for team in scores["teams"]] == [6, 9]
    room.battle_end()
    (ended,) = named(received(room), "battle_ended")
    assert (of_hosts(ended, "score"), ended["battle_type_name"]) == (own, "team")
    assert of_hosts(ended, "result_name") == {"alice": "lose", "berta": "lose", "carla": "win", "dora": "win"}


def test_a_draw(room: Room) -> None:
    room.battle_start("dora")
    room.battle_end()
    (ended,) = named(received(room), "battle_ended")
    assert (ended["winner"], ended["result_name"]) == (None, "draw")


def test_there_is_no_battle_before_its_start_and_after_its_end(room: Room) -> None:
    with pytest.raises(ValueError, match="alice has no battle"):
        room.battle_score(1)
    room.battle_start("dora")
    with pytest.raises(ValueError, match="carla is not in the battle"):
        room.battle_score(1, host="carla")
    room.battle_end()
    with pytest.raises(ValueError, match="alice has no battle"):
        room.battle_end()


def test_a_treasure_box_is_sent_and_hidden(room: Room) -> None:
    box_id = room.envelope("bob", diamonds=30, people=3, opens_in=60)
    (box,) = named(received(room), "envelope")
    assert (box["envelope_id"], box["sender"], box["diamond_count"], box["people_count"]) == (str(box_id), "bob", 30, 3)
    assert box["text"] == "Bob sent a Treasure Box"
    room.envelope_hide()
    events = received(room)
    assert [len(event["envelopes"]) for event in named(events, "envelopes")] == [1, 0]
    assert len(named(events, "envelope")) == 1
    with pytest.raises(ValueError, match="no treasure box"):
        room.envelope_hide()
