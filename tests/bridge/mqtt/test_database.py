import itertools
import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.bridge.mqtt.state_rig import after_kill
from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.database_files import remove_set_aside

MIGRATIONS = (("CREATE TABLE words (word TEXT)",),)


def opened(path: Path, migrations: tuple[tuple[str, ...], ...] = MIGRATIONS, *, max_mib: int = 64) -> Database:
    return Database(path, migrations, consequence="nothing is saved", max_mib=max_mib)


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


def repaired(database: Database) -> bool:
    return database.repair(lambda _connection: None)


def test_the_next_process_finds_what_was_written(path: Path, database: Database) -> None:
    assert add(database, "rose")
    second = opened(after_kill(path))
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
    assert repaired(database)
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
    assert {file.name for file in path.parent.iterdir()} == {path.name, f"{path.name}-reserve"}


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


def fill(database: Database, size: int = 10_000) -> int:
    """Add words until one is not saved; return how many were."""
    return next(count for count in itertools.count() if not add(database, "x" * size))


def test_a_full_file_and_its_end_are_logged_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    database = opened(path, max_mib=2)
    fill(database)
    assert not any(add(database, "x" * 10_000) for _ in range(3))
    assert path.stat().st_size <= 2 * 2**20
    problem = f"{path} has reached its limit of 2 MiB (max_state_mib)"
    assert (database.problem, repaired(database)) == (problem, False)
    assert database.write(lambda connection: connection.execute("DELETE FROM words"), frees_space=True)
    assert repaired(database)
    assert add(database, "x" * 10_000)
    assert caplog.messages == [f"{problem}; nothing is saved", f"{path} can be used again"]
    database.close()


def test_the_space_of_deleted_content_is_returned(path: Path, database: Database) -> None:
    for _ in range(300):
        add(database, "x" * 10_000)
    database.write(lambda connection: connection.execute("DELETE FROM words"), frees_space=True)
    while database.return_space():
        pass
    assert path.stat().st_size < 2 * 2**20
    assert path.with_name(f"{path.name}-wal").stat().st_size == 0
    assert add(database, "rose")
    assert words(database) == ["rose"]


def test_the_write_ahead_log_is_bounded(path: Path, database: Database) -> None:
    for _ in range(1_000):
        add(database, "x" * 10_000)
        database.write(lambda connection: connection.execute("DELETE FROM words"), frees_space=True)
        assert path.with_name(f"{path.name}-wal").stat().st_size < 2.4 * 2**20


def test_no_other_program_can_open_it(path: Path, database: Database) -> None:
    add(database, "rose")
    with closing(sqlite3.connect(path, timeout=0.0)) as other, pytest.raises(sqlite3.OperationalError) as error:
        other.execute("SELECT * FROM words").fetchall()
    assert str(error.value) == "database is locked"


def test_a_file_that_another_program_has_opened_is_opened_later(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.database_connection._BUSY_TIMEOUT_S", 0.0)
    opened(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        database = opened(path)
        problem = f"{path} cannot be used: another program has opened it (database is locked)"
        assert (database.problem, database.usable, add(database, "rose")) == (problem, False, False)
        assert not repaired(database)
    assert database.repair(lambda connection: connection.execute("INSERT INTO words VALUES ('first')"))
    # Once only.
    assert database.repair(lambda connection: connection.execute("INSERT INTO words VALUES ('second')"))
    assert words(database) == ["first"]
    assert caplog.messages == [f"{problem}; nothing is saved", f"{path} can be used again"]
    database.close()


def test_a_file_that_was_closed_stays_closed(path: Path) -> None:
    database = opened(path)
    database.close()
    assert repaired(database)
    assert not database.usable


def test_closing_twice_is_harmless(path: Path) -> None:
    database = opened(path)
    database.close()
    database.close()
    assert words(database) is None


def test_only_the_owner_may_read_it(path: Path, database: Database) -> None:
    add(database, "rose")
    files = list(path.parent.iterdir())
    # There is no shared memory (-shm), which others could cut short.
    assert {file.name for file in files} == {path.name, f"{path.name}-wal", f"{path.name}-reserve"}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


# --- deleted files ---


def delete_database(path: Path) -> None:
    path.unlink()


def delete_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


def delete_all(path: Path) -> None:
    for file in path.parent.iterdir():
        file.unlink()


def delete_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def replace_database(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"something else")
    other.replace(path)


@pytest.mark.parametrize("delete", [delete_database, delete_log, delete_all, delete_folder, replace_database])
def test_a_deleted_file_is_created_again_with_all_its_content(
    tmp_path: Path, delete: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "state" / "words.sqlite"
    path.parent.mkdir()
    database = opened(path)
    sizes = range(1, 500, 7)
    for size in sizes:
        add(database, "x" * size)
    assert repaired(database)
    delete(path)
    # Before anybody has noticed.
    is_saved = add(database, "rose")
    assert repaired(database) or repaired(database)
    assert is_saved or add(database, "rose")
    sentence = f"{path} was deleted while it was in use: created again with all its content"
    assert (database.problem, database.replaced) == (None, sentence)
    add(database, "galaxy")
    assert repaired(database)
    assert caplog.messages.count(sentence) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    after = opened(after_kill(path))
    assert words(after) == [*("x" * size for size in sizes), "rose", "galaxy"]
    assert (after.problem, after.replaced) == (None, None)
    after.close()
    database.close()


def test_a_file_that_another_process_has_created_in_its_place_is_not_overwritten(path: Path) -> None:
    database = opened(path)
    add(database, "rose")
    delete_all(path)
    other = opened(path)
    add(other, "galaxy")
    assert not repaired(database)
    assert database.problem is not None
    assert "cannot be created again: database is locked" in database.problem
    assert words(database) == ["rose"]
    assert repaired(other)
    other.close()
    assert repaired(database)
    after = opened(after_kill(path))
    assert words(after) == ["rose"]
    after.close()
    database.close()


def test_a_deleted_file_that_cannot_be_created_again_is_reported_until_it_can(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path = tmp_path / "state" / "words.sqlite"
    path.parent.mkdir()
    database = opened(path)
    add(database, "rose")
    delete_folder(path)
    path.parent.touch()
    for _ in range(2):
        assert not repaired(database)
    problem = f"{path} was deleted while it was in use and cannot be created again: "
    assert database.problem is not None
    assert database.problem.startswith(problem)
    path.parent.unlink()
    assert repaired(database)
    assert words(database) == ["rose"]
    assert [message.startswith(problem) for message in caplog.messages] == [True, False, False]
    assert caplog.messages[-1] == f"{path} can be used again"
    database.close()
