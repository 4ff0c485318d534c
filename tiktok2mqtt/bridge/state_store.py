"""`state.sqlite` in `state_dir`: messages that the broker has not acknowledged, and the sessions of the rooms.

Earlier releases had a file for each, `outbox.sqlite` and `gifts.sqlite`: these are imported and deleted.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson

from tiktok2mqtt.bridge.mqtt.database import (
    Database,
    is_damage,
    remove,
    remove_set_aside,
    schema_version,
    set_aside,
)
from tiktok2mqtt.bridge.mqtt.message_store import INSERT_MESSAGE, MESSAGE_TABLE, MessageStore, message_row
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.session_store import SqliteSessionStore
from tiktok2mqtt.bridge.session_tables import SESSION_TABLES, TOTALS_TABLES, Ids, delete_old_viewers, save
from tiktok2mqtt.webcast.memory import SessionChanges

logger = logging.getLogger(__name__)
Json = dict[str, Any]
MakeMessage = Callable[[str, Json], Message | None]
STATE_FILE: Final = "state.sqlite"
# One entry for each version of the schema. Entries are appended, never changed.
MIGRATIONS: Final = ((MESSAGE_TABLE, *SESSION_TABLES), TOTALS_TABLES)
_CONSEQUENCE: Final = (
    "gifts and other priority events are kept in memory only: a restart loses those that wait for the broker, "
    "and may miss or repeat gifts"
)
OUTBOX_FILE: Final = "outbox.sqlite"
GIFTS_FILE: Final = "gifts.sqlite"
# By version of the schema.
_SELECT_MESSAGES: Final = {
    1: "SELECT topic, payload, qos, retain, name, '', made_at, NULL FROM messages ORDER BY number",
    2: "SELECT topic, payload, qos, retain, name, room, made_at, NULL FROM messages ORDER BY number",
}
_GIFTS_VERSION: Final = 1
_DAY_S: Final = 24 * 3600.0


class StateStore:
    """The database in `folder`. `messages` is for the outbox; None, as all else, when `folder` is None.

    `make_message(room, event)` returns the message of an event that an earlier release has not published, None if it is
    excluded. A damaged file is kept for `keep_damaged` days.
    """

    def __init__(self, folder: Path | None, make_message: MakeMessage, *, keep_damaged: int = 7) -> None:
        self.messages: MessageStore | None = None
        self._folder = folder
        self._keep_damaged_s = keep_damaged * _DAY_S
        self._next_clean_up = 0.0
        self._last_replaced: str | None = None
        self._database: Database | None = None
        self._damaged: list[str] = []
        if folder is not None:
            self._database = Database(folder / STATE_FILE, MIGRATIONS, consequence=_CONSEQUENCE)
            self._damaged = import_older_files(self._database, folder, make_message)
            self.messages = MessageStore(self._database)

    def sessions(self, outbox: Outbox) -> SqliteSessionStore | None:
        """Return the store of the sessions, which share their transactions with `outbox`."""
        return SqliteSessionStore(self._database, outbox) if self._database is not None else None

    def health(self) -> Json:
        """Return {"on_disk": whether priority events are on disk, "problem": what is or was wrong, or None}."""
        database = self._database
        if database is None:
            return {"on_disk": False, "problem": None}
        problems = [database.problem, database.replaced, *self._damaged]
        return {"on_disk": database.problem is None, "problem": next(filter(None, problems), None)}

    def clean_up(self, now: float) -> None:
        """Once a day, and when a file has been damaged, delete what is no longer needed and names viewers.

        These are damaged files, and who has sent gifts in a LIVE whose end was not seen, because the room was switched
        off or removed. `now` is monotonic, in seconds. The first call must come after the sessions have been restored.
        """
        database = self._database
        if self._folder is None or database is None:
            return
        if now < self._next_clean_up and database.replaced == self._last_replaced:
            return
        self._next_clean_up, self._last_replaced = now + _DAY_S, database.replaced
        before = time.time() - _DAY_S
        database.erase(lambda connection: delete_old_viewers(connection, before))
        remove_set_aside(self._folder, self._keep_damaged_s)

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()


# --- import of older files ---


class _DamagedError(Exception):
    """An older file cannot be read; the message says why."""


def import_older_files(database: Database, folder: Path, make_message: MakeMessage) -> list[str]:
    """Import what older files in `folder` hold, each in one transaction; return sentences about damaged ones.

    A process that ends between transaction and deletion imports the file again.
    """
    damaged = []
    copy_sessions = partial(_copy_sessions, make_message=make_message)
    for name, copy in ((OUTBOX_FILE, _copy_messages), (GIFTS_FILE, copy_sessions)):
        path = folder / name
        if not database.usable or not path.is_file():
            continue
        try:
            if reason := _import(database, path, copy):
                damaged.append(
                    f"{path} is damaged ({reason}): renamed to {set_aside(path).name}, its content is not used"
                )
                logger.error("%s", damaged[-1])
        except (OSError, sqlite3.Error) as error:
            logger.error("%s cannot be imported: %s", path, error)  # noqa: TRY400 - a traceback says nothing more
    return damaged


def _import(database: Database, path: Path, copy: Callable[..., None]) -> str | None:
    """Import an older file and delete it; return why it is damaged, or None. Raises OSError and sqlite3.Error."""
    with closing(sqlite3.connect(path)) as source:
        try:
            version = _checked_version(source)
            imported = database.write(lambda target: copy(source, target, version))
        except _DamagedError as error:
            return str(error)
    if imported:
        remove(path)
        logger.info("imported %s into %s", path, STATE_FILE)
    return None


def _checked_version(source: sqlite3.Connection) -> int:
    try:
        version = schema_version(source)
        found = source.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        if is_damage(error):
            raise _DamagedError(str(error)) from error
        raise
    if found != "ok":
        raise _DamagedError(found)
    return version


def _rows(source: sqlite3.Connection, query: str, *values: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows. Errors are raised as another class, so that they do not count as errors of the new database."""
    try:
        yield from source.execute(query, values)
    except sqlite3.Error as error:
        raise _DamagedError(str(error)) from error


