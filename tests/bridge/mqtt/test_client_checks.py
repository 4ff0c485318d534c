from pathlib import Path
from typing import Any

import pytest

from tests.daemon import running, tree
from tests.mqtt import MOSQUITTO, Broker, Listener, Mosquitto, free_port
from tests.webcast.rig import deaf_server
from tiktok2mqtt.bridge.mqtt import broker_check as module
from tiktok2mqtt.bridge.mqtt.broker_check import check_broker
from tiktok2mqtt.common.checks import Step
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import MqttSettings
from tiktok2mqtt.simulator import Simulator

ALL = ["connect", "log in", "subscribe", "publish", "retain"]
both = pytest.mark.parametrize("protocol", ["3.1.1", "5"])
needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="needs mosquitto")


def steps(port: int, **more: Any) -> list[Step]:
    settings = MqttSettings.model_validate({"host": "127.0.0.1", "port": port} | more)
    return list(check_broker(settings, Topics()))


def outcome(done: list[Step]) -> list[tuple[str, bool]]:
    return [(step.name, step.ok) for step in done]


def test_a_broker_that_allows_everything_passes_all_steps(broker: Broker) -> None:
    done = steps(broker.port)
    assert outcome(done) == [(name, True) for name in ALL]
    assert done[3].detail == "on tiktok/bridge/check, and received it"
    with Listener(broker.port, ["tiktok/#"]) as late:
        late.publish("tiktok/end", b"")
        late.wait("tiktok/end")
        assert [message.topic for message in late.messages] == ["tiktok/end"]


@needs_mosquitto
def test_mqtt_5(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as mosquitto:
        assert outcome(steps(mosquitto.port, protocol="5")) == [(name, True) for name in ALL]


@needs_mosquitto
def test_an_mqtt_5_broker_without_qos_1(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, "max_qos 0") as mosquitto:
        done = steps(mosquitto.port, protocol="5")
    assert outcome(done) == [(name, True) for name in ALL]
    assert done[3].detail == "on tiktok/bridge/check, and received it"


@needs_mosquitto
@both
def test_a_broker_that_does_not_retain_is_named_and_no_failure(tmp_path: Path, protocol: str) -> None:
    with Mosquitto(tmp_path, "retain_available false") as mosquitto:
        done = steps(mosquitto.port, protocol=protocol)
    assert (done[-1].name, done[-1].ok, done[-1].decisive) == ("retain", False, False)
    assert "retain" in done[-1].detail
    with Mosquitto(tmp_path, "retain_available false") as mosquitto:
        assert outcome(steps(mosquitto.port, protocol=protocol, retain=False)) == [(name, True) for name in ALL[:-1]]


@needs_mosquitto
@both
def test_a_broker_with_a_limit_is_named(tmp_path: Path, protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT_S", 1.0)
    with Mosquitto(tmp_path, "max_packet_size 10000") as mosquitto:
        done = steps(mosquitto.port, protocol=protocol)
    assert (done[-1].name, done[-1].ok) == ("retain", False)
    assert done[-1].detail.startswith("the broker does not retain a message of 16,384 bytes")


def test_without_a_broker_the_first_step_fails() -> None:
    [done] = steps(free_port())
    assert (done.name, done.ok) == ("connect", False)
    assert done.detail.startswith("cannot reach the broker: ")


def test_a_server_that_is_not_a_broker_fails_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT_S", 0.2)
    with deaf_server() as port:
        done = steps(port)
    assert outcome(done) == [("connect", True), ("log in", False)]
    assert done[-1].detail == "the broker does not answer like an MQTT broker (waited 0.2 s)"


@needs_mosquitto
@both
def test_a_refused_login(tmp_path: Path, protocol: str) -> None:
    with Mosquitto(tmp_path, "allow_anonymous false") as mosquitto:
        done = steps(mosquitto.port, protocol=protocol, username="bob", password="s3cret")
    assert outcome(done) == [("connect", True), ("log in", False)]
    assert done[-1].detail == "the broker refused the connection: Not authorized"
    assert "s3cret" not in str(done)


@needs_mosquitto
@both
def test_a_refused_message(tmp_path: Path, protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT_S", 0.5)
    acl = tmp_path / "acl"
    acl.write_text("topic read tiktok/#\n")
    acl.chmod(0o600)
    with Mosquitto(tmp_path, f"acl_file {acl}") as mosquitto:
        done = steps(mosquitto.port, protocol=protocol)
    assert outcome(done) == [("connect", True), ("log in", True), ("subscribe", True), ("publish", False)]
    details = {
        "5": "the broker does not allow messages on tiktok/bridge/check: Not authorized",
        "3.1.1": "the broker accepts messages on tiktok/bridge/check but does not deliver them: "
        "is the user allowed to publish and subscribe there? (waited 0.5 s)",
    }
    assert done[-1].detail == details[protocol]


def test_a_wrong_certificate_file_is_a_failed_step(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("no certificate")
    [done] = steps(free_port(), tls=True, ca_file=str(wrong))
    assert (done.name, done.ok) == ("connect", False)


def test_a_running_daemon_is_not_disturbed(broker: Broker) -> None:
    with Simulator() as simulator, running(tree(simulator, broker.port)) as daemon:
        daemon.wait_until_online()
        done = list(check_broker(daemon.settings.mqtt, daemon.topics))
        assert outcome(done) == [(name, True) for name in ALL]
        assert daemon.request("list", {})["status"] == "ok"
        states = [message.json["state"] for message in daemon.listener.on(daemon.topics.bridge_state)]
        assert states == ["online"]
