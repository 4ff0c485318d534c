"""Small file systems, which tests fill."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest

from bench.soak import disk

KIB: Final = 1024
MIB: Final = 1024 * KIB


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Yield a folder on a file system of its own. Skips the test if that needs rights which it does not have."""
    with ExitStack() as stack:
        try:
            stack.enter_context(disk.small_disk(folder, size))
        except PermissionError as error:
            pytest.skip(f"no file system can be mounted: {error}")
        yield folder
