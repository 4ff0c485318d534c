import logging
import os
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.conftest import MakeRoom
from tests.bridge.doubles import FakeConnection, event
from tiktok2mqtt.bridge import health
from tiktok2mqtt.bridge.health import (
    CHECK_INTERVAL_S,
    MAX_LISTED,
    LogToMqtt,
    Watchdog,
    notify_systemd,
)
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.common.times import Liveness
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.memory import Drops


def test_the_health_document(make_room: MakeRoom) -> None:
    alice, bob = make_room("alice", True), make_room("bob", False)
    assert isinstance(alice.connection, FakeConnection)
    alice.connection.connection = Connection(State.LIVE, live=True)
    alice.on_event(event("share"))
    drops = {"alice": Drops(), "bob": Drops()}
    for drop in drops.values():
        drop.frames["gzip"] += 1
        drop.undecodable["WebcastGiftMessage"] += 2
        drop.too_large["WebcastRoomUserSeqMessage"] += 4
        drop.unknown["WebcastNewMessage"] += 3
        drop.bad_fields["WebcastChatMessage.content"] += 5
    outbox = Outbox(streaming_capacity=1)
    for name in ("chat", "chat", "like"):
        outbox.put(Message("t", b"", 0, False, QueueClass.STREAMING, 0.0, name, room="alice"))
    document = health.health_document([alice, bob], drops, outbox, 12.9)
    assert document.pop("rss_bytes") > 1_000_000
    assert document.pop("threads") >= 1
    assert document.pop("at").endswith("Z")
    assert document == {
        "uptime_s": 12,
        "rooms": 2,
        "live_rooms": 1,
        "unreachable_rooms": 0,
        "events": 1,
        "queue": {"state": 0, "priority": 0, "streaming": 1},
        "dropped": 2,
        "dropped_by_event": {"chat": 2},
        "decode_errors": 14,
        "decode_errors_by_type": {"WebcastGiftMessage": 4},
        "frame_errors_by_cause": {"gzip": 2},
        "bad_fields_by_name": {"WebcastChatMessage.content": 10},
        "too_large_messages_by_type": {"WebcastRoomUserSeqMessage": 8},
        "unknown_messages_by_type": {"WebcastNewMessage": 6},
        "per_room": {
            "alice": {"events": 1, "state": "live", "dropped": 2, "decode_errors": 7},
            "bob": {"events": 0, "state": "disabled", "dropped": 0, "decode_errors": 7},
        },
    }


class GrowingCounter(Counter[str]):
    """A counter to which another thread adds a key whenever it is iterated over."""

    def _grow(self) -> None:
        self[f"type{len(self)}"] += 1

    def __iter__(self) -> Iterator[str]:
        for key in super().__iter__():
            yield key
            self._grow()

    def items(self) -> Any:
        for key in self:
            yield key, self[key]

    def values(self) -> Any:
        for key in self:
            yield self[key]


def test_counters_may_grow_while_the_document_is_made(make_room: MakeRoom) -> None:
    drops = Drops(*(GrowingCounter({"a": 1, "b": 2}) for _ in fields(Drops)))
    outbox = Outbox()
    outbox.dropped = GrowingCounter({"chat": 1, "like": 2})
    document = health.health_document([make_room("alice", True)], {"alice": drops}, outbox, 1.0)
    assert document["dropped_by_event"] == {"chat": 1, "like": 2}
    assert document["unknown_messages_by_type"] == {"a": 1, "b": 2}
    assert document["per_room"]["alice"]["decode_errors"] == document["decode_errors"] == 9


def test_only_the_most_common_types_are_listed(make_room: MakeRoom) -> None:
    drops = Drops()
    drops.unknown.update({f"Type{number}": number for number in range(1, 501)} | {"other": 1_000})
    document = health.health_document([make_room("alice", True)], {"alice": drops}, Outbox(), 1.0)
    listed = document["unknown_messages_by_type"]
    assert len(listed) == MAX_LISTED
    assert sum(listed.values()) == drops.unknown.total()
    assert listed["Type500"] == 500


