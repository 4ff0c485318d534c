from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Daemon, retained, running, tree
from tests.mqtt import MOSQUITTO, Broker, Listener, Mosquitto, free_port
from tiktok2mqtt.bridge.purge import _RetainedClient, clear_retained
from tiktok2mqtt.cli.main import main
from tiktok2mqtt.cli.purge import purge
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.simulator import Simulator


@pytest.fixture(autouse=True)
def listen_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok2mqtt.bridge.homeassistant.discovery_publisher.RETAINED_TIMEOUT_S", 0.1)
    monkeypatch.setattr("tiktok2mqtt.bridge.purge.QUIET_S", 0.1)


@pytest.fixture
def daemon(broker: Broker) -> Iterator[Daemon]:
    """A daemon that has announced alice."""
    with Simulator() as simulator, running(tree(simulator, broker.port)) as started:
        started.discovery()
        yield started


def cleared(settings: Settings, **how: bool) -> int:
    return purge(settings, **({"dry_run": False, "force": False} | how))


def test_only_our_own_messages_are_cleared(daemon: Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    topics = daemon.topics
    others = {
        f"{topics.base}/alice/other",
        f"{topics.discovery_prefix}/device/{topics.base}2_alice/config",
        f"{topics.discovery_prefix}/device/{topics.base}_alice_/config",
    }
    with Listener(daemon.settings.mqtt.port) as other:
        for topic in others:
            other.publish(topic, b'{"origin":{"name":"other"}}', retain=True)
        daemon.stop()
        ours = daemon.retained_payloads().keys() - others
        assert cleared(daemon.settings, dry_run=True) == 0
        assert daemon.retained_payloads().keys() == ours | others
        assert cleared(daemon.settings) == 0
        assert daemon.retained_payloads().keys() == others
        lines = capsys.readouterr().out.splitlines()
        assert lines == [
            *sorted(ours),
            f"{len(ours)} retained messages would be cleared",
            *sorted(ours),
            f"{len(ours)} retained messages cleared",
        ]
        for topic in others:
            other.publish(topic, b"", retain=True)


def test_a_running_daemon_is_refused_unless_forced(daemon: Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    before = daemon.retained_payloads().keys()
    assert cleared(daemon.settings) == 1
    assert f"the daemon is running ({daemon.topics.bridge_state} says online)" in capsys.readouterr().err
    assert daemon.retained_payloads().keys() >= before
    assert cleared(daemon.settings, dry_run=True) == 0
    assert cleared(daemon.settings, force=True) == 0
    daemon.stop()
    # When it stopped, the daemon published its offline state.
    assert cleared(daemon.settings) == 0
    assert not daemon.retained_payloads()


def test_another_base_topic_and_prefix_may_be_given(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    daemon.stop()
    topics, mqtt = daemon.topics, daemon.settings.mqtt
    assert retained(mqtt.port, topics)
    monkeypatch.setenv("TIKTOK2MQTT_MQTT__BASE_TOPIC", "new")
    old = ["--base-topic", topics.base, "--prefix", topics.discovery_prefix]
    assert main(["purge", "--mqtt-host", "127.0.0.1", "--mqtt-port", str(mqtt.port), *old]) == 0
    assert not retained(mqtt.port, topics)
    assert capsys.readouterr().out.endswith(" retained messages cleared\n")


def test_no_broker(capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    assert cleared(Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": port}})) == 1
    assert capsys.readouterr().err.startswith(f"tiktok2mqtt: cannot reach the broker at 127.0.0.1:{port}: ")


@pytest.mark.skipif(MOSQUITTO is None, reason="needs mosquitto: the embedded broker accepts everyone")
def test_a_refused_login(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Mosquitto(tmp_path, "allow_anonymous false") as refusing:
        settings = Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": refusing.port}})
        assert cleared(settings) == 1
    assert capsys.readouterr().err == "tiktok2mqtt: the broker refused the connection: Not authorized\n"


def test_nothing_to_clear(broker: Broker, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": broker.port, "base_topic": "nobody"}})
    assert not retained(broker.port, Topics("nobody"))
    assert cleared(settings) == 0
    assert capsys.readouterr().out == "0 retained messages cleared\n"


@pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")
def test_five_thousand_messages_are_cleared(tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []
    # The limit is Mosquitto's default.
    with Mosquitto(tmp_path, "max_queued_messages 1000") as broker:
        settings = Settings.model_validate({"mqtt": {"port": broker.port}})
        with Listener(broker.port, ["nothing"]) as publisher:
            for number in range(5_000):
                publisher.send(f"tiktok/room{number}/state", b"{}", retain=True)
            publisher.publish("tiktok/room5000/state", b"{}", retain=True)
        assert len(clear_retained(settings, progress=lambda done, total: progress.append((done, total)))) == 5_001
        assert retained(broker.port, Topics()) == []
    assert progress[-1] == (5_001, 5_001)
    assert progress == sorted(progress)


def test_messages_that_the_broker_drops_are_read_again(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The client takes only a few messages of each subscription."""
    on_message = _RetainedClient._on_message

    def take_three(client: _RetainedClient, *arguments: Any) -> None:
        if len(client._messages) < 3:
            on_message(client, *arguments)

    monkeypatch.setattr(_RetainedClient, "_on_message", take_three)
    settings = Settings.model_validate({"mqtt": {"port": broker.port, "base_topic": "dropping"}})
    with Listener(broker.port, ["nothing"]) as publisher:
        for number in range(10):
            publisher.publish(f"dropping/room{number}/state", b"{}", retain=True)
        assert purge(settings, dry_run=False, force=False) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "10 retained messages cleared"
    assert retained(broker.port, Topics("dropping")) == []
