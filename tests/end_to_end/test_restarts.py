"""What a daemon remembers across its end, however it came."""

from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Daemon, Ear, Tree, command, listening, running, tree
from tests.helpers import until
from tests.mqtt import TIMEOUT_S, Broker
from tiktok2mqtt.bridge.rooms_file import FILE
from tiktok2mqtt.simulator import Simulator

# What is remembered is no matter of the broker.
pytestmark = [pytest.mark.unmeasured, pytest.mark.parametrize("broker", ["embedded"], indirect=True)]
Rooms = dict[str, tuple[str, bool]]


def rooms(daemon: Ear) -> Rooms:
    """Return source and watch of each room."""
    return {row["room"]: (row["source"], row["watch"]) for row in daemon.request("list", {})["data"]}


def lasting(sim: Simulator, broker: Broker, folder: Path, **more: Any) -> Tree:
    return tree(sim, broker.port, commands_per_minute=6000, state_dir=str(folder / "state"), **more)


def test_rooms_survive_a_kill_and_who_is_disconnected_stays_so(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    bob = sim.room("bob")
    for name in ("alice", "carol"):
        sim.room(name).go_live()
    bob.go_live()
    settings = lasting(sim, broker, tmp_path)
    expected = {"alice": ("settings", False), "bob": ("command", True), "carol": ("command", False)}
    with listening(settings) as listener, command("run", settings=settings, folder=tmp_path) as child:
        daemon = Ear(settings, listener)
        daemon.up()
        for act, name in (("add", "bob"), ("add", "carol"), ("disconnect", "carol"), ("disconnect", "alice")):
            assert daemon.request(act, {"room": name})["status"] == "ok"
        # The last answer is out: whatever comes now, it is kept.
        child.kill()
        child.wait(TIMEOUT_S)
        until(lambda: bob.clients == 0)
    with listening(settings) as listener, command("run", settings=settings, folder=tmp_path):
        daemon = Ear(settings, listener)
        bob.wait_for_client()
        daemon.event("connection", room="bob", state="live")
        assert rooms(daemon) == expected
        assert daemon.late()[daemon.topics.room("alice", "connection")].startswith(b'{"state":"disabled"')
        assert (sim.room("alice").clients, sim.room("carol").clients) == (0, 0)


def test_a_second_daemon_on_the_same_folder_is_refused(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    settings = lasting(sim, broker, tmp_path)
    with running(settings) as daemon:
        daemon.up()
        mqtt = settings["mqtt"]
        other = settings | {"mqtt": mqtt | {"client_id": "other", "base_topic": mqtt["base_topic"] + "other"}}
        with command("run", settings=other, folder=tmp_path) as child:
            _, errors = child.communicate(timeout=TIMEOUT_S)
        words = f"state_dir: {tmp_path / 'state'} is in use by another tiktok2mqtt; give each its own"
        assert (child.returncode, errors) == (2, f"tiktok2mqtt: {words}\n")
        assert daemon.request("list", {})["status"] == "ok"


def test_a_broken_file_is_said_and_the_daemon_goes_on(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / FILE).write_bytes(b'{"rooms": [')
    with running(lasting(sim, broker, tmp_path)) as daemon:
        daemon.up()
        store = daemon.request("health_check", {})["data"]["store"]
        assert store["lasting"]
        assert "rooms.json could not be used" in store["problem"]
        sim.room("bob")
        assert daemon.request("add", {"room": "bob"})["status"] == "ok"
    assert [path.read_bytes() for path in (tmp_path / "state").glob(f"{FILE}.corrupt-*")] == [b'{"rooms": [']
    with running(lasting(sim, broker, tmp_path)) as again:
        again.up()
        assert rooms(again) == {"alice": ("settings", True), "bob": ("command", True)}


def test_without_a_folder_rooms_are_forgotten_and_health_says_so(daemon: Daemon) -> None:
    daemon.up()
    assert daemon.event("health", room="bridge")["store"] == {
        "lasting": False,
        "problem": "state_dir is not set: rooms added by command are forgotten when the daemon ends",
    }
