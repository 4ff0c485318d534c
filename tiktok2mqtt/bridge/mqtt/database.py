"""A SQLite file that may fail: whoever uses it goes on without, says so once, and a damaged file is kept aside.

In WAL mode: what was written survives the end of the process, however it ends; of a power failure it may lose the last
moments, never its consistency.
"""

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

logger = logging.getLogger(__name__)
_MODE: Final = 0o600
_SIDE_FILES: Final = ("-wal", "-shm")
T = TypeVar("T")


class Database:
    """The file at `path` with the tables of `schema`; `version` changes when these do. Thread-safe.

    `trouble` says what is wrong with it, or is None; `without` tells the user what follows from that. `put_aside` says
    what became of a damaged one, for as long as the process lives.
    """

    def __init__(self, path: Path, schema: tuple[str, ...], *, version: int, without: str) -> None:
        self.trouble: str | None = None
        self.put_aside: str | None = None
        self._path = path
        self._schema = schema
        self._version = version
        self._without = without
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        with self._lock:
            try:
                self._connection = self._opened()
            except sqlite3.Error as error:
                self._failed(error)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do `work` in one transaction; return what it returns, or None when the file would not take part."""

        def transaction(connection: sqlite3.Connection) -> T:
            with connection:
                connection.execute("BEGIN")
                return work(connection)

        return self._do(transaction, heals=True)

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do `work`, which writes nothing; return what it returns, or None when the file cannot be read."""
        return self._do(work, heals=False)

    def _do(self, work: Callable[[sqlite3.Connection], T], *, heals: bool) -> T | None:
        with self._lock:
            if self._connection is None:
                return None
            try:
                result = work(self._connection)
            except sqlite3.Error as error:
                self._failed(error)
                return None
            if heals:
                # A full disk can still be read, which makes it no better.
                self._say(None)
            return result

    def close(self) -> None:
        """Close the file. May be called twice."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        with contextlib.suppress(OSError):
            # SQLite's further files take over who may read this one.
            self._path.touch(_MODE)
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=1.0)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            self._prepare(connection)
            if (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise sqlite3.DatabaseError(str(found))
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.execute("BEGIN")
            for statement in self._schema:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {self._version}")
            connection.execute("COMMIT")
        elif version != self._version:
            raise sqlite3.DatabaseError(f"it has version {version}, this program knows {self._version}")

    def _failed(self, error: sqlite3.Error) -> None:
        if _blames_the_file(error):
            self._begin_anew(str(error))
        else:
            self._say(f"{self._path} cannot be used: {error}")

    def _begin_anew(self, why: str) -> None:
        """Put a damaged file aside and begin with an empty one."""
        self._close()
        aside = self._path.with_name(f"{self._path.name}.damaged-{time.strftime('%Y%m%dT%H%M%S')}")
        try:
            self._path.replace(aside)
            for suffix in _SIDE_FILES:
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{self._path}{suffix}").replace(f"{aside}{suffix}")
            self._connection = self._opened()
        except (OSError, sqlite3.Error) as error:
            self._say(f"{self._path} is damaged ({why}) and cannot be put aside: {error}")
            return
        self.put_aside = f"{self._path} is damaged ({why}): kept as {aside.name}, and what was in it is left out"
        logger.error("%s", self.put_aside)

    def _say(self, trouble: str | None) -> None:
        """Log a trouble, and its end, once."""
        if trouble != self.trouble:
            if trouble is None:
                logger.info("%s can be used again", self._path)
            else:
                logger.error("%s; %s", trouble, self._without)
        self.trouble = trouble


def _blames_the_file(error: sqlite3.Error) -> bool:
    """Return whether it is no database, or a broken one. What is up with the disk has classes of its own."""
    return type(error) is sqlite3.DatabaseError
