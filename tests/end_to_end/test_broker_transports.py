"""Ways to a broker: WebSocket, Unix socket, several brokers; and settings that limit what is asked of it."""

from pathlib import Path
from typing import Any

import pytest

from tests.daemon import listening, running, tree
from tests.helpers import until
from tests.mqtt import MOSQUITTO, Broker, Mosquitto, free_port, keeps_qos
from tiktok2mqtt.bridge.mqtt.broker_check import check_broker
from tiktok2mqtt.bridge.purge import clear_retained
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import MqttSettings
from tiktok2mqtt.simulator import Room, Simulator

needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="needs mosquitto")
MANY = 300


@needs_mosquitto
@pytest.mark.parametrize("transport", ["websockets", "unix"])
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_events_commands_check_and_purge(
    sim: Simulator, room: Room, tmp_path: Path, transport: str, protocol: str
) -> None:
    port, path = free_port(), str(tmp_path / "socket")
    is_unix = transport == "unix"
    more = [f"listener 0 {path}"] if is_unix else [f"listener {port} 127.0.0.1", "protocol websockets"]
    with Mosquitto(tmp_path, *more) as broker:
        mqtt: dict[str, Any] = {"transport": transport, "port": port, "protocol": protocol}
        settings = tree(sim, broker.port, mqtt=mqtt | ({"path": path} if is_unix else {}))
        with running(settings, broker.port) as daemon:
            room.wait_for_client()
            for number in range(MANY):
                room.chat("bob", f"hello {number} " + "x" * 200)
            room.gift("bob", "Rose", 3)
            daemon.received("gift", count=3)
            daemon.received("chat", comment=f"hello {MANY - 1} " + "x" * 200)
            assert len(daemon.listener.on(daemon.topics.room("alice", "chat"))) == MANY
            daemon.discovery()
            assert daemon.request("list", {})["status"] == "ok"
            broker.stop()
            until(lambda: not daemon.bridge.link.connected)
            room.gift("carol", "Rose")
            broker.start()
            with listening(settings, broker.port) as listener:
                daemon.listener = listener
                daemon.received("state", gifts=4)
        checked = MqttSettings.model_validate(settings["mqtt"])
        assert [step.ok for step in check_broker(checked, Topics(checked.base_topic))] == [True] * 5
        assert clear_retained(daemon.settings, force=True)


@needs_mosquitto
def test_another_broker_is_used_when_the_first_is_gone(sim: Simulator, room: Room, tmp_path: Path) -> None:
    first, second = (Mosquitto(tmp_path, port=free_port()) for _ in range(2))
    with second:
        settings = tree(sim, first.port, mqtt={"hosts": f"127.0.0.1:{second.port}"})
        with running(settings, second.port) as daemon:
            daemon.wait_until_online()
            room.wait_for_client()
            first.start()
            second.stop()
            until(lambda: not daemon.bridge.link.connected)
            room.gift("bob", "Rose", 3)
            with listening(settings, first.port) as listener:
                daemon.listener = listener
                assert daemon.received("gift", count=3).json["delayed"] is True
            first.stop()


def test_the_settings_limit_qos_and_retain(sim: Simulator, room: Room, broker: Broker) -> None:
    with running(tree(sim, broker.port, mqtt={"qos": 0, "retain": False})) as daemon:
        daemon.wait_until_online()
        room.wait_for_client()
        room.gift("bob", "Rose", 3)
        gift = daemon.received("gift", count=3)
        assert gift.qos == 0 or not keeps_qos(broker)
        daemon.received("state", gifts=3)
        assert daemon.retained_payloads() == {}
        until(lambda: daemon.bridge.actions.health()["queue"]["priority"] == 0)
