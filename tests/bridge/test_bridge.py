import contextlib
import itertools
import logging
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.helpers import until
from tests.mqtt import Broker, Listener, free_port
from tiktok2mqtt.bridge import control_loop
from tiktok2mqtt.bridge.actions import Actions
from tiktok2mqtt.bridge.bridge import REFUSED, Bridge
from tiktok2mqtt.bridge.control_loop import FlushScheduler
from tiktok2mqtt.bridge.dispatch import Dispatcher
from tiktok2mqtt.bridge.health import Watchdog
from tiktok2mqtt.bridge.homeassistant.discovery_publisher import DiscoveryPublisher
from tiktok2mqtt.bridge.mqtt.link import Link
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.payloads import MAX_DOCUMENT_BYTES
from tiktok2mqtt.bridge.mqtt.publisher import MAX_RESPONSE_BYTES
from tiktok2mqtt.bridge.reload import RELOADABLE, reloaded_settings
from tiktok2mqtt.bridge.room import Room
from tiktok2mqtt.bridge.rooms_file import RoomsFile
from tiktok2mqtt.bridge.state_store import StateStore
from tiktok2mqtt.settings import Settings, SettingsError
from tiktok2mqtt.settings.model import ROWS
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.watch import WatchedRoom, Watcher

# Nothing listens there.
UNREACHABLE = "http://127.0.0.1:1"
one_broker = pytest.mark.parametrize("broker", ["embedded"], indirect=True)


def settings(**more: Any) -> Settings:
    """Return settings with which neither a broker nor TikTok can be reached."""
    mqtt = {"host": "127.0.0.1", "port": free_port()}
    web = f"http://127.0.0.1:{free_port()}"
    return Settings.model_validate({"mqtt": mqtt, "tiktok": {"web_url": web}} | more)


@pytest.fixture
def bridge(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    """A bridge without a control thread: the test calls `run_jobs` and `run_tasks` of its loop.

    The parameter are settings, if there is one.
    """
    monkeypatch.setattr(control_loop, "TICK_S", 0.05)
    created = Bridge(settings(**getattr(request, "param", {})))
    yield created
    created.shut_down()


def sent(bridge: Bridge) -> dict[str, Message]:
    """Empty the outbox; return the last message of each topic."""
    return {message.topic: message for message in bridge.outbox.take(10_000, qos1_limit=10_000, now=0.0)}


def client_options_of(bridge: Bridge, name: str) -> Options:
    connection = bridge.rooms.get(name).connection
    assert isinstance(connection, WatchedRoom)
    return connection.client.options


def run(bridge: Bridge) -> tuple[threading.Thread, list[int]]:
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(bridge.run()), daemon=True)
    thread.start()
    return thread, statuses


@pytest.mark.parametrize("setting", ["events", "exclude_events", "retain"])
def test_an_unknown_event_in_the_settings_is_an_error(setting: str) -> None:
    with pytest.raises(ValueError, match=rf"^{setting}: no such event: gifts \(did you mean gift\?\); "):
        Bridge(settings(**{setting: ["gifts"]}))


def test_without_rooms_it_says_how_to_add_one(caplog: pytest.LogCaptureFixture) -> None:
    bridge = Bridge(settings())
    thread, _ = run(bridge)
    until(lambda: 'send {"room": "NAME"} to tiktok/bridge/request/add' in caplog.text)
    bridge.stop()
    thread.join(5)


def test_run_returns_after_stop() -> None:
    bridge = Bridge(settings(rooms=["alice"]))
    thread, statuses = run(bridge)
    until(lambda: len(bridge.rooms) == 1)
    bridge.stop()
    thread.join(5)
    assert statuses == [0]
    assert not [handler for handler in logging.getLogger("tiktok2mqtt").handlers if "Mqtt" in type(handler).__name__]
    assert not [one.name for one in threading.enumerate() if one.name.startswith("tiktok2mqtt")]


