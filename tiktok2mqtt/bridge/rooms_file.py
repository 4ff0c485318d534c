"""`rooms.json` in `state_dir`: the rooms added by command, and which rooms are disconnected. And the folder's lock.

Without `state_dir`, and when the file cannot be used, they are kept in memory; the log and health say so. Used by the
control thread only.
"""

import fcntl
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tiktok2mqtt.bridge.json_file import read_json, write_json
from tiktok2mqtt.common.text import clean_room_name, safe_text

logger = logging.getLogger(__name__)
FILE: Final = "rooms.json"
LOCK_FILE: Final = "lock"
VERSION: Final = 1
MAX_FILE_BYTES: Final = 1 << 20
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
_UNSET: Final = "state_dir is not set: rooms added by command are forgotten when the daemon ends"


@dataclass(frozen=True, slots=True)
class SavedRooms:
    """The names of the rooms added by command, and of all rooms that are disconnected."""

    rooms: tuple[str, ...] = ()
    disconnected: tuple[str, ...] = ()


class StateDirInUse(ValueError):
    """Another daemon uses the folder."""


class RoomsFile:
    """The file, and the lock that keeps other daemons out of the folder until `close`.

    With `folder` None nothing is saved. Raises StateDirInUse. Other problems of the folder or the file are logged and
    part of `health`; a file that cannot be used is not overwritten but renamed to `rooms.json.corrupt-<time>`.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock: int | None = None
        self._last = SavedRooms()
        self._is_saved = folder is not None
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
            self._is_saved, self._problem = False, f"state_dir: {folder} cannot be used ({error.strerror})"

    def load(self) -> SavedRooms:
        """Return what was saved; nothing if there is no file, or none that can be used, which is logged."""
        if self._folder is None:
            logger.info("%s", _UNSET)
            return self._last
        if self._problem is not None:
            self._failed(self._problem)
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
            # Nothing is written from now on: that would overwrite it.
            self._folder = None
            self._failed(f"state_dir: {path} cannot be used ({reason}) and cannot be set aside")
            return
        self._set_aside_as = f"state_dir: {path} could not be used ({reason}); it is kept as {aside.name}"
        logger.warning("%s", self._set_aside_as)

    def save(self, rooms: SavedRooms) -> None:
        """Replace what was saved. A failure is logged; the next call tries again."""
        if self._folder is None or (rooms == self._last and self._is_saved):
            return
        try:
            document = {"version": VERSION, "rooms": rooms.rooms, "disconnected": rooms.disconnected}
            write_json(self._folder / FILE, document)
        except OSError as error:
            self._failed(f"state_dir: {self._folder / FILE} cannot be written ({error.strerror})")
            return
        self._last, self._is_saved, self._problem = rooms, True, None

    def _failed(self, problem: str) -> None:
        self._is_saved, self._problem = False, problem
        logger.warning("%s; rooms added by command may be forgotten when the daemon ends", problem)

    def health(self) -> dict[str, Any]:
        """Return {"lasting": whether the rooms survive a restart, "problem": what is or was wrong, or None}."""
        problem = self._problem or self._set_aside_as
        return {"lasting": self._is_saved, "problem": _UNSET if self._folder is None and problem is None else problem}

    def close(self) -> None:
        """Release the folder. May be called twice."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _read(path: Path) -> SavedRooms:
    """Raises OSError, and ValueError for a file of another format."""
    document = read_json(path, VERSION, MAX_FILE_BYTES)
    return SavedRooms(_names(document, "rooms"), _names(document, "disconnected"))


def _names(document: dict[str, Any], key: str) -> tuple[str, ...]:
    names = document.get(key)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"its {key} is not a list of names")
    return tuple(dict.fromkeys(map(clean_room_name, names)))
