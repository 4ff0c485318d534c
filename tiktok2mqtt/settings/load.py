"""Loads the settings from all sources and explains everything that is wrong with them at once."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tiktok2mqtt.settings.describe import ROWS
from tiktok2mqtt.settings.fields import without_credentials
from tiktok2mqtt.settings.model import Settings
from tiktok2mqtt.settings.sources import (
    Entry,
    Layer,
    from_secrets,
    from_toml,
    from_tree,
    from_variables,
    read_env_file,
)

DEFAULT_ENV_FILE = Path(".env")
_MAX_SHOWN_CHARS = 80
_ROOM_LISTS = {"rooms", "allowed_rooms"}


class SettingsError(Exception):
    """The settings cannot be used; `problems` holds one line per fault, none of which shows a secret."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def load_settings(
    config: Path | None = None,
    env_file: Path | None = DEFAULT_ENV_FILE,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the settings, each from the strongest source that has it.

    Strongest first: `overrides` (names dotted or nested; None: not given), the environment, `env_file` (may be absent
    when it is the default), the TOML file `config`, the secrets folders, the defaults. Lists are replaced, not joined.
    Raises SettingsError with the faults of all sources.
    """
    layers = list(_layers(config, env_file, overrides or {}))
    entries: dict[str, Entry] = {}
    for layer in layers:
        entries = layer.entries | entries
    settings, faults = _validate(entries)
    problems = [problem for layer in layers for problem in layer.problems]
    problems += [_explain(fault, entries) for fault in faults]
    if settings is None or problems:
        raise SettingsError(problems)
    return settings


def _layers(config: Path | None, env_file: Path | None, overrides: Mapping[str, Any]) -> Iterator[Layer]:
    """Yield the sources, the strongest first."""
    yield from_tree(overrides, "the command line")
    yield from_variables(os.environ, "the environment")
    dotenv: dict[str, str] = {}
    if env_file is not None and (env_file != DEFAULT_ENV_FILE or env_file.exists()):
        dotenv, problems = read_env_file(env_file)
        layer = from_variables(dotenv, str(env_file))
        yield Layer(layer.entries, problems + layer.problems)
    if config is not None:
        yield from_toml(config)
    yield from_secrets(dotenv | dict(os.environ))


def _validate(entries: Mapping[str, Entry]) -> tuple[Settings | None, list[ErrorDetails]]:
    try:
        return Settings.model_validate(_tree(entries)), []
    except ValidationError as error:
        faults = error.errors(include_url=False)
    return None, faults + _room_faults(entries, faults)


def _room_faults(entries: Mapping[str, Entry], faults: list[ErrorDetails]) -> list[ErrorDetails]:
    """Look at the rooms again without the values that are wrong.

    They are compared with the bridge's topic only when the whole of [mqtt] is sound. Whatever else the second look
    finds comes from leaving values out.
    """
    wrong = {_name(fault) for fault in faults}
    if "mqtt.bridge_topic" in wrong:
        return []
    sound = {name: entry for name, entry in entries.items() if name not in wrong or name in _ROOM_LISTS}
    try:
        Settings.model_validate(_tree(sound))
    except ValidationError as error:
        again = error.errors(include_url=False)
    else:
        return []
    seen = {(fault["loc"], fault["msg"]) for fault in faults}
    return [fault for fault in again if _name(fault) in _ROOM_LISTS and (fault["loc"], fault["msg"]) not in seen]


def _tree(entries: Mapping[str, Entry]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, entry in entries.items():
        section, _, key = name.rpartition(".")
        table = tree.setdefault(section, {}) if section else tree
        table[key] = entry.value
    return tree


def _name(fault: ErrorDetails) -> str:
    """Return the dotted name of the setting that a fault is about; a place in a list is no part of it."""
    return ".".join(part for part in fault["loc"] if isinstance(part, str))


def _explain(fault: ErrorDetails, entries: Mapping[str, Entry]) -> str:
    name = _name(fault)
    row = ROWS[name]
    error = fault.get("ctx", {}).get("error")
    right = str(error) if isinstance(error, ValueError) else f"must be {row.values}"
    value = "" if row.secret else f"; got {_shown(fault['input'])}"
    origin = entries[name].origin if name in entries else "the default"
    return f"{name}: {right}{value} ({origin})"


def _shown(value: Any) -> str:
    text = repr(without_credentials(value) if isinstance(value, str) else value)
    return text if len(text) <= _MAX_SHOWN_CHARS else f"{text[:_MAX_SHOWN_CHARS]}..."
