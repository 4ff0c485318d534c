"""A SQLite file that may fail: its users go on without it, the log says so once, and it is repaired when possible.

WAL mode: what was committed survives the end of the process, however it ends. A power failure may lose the last
transactions, but never damages the file. One process has the file open at a time (exclusive locking), so that SQLite
needs no shared memory: if another program truncated that file, SIGBUS would end the process.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

from tiktok2mqtt.bridge.mqtt.database_connection import (
    Migrations,
    Write,
    check_unused,
    connect,
    is_damage,
    is_out_of_space,
    pragma,
    primary_code,
    transaction,
)
from tiktok2mqtt.bridge.mqtt.database_files import (
    MEBIBYTE,
    Reserve,
    create,
    inode,
    remove_side_files,
    set_aside,
    write_ahead_log,
)

logger = logging.getLogger(__name__)
_FOLDER_MODE: Final = 0o700
DEFAULT_MAX_MIB: Final = 256
# From this number on, unused pages are returned to the file system, this many at a time.
_MIN_UNUSED_PAGES: Final = 256
_PAGES_AT_A_TIME: Final = 100
T = TypeVar("T")


class Database:
    """The file at `path`, at most `max_mib` MiB. Thread-safe; never raises sqlite3.Error.

    `migrations` are lists of SQL statements: the first creates the tables, each further one changes the schema that the
    one before it has left. A file with an older schema is migrated when it is opened; a file with a newer one is
    refused and left alone.

    `problem` says why new content cannot be saved at present, or is None; `consequence` tells the user what that means.
    `replaced` says that a damaged file was set aside, or a deleted one created again, since the start, or is None;
    `replacements` counts that.
    """

    def __init__(self, path: Path, migrations: Migrations, *, consequence: str, max_mib: int = DEFAULT_MAX_MIB) -> None:
        self.problem: str | None = None
        self.replaced: str | None = None
        self.replacements = 0
        self._path = path
        self._migrations = migrations
        self._consequence = consequence
        self._max_mib = max_mib
        self._reserve = Reserve(path.with_name(f"{path.name}-reserve"))
        # Held while the disk is used: it may take long.
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._was_open = self._is_closed = False
        # The inodes of the database and of its write-ahead log, while they are open.
        self._inodes: tuple[int | None, int | None] = (None, None)
        with self._lock:
            self._open()

    @property
    def usable(self) -> bool:
        """Whether the file could be opened."""
        return self._connection is not None

    @property
    def is_busy(self) -> bool:
        """Whether a thread is using the disk, so that others would have to wait."""
        return self._lock.locked()

    def write(self, *work: Write, frees_space: bool = False) -> bool:
        """Call each `work(connection)` in one transaction; return whether it was committed.

        When the disk is full, the transaction is tried twice; one that deletes (`frees_space`) may use the whole
        reserve.
        """
        with self._lock:
            if self._connection is None or not (frees_space or self._has_reserve()):
                return False
            try:
                self._write(self._connection, work, frees_space=frees_space)
            except sqlite3.Error as error:
                self._failed(error)
                return False
            # It may have been used.
            self._has_reserve()
            return True

    def _write(self, connection: sqlite3.Connection, work: tuple[Write, ...], *, frees_space: bool) -> None:
        try:
            transaction(connection, work)
        except sqlite3.Error as error:
            if not is_out_of_space(error):
                raise
            # The log can be written from its start, in the space that it has, once it is copied to the database.
            self._reserve.release(keep_half=not frees_space)
            connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
            transaction(connection, work)

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Return what `work(connection)` returns, which writes nothing; None when the file cannot be read."""
        with self._lock:
            if self._connection is None:
                return None
            try:
                return work(self._connection)
            except sqlite3.Error as error:
                self._failed(error)
                return None

    def erase(self, *work: Write) -> bool:
        """Like `write`, but leave nothing of the deleted content in the file or its write-ahead log."""
        # Deleted content is overwritten (secure_delete), but what was written before is still in the log.
        written = self.write(*work, frees_space=True)
        self.read(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())
        return written

    def return_space(self) -> bool:
        """Return some of the space of deleted content to the file system; return whether there is more."""

        def return_pages(connection: sqlite3.Connection) -> bool:
            if pragma(connection, "freelist_count") < _MIN_UNUSED_PAGES:
                return False
            # As a script: `execute` would return a single page.
            connection.executescript(f"PRAGMA incremental_vacuum({_PAGES_AT_A_TIME})")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return pragma(connection, "freelist_count") >= _MIN_UNUSED_PAGES

        return self.read(return_pages) or False

    def close(self) -> None:
        """Close the file; `repair` does not open it again. May be called twice."""
        with self._lock:
            self._is_closed = True
            self._close()

    def repair(self, on_first_open: Write) -> bool:
        """Open a file that could not be opened, create a deleted one again; return whether new content can be saved.

        To be called every few seconds. `on_first_open(connection)` is called, in a transaction, if the file is opened
        for the first time.
        """
        with self._lock:
            if self._is_closed:
                return True
            if self._connection is None:
                self._open(on_first_open)
            elif self._is_deleted():
                self._create_again(self._connection)
            if self._connection is not None and not self._is_deleted():
                self._check_space(self._connection)
            return self.problem is None

    # --- everything below requires holding the lock ---

    def _has_reserve(self) -> bool:
        """Return whether new content may be saved."""
        if self._reserve.is_held or self._reserve.take():
            return True
        if self.problem is None:
            needed = f"{Reserve.HALF_BYTES // MEBIBYTE} MiB cannot be reserved in {self._path.parent}"
            self._report(f"{self._path} cannot be written: {needed} ({self._reserve.error})")
        return False

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _open(self, *on_first_open: Write) -> None:
        try:
            self._connect(*on_first_open)
        except sqlite3.Error as error:
            self._failed(error)
        else:
            self._report(None)
            self._reserve.take()
            self._has_reserve()

    def _connect(self, *on_first_open: Write) -> None:
        first = () if self._was_open else on_first_open
        self._connection = connect(self._path, self._migrations, self._max_mib, first)
        self._was_open = True
        self._inodes = self._present_inodes()

    def _present_inodes(self) -> tuple[int | None, int | None]:
        return inode(self._path), inode(write_ahead_log(self._path))

    def _is_deleted(self) -> bool:
        """Return whether the database or its write-ahead log has been deleted or replaced."""
        present = self._present_inodes()
        # It may have been deleted before its inode was read.
        return None in present or present != self._inodes

    def _create_again(self, connection: sqlite3.Connection) -> None:
        """Copy the content, which can be read as long as the connection is open, to a new file."""
        new = self._path.with_name(f"{self._path.name}-new")
        try:
            self._path.parent.mkdir(_FOLDER_MODE, exist_ok=True)
            if inode(self._path) not in (None, self._inodes[0]):
                check_unused(self._path)
            new.unlink(missing_ok=True)
            create(new)
            with closing(sqlite3.connect(new)) as copy:
                connection.backup(copy)
            # An old log that is still there does no harm meanwhile: its pages are those of the copy.
            new.replace(self._path)
            self._close()
            remove_side_files(self._path)
            self._connect()
        except (OSError, sqlite3.Error) as error:
            self._report(f"{self._path} was deleted while it was in use and cannot be created again: {error}")
        else:
            self._has_been_replaced(f"{self._path} was deleted while it was in use: created again with all its content")
            self._reserve.take()

    def _check_space(self, connection: sqlite3.Connection) -> None:
        """Fill up the reserve, and end the problem if there is enough space for new content."""
        try:
            if not self._reserve.take():
                # The log may take up what is missing.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if self._has_reserve() and self.problem is not None and not _is_nearly_full(connection):
                # The number does not change, but writing it shows whether there is space.
                connection.execute(f"PRAGMA user_version = {len(self._migrations)}")
                self._report(None)
        except sqlite3.Error as error:
            self._failed(error)

    def _failed(self, error: sqlite3.Error) -> None:
        if is_damage(error):
            self._replace(str(error))
            return
        problem, connection = f"cannot be used: {error}", self._connection
        with contextlib.suppress(sqlite3.Error):
            match primary_code(error):
                case sqlite3.SQLITE_BUSY:
                    problem = f"cannot be used: another program has opened it ({error})"
                case sqlite3.SQLITE_FULL if connection is not None and _is_nearly_full(connection):
                    problem = f"has reached its limit of {self._max_mib} MiB (max_state_mib)"
        self._report(f"{self._path} {problem}")

    def _replace(self, reason: str) -> None:
        """Set a damaged file aside and create an empty one."""
        self._close()
        try:
            aside = set_aside(self._path)
            self._connect()
        except (OSError, sqlite3.Error) as error:
            self._report(f"{self._path} is damaged ({reason}) and cannot be set aside: {error}")
        else:
            self._has_been_replaced(
                f"{self._path} is damaged ({reason}): renamed to {aside.name}, its content is not used"
            )

    def _has_been_replaced(self, sentence: str) -> None:
        self.replaced, self.replacements = sentence, self.replacements + 1
        logger.error("%s", sentence)

    def _report(self, problem: str | None) -> None:
        """Log a problem, and its end, once."""
        if problem != self.problem:
            if problem is None:
                logger.info("%s can be used again", self._path)
            else:
                logger.error("%s; %s", problem, self._consequence)
        self.problem = problem


def _is_nearly_full(connection: sqlite3.Connection) -> bool:
    """Return whether the file has almost reached its limit. Raises sqlite3.Error."""
    used = pragma(connection, "page_count") - pragma(connection, "freelist_count")
    return used > pragma(connection, "max_page_count") - _MIN_UNUSED_PAGES
