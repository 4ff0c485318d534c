"""The files of a SQLite database: damaged ones that were set aside, and the space that is kept free for deletions."""

import contextlib
import errno
import logging
import os
import re
import time
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)
MODE: Final = 0o600
MEBIBYTE: Final = 2**20
_SIDE_FILES: Final = ("-wal", "-shm")
_ASIDE_TIME: Final = "%Y%m%dT%H%M%S"
_ASIDE_NAME: Final = re.compile(r".+\.sqlite\.damaged-(\d{8}T\d{6})(-wal|-shm)?")
_NOT_SUPPORTED: Final = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)


def create(path: Path) -> None:
    """Create a file that only its owner can read, if there is none. SQLite's side files inherit the mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE))


def inode(path: Path) -> int | None:
    """Return the inode that a path leads to, or None. While a file is open, no other file gets its inode."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


def write_ahead_log(path: Path) -> Path:
    """Return the path of a database's write-ahead log."""
    return Path(f"{path}-wal")


def set_aside(path: Path) -> Path:
    """Rename a database, with its side files, to `<name>.damaged-<time>`; return the new path. Raises OSError."""
    aside = path.with_name(f"{path.name}.damaged-{time.strftime(_ASIDE_TIME)}")
    path.replace(aside)
    for suffix in _SIDE_FILES:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{suffix}").replace(f"{aside}{suffix}")
    return aside


def remove_set_aside(folder: Path, max_age_s: float) -> None:
    """Delete the files that `set_aside` has renamed at least that long ago, by the system's clock."""
    now = time.time()
    for path in sorted(folder.iterdir()):
        if match := _ASIDE_NAME.fullmatch(path.name):
            with contextlib.suppress(ValueError, OverflowError, OSError):
                if now - time.mktime(time.strptime(match[1], _ASIDE_TIME)) >= max_age_s:
                    path.unlink()
                    logger.info("deleted %s", path)


def remove(path: Path) -> None:
    """Delete a database with its side files. Raises OSError."""
    path.unlink()
    remove_side_files(path)


def remove_side_files(path: Path) -> None:
    """Delete the side files of a database. Raises OSError."""
    for suffix in _SIDE_FILES:
        Path(f"{path}{suffix}").unlink(missing_ok=True)


class Reserve:
    """A file that takes up space until it is needed: without space, nothing can be deleted from a database either.

    New content may use half of it, deletions all of it. `take` fills it up again; `error` says why it could not.
    `is_held` says whether there is enough for deletions.
    """

    FULL_BYTES: Final = 4 * MEBIBYTE
    HALF_BYTES: Final = FULL_BYTES // 2

    def __init__(self, path: Path) -> None:
        self.error = ""
        self.is_held = False
        self._path = path

    @property
    def size(self) -> int:
        """How much space the file takes up, in bytes."""
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    def take(self) -> bool:
        """Take up the full size, or else half of it; return whether at least that was possible."""
        self.is_held = self._take()
        return self.is_held

    def _take(self) -> bool:
        before = self.size
        for size in (self.FULL_BYTES, self.HALF_BYTES):
            if before >= size or self._allocate(size):
                return True
            self._truncate(before)
        return False

    def _allocate(self, size: int) -> bool:
        try:
            create(self._path)
            with self._path.open("r+b") as file:
                _allocate(file.fileno(), size)
        except OSError as error:
            self.error = error.strerror or ""
            return False
        return True

    def release(self, *, keep_half: bool) -> None:
        """Give the space back to the disk."""
        self._truncate(min(self.size, self.HALF_BYTES if keep_half else 0))
        self.is_held = self.size >= self.HALF_BYTES

    def _truncate(self, size: int) -> None:
        with contextlib.suppress(OSError):
            os.truncate(self._path, size)


def _allocate(descriptor: int, size: int) -> None:
    """Make a file take up `size` bytes on the disk. Raises OSError."""
    try:
        os.posix_fallocate(descriptor, 0, size)
    except AttributeError:
        # macOS has no such call.
        _fill(descriptor, size)
    except OSError as error:
        if error.errno not in _NOT_SUPPORTED:
            raise
        _fill(descriptor, size)


def _fill(descriptor: int, size: int) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    while size:
        size -= os.write(descriptor, bytes(size))
