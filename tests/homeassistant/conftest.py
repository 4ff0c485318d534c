import os
from collections.abc import Iterator

import pytest

from tests.daemon import Daemon
from tests.homeassistant.api import HomeAssistant
from tests.homeassistant.device import Device, daemon_settings, running_and_purging
from tests.mqtt import MOSQUITTO, Broker, Mosquitto
from tiktok2mqtt.simulator import Room, Simulator


@pytest.fixture(scope="session")
def ha() -> HomeAssistant:
    """The Home Assistant that the environment variables describe."""
    if "HA_URL" not in os.environ:
        pytest.skip("HA_URL, HA_TOKEN and HA_LOG are not set (see tests/homeassistant/api.py)")
    home_assistant = HomeAssistant.from_environment()
    home_assistant.confirm_address()
    return home_assistant


@pytest.fixture(scope="session")
def ha_broker(ha: HomeAssistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """A broker without persistence, which tests may restart; Home Assistant is configured to use it."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        ha.use_broker(broker.port)
        yield broker
        ha.use_broker(int(os.environ["HA_MQTT_PORT"]))


@pytest.fixture(autouse=True)
def no_complaints(ha: HomeAssistant) -> Iterator[None]:
    """Fail a test if the MQTT integration logs a warning or an error."""
    since = ha.log_size()
    yield
    assert ha.complaints(since) == []


@pytest.fixture
def alice(sim: Simulator) -> Room:
    """The room of alice, live."""
    room = sim.room("alice")
    room.go_live(title="Cooking", viewers=12)
    return room


@pytest.fixture
def daemon(ha_broker: Broker, sim: Simulator, alice: Room) -> Iterator[Daemon]:
    """A daemon with the room of alice, connected to it, with its own base topic."""
    homeassistant = {"disabled_entities": "", "simulate_button": True, "device_triggers": True}
    with running_and_purging(daemon_settings(sim, ha_broker, homeassistant=homeassistant)) as started:
        alice.wait_for_client()
        yield started


@pytest.fixture
def device(ha: HomeAssistant, daemon: Daemon) -> Device:
    """The complete device of alice."""
    return Device(ha, daemon).wait("live", "goal", "cover", "stream")
