import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.conftest import MakeRoom
from tests.bridge.doubles import event
from tiktok2mqtt.bridge import health
from tiktok2mqtt.bridge.health import LogToMqtt, notify_systemd
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.memory import Drops


def test_the_document(make_room: MakeRoom) -> None:
    alice, bob = make_room("alice", True), make_room("bob", False)
    alice.on_connection(Connection(State.LIVE, live=True))
    alice.on_event(event("share"))
    drops = {"alice": Drops(), "bob": Drops()}
    for drop in drops.values():
        drop.frames["gzip"] += 1
        drop.undecodable["WebcastGiftMessage"] += 2
        drop.unknown["WebcastNewMessage"] += 3
    outbox = Outbox(streaming_capacity=1)
    for name in ("chat", "chat", "like"):
        outbox.put(Message("t", b"", 0, False, QueueClass.STREAMING, 0.0, name, room="alice"))
    document = health.document([alice, bob], drops, outbox, 12.9)
    assert document.pop("rss_bytes") > 1_000_000
    assert document.pop("threads") >= 1
    assert document.pop("at").endswith("Z")
    assert document == {
        "uptime_s": 12,
        "rooms": 2,
        "live_rooms": 1,
        "events": 1,
        "queue": {"state": 0, "priority": 0, "streaming": 1},
        "dropped": 2,
        "dropped_by_event": {"chat": 2},
        "decode_errors": 6,
        "decode_errors_by_type": {"WebcastGiftMessage": 4},
        "frame_errors_by_cause": {"gzip": 2},
        "unknown_messages_by_type": {"WebcastNewMessage": 6},
        "per_room": {
            "alice": {"events": 1, "state": "live", "dropped": 2, "decode_errors": 3},
            "bob": {"events": 0, "state": "disabled", "dropped": 0, "decode_errors": 3},
        },
    }


def test_memory_is_null_where_there_is_no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_path: Path, _encoding: str) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    assert health.rss_bytes() is None


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[socket.socket]:
    """A socket like systemd's, named in the environment; sd_notify(3) allows a path and an abstract name."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@tiktok2mqtt-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(name.replace("@", "\0", 1) if request.param == "abstract" else name)
        sock.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield sock


def test_systemd_is_told(systemd: socket.socket) -> None:
    assert notify_systemd("READY=1")
    assert notify_systemd("STOPPING=1")
    assert [systemd.recv(100), systemd.recv(100)] == [b"READY=1", b"STOPPING=1"]


def test_without_systemd_nobody_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify_systemd("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "absent"))
    assert not notify_systemd("READY=1")


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, list[dict[str, Any]]]]:
    """A logger that publishes, and what it published."""
    published: list[dict[str, Any]] = []
    logger = logging.getLogger("tiktok2mqtt.test_health")
    handler = LogToMqtt(published.append)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield logger, published
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def test_log_lines_are_published_from_info_on(log: tuple[logging.Logger, list[dict[str, Any]]]) -> None:
    logger, published = log
    logger.debug("quiet")
    logger.warning("%s is %s", "alice", "away")
    assert published == [{"level": "warning", "message": "alice is away", "logger": "tiktok2mqtt.test_health"}]


def test_a_log_line_is_cleaned_and_cut(log: tuple[logging.Logger, list[dict[str, Any]]]) -> None:
    logger, published = log
    logger.info("\x1b[2J%s", "x" * 5_000)
    assert published[0]["message"].startswith(" [2Jxxx")
    assert len(published[0]["message"]) == 1_000


def test_a_log_line_that_cannot_be_published_hurts_nobody(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_record: dict[str, Any]) -> None:
        raise OSError("no way")

    monkeypatch.setattr(logging, "raiseExceptions", True)
    record = logging.LogRecord("name", logging.INFO, "file", 1, "text", None, None)
    LogToMqtt(fail).handle(record)
    assert "no way" in capsys.readouterr().err
