"""A broker that accepts only small messages, and says so with MQTT 5."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.daemon import Daemon, DaemonClient, Tree, listening, retained, running, tree
from tests.helpers import until
from tests.mqtt import MOSQUITTO, Mosquitto, free_port
from tiktok2mqtt.bridge.homeassistant.discovery import object_id
from tiktok2mqtt.simulator import Simulator

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
