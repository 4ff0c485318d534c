"""What the daemon remembers after a restart or a crash."""

import time
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Daemon, DaemonClient, Tree, command, listening, running, tree
from tests.helpers import until
from tests.mqtt import TIMEOUT_S, Broker
from tiktok2mqtt.bridge.rooms_file import FILE
from tiktok2mqtt.simulator import Simulator

# Independent of the broker.
pytestmark = [pytest.mark.unmeasured, pytest.mark.parametrize("broker", ["embedded"], indirect=True)]
Rooms = dict[str, tuple[str, bool]]


def rooms(daemon: DaemonClient) -> Rooms:
    """Return source and watch of each room."""
    return {row["room"]: (row["source"], row["watch"]) for row in daemon.request("list", {})["data"]}


def with_state_dir(sim: Simulator, broker: Broker, folder: Path, **more: Any) -> Tree:
    return tree(sim, broker.port, commands_per_minute=6000, state_dir=str(folder / "state"), **more)


def test_rooms_and_disconnected_rooms_survive_a_kill(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    bob = sim.room("bob")
    for name in ("alice", "carol"):
        sim.room(name).go_live()
    bob.go_live()
    settings = with_state_dir(sim, broker, tmp_path)
    expected = {"alice": ("settings", False), "bob": ("command", True), "carol": ("command", False)}
    with listening(settings) as listener, command("run", settings=settings, folder=tmp_path) as child:
        daemon = DaemonClient(settings, listener)
        daemon.wait_until_online()
        for command_name, name in (("add", "bob"), ("add", "carol"), ("disconnect", "carol"), ("disconnect", "alice")):
            assert daemon.request(command_name, {"room": name})["status"] == "ok"
        # Everything is saved before the last response is sent.
        child.kill()
        child.wait(TIMEOUT_S)
        until(lambda: bob.clients == 0)
    with listening(settings) as listener, command("run", settings=settings, folder=tmp_path):
        daemon = DaemonClient(settings, listener)
        bob.wait_for_client()
        daemon.event("connection", room="bob", state="live")
        assert rooms(daemon) == expected
        assert daemon.retained_payloads()[daemon.topics.room("alice", "connection")].startswith(b'{"state":"disabled"')
        assert (sim.room("alice").clients, sim.room("carol").clients) == (0, 0)


def test_a_second_daemon_with_the_same_state_dir_is_refused(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    settings = with_state_dir(sim, broker, tmp_path)
    with running(settings) as daemon:
        daemon.wait_until_online()
        mqtt = settings["mqtt"]
        other = settings | {"mqtt": mqtt | {"client_id": "other", "base_topic": mqtt["base_topic"] + "other"}}
        with command("run", settings=other, folder=tmp_path) as child:
            _, errors = child.communicate(timeout=TIMEOUT_S)
        words = f"state_dir: {tmp_path / 'state'} is in use by another tiktok2mqtt; give each its own"
        assert child.returncode == 3
        assert errors.endswith(f" {words}\n")
        assert daemon.request("list", {})["status"] == "ok"


def test_a_corrupt_file_is_reported_and_the_daemon_continues(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / FILE).write_bytes(b'{"rooms": [')
    with running(with_state_dir(sim, broker, tmp_path)) as daemon:
        daemon.wait_until_online()
        store = daemon.request("health_check", {})["data"]["store"]
        assert store["lasting"]
        assert "rooms.json could not be used" in store["problem"]
        sim.room("bob")
        assert daemon.request("add", {"room": "bob"})["status"] == "ok"
    assert [path.read_bytes() for path in (tmp_path / "state").glob(f"{FILE}.corrupt-*")] == [b'{"rooms": [']
    with running(with_state_dir(sim, broker, tmp_path)) as again:
        again.wait_until_online()
        assert rooms(again) == {"alice": ("settings", True), "bob": ("command", True)}


@pytest.mark.parametrize("has_state_dir", [True, False], ids=["state_dir", "retained"])
def test_a_live_stays_live_over_a_restart(sim: Simulator, broker: Broker, tmp_path: Path, has_state_dir: bool) -> None:
    """TikTok refuses everything when the daemon comes back: what was known a moment ago still counts."""
    room = sim.room("alice")
    room.go_live()
    settings = with_state_dir(sim, broker, tmp_path) if has_state_dir else tree(sim, broker.port)
    with listening(settings) as listener, command("run", settings=settings, folder=tmp_path) as child:
        daemon = DaemonClient(settings, listener)
        daemon.bridge_event("live_started")
        daemon.event("state", live=True, stale=False)
        child.kill()
        child.wait(TIMEOUT_S)
        until(lambda: room.clients == 0)
    room.fail_http(403, times=None)
    with listening(settings) as listener, command("run", settings=settings, folder=tmp_path):
        daemon = DaemonClient(settings, listener)
        daemon.event("connection", code="blocked")
        daemon.event("state", live=True, stale=True)
        states = [row.json["live"] for row in listener.on(daemon.topics.room("alice", "state"))]
        assert set(states) == {True}
        # The first start may be sent again if its acknowledgement was not on disk yet.
        events = {row.json["event_type"] for row in listener.on(daemon.topics.bridge("event"))}
        assert events - {"room_added"} <= ({"live_started"} if has_state_dir else set())


def test_health_reports_a_missing_state_dir(daemon: Daemon) -> None:
    daemon.wait_until_online()
    assert daemon.event("health", room="bridge")["store"] == {
        "lasting": False,
        "problem": "state_dir is not set: rooms added by command are forgotten when the daemon ends",
    }


@pytest.mark.parametrize("days", [1, 30])
def test_a_damaged_database_is_kept_as_long_as_the_settings_say(
    sim: Simulator, broker: Broker, tmp_path: Path, days: int
) -> None:
    stamp = time.strftime("%Y%m%dT%H%M%S", time.localtime(time.time() - 2 * 24 * 3600))
    aside = tmp_path / f"state.sqlite.damaged-{stamp}"
    aside.touch()
    with running(tree(sim, broker.port, state_dir=tmp_path, privacy={"keep_damaged": days})) as daemon:
        daemon.listener.wait(daemon.topics.bridge("health"))
    assert aside.exists() is (days == 30)
