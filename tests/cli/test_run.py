import logging
import re
import signal
import threading
from pathlib import Path

import orjson
import pytest
from paho.mqtt.client import Client, MQTTMessage

from tests.bridge.mqtt.strict_broker import StrictBroker
from tests.daemon import running, tree
from tests.helpers import until
from tests.mqtt import Broker, Listener, free_port
from tiktok2mqtt.bridge.actions import RESTART
from tiktok2mqtt.bridge.bridge import REFUSED, Bridge
from tiktok2mqtt.bridge.rooms_file import RoomsFile
from tiktok2mqtt.cli.run import run
from tiktok2mqtt.common.topics import ONLINE, Topics
from tiktok2mqtt.settings import Settings, SettingsError
from tiktok2mqtt.simulator import Simulator

SETTINGS = Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": free_port()}})


# systemd starts the daemon again after any other status, see the unit.
UNIT = Path(__file__).parents[2] / "systemd" / "tiktok2mqtt.service"


def test_systemd_starts_a_refused_daemon_again() -> None:
    lines = UNIT.read_text().splitlines()
    assert {"Restart=on-failure", "RestartPreventExitStatus=2", "StartLimitIntervalSec=0"} <= set(lines)
    assert REFUSED not in {0, 2}


def test_systemd_starts_a_daemon_that_was_restarted_by_command() -> None:
    assert f"RestartForceExitStatus={RESTART}" in UNIT.read_text().splitlines()
    assert RESTART not in {0, 1, 2, REFUSED}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it(
    number: signal.Signals, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Bridge._start

    def started(bridge: Bridge) -> None:
        start(bridge)
        signal.raise_signal(number)

    monkeypatch.setattr(Bridge, "_start", started)
    assert run(SETTINGS) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith("starts")
    assert lines[-1].endswith("stopped")


def test_sighup_reloads_the_settings(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = SETTINGS.model_copy(update={"log": SETTINGS.log.model_copy(update={"level": "debug", "format": "json"})})
    levels: list[int] = []
    start = Bridge._start

    def started(bridge: Bridge) -> None:
        start(bridge)
        signal.raise_signal(signal.SIGHUP)
        bridge.loop.put(lambda: levels.append(logging.getLogger().level))
        bridge.loop.put(bridge.stop)

    monkeypatch.setattr(Bridge, "_start", started)
    assert run(SETTINGS, lambda: fresh) == 0
    assert levels == [logging.DEBUG]
    printed = capsys.readouterr().err
    assert "these settings have changed and need a restart: log.format" in printed
    assert "settings reloaded; changed: log.level" in printed


def test_a_signal_may_interrupt_adding_a_message_to_the_outbox(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Bridge._start

    def started(bridge: Bridge) -> None:
        start(bridge)
        # If the handler logged, it would wait for the lock that this thread holds.
        lock = bridge.outbox._lock
        assert lock.acquire(timeout=5)
        release = threading.Timer(2.0, lock.release)
        release.start()
        signal.raise_signal(signal.SIGTERM)
        in_time.append(release.is_alive())
        release.cancel()
        release.join()
        if lock.locked():
            lock.release()

    in_time: list[bool] = []
    monkeypatch.setattr(Bridge, "_start", started)
    assert run(SETTINGS) == 0
    assert in_time == [True]
    assert "stopped" in capsys.readouterr().err


def test_the_exit_status_is_that_of_the_bridge(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(bridge: Bridge) -> int:
        bridge.shut_down()
        return 3

    monkeypatch.setattr(Bridge, "run", refused)
    assert run(SETTINGS) == 3


def test_an_unknown_event_is_an_error_of_the_settings() -> None:
    with pytest.raises(SettingsError) as caught:
        run(SETTINGS.model_copy(update={"retain": ["gifts"]}))
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith("retain: no such event: gifts (did you mean gift?); ")


def test_a_second_daemon_on_the_same_topics_is_refused_with_a_status_that_is_tried_again(
    broker: Broker, capsys: pytest.CaptureFixture[str]
) -> None:
    with Simulator() as simulator, running(tree(simulator, broker.port)) as first:
        first.wait_until_online()
        assert run(first.settings) == REFUSED
        assert "another tiktok2mqtt uses" in capsys.readouterr().err
        # The first is not affected.
        assert first.request("list", {})["status"] == "ok"
        assert [message.json["state"] for message in first.listener.on(first.topics.bridge_state)] == ["online"]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b'{"status":"ok","data":{"healthy":true},"transaction":"%s"}', REFUSED),
        (b'{"status":"error","error":"not allowed","transaction":"%s"}', REFUSED),
        (b'{"status":"ok","data":{},"transaction":"other"}', 0),
        (b"{", 0),
        (b"[]", 0),
        (b"\xff", 0),
    ],
)
def test_a_forged_daemon_keeps_the_daemon_out_only_as_long_as_it_answers(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, answer: bytes, status: int
) -> None:
    monkeypatch.setattr("tiktok2mqtt.cli.run.OTHER_DAEMON_TIMEOUT_S", 0.5)
    monkeypatch.setattr(Bridge, "_start", Bridge.stop)
    base = f"forged{free_port()}"
    topics = Topics(base)
    settings = Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": broker.port, "base_topic": base}})

    def forge(client: Client, _data: object, message: MQTTMessage) -> None:
        transaction = orjson.loads(message.payload)["transaction"].encode()
        client.publish(topics.response("health_check"), answer.replace(b"%s", transaction), 1)

    request = topics.request("health_check")
    with Listener(broker.port, [request], prepare=lambda client: client.message_callback_add(request, forge)) as forger:
        forger.publish(topics.bridge_state, ONLINE, retain=True)
        assert run(settings) == status
    # Nobody answers any more; the retained state alone is not enough.
    assert run(settings) == 0
    with Listener(broker.port, [request]) as cleaner:
        cleaner.publish(topics.bridge_state, b"", retain=True)


def test_a_state_dir_that_is_in_use_is_tried_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = SETTINGS.model_copy(update={"state_dir": tmp_path})
    first = RoomsFile(tmp_path)
    assert run(settings) == REFUSED
    assert capsys.readouterr().err.endswith("is in use by another tiktok2mqtt; give each its own\n")
    first.close()


def test_a_retained_online_of_a_dead_daemon_does_not_prevent_the_start(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiktok2mqtt.cli.run.OTHER_DAEMON_TIMEOUT_S", 0.2)
    monkeypatch.setattr(Bridge, "_start", Bridge.stop)
    settings = Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": broker.port, "base_topic": "dead"}})
    with Listener(broker.port, ["dead/#"]) as listener:
        listener.publish("dead/bridge/state", ONLINE, retain=True)
        assert run(settings) == 0
        listener.publish("dead/bridge/state", b"", retain=True)


def test_when_the_broker_says_that_another_client_took_over_the_session_the_daemon_exits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    session_taken_over = b"\xe0\x01\x8e"
    with StrictBroker(lambda publish: session_taken_over if publish.leaf == "state" else 0) as broker:
        mqtt = {"host": "127.0.0.1", "port": broker.port, "protocol": "5", "client_id": "same"}
        assert run(Settings.model_validate({"mqtt": mqtt})) == REFUSED
    assert "another client uses the client id 'same': give each its own mqtt.client_id" in capsys.readouterr().err


def test_a_copy_of_the_folder_is_named_as_the_cause_of_an_equal_client_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session_taken_over = b"\xe0\x01\x8e"
    with StrictBroker(lambda publish: session_taken_over if publish.leaf == "state" else 0) as broker:
        mqtt = {"host": "127.0.0.1", "port": broker.port, "protocol": "5"}
        assert run(Settings.model_validate({"state_dir": tmp_path, "mqtt": mqtt})) == REFUSED
    assert re.search(
        r"uses the client id 'tiktok2mqtt-[0-9a-f]{8}': its state_dir is a copy of ours; delete client_id.json",
        capsys.readouterr().err,
    )


def test_of_two_daemons_with_one_client_id_none_exits_when_there_is_doubt(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    with Simulator() as simulator, running(tree(simulator, broker.port)) as first:
        first.wait_until_online()
        mqtt = {"client_id": first.settings.mqtt.client_id}
        with running(tree(simulator, broker.port, mqtt=mqtt)) as second:
            until(lambda: "or the broker does not accept what is sent" in caplog.text, 60)
            assert (first.is_running, second.is_running) == (True, True)
        # Alone again.
        until(lambda: first.bridge.actions.health()["healthy"])
