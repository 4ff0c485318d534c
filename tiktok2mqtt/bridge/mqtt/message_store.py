"""Messages on disk, from the moment they exist until the broker has acknowledged them."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import QueueClass

_SCHEMA: Final = """
CREATE TABLE messages (
    number INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    qos INTEGER NOT NULL,
    retain INTEGER NOT NULL,
    name TEXT NOT NULL,
    room TEXT NOT NULL,
    made_at REAL NOT NULL
)
"""
_COLUMNS: Final = "topic, payload, qos, retain, name, room, made_at, number"
_ADD: Final = f"INSERT INTO messages ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - names of ours
_AFTER: Final = f"SELECT {_COLUMNS} FROM messages WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608


class SqliteMessageStore:
    """Priority messages in the file `path`; see Database for what becomes of it when it fails."""

    def __init__(self, path: Path) -> None:
        without = "gifts and other priority events wait in memory alone"
        self._database = Database(path, (_SCHEMA,), version=2, without=without)
        # No number is given twice in the life of a process: "after this one" keeps its meaning when the table was
        # empty, and when a damaged file was replaced.
        self._last = self._highest()

    def _highest(self) -> int:
        row = self._database.read(lambda connection: connection.execute("SELECT max(number) FROM messages").fetchone())
        return (row and row[0]) or 0

    @property
    def trouble(self) -> str | None:
        """What is wrong with the file, or None."""
        return self._database.trouble

    @property
    def put_aside(self) -> str | None:
        """What became of a damaged file, or None."""
        return self._database.put_aside

    def add(self, message: Message) -> int | None:
        """Keep a message; return its number, higher than all before, or None when the disk would not take it."""
        made_at = time.time() - (time.monotonic() - message.at)
        self._last += 1
        facts = (message.topic, message.payload, message.qos, message.retain, message.name, message.room)
        row = (*facts, made_at, self._last)
        return self._database.write(lambda connection: connection.execute(_ADD, row).lastrowid)

    def after(self, number: int, limit: int) -> list[Message]:
        """Return the next messages after `number`, at most `limit` of them; -1 stands for all."""
        rows = self._database.read(lambda connection: connection.execute(_AFTER, (number, limit)).fetchall())
        now, wall = time.monotonic(), time.time()
        return [_message(row, now, wall) for row in rows or ()]

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget messages."""
        rows = [(number,) for number in numbers]
        self._database.write(lambda connection: connection.executemany("DELETE FROM messages WHERE number = ?", rows))

    def count(self) -> int:
        """Return how many messages are kept."""
        row = self._database.read(lambda connection: connection.execute("SELECT count(*) FROM messages").fetchone())
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._database.close()


def _message(row: tuple[Any, ...], now: float, wall: float) -> Message:
    topic, payload, qos, retain, name, room, made_at, number = row
    # The clock may have been set back since: nothing is younger than now.
    at = now - max(0.0, wall - made_at)
    return Message(topic, payload, qos, bool(retain), QueueClass.PRIORITY, at, name, number, room)
