"""Small file systems that can be filled. Needs root."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_BLOCKS: Final = (16 * 1024, 1024, 1)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Make a new folder a file system of its own, of `size` bytes. Raises PermissionError if that is not allowed."""
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not mount or not umount:
        raise PermissionError("there is no command to mount it")
    command = [mount, "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        raise PermissionError(mounted.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run([umount, "--lazy", str(folder)], check=True)


def free(folder: Path) -> int:
    """Return the free space in bytes."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def fill(folder: Path) -> Path:
    """Leave no space, as another program might; return the file to delete."""
    path = folder / "other"
    with path.open("wb", buffering=0) as file:
        for size in _BLOCKS:
            try:
                while True:
                    file.write(b"o" * size)
            except OSError:
                continue
    return path
