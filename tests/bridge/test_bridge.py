import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import until
from tests.mqtt import Broker, Listener, free_port
from tiktok2mqtt.bridge import bridge as bridge_module
from tiktok2mqtt.bridge.bridge import REFUSED_BY_BROKER, RELOADABLE, Bridge, reloaded_settings
from tiktok2mqtt.bridge.dispatch import MAX_QUEUED_JOBS
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.settings import Settings, SettingsError
from tiktok2mqtt.settings.describe import ROWS
from tiktok2mqtt.webcast.lifecycle import Connection, State

one_broker = pytest.mark.parametrize("broker", ["embedded"], indirect=True)


def settings(**more: Any) -> Settings:
    """Return settings with which neither a broker nor TikTok can be reached."""
    mqtt = {"host": "127.0.0.1", "port": free_port()}
    web = f"http://127.0.0.1:{free_port()}"
    return Settings.model_validate({"mqtt": mqtt, "tiktok": {"web_url": web}} | more)


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    """A bridge without a control thread: the test calls `_run_jobs` and `_run_due_tasks`."""
    monkeypatch.setattr(bridge_module, "TICK_S", 0.05)
    created = Bridge(settings())
    yield created
    created._shut_down()


def sent(bridge: Bridge) -> dict[str, Message]:
    """Empty the outbox; return the last message of each topic."""
    return {message.topic: message for message in bridge._outbox.take(10_000, qos1_limit=10_000, now=0.0)}


def run(bridge: Bridge) -> tuple[threading.Thread, list[int]]:
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(bridge.run()), daemon=True)
    thread.start()
    return thread, statuses


@pytest.mark.parametrize("setting", ["events", "exclude_events", "retain"])
def test_an_unknown_event_in_the_settings_is_an_error(setting: str) -> None:
    with pytest.raises(ValueError, match=rf"^{setting}: no such event: gifts \(did you mean gift\?\); "):
        Bridge(settings(**{setting: ["gifts"]}))


def test_run_returns_after_stop() -> None:
    bridge = Bridge(settings(rooms=["alice"]))
    thread, statuses = run(bridge)
    until(lambda: len(bridge._rooms) == 1)
    bridge.stop()
    thread.join(5)
    assert statuses == [0]
    assert not [handler for handler in logging.getLogger("tiktok2mqtt").handlers if "Mqtt" in type(handler).__name__]
    assert not [one.name for one in threading.enumerate() if one.name.startswith("tiktok2mqtt")]


def test_a_thread_that_logs_may_hold_the_lock_of_the_outbox() -> None:
    bridge = Bridge(settings())
    thread, _ = run(bridge)
    until(lambda: "LogToMqtt" in {type(handler).__name__ for handler in logging.getLogger("tiktok2mqtt").handlers})
    with bridge._outbox._lock:
        # The outbox logs while it holds its lock.
        log = threading.Thread(target=logging.getLogger("tiktok2mqtt.test").error, args=("full",), daemon=True)
        log.start()
        log.join(5)
        assert not log.is_alive()
    until(lambda: any(b'"full"' in one.payload for one in bridge._outbox.take(10_000, qos1_limit=10_000, now=0.0)))
    bridge.stop()
    thread.join(5)


def test_a_refused_login_ends_the_daemon_only_before_the_first_connect(bridge: Bridge) -> None:
    bridge._on_connected()
    bridge._on_login_refused("Not authorized")
    assert bridge._jobs.qsize() == 0
    bridge._was_connected = False
    bridge._on_login_refused("Not authorized")
    bridge._run_jobs()
    assert (bridge._stopping, bridge._status) == (True, REFUSED_BY_BROKER)


