"""The state database over the releases: what earlier ones have left is imported, what later ones have is left alone."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.doubles import gift
from tiktok2mqtt.bridge.mqtt.message_store import Message
from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import event_message
from tiktok2mqtt.bridge.older_files import GIFTS_FILE, OUTBOX_FILE
from tiktok2mqtt.bridge.state_store import MIGRATIONS, STATE_FILE, StateStore
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.webcast.memory import SavedSession, SessionChanges

# As the releases have written them.
OUTBOX_1 = """
CREATE TABLE messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    qos INTEGER NOT NULL,
    retain INTEGER NOT NULL,
    name TEXT NOT NULL,
    made_at REAL NOT NULL
);
PRAGMA user_version = 1;
"""
OUTBOX_2 = """
CREATE TABLE messages (
    number INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    qos INTEGER NOT NULL,
    retain INTEGER NOT NULL,
    name TEXT NOT NULL,
    room TEXT NOT NULL,
    made_at REAL NOT NULL
);
PRAGMA user_version = 2;
"""
GIFTS_1 = """
CREATE TABLE lives (room TEXT PRIMARY KEY, room_id TEXT NOT NULL);
CREATE TABLE messages (room TEXT NOT NULL, message_id TEXT NOT NULL);
CREATE INDEX messages_of_a_room ON messages (room);
CREATE TABLE streaks (room TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (room, key));
CREATE TABLE undelivered (room TEXT NOT NULL, event TEXT NOT NULL);
PRAGMA user_version = 1;
"""


def older(path: Path, schema: str, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Make a file of an earlier release, as a killed process leaves it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(schema)
    for insert, values in rows.items():
        connection.executemany(f"INSERT INTO {insert} VALUES ({','.join('?' * len(values[0]))})", values)
    kept = {file: file.read_bytes() for file in path.parent.glob(f"{path.name}*")}
    assert len(kept) == 3
    connection.close()
    for file, content in kept.items():
        if not file.name.endswith("-shm"):
            file.write_bytes(content)


def make_message(room: str, event: dict[str, Any]) -> Message | None:
    return event_message(Topics(), effective_policies([], [], []), room, event)


@contextmanager
def opened(folder: Path) -> Iterator[tuple[StateStore, Outbox]]:
    state = StateStore(folder, make_message)
    yield state, Outbox(store=state.messages)
    state.close()


def waiting(outbox: Outbox) -> list[Message]:
    return outbox.take(100, qos1_limit=100, now=time.monotonic())


def load(state: StateStore, outbox: Outbox, room: str) -> SavedSession | None:
    sessions = state.sessions(outbox)
    assert sessions is not None
    return sessions.load(room)


WELL = {"on_disk": True, "problem": None}


@pytest.mark.parametrize(("schema", "room"), [(OUTBOX_1, ""), (OUTBOX_2, "alice")], ids=["1", "2"])
def test_an_older_outbox_is_imported_and_removed(tmp_path: Path, schema: str, room: str) -> None:
    made_at = time.time() - 60
    rooms = () if schema is OUTBOX_1 else ("alice",)
    rows = [(9, "tiktok/alice/gift", b'{"id":"1"}', 1, 1, "gift", *rooms, made_at)]
    rows.append((7, "tiktok/alice/follow", b'{"id":"0"}', 1, 0, "follow", *rooms, made_at))
    older(tmp_path / OUTBOX_FILE, schema, {"messages": rows})
    with opened(tmp_path) as (state, outbox):
        follow, present = waiting(outbox)
        assert (follow.topic, follow.payload, follow.name) == ("tiktok/alice/follow", b'{"id":"0"}', "follow")
        assert (present.topic, present.payload, present.name) == ("tiktok/alice/gift", b'{"id":"1"}', "gift")
        assert (present.qos, present.retain, follow.retain, present.room) == (1, True, False, room)
        assert time.monotonic() - present.created_at == pytest.approx(60, abs=5)
        assert state.health() == WELL
        assert not list(tmp_path.glob(f"{OUTBOX_FILE}*"))
    with opened(tmp_path) as (_, outbox):
        assert len(waiting(outbox)) == 2


def test_older_gifts_are_imported_and_what_was_not_published_is(tmp_path: Path) -> None:
    streak = {"count": 2, "last": {}}
    rows: dict[str, list[tuple[Any, ...]]] = {
        "lives": [("alice", "55"), ("bob", "66")],
        "messages": [("alice", "7"), ("bob", "1"), ("alice", str(2**64 - 1)), ("alice", "5")],
        "streaks": [("alice", "key", json.dumps(streak))],
        "undelivered": [("alice", json.dumps(gift(3, 3))), ("alice", json.dumps(gift(4, 1)))],
    }
    older(tmp_path / GIFTS_FILE, GIFTS_1, rows)
    older(tmp_path / OUTBOX_FILE, OUTBOX_2, {"messages": [(1, "tiktok/alice/gift", b"{}", 1, 0, "gift", "alice", 0.0)]})
    with opened(tmp_path) as (state, outbox):
        assert load(state, outbox, "alice") == SavedSession("55", [7, 2**64 - 1, 5], {"key": streak})
        assert load(state, outbox, "bob") == SavedSession("66", [1], {})
        first, *messages = waiting(outbox)
        assert first.payload == b"{}"
        assert [(one.topic, one.room, json.loads(one.payload)) for one in messages] == [
            ("tiktok/alice/gift", "alice", gift(3, 3)),
            ("tiktok/alice/gift", "alice", gift(4, 1)),
        ]
        assert all(time.monotonic() - one.created_at < 5 for one in messages)
    assert {file.name for file in tmp_path.iterdir()} == {STATE_FILE, f"{STATE_FILE}-reserve"}


def test_what_an_older_release_leaves_after_a_downgrade_is_added(tmp_path: Path) -> None:
    with opened(tmp_path) as (state, outbox):
        sessions = state.sessions(outbox)
        assert sessions is not None
        for room in ("alice", "bob", "carol"):
            with sessions.transaction(room, SessionChanges("55", [1], {"a": {"count": 1}})):
                message = make_message(room, gift(1, 1))
                assert message is not None
                outbox.put(message)
    older(tmp_path / OUTBOX_FILE, OUTBOX_2, {"messages": [(1, "tiktok/bob/gift", b"{}", 1, 0, "gift", "bob", 0.0)]})
    lives = [("alice", "55"), ("bob", "56")]
    older(tmp_path / GIFTS_FILE, GIFTS_1, {"lives": lives, "messages": [("alice", "2"), ("bob", "3")]})
    with opened(tmp_path) as (state, outbox):
        assert load(state, outbox, "alice") == SavedSession("55", [2, 1], {"a": {"count": 1}})
        assert load(state, outbox, "bob") == SavedSession("56", [3], {})
        assert load(state, outbox, "carol") == SavedSession("55", [1], {"a": {"count": 1}})
        assert [one.topic.split("/")[1] for one in waiting(outbox)] == ["alice", "bob", "carol", "bob"]


@pytest.mark.parametrize("name", [OUTBOX_FILE, GIFTS_FILE])
def test_an_older_file_without_tables_is_removed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with opened(tmp_path) as (state, outbox):
        assert state.health() == WELL
        assert waiting(outbox) == []
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"?" * 9_000, "file is not a database"),
        (GIFTS_1, "no such table"),
        (OUTBOX_2 + "PRAGMA user_version = 9;", "unknown schema 9"),
    ],
)
def test_a_damaged_older_file_is_set_aside(
    tmp_path: Path, content: bytes | str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / OUTBOX_FILE
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(content)
            connection.executescript("DROP TABLE messages")
    with opened(tmp_path) as (state, outbox):
        health = state.health()
        assert health["on_disk"]
        assert health["problem"].startswith(f"{path} is damaged ({reason}")
        assert caplog.messages == [health["problem"]]
        assert waiting(outbox) == []
    assert len(list(tmp_path.glob(f"{OUTBOX_FILE}.damaged-*"))) == 1
    assert not path.exists()


def test_a_newer_schema_is_refused_and_left_alone_and_older_files_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / STATE_FILE)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    older(tmp_path / OUTBOX_FILE, OUTBOX_2, {"messages": [(1, "tiktok/bob/gift", b"{}", 1, 0, "gift", "bob", 0.0)]})
    content = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with opened(tmp_path) as (state, outbox):
        health = state.health()
        assert not health["on_disk"]
        assert "a newer tiktok2mqtt has written it" in health["problem"]
        assert "choose another state_dir" in health["problem"]
        message = make_message("alice", gift(1, 1))
        assert message is not None
        outbox.put(message)
        assert waiting(outbox) == [message]
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == content
    assert len(caplog.messages) == 1


DAY_S = 24 * 3600.0


def test_old_files_are_deleted_at_the_start_and_once_a_day(tmp_path: Path) -> None:
    def aside(days: float) -> Path:
        stamp = time.strftime("%Y%m%dT%H%M%S", time.localtime(time.time() - days * DAY_S - 60))
        path = tmp_path / f"state.sqlite.damaged-{stamp}"
        path.touch()
        return path

    state = StateStore(tmp_path, make_message, keep_damaged=3)
    young, old = aside(2), aside(3)
    state.clean_up(1_000.0)
    assert (young.exists(), old.exists()) == (True, False)
    old = aside(4)
    state.clean_up(1_000.0 + DAY_S - 1)
    assert old.exists()
    state.clean_up(1_000.0 + DAY_S)
    assert (young.exists(), old.exists()) == (True, False)
    state.close()


@pytest.mark.parametrize("days", [0, 1])
def test_a_file_damaged_while_it_is_open_is_deleted_at_once_only_if_wanted(tmp_path: Path, days: int) -> None:
    state = StateStore(tmp_path, make_message, keep_damaged=days)
    state.clean_up(0.0)

    def malformed(_connection: sqlite3.Connection) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with Outbox(store=state.messages).transaction(malformed):
        pass
    assert len(list(tmp_path.glob("*.damaged-*"))) > 0
    state.clean_up(1.0)
    assert bool(list(tmp_path.glob("*.damaged-*"))) is (days > 0)
    assert state.health()["problem"] is not None
    state.close()


def test_streaks_of_a_live_whose_end_was_not_seen_are_deleted_after_a_day(tmp_path: Path) -> None:
    with opened(tmp_path) as (state, outbox):
        sessions = state.sessions(outbox)
        assert sessions is not None
        for room, age_s in (("alice", DAY_S - 60), ("bob", DAY_S + 60)):
            last_at = time.time() - age_s
            with sessions.transaction(
                room, SessionChanges("55", [1], {"a": {"last_at": last_at}, "b": {"last_at": 0.0}})
            ):
                pass
        state.clean_up(0.0)
        # If the clock was set before the start, a LIVE that is running has an hour to show that it is.
        state.clean_up(3_599.0)
        assert load(state, outbox, "bob") != SavedSession("55", [1], {})
        state.clean_up(3_600.0)
        alice, bob = load(state, outbox, "alice"), load(state, outbox, "bob")
        assert alice is not None
        # The first one may only seem to be old, because the clock was set during the LIVE.
        assert alice.streaks.keys() == {"a", "b"}
        assert bob == SavedSession("55", [1], {})


def test_without_a_folder_nothing_is_saved() -> None:
    state = StateStore(None, make_message)
    state.clean_up(0.0)
    assert state.messages is None
    assert state.sessions(Outbox()) is None
    assert state.health() == {"on_disk": False, "problem": None}
    state.close()
