"""The tables of the sessions in the state database, and how they are read and written."""

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

import orjson

from tiktok2mqtt.bridge.mqtt.payloads import encode
from tiktok2mqtt.bridge.snapshot import VIEWERS, Totals
from tiktok2mqtt.webcast.memory import SavedSession, SessionChanges

SESSION_TABLES: Final = (
    "CREATE TABLE lives (room TEXT PRIMARY KEY, room_id TEXT NOT NULL)",
    # Message ids, the earliest first in the order of the rowid.
    "CREATE TABLE seen (room TEXT NOT NULL, message_id TEXT NOT NULL)",
    "CREATE INDEX seen_by_room ON seen (room)",
    "CREATE TABLE streaks (room TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (room, key))",
)
TOTALS_TABLES: Final = (
    "ALTER TABLE lives ADD COLUMN received_since_ms INTEGER",
    "ALTER TABLE lives ADD COLUMN totals TEXT",
    "CREATE TABLE gifters (room TEXT, user TEXT, diamonds INTEGER NOT NULL, PRIMARY KEY (room, user)) WITHOUT ROWID",
    # Ids of messages that are no gifts, those of a transaction in one row: there are far more of them.
    "CREATE TABLE seen_others (room TEXT NOT NULL, part INTEGER NOT NULL, message_ids TEXT NOT NULL)",
    "CREATE INDEX seen_others_by_part ON seen_others (room, part)",
)
_TABLE_NAMES: Final = ("lives", "seen", "streaks", "gifters", "seen_others")
_UPDATE_LIVE: Final = """
UPDATE lives SET received_since_ms = coalesce(?, received_since_ms), totals = coalesce(?, totals)
WHERE room = ? AND room_id = ?
"""
_INSERT_LIVE: Final = "INSERT INTO lives (received_since_ms, totals, room, room_id) VALUES (?, ?, ?, ?)"
DELETE_OLD_IDS: Final = """
DELETE FROM seen WHERE rowid IN
(SELECT id FROM (SELECT rowid AS id, row_number() OVER (PARTITION BY room ORDER BY rowid DESC) AS age FROM seen)
WHERE age > ?)
"""


def load_session(connection: sqlite3.Connection, room: str, room_id: str | None) -> SavedSession | None:
    """Return what is saved of the room's last LIVE, or None; also if `room_id` is that of another LIVE."""
    live = connection.execute("SELECT room_id, received_since_ms FROM lives WHERE room = ?", (room,)).fetchone()
    if live is None or room_id not in (None, live[0]):
        return None
    ids = connection.execute("SELECT message_id FROM seen WHERE room = ? ORDER BY rowid", (room,))
    streaks = connection.execute("SELECT key, value FROM streaks WHERE room = ?", (room,))
    others = connection.execute("SELECT message_ids FROM seen_others WHERE room = ? ORDER BY rowid", (room,))
    return SavedSession(
        live[0],
        [int(message_id) for (message_id,) in ids],
        {key: orjson.loads(value) for key, value in streaks},
        [message_id for (message_ids,) in others for message_id in orjson.loads(message_ids)],
        live[1],
    )


def load_last_part(connection: sqlite3.Connection, room: str) -> tuple[int, int]:
    """Return the number of the last part of the other ids, and how many ids it has."""
    query = "SELECT part, message_ids FROM seen_others WHERE room = ?"
    parts = connection.execute(query, (room,)).fetchall()
    last = max((part for part, _ in parts), default=0)
    return last, sum(len(orjson.loads(message_ids)) for part, message_ids in parts if part == last)


def load_totals(connection: sqlite3.Connection, room: str) -> tuple[Any, dict[str, int]] | None:
    """Return the totals of the room's last LIVE and the diamonds by gifter, or None. Raises ValueError."""
    live = connection.execute("SELECT totals FROM lives WHERE room = ?", (room,)).fetchone()
    if live is None or live[0] is None:
        return None
    gifters = connection.execute("SELECT user, diamonds FROM gifters WHERE room = ?", (room,))
    return orjson.loads(live[0]), dict(gifters.fetchall())


