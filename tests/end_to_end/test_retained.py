"""Retained documents: for a late subscriber, after a room was removed, after the daemon has stopped."""

import logging
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.daemon import Daemon, running, tree
from tests.helpers import until
from tests.mqtt import Broker
from tiktok2mqtt import __version__
from tiktok2mqtt.bridge.homeassistant.discovery import object_id
from tiktok2mqtt.bridge.purge import clear_retained
from tiktok2mqtt.simulator import Room, Simulator

one_broker = pytest.mark.parametrize("broker", ["embedded"], indirect=True)


def retained_documents(daemon: Daemon) -> dict[str, Any]:
    """Return the retained documents, by topic without the base topic; discovery topics are complete."""
    prefix = daemon.topics.base + "/"
    return {
        topic.removeprefix(prefix): payload if topic.endswith("/cover") else orjson.loads(payload)
        for topic, payload in daemon.retained_payloads().items()
    }


def settled(daemon: Daemon, **state: Any) -> dict[str, Any]:
    """Wait until the state of alice has these values; return the retained documents."""
    daemon.received("state", **state)
    return retained_documents(daemon)


def test_a_late_subscriber_receives_all_documents(joined: Room, daemon: Daemon) -> None:
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
    daemon.discovery()
    daemon.listener.wait(daemon.topics.bridge("gifts"))
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
    assert [room["name"] for room in documents.pop("bridge/rooms")["rooms"]] == ["alice"]
    assert {gift["name"] for gift in documents.pop("bridge/gifts")["gifts"]} <= {"Rose", "Galaxy"}
    devices = {documents[topic]["device"]["name"] for topic in documents}
    assert (len(documents), devices) == (2, {"tiktok2mqtt", "TikTok alice"})


@one_broker
def test_discovery_of_the_bridge_comes_before_that_of_rooms(daemon: Daemon) -> None:
    daemon.discovery()
    names = [
        message.json["device"]["name"]
        for message in daemon.listener.messages
        if message.topic.startswith(daemon.topics.discovery_prefix)
    ]
    assert names.index("tiktok2mqtt") < names.index("TikTok alice")


def test_discovery_refers_to_existing_topics(joined: Room, daemon: Daemon) -> None:
    daemon.received("state", live=True)
    device = daemon.discovery()
    base = daemon.topics.base + "/"
    assert device["state_topic"] == base + "alice/state"
    assert [row["topic"] for row in device["availability"]] == [base + "bridge/state", base + "alice/availability"]
    assert joined.name in device["state_topic"]


@one_broker
def test_health_is_published_repeatedly(sim: Simulator, broker: Broker) -> None:
    with running(tree(sim, broker.port, health_interval=0.1)) as daemon:
        topic = daemon.topics.bridge("health")
        until(lambda: len(daemon.listener.on(topic)) >= 2)
        assert daemon.listener.on(topic)[0].json["uptime_s"] == 0


def test_the_end_of_a_live_is_published_with_a_summary(joined: Room, daemon: Daemon) -> None:
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


def test_a_battle_and_treasure_boxes_are_retained_until_the_live_is_over(joined: Room, daemon: Daemon) -> None:
    joined.battle_start("carla,dora", partners="berta")
    started = daemon.received("battle_started").json
    for host, score in (("alice", 6), ("carla", 3), ("dora", 3)):
        joined.battle_score(score, host=host)
    joined.envelope("bob", diamonds=30, people=3)
    assert daemon.received("envelope").json["diamond_count"] == 30
    joined.battle_end()
    assert daemon.received("battle_ended").json["result_name"] == "draw"
    daemon.received("battle", status="punishment")
    documents = retained_documents(daemon)
    battle = documents["alice/battle"]
    assert {host["unique_id"]: host["score"] for host in battle["hosts"]} == {
        "alice": 6,
        "berta": 0,
        "carla": 3,
        "dora": 3,
    }
    assert (battle["battle_id"], battle["seconds_left"], battle["session_id"]) == (
        started["battle_id"],
        0,
        str(joined.state.room_id),
    )
    assert not {"v", "event_type", "id", "source"} & battle.keys()
    joined.room_user(5)
    state = settled(daemon, viewers=5)["alice/state"]
    assert [box["people_count"] for box in state["envelopes"]] == [3]
    joined.end()
    daemon.bridge_event("live_ended")
    documents = settled(daemon, live=False)
    assert documents["alice/state"]["envelopes"] == []
    until(lambda: "alice/battle" not in retained_documents(daemon))


