from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import Daemon, running, tree
from tests.mqtt import MOSQUITTO, Broker, Mosquitto, free_port
from tiktok2mqtt.cli import check as health_module
from tiktok2mqtt.cli.check import health
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.simulator import Simulator


@pytest.fixture
def daemon(broker: Broker) -> Iterator[Daemon]:
    with Simulator() as simulator:
        simulator.room("alice").go_live()
        with running(tree(simulator, broker.port)) as started:
            simulator.room("alice").wait_for_client()
            started.received("connected")
            yield started


def test_a_healthy_daemon(daemon: Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    daemon.wait_until_online()
    assert health(daemon.settings) == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("healthy: up 0 s, 1 of 1 rooms live\n", "")


def test_no_daemon_is_not_healthy(
    broker: Broker, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_module, "HEALTH_TIMEOUT_S", 0.2)
    settings = Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": broker.port, "base_topic": "nobody"}})
    assert health(settings) == 1
    assert capsys.readouterr().err == "no answer from the daemon within 0.2 s\n"


def test_no_broker_is_not_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    assert health(Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": free_port()}})) == 1
    assert capsys.readouterr().err.startswith("cannot reach the broker: ")


@pytest.mark.skipif(MOSQUITTO is None, reason="needs mosquitto: the embedded broker accepts everyone")
def test_a_refused_login_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Mosquitto(tmp_path, "allow_anonymous false") as refusing:
        settings = Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": refusing.port}})
        assert health(settings) == 1
    assert capsys.readouterr().err == "the broker refused the connection: Not authorized\n"


@pytest.mark.skipif(MOSQUITTO is None, reason="needs mosquitto: the embedded broker supports QoS 1")
def test_a_broker_without_qos_1(sim: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (
        Mosquitto(tmp_path, "max_qos 0") as mosquitto,
        running(tree(sim, mosquitto.port, mqtt={"protocol": "5"})) as daemon,
    ):
        daemon.wait_until_online()
        assert health(daemon.settings) == 0
    assert capsys.readouterr().out.startswith("healthy: ")


@pytest.mark.parametrize("data", [{}, {"healthy": False}, {"healthy": "yes"}])
def test_only_a_clear_yes_is_healthy(data: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    assert health_module.print_health({"status": "ok", "data": data}) == 1
    assert capsys.readouterr().out.startswith("not healthy: up None s, ")


@pytest.mark.parametrize(("unreachable", "status"), [(2, 1), (1, 0), (0, 0)])
def test_a_daemon_that_can_reach_no_room_is_not_well(
    unreachable: int, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    data = {"healthy": True, "uptime_s": 5, "rooms": 2, "live_rooms": 0, "unreachable_rooms": unreachable}
    assert health_module.print_health({"status": "ok", "data": data}) == status
    assert capsys.readouterr().out.startswith("no room can be reached" if status else "healthy: ")


def test_a_refused_room_is_not_well(broker: Broker, capsys: pytest.CaptureFixture[str]) -> None:
    with Simulator() as simulator:
        simulator.room("alice").fail_http("blocked", times=None)
        with running(tree(simulator, broker.port)) as daemon:
            daemon.wait_until_online()
            daemon.event("connection", code="blocked")
            assert health(daemon.settings) == 1
    assert capsys.readouterr().out.startswith("no room can be reached; tiktok2mqtt check says why: up ")


ERROR = {"status": "error", "data": {"healthy": True}, "error": "\x1b[2Jno"}


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        ({}, "invalid response"),
        ({"status": "ok"}, "invalid response"),
        ({"status": "ok", "data": []}, "invalid response"),
        (ERROR, "no"),
    ],
)
def test_a_response_without_the_health_is_not_healthy(
    response: dict[str, object], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert health_module.print_health(response) == 1
    assert capsys.readouterr().out == f"not healthy: {reason}\n"


def test_a_daemon_that_does_not_allow_the_question_says_so(broker: Broker, capsys: pytest.CaptureFixture[str]) -> None:
    with Simulator() as simulator, running(tree(simulator, broker.port, rooms=(), allowed_commands=[])) as daemon:
        daemon.wait_until_online()
        assert health(daemon.settings) == 1
    assert capsys.readouterr().out == "not healthy: the setting allowed_commands does not allow health_check\n"
