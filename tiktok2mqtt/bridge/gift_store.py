"""The gifts of rooms on disk: which messages were counted, which streaks run, what was not passed on yet.

Implements webcast.gift_memory.GiftMemory.
"""

import sqlite3
from pathlib import Path
from typing import Final

import orjson

from tiktok2mqtt.bridge.database import Database
from tiktok2mqtt.webcast.dedup import DEFAULT_CAPACITY
from tiktok2mqtt.webcast.gift_memory import GiftChanges, Remembered

_SCHEMA: Final = (
    "CREATE TABLE lives (room TEXT PRIMARY KEY, room_id TEXT NOT NULL)",
    # rowid tells their order.
    "CREATE TABLE messages (room TEXT NOT NULL, message_id TEXT NOT NULL)",
    "CREATE INDEX messages_of_a_room ON messages (room)",
    "CREATE TABLE streaks (room TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (room, key))",
    "CREATE TABLE undelivered (room TEXT NOT NULL, event TEXT NOT NULL)",
)
_TABLES: Final = ("lives", "messages", "streaks", "undelivered")
_PRUNE: Final = """
DELETE FROM messages WHERE room = ?1 AND rowid NOT IN
(SELECT rowid FROM messages WHERE room = ?1 ORDER BY rowid DESC LIMIT ?2)
"""


class GiftStore:
    """See GiftMemory. `trouble` says what is wrong with the file, or is None; gifts then go on unremembered."""

    def __init__(self, path: Path) -> None:
        without = "after a restart, gifts of a streak that runs now may be missed or told twice"
        self._database = Database(path, _SCHEMA, version=1, without=without)

    @property
    def trouble(self) -> str | None:
        """What is wrong with the file, or None."""
        return self._database.trouble

    @property
    def put_aside(self) -> str | None:
        """What became of a damaged file, or None."""
        return self._database.put_aside

    def load(self, room: str) -> Remembered | None:
        """See GiftMemory."""
        return self._database.write(lambda connection: _load(connection, room))

    def save(self, room: str, changes: GiftChanges) -> None:
        """See GiftMemory."""
        self._database.write(lambda connection: _save(connection, room, changes))

    def delivered(self, room: str) -> None:
        """See GiftMemory."""
        self._database.write(lambda connection: connection.execute("DELETE FROM undelivered WHERE room = ?", (room,)))

    def forget(self, room: str) -> None:
        """Forget a room."""
        self._database.write(lambda connection: _forget(connection, room))

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._database.close()


def _load(connection: sqlite3.Connection, room: str) -> Remembered | None:
    live = connection.execute("SELECT room_id FROM lives WHERE room = ?", (room,)).fetchone()
    if live is None:
        return None
    # A long LIVE leaves more than is looked at again.
    connection.execute(_PRUNE, (room, DEFAULT_CAPACITY))
    ids = connection.execute("SELECT message_id FROM messages WHERE room = ? ORDER BY rowid", (room,))
    streaks = connection.execute("SELECT key, value FROM streaks WHERE room = ?", (room,))
    events = connection.execute("SELECT event FROM undelivered WHERE room = ? ORDER BY rowid", (room,))
    return Remembered(
        live[0],
        [int(message_id) for (message_id,) in ids],
        {key: orjson.loads(value) for key, value in streaks},
        [orjson.loads(event) for (event,) in events],
    )


def _save(connection: sqlite3.Connection, room: str, changes: GiftChanges) -> None:
    live = connection.execute("SELECT room_id FROM lives WHERE room = ?", (room,)).fetchone()
    if live is None or live[0] != changes.room_id:
        _forget(connection, room)
        connection.execute("INSERT INTO lives VALUES (?, ?)", (room, changes.room_id))
    # As text: a message id may take all of 64 bits, unsigned.
    connection.executemany(
        "INSERT INTO messages VALUES (?, ?)", [(room, str(number)) for number in changes.message_ids]
    )
    for key, value in changes.streaks.items():
        if value is None:
            connection.execute("DELETE FROM streaks WHERE room = ? AND key = ?", (room, key))
        else:
            connection.execute("INSERT OR REPLACE INTO streaks VALUES (?, ?, ?)", (room, key, orjson.dumps(value)))
    events = [(room, orjson.dumps(event)) for event in changes.undelivered]
    connection.executemany("INSERT INTO undelivered VALUES (?, ?)", events)


def _forget(connection: sqlite3.Connection, room: str) -> None:
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE room = ?", (room,))  # noqa: S608 - names of ours
