"""The daemon as a process: signals, exit statuses, output."""

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.daemon import DaemonClient, Tree, command, listening, tree
from tests.helpers import until
from tests.mqtt import MOSQUITTO, TIMEOUT_S, Broker, Mosquitto, free_port
from tiktok2mqtt.simulator import Room, Simulator

pytestmark = pytest.mark.unmeasured
Process = subprocess.Popen[str]
one_broker = pytest.mark.parametrize("broker", ["embedded"], indirect=True)


@contextmanager
def process(settings: Tree, folder: Path) -> Iterator[tuple[Process, DaemonClient]]:
    """A daemon in a child process, online, and a listener on its topics."""
    with listening(settings) as listener, command("run", settings=settings, folder=folder) as child:
        client = DaemonClient(settings, listener)
        client.wait_until_online()
        yield child, client


def ended(child: Process) -> tuple[int, str]:
    """Wait for the end of the process; return its exit status and its output on standard error."""
    _, errors = child.communicate(timeout=TIMEOUT_S)
    return child.returncode, errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(
    room: Room, sim: Simulator, broker: Broker, tmp_path: Path, number: signal.Signals
) -> None:
    with process(tree(sim, broker.port), tmp_path) as (child, client):
        room.wait_for_client()
        room.gift_streak("bob", "Rose", 3)
        client.received("gift_streak", count=3)
        began = time.monotonic()
        child.send_signal(number)
        status, errors = ended(child)
        assert time.monotonic() - began < 5
        assert status == 0
        assert "Traceback" not in errors
        assert errors.rstrip().endswith("stopped")
        # The running streak is published.
        assert client.received("gift").json["closed_by"] == "disconnect"
        late = client.retained_payloads()
        for topic in (client.topics.bridge_state, client.topics.room("alice", "availability")):
            assert late[topic] == b'{"state":"offline"}'


@one_broker
def test_it_stops_in_time_while_tiktok_does_not_respond(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings = tree(sim, broker.port, rooms=("alice", "bob"), tiktok={"web_url": url, "connect_timeout": 60})
        with process(settings, tmp_path) as (child, client):
            connection, _ = silent.accept()
            with connection:
                began = time.monotonic()
                child.terminate()
                assert ended(child)[0] == 0
                assert time.monotonic() - began < 5
            assert client.retained_payloads()[client.topics.bridge_state] == b'{"state":"offline"}'


@one_broker
@pytest.mark.usefixtures("room")
def test_a_signal_ends_it_in_time_while_a_poll_hangs(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    sim.fail_http("im/fetch", "hang", times=None)
    settings = tree(sim, broker.port, tiktok={"transports": ["polling"], "connect_timeout": 60})
    with process(settings, tmp_path) as (child, client):
        until(lambda: any("im/fetch" in request.path for request in sim.requests))
        began = time.monotonic()
        child.terminate()
        assert ended(child)[0] == 0
        assert time.monotonic() - began < 5
        assert client.retained_payloads()[client.topics.bridge_state] == b'{"state":"offline"}'


def test_the_last_will_of_a_killed_daemon_is_published(
    room: Room, sim: Simulator, broker: Broker, tmp_path: Path
) -> None:
    settings = tree(sim, broker.port)
    with process(settings, tmp_path) as (child, client):
        room.wait_for_client()
        child.kill()
        client.listener.wait(client.topics.bridge_state, lambda message: message.json["state"] == "offline")
        assert client.retained_payloads()[client.topics.bridge_state] == b'{"state":"offline"}'
        until(lambda: room.clients == 0)
    with process(settings, tmp_path) as (_, client):
        room.wait_for_client()
        assert client.retained_payloads()[client.topics.bridge_state] == b'{"state":"online"}'


@pytest.mark.skipif(MOSQUITTO is None, reason="needs mosquitto")
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_wrong_password_gives_status_3(sim: Simulator, tmp_path: Path, protocol: str) -> None:
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "bob", "right"], check=True, capture_output=True)
    passwords.chmod(0o644)
    with Mosquitto(tmp_path, "allow_anonymous false", f"password_file {passwords}") as mosquitto:
        login = {"username": "bob", "password": "wrong-one", "protocol": protocol}
        with command("run", settings=tree(sim, mosquitto.port, mqtt=login), folder=tmp_path) as child:
            status, errors = ended(child)
        assert status == 3
        assert "the broker refuses our login (Not authorized): check mqtt.username and mqtt.password" in errors
        assert "wrong-one" not in errors
        assert "retrying" not in errors
        assert "Traceback" not in errors
        login["password"] = "right"
        settings = tree(sim, mosquitto.port, mqtt=login)
        with command("run", settings=settings, folder=tmp_path) as child:
            assert child.stderr is not None
            until(lambda: "connected to the broker" in child.stderr.readline())  # type: ignore[union-attr]
            child.terminate()
            assert ended(child)[0] == 0


