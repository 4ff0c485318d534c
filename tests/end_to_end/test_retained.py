"""What the broker keeps: for whoever comes late, after a removal, after the end."""

from typing import Any

import orjson
import pytest

from tests.daemon import Daemon, running, tree
from tests.helpers import until
from tests.mqtt import Broker
from tiktok2mqtt import __version__
from tiktok2mqtt.bridge.homeassistant.discovery import object_id
from tiktok2mqtt.simulator import Room, Simulator

one_broker = pytest.mark.parametrize("broker", ["embedded"], indirect=True)


def kept(daemon: Daemon) -> dict[str, Any]:
    """Return the retained documents by topic below the base topic; discovery topics stay whole."""
    prefix = daemon.topics.base + "/"
    return {
        topic.removeprefix(prefix): payload if topic.endswith("/cover") else orjson.loads(payload)
        for topic, payload in daemon.late().items()
    }


def settled(daemon: Daemon, **state: Any) -> dict[str, Any]:
    """Return the retained documents as soon as the state of alice has these values."""
    daemon.received("state", **state)
    return kept(daemon)


def test_a_late_subscriber_sees_all_there_is_to_know(joined: Room, daemon: Daemon) -> None:
    joined.gift("bob", "Rose", 3)
    joined.gift("carol", "Galaxy", 2)
    joined.like("bob", 15)
    joined.chat("dave", "hello")
    joined.share("dave")
    joined.follow("erin")
    joined.room_user(40)
    joined.room_user(30)
    joined.question("dave", "why?")
    daemon.received("connection", state="live")
    daemon.announced()
    documents = settled(daemon, viewers=30)
    state = documents.pop("alice/state")
    assert (state["live"], state["watch"], state["title"], state["session_id"]) == (
        True,
        True,
        "Cooking",
        str(joined.state.room_id),
    )
    assert (state["viewers"], state["peak_viewers"], state["likes"]) == (30, 40, 15)
    assert (state["gifts"], state["diamonds"]) == (5, 2003)
    assert (state["comments"], state["shares"], state["new_followers"]) == (1, 1, 1)
    assert state["followers"] == joined.state.followers
    assert (state["last_gift"]["name"], state["last_gift"]["diamonds"]) == ("Galaxy", 2000)
    assert (state["last_gifter"]["username"], state["top_gifter"]["diamonds"]) == ("carol", 2000)
    assert (state["last_follower"]["username"], state["last_comment"]["text"]) == ("erin", "hello")
    connection = documents.pop("alice/connection")
    assert (connection["state"], connection["transport"], connection["reason"]) == ("live", "direct", "Connected")
    assert documents.pop("alice/availability") == documents.pop("bridge/state") == {"state": "online"}
    assert documents.pop("alice/cover").startswith(b"https://")
    assert documents.pop("bridge/health")["rooms"] == 1
    info = documents.pop("bridge/info")
    assert info["version"] == __version__
    assert [room["room"] for room in info["rooms"]] == ["alice"]
    devices = {documents[topic]["device"]["name"] for topic in documents}
    assert (len(documents), devices) == (2, {"tiktok2mqtt", "TikTok alice"})


@one_broker
def test_the_bridge_is_announced_before_its_rooms(daemon: Daemon) -> None:
    daemon.announced()
    names = [
        message.json["device"]["name"]
        for message in daemon.listener.messages
        if message.topic.startswith(daemon.topics.discovery_prefix)
    ]
    assert names.index("tiktok2mqtt") < names.index("TikTok alice")


def test_discovery_points_to_topics_that_exist(joined: Room, daemon: Daemon) -> None:
    daemon.received("state", live=True)
    device = daemon.announced()
    base = daemon.topics.base + "/"
    assert device["state_topic"] == base + "alice/state"
    assert [row["topic"] for row in device["availability"]] == [base + "bridge/state", base + "alice/availability"]
    assert joined.name in device["state_topic"]


@one_broker
def test_health_is_written_again_and_again(sim: Simulator, broker: Broker) -> None:
    with running(tree(sim, broker.port, health_interval=0.1)) as daemon:
        topic = daemon.topics.bridge("health")
        until(lambda: len(daemon.listener.on(topic)) >= 2)
        assert daemon.listener.on(topic)[0].json["uptime_s"] == 0


def test_a_live_ends_with_a_summary_and_an_offline_state(joined: Room, daemon: Daemon) -> None:
    joined.gift("bob", "Rose", 3)
    daemon.received("gift")
    joined.end()
    ended = daemon.bridge_event("live_ended")
    assert ended["session_id"] == str(joined.state.room_id)
    documents = settled(daemon, live=False)
    assert (documents["alice/summary"]["diamonds"], documents["alice/summary"]["title"]) == (3, "Cooking")
    assert documents["alice/connection"]["state"] in ("ended", "offline")
    assert documents["alice/state"]["viewers"] is None
    assert documents["alice/availability"] == {"state": "online"}


