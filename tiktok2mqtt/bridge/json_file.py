"""Small files in `state_dir`: one JSON object with the version of its format."""

import contextlib
import os
from pathlib import Path
from typing import Any, Final

import orjson

_FILE_MODE: Final = 0o600


def read_json(path: Path, version: int, max_bytes: int) -> dict[str, Any]:
    """Return the object in a file. Raises OSError, and ValueError if it is too long or of another version."""
    with path.open("rb") as file:
        raw = file.read(max_bytes + 1)
    if len(raw) > max_bytes:
        raise ValueError(f"it has more than {max_bytes} bytes")
    document = orjson.loads(raw)
    if not isinstance(document, dict) or document.get("version") != version:
        raise ValueError(f"it is not an object of version {version}")
    return document


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write JSON to a file atomically and durably, readable by its owner only. Raises OSError."""
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
        # The new name is durable only when the folder is.
        os.fsync(folder)
    finally:
        os.close(folder)
