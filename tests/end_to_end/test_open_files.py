"""The process may open only a few files, and many rooms are live."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemon import DaemonClient, command, listening, tree
from tests.helpers import until
from tests.mqtt import MOSQUITTO, Mosquitto
from tiktok2mqtt.bridge.connector import FILES_PER_ROOM, RESERVED_FILES
from tiktok2mqtt.simulator import Simulator

FILES = 64
CONNECTED = (FILES - RESERVED_FILES) // FILES_PER_ROOM
ROOMS = tuple(f"room{number}" for number in range(80))
LIMITED = ("sh", "-c", f'ulimit -n {FILES} && exec "$0" "$@"')


def connected_rooms(sim: Simulator) -> list[str]:
    return [name for name in ROOMS if sim.room(name).clients]


@pytest.mark.unmeasured
@pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")
def test_the_broker_is_regained_and_rooms_beyond_the_limit_wait(sim: Simulator, tmp_path: Path) -> None:
    for name in ROOMS:
        sim.room(name).go_live()
    with Mosquitto(tmp_path) as broker:
        more = {"state_dir": tmp_path / "state", "log": {"level": "error"}}
        settings = tree(sim, broker.port, ROOMS, **more)
        with command("run", settings=settings, folder=tmp_path, wrapper=LIMITED):
            until(lambda: len(connected_rooms(sim)) == CONNECTED)
            with listening(settings) as listener:
                client = DaemonClient(settings, listener)
                # Which rooms are looked up first depends on the machine.
                names = [name for name in ROOMS if name not in connected_rooms(sim)]
                waiting = [client.event("connection", name, code="connection_limit") for name in names]
                assert {(one["state"], one["transport"]) for one in waiting} == {("degraded", None)}
                assert client.event("state", names[-1], live=True)
            broker.stop()
            broker.start()
            with listening(settings) as listener:
                client = DaemonClient(settings, listener)
                client.wait_until_online()
                for name in connected_rooms(sim):
                    sim.room(name).gift("carol", "Rose", 2)
                    assert client.event("gift", name)["count"] == 2
                # The next room follows one whose LIVE is over.
                over, *others = connected_rooms(sim)
                assert len(others) == CONNECTED - 1
                sim.room(over).end()
                until(lambda: len(connected_rooms(sim)) == CONNECTED)


def test_the_soft_limit_is_raised_as_far_as_it_is_needed() -> None:
    program = """
import resource
from tiktok2mqtt.bridge.connector import connectable_rooms
from tiktok2mqtt.settings import Settings
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
for soft, keys in ((64, {"max_rooms": 30}), (64, {"max_rooms": 1000}), (500, {"max_rooms": 10})):
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    print(connectable_rooms(Settings.model_validate(keys)), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    needed = RESERVED_FILES + FILES_PER_ROOM * 30
    most = (600 - RESERVED_FILES) // FILES_PER_ROOM
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == resource.RLIM_INFINITY or hard >= 600
    shown = subprocess.run(
        ["sh", "-c", 'ulimit -n 600 && exec "$0" "$@"', sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert shown.splitlines() == [f"30 {needed} 600", f"{most} 600 600", "10 500 600"]