def _copy_messages(source: sqlite3.Connection, target: sqlite3.Connection, version: int) -> None:
    if version not in (0, *_SELECT_MESSAGES):
        raise _DamagedError(f"unknown schema {version}")
    # A file without tables has version 0.
    if version:
        target.executemany(INSERT_MESSAGE, _rows(source, _SELECT_MESSAGES[version]))


def _copy_sessions(
    source: sqlite3.Connection, target: sqlite3.Connection, version: int, *, make_message: MakeMessage
) -> None:
    if version not in (0, _GIFTS_VERSION):
        raise _DamagedError(f"unknown schema {version}")
    if version:
        try:
            for room, room_id in _rows(source, "SELECT room, room_id FROM lives"):
                changes = _session(source, room, room_id)
                save(target, room, changes, Ids(old_gifts=changes.gift_ids))
            events = _rows(source, "SELECT room, event FROM undelivered ORDER BY rowid")
            messages = [make_message(room, orjson.loads(event)) for room, event in events]
        except (ValueError, KeyError, TypeError) as error:
            raise _DamagedError(str(error)) from error
        wall_offset_s = time.time() - time.monotonic()
        rows = [message_row(message, wall_offset_s) for message in messages if message is not None]
        target.executemany(INSERT_MESSAGE, rows)


def _session(source: sqlite3.Connection, room: str, room_id: str) -> SessionChanges:
    ids = _rows(source, "SELECT message_id FROM messages WHERE room = ? ORDER BY rowid", room)
    streaks = _rows(source, "SELECT key, value FROM streaks WHERE room = ?", room)
    return SessionChanges(
        room_id, [int(message_id) for (message_id,) in ids], {key: orjson.loads(value) for key, value in streaks}
    )
