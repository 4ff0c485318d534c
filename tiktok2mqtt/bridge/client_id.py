"""The MQTT client identifier, if the settings have none: unique for each installation.

A broker ends the connection of a client when another one connects with the same identifier. With a fixed one, two
daemons on one broker would end each other's connections forever.
"""

import logging
import re
import secrets
from pathlib import Path
from typing import Final

from tiktok2mqtt.bridge.json_file import read_json, write_json

logger = logging.getLogger(__name__)
FILE: Final = "client_id.json"
VERSION: Final = 1
_MAX_FILE_BYTES: Final = 1000
_PREFIX: Final = "tiktok2mqtt-"
_VALID: Final = re.compile(rf"{_PREFIX}[0-9a-f]{{8}}")


def default_client_id(state_dir: Path | None) -> str:
    """Return the identifier that is kept in `state_dir`, or a new one: random, and kept if that is possible."""
    if state_dir is None:
        return _new()
    path = state_dir / FILE
    try:
        known = read_json(path, VERSION, _MAX_FILE_BYTES).get("client_id")
        if isinstance(known, str) and _VALID.fullmatch(known):
            return known
    except (OSError, ValueError):
        pass
    client_id = _new()
    try:
        write_json(path, {"version": VERSION, "client_id": client_id})
    except OSError as error:
        logger.warning("cannot write %s: %s; the next start uses another client id", path, error.strerror)
    return client_id


def _new() -> str:
    return _PREFIX + secrets.token_hex(4)


def takeover_advice(*, is_set: bool) -> str:
    """Return what to do about two daemons with one client id; `is_set`: it comes from mqtt.client_id."""
    if is_set:
        return "give each its own mqtt.client_id, or remove the setting"
    return f"its state_dir is a copy of ours; delete {FILE} in one of them"
