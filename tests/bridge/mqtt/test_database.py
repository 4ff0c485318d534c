import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tiktok2mqtt.bridge.mqtt.database import Database, remove_set_aside

MIGRATIONS = (("CREATE TABLE words (word TEXT)",),)


def opened(path: Path, migrations: tuple[tuple[str, ...], ...] = MIGRATIONS) -> Database:
    return Database(path, migrations, consequence="nothing is saved")


def add(database: Database, word: str) -> bool:
    return database.write(lambda connection: connection.execute("INSERT INTO words VALUES (?)", (word,)))


def words(database: Database) -> list[str] | None:
    return database.read(lambda connection: [word for (word,) in connection.execute("SELECT word FROM words")])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "words.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    made = opened(path)
    yield made
    made.close()


def test_the_next_process_finds_what_was_written(path: Path, database: Database) -> None:
    assert add(database, "rose")
    # The first is not closed: that is how a killed process leaves it.
    second = opened(path)
    assert words(second) == ["rose"]
    second.close()


def test_a_failed_transaction_changes_nothing(database: Database) -> None:
    assert not database.write(
        lambda connection: connection.execute("INSERT INTO words VALUES ('half')"),
        lambda connection: connection.execute("INSERT INTO nowhere VALUES (1)"),
    )
    assert database.problem is not None
    assert words(database) == []
    assert database.problem is not None
    assert add(database, "rose")
    assert database.problem is None


def test_an_error_of_the_caller_is_raised_and_rolls_back(database: Database) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO words VALUES ('half')")
        raise KeyError

    with pytest.raises(KeyError):
        database.write(broken)
    assert add(database, "rose")
    assert words(database) == ["rose"]


# --- schema ---


def test_an_older_schema_is_migrated_step_by_step(path: Path) -> None:
    first = opened(path)
    add(first, "rose")
    first.close()
    further = (("ALTER TABLE words ADD COLUMN language TEXT",), ("UPDATE words SET language = 'en'",))
    second = opened(path, MIGRATIONS + further)
    assert second.problem is None
    rows = second.read(lambda connection: connection.execute("SELECT * FROM words").fetchall())
    assert rows == [("rose", "en")]
    second.close()
    third = opened(path, MIGRATIONS + further)
    assert (third.problem, third.replaced, words(third)) == (None, None, ["rose"])
    third.close()


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    first = opened(path)
    add(first, "rose")
    first.close()
    broken = opened(path, (*MIGRATIONS, ("DELETE FROM words", "ALTER TABLE nowhere ADD COLUMN x")))
    assert broken.problem is not None
    assert not broken.usable
    again = opened(path)
    assert words(again) == ["rose"]
    again.close()


def test_a_newer_schema_is_refused_and_left_alone(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    newer = opened(path, (*MIGRATIONS, ("ALTER TABLE words ADD COLUMN language TEXT",)))
    newer.close()
    content = path.read_bytes()
    database = opened(path)
    problem = (
        f"{path} cannot be used: a newer tiktok2mqtt has written it (schema 2, this one knows 1): "
        "install that release again, or choose another state_dir"
    )
    assert (database.problem, database.replaced, database.usable) == (problem, None, False)
    assert not add(database, "rose")
    assert words(database) is None
    database.close()
    assert caplog.messages == [f"{problem}; nothing is saved"]
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == [path.name]


# --- damage ---


def no_database(path: Path) -> None:
    path.write_bytes(b"this is no database, however long it may be" * 100)


def broken_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096)


