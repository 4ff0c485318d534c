"""A broker that accepts only small messages: with MQTT 5 it says so, otherwise it closes the connection."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.daemon import Daemon, DaemonClient, Tree, listening, retained, running, tree
from tests.helpers import until
from tests.mqtt import MOSQUITTO, Mosquitto, free_port
from tiktok2mqtt.bridge.homeassistant.discovery import object_id
from tiktok2mqtt.simulator import Room, Simulator

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")
# The message of the device of a room has 12.6 kB.
LIMIT = 10_000


def announced(daemon: Daemon) -> tuple[bool, int]:
    """Return whether the broker has the message of the device of alice, and how many it has of her entities."""
    device_id = object_id(daemon.topics, "alice")
    topics = [one.topic for one in retained(daemon.settings.mqtt.port, daemon.topics) if f"/{device_id}/" in one.topic]
    is_device = daemon.topics.device_discovery(device_id) in topics
    return is_device, len(topics) - is_device


def wait_until_acknowledged(settings: Tree) -> None:
    """Wait for the answer to a request: then the daemon has received all acknowledgements that came before."""
    with listening(settings) as listener:
        DaemonClient(settings, listener).request("list", {})


def test_home_assistant_discovery_takes_the_form_that_the_broker_accepts(sim: Simulator, tmp_path: Path) -> None:
    sim.room("alice")
    port = free_port()
    settings = tree(sim, port, mqtt={"protocol": "5"})
    lasting = ["persistence true", f"persistence_location {tmp_path}/"]
    with ExitStack() as stack:
        broker = Mosquitto(tmp_path, *lasting, port=port)
        broker.start()
        daemon = stack.enter_context(running(settings))
        until(lambda: announced(daemon) == (True, 0))
        for limit in ([f"max_packet_size {LIMIT}"], []):
            wait_until_acknowledged(settings)
            broker.stop()
            broker = stack.enter_context(Mosquitto(tmp_path, *lasting, *limit, port=port))
            if limit:
                until(lambda: announced(daemon)[1] > 30 and not announced(daemon)[0])
                assert max(len(one.payload) for one in retained(port, daemon.topics)) < LIMIT
            else:
                until(lambda: announced(daemon) == (True, 0))


def test_with_mqtt_3_1_1_the_form_is_found_when_the_broker_closes_the_connection(
    sim: Simulator, room: Room, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Mosquitto(tmp_path, f"max_packet_size {LIMIT}") as broker, running(tree(sim, broker.port)) as daemon:
        until(lambda: announced(daemon)[1] > 30 and not announced(daemon)[0])
        room.wait_for_client()
        room.gift("bob", "Rose", 3)
        daemon.received("gift")
    lost = [text for text in caplog.messages if "connection to the broker was lost" in text]
    assert 1 <= len(lost) <= 2


def test_hundreds_of_rooms_need_no_large_message(
    sim: Simulator, room: Room, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names = ["alice", *(f"a.room_with_a_name.{number}" for number in range(249))]
    with Mosquitto(tmp_path, "max_packet_size 20000") as broker:
        settings = tree(
            sim, broker.port, tuple(names), max_rooms=250, health_interval=0.1, tiktok={"watch_interval": 60}
        )
        with running(settings) as daemon:
            daemon.discovery(names[-1])
            room.wait_for_client()
            for command in ("list", "status"):
                listed: list[str] = []
                offset: int | None = 0
                while offset is not None:
                    answer = daemon.request(command, {"offset": offset})
                    listed += [one["room"] for one in answer["data"]]
                    offset = answer.get("next_offset")
                assert listed == names
            assert daemon.request("health_check", {})["data"]["rooms"] == 250
            for document in ("info", "health"):
                topic = daemon.topics.bridge(document)
                daemon.listener.wait(topic, lambda one: one.json["omitted"])
            room.gift("bob", "Rose", 3)
            daemon.received("gift")
    assert "lost" not in caplog.text
