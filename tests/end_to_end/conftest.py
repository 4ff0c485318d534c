from collections.abc import Iterator

import pytest

from tests.daemon import Daemon, running, tree
from tests.mqtt import Broker
from tiktok2mqtt.simulator import Room, Simulator


@pytest.fixture(autouse=True)
def quick_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait for the second between two writes, nor for that before discovery; both have their own tests."""
    monkeypatch.setattr("tiktok2mqtt.bridge.homeassistant.announcer.LISTEN_S", 0.1)
    monkeypatch.setattr("tiktok2mqtt.bridge.room.WRITE_INTERVAL_S", 0.1)


@pytest.fixture
def room(sim: Simulator) -> Room:
    """The room of alice, live."""
    alice = sim.room("alice")
    alice.go_live(title="Cooking", viewers=12)
    return alice


@pytest.fixture
def daemon(sim: Simulator, broker: Broker) -> Iterator[Daemon]:
    """A daemon that follows alice."""
    with running(tree(sim, broker.port, commands_per_minute=6000)) as started:
        yield started


@pytest.fixture
def heard(room: Room, daemon: Daemon) -> Room:  # noqa: ARG001 - it must run
    """The room of alice, live and heard by the daemon."""
    room.wait_for_client()
    return room