@pytest.mark.parametrize("damage", [no_database, broken_page])
def test_a_damaged_file_is_set_aside(
    path: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    before = opened(path)
    add(before, "rose")
    before.close()
    damage(path)
    content = path.read_bytes()
    after = opened(path)
    assert after.problem is None
    assert after.replaced is not None
    assert f"{path.name}.damaged-" in after.replaced
    assert add(after, "galaxy")
    assert words(after) == ["galaxy"]
    after.close()
    (aside,) = path.parent.glob("words.sqlite.damaged-*")
    assert aside.read_bytes() == content
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert aside.name in caplog.text


def malformed(_connection: sqlite3.Connection) -> None:
    raise sqlite3.DatabaseError("database disk image is malformed")


def test_a_file_that_is_damaged_while_it_is_open_is_set_aside(path: Path, database: Database) -> None:
    assert add(database, "rose")
    assert not database.write(malformed)
    assert add(database, "galaxy")
    assert words(database) == ["galaxy"]
    assert len(list(path.parent.glob("words.sqlite.damaged-*"))) == 1


def test_a_damaged_file_that_cannot_be_renamed_is_left_alone(
    path: Path, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("not yours")

    monkeypatch.setattr(Path, "replace", refuse)
    database.write(malformed)
    assert not add(database, "rose")
    problem = f"{path} is damaged (database disk image is malformed) and cannot be set aside: not yours"
    assert caplog.messages == [f"{problem}; nothing is saved"]


def set_aside_at(folder: Path, seconds_ago: float, name: str = "words.sqlite") -> Path:
    """Make a file as it is set aside, with an earlier time of its last change."""
    stamp = time.strftime("%Y%m%dT%H%M%S", time.localtime(time.time() - seconds_ago))
    path = folder / f"{name}.damaged-{stamp}"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").touch()
        os.utime(f"{path}{suffix}", (0, 0))
    return path


def test_files_that_were_set_aside_are_deleted_after_some_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    young, old, older = (set_aside_at(tmp_path, seconds) for seconds in (500.0, 700.0, 1e6))
    old_outbox = set_aside_at(tmp_path, 700.0, "outbox.sqlite")
    kept = {tmp_path / name for name in ("words.sqlite", "words.sqlite-wal", "x.sqlite.damaged-notes", "rooms.json")}
    for path in kept:
        path.touch()
    kept |= {Path(f"{young}{suffix}") for suffix in ("", "-wal", "-shm")}
    remove_set_aside(tmp_path, 600.0)
    assert set(tmp_path.iterdir()) == kept
    deleted = sorted(f"{path}{suffix}" for path in (old, older, old_outbox) for suffix in ("", "-wal", "-shm"))
    assert sorted(caplog.messages) == [f"deleted {path}" for path in deleted]


def test_a_file_that_was_set_aside_at_this_moment_can_be_deleted(path: Path, database: Database) -> None:
    database.write(malformed)
    assert database.replaced is not None
    remove_set_aside(path.parent, 0.0)
    assert not list(path.parent.glob("*.damaged-*"))
    assert add(database, "rose")


def test_what_is_erased_is_in_no_file(path: Path, database: Database) -> None:
    def on_disk() -> bytes:
        return b"".join(file.read_bytes() for file in path.parent.iterdir())

    for word in ("rose", "galaxy", "x" * 20_000):
        assert add(database, word)
    assert b"galaxy" in on_disk()
    assert database.erase(lambda connection: connection.execute("DELETE FROM words WHERE word != 'rose'"))
    assert b"galaxy" not in on_disk()
    assert b"x" * 1_000 not in on_disk()
    assert words(database) == ["rose"]


# --- the disk ---


def test_a_file_that_cannot_be_opened_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = opened(tmp_path)
    assert not add(database, "rose")
    assert words(database) is None
    assert caplog.messages == [f"{tmp_path} cannot be used: unable to open database file; nothing is saved"]
    database.close()


def test_a_full_disk_and_its_end_are_logged_once(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    pages = database.read(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    database.read(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}"))
    assert not any(add(database, "x" * 10_000) for _ in range(3))
    assert database.problem is not None
    assert "full" in database.problem
    database.read(lambda connection: connection.execute("PRAGMA max_page_count = 1000000"))
    assert add(database, "x" * 10_000)
    assert database.problem is None
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.INFO]


def test_a_file_that_another_process_locks_can_be_used_again_afterwards(path: Path, database: Database) -> None:
    database.read(lambda connection: connection.execute("PRAGMA busy_timeout = 1"))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not add(database, "rose")
        assert database.problem == f"{path} cannot be used: database is locked"
    assert add(database, "rose")
    assert database.problem is None
    assert not list(path.parent.glob("*.damaged-*"))


def test_closing_twice_is_harmless(path: Path) -> None:
    database = opened(path)
    database.close()
    database.close()
    assert words(database) is None


def test_only_the_owner_may_read_it(path: Path, database: Database) -> None:
    add(database, "rose")
    files = list(path.parent.iterdir())
    assert len(files) == 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
