from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bridge.mqtt.state_rig import after_kill, gift, traced
from tiktok2mqtt.bridge import state_store as session_store
from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.message_store import MessageStore
from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.bridge.state_store import MIGRATIONS, SqliteSessionStore
from tiktok2mqtt.webcast.memory import SavedSession, SessionChanges


class Process:
    """What one process has open."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path, MIGRATIONS, consequence="a restart may repeat gifts")
        self.messages = MessageStore(self.database)
        self.outbox = Outbox(store=self.messages)
        self.sessions = SqliteSessionStore(self.database, self.outbox)

    def save(self, room: str, changes: SessionChanges, *texts: str) -> None:
        with self.sessions.transaction(room, changes):
            for text in texts:
                self.outbox.put(gift(text, room=room))

    def load(self, room: str) -> SavedSession | None:
        return self.sessions.load(room)

    def fail(self) -> None:
        """Let every write fail from now on, as when the disk is full."""
        self.database.read(lambda connection: connection.execute("PRAGMA query_only = ON"))

    def heal(self) -> None:
        self.database.read(lambda connection: connection.execute("PRAGMA query_only = OFF"))

    def repair(self) -> None:
        assert self.database.repair(lambda _connection: None)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[[], Process]]:
    """Opens a file, and then what is left of it when the process before is killed."""
    opened: list[Process] = []
    path = tmp_path / "state.sqlite"

    def open_it() -> Process:
        nonlocal path
        if opened:
            path = after_kill(path)
        opened.append(Process(path))
        return opened[-1]

    yield open_it
    for one in opened:
        one.database.close()


def test_nothing_is_saved_of_a_room_without_gifts(process: Callable[[], Process]) -> None:
    one = process()
    one.save("alice", SessionChanges("55"))
    assert one.load("alice") is None


def test_the_next_process_loads_what_was_saved(process: Callable[[], Process]) -> None:
    ids = [7, 2**64 - 1, 5]
    first = process()
    first.save("alice", SessionChanges("55", ids[:2], {"a": {"count": 1}, "b": {"count": 2}}))
    first.save("bob", SessionChanges("66", [1]))
    first.save("alice", SessionChanges("55", ids[2:], {"a": None, "b": {"count": 3}}))
    second = process()
    assert second.load("alice") == SavedSession("55", ids, {"b": {"count": 3}})
    assert second.load("bob") == SavedSession("66", [1], {})


def test_changes_and_messages_are_one_transaction(process: Callable[[], Process]) -> None:
    one = process()
    with traced(one.database) as begun:
        one.save("alice", SessionChanges("55", [7], {"a": {"count": 1}}), "rose", "galaxy")
        assert len(begun) == 1
        one.save("alice", SessionChanges("55"))
        assert len(begun) == 1
    assert one.messages.size()[0] == 2


def test_of_a_transaction_that_fails_nothing_is_saved_until_the_disk_is_well(process: Callable[[], Process]) -> None:
    one = process()
    one.save("alice", SessionChanges("55", [1], {"a": {"count": 1}, "b": {"count": 1}}))
    one.fail()
    one.save("alice", SessionChanges("55", [2], {"a": {"count": 2}, "b": {"count": 2}}), "rose")
    one.save("alice", SessionChanges("55", [3], {"a": {"count": 3}}), "galaxy")
    one.save("bob", SessionChanges("66", [1]))
    assert one.load("alice") == SavedSession("55", [1], {"a": {"count": 1}, "b": {"count": 1}})
    one.heal()
    # The next change after a repair brings what the disk has missed.
    one.save("alice", SessionChanges("55", [4], {"b": None}))
    assert one.load("alice") == SavedSession("55", [1, 4], {"a": {"count": 1}})
    one.repair()
    one.save("alice", SessionChanges("55", [5], {"c": {"count": 1}}))
    assert one.load("alice") == SavedSession("55", [1, 4, 2, 3, 5], {"a": {"count": 3}, "c": {"count": 1}})
    one.save("alice", SessionChanges("55", [6]))
    assert process().load("alice") == SavedSession("55", [1, 4, 2, 3, 5, 6], {"a": {"count": 3}, "c": {"count": 1}})
    assert one.load("bob") is None


def test_what_the_disk_has_missed_is_saved_without_a_further_change(process: Callable[[], Process]) -> None:
    one = process()
    one.fail()
    one.save("alice", SessionChanges("55", [1], {"a": {"count": 1}}))
    one.save("bob", SessionChanges("66", [2], {"b": {"count": 1}}))
    one.save("carol", SessionChanges("77", [3], {"c": {"count": 1}}))
    one.heal()
    # Newer than what is kept.
    one.save("bob", SessionChanges("66", [4], {"b": {"count": 2}}))
    one.save("carol", SessionChanges("78", [5]))
    one.sessions.save_unsaved()
    assert one.load("alice") is None
    one.repair()
    with one.sessions.transaction("alice", SessionChanges("55")):
        # It may save newer changes.
        one.sessions.save_unsaved()
        assert one.load("alice") is None
    one.sessions.save_unsaved()
    assert process().load("alice") == SavedSession("55", [1], {"a": {"count": 1}})
    assert process().load("bob") == SavedSession("66", [4, 2], {"b": {"count": 2}})
    assert process().load("carol") == SavedSession("78", [5], {})
    with traced(one.database) as begun:
        one.sessions.save_unsaved()
        assert begun == []


def test_changes_that_wait_for_the_disk_are_bounded(
    process: Callable[[], Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_store, "MAX_UNSAVED_STREAKS", 3)
    monkeypatch.setattr(session_store, "DEFAULT_CAPACITY", 3)
    one = process()
    one.fail()
    for number in range(6):
        one.save("alice", SessionChanges("55", [number], {str(number): {"count": 1}}))
    one.heal()
    one.repair()
    one.save("alice", SessionChanges("55", [6], {"6": {"count": 1}}))
    assert one.load("alice") == SavedSession("55", [4, 5, 6], {key: {"count": 1} for key in ("4", "5", "6")})


@pytest.mark.parametrize("works", [True, False])
def test_another_live_replaces_what_was_saved(process: Callable[[], Process], *, works: bool) -> None:
    one = process()
    if not works:
        one.fail()
    one.save("alice", SessionChanges("55", [7], {"a": {"count": 1}}))
    one.heal()
    one.save("alice", SessionChanges("56", [8]))
    one.save("alice", SessionChanges("56", [9]))
    assert one.load("alice") == SavedSession("56", [8, 9], {})


def test_a_long_live_leaves_no_more_ids_than_a_session_keeps(
    process: Callable[[], Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_store, "DEFAULT_CAPACITY", 3)
    first = process()
    first.save("bob", SessionChanges("66", [1, 2]))
    first.save("alice", SessionChanges("55", [1, 2, 3]))
    first.save("bob", SessionChanges("66", [3, 4]))
    first.save("alice", SessionChanges("55", [4, 5]))
    second = process()
    assert second.load("alice") == SavedSession("55", [3, 4, 5], {})
    assert second.load("bob") == SavedSession("66", [2, 3, 4], {})


@pytest.mark.parametrize("works", [True, False])
def test_who_has_sent_gifts_is_deleted_when_the_live_is_over(process: Callable[[], Process], *, works: bool) -> None:
    one = process()
    one.save("bob", SessionChanges("66", [8], {"b": {"count": 1}}))
    one.save("alice", SessionChanges("55", [7], {"a": {"count": 1}} if works else {}))
    if not works:
        one.fail()
        one.save("alice", SessionChanges("55", [9], {"a": {"count": 1}}))
    one.sessions.end_live("alice")
    one.heal()
    one.repair()
    # What was not saved while the disk failed is saved now.
    one.save("bob", SessionChanges("66", [10]))
    one.save("alice", SessionChanges("55", [11]))
    loaded = one.load("alice")
    assert loaded is not None
    assert (loaded.streaks, set(loaded.message_ids) >= {7, 11}) == ({}, True)
    assert one.load("bob") == SavedSession("66", [8, 10], {"b": {"count": 1}})


def test_a_room_can_be_forgotten(process: Callable[[], Process]) -> None:
    one = process()
    one.save("alice", SessionChanges("55", [7], {"a": {"count": 1}}))
    one.save("bob", SessionChanges("66", [8]))
    one.sessions.forget("alice")
    assert one.load("alice") is None
    assert one.load("bob") is not None


def test_a_value_that_json_cannot_hold_costs_no_gift(process: Callable[[], Process]) -> None:
    one = process()
    one.save("alice", SessionChanges("55", [7], {"a": {"last": {"nickname": "\ud800", "total": 2**70}}}), "rose")
    assert one.load("alice") == SavedSession("55", [7], {"a": {"last": {"nickname": "\ufffd", "total": None}}})
    assert one.messages.size()[0] == 1


def test_a_file_that_cannot_be_used_saves_nothing_and_raises_nothing(tmp_path: Path) -> None:
    # A folder is no file.
    one = Process(tmp_path)
    one.save("alice", SessionChanges("55", [7]), "rose")
    assert one.load("alice") is None
    assert [message.name for message in one.outbox.take(10, qos1_limit=10, now=0.0)] == ["rose"]
    one.sessions.forget("alice")
