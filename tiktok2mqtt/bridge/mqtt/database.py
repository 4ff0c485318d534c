"""A SQLite file that may fail: its users go on without it, the log says so once, and a damaged file is set aside.

WAL mode: what was committed survives the end of the process, however it ends. A power failure may cost the last
moments, never the consistency of the file.
"""

import contextlib
import logging
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

logger = logging.getLogger(__name__)
_MODE: Final = 0o600
_SIDE_FILES: Final = ("-wal", "-shm")
_ASIDE_TIME: Final = "%Y%m%dT%H%M%S"
_ASIDE_NAME: Final = re.compile(r".+\.sqlite\.damaged-(\d{8}T\d{6})(-wal|-shm)?")
_BUSY_TIMEOUT_S: Final = 1.0
T = TypeVar("T")
Write = Callable[[sqlite3.Connection], object]


class NewerSchemaError(sqlite3.Error):
    """The file was written by a newer release."""


class Database:
    """The file at `path`. Thread-safe; never raises sqlite3.Error.

    `migrations` are lists of SQL statements: the first creates the tables, each further one changes the schema that the
    one before it has left. A file with an older schema is migrated when it is opened; a file with a newer one is
    refused and left alone.

    `problem` says what is wrong with the file, or is None; `consequence` tells the user what that means. `replaced`
    says that a damaged file was set aside since the start, or is None.
    """

    def __init__(self, path: Path, migrations: Sequence[Sequence[str]], *, consequence: str) -> None:
        self.problem: str | None = None
        self.replaced: str | None = None
        self._path = path
        self._migrations = migrations
        self._consequence = consequence
        # Held while the disk is used: it may take long.
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        with self._lock:
            try:
                self._connection = self._open()
            except sqlite3.Error as error:
                self._failed(error)

    @property
    def usable(self) -> bool:
        """Whether the file could be opened."""
        return self._connection is not None

    def write(self, *work: Write) -> bool:
        """Call each `work(connection)` in one transaction; return whether it was committed."""

        def transaction(connection: sqlite3.Connection) -> bool:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                for part in work:
                    part(connection)
            return True

        # A read does not clear a problem: a full disk can still be read.
        return self._run(transaction, clears_problem=True) is not None

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Return what `work(connection)` returns, which writes nothing; None when the file cannot be read."""
        return self._run(work, clears_problem=False)

    def _run(self, work: Callable[[sqlite3.Connection], T], *, clears_problem: bool) -> T | None:
        with self._lock:
            if self._connection is None:
                return None
            try:
                result = work(self._connection)
            except sqlite3.Error as error:
                self._failed(error)
                return None
            if clears_problem:
                self._report(None)
            return result

    def erase(self, *work: Write) -> bool:
        """Do as `write`, and leave nothing of what was deleted in the file or its write-ahead log."""
        # Deleted content is overwritten (secure_delete), but what was written before is still in the log.
        written = self.write(*work)
        self.read(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())
        return written

    def close(self) -> None:
        """Close the file. May be called twice."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        with contextlib.suppress(OSError):
            # SQLite's side files inherit the mode of this one.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE))
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=_BUSY_TIMEOUT_S)
        try:
            version = self._version(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = ON")
            self._migrate(connection, version)
            if (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise sqlite3.DatabaseError(str(found))
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _version(self, connection: sqlite3.Connection) -> int:
        version = schema_version(connection)
        if version > len(self._migrations):
            raise NewerSchemaError(
                f"a newer tiktok2mqtt has written it (schema {version}, this one knows {len(self._migrations)}): "
                "install that release again, or choose another state_dir"
            )
        return version

    def _migrate(self, connection: sqlite3.Connection, version: int) -> None:
        if version == len(self._migrations):
            return
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            for statements in self._migrations[version:]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(self._migrations)}")

    def _failed(self, error: sqlite3.Error) -> None:
        if is_damage(error):
            self._replace(str(error))
        else:
            self._report(f"{self._path} cannot be used: {error}")

    def _replace(self, reason: str) -> None:
        """Set a damaged file aside and create an empty one."""
        self._close()
        try:
            aside = set_aside(self._path)
            self._connection = self._open()
        except (OSError, sqlite3.Error) as error:
            self._report(f"{self._path} is damaged ({reason}) and cannot be set aside: {error}")
            return
        self.replaced = f"{self._path} is damaged ({reason}): renamed to {aside.name}, its content is not used"
        logger.error("%s", self.replaced)

    def _report(self, problem: str | None) -> None:
        """Log a problem, and its end, once."""
        if problem != self.problem:
            if problem is None:
                logger.info("%s can be used again", self._path)
            else:
                logger.error("%s; %s", problem, self._consequence)
        self.problem = problem


def schema_version(connection: sqlite3.Connection) -> int:
    """Return the user_version of a file; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether the file is no database, or a corrupt one. Problems of the disk have subclasses of their own."""
    return type(error) is sqlite3.DatabaseError


def set_aside(path: Path) -> Path:
    """Rename a database, with its side files, to `<name>.damaged-<time>`; return the new path. Raises OSError."""
    aside = path.with_name(f"{path.name}.damaged-{time.strftime(_ASIDE_TIME)}")
    path.replace(aside)
    for suffix in _SIDE_FILES:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{suffix}").replace(f"{aside}{suffix}")
    return aside


def remove_set_aside(folder: Path, max_age_s: float) -> None:
    """Delete the files that `set_aside` has renamed at least that long ago, by the system's clock."""
    now = time.time()
    for path in sorted(folder.iterdir()):
        if match := _ASIDE_NAME.fullmatch(path.name):
            with contextlib.suppress(ValueError, OverflowError, OSError):
                if now - time.mktime(time.strptime(match[1], _ASIDE_TIME)) >= max_age_s:
                    path.unlink()
                    logger.info("deleted %s", path)


def remove(path: Path) -> None:
    """Delete a database with its side files. Raises OSError."""
    path.unlink()
    for suffix in _SIDE_FILES:
        Path(f"{path}{suffix}").unlink(missing_ok=True)