def test_a_thread_that_logs_may_hold_the_lock_of_the_outbox() -> None:
    bridge = Bridge(settings())
    thread, _ = run(bridge)
    until(lambda: "LogToMqtt" in {type(handler).__name__ for handler in logging.getLogger("tiktok2mqtt").handlers})
    with bridge.outbox._lock:
        # The outbox logs while it holds its lock.
        log = threading.Thread(target=logging.getLogger("tiktok2mqtt.test").error, args=("full",), daemon=True)
        log.start()
        log.join(5)
        assert not log.is_alive()
    until(lambda: any(b'"full"' in one.payload for one in bridge.outbox.take(10_000, qos1_limit=10_000, now=0.0)))
    bridge.stop()
    thread.join(5)


def test_a_refused_login_ends_the_daemon_only_before_the_first_connect(bridge: Bridge) -> None:
    bridge.on_connected()
    bridge.on_login_refused("Not authorized")
    assert bridge.loop.waiting == 0
    bridge.was_connected = False
    bridge.on_login_refused("Not authorized")
    bridge.loop.run_jobs()
    assert (bridge.loop.stopping, bridge.status) == (True, REFUSED)


@pytest.mark.parametrize(
    ("payload", "retained", "counts"),
    [(b"online", False, True), (b"online", True, False), (b"offline", False, False)],
)
def test_only_a_birth_message_that_is_not_retained_counts(
    bridge: Bridge, payload: bytes, retained: bool, counts: bool
) -> None:
    bridge.inbox.receive("homeassistant/status", payload, retained)
    assert (bridge.loop.waiting == 1) is counts


def test_discovery_is_published_soon_after_a_birth_message(bridge: Bridge) -> None:
    now = time.monotonic()
    bridge.inbox.receive("homeassistant/status", b"online", retained=False)
    bridge.loop.run_jobs()
    bridge.loop.run_tasks(now)
    assert not sent(bridge)
    bridge.loop.run_tasks(now + 3.0)
    assert "homeassistant/device/tiktok-bridge/config" in sent(bridge)


def test_a_removed_room_publishes_no_documents(bridge: Bridge) -> None:
    room = bridge.rooms.add("alice")
    bridge.loop.run_jobs()
    bridge.loop.run_tasks(time.monotonic())
    bridge.rooms.remove("alice")
    sent(bridge)
    room.on_connection(Connection(State.ENDED, live=False))
    bridge.loop.run_jobs()
    bridge.loop.run_tasks(time.monotonic() + 2.0)
    assert not [topic for topic in sent(bridge) if topic.startswith("tiktok/alice/")]


def test_info_lists_the_current_rooms(bridge: Bridge) -> None:
    for method, rooms in ((bridge.rooms.add, b'"room":"alice"'), (bridge.rooms.remove, b'"rooms":[]')):
        method("alice")
        bridge.loop.run_jobs()
        assert rooms in sent(bridge)["tiktok/bridge/info"].payload


@one_broker
def test_the_list_of_rooms_is_published_when_it_changes(broker: Broker) -> None:
    mqtt = {"host": "127.0.0.1", "port": broker.port, "base_topic": f"list{os.getpid()}"}
    topic = f"{mqtt['base_topic']}/bridge/rooms"
    tested = Bridge(settings(rooms=["alice"], mqtt=mqtt))
    with Listener(broker.port, [f"{mqtt['base_topic']}/#"]) as listener:
        thread, _ = run(tested)
        (entry,) = listener.wait(topic).json["rooms"]
        assert entry.keys() == {"name", "state", "code", "reason", "transport", "since"}
        assert entry["name"] == "alice"
        tested.loop.put(lambda: tested.rooms.disconnect("alice"))
        listener.wait(topic, lambda message: message.json["rooms"][0]["state"] == "disabled")
        tested.loop.put(lambda: tested.rooms.add("bob"))
        listener.wait(topic, lambda message: len(message.json["rooms"]) == 2)
        tested.stop()
        thread.join(10)
    payloads = [message.payload for message in listener.on(topic)]
    assert all(one != other for one, other in itertools.pairwise(payloads))


