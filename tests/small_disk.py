"""Small file systems, which tests fill."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

KIB: Final = 1024
MIB: Final = 1024 * KIB


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Yield a folder on a file system of its own. Skips the test if that needs rights which it does not have."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def fill(folder: Path) -> Path:
    """Leave no space, as another program might; return the file to delete."""
    path = folder / "other"
    with path.open("wb", buffering=0) as file:
        for size in (16 * KIB, KIB, 1):
            try:
                while True:
                    file.write(b"o" * size)
            except OSError:
                continue
    return path
