"""Loads the settings from all sources and reports everything that is wrong with them at once."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from tiktok2mqtt.common.text import did_you_mean
from tiktok2mqtt.settings.model import PREFIX, ROWS, SECRET_FILES, Settings
from tiktok2mqtt.settings.sources import (
    VARIABLES,
    FileSource,
    Report,
    SecretsSource,
    TomlSource,
    VariablesSource,
    read_env_file,
    secrets_directories,
)

DEFAULT_ENV_FILE: Final = Path(".env")
_MAX_SHOWN_CHARS: Final = 80
# A login, as in user:password@host, or a query, as in ?key=.... After "/" or at the start, "@" begins a user name.
_MAY_BE_SECRET: Final = re.compile(r"[^\s/,'\"\[]@|\?|//.*#")


class SettingsError(Exception):
    """The settings cannot be used; `problems` has one line for each fault, none of which shows a secret."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def load_settings(
    config: Path | None = None,
    env_file: Path | None = DEFAULT_ENV_FILE,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the settings, each from the source with the highest precedence that has it.

    In order of precedence: `overrides` from the command line by dotted name, the environment, `env_file` (the default
    one need not exist), the TOML file `config`, the secrets directories, the defaults. Lists are replaced, not joined.
    Raises SettingsError with the faults of all sources; `warnings` of the result has what works but should be changed.
    """
    report = Report()
    given: dict[str, Any] = {}
    for name, value in (overrides or {}).items():
        section, _, key = name.rpartition(".")
        (given.setdefault(section, {}) if section else given)[key] = value
        report.origins[name] = "the command line"

    # A class for each call, because the library has no other way to pass the paths to the sources.
    class LoadedSettings(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (init_settings, *_sources(settings_cls, file_secret_settings, env_file, config, report))

    try:
        loaded = LoadedSettings(**given)
    except ValidationError as error:
        faults = [_explain(fault, report.origins) for fault in error.errors(include_url=False)]
        raise SettingsError(report.problems + faults) from None
    if report.problems:
        raise SettingsError(report.problems)
    settings = Settings(**dict(loaded))
    settings.warnings.extend(report.warnings)
    return settings


def _sources(
    settings_cls: type[BaseSettings],
    secrets: PydanticBaseSettingsSource,
    env_file: Path | None,
    config: Path | None,
    report: Report,
) -> Iterator[PydanticBaseSettingsSource]:
    """Yield the sources after the command line, in order of precedence."""
    yield FileSource(VariablesSource(settings_cls, os.environ, "the environment"), report)
    variables: dict[str, str] = {}
    if env_file is not None and (env_file != DEFAULT_ENV_FILE or env_file.exists()):
        variables = read_env_file(env_file, report)
        yield FileSource(VariablesSource(settings_cls, variables, str(env_file), env_file), report)
    if config is not None:
        yield FileSource(TomlSource(settings_cls, config, report), report)
    for directory in secrets_directories(variables | dict(os.environ), report):
        yield SecretsSource(secrets, directory, report)


def _explain(fault: ErrorDetails, origins: Mapping[str, str]) -> str:
    """Return a fault as one line: the setting, what is allowed, the value unless it is secret, and its origin."""
    # The index of a value in a list is not part of the setting's name.
    name = ".".join(part for part in fault["loc"] if isinstance(part, str))
    origin = origins.get(name, "the default")
    error = fault.get("ctx", {}).get("error")
    if fault["type"] == "extra_forbidden":
        known = VARIABLES if name.upper().startswith(PREFIX) else (*ROWS, *SECRET_FILES)
        suggestion = did_you_mean(name, known, PREFIX)
        return f"{name}: no such setting ({origin})" + (f"; {suggestion}" if suggestion else "")
    if name not in ROWS:  # A section.
        return f"{name}: {error}" if error else f"{name}: must be a table of settings ({origin})"
    allowed = str(error) if isinstance(error, ValueError) else f"must be {ROWS[name].values}"
    # `room` has proxies.
    value = "" if ROWS[name].secret or name == "room" else _shown(fault["input"])
    return f"{name}: {allowed}{value} ({origin})"


def _shown(value: Any) -> str:
    text = repr(value)
    if _MAY_BE_SECRET.search(text):
        return ""
    return f"; got {text}" if len(text) <= _MAX_SHOWN_CHARS else f"; got {text[:_MAX_SHOWN_CHARS]}..."