def test_the_documents_of_a_thousand_rooms_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"a.name_of_24.letters{number:04}" for number in range(1_000)]
    bridge = Bridge(settings(rooms=names, max_rooms=1_000, allowed_rooms=names))
    monkeypatch.setattr(Link, "connected", True)
    monkeypatch.setattr(Link, "denied", Counter({f"tiktok/{name}/state": 1 for name in names} | {"tiktok/x/raw": 9}))
    bridge.rooms.load(bridge.settings.rooms)
    while bridge.loop.waiting:
        bridge.loop.run_jobs()
    bridge.loop.run_tasks(time.monotonic())
    messages = sent(bridge)
    info, health = (orjson.loads(messages[f"tiktok/bridge/{name}"].payload) for name in ("info", "health"))
    assert max(len(one.payload) for one in messages.values()) <= MAX_DOCUMENT_BYTES
    for lists, name in ((info, "rooms"), (info["settings"], "rooms"), (info["settings"], "allowed_rooms")):
        omitted = info["omitted"][name if lists is info else f"settings.{name}"]
        assert len(lists[name]) + omitted == 1_000
    assert [room["room"] for room in info["rooms"]] == names[: len(info["rooms"])]
    assert len(info["rooms"]) > 100
    assert (health["rooms"], len(health["per_room"]) + health["omitted"]["per_room"]) == (1_000, 1_000)
    assert len(health["per_room"]) > 50
    assert (health["denied_by_topic"]["tiktok/x/raw"], sum(health["denied_by_topic"].values())) == (9, 1_009)
    assert len(orjson.dumps(bridge.actions.health())) <= MAX_RESPONSE_BYTES
    bridge.shut_down()


OPTIONS = {"transports": "Polling, direct", "polling_interval": 2.5, "websocket_upgrade": False}


@pytest.mark.parametrize("bridge", [{"tiktok": {"web_url": UNREACHABLE, **OPTIONS}}], indirect=True)
def test_the_client_gets_its_options_from_the_settings(bridge: Bridge) -> None:
    bridge.rooms.add("alice")
    options = client_options_of(bridge, "alice")
    assert list(options.transports) == ["polling", "direct"]
    assert (options.request_polling_interval_ms, options.enable_websocket_upgrade) == (2500.0, False)


SECRETS = {"proxy": "http://alice:hunter2@127.0.0.1:1", "cookies": "sessionid=hunter3; tt-target-idc=useast5"}


