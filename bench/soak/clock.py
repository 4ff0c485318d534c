"""Runs `tiktok2mqtt` with a wrong clock: `python -m bench.soak.clock run`.

The file named by the environment variable BENCH_CLOCK has the number of seconds that the system's clock is to be fast;
it may change while the daemon runs. The monotonic clock stays right, as on a machine whose clock is set.
"""

import os
import runpy
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

VARIABLE: Final = "BENCH_CLOCK"


def set_clock(path: Path, fast_by_s: float) -> None:
    """Write the file, in one step."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(f"{fast_by_s:.0f}")
    new.replace(path)


def install(path: Path) -> None:
    """Make `time.time` and `time.time_ns` wrong by what the file says."""
    right_s, right_ns = time.time, time.time_ns
    read = _cached(path)
    time.time = lambda: right_s() + read()
    time.time_ns = lambda: right_ns() + read() * 1_000_000_000


def _cached(path: Path) -> Callable[[], int]:
    """Return a function that returns the number in the file, which is read again ten times a second."""
    value, read_at = 0, 0.0

    def read() -> int:
        nonlocal value, read_at
        if (now := time.monotonic()) - read_at > 0.1:  # noqa: PLR2004
            read_at = now
            with suppress(FileNotFoundError):
                value = int(path.read_text())
        return value

    return read


if __name__ == "__main__":
    install(Path(os.environ[VARIABLE]))
    sys.argv[0] = "tiktok2mqtt"
    runpy.run_module("tiktok2mqtt", run_name="__main__", alter_sys=True)
