"""The broker away: at the start, in the middle, for longer than an event is fresh."""

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
def away(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A broker that does not run yet."""
    if request.param == "mosquitto" and MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    broker: Broker = EmbeddedBroker(free_port()) if request.param == "embedded" else Mosquitto(tmp_path)
    yield broker
    broker.stop()


def hold(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let the bridge connect to the broker only once the event is set: when somebody listens."""
    may_connect = threading.Event()
    client = bridge._link._client
    connect = client.connect

    def connect_later(host: str, port: int, keepalive: int) -> object:
        may_connect.wait(TIMEOUT_S)
        return connect(host, port, keepalive)

    monkeypatch.setattr(client, "connect", connect_later)
    return may_connect


def test_without_a_broker_at_the_start_it_tries_again(
    sim: Simulator, room: Room, away: Broker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tree(sim, away.port)
    daemon = Daemon(settings, listening(settings))
    daemon.start()
    try:
        room.wait_for_client()
        room.gift("bob", "Rose", 3)
        room.chat("bob", "hello")
        until(lambda: daemon.bridge.health()["events"] >= 6)
        until(lambda: "cannot reach the broker" in caplog.text)
        may_connect = hold(daemon.bridge, monkeypatch)
        away.start()
        with daemon.listener:
            may_connect.set()
            daemon.up()
            assert daemon.received("gift", count=3).json["delayed"] is False
            daemon.received("chat", comment="hello")
            daemon.bridge_event("live_started")
            assert daemon.received("state", diamonds=3).json["live"]
            daemon.announced()
            assert len(daemon.late()) == 9
    finally:
        assert daemon.stop() == 0


def age(bridge: Bridge, by_s: float) -> None:
    """Let what waits for the broker be older than it is."""
    outbox = bridge._outbox
    with outbox._lock:
        for message in (*outbox._priority._window, *outbox._streaming):
            message.created_at -= by_s


def test_a_restarted_broker_gets_everything_again(
    sim: Simulator, room: Room, away: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    away.start()
    settings = tree(sim, away.port)
    with running(settings) as daemon:
        room.wait_for_client()
        room.gift("bob", "Rose")
        daemon.received("gift", unique_id="bob")
        daemon.received("state", diamonds=1)
        before = daemon.late().keys()
        may_connect = hold(daemon.bridge, monkeypatch)
        away.stop()
        until(lambda: not daemon.bridge._link.connected)
        gifts = [f"viewer{number}" for number in range(20)]
        for name in gifts:
            room.gift(name, "Rose")
        room.follow("carol")
        until(lambda: daemon.bridge.health()["queue"]["priority"] >= 21)
        age(daemon.bridge, 6.0)
        room.gift("dave", "Rose")
        until(lambda: daemon.bridge.health()["queue"]["priority"] >= 22)
        away.start()
        with listening(settings) as listener:
            daemon.listener = listener
            may_connect.set()
            daemon.received("gift", unique_id="dave", delayed=False)
            daemon.received("follow", unique_id="carol", delayed=True)
            heard = [message.json for message in listener.on(daemon.topics.room("alice", "gift"))]
            assert [gift["unique_id"] for gift in heard if gift["delayed"]] == gifts
            daemon.received("state", diamonds=22)
            until(lambda: daemon.late().keys() == before)
    assert room.clients == 0
