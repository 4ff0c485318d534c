"""Opens a SQLite file for one process alone, in WAL mode, and tells its errors apart."""

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from tiktok2mqtt.bridge.mqtt.database_files import MEBIBYTE, create

_BUSY_TIMEOUT_S: Final = 1.0
# The write-ahead log is copied to the database when it has this many pages (2 MiB), and then written from its start
# again. What the database grows by that must fit half of the reserve; smaller ones cost more checkpoints.
_WAL_PAGES: Final = 512
_WAL_BYTES: Final = 2 * MEBIBYTE
_OUT_OF_SPACE: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
Write = Callable[[sqlite3.Connection], object]
Migrations = Sequence[Sequence[str]]


class NewerSchemaError(sqlite3.Error):
    """The file was written by a newer release."""


def connect(path: Path, migrations: Migrations, max_mib: int, first: Sequence[Write] = ()) -> sqlite3.Connection:
    """Open or create a file, migrate and check it, and call each `first(connection)` in one transaction.

    Raises sqlite3.Error.
    """
    with contextlib.suppress(OSError):
        create(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_BUSY_TIMEOUT_S)
    try:
        # Before anything else: only then does SQLite use no shared memory. Source: sqlite.org/wal.html, section 8.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = _checked_version(connection, migrations)
        if version == 0:
            # Only for a new file: later it has no effect, but it would write, which fails on a full disk.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
        connection.execute(f"PRAGMA max_page_count = {max_mib * MEBIBYTE // pragma(connection, 'page_size')}")
        _migrate(connection, version, migrations)
        if (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(str(found))
        if first:
            transaction(connection, first)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _checked_version(connection: sqlite3.Connection, migrations: Migrations) -> int:
    version = schema_version(connection)
    if version > len(migrations):
        raise NewerSchemaError(
            f"a newer tiktok2mqtt has written it (schema {version}, this one knows {len(migrations)}): "
            "install that release again, or choose another state_dir"
        )
    return version


def _migrate(connection: sqlite3.Connection, version: int, migrations: Migrations) -> None:
    if version == len(migrations):
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def transaction(connection: sqlite3.Connection, work: Sequence[Write]) -> None:
    """Call each `work(connection)` in one transaction. Raises sqlite3.Error."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for part in work:
            part(connection)


def pragma(connection: sqlite3.Connection, name: str) -> int:
    """Return a number that SQLite knows of a file. Raises sqlite3.Error."""
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def schema_version(connection: sqlite3.Connection) -> int:
    """Return the user_version of a file; 0 for a new one. Raises sqlite3.Error."""
    return pragma(connection, "user_version")


def check_unused(path: Path) -> None:
    """Raise sqlite3.Error if another process has the file open."""
    with closing(sqlite3.connect(path, timeout=0.0)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether the file is not a database, is corrupt, or was cut short. Other problems have other classes."""
    code = getattr(error, "sqlite_errorcode", 0)
    return type(error) is sqlite3.DatabaseError or code == sqlite3.SQLITE_IOERR_SHORT_READ


def is_out_of_space(error: sqlite3.Error) -> bool:
    """Return whether the disk or the file may be full. A quota, or a limit of the file size, is an I/O error."""
    return primary_code(error) in _OUT_OF_SPACE


def primary_code(error: sqlite3.Error) -> int:
    """Return the primary result code of SQLite; 0 for an error that does not come from SQLite."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
