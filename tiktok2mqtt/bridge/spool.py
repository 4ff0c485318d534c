"""Messages on disk: from the moment they exist until the broker has acknowledged them.

One SQLite file, in WAL mode: what was added survives the end of the process, however it ends; of a power failure it
may lose the last moments, never its consistency.
"""

import contextlib
import logging
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tiktok2mqtt.bridge.outbox import Message
from tiktok2mqtt.bridge.policies import Box

logger = logging.getLogger(__name__)
VERSION: Final = 1
# AUTOINCREMENT: a number is never given twice, so that "after this one" keeps its meaning when the table was empty.
_SCHEMA: Final = """
CREATE TABLE messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    qos INTEGER NOT NULL,
    retain INTEGER NOT NULL,
    name TEXT NOT NULL,
    made_at REAL NOT NULL
)
"""
_ADD: Final = "INSERT INTO messages (topic, payload, qos, retain, name, made_at) VALUES (?, ?, ?, ?, ?, ?)"
_AFTER: Final = """
SELECT topic, payload, qos, retain, name, made_at, number FROM messages WHERE number > ? ORDER BY number LIMIT ?
"""
_SIDE_FILES: Final = ("-wal", "-shm")


class Spool:
    """Priority messages in `path`. Used under the outbox's lock.

    No method raises for the disk's sake: when something is wrong with it, `trouble` says what, the log says it once,
    and the outbox goes on in memory. A file that cannot be read is kept aside under another name.
    """

    def __init__(self, path: Path) -> None:
        self.trouble: str | None = None
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._open()

    def _open(self) -> None:
        try:
            self._database = _opened(self._path)
        except sqlite3.Error as error:
            self._failed(error)

    def _begin_anew(self, why: str) -> None:
        """Put a damaged file aside and begin with an empty one."""
        self.close()
        aside = self._path.with_name(f"{self._path.name}.damaged-{time.strftime('%Y%m%dT%H%M%S')}")
        try:
            self._path.replace(aside)
            for suffix in _SIDE_FILES:
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{self._path}{suffix}").replace(f"{aside}{suffix}")
            self._database = _opened(self._path)
        except (OSError, sqlite3.Error) as error:
            self._say(f"{self._path} is damaged ({why}) and cannot be put aside: {error}")
            return
        logger.error("%s is damaged (%s): kept as %s; what waited in it is not delivered", self._path, why, aside.name)

    def add(self, message: Message) -> int | None:
        """Keep a message; return its number, higher than all before, or None when the disk would not take it."""
        made_at = time.time() - (time.monotonic() - message.at)
        row = (message.topic, message.payload, message.qos, message.retain, message.name, made_at)
        if self._database is None:
            return None
        try:
            number = self._database.execute(_ADD, row).lastrowid
        except sqlite3.Error as error:
            self._failed(error)
            return None
        self._say(None)
        return number

    def after(self, number: int, limit: int) -> list[Message]:
        """Return the next messages after `number`, at most `limit` of them; -1 stands for all."""
        if self._database is None:
            return []
        try:
            rows = self._database.execute(_AFTER, (number, limit)).fetchall()
        except sqlite3.Error as error:
            self._failed(error)
            return []
        now, wall = time.monotonic(), time.time()
        return [_message(row, now, wall) for row in rows]

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget messages."""
        if self._database is None:
            return
        try:
            with self._database:
                self._database.execute("BEGIN")
                self._database.executemany("DELETE FROM messages WHERE number = ?", ((number,) for number in numbers))
        except sqlite3.Error as error:
            self._failed(error)

    def count(self) -> int:
        """Return how many messages are kept."""
        if self._database is None:
            return 0
        try:
            return int(self._database.execute("SELECT count(*) FROM messages").fetchone()[0])
        except sqlite3.Error as error:
            self._failed(error)
            return 0

    def close(self) -> None:
        """Close the file. May be called twice."""
        if self._database is not None:
            with contextlib.suppress(sqlite3.Error):
                self._database.close()
            self._database = None

    def _failed(self, error: sqlite3.Error) -> None:
        if _blames_the_file(error):
            self._begin_anew(str(error))
        else:
            self._say(f"{self._path} cannot be used: {error}")

    def _say(self, trouble: str | None) -> None:
        """Log a trouble, and its end, once."""
        if trouble != self.trouble:
            if trouble is None:
                logger.info("%s can be used again", self._path)
            else:
                logger.error("%s; gifts and other priority events wait in memory alone", trouble)
        self.trouble = trouble


def _blames_the_file(error: sqlite3.Error) -> bool:
    """Return whether it is no database, or a broken one. What is up with the disk has classes of its own."""
    return type(error) is sqlite3.DatabaseError


def _message(row: tuple[str, bytes, int, int, str, float, int], now: float, wall: float) -> Message:
    topic, payload, qos, retain, name, made_at, number = row
    # The clock may have been set back since: nothing is younger than now.
    at = now - max(0.0, wall - made_at)
    return Message(topic, payload, qos, bool(retain), Box.PRIORITY, at, name, number)


def _opened(path: Path) -> sqlite3.Connection:
    """Open or make the file. Raises sqlite3.Error; see _blames_the_file."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1.0)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            database.execute("BEGIN")
            database.execute(_SCHEMA)
            database.execute(f"PRAGMA user_version = {VERSION}")
            database.execute("COMMIT")
        elif version != VERSION:
            raise sqlite3.DatabaseError(f"it has version {version}, this program knows {VERSION}")
        if (found := database.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(str(found))
    except sqlite3.Error:
        database.close()
        raise
    return database
