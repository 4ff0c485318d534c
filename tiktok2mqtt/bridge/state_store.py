"""`state.sqlite` in `state_dir`: messages that the broker has not acknowledged, and the sessions of the rooms.

A gift and the message about it are saved in one transaction. Earlier releases had a file for each, `outbox.sqlite` and
`gifts.sqlite`: these are imported and deleted.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson

from tiktok2mqtt.bridge.mqtt.database import DEFAULT_MAX_MIB, Database
from tiktok2mqtt.bridge.mqtt.database_files import remove_set_aside
from tiktok2mqtt.bridge.mqtt.message_store import MESSAGE_TABLE, MessageStore
from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.bridge.mqtt.payloads import encode
from tiktok2mqtt.bridge.older_files import MakeMessage, import_older_files
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
        # Guards what follows.
        self._lock = threading.Lock()
        # Changes that a failing disk has not taken, by room.
        self._unsaved: dict[str, SessionChanges] = {}
        self._open_transactions = 0
        # A long LIVE leaves more ids than a session keeps.
        database.write(lambda connection: connection.execute(_DELETE_OLD_IDS, (DEFAULT_CAPACITY,)), frees_space=True)

    def load(self, room: str) -> SavedSession | None:
        """See SessionStore."""
        return self._database.read(lambda connection: _load_session(connection, room))

    @contextmanager
    def transaction(self, room: str, changes: SessionChanges) -> Iterator[None]:
        """See SessionStore."""
        with self._lock:
            # While the disk fails, only new changes are tried.
            if changes and self._database.problem is None and room in self._unsaved:
                self._keep(room, changes)
                changes = self._unsaved.pop(room)
            self._open_transactions += 1
        write = partial(save_session, room=room, changes=changes) if changes else None
        saved = False
        try:
            with self._outbox.transaction(write) as transaction:
                yield
            saved = transaction.saved
        finally:
            with self._lock:
                self._open_transactions -= 1
                if saved:
                    self._drop_outdated(room, changes)
                elif changes:
                    self._keep(room, changes)

    def save_unsaved(self) -> None:
        """Save what a failing disk has not taken, if it works again."""
        with self._lock:
            # An open transaction may save newer changes; others wait for the lock.
            if self._unsaved and not self._open_transactions and self._database.problem is None:
                writes = [partial(save_session, room=room, changes=kept) for room, kept in self._unsaved.items()]
                if self._database.write(*writes):
                    self._unsaved.clear()

    def _keep(self, room: str, changes: SessionChanges) -> None:
        """Add changes to those that are saved when the disk works again. Requires holding the lock."""
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
        """Requires holding the lock."""
        if (kept := self._unsaved.get(room)) is not None:
            if kept.room_id != saved.room_id:
                del self._unsaved[room]
            for key in saved.streaks:
                kept.streaks.pop(key, None)

    def end_live(self, room: str) -> None:
        """See SessionStore."""
        with self._lock:
            if (kept := self._unsaved.get(room)) is not None:
                kept.streaks.clear()
        self._database.erase(lambda connection: connection.execute("DELETE FROM streaks WHERE room = ?", (room,)))

    def forget(self, room: str) -> None:
        """Delete the session of a room that was removed."""
        with self._lock:
            self._unsaved.pop(room, None)
        self._database.erase(lambda connection: _delete_session(connection, room))


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


def _delete_old_streaks(connection: sqlite3.Connection, before: float) -> None:
    """Delete the streaks of rooms whose last message of a streak came before that time, in seconds since 1970.

    The system's clock may have been set while a LIVE is running. Then some of its streaks seem to be old, not all.
    """
    last_at: dict[str, float] = {}
    for room, value in connection.execute("SELECT room, value FROM streaks"):
        last_at[room] = max(last_at.get(room, 0.0), orjson.loads(value).get("last_at", 0.0))
    old = [(room,) for room, at in last_at.items() if at < before]
    connection.executemany("DELETE FROM streaks WHERE room = ?", old)


def _delete_session(connection: sqlite3.Connection, room: str) -> None:
    for table in _TABLE_NAMES:
        connection.execute(f"DELETE FROM {table} WHERE room = ?", (room,))  # noqa: S608 - names of ours


Json = dict[str, Any]
STATE_FILE: Final = "state.sqlite"
# One entry for each version of the schema. Entries are appended, never changed.
MIGRATIONS: Final = ((MESSAGE_TABLE, *SESSION_TABLES),)
_CONSEQUENCE: Final = (
    "gifts and other priority events are kept in memory only: a restart loses those that wait for the broker, "
    "and may miss or repeat gifts"
)
_DAY_S: Final = 24 * 3600.0
# A LIVE that is running has had gifts by then, if the clock was set before the start.
_FIRST_DELETION_S: Final = 3600.0


class StateStore:
    """The database in `folder`. `messages` is for the outbox; None, as all else, when `folder` is None.

    `make_message(room, event)` returns the message of an event that an earlier release has not published, None if it is
    excluded. The database has at most `max_mib` MiB. A damaged file is kept for `keep_damaged` days.
    """

    def __init__(
        self,
        folder: Path | None,
        make_message: MakeMessage,
        *,
        max_mib: int = DEFAULT_MAX_MIB,
        keep_damaged: int = 7,
    ) -> None:
        self.messages: MessageStore | None = None
        self._folder = folder
        self._keep_damaged_s = keep_damaged * _DAY_S
        self._next_clean_up = 0.0
        self._next_deletion: float | None = None
        self._last_replaced: str | None = None
        self._database: Database | None = None
        self._sessions: SqliteSessionStore | None = None
        self._damaged: list[str] = []
        if folder is not None:
            self._database = Database(folder / STATE_FILE, MIGRATIONS, consequence=_CONSEQUENCE, max_mib=max_mib)
            self._damaged = import_older_files(self._database, folder, make_message, save_session)
            self.messages = MessageStore(self._database)

    def sessions(self, outbox: Outbox) -> SqliteSessionStore | None:
        """Return the store of the sessions, which share their transactions with `outbox`."""
        if self._database is not None:
            self._sessions = SqliteSessionStore(self._database, outbox)
        return self._sessions

    def health(self) -> Json:
        """Return {"on_disk": whether priority events are on disk, "problem": what is or was wrong, or None}."""
        database = self._database
        if database is None:
            return {"on_disk": False, "problem": None}
        problems = [database.problem, database.replaced, *self._damaged]
        return {"on_disk": database.problem is None, "problem": next(filter(None, problems), None)}

    def clean_up(self, now: float) -> None:
        """Save what a failing disk has not taken, and delete what is no longer needed and names viewers.

        To be called often. Deleted are damaged files, once a day and when a file has been damaged, and once a day the
        streaks of a LIVE whose end was not seen, because the room was switched off or removed. `now` is monotonic, in
        seconds.
        """
        database = self._database
        if self._folder is None or database is None:
            return
        if self._sessions is not None:
            self._sessions.save_unsaved()
        if self._next_deletion is None:
            self._next_deletion = now + _FIRST_DELETION_S
        if now >= self._next_deletion:
            self._next_deletion = now + _DAY_S
            before = time.time() - _DAY_S
            database.erase(lambda connection: _delete_old_streaks(connection, before))
        if now >= self._next_clean_up or database.replaced != self._last_replaced:
            self._next_clean_up, self._last_replaced = now + _DAY_S, database.replaced
            remove_set_aside(self._folder, self._keep_damaged_s)

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