def test_rooms_in_trouble_come_first_then_those_with_events(make_room: MakeRoom) -> None:
    rooms = [make_room(name, True) for name in ("quiet", "busy", "dropped", "broken", "idle")]
    drops = {room.name: Drops() for room in rooms}
    drops["broken"].frames["gzip"] += 1
    outbox = Outbox(streaming_capacity=1)
    for _ in range(2):
        outbox.put(Message("t", b"", 0, False, QueueClass.STREAMING, 0.0, "chat", room="dropped"))
    rooms[1].on_event(event("share"))
    document = health.health_document(rooms, drops, outbox, 1.0)
    assert list(document["per_room"]) == ["broken", "dropped", "busy", "quiet", "idle"]


def test_memory_is_none_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_path: Path, _encoding: str) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    assert health.rss_bytes() is None


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[socket.socket]:
    """A socket like systemd's, named in the environment. sd_notify(3) allows a path and an abstract name."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@tiktok2mqtt-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(name.replace("@", "\0", 1) if request.param == "abstract" else name)
        sock.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield sock


def test_systemd_is_notified(systemd: socket.socket) -> None:
    assert notify_systemd("READY=1")
    assert notify_systemd("STOPPING=1")
    assert [systemd.recv(100), systemd.recv(100)] == [b"READY=1", b"STOPPING=1"]


def test_without_systemd_nothing_is_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify_systemd("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "absent"))
    assert not notify_systemd("READY=1")


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, list[dict[str, Any]]]]:
    """A logger with LogToMqtt, and what it has published."""
    published: list[dict[str, Any]] = []
    logger = logging.getLogger("tiktok2mqtt.test_health")
    handler = LogToMqtt(published.append)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield logger, published
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def test_log_records_are_published_from_info_on(log: tuple[logging.Logger, list[dict[str, Any]]]) -> None:
    logger, published = log
    logger.debug("quiet")
    logger.warning("%s is %s", "alice", "away")
    assert published == [{"level": "warning", "message": "alice is away", "logger": "tiktok2mqtt.test_health"}]


def test_a_log_record_is_sanitized_and_cut(log: tuple[logging.Logger, list[dict[str, Any]]]) -> None:
    logger, published = log
    logger.info("\x1b[2J%s", "x" * 5_000)
    assert published[0]["message"].startswith(" [2Jxxx")
    assert len(published[0]["message"]) == 1_000


def test_a_failure_to_publish_does_not_reach_the_caller(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_record: dict[str, Any]) -> None:
        raise OSError("no way")

    monkeypatch.setattr(logging, "raiseExceptions", True)
    record = logging.LogRecord("name", logging.INFO, "file", 1, "text", None, None)
    LogToMqtt(fail).handle(record)
    assert "no way" in capsys.readouterr().err


@pytest.fixture
def notifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent to systemd."""
    messages: list[str] = []
    monkeypatch.setattr(health, "notify_systemd", messages.append)
    return messages


def test_the_watchdog_is_fed_while_no_thread_is_stuck(
    notifications: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    link, reader = Liveness("link"), Liveness("reader")
    watchdog = Watchdog(lambda: [reader, link])
    now = time.monotonic()
    link.beat(30.0)
    watchdog.feed(now)
    assert notifications == ["WATCHDOG=1"]
    for number in range(1, 4):
        reader.beat(-1.0)
        link.beat(-1.0)
        watchdog.feed(now + number * CHECK_INTERVAL_S)
    assert watchdog.stuck_threads(now + 3 * CHECK_INTERVAL_S) == ["link", "reader"]
    assert notifications == ["WATCHDOG=1"]
    link.pause()
    reader.beat(30.0)
    watchdog.feed(now + 4 * CHECK_INTERVAL_S)
    assert notifications == ["WATCHDOG=1"] * 2
    assert caplog.messages == ["these threads are stuck: link, reader", "no thread is stuck any more"]


def test_the_watchdog_checks_once_a_second_however_often_it_is_fed(notifications: list[str]) -> None:
    checks: list[Liveness] = []

    def liveness_of_threads() -> Iterator[Liveness]:
        checks.append(Liveness("link"))
        yield checks[-1]

    watchdog = Watchdog(liveness_of_threads)
    for quarter in range(9):
        watchdog.feed(100.0 + quarter / 4 * CHECK_INTERVAL_S)
    assert len(checks) == len(notifications) == 3
