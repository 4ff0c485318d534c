"""A message store on a real file, whose disk the tests let fail."""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.message_store import MESSAGE_TABLE, Message, MessageStore
from tiktok2mqtt.bridge.mqtt.policies import QueueClass


def gift(text: str, age_s: float = 0.0, room: str = "alice") -> Message:
    """Return a priority message, whose name and payload are the text."""
    topic, at = f"tiktok/{room}/gift", time.monotonic() - age_s
    return Message(topic, text.encode(), 1, False, QueueClass.PRIORITY, at, text, room)


def texts(messages: list[Message] | None) -> list[str]:
    """Return the payloads."""
    return [message.payload.decode() for message in messages or ()]


MIGRATIONS = ((MESSAGE_TABLE,),)


def after_kill(path: Path, folder: Path | None = None) -> Path:
    """Copy an open database, as a process that is killed now would leave it, to a new folder; return its path there."""
    copy = Path(tempfile.mkdtemp(dir=folder or path.parent)) / path.name
    for file in (path, Path(f"{path}-wal")):
        if file.is_file():
            shutil.copy(file, copy.parent)
    return copy


class Disk:
    """A database as one process after the other opens it: `open` stands for a process that was killed before.

    `path` is the file that was opened last.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: list[Database] = []
        self._in_use = False

    @property
    def database(self) -> Database:
        return self._opened[-1]

    def open(self) -> MessageStore:
        if self._opened and not self._in_use:
            self.path = after_kill(self.path)
        self._opened.append(Database(self.path, MIGRATIONS, consequence="it waits in memory"))
        return MessageStore(self.database)

    def fail(self) -> None:
        """Let every write fail from now on, as when the disk is full."""
        self.database.read(lambda connection: connection.execute("PRAGMA query_only = ON"))

    def heal(self) -> None:
        self.database.read(lambda connection: connection.execute("PRAGMA query_only = OFF"))

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Let another program use the file that the next process opens."""
        self.path = after_kill(self.path)
        with closing(sqlite3.connect(self.path, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            self._in_use = True
            yield
            self._in_use = False

    def delete(self) -> None:
        """Delete the files, which stay open."""
        for file in (self.path, Path(f"{self.path}-wal")):
            file.unlink()

    def damage(self) -> None:
        def malformed(_connection: sqlite3.Connection) -> None:
            raise sqlite3.DatabaseError("database disk image is malformed")

        self.database.write(malformed)

    def texts(self) -> list[str]:
        """Return the payloads on disk, in order."""
        query = "SELECT payload FROM messages ORDER BY number"
        rows = self.database.read(lambda connection: connection.execute(query).fetchall())
        return [payload.decode() for (payload,) in rows or ()]

    def close(self) -> None:
        for database in self._opened:
            database.close()


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    made = Disk(folder / "state.sqlite")
    yield made
    made.close()


@contextmanager
def traced(database: Database) -> Iterator[list[str]]:
    """Yield the BEGIN statements that are executed within the block: one for each transaction."""
    begun: list[str] = []

    def note(statement: str) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    database.read(lambda connection: connection.set_trace_callback(note))
    yield begun
    database.read(lambda connection: connection.set_trace_callback(None))