@one_broker
def test_the_next_live_is_found_and_its_counters_start_at_0(joined: Room, daemon: Daemon) -> None:
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
    assert state["live"]

    def starts() -> list[Any]:
        return [row.json for row in daemon.listener.on(daemon.topics.bridge("event")) if b"started" in row.payload]

    until(lambda: len(starts()) == 2)
    assert [start["title"] for start in starts()] == ["Cooking", "Dessert"]
    assert starts()[1]["room_url"].endswith("/@alice/live")
    assert starts()[1]["cover_url"].startswith("https://")
    assert starts()[1]["started_at"] is not None


@pytest.fixture
def offline(sim: Simulator) -> None:
    """The room of alice, offline."""
    sim.room("alice")


# The room exists before the daemon asks for it.
@pytest.mark.usefixtures("offline")
def test_the_connection_of_an_offline_room(daemon: Daemon) -> None:
    connection = daemon.event("connection", state="offline")
    assert (connection["code"], connection["reason"]) == ("offline", "Not live; watching")
    assert connection["retry_at"] is not None
    assert settled(daemon, live=False)["alice/state"]["viewers"] is None


@one_broker
def test_the_connection_of_a_room_that_does_not_exist(daemon: Daemon) -> None:
    connection = daemon.event("connection", code="not_found")
    assert connection["state"] == "degraded"
    assert daemon.event("state", live=False)["watch"]


def test_a_removed_room_leaves_nothing_retained(sim: Simulator, room: Room, broker: Broker) -> None:
    with running(tree(sim, broker.port, rooms=(), retain=["gift", "chat"])) as daemon:
        daemon.wait_until_online()
        assert daemon.request("add", {"room": "alice"})["status"] == "ok"
        daemon.bridge_event("room_added")
        daemon.bridge_event("live_started")
        room.wait_for_client()
        room.gift("bob", "Rose")
        room.chat("bob", "hello")
        daemon.received("gift")
        documents = settled(daemon, diamonds=1)
        assert {"alice/gift", "alice/chat"} <= documents.keys()
        daemon.discovery()
        room.end()
        daemon.received("summary")
        assert daemon.request("remove", {"room": "alice"}) == {"status": "ok", "data": {"room": "alice"}}
        daemon.bridge_event("room_removed")
        topics = set(retained_documents(daemon))
        assert {topic for topic in topics if not topic.startswith("bridge/")} == {
            daemon.topics.device_discovery(f"{daemon.topics.base}-bridge")
        }
        assert retained_documents(daemon)["bridge/info"]["rooms"] == []


def test_a_room_removed_during_its_live_leaves_nothing_retained(sim: Simulator, room: Room, broker: Broker) -> None:
    with running(tree(sim, broker.port, rooms=())) as daemon:
        daemon.wait_until_online()
        daemon.request("add", {"room": "alice"})
        room.wait_for_client()
        room.flood(300)
        daemon.request("remove", {"room": "alice"})
        # What was published before the removal has arrived when the next response has.
        daemon.request("list", {})
        daemon.received("disconnected")
        assert not [topic for topic in retained_documents(daemon) if topic.startswith("alice/")]
        until(lambda: room.clients == 0)


def test_after_the_end_everything_is_offline_and_the_last_state_is_retained(joined: Room, daemon: Daemon) -> None:
    daemon.discovery()
    joined.gift("bob", "Rose", 3)
    daemon.received("gift")
    assert daemon.stop() == 0
    documents = retained_documents(daemon)
    assert documents["bridge/state"] == documents["alice/availability"] == {"state": "offline"}
    assert documents["alice/state"]["diamonds"] == 3


def test_a_goal_survives_a_restart_as_a_retained_message(sim: Simulator, room: Room, broker: Broker) -> None:
    settings = tree(sim, broker.port)
    with running(settings) as daemon:
        daemon.wait_until_online()
        daemon.listener.publish(daemon.topics.room(room.name, "goal/set"), b"300")
        daemon.received("state", goal=300)
    with running(settings) as daemon:
        daemon.listener.wait(
            daemon.topics.room(room.name, "state"), lambda message: not message.retain and message.json["goal"] == 300
        )
        daemon.listener.publish(daemon.topics.room(room.name, "goal/set"), b"0")
        daemon.listener.wait(daemon.topics.room(room.name, "goal"), lambda message: not message.payload)
        daemon.discovery()
        assert daemon.topics.room(room.name, "goal") not in daemon.retained_payloads()


