"""The sessions of the rooms in the state database: which gift messages were processed, and the gift streaks.

A gift and the message about it are saved in one transaction.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import orjson

from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.bridge.mqtt.payloads import encode
from tiktok2mqtt.webcast.memory import DEFAULT_CAPACITY, SavedSession, SessionChanges

SESSION_TABLES: Final = (
    "CREATE TABLE lives (room TEXT PRIMARY KEY, room_id TEXT NOT NULL)",
    # Message ids, the earliest first in the order of the rowid.
    "CREATE TABLE seen (room TEXT NOT NULL, message_id TEXT NOT NULL)",
    "CREATE INDEX seen_by_room ON seen (room)",
    "CREATE TABLE streaks (room TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (room, key))",
)
_TABLE_NAMES: Final = ("lives", "seen", "streaks")
_DELETE_OLD_IDS: Final = """
DELETE FROM seen WHERE rowid IN
(SELECT id FROM (SELECT rowid AS id, row_number() OVER (PARTITION BY room ORDER BY rowid DESC) AS age FROM seen)
WHERE age > ?)
"""
# Of the changes that a failing disk has not taken, the last ones are saved later: a session has no more streaks.
MAX_UNSAVED_STREAKS: Final = 6_000


class SqliteSessionStore:
    """See webcast.memory.SessionStore. What is put into `outbox` during a transaction is part of it."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox
        # Changes that a failing disk has not taken, by room.
        self._unsaved: dict[str, SessionChanges] = {}
        # A long LIVE leaves more ids than a session keeps.
        database.write(lambda connection: connection.execute(_DELETE_OLD_IDS, (DEFAULT_CAPACITY,)))

    def load(self, room: str) -> SavedSession | None:
        """See SessionStore."""
        return self._database.read(lambda connection: _load_session(connection, room))

    @contextmanager
    def transaction(self, room: str, changes: SessionChanges) -> Iterator[None]:
        """See SessionStore."""
        # While the disk fails, only new changes are tried.
        if changes and self._database.problem is None and room in self._unsaved:
            self._keep(room, changes)
            changes = self._unsaved.pop(room)
        write = partial(save_session, room=room, changes=changes) if changes else None
        with self._outbox.transaction(write) as transaction:
            yield
        if transaction.saved:
            self._drop_outdated(room, changes)
        elif changes and self._database.usable:
            self._keep(room, changes)

    def _keep(self, room: str, changes: SessionChanges) -> None:
        """Add changes to those that are saved when the disk works again."""
        kept = self._unsaved.get(room)
        if kept is None or kept.room_id != changes.room_id:
            kept = self._unsaved[room] = SessionChanges(changes.room_id)
        kept.message_ids.extend(changes.message_ids)
        del kept.message_ids[:-DEFAULT_CAPACITY]
        for key, value in changes.streaks.items():
            # The latest change comes last.
            kept.streaks.pop(key, None)
            kept.streaks[key] = value
        while len(kept.streaks) > MAX_UNSAVED_STREAKS:
            del kept.streaks[next(iter(kept.streaks))]

    def _drop_outdated(self, room: str, saved: SessionChanges) -> None:
        if (kept := self._unsaved.get(room)) is not None:
            for key in saved.streaks:
                kept.streaks.pop(key, None)

    def forget(self, room: str) -> None:
        """Delete the session of a room that was removed."""
        self._unsaved.pop(room, None)
        self._database.write(lambda connection: _delete_session(connection, room))


def _load_session(connection: sqlite3.Connection, room: str) -> SavedSession | None:
    live = connection.execute("SELECT room_id FROM lives WHERE room = ?", (room,)).fetchone()
    if live is None:
        return None
    ids = connection.execute("SELECT message_id FROM seen WHERE room = ? ORDER BY rowid", (room,))
    streaks = connection.execute("SELECT key, value FROM streaks WHERE room = ?", (room,))
    return SavedSession(
        live[0], [int(message_id) for (message_id,) in ids], {key: orjson.loads(value) for key, value in streaks}
    )


def save_session(connection: sqlite3.Connection, room: str, changes: SessionChanges) -> None:
    """Save changes of a room's session; those of another LIVE replace what was saved."""
    live = connection.execute("SELECT room_id FROM lives WHERE room = ?", (room,)).fetchone()
    if live is None or live[0] != changes.room_id:
        _delete_session(connection, room)
        connection.execute("INSERT INTO lives VALUES (?, ?)", (room, changes.room_id))
    # As text: a message id has up to 64 bits, unsigned.
    ids = [(room, str(message_id)) for message_id in changes.message_ids]
    connection.executemany("INSERT INTO seen VALUES (?, ?)", ids)
    deleted = [(room, key) for key, value in changes.streaks.items() if value is None]
    connection.executemany("DELETE FROM streaks WHERE room = ? AND key = ?", deleted)
    changed = [(room, key, encode(value)) for key, value in changes.streaks.items() if value is not None]
    connection.executemany("INSERT OR REPLACE INTO streaks VALUES (?, ?, ?)", changed)


def _delete_session(connection: sqlite3.Connection, room: str) -> None:
    for table in _TABLE_NAMES:
        connection.execute(f"DELETE FROM {table} WHERE room = ?", (room,))  # noqa: S608 - names of ours
