import logging
import signal
import threading

import pytest

from tests.daemon import running, tree
from tests.helpers import until
from tests.mqtt import Broker, Listener, free_port
from tiktok2mqtt.bridge.bridge import Bridge
from tiktok2mqtt.cli.run import run
from tiktok2mqtt.common.topics import ONLINE
from tiktok2mqtt.settings import Settings, SettingsError
from tiktok2mqtt.simulator import Simulator

SETTINGS = Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": free_port()}})


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
        bridge._jobs.put(lambda: levels.append(logging.getLogger().level))
        bridge.stop()

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
        assert bridge._outbox._lock.acquire(timeout=5)
        release = threading.Timer(2.0, bridge._outbox._lock.release)
        release.start()
        signal.raise_signal(signal.SIGTERM)
        in_time.append(release.is_alive())
        release.cancel()
        release.join()
        if bridge._outbox._lock.locked():
            bridge._outbox._lock.release()

    in_time: list[bool] = []
    monkeypatch.setattr(Bridge, "_start", started)
    assert run(SETTINGS) == 0
    assert in_time == [True]
    assert "stopped" in capsys.readouterr().err


def test_the_exit_status_is_that_of_the_bridge(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(bridge: Bridge) -> int:
        bridge._shut_down()
        return 3

    monkeypatch.setattr(Bridge, "run", refused)
    assert run(SETTINGS) == 3


def test_an_unknown_event_is_an_error_of_the_settings() -> None:
    with pytest.raises(SettingsError) as caught:
        run(SETTINGS.model_copy(update={"retain": ["gifts"]}))
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith("retain: no such event: gifts (did you mean gift?); ")


def test_a_second_daemon_on_the_same_topics_is_refused(broker: Broker) -> None:
    with Simulator() as simulator, running(tree(simulator, broker.port)) as first:
        first.wait_until_online()
        with pytest.raises(SettingsError, match="another tiktok2mqtt uses"):
            run(first.settings)
        # The first is not affected.
        assert first.request("list", {})["status"] == "ok"
        assert [message.json["state"] for message in first.listener.on(first.topics.bridge_state)] == ["online"]


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


def test_of_two_daemons_with_one_client_id_the_second_one_exits(
    broker: Broker, capsys: pytest.CaptureFixture[str]
) -> None:
    with Simulator() as simulator, running(tree(simulator, broker.port)) as first:
        first.wait_until_online()
        mqtt = {"client_id": first.settings.mqtt.client_id}
        second = Settings.model_validate(tree(simulator, broker.port, mqtt=mqtt))
        # The first has been connected for a long time.
        first.bridge._started_at -= 3600
        assert run(second) == 3
        until(lambda: first.bridge._link.connected, 10)
    assert "give each its own mqtt.client_id" in capsys.readouterr().err
