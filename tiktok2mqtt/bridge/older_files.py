"""Imports the files of earlier releases, `outbox.sqlite` and `gifts.sqlite`, into the state database."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson

from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.database_connection import is_damage, schema_version
from tiktok2mqtt.bridge.mqtt.database_files import remove, set_aside
from tiktok2mqtt.bridge.mqtt.message_store import INSERT_MESSAGE, Message, message_row
from tiktok2mqtt.bridge.session_tables import Ids, save
from tiktok2mqtt.webcast.memory import SessionChanges

logger = logging.getLogger(__name__)
MakeMessage = Callable[[str, dict[str, Any]], Message | None]
OUTBOX_FILE: Final = "outbox.sqlite"
GIFTS_FILE: Final = "gifts.sqlite"
# By version of the schema.
_SELECT_MESSAGES: Final = {
    1: "SELECT topic, payload, qos, retain, name, '', made_at, NULL FROM messages ORDER BY number",
    2: "SELECT topic, payload, qos, retain, name, room, made_at, NULL FROM messages ORDER BY number",
}
_GIFTS_VERSION: Final = 1


class _DamagedError(Exception):
    """An older file cannot be read; the message says why."""


def import_older_files(database: Database, folder: Path, make_message: MakeMessage) -> list[str]:
    """Import what older files in `folder` hold, each in one transaction; return sentences about damaged ones.

    `make_message(room, event)` returns the message of an event that was not published yet, None if it is excluded.
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
        # Without shared memory, see Database.
        source.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            version = _checked_version(source)
            imported = database.write(lambda target: copy(source, target, version))
        except _DamagedError as error:
            return str(error)
    if imported:
        remove(path)
        logger.info("imported %s into the database", path)
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
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    version: int,
    *,
    make_message: MakeMessage,
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