def test_the_device_of_a_room_that_was_removed_from_the_settings_is_removed(sim: Simulator, broker: Broker) -> None:
    settings = tree(sim, broker.port, rooms=("alice", "bob"))
    with running(settings) as daemon:
        daemon.discovery("alice")
        daemon.discovery("bob")
    with running(settings | {"rooms": ["alice"]}) as daemon:
        bob = daemon.topics.device_discovery(object_id(daemon.topics, "bob"))
        daemon.listener.wait(bob, lambda message: not message.payload)
        daemon.listener.wait(daemon.topics.device_discovery(object_id(daemon.topics, "alice")), lambda m: not m.retain)
        assert bob not in daemon.retained_payloads()


@pytest.mark.parametrize("has_folder", [True, False])
def test_what_former_rooms_have_retained_is_cleared_or_named_once(
    sim: Simulator, broker: Broker, tmp_path: Path, caplog: pytest.LogCaptureFixture, has_folder: bool
) -> None:
    caplog.set_level(logging.INFO, "tiktok2mqtt")
    for name in ("alice", "bob", "carol"):
        sim.room(name)
    settings = tree(sim, broker.port, ("alice", "bob", "carol"), state_dir=str(tmp_path) if has_folder else None)
    with running(settings) as daemon:
        for name in ("bob", "carol"):
            daemon.event("state", name)
            daemon.listener.publish(daemon.topics.room(name, "goal/set"), "500")
            daemon.event("state", name, goal=500)
    with running(settings | {"rooms": ["alice"]}) as daemon:
        until(lambda: "not watched" in caplog.text)
        expected = {"bridge", "alice"} if has_folder else {"bridge", "alice", "bob", "carol"}
        base = daemon.topics.base
        until(lambda: {name.split("/")[1] for name in daemon.retained_payloads() if name.startswith(base)} == expected)
    lines = [text for text in caplog.messages if "bob" in text and "not watched" in text]
    assert len(lines) == 1
    assert ("tiktok2mqtt purge" in lines[0]) is not has_folder
    assert not [text for text in caplog.messages if text.startswith("ignored the retained message")]


@one_broker
def test_the_number_of_live_rooms_is_published_at_once(sim: Simulator, broker: Broker) -> None:
    room = sim.room("alice")
    with running(tree(sim, broker.port, health_interval=3600)) as daemon:
        topic = daemon.topics.bridge("health")
        daemon.listener.wait(topic, lambda message: message.json["live_rooms"] == 0)
        room.go_live()
        daemon.listener.wait(topic, lambda message: message.json["live_rooms"] == 1)


def wait_for_messages(daemon: Daemon, topic: str, number: int) -> None:
    until(lambda: len(daemon.listener.on(topic)) >= number)


@pytest.mark.parametrize("may_remove", [True, False])
def test_a_device_that_is_deleted_in_home_assistant(
    sim: Simulator, broker: Broker, caplog: pytest.LogCaptureFixture, may_remove: bool
) -> None:
    caplog.set_level(logging.INFO, "tiktok2mqtt")
    sim.room("alice")
    sim.room("bob")
    allowed = "add,list,remove" if may_remove else "add,list"
    with running(tree(sim, broker.port, allowed_commands=allowed)) as daemon:
        daemon.discovery()
        assert daemon.request("add", {"room": "bob"})["status"] == "ok"
        daemon.discovery("bob")
        topics = daemon.topics
        for name in ("alice", "bob"):
            topic = topics.device_discovery(object_id(topics, name))
            before = len(daemon.listener.on(topic))
            daemon.listener.publish(topic, b"", retain=True)
            if name == "bob" and may_remove:
                daemon.bridge_event("room_removed", "bob")
                assert [room["room"] for room in daemon.request("list", {})["data"]] == ["alice"]
            else:
                wait_for_messages(daemon, topic, before + 2)
                assert daemon.listener.on(topic)[-1].payload
                assert f"the device of {name} was deleted in Home Assistant; it is announced again" in caplog.text


@one_broker
def test_a_purge_while_the_daemon_runs_removes_no_room(sim: Simulator, broker: Broker) -> None:
    sim.room("alice")
    sim.room("bob")
    with running(tree(sim, broker.port)) as daemon:
        daemon.discovery()
        assert daemon.request("add", {"room": "bob"})["status"] == "ok"
        daemon.discovery("bob")
        before = len(daemon.listener.on(topic := daemon.topics.device_discovery(object_id(daemon.topics, "bob"))))
        clear_retained(daemon.settings, force=True)
        wait_for_messages(daemon, topic, before + 2)
        assert [room["room"] for room in daemon.request("list", {})["data"]] == ["alice", "bob"]