@pytest.mark.parametrize("bridge", [{"tiktok": {"web_url": UNREACHABLE, **SECRETS}}], indirect=True)
def test_proxy_and_cookies_reach_the_client_and_are_not_published_or_logged(
    bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bridge.watcher.start()
    bridge.rooms.add("alice")
    options = client_options_of(bridge, "alice")
    assert options.proxy == SECRETS["proxy"]
    assert options.cookies == {"sessionid": "hunter3", "tt-target-idc": "useast5"}
    published: dict[str, bytes] = {}

    def is_refused() -> bool:
        bridge.loop.run_jobs()
        bridge.loop.run_tasks(time.monotonic() + 2.0)
        published.update({topic: bytes(message.payload) for topic, message in sent(bridge).items()})
        return b'"code":"proxy"' in published.get("tiktok/alice/connection", b"")

    until(is_refused)
    assert b'"settings"' in published["tiktok/bridge/info"]
    shown = caplog.text + repr(bridge.settings) + repr(options) + repr(published)
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
    monkeypatch.setattr(control_loop, "TICK_S", 0.05)
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
    monkeypatch.setattr(control_loop, "TICK_S", 0.05)
    bridge = Bridge(settings())
    thread, _ = run(bridge)
    stuck, release = threading.Event(), threading.Event()

    def hang() -> None:
        stuck.set()
        release.wait(5)

    bridge.loop.put(hang)
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
    monkeypatch.setattr(control_loop, "TICK_S", 0.05)
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.link.STUCK_CONNECTING_S", 0.3)
    monkeypatch.setattr("tiktok2mqtt.bridge.health.CHECK_INTERVAL_S", 0.0)
    bridge = Bridge(settings())
    release = threading.Event()
    monkeypatch.setattr(bridge.link._client, "connect", lambda *_: release.wait(10))
    thread, _ = run(bridge)
    until(lambda: bridge.actions.health()["stuck_threads"] == ["tiktok2mqtt.mqtt"])
    bridge.link._connected = True
    assert not bridge.actions.health()["healthy"]
    turned = threading.Barrier(2)
    for _ in range(2):
        bridge.loop.put(lambda: turned.wait(5))
        turned.wait(5)
    # Notifications from before the link got stuck.
    systemd.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            systemd.recv(100)
    for _ in range(2):
        bridge.loop.put(lambda: turned.wait(5))
        turned.wait(5)
    with pytest.raises(BlockingIOError):
        systemd.recv(100)
    bridge.link._connected = False
    release.set()
    systemd.settimeout(5)
    assert systemd.recv(100) == b"WATCHDOG=1"
    assert bridge.actions.health()["stuck_threads"] == []
    bridge.stop()
    thread.join(5)


def test_the_watchdog_checks_all_threads_that_carry_events(bridge: Bridge) -> None:
    bridge.rooms.add("alice")
    names = [liveness.name for liveness in bridge.liveness_of_threads()]
    assert names == ["tiktok2mqtt.mqtt", "tiktok2mqtt.outbox", "tiktok2mqtt.watcher", "tiktok2mqtt[alice].reader"]


def test_the_settings_can_be_reloaded(bridge: Bridge) -> None:
    bridge.rooms.replace_configured(["alice"])
    reloaded: list[Settings] = []
    new = settings(rooms=["bob"], health_interval=1)
    bridge.reload(lambda: new, reloaded.append)
    bridge.loop.run_jobs()
    assert [room.name for room in bridge.rooms] == ["bob"]
    assert [(one.rooms, one.health_interval) for one in reloaded] == [(["bob"], 60)]
    bridge.loop.run_jobs()
    topics = sent(bridge)
    assert b'"rooms":[{"room":"bob","source":"settings"}]' in topics["tiktok/bridge/info"].payload
    assert topics["tiktok/alice/availability"].payload == b""

    def invalid() -> Settings:
        raise SettingsError(["rooms: must be a list"])

    bridge.reload(invalid, reloaded.append)
    bridge.loop.run_jobs()
    assert len(reloaded) == 1
    assert [room.name for room in bridge.rooms] == ["bob"]


TASKS = [
    (FlushScheduler, "flush", "publish the documents of rooms"),
    (FlushScheduler, "seconds_to_next", "find out when documents are due"),
    (Actions, "health_document", "publish the health"),
    (DiscoveryPublisher, "is_due", "publish the discovery"),
    (Dispatcher, "report_refusals", "report refused commands"),
    (Link, "flush", "flush the outbox"),
    (Watchdog, "feed", "feed the watchdog"),
]


@pytest.mark.parametrize("number", range(len(TASKS)), ids=[name for _, _, name in TASKS])
def test_a_task_that_fails_stops_neither_the_daemon_nor_another_task(
    number: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(control_loop, "TICK_S", 0.01)
    monkeypatch.setattr(Link, "connected", True)
    counts = spy_on([(owner, method) for owner, method, _ in TASKS], number, monkeypatch)
    bridge = Bridge(settings(health_interval=0.1))
    thread, statuses = run(bridge)
    until(lambda: min(counts) >= 3)
    bridge.stop()
    thread.join(5)
    assert statuses == [0]
    failures = [message for message in caplog.messages if message.startswith("failed to ")]
    assert set(failures) == {f"failed to {TASKS[number][2]}"}


CLOSED = [
    (WatchedRoom, "interrupt"),
    (Watcher, "stop"),
    (WatchedRoom, "close"),
    (Room, "publish_offline"),
    (Link, "stop"),
    (Outbox, "stop"),
    (StateStore, "close"),
    (RoomsFile, "close"),
]


@pytest.mark.parametrize("number", range(len(CLOSED)), ids=[f"{owner.__name__}.{name}" for owner, name in CLOSED])
def test_everything_is_closed_though_one_part_fails(number: int, caplog: pytest.LogCaptureFixture) -> None:
    bridge = Bridge(settings())
    for name in ("alice", "bob"):
        bridge.rooms.add(name)
    with pytest.MonkeyPatch.context() as patch:
        counts = spy_on(CLOSED, number, patch)
        bridge.shut_down()
    assert [one for one in caplog.messages if one.startswith("failed to ")]
    # A room whose connection cannot be closed is not marked as offline; the bridge is.
    skipped = {CLOSED.index((Room, "publish_offline"))} if CLOSED[number][0] is WatchedRoom else set()
    assert all(count or index in skipped for index, count in enumerate(counts))
    assert sent(bridge)["tiktok/bridge/state"].payload == b'{"state":"offline"}'
    bridge.shut_down()


def spy_on(methods: list[tuple[type, str]], failing: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Make the method with that number fail. Return a list with the number of calls of each method, kept up to date."""
    counts = [0] * len(methods)

    def spied(number: int, original: Callable[..., Any]) -> Callable[..., Any]:
        def method(*arguments: Any) -> Any:
            counts[number] += 1
            if number == failing:
                raise RuntimeError("failed on purpose")
            return original(*arguments)

        return method

    for number, (owner, name) in enumerate(methods):
        monkeypatch.setattr(owner, name, spied(number, getattr(owner, name)))
    return counts


@pytest.mark.parametrize("retained", [False, True])
def test_no_message_ends_a_running_daemon(bridge: Bridge, retained: bool) -> None:
    """Above all not those with which another daemon with the same topics could be faked."""
    bridge.rooms.add("alice")
    bridge.on_connected()
    topics = ["bridge/state", "bridge/response/health_check", "bridge/request/restart", "bridge/request/health_check"]
    topics += ["alice/state", "alice/set", "alice/goal", "alice/goal/set", "alice/availability"]
    payloads = [b'{"state":"online"}', b'{"state":"offline"}', b"online", b"", b"\xff", b"[" * 100_000]
    payloads += [b'{"status":"ok","data":{"healthy":true},"transaction":"x1"}']
    for topic in [*(f"tiktok/{topic}" for topic in topics), "homeassistant/status"]:
        for payload in payloads:
            bridge.inbox.receive(topic, payload, retained)
    while bridge.loop.waiting:
        bridge.loop.run_jobs()
    assert (bridge.loop.stopping, bridge.status) == (False, 0)
    assert [room.name for room in bridge.rooms] == ["alice"]


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
    bridge.rooms.add("alice")
    bridge.inbox.receive("tiktok/alice/goal", b"400", retained=False)
    bridge.loop.run_jobs()
    assert bridge.rooms.get("alice").state_document()["goal"] is None
    bridge.inbox.receive("tiktok/alice/goal", b"300", retained=True)
    bridge.inbox.receive("tiktok/alice/goal", b"many", retained=True)
    bridge.loop.run_jobs()
    assert bridge.rooms.get("alice").state_document()["goal"] == 300
    assert any(text.startswith("ignored the retained message on tiktok/alice/goal: ") for text in caplog.messages)


def test_state_and_discovery_are_published_after_the_retained_messages_are_read(bridge: Bridge) -> None:
    bridge.rooms.add("alice")
    now = time.monotonic()
    bridge.on_connected()
    documents = sent(bridge)
    assert {"tiktok/alice/connection", "tiktok/bridge/info"} <= documents.keys()
    assert "tiktok/alice/state" not in documents
    bridge.inbox.receive("homeassistant/device/tiktok_old/config", b'{"origin":{"name":"tiktok2mqtt"}}', retained=True)
    bridge.loop.run_jobs()
    bridge.loop.run_tasks(now + 0.5)
    assert not [topic for topic in sent(bridge) if topic.startswith("homeassistant/")]
    bridge.loop.run_tasks(now + 2.0)
    assert sent(bridge)["homeassistant/device/tiktok_old/config"].payload == b""
    bridge.loop.run_tasks(now + 4.0)
    assert {"homeassistant/device/tiktok_alice/config", "tiktok/alice/state"} <= sent(bridge).keys()


def test_after_a_reconnect_everything_is_published_at_once(bridge: Bridge) -> None:
    bridge.rooms.add("alice")
    bridge.on_connected()
    bridge.loop.run_tasks(time.monotonic() + 2.0)
    everything = {"homeassistant/device/tiktok_alice/config", "tiktok/alice/state", "tiktok/bridge/info"}
    assert everything <= sent(bridge).keys()
    bridge.on_connected()
    assert everything <= sent(bridge).keys()


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