@one_broker
def test_the_next_live_is_found_and_counts_anew(joined: Room, daemon: Daemon) -> None:
    first = daemon.bridge_event("live_started")
    joined.gift("bob", "Rose", 3)
    daemon.received("gift")
    joined.end()
    daemon.bridge_event("live_ended")
    joined.go_live(title="Dessert")
    joined.wait_for_client(10)
    state = daemon.received("state", title="Dessert").json
    assert state["diamonds"] == 0
    assert state["session_id"] != first["session_id"]
    started = [
        row.json["title"] for row in daemon.listener.on(daemon.topics.bridge("event")) if b"started" in row.payload
    ]
    assert started == ["Cooking", "Dessert"]


@pytest.fixture
def offline(sim: Simulator) -> None:
    """The room of alice, that is not live."""
    sim.room("alice")


# It exists before the daemon asks.
@pytest.mark.usefixtures("offline")
def test_an_offline_room_says_so(daemon: Daemon) -> None:
    connection = daemon.event("connection", state="offline")
    assert (connection["code"], connection["reason"]) == ("offline", "Not live; watching")
    assert connection["retry_at"] is not None
    assert settled(daemon, live=False)["alice/state"]["viewers"] is None


@one_broker
def test_a_room_that_does_not_exist_says_so(daemon: Daemon) -> None:
    connection = daemon.event("connection", code="not_found")
    assert connection["state"] == "degraded"
    assert daemon.event("state", live=False)["watch"]


def test_a_removed_room_leaves_nothing_behind(sim: Simulator, room: Room, broker: Broker) -> None:
    with running(tree(sim, broker.port, rooms=(), retain=["gift", "chat"])) as daemon:
        daemon.up()
        assert daemon.request("add", {"room": "alice"})["status"] == "ok"
        daemon.bridge_event("room_added")
        daemon.bridge_event("live_started")
        room.wait_for_client()
        room.gift("bob", "Rose")
        room.chat("bob", "hello")
        daemon.received("gift")
        documents = settled(daemon, diamonds=1)
        assert {"alice/gift", "alice/chat"} <= documents.keys()
        daemon.announced()
        room.end()
        daemon.received("summary")
        assert daemon.request("remove", {"room": "alice"}) == {"status": "ok", "data": {"room": "alice"}}
        daemon.bridge_event("room_removed")
        topics = set(kept(daemon))
        assert {topic for topic in topics if not topic.startswith("bridge/")} == {
            daemon.topics.device_discovery(f"{daemon.topics.base}-bridge")
        }
        assert kept(daemon)["bridge/info"]["rooms"] == []


def test_a_room_removed_in_the_middle_of_its_live_leaves_nothing_behind(
    sim: Simulator, room: Room, broker: Broker
) -> None:
    with running(tree(sim, broker.port, rooms=())) as daemon:
        daemon.up()
        daemon.request("add", {"room": "alice"})
        room.wait_for_client()
        room.flood(300)
        daemon.request("remove", {"room": "alice"})
        # Whatever was still on its way when the room was removed has arrived with the next answer.
        daemon.request("list", {})
        daemon.received("disconnected")
        assert not [topic for topic in kept(daemon) if topic.startswith("alice/")]
        until(lambda: room.clients == 0)


def test_the_end_leaves_everything_offline_and_the_last_state(joined: Room, daemon: Daemon) -> None:
    daemon.announced()
    joined.gift("bob", "Rose", 3)
    daemon.received("gift")
    assert daemon.stop() == 0
    documents = kept(daemon)
    assert documents["bridge/state"] == documents["alice/availability"] == {"state": "offline"}
    assert documents["alice/state"]["diamonds"] == 3


def test_a_goal_survives_the_daemon_with_the_broker(sim: Simulator, room: Room, broker: Broker) -> None:
    settings = tree(sim, broker.port)
    with running(settings) as daemon:
        daemon.up()
        daemon.listener.publish(daemon.topics.room(room.name, "goal/set"), b"300")
        daemon.received("state", goal=300)
    with running(settings) as daemon:
        daemon.listener.wait(
            daemon.topics.room(room.name, "state"), lambda message: not message.retain and message.json["goal"] == 300
        )
        daemon.listener.publish(daemon.topics.room(room.name, "goal/set"), b"0")
        daemon.listener.wait(daemon.topics.room(room.name, "goal"), lambda message: not message.payload)
        daemon.announced()
        assert daemon.topics.room(room.name, "goal") not in daemon.late()


def test_a_room_that_the_settings_no_longer_name_loses_its_device(sim: Simulator, broker: Broker) -> None:
    settings = tree(sim, broker.port, rooms=("alice", "bob"))
    with running(settings) as daemon:
        daemon.announced("alice")
        daemon.announced("bob")
    with running(settings | {"rooms": ["alice"]}) as daemon:
        bob = daemon.topics.device_discovery(object_id(daemon.topics, "bob"))
        daemon.listener.wait(bob, lambda message: not message.payload)
        daemon.listener.wait(daemon.topics.device_discovery(object_id(daemon.topics, "alice")), lambda m: not m.retain)
        assert bob not in daemon.late()
