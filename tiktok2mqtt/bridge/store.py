"""The gifts of rooms on disk: which messages were counted, which streaks run, what was not passed on yet.

Implements webcast.gift_memory.GiftMemory.

The databases in `state_dir`: what the broker has not acknowledged, and the gifts of running LIVEs.

What the bridge must not forget: the rooms added by command, and which rooms are disconnected.

One small JSON file in `state_dir`. Without that setting, and where the file fails us, memory has to do: the bridge goes
on, and says so in the log and in health. Used by the control thread only.
"""

import contextlib
import fcntl
import logging
import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.message_store import SqliteMessageStore
from tiktok2mqtt.common.names import clean_room_name
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.memory import DEFAULT_CAPACITY, GiftChanges, Remembered

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


SPOOL_FILE: Final = "outbox.sqlite"
GIFTS_FILE: Final = "gifts.sqlite"


class Files:
    """Both, or neither where `folder` is None."""

    def __init__(self, folder: Path | None) -> None:
        self.spool = SqliteMessageStore(folder / SPOOL_FILE) if folder else None
        self.gifts = GiftStore(folder / GIFTS_FILE) if folder else None

    def health(self) -> dict[str, Any]:
        """Return {"on_disk": whether what must not be lost is on disk, "problem": what is or went wrong, or None}."""
        files = [file for file in (self.spool, self.gifts) if file is not None]
        troubles = [file.trouble for file in files if file.trouble]
        past = [file.put_aside for file in files if file.put_aside]
        return {"on_disk": self.spool is not None and not troubles, "problem": next(iter(troubles + past), None)}

    def forget(self, room: str) -> None:
        """Forget the gifts of a room that is no longer followed."""
        if self.gifts is not None:
            self.gifts.forget(room)

    def close(self) -> None:
        """Close what is open."""
        for file in (self.spool, self.gifts):
            if file is not None:
                file.close()


logger = logging.getLogger(__name__)
FILE: Final = "rooms.json"
LOCK_FILE: Final = "lock"
VERSION: Final = 1
MAX_FILE_BYTES: Final = 1 << 20
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
_UNSET: Final = "state_dir is not set: rooms added by command are forgotten when the daemon ends"


@dataclass(frozen=True, slots=True)
class Kept:
    """Names of the rooms that were added by command, and of all rooms that are disconnected."""

    rooms: tuple[str, ...] = ()
    disconnected: tuple[str, ...] = ()


class StateDirInUse(ValueError):
    """Another daemon has the folder."""


class Store:
    """The file, and the lock that keeps a second daemon out of the folder until `close`.

    `folder` None keeps nothing. Raises StateDirInUse. Whatever else is wrong with the folder or the file is logged and
    told by `health`; a file that cannot be used is never written over: it is set aside as `rooms.json.corrupt-<time>`.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock: int | None = None
        self._last = Kept()
        self._lasting = folder is not None
        self._problem: str | None = None
        self._set_aside_as: str | None = None
        if folder is not None:
            self._open(folder)

    def _open(self, folder: Path) -> None:
        try:
            folder.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
            self._lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise StateDirInUse(f"state_dir: {folder} is in use by another tiktok2mqtt; give each its own") from None
        except OSError as error:
            self._lasting, self._problem = False, f"state_dir: {folder} cannot be used ({error.strerror})"

    def load(self) -> Kept:
        """Return what was kept; nothing when there is no file, or none that can be used. Says so, and why."""
        if self._folder is None:
            logger.info("%s", _UNSET)
            return self._last
        if self._problem is not None:
            self._fails(self._problem)
        path = self._folder / FILE
        try:
            self._last = _read(path)
        except (FileNotFoundError, NotADirectoryError):
            pass
        except (OSError, ValueError) as error:
            self._set_aside(path, error)
        return self._last

    def _set_aside(self, path: Path, error: Exception) -> None:
        reason = error.strerror if isinstance(error, OSError) else safe_text(error, 120)
        aside = path.with_name(f"{FILE}.corrupt-{int(time.time())}")
        try:
            path.rename(aside)
        except OSError:
            # Nothing is written from now on: that would be the end of what it holds.
            self._folder = None
            self._fails(f"state_dir: {path} cannot be used ({reason}) and not be set aside either")
            return
        self._set_aside_as = f"state_dir: {path} could not be used ({reason}); it is kept as {aside.name}"
        logger.warning("%s", self._set_aside_as)

    def save(self, kept: Kept) -> None:
        """Keep this instead of what was kept before. When that fails it is logged, and tried again at the next call."""
        if self._folder is None or (kept == self._last and self._lasting):
            return
        try:
            document = {"version": VERSION, "rooms": kept.rooms, "disconnected": kept.disconnected}
            write_whole(self._folder / FILE, document)
        except OSError as error:
            self._fails(f"state_dir: {self._folder / FILE} cannot be written ({error.strerror})")
            return
        self._last, self._lasting, self._problem = kept, True, None

    def _fails(self, problem: str) -> None:
        self._lasting, self._problem = False, problem
        logger.warning("%s; rooms added by command may be forgotten when the daemon ends", problem)

    def health(self) -> dict[str, Any]:
        """Return {"lasting": whether it survives a restart, "problem": what went wrong or None}."""
        problem = self._problem or self._set_aside_as
        return {"lasting": self._lasting, "problem": _UNSET if self._folder is None and problem is None else problem}

    def close(self) -> None:
        """Let another daemon have the folder. May be called twice."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _read(path: Path) -> Kept:
    """Raises OSError, and ValueError for a file that we did not write."""
    with path.open("rb") as file:
        raw = file.read(MAX_FILE_BYTES + 1)
    if len(raw) > MAX_FILE_BYTES:
        raise ValueError(f"it has more than {MAX_FILE_BYTES} bytes")
    document = orjson.loads(raw)
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise ValueError(f"it is no object of version {VERSION}")
    return Kept(_names(document, "rooms"), _names(document, "disconnected"))


def _names(document: dict[str, Any], key: str) -> tuple[str, ...]:
    names = document.get(key)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"its {key} are no list of names")
    return tuple(dict.fromkeys(map(clean_room_name, names)))


def write_whole(path: Path, document: dict[str, Any]) -> None:
    """Write JSON to a file, all of it or nothing, power cuts included; the user's alone to read. Raises OSError."""
    new = path.with_name(f"{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        new.unlink()
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE), "wb") as file:
        file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        # The name is safe only when the folder is.
        os.fsync(folder)
    finally:
        os.close(folder)
