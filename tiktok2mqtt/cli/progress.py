"""How far a long command is, as a line of the terminal that is redrawn. Nothing is shown where there is no terminal."""

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self, TextIO

from tiktok2mqtt.cli.terminal import Screen, is_terminal, sanitize

_REDRAW_S: Final = 0.25
_LIMIT: Final = 300
_UNITS: Final = ("B", "kB", "MB", "GB")
_UNIT_STEP: Final = 1_000


class Progress:
    """A context manager that shows `describe()` as the last line of the terminal, four times a second.

    Its thread calls `describe`, and ends with the block. Within the block, print with `print`, which may be called from
    any thread, or else the two lines may mix.
    """

    def __init__(self, describe: Callable[[], str], stream: TextIO | None = None) -> None:
        self._describe = describe
        stream = sys.stderr if stream is None else stream
        self._live = is_terminal(stream, os.environ)
        self._screen = Screen(stream, live=self._live)
        self._lock = threading.Lock()
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tiktok2mqtt.progress", daemon=True)

    def __enter__(self) -> Self:
        if self._live:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._finished.set()
        if self._live:
            self._thread.join()
        self._erase()

    def print(self, line: str) -> None:
        """Print a line to the standard output, above the progress."""
        with self._lock:
            self._erase()
            print(line, flush=True)

    def _run(self) -> None:
        while not self._finished.wait(_REDRAW_S):
            text = sanitize(self._describe(), _LIMIT)
            # The terminal may be gone; the command is not the worse for it.
            with self._lock, suppress(OSError, ValueError):
                self._screen.show((), text)

    def _erase(self) -> None:
        with suppress(OSError, ValueError):
            self._screen.close()


class Stopwatch:
    """The time since it was made, as text: "3 s", "12:04" or "1:02:03"."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __str__(self) -> str:
        return duration(time.monotonic() - self._started)


def duration(seconds: float) -> str:
    """Return a time as "3 s", "12:04" or "1:02:03"."""
    minutes, rest = divmod(int(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size(count: int) -> str:
    """Return a number of bytes as "812 B", "5.6 MB" and so on."""
    value, unit = float(count), 0
    while value >= _UNIT_STEP and unit < len(_UNITS) - 1:
        value, unit = value / _UNIT_STEP, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{count} B"


def counted(count: int, unit: str) -> str:
    """Return "1 event" or "1,234 events"."""
    return f"{count:,} {unit}{'' if count == 1 else 's'}"
