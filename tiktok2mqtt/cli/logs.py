"""Logging of the command line: one handler on the root logger, as text for people or as JSON lines.

Only the command line sets up logging; the library sets no handlers or levels.
"""

import logging
import os
from datetime import UTC, datetime
from typing import Literal, TextIO

import orjson

from tiktok2mqtt.cli.terminal import wants_colour

Level = Literal["debug", "info", "warning", "error"]

_COLOURS = {logging.DEBUG: "2", logging.WARNING: "33", logging.ERROR: "31", logging.CRITICAL: "1;31"}
_LEVEL_WIDTH = len("WARNING")
# Text from peers must not move the cursor, or forge or hide a line. A traceback keeps its newlines.
_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {0x0A: "\\n", 0x2028: "\\u2028"}
_ESCAPES_IN_TRACEBACK = {code: text for code, text in _ESCAPES.items() if chr(code) not in "\n\t"}


class TextFormatter(logging.Formatter):
    """`HH:MM:SS LEVEL  logger: message` in local time, followed by the traceback, if any."""

    def __init__(self, *, coloured: bool) -> None:
        super().__init__(datefmt="%H:%M:%S")
        self._coloured = coloured

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of one record."""
        message = _encodable(record.getMessage()).translate(_ESCAPES)
        level = f"{record.levelname:<{_LEVEL_WIDTH}}"
        if self._coloured and (colour := _COLOURS.get(record.levelno)):
            level = f"\x1b[{colour}m{level}\x1b[0m"
        line = f"{self.formatTime(record, self.datefmt)} {level} {record.name}: {message}"
        trace = _traceback(self, record)
        return f"{line}\n{trace.translate(_ESCAPES_IN_TRACEBACK)}" if trace else line


class JsonFormatter(logging.Formatter):
    """One JSON object per record: ts (RFC 3339, UTC, ms), level, logger, message, and exc if there is a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        row = {
            "ts": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _encodable(record.getMessage()),
        }
        if trace := _traceback(self, record):
            row["exc"] = trace
        return orjson.dumps(row).decode()


def setup_logging(level: Level, format: Literal["text", "json"], stream: TextIO) -> None:  # noqa: A002  the setting's name
    """Log messages of `level` and above to `stream`. A second call replaces the settings of the first.

    Text is coloured on a terminal, unless NO_COLOR is set. Unless `level` is debug, only warnings and errors of the
    package `websocket` are logged.
    """
    handler = _Handler(stream)
    handler.setFormatter(
        JsonFormatter() if format == "json" else TextFormatter(coloured=wants_colour(stream, os.environ))
    )
    root = logging.getLogger()
    for former in [former for former in root.handlers if isinstance(former, _Handler)]:
        root.removeHandler(former)
    root.addHandler(handler)
    number = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(number)
    logging.getLogger("websocket").setLevel(logging.NOTSET if level == "debug" else max(number, logging.WARNING))
    # With PYDANTIC_SETTINGS_DEBUG in the environment it would log secrets.
    logging.getLogger("pydantic_settings").setLevel(logging.INFO)
    # At level debug it logs the whole URL of each request, which identifies the device.
    logging.getLogger("urllib3").setLevel(max(number, logging.WARNING))
    # A warning of invalid headers repeats all that follows them, cookies included.
    logging.getLogger("urllib3.connection").setLevel(logging.CRITICAL)


class _Handler(logging.StreamHandler[TextIO]):
    """A type of our own, to find our handler among others on the root logger."""


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = []
    if record.exc_info:
        parts.append(formatter.formatException(record.exc_info))
    if record.stack_info:
        parts.append(formatter.formatStack(record.stack_info))
    return _encodable("\n".join(parts))


def _encodable(text: str) -> str:
    """Escape lone surrogates, which neither UTF-8 nor JSON can carry."""
    return text.encode("utf-8", "backslashreplace").decode()