def test_invalid_settings_give_status_2_and_one_line_each(sim: Simulator, tmp_path: Path) -> None:
    invalid: dict[str, Any] = {"max_rooms": 0, "health_interval": "soon", "log": {"level": "loud"}}
    settings = tree(sim, 1883, rooms=("not a name",), mqtt={"port": 0, "password": "s3cret"}, **invalid)
    with command("run", settings=settings, folder=tmp_path) as child:
        status, errors = ended(child)
    assert status == 2
    lines = errors.splitlines()
    assert all(line.startswith("tiktok2mqtt: ") for line in lines)
    named = {line.split(":")[1].strip() for line in lines}
    assert named == {"max_rooms", "health_interval", "log.level", "rooms", "mqtt.port", "mqtt.password"}
    assert len(lines) == len(named)
    assert "s3cret" not in errors


def test_an_env_file_that_all_users_may_read_is_a_warning_once(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("TIKTOK2MQTT_PRIVACY__SALT=s3cret\n")
    file.chmod(0o644)
    settings = tree(sim, broker.port)
    with listening(settings) as listener, command("run", settings=settings, folder=tmp_path) as child:
        client = DaemonClient(settings, listener)
        client.wait_until_online()
        child.send_signal(signal.SIGHUP)
        listener.wait(client.topics.bridge("logging"), lambda message: "settings reloaded" in message.json["message"])
        child.terminate()
        status, errors = ended(child)
    assert status == 0
    assert errors.count("WARNING tiktok2mqtt.cli.run: .env contains secrets, and all users may read it") == 1
    assert errors.count("chmod 600 .env") == 1
    assert "s3cret" not in errors


def test_json_logs_are_one_object_per_line(sim: Simulator, tmp_path: Path) -> None:
    settings = tree(sim, free_port(), log={"format": "json"})
    with command("run", settings=settings, folder=tmp_path) as child:
        assert child.stderr is not None
        until(lambda: "cannot reach the broker" in child.stderr.readline())  # type: ignore[union-attr]
        child.terminate()
        status, errors = ended(child)
    assert status == 0
    assert [orjson.loads(line)["message"] for line in errors.splitlines()][-1] == "stopped"


@one_broker
def test_sighup_applies_a_changed_list_of_rooms(room: Room, sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    config = tmp_path / "tiktok2mqtt.toml"
    config.write_text('rooms = ["alice"]\n')
    settings = tree(sim, broker.port)
    del settings["rooms"]
    bob = sim.room("bob")
    bob.go_live()
    with (
        listening(settings) as listener,
        command("run", "--config", str(config), settings=settings, folder=tmp_path) as child,
    ):
        client = DaemonClient(settings, listener)
        client.wait_until_online()
        room.wait_for_client()
        config.write_text("rooms = 7\n")
        child.send_signal(signal.SIGHUP)
        logs = client.topics.bridge("logging")
        listener.wait(logs, lambda message: "invalid and were not applied: rooms: must be" in message.json["message"])
        config.write_text('rooms = ["bob"]\nmax_rooms = 7\n')
        child.send_signal(signal.SIGHUP)
        bob.wait_for_client()
        listener.wait(logs, lambda message: message.json["message"].endswith("need a restart: max_rooms"))
        client.bridge_event("room_removed", "alice")
        until(lambda: room.clients == 0)
        child.terminate()
        assert ended(child)[0] == 0


def test_it_stops_in_time_under_load(room: Room, sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    with process(tree(sim, broker.port), tmp_path) as (child, client):
        room.wait_for_client()
        stop = threading.Event()
        flooding = threading.Thread(target=lambda: room.flood(1_000_000, 5_000, 10, stop))
        flooding.start()
        try:
            client.received("chat")
            room.gift("bob", "Rose", 3)
            began = time.monotonic()
            child.terminate()
            status, errors = ended(child)
            assert time.monotonic() - began < 5
        finally:
            stop.set()
            flooding.join(TIMEOUT_S)
        assert status == 0
        assert "Traceback" not in errors
        assert client.retained_payloads()[client.topics.bridge_state] == b'{"state":"offline"}'


def test_it_stops_in_time_while_the_broker_does_not_respond(room: Room, sim: Simulator, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # A server that accepts connections and never responds.
        settings = tree(sim, silent.getsockname()[1])
        with command("run", settings=settings, folder=tmp_path) as child:
            room.wait_for_client()
            for _ in range(50):
                room.gift("bob", "Rose", 3)
            began = time.monotonic()
            child.terminate()
            status, errors = ended(child)
            assert time.monotonic() - began < 5
    assert status == 0
    assert errors.rstrip().endswith("stopped")
    assert "Traceback" not in errors


@one_broker
def test_the_command_restart_ends_it_with_status_4(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    settings = tree(sim, broker.port, allowed_commands="list,log_level,restart")
    with process(settings, tmp_path) as (child, client):
        assert client.request("log_level", {"level": "warning"})["status"] == "ok"
        assert client.request("restart", {})["data"] == {"exit_status": 4}
        status, errors = ended(child)
        assert (status, "Traceback" in errors) == (4, False)
        assert "restarting, by command" in errors
        # At the level warning this is no longer logged.
        assert "stopped" not in errors
        assert client.retained_payloads()[client.topics.bridge_state] == b'{"state":"offline"}'