def save(  # noqa: PLR0913 - what is saved in one transaction
    connection: sqlite3.Connection,
    room: str,
    changes: SessionChanges | None,
    totals: Totals | None = None,
    part: int = 0,
    *,
    starts_part: bool = True,
) -> None:
    """Save changes of a room's session, and its totals; changes of another LIVE replace what was saved.

    `part` is that of the other ids; if they start it, all but the last part before it are deleted.
    """
    if changes is None:
        if totals is not None:
            _save_totals_alone(connection, room, totals)
        return
    if totals is not None and totals.session_id != changes.room_id:
        # They are those of the last LIVE as long as nothing of this one was counted.
        totals = None
    is_new = _save_live(connection, room, changes, totals)
    if totals is not None:
        _save_gifters(connection, room, totals.gifters if is_new else totals.changed, totals)
    _save_ids_and_streaks(connection, room, changes)
    if changes.other_ids:
        if starts_part:
            connection.execute("DELETE FROM seen_others WHERE room = ? AND part < ?", (room, part - 1))
        connection.execute("INSERT INTO seen_others VALUES (?, ?, ?)", (room, part, encode(changes.other_ids)))


def _save_live(connection: sqlite3.Connection, room: str, changes: SessionChanges, totals: Totals | None) -> bool:
    """Save what there is once of each LIVE; return whether this is another one than was saved."""
    document = totals.document if totals is not None else None
    values = (changes.received_since_ms, document, room, changes.room_id)
    if connection.execute(_UPDATE_LIVE, values).rowcount:
        return False
    delete(connection, room)
    connection.execute(_INSERT_LIVE, values)
    return True


def _save_totals_alone(connection: sqlite3.Connection, room: str, totals: Totals) -> None:
    """Save totals, unless they are those of another LIVE: only changes of a session begin one."""
    if connection.execute(_UPDATE_LIVE, (None, totals.document, room, totals.session_id)).rowcount:
        _save_gifters(connection, room, totals.changed, totals)


def _save_gifters(connection: sqlite3.Connection, room: str, gifters: Iterable[str], totals: Totals) -> None:
    rows = [(room, gifter, totals.gifters[gifter]) for gifter in gifters]
    connection.executemany("INSERT OR REPLACE INTO gifters VALUES (?, ?, ?)", rows)


def _save_ids_and_streaks(connection: sqlite3.Connection, room: str, changes: SessionChanges) -> None:
    # As text: a message id has up to 64 bits, unsigned.
    ids = [(room, str(message_id)) for message_id in changes.gift_ids]
    connection.executemany("INSERT INTO seen VALUES (?, ?)", ids)
    deleted = [(room, key) for key, value in changes.streaks.items() if value is None]
    connection.executemany("DELETE FROM streaks WHERE room = ? AND key = ?", deleted)
    changed = [(room, key, encode(value)) for key, value in changes.streaks.items() if value is not None]
    connection.executemany("INSERT OR REPLACE INTO streaks VALUES (?, ?, ?)", changed)


def delete_old_viewers(connection: sqlite3.Connection, before: float) -> None:
    """Delete who has sent gifts in rooms where nothing came since that time, in seconds since 1970.

    If the system's clock was set during a LIVE, some of its streaks seem to be old, but not all.
    """
    last_at: dict[str, float] = {}
    for room, value in connection.execute("SELECT room, value FROM streaks"):
        last_at[room] = max(last_at.get(room, 0.0), orjson.loads(value).get("last_at", 0.0))
    for room, at in last_at.items():
        if at < before:
            delete(connection, room, ("streaks",))
    for room, document in connection.execute("SELECT room, totals FROM lives WHERE totals NOT NULL").fetchall():
        totals = orjson.loads(document)
        if totals.get("at", 0.0) < before:
            kept = {key: value for key, value in totals.items() if key not in VIEWERS}
            connection.execute("UPDATE lives SET totals = ? WHERE room = ?", (encode(kept), room))
            delete(connection, room, ("gifters",))


def delete(connection: sqlite3.Connection, room: str, tables: Iterable[str] = _TABLE_NAMES) -> None:
    """Delete what these tables have about a room."""
    for table in tables:
        connection.execute(f"DELETE FROM {table} WHERE room = ?", (room,))  # noqa: S608 - names of ours
