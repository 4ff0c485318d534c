"""Settings and what they change on MQTT and towards TikTok."""

import pytest

from tests.daemon import retained, running, tree
from tests.helpers import until
from tests.mqtt import MOSQUITTO, Broker, Mosquitto
from tiktok2mqtt.bridge.homeassistant.discovery import object_id
from tiktok2mqtt.simulator import Room, Simulator


def test_only_selected_events_are_published(sim: Simulator, room: Room, broker: Broker) -> None:
    settings = tree(sim, broker.port, events=["gift", "chat", "question_new"], exclude_events=["chat"])
    with running(settings) as daemon:
        room.wait_for_client()
        for send in (room.chat, room.question):
            send("bob", "hello")
        room.gift("bob", "Rose")
        room.share("bob")
        daemon.received("gift")
        until(lambda: daemon.received("state").json)
        daemon.received("state", comments=1, shares=1)
        topics = {message.topic for message in daemon.listener.messages}
        assert {"question_new", "gift", "chat", "share", "gift_streak", "connected"} & {
            topic.rpartition("/")[2] for topic in topics
        } == {"question_new", "gift"}


def test_a_room_may_publish_other_events_than_the_rest(sim: Simulator, room: Room, broker: Broker) -> None:
    other = sim.room("bob")
    other.go_live()
    own = {"alice": {"events": ["gift"]}}
    with running(tree(sim, broker.port, rooms=("alice", "bob"), exclude_events=["share"], room=own)) as daemon:
        for one in (room, other):
            one.wait_for_client()
            one.chat("carol", "hello")
            one.gift("carol", "Rose")
        daemon.received("gift")
        daemon.listener.wait(daemon.topics.room("bob", "gift"))
        topics = {message.topic.removeprefix(f"{daemon.topics.base}/") for message in daemon.listener.messages}
        assert {"alice/gift", "bob/gift", "bob/chat"} <= topics
        assert "alice/chat" not in topics


def test_a_host_who_has_another_name_now_is_followed(sim: Simulator, broker: Broker) -> None:
    """The number of the host is in the settings. The topics stay."""
    room = sim.room("alicia")
    room.go_live(title="Pottery")
    own = {"alice": {"user_id": str(room.state.host.user_id)}}
    with running(tree(sim, broker.port, room=own)) as daemon:
        assert daemon.bridge_event("room_renamed") == {
            "event_type": "room_renamed",
            "room": "alice",
            "name": "alicia",
        }
        room.wait_for_client()
        room.chat("bob", "hello")
        assert daemon.received("chat", comment="hello").json["room"] == "alice"
        room.end()
        daemon.bridge_event("live_ended")
        room.go_live()
        room.wait_for_client()
        told = [one.json["event_type"] for one in daemon.listener.on(daemon.topics.bridge("event"))]
        assert told.count("room_renamed") == 1


def test_a_name_in_another_script(sim: Simulator, broker: Broker) -> None:
    room = sim.room("さくら")
    room.go_live(title="お茶")
    with running(tree(sim, broker.port, rooms=("さくら",))) as daemon:
        level = "Xe3X81X95Xe3X81X8fXe3X82X89"
        room.wait_for_client()
        room.chat("bob", "hello")
        chat = daemon.listener.wait(f"{daemon.topics.base}/{level}/chat")
        assert chat.json["room"] == "さくら"
        started = daemon.bridge_event("live_started", "さくら")
        assert started["room_url"].endswith("/@%E3%81%95%E3%81%8F%E3%82%89/live")
        device = daemon.listener.wait(
            f"{daemon.topics.discovery_prefix}/device/{object_id(daemon.topics, 'さくら')}/config"
        ).json
        assert device["device"]["name"] == "TikTok さくら"
        daemon.listener.publish(f"{daemon.topics.base}/{level}/set", b"OFF")
        until(lambda: room.clients == 0)
        assert daemon.request("remove", {"room": "さくら"})["error"]


def test_a_room_id_may_be_given(sim: Simulator, room: Room, broker: Broker) -> None:
    for path in ("/live", "api-live"):
        sim.fail_http(path, 403, times=None)
    with running(tree(sim, broker.port, room={"alice": {"room_id": str(room.state.room_id)}})) as daemon:
        room.wait_for_client()
        room.chat("bob", "hello")
        daemon.received("chat", comment="hello")
        assert not [one for one in sim.requests if one.path.endswith("/live") or "api-live" in one.path]
        room.end()
        daemon.bridge_event("live_ended")
        daemon.received("state", live=False)


def test_polling_can_be_selected(sim: Simulator, room: Room, broker: Broker) -> None:
    with running(tree(sim, broker.port, tiktok={"transports": ["polling"]})) as daemon:
        daemon.received("connection", transport="polling")
        room.chat("bob", "hello")
        assert daemon.received("chat", comment="hello").json["source"] == "polling"
    assert room.clients == 0


