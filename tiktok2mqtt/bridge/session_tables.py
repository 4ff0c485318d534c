"""The tables of the sessions in the state database, and how they are read and written."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from tiktok2mqtt.bridge.mqtt.payloads import encode
from tiktok2mqtt.bridge.snapshot import VIEWERS, Totals
from tiktok2mqtt.webcast.memory import SavedSession, SessionChanges

Json = dict[str, Any]
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
    # Ids of messages that are not gifts: there are far more of them.
    "CREATE TABLE seen_others (room TEXT NOT NULL, part INTEGER NOT NULL, message_ids TEXT NOT NULL)",
    "CREATE INDEX seen_others_by_part ON seen_others (room, part)",
)
FOLLOWERS_TABLES: Final = ("CREATE TABLE followers (room TEXT, user TEXT, PRIMARY KEY (room, user)) WITHOUT ROWID",)
# [ids of gifts, ids of other messages]: the last ones, which are in neither of the tables yet.
RECENT_IDS: Final = ("ALTER TABLE lives ADD COLUMN recent_ids TEXT",)
VIEWER_TABLES: Final = ("streaks", "gifters", "followers")
_TABLE_NAMES: Final = ("lives", "seen", "seen_others", *VIEWER_TABLES)
# What changes with each transaction is one row: each further page that is written costs as much as the row.
_UPDATE_LIVE: Final = """
UPDATE lives SET received_since_ms = coalesce(?, received_since_ms), totals = coalesce(?, totals),
recent_ids = coalesce(?, recent_ids) WHERE room = ? AND room_id = ?
"""
_INSERT_LIVE: Final = "INSERT INTO lives (received_since_ms, totals, recent_ids, room, room_id) VALUES (?, ?, ?, ?, ?)"
_SAVE_STREAK: Final = """
INSERT INTO streaks VALUES (?, ?, ?) ON CONFLICT (room, key) DO UPDATE SET value = excluded.value
"""
DELETE_OLD_IDS: Final = """
DELETE FROM seen WHERE rowid IN
(SELECT id FROM (SELECT rowid AS id, row_number() OVER (PARTITION BY room ORDER BY rowid DESC) AS age FROM seen)
WHERE age > ?)
"""


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids of gifts and of other messages.

    The `recent` ones, of both kinds, are in the row of the LIVE; None leaves them as they are. There, a few are cheaper
    than in the tables of `old_gifts` and `old_others`. The latter are in parts of some thousand, of which the last two
    are kept.
    """

    recent: tuple[list[int], list[int]] | None = None
    old_gifts: Sequence[int] = ()
    old_others: Sequence[int] = ()
    part: int = 0
    starts_part: bool = False


def load_session(connection: sqlite3.Connection, room: str, room_id: str | None) -> tuple[SavedSession, Ids] | None:
    """Return what is saved of the room's last LIVE, or None; also if `room_id` is that of another LIVE.

    Of the ids of other messages, all of the last part are `old_others`.
    """
    query = "SELECT room_id, received_since_ms, recent_ids FROM lives WHERE room = ?"
    live = connection.execute(query, (room,)).fetchone()
    if live is None or room_id not in (None, live[0]):
        return None
    recent_gifts, recent_others = orjson.loads(live[2] or "[[], []]")
    gifts = connection.execute("SELECT message_id FROM seen WHERE room = ? ORDER BY rowid", (room,))
    streaks = connection.execute("SELECT key, value FROM streaks WHERE room = ?", (room,))
    parts: dict[int, list[int]] = {}
    others = connection.execute("SELECT part, message_ids FROM seen_others WHERE room = ? ORDER BY rowid", (room,))
    for part, message_ids in others:
        parts.setdefault(part, []).extend(orjson.loads(message_ids))
    last = max(parts, default=0)
    saved = SavedSession(
        live[0],
        [int(message_id) for (message_id,) in gifts] + recent_gifts,
        {key: orjson.loads(value) for key, value in streaks},
        [message_id for part in parts.values() for message_id in part] + recent_others,
        live[1],
    )
    return saved, Ids((recent_gifts, recent_others), (), parts.get(last, ()), last)


