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
from tiktok2mqtt.bridge.bridge import REFUSED_BY_BROKER, Bridge
from tiktok2mqtt.bridge.dispatch import MAX_WAITING
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.settings import Settings, SettingsError
from tiktok2mqtt.webcast.lifecycle import Connection, State

one_broker = pytest.mark.parametrize("broker", ["embedded"], indirect=True)


def settings(**more: Any) -> Settings:
    """Return settings of a bridge that reaches neither a broker nor TikTok."""
    nowhere = {"host": "127.0.0.1", "port": free_port()}
    web = f"http://127.0.0.1:{free_port()}"
    return Settings.model_validate({"mqtt": nowhere, "tiktok": {"web_url": web}} | more)


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    """A bridge whose control loop is the test: `bridge._run_jobs()`."""
    monkeypatch.setattr(bridge_module, "TICK_S", 0.05)
    made = Bridge(settings())
    yield made
    made._shut_down()


def sent(bridge: Bridge) -> dict[str, Message]:
    """Take what waits for the broker, the last message of each topic."""
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


def test_whoever_logs_may_hold_the_lock_of_the_outbox() -> None:
    bridge = Bridge(settings())
    thread, _ = run(bridge)
    until(lambda: "LogToMqtt" in {type(handler).__name__ for handler in logging.getLogger("tiktok2mqtt").handlers})
    with bridge._outbox._lock:
        # As when the disk is full, or something in the outbox has grown too old.
        log = threading.Thread(target=logging.getLogger("tiktok2mqtt.test").error, args=("full",), daemon=True)
        log.start()
        log.join(5)
        assert not log.is_alive()
    until(lambda: any(b'"full"' in one.payload for one in bridge._outbox.take(10_000, qos1_limit=10_000, now=0.0)))
    bridge.stop()
    thread.join(5)


def test_a_refused_login_ends_it_only_before_the_first_success(bridge: Bridge) -> None:
    bridge._came_up()
    bridge._refused("Not authorized")
    assert bridge._jobs.qsize() == 0
    bridge._was_up = False
    bridge._refused("Not authorized")
    bridge._run_jobs()
    assert (bridge._stopping, bridge._status) == (True, REFUSED_BY_BROKER)