def test_a_sign_provider_can_be_selected(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with Simulator(sign_key="s3cret-w0rd") as sim:
        room = sim.room("alice")
        room.go_live()
        signing = {"transports": ["signed"], "sign_url": sim.sign_url, "sign_key": "s3cret-w0rd"}
        with running(tree(sim, broker.port, tiktok=signing)) as daemon:
            daemon.received("connection", transport="signed")
            room.wait_for_client()
            room.chat("bob", "hello")
            assert daemon.received("chat", comment="hello").json["source"] == "signed"
            sim.fail_sign("stub")
            room.drop_socket()
            daemon.received("connection", code="provider_down", state="degraded")
            assert not [message for message in daemon.listener.messages if b"s3cret" in message.payload]
    assert "s3cret" not in caplog.text
    sim.check()


def test_selected_events_are_retained(sim: Simulator, room: Room, broker: Broker) -> None:
    with running(tree(sim, broker.port, retain=["gift", "chat"])) as daemon:
        room.wait_for_client()
        room.gift("bob", "Rose", 2)
        for text in ("first", "last"):
            room.chat("bob", text)
        room.share("bob")
        daemon.received("chat", comment="last")
        daemon.received("share")
        late = {message.topic: message for message in retained(broker.port, daemon.topics)}
    assert late[daemon.topics.room("alice", "chat")].json["comment"] == "last"
    assert late[daemon.topics.room("alice", "gift")].json["count"] == 2
    assert daemon.topics.room("alice", "share") not in late


def test_two_bridges_share_a_broker(sim: Simulator, room: Room, broker: Broker) -> None:
    with running(tree(sim, broker.port)) as one, running(tree(sim, broker.port)) as two:
        room.wait_for_client(count=2)
        room.chat("bob", "hello")
        for daemon in (one, two):
            daemon.received("chat", comment="hello")
        one.request("disconnect", {"room": "alice"})
        until(lambda: room.clients == 1)
        room.chat("bob", "again")
        two.received("chat", comment="again")
        assert len(one.listener.on(one.topics.room("alice", "chat"))) == 1
        one.stop()
        assert two.listener.on(two.topics.bridge_state)[-1].json == {"state": "online"}


def test_base_topic_and_bridge_topic_can_be_changed(sim: Simulator, room: Room, broker: Broker) -> None:
    settings = tree(sim, broker.port, mqtt={"base_topic": "home/tt", "bridge_topic": "hub"})
    with running(settings) as daemon:
        room.wait_for_client()
        room.chat("bob", "hello")
        assert daemon.listener.wait("home/tt/alice/chat").json["comment"] == "hello"
        assert daemon.listener.wait("home/tt/hub/state").json == {"state": "online"}
        assert daemon.request("list", {})["status"] == "ok"
        room.end()
        daemon.bridge_event("live_ended")


def test_discovery_can_be_off(sim: Simulator, room: Room, broker: Broker) -> None:
    with running(tree(sim, broker.port, homeassistant={"discovery": "off"})) as daemon:
        room.wait_for_client()
        daemon.received("connected")
        daemon.wait_until_online()
        assert not [m for m in daemon.listener.messages if m.topic.startswith(daemon.topics.discovery_prefix)]


def test_discovery_is_published_again_after_a_birth_message(
    sim: Simulator, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiktok2mqtt.bridge.homeassistant.discovery_publisher.BIRTH_DELAY_S", (0.0, 0.1))
    with running(tree(sim, broker.port)) as daemon:
        daemon.wait_until_online()
        prefix = f"{daemon.topics.discovery_prefix}/device/"

        def announced() -> list[str]:
            return [m.json["device"]["name"] for m in daemon.listener.messages if m.topic.startswith(prefix)]

        until(lambda: len(announced()) >= 2)
        before = len(announced())
        daemon.listener.publish(daemon.topics.birth, b"offline")
        daemon.listener.publish(daemon.topics.birth, b"online")
        until(lambda: len(announced()) >= before + 2)
        assert announced()[before:] == ["tiktok2mqtt", "TikTok alice"]


@pytest.mark.skipif(MOSQUITTO is None, reason="the embedded broker speaks MQTT 3.1.1 only")
def test_mqtt_5(sim: Simulator, room: Room, tmp_path_factory: pytest.TempPathFactory) -> None:
    with (
        Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker,
        running(tree(sim, broker.port, mqtt={"protocol": "5"})) as daemon,
    ):
        room.wait_for_client()
        room.chat("bob", "hello")
        room.gift("bob", "Rose")
        assert (daemon.received("chat").qos, daemon.received("gift").qos) == (0, 1)
        assert daemon.request("list", {})["status"] == "ok"
        assert daemon.stop() == 0
        assert daemon.retained_payloads()[daemon.topics.bridge_state] == b'{"state":"offline"}'


def test_no_secret_is_published(sim: Simulator, broker: Broker) -> None:
    with running(tree(sim, broker.port, mqtt={"username": "bob", "password": "s3cret-w0rd"})) as daemon:
        daemon.wait_until_online()
        daemon.request("status", {})
        daemon.request("health_check", {})
        info = daemon.listener.wait(daemon.topics.bridge("info")).json
        assert not {"username", "password"} & info["settings"]["mqtt"].keys()
        daemon.stop()
        assert not [message for message in daemon.listener.messages if b"s3cret" in message.payload]
