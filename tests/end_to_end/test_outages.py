"""The broker is unavailable: at the start, during a LIVE, longer than events wait without being delayed."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import Daemon, listening, running, tree
from tests.helpers import until
from tests.mqtt import MOSQUITTO, TIMEOUT_S, Broker, Mosquitto, free_port
from tiktok2mqtt.bridge.bridge import Bridge
from tiktok2mqtt.cli.broker import EmbeddedBroker
from tiktok2mqtt.simulator import Room, Simulator


@pytest.fixture(params=["embedded", "mosquitto"])
def stopped_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A broker that has not been started."""
    if request.param == "mosquitto" and MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    broker: Broker = EmbeddedBroker(free_port()) if request.param == "embedded" else Mosquitto(tmp_path)
    yield broker
    broker.stop()


def hold(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Keep the bridge from connecting to the broker until the returned event is set: until the test listens."""
    may_connect = threading.Event()
    client = bridge.link._client
    connect = client.connect

    def connect_later(host: str, port: int, keepalive: int) -> object:
        may_connect.wait(TIMEOUT_S)
        return connect(host, port, keepalive)

    monkeypatch.setattr(client, "connect", connect_later)
    return may_connect


def test_it_retries_until_the_broker_is_up(
    sim: Simulator,
    room: Room,
    stopped_broker: Broker,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = tree(sim, stopped_broker.port)
    daemon = Daemon(settings, listening(settings))
    daemon.start()
    try:
        room.wait_for_client()
        room.gift("bob", "Rose", 3)
        room.chat("bob", "hello")
        until(lambda: daemon.bridge.actions.health()["events"] >= 6)
        until(lambda: "cannot reach the broker" in caplog.text)
        may_connect = hold(daemon.bridge, monkeypatch)
        stopped_broker.start()
        with daemon.listener:
            may_connect.set()
            daemon.wait_until_online()
            assert daemon.received("gift", count=3).json["delayed"] is True
            daemon.received("chat", comment="hello")
            daemon.bridge_event("live_started")
            assert daemon.received("state", diamonds=3).json["live"]
            daemon.discovery()
            daemon.listener.wait(daemon.topics.bridge("gifts"))
            daemon.listener.wait(daemon.topics.bridge("rooms"))
            assert len(daemon.retained_payloads()) == 11
    finally:
        assert daemon.stop() == 0


def test_after_a_broker_restart_everything_is_published(
    sim: Simulator, room: Room, stopped_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped_broker.start()
    settings = tree(sim, stopped_broker.port)
    with running(settings) as daemon:
        room.wait_for_client()
        room.gift("bob", "Rose")
        daemon.received("gift", unique_id="bob")
        daemon.received("state", diamonds=1)
        daemon.listener.wait(daemon.topics.bridge("gifts"))
        before = daemon.retained_payloads().keys()
        may_connect = hold(daemon.bridge, monkeypatch)
        stopped_broker.stop()
        until(lambda: not daemon.bridge.link.connected)
        gifts = [f"viewer{number}" for number in range(20)]
        for name in gifts:
            room.gift(name, "Rose")
        room.follow("carol")
        until(lambda: daemon.bridge.actions.health()["queue"]["priority"] >= 21)
        room.gift("dave", "Rose")
        until(lambda: daemon.bridge.actions.health()["queue"]["priority"] >= 22)
        stopped_broker.start()
        with listening(settings) as listener:
            daemon.listener = listener
            may_connect.set()
            daemon.received("gift", unique_id="dave", delayed=True)
            daemon.received("follow", unique_id="carol", delayed=True)
            gift_events = [message.json for message in listener.on(daemon.topics.room("alice", "gift"))]
            assert [gift["unique_id"] for gift in gift_events] == [*gifts, "dave"]
            daemon.received("state", diamonds=22)
            until(lambda: daemon.retained_payloads().keys() == before)
    assert room.clients == 0


def test_events_wait_for_home_assistant_after_an_outage(sim: Simulator, room: Room, tmp_path: Path) -> None:
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    with Mosquitto(tmp_path) as broker:
        settings = tree(sim, broker.port)
        settings["homeassistant"]["wait_for_birth"] = 600
        birth = f"{settings['homeassistant']['prefix']}/status"
        with running(settings) as daemon:
            daemon.discovery()
            daemon.listener.publish(birth, "online")
            room.wait_for_client()
            broker.stop()
            until(lambda: not daemon.bridge.link.connected)
            for name in ("bob", "carol"):
                room.gift(name, "Rose")
            until(lambda: daemon.bridge.actions.health()["queue"]["priority"] >= 2)
            broker.start()
            with listening(settings) as listener:
                daemon.listener = listener
                daemon.discovery()
                daemon.received("state", diamonds=2)
                room.gift("dave", "Rose")
                room.chat("bob", "hello")
                daemon.received("chat", comment="hello")
                daemon.received("state", diamonds=3)
                assert daemon.request("list", {})["status"] == "ok"
                assert not listener.on(daemon.topics.room("alice", "gift"))
                listener.publish(birth, "online")
                daemon.received("gift", unique_id="dave")
                gifts = [message.json for message in listener.on(daemon.topics.room("alice", "gift"))]
                assert [(gift["unique_id"], gift["delayed"]) for gift in gifts] == [
                    ("bob", True),
                    ("carol", True),
                    ("dave", True),
                ]
                room.gift("erin", "Rose")
                daemon.received("gift", unique_id="erin", delayed=False)