def load_totals(connection: sqlite3.Connection, room: str) -> tuple[Any, dict[str, int]] | None:
    """Return the totals of the room's last LIVE and the diamonds by gifter, or None. Raises ValueError."""
    live = connection.execute("SELECT totals FROM lives WHERE room = ?", (room,)).fetchone()
    if live is None or live[0] is None:
        return None
    gifters = connection.execute("SELECT user, diamonds FROM gifters WHERE room = ?", (room,))
    return orjson.loads(live[0]), dict(gifters.fetchall())


def load_followers(connection: sqlite3.Connection, room: str) -> set[str]:
    """Return the users who have followed during the room's last LIVE."""
    return {user for (user,) in connection.execute("SELECT user FROM followers WHERE room = ?", (room,))}


def save(
    connection: sqlite3.Connection,
    room: str,
    changes: SessionChanges | None,
    ids: Ids = Ids(),
    totals: Totals | None = None,
) -> None:
    """Save changes of a room's session, whose ids are in `ids`, and its totals.

    Changes of another LIVE replace what was saved. Totals alone do not: only a session begins a LIVE.
    """
    room_id = changes.room_id if changes is not None else getattr(totals, "session_id", None)
    if totals is not None and totals.session_id != room_id:
        # They are those of the last LIVE as long as nothing of this one was counted.
        totals = None
    values = (
        changes.received_since_ms if changes is not None else None,
        totals.document if totals is not None else None,
        orjson.dumps(ids.recent) if ids.recent is not None else None,
        room,
        room_id,
    )
    is_new = not connection.execute(_UPDATE_LIVE, values).rowcount
    if is_new:
        if changes is None:
            return
        delete(connection, room)
        connection.execute(_INSERT_LIVE, values)
    if totals is not None:
        _save_viewers(connection, room, totals, are_all=is_new)
    _save_old_ids(connection, room, ids)
    if changes is not None:
        save_streaks(connection, room, changes.streaks)


def _save_viewers(connection: sqlite3.Connection, room: str, totals: Totals, *, are_all: bool) -> None:
    gifters = totals.gifters if are_all else totals.changed
    if gifters:
        rows = [(room, user, totals.gifters[user]) for user in gifters]
        connection.executemany("INSERT OR REPLACE INTO gifters VALUES (?, ?, ?)", rows)
    followers = totals.followers if are_all else totals.new_followers
    if followers:
        connection.executemany("INSERT OR IGNORE INTO followers VALUES (?, ?)", [(room, user) for user in followers])


def _save_old_ids(connection: sqlite3.Connection, room: str, ids: Ids) -> None:
    if ids.old_gifts:
        # As text: a message id has up to 64 bits, unsigned.
        rows = [(room, str(message_id)) for message_id in ids.old_gifts]
        connection.executemany("INSERT INTO seen VALUES (?, ?)", rows)
    if ids.starts_part:
        connection.execute("DELETE FROM seen_others WHERE room = ? AND part < ?", (room, ids.part - 1))
    if ids.old_others:
        connection.execute("INSERT INTO seen_others VALUES (?, ?, ?)", (room, ids.part, encode(ids.old_others)))


def save_streaks(connection: sqlite3.Connection, room: str, streaks: Mapping[str, Json | None]) -> None:
    """Save streaks of the room's LIVE; those that are None are deleted."""
    for key, value in streaks.items():
        if value is None:
            connection.execute("DELETE FROM streaks WHERE room = ? AND key = ?", (room, key))
        else:
            connection.execute(_SAVE_STREAK, (room, key, encode(value)))


def delete_old_viewers(connection: sqlite3.Connection, before: float) -> None:
    """Delete gifters and followers of rooms without events since a time, in seconds since 1970.

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
            delete(connection, room, ("gifters", "followers"))


def delete(connection: sqlite3.Connection, room: str, tables: Iterable[str] = _TABLE_NAMES) -> None:
    """Delete what these tables have about a room."""
    for table in tables:
        connection.execute(f"DELETE FROM {table} WHERE room = ?", (room,))  # noqa: S608 - names of ours
