from collections.abc import Iterator

import pytest

from tests.daemon import Daemon, running, tree
from tests.mqtt import Broker
from tiktok2mqtt.simulator import Room, Simulator


@pytest.fixture(autouse=True)
def short_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the interval between two documents and the timeout before discovery; both have their own tests."""
    monkeypatch.setattr("tiktok2mqtt.bridge.homeassistant.discovery_publisher.RETAINED_TIMEOUT_S", 0.1)
    monkeypatch.setattr("tiktok2mqtt.bridge.documents.WRITE_INTERVAL_S", 0.1)


@pytest.fixture
def room(sim: Simulator) -> Room:
    """The room of alice, live."""
    alice = sim.room("alice")
    alice.go_live(title="Cooking", viewers=12)
    return alice


@pytest.fixture
def daemon(sim: Simulator, broker: Broker) -> Iterator[Daemon]:
    """A daemon with the room alice."""
    with running(tree(sim, broker.port, commands_per_minute=6000)) as started:
        yield started


@pytest.fixture
def joined(room: Room, daemon: Daemon) -> Room:  # noqa: ARG001 - it must run
    """The room of alice, live, with the daemon connected to it."""
    room.wait_for_client()
    return room