def test_a_job_that_fails_is_logged_and_the_next_is_done(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []
    bridge._jobs.put(lambda: 1 // 0)
    bridge._jobs.put(lambda: done.append(1))
    bridge._run_jobs()
    assert done == [1]
    assert "a job of the control loop failed" in caplog.text


def test_too_many_waiting_commands_are_ignored(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(MAX_WAITING + 2):
        bridge._received("tiktok/bridge/request/list", b"", retained=False)
    assert bridge._jobs.qsize() == MAX_WAITING + 1
    assert caplog.messages == ["ignored a command on tiktok/bridge/request/list: too many are waiting"]


@pytest.mark.parametrize(
    ("payload", "retained", "announced"),
    [(b"online", False, True), (b"online", True, False), (b"offline", False, False)],
)
def test_only_a_fresh_birth_message_counts(bridge: Bridge, payload: bytes, retained: bool, announced: bool) -> None:
    bridge._received("homeassistant/status", payload, retained)
    assert (bridge._jobs.qsize() == 1) is announced


def test_a_birth_message_is_answered_within_seconds(bridge: Bridge) -> None:
    now = time.monotonic()
    bridge._received("homeassistant/status", b"online", retained=False)
    bridge._run_jobs()
    bridge._do_what_is_due(now)
    assert not sent(bridge)
    bridge._do_what_is_due(now + 3.0)
    assert "homeassistant/device/tiktok-bridge/config" in sent(bridge)


def test_what_a_removed_room_still_had_to_say_is_not_written(bridge: Bridge) -> None:
    room = bridge._rooms.add("alice")
    bridge._run_jobs()
    bridge._do_what_is_due(time.monotonic())
    bridge._rooms.remove("alice")
    sent(bridge)
    room.on_connection(Connection(State.ENDED, live=False))
    bridge._run_jobs()
    bridge._do_what_is_due(time.monotonic() + 2.0)
    assert not [topic for topic in sent(bridge) if topic.startswith("tiktok/alice/")]


def test_info_lists_the_rooms_as_they_are(bridge: Bridge) -> None:
    for act, rooms in ((bridge._rooms.add, b'"room":"alice"'), (bridge._rooms.remove, b'"rooms":[]')):
        act("alice")
        bridge._run_jobs()
        assert rooms in sent(bridge)["tiktok/bridge/info"].payload


def test_the_ways_into_a_room_are_handed_on(bridge: Bridge) -> None:
    ways = {"transports": "Polling, direct", "polling_interval": 2.5, "websocket_upgrade": False}
    bridge._connector._settings = settings(tiktok={"web_url": "http://127.0.0.1:1", **ways})
    bridge._rooms.add("alice")
    options = bridge._connector._clients["alice"].options
    assert list(options.transports) == ["polling", "direct"]
    assert (options.request_polling_interval_ms, options.enable_websocket_upgrade) == (2500.0, False)


def test_proxy_and_cookies_are_handed_on_and_told_to_nobody(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
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
    told: dict[str, bytes] = {}

    def asked() -> bool:
        bridge._run_jobs()
        bridge._do_what_is_due(time.monotonic() + 2.0)
        told.update({topic: bytes(message.payload) for topic, message in sent(bridge).items()})
        return b'"code":"proxy"' in told.get("tiktok/alice/connection", b"")

    until(asked)
    assert b'"settings"' in told["tiktok/bridge/info"]
    shown = caplog.text + repr(bridge._settings) + repr(options) + repr(told)
    assert "hunter" not in shown


@pytest.fixture
def systemd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield sock


def test_systemd_hears_of_start_life_and_end(systemd: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge_module, "TICK_S", 0.05)
    bridge = Bridge(settings())
    thread, _ = run(bridge)
    assert [systemd.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    bridge.stop()
    thread.join(5)
    systemd.setblocking(False)
    words: list[bytes] = []
    while not words or words[-1] != b"STOPPING=1":
        words.append(systemd.recv(100))
    assert set(words) <= {b"WATCHDOG=1", b"STOPPING=1"}


def test_a_loop_that_hangs_feeds_no_watchdog(systemd: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_link_that_hangs_feeds_no_watchdog_and_is_not_healthy(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge_module, "TICK_S", 0.05)
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.link.STUCK_CONNECTING_S", 0.3)
    monkeypatch.setattr("tiktok2mqtt.bridge.health.LOOK_S", 0.0)
    bridge = Bridge(settings())
    release = threading.Event()
    monkeypatch.setattr(bridge._link._client, "connect", lambda *_: release.wait(10))
    thread, _ = run(bridge)
    until(lambda: bridge.health()["stuck_threads"] == ["tiktok2mqtt.mqtt"])
    bridge._link._up = True
    assert not bridge._healthy()
    turned = threading.Barrier(2)
    for _ in range(2):
        bridge._jobs.put(lambda: turned.wait(5))
        turned.wait(5)
    # What was said before it hung.
    systemd.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            systemd.recv(100)
    for _ in range(2):
        bridge._jobs.put(lambda: turned.wait(5))
        turned.wait(5)
    with pytest.raises(BlockingIOError):
        systemd.recv(100)
    bridge._link._up = False
    release.set()
    systemd.settimeout(5)
    assert systemd.recv(100) == b"WATCHDOG=1"
    assert bridge.health()["stuck_threads"] == []
    bridge.stop()
    thread.join(5)


def test_the_watchdog_looks_at_all_threads_that_carry_events(bridge: Bridge) -> None:
    bridge._rooms.add("alice")
    names = [liveness.name for liveness in bridge._liveness_of_threads()]
    assert names == ["tiktok2mqtt.mqtt", "tiktok2mqtt.outbox", "tiktok2mqtt.watcher", "tiktok2mqtt[alice].reader"]


def test_the_settings_can_be_read_again(bridge: Bridge) -> None:
    bridge._rooms.follow(["alice"])
    taken: list[Settings] = []
    fresh = settings(rooms=["bob"], health_interval=1)
    bridge.reload(lambda: fresh, taken.append)
    bridge._run_jobs()
    assert [room.name for room in bridge._rooms] == ["bob"]
    assert [(one.rooms, one.health_interval) for one in taken] == [(["bob"], 60)]
    bridge._run_jobs()
    topics = sent(bridge)
    assert b'"rooms":[{"room":"bob","source":"settings"}]' in topics["tiktok/bridge/info"].payload
    assert topics["tiktok/alice/availability"].payload == b""

    def wrong() -> Settings:
        raise SettingsError(["rooms: must be a list"])

    bridge.reload(wrong, taken.append)
    bridge._run_jobs()
    assert len(taken) == 1
    assert [room.name for room in bridge._rooms] == ["bob"]


@one_broker
def test_it_wires_rooms_and_broker(broker: Broker) -> None:
    base = f"bridge{os.getpid()}"
    mqtt = {"host": "127.0.0.1", "port": broker.port, "base_topic": base, "client_id": base}
    with Listener(broker.port, [f"{base}/#"]) as listener:
        bridge = Bridge(settings(mqtt=mqtt, rooms=["alice"]))
        thread, statuses = run(bridge)
        listener.wait(f"{base}/bridge/state", lambda message: message.payload == b'{"state":"online"}')
        # TikTok cannot be reached, which says nothing about the LIVE.
        state = listener.wait(f"{base}/alice/connection", lambda message: message.json["state"] == "degraded").json
        assert state["code"] == "network"
        assert listener.wait(f"{base}/alice/state").json["live"] is None
        bridge.stop()
        thread.join(5)
        listener.wait(f"{base}/bridge/state", lambda message: message.payload == b'{"state":"offline"}')
        assert statuses == [0]


def test_a_goal_that_the_broker_has_kept_is_recalled(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "tiktok2mqtt.bridge")
    bridge._rooms.add("alice")
    bridge._received("tiktok/alice/goal", b"400", retained=False)
    bridge._run_jobs()
    assert bridge._rooms.get("alice").state()["goal"] is None
    bridge._received("tiktok/alice/goal", b"300", retained=True)
    bridge._received("tiktok/bob/goal", b"300", retained=True)
    bridge._run_jobs()
    assert bridge._rooms.get("alice").state()["goal"] == 300
    assert any(words.startswith("ignored what the broker has kept on tiktok/bob/goal: ") for words in caplog.messages)


def test_documents_are_there_at_once_the_state_and_discovery_after_a_while_of_listening(bridge: Bridge) -> None:
    bridge._rooms.add("alice")
    now = time.monotonic()
    bridge._came_up()
    documents = sent(bridge)
    assert {"tiktok/alice/connection", "tiktok/bridge/info"} <= documents.keys()
    assert "tiktok/alice/state" not in documents
    bridge._received("homeassistant/device/tiktok_old/config", b'{"origin":{"name":"tiktok2mqtt"}}', retained=True)
    bridge._run_jobs()
    bridge._do_what_is_due(now + 0.5)
    assert not [topic for topic in sent(bridge) if topic.startswith("homeassistant/")]
    bridge._do_what_is_due(now + 2.0)
    assert sent(bridge)["homeassistant/device/tiktok_old/config"].payload == b""
    bridge._do_what_is_due(now + 4.0)
    assert {"homeassistant/device/tiktok_alice/config", "tiktok/alice/state"} <= sent(bridge).keys()
    # From now on each return of the broker gets everything at once.
    bridge._came_up()
    assert "homeassistant/device/tiktok_alice/config" in sent(bridge)
