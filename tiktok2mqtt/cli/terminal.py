"""Shared by the commands: exit statuses, and output on a terminal with sanitized text and a status line."""

import os
import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import accumulate, takewhile
from typing import Final, TextIO

from tiktok2mqtt.common.installation import install_hint

DONE: Final = 0
FAILED: Final = 1
WRONG_USAGE: Final = 2


def discard_output() -> None:
    """Discard the rest of the standard output: its reader, for example `head`, has closed the pipe.

    Without this, Python would fail once more when it flushes the output at exit.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def missing_extra(package: str, extra: str) -> int:
    """Print which extra installs a missing package; return the exit status."""
    print(f"tiktok2mqtt: this needs {package}: {install_hint(extra)}", file=sys.stderr)
    return FAILED


# Whole escape sequences, so that nothing of "\x1b[31m" remains: CSI, then OSC, DCS, SOS, PM and APC strings (up to
# their terminator or the end), then the two-character ones. ECMA-48, sections 5.4 and 5.6.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_ZERO_WIDTH_JOINERS = "\u200c\u200d"  # used in emoji and in several scripts
_EMOJI_STYLE = "\ufe0f"  # many terminals show the character before it two columns wide
_FALLBACK_COLUMNS = 80

ERASE_LINE = "\r\x1b[K"
RESET = "\x1b[0m"


def sanitize(raw: str, limit: int) -> str:
    """Return untrusted text as one printable line of at most `limit` characters.

    Escape sequences, control characters, lone surrogates and invisible format characters (including bidirectional
    controls, but not joiners) are removed; white space becomes single spaces; longer text ends in "…".
    """
    text = _ESCAPES.sub("", raw[: 4 * limit])
    text = " ".join("".join(_printable(char) for char in text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _printable(char: str) -> str:
    if char.isspace():
        return " "
    if unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char not in _ZERO_WIDTH_JOINERS:
        return ""
    return char


def display_width(text: str) -> int:
    """Return how many columns sanitized text takes; where terminals differ, the larger number."""
    return len(text) if text.isascii() else sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if char == _EMOJI_STYLE:
        return 1
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def truncate(text: str, limit: int) -> str:
    """Return text that takes at most `limit` columns, ending in "…" if it was longer."""
    if display_width(text) <= limit:
        return text
    ends = accumulate(map(_char_width, text))
    kept = sum(1 for _ in takewhile(lambda end: end < limit, ends))
    return text[:kept] + "…" * (limit > 0)


def pad(text: str, width: int) -> str:
    """Return the text, padded with spaces to `width` columns."""
    return text + " " * max(0, width - display_width(text))


def is_terminal(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether the stream can erase and redraw a line."""
    return stream.isatty() and environ.get("TERM", "") not in {"", "dumb"}


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether to use colours: on a terminal, unless NO_COLOR is set and not empty (https://no-color.org)."""
    return is_terminal(stream, environ) and not environ.get("NO_COLOR")


class Screen:
    """Lines of output that scroll above a status line.

    `live` says whether there is a status line; `style` is its SGR sequence. Lines must be sanitized; they may contain
    colours. Each call of `show` is a single write, so that nothing flickers. Characters that the stream cannot encode
    become "?".
    """

    def __init__(self, stream: TextIO, *, live: bool, style: str = "") -> None:
        self._stream = stream
        self._live = live
        self._style = style
        self._status = ""

    def show(self, lines: Sequence[str], status: str) -> None:
        """Print the lines and redraw the status line, truncated to the width of the terminal."""
        status = self._fitted(status) if self._live else ""
        if not lines and status == self._status:
            return
        erase = ERASE_LINE if self._status else ""
        self._write(erase + "".join(line + "\n" for line in lines) + status)
        self._status = status

    def close(self) -> None:
        """Erase the status line, so that the next output begins at the left edge."""
        if self._status:
            self._write(ERASE_LINE)
            self._status = ""

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(text.encode(encoding, "replace").decode(encoding))
        self._stream.flush()

    def _fitted(self, status: str) -> str:
        # The last column stays free, because some terminals wrap when it is written.
        status = truncate(status, self._columns() - 1)
        return f"{self._style}{status}{RESET}" if status and self._style else status

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or _FALLBACK_COLUMNS
        except (OSError, ValueError):
            return _FALLBACK_COLUMNS