def test_a_failed_job_is_logged_and_the_next_one_runs(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []
    bridge._jobs.put(lambda: 1 // 0)
    bridge._jobs.put(lambda: done.append(1))
    bridge._run_jobs()
    assert done == [1]
    assert "a job of the control loop failed" in caplog.text


def test_commands_are_ignored_while_too_many_are_waiting(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(MAX_QUEUED_JOBS + 2):
        bridge._inbox.receive("tiktok/bridge/request/list", b"", retained=False)
    assert bridge._jobs.qsize() == MAX_QUEUED_JOBS + 1
    assert caplog.messages == ["ignored a command on tiktok/bridge/request/list: too many commands are waiting"]


@pytest.mark.parametrize(
    ("payload", "retained", "counts"),
    [(b"online", False, True), (b"online", True, False), (b"offline", False, False)],
)
def test_only_a_birth_message_that_is_not_retained_counts(
    bridge: Bridge, payload: bytes, retained: bool, counts: bool
) -> None:
    bridge._inbox.receive("homeassistant/status", payload, retained)
    assert (bridge._jobs.qsize() == 1) is counts


def test_discovery_is_published_soon_after_a_birth_message(bridge: Bridge) -> None:
    now = time.monotonic()
    bridge._inbox.receive("homeassistant/status", b"online", retained=False)
    bridge._run_jobs()
    bridge._run_due_tasks(now)
    assert not sent(bridge)
    bridge._run_due_tasks(now + 3.0)
    assert "homeassistant/device/tiktok-bridge/config" in sent(bridge)


def test_a_removed_room_publishes_no_documents(bridge: Bridge) -> None:
    room = bridge._rooms.add("alice")
    bridge._run_jobs()
    bridge._run_due_tasks(time.monotonic())
    bridge._rooms.remove("alice")
    sent(bridge)
    room.on_connection(Connection(State.ENDED, live=False))
    bridge._run_jobs()
    bridge._run_due_tasks(time.monotonic() + 2.0)
    assert not [topic for topic in sent(bridge) if topic.startswith("tiktok/alice/")]


def test_info_lists_the_current_rooms(bridge: Bridge) -> None:
    for method, rooms in ((bridge._rooms.add, b'"room":"alice"'), (bridge._rooms.remove, b'"rooms":[]')):
        method("alice")
        bridge._run_jobs()
        assert rooms in sent(bridge)["tiktok/bridge/info"].payload


def test_the_client_gets_its_options_from_the_settings(bridge: Bridge) -> None:
    changed = {"transports": "Polling, direct", "polling_interval": 2.5, "websocket_upgrade": False}
    bridge._connector._settings = settings(tiktok={"web_url": "http://127.0.0.1:1", **changed})
    bridge._rooms.add("alice")
    options = bridge._connector._clients["alice"].options
    assert list(options.transports) == ["polling", "direct"]
    assert (options.request_polling_interval_ms, options.enable_websocket_upgrade) == (2500.0, False)


def test_proxy_and_cookies_reach_the_client_and_are_not_published_or_logged(
    bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = {
        "proxy": f"http://alice:hunter2@127.0.0.1:{free_port()}",
        "cookies": "sessionid=hunter3; tt-target-idc=useast5",
    }
    bridge._settings = bridge._connector._settings = settings(tiktok={"web_url": "http://127.0.0.1:1", **secret})
    bridge._watcher.start()
    bridge._rooms.add("alice")
    options = bridge._connector._clients["alice"].options
    assert options.proxy == secret["proxy"]
    assert options.cookies == {"sessionid": "hunter3", "tt-target-idc": "useast5"}
    published: dict[str, bytes] = {}

    def is_refused() -> bool:
        bridge._run_jobs()
        bridge._run_due_tasks(time.monotonic() + 2.0)
        published.update({topic: bytes(message.payload) for topic, message in sent(bridge).items()})
        return b'"code":"proxy"' in published.get("tiktok/alice/connection", b"")

    until(is_refused)
    assert b'"settings"' in published["tiktok/bridge/info"]
    shown = caplog.text + repr(bridge._settings) + repr(options) + repr(published)
    assert "hunter" not in shown


@pytest.fixture
def systemd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield sock


def test_systemd_is_notified_of_start_watchdog_and_stop(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge_module, "TICK_S", 0.05)
    bridge = Bridge(settings())
    thread, _ = run(bridge)
    assert [systemd.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    bridge.stop()
    thread.join(5)
    systemd.setblocking(False)
    messages: list[bytes] = []
    while not messages or messages[-1] != b"STOPPING=1":
        messages.append(systemd.recv(100))
    assert set(messages) <= {b"WATCHDOG=1", b"STOPPING=1"}


def test_a_stuck_control_thread_does_not_feed_the_watchdog(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge_module, "TICK_S", 0.05)
    bridge = Bridge(settings())
    thread, _ = run(bridge)
    stuck, release = threading.Event(), threading.Event()

    def hang() -> None:
        stuck.set()
        release.wait(5)

    bridge._jobs.put(hang)
    assert stuck.wait(5)
    systemd.setblocking(False)
    try:
        while True:
            systemd.recv(100)
    except BlockingIOError:
        systemd.settimeout(0.2)
    with pytest.raises(TimeoutError):
        systemd.recv(100)
    release.set()
    bridge.stop()
    thread.join(5)


def test_with_a_stuck_link_the_watchdog_is_not_fed_and_the_daemon_is_not_healthy(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge_module, "TICK_S", 0.05)
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.link.STUCK_CONNECTING_S", 0.3)
    monkeypatch.setattr("tiktok2mqtt.bridge.health.CHECK_INTERVAL_S", 0.0)
    bridge = Bridge(settings())
    release = threading.Event()
    monkeypatch.setattr(bridge._link._client, "connect", lambda *_: release.wait(10))
    thread, _ = run(bridge)
    until(lambda: bridge.health()["stuck_threads"] == ["tiktok2mqtt.mqtt"])
    bridge._link._connected = True
    assert not bridge.health()["healthy"]
    turned = threading.Barrier(2)
    for _ in range(2):
        bridge._jobs.put(lambda: turned.wait(5))
        turned.wait(5)
    # Notifications from before the link got stuck.
    systemd.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            systemd.recv(100)
    for _ in range(2):
        bridge._jobs.put(lambda: turned.wait(5))
        turned.wait(5)
    with pytest.raises(BlockingIOError):
        systemd.recv(100)
    bridge._link._connected = False
    release.set()
    systemd.settimeout(5)
    assert systemd.recv(100) == b"WATCHDOG=1"
    assert bridge.health()["stuck_threads"] == []
    bridge.stop()
    thread.join(5)


def test_the_watchdog_checks_all_threads_that_carry_events(bridge: Bridge) -> None:
    bridge._rooms.add("alice")
    names = [liveness.name for liveness in bridge._liveness_of_threads()]
    assert names == ["tiktok2mqtt.mqtt", "tiktok2mqtt.outbox", "tiktok2mqtt.watcher", "tiktok2mqtt[alice].reader"]


def test_the_settings_can_be_reloaded(bridge: Bridge) -> None:
    bridge._rooms.replace_configured(["alice"])
    reloaded: list[Settings] = []
    new = settings(rooms=["bob"], health_interval=1)
    bridge.reload(lambda: new, reloaded.append)
    bridge._run_jobs()
    assert [room.name for room in bridge._rooms] == ["bob"]
    assert [(one.rooms, one.health_interval) for one in reloaded] == [(["bob"], 60)]
    bridge._run_jobs()
    topics = sent(bridge)
    assert b'"rooms":[{"room":"bob","source":"settings"}]' in topics["tiktok/bridge/info"].payload
    assert topics["tiktok/alice/availability"].payload == b""

    def invalid() -> Settings:
        raise SettingsError(["rooms: must be a list"])

    bridge.reload(invalid, reloaded.append)
    bridge._run_jobs()
    assert len(reloaded) == 1
    assert [room.name for room in bridge._rooms] == ["bob"]


@one_broker
def test_rooms_and_broker_are_connected(broker: Broker) -> None:
    base = f"bridge{os.getpid()}"
    mqtt = {"host": "127.0.0.1", "port": broker.port, "base_topic": base, "client_id": base}
    with Listener(broker.port, [f"{base}/#"]) as listener:
        bridge = Bridge(settings(mqtt=mqtt, rooms=["alice"]))
        thread, statuses = run(bridge)
        listener.wait(f"{base}/bridge/state", lambda message: message.payload == b'{"state":"online"}')
        # TikTok cannot be reached: the live status is unknown.
        state = listener.wait(f"{base}/alice/connection", lambda message: message.json["state"] == "degraded").json
        assert state["code"] == "network"
        assert listener.wait(f"{base}/alice/state").json["live"] is None
        bridge.stop()
        thread.join(5)
        listener.wait(f"{base}/bridge/state", lambda message: message.payload == b'{"state":"offline"}')
        assert statuses == [0]


def test_a_retained_goal_is_restored(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "tiktok2mqtt.bridge")
    bridge._rooms.add("alice")
    bridge._inbox.receive("tiktok/alice/goal", b"400", retained=False)
    bridge._run_jobs()
    assert bridge._rooms.get("alice").state_document()["goal"] is None
    bridge._inbox.receive("tiktok/alice/goal", b"300", retained=True)
    bridge._inbox.receive("tiktok/bob/goal", b"300", retained=True)
    bridge._run_jobs()
    assert bridge._rooms.get("alice").state_document()["goal"] == 300
    assert any(text.startswith("ignored the retained message on tiktok/bob/goal: ") for text in caplog.messages)


def test_state_and_discovery_are_published_after_the_retained_messages_are_read(bridge: Bridge) -> None:
    bridge._rooms.add("alice")
    now = time.monotonic()
    bridge._on_connected()
    documents = sent(bridge)
    assert {"tiktok/alice/connection", "tiktok/bridge/info"} <= documents.keys()
    assert "tiktok/alice/state" not in documents
    bridge._inbox.receive("homeassistant/device/tiktok_old/config", b'{"origin":{"name":"tiktok2mqtt"}}', retained=True)
    bridge._run_jobs()
    bridge._run_due_tasks(now + 0.5)
    assert not [topic for topic in sent(bridge) if topic.startswith("homeassistant/")]
    bridge._run_due_tasks(now + 2.0)
    assert sent(bridge)["homeassistant/device/tiktok_old/config"].payload == b""
    bridge._run_due_tasks(now + 4.0)
    assert {"homeassistant/device/tiktok_alice/config", "tiktok/alice/state"} <= sent(bridge).keys()
    # From now on everything is published at once after each reconnect.
    bridge._on_connected()
    assert "homeassistant/device/tiktok_alice/config" in sent(bridge)


# --- reloaded_settings ---

MQTT = {"username": "bob", "password": "hunter2"}
CURRENT = Settings.model_validate({"rooms": ["alice"], "mqtt": MQTT})


def changed(**keys: Any) -> Settings:
    return Settings.model_validate({"rooms": ["alice"], "mqtt": MQTT} | keys)


def test_the_reloadable_settings_exist() -> None:
    assert set(RELOADABLE) <= ROWS.keys()


def test_rooms_and_log_level_are_applied(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    new = reloaded_settings(lambda: changed(rooms=["bob"], log={"level": "debug"}), CURRENT)
    assert new is not None
    assert (new.rooms, new.log.level) == (["bob"], "debug")
    assert caplog.messages == ["settings reloaded; changed: rooms, log.level"]


def test_settings_that_need_a_restart_are_logged_and_not_applied(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    keys = {"mqtt": {"username": "bob", "password": "hunter3", "port": 1884}, "log": {"format": "json"}}
    assert reloaded_settings(lambda: changed(**keys), CURRENT) == CURRENT
    assert caplog.messages == [
        "these settings have changed and need a restart: mqtt.port, mqtt.password, log.format",
        "settings reloaded; changed: nothing",
    ]
    assert "hunter" not in caplog.text


def invalid() -> Settings:
    raise SettingsError(["mqtt.port: must be a number", "max_rooms: must be from 1"])


@pytest.mark.parametrize(
    ("load", "problems"),
    [
        (invalid, ["mqtt.port: must be a number", "max_rooms: must be from 1"]),
        (lambda: changed(retain=["gifts"], rooms=["bob"]), ["retain: no such event: gifts"]),
    ],
)
def test_invalid_settings_are_logged_and_not_applied(
    load: Any, problems: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert reloaded_settings(load, CURRENT) is None
    assert len(caplog.messages) == len(problems)
    for message, problem in zip(caplog.messages, problems, strict=True):
        assert message.startswith(f"the new settings are invalid and were not applied: {problem}")
