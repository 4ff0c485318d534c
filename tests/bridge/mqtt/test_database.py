import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tiktok2mqtt.bridge.mqtt.database import Database

SCHEMA = ("CREATE TABLE words (word TEXT)",)


def opened(path: Path, version: int = 1) -> Database:
    return Database(path, SCHEMA, version=version, without="nothing is kept")


def add(database: Database, word: str) -> bool:
    return database.write(lambda connection: connection.execute("INSERT INTO words VALUES (?)", (word,))) is not None


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


def test_what_was_written_is_there_for_the_next_process(path: Path, database: Database) -> None:
    assert add(database, "rose")
    # The first is not closed: that is how a killed process leaves it.
    second = opened(path)
    assert words(second) == ["rose"]
    second.close()


def test_work_that_fails_leaves_no_half_of_itself(database: Database) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO words VALUES ('half')")
        connection.execute("INSERT INTO nowhere VALUES (1)")

    assert database.write(half) is None
    assert database.trouble is not None
    assert words(database) == []
    assert database.trouble is not None
    assert add(database, "rose")
    assert database.trouble is None


def no_database(path: Path) -> None:
    path.write_bytes(b"this is no database, however long it may be" * 100)


def broken_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096)


def newer_version(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize("damage", [no_database, broken_page, newer_version])
def test_a_damaged_file_is_kept_aside(
    path: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    before = opened(path)
    add(before, "rose")
    before.close()
    damage(path)
    content = path.read_bytes()
    after = opened(path)
    assert after.trouble is None
    assert after.put_aside is not None
    assert f"{path.name}.damaged-" in after.put_aside
    assert add(after, "galaxy")
    assert words(after) == ["galaxy"]
    after.close()
    (aside,) = path.parent.glob("words.sqlite.damaged-*")
    assert aside.read_bytes() == content
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert aside.name in caplog.text


def test_a_file_that_goes_bad_meanwhile_is_put_aside(path: Path, database: Database) -> None:
    def broken(_connection: sqlite3.Connection) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    assert add(database, "rose")
    database.write(broken)
    assert add(database, "galaxy")
    assert words(database) == ["galaxy"]
    assert len(list(path.parent.glob("words.sqlite.damaged-*"))) == 1


def test_a_file_that_cannot_be_put_aside_is_left_alone(
    path: Path, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("not yours")

    def broken(_connection: sqlite3.Connection) -> None:
        raise sqlite3.DatabaseError("malformed")

    monkeypatch.setattr(Path, "replace", refuse)
    database.write(broken)
    assert not add(database, "rose")
    assert caplog.messages == [f"{path} is damaged (malformed) and cannot be put aside: not yours; nothing is kept"]


def test_where_no_file_can_be_it_says_so_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = opened(tmp_path)
    assert not add(database, "rose")
    assert words(database) is None
    assert caplog.messages == [f"{tmp_path} cannot be used: unable to open database file; nothing is kept"]
    database.close()


def test_a_full_disk_is_said_once_and_its_end_too(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    pages = database.read(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    database.read(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}"))
    assert not any(add(database, "x" * 10_000) for _ in range(3))
    assert database.trouble is not None
    assert "full" in database.trouble
    database.read(lambda connection: connection.execute("PRAGMA max_page_count = 1000000"))
    assert add(database, "x" * 10_000)
    assert database.trouble is None
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.INFO]


def test_closing_twice_is_harmless(path: Path) -> None:
    database = opened(path)
    database.close()
    database.close()
    assert words(database) is None


def test_nobody_else_may_read_it(path: Path, database: Database) -> None:
    add(database, "rose")
    files = list(path.parent.iterdir())
    assert len(files) == 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
