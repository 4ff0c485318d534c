"""The sources of settings: those of pydantic-settings, extended by what they lack.

Faults are collected in a `Report`, so that the user sees all of them at once. No fault quotes a file or the value of an
unknown name: either may be a secret.
"""

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final

from dotenv.parser import parse_stream
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    TomlConfigSettingsSource,
)

from tiktok2mqtt.settings.model import PREFIX, ROOM_PREFIX, ROWS, SECRET_FILES, SECTIONS, variable_name

SECRETS_DIR_VARIABLE: Final = f"{PREFIX}SECRETS_DIR"
SYSTEMD_VARIABLE: Final = "CREDENTIALS_DIRECTORY"
CONTAINER_SECRETS = Path("/run/secrets")

VARIABLES: Final = {variable_name(name) for name in (*ROWS, *SECRET_FILES)}


@dataclass(slots=True)
class Report:
    """What the sources report in addition to values: the origin of each setting, and one line for each fault.

    Sources are read in order of precedence, so the first origin of a setting is the one that counts. `warnings` are
    sentences about settings that work but should be changed.
    """

    origins: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class VariablesSource(EnvSettingsSource):
    """The variables of the environment or of a `.env` file that begin with our prefix.

    The library ignores unknown variables. Here they become values under their own names, which the model refuses.
    """

    def __init__(
        self, settings_cls: type[BaseSettings], variables: Mapping[str, str], where: str, path: Path | None = None
    ) -> None:
        super().__init__(settings_cls)
        self.path = path
        ours = {name: value for name, value in variables.items() if name.upper().startswith(PREFIX)}
        ours.pop(SECRETS_DIR_VARIABLE, None)
        # The name of a room may contain `__`, that of a setting does not.
        self._rooms: dict[str, dict[str, str]] = {}
        for name in [name for name in ours if name.upper().startswith(ROOM_PREFIX)]:
            room, _, key = name[len(ROOM_PREFIX) :].lower().rpartition("__")
            if value := ours.pop(name):
                self._rooms.setdefault(room, {})[key] = value
        # An empty variable counts as not set: compose files produce them.
        self.env_vars = {name.lower(): value for name, value in ours.items() if name in VARIABLES and value}
        self._unknown = {name: value for name, value in ours.items() if name not in VARIABLES}
        self._where = where

    def __call__(self) -> dict[str, Any]:
        """Return the tree of values."""
        tree = super().__call__() | self._unknown
        return tree | {"room": self._rooms} if self._rooms else tree

    def origin(self, name: str) -> str:
        """Return where a setting of this source is, for error messages."""
        if name == "room" and self._rooms:
            return f"{ROOM_PREFIX}... in {self._where}"
        return self._where if name in self._unknown else f"{variable_name(name)} in {self._where}"


class TomlSource(TomlConfigSettingsSource):
    """The TOML file that the user has named. The library ignores a file that does not exist; here that is a fault."""

    def __init__(self, settings_cls: type[BaseSettings], path: Path, report: Report) -> None:
        self.path, self._report = path, report
        if not path.is_file():
            report.problems.append(f"--config: {path} does not exist or is not a file")
        super().__init__(settings_cls, path)

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        try:
            return tomllib.loads(read_text(file_path))
        except UnreadableError as error:
            self._report.problems.append(f"--config: {file_path} {error}")
        except tomllib.TOMLDecodeError as error:
            self._report.problems.append(f"--config: {file_path} is not valid TOML: {error}")
        return {}

    def origin(self, _name: str) -> str:
        """Return where a setting of this source is, for error messages."""
        return str(self.path)


class FileSource(PydanticBaseSettingsSource):
    """Replaces paths of secret files in another source, as in `TIKTOK2MQTT_MQTT__PASSWORD_FILE`, by their content.

    It also reports the origins of the settings in that source, and warns of a file with secrets that all users may
    read.
    """

    def __init__(self, source: VariablesSource | TomlSource, report: Report) -> None:
        super().__init__(source.settings_cls)
        self._source, self._report = source, report

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """Return nothing; the library requires this method, but all values are read at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the tree of values."""
        tree = self._source()
        names = list(_names(tree))
        for name in names:
            self._report.origins.setdefault(name, self._source.origin(name))
        path = self._source.path
        if path is not None and any(ROWS[name].secret for name in names if name in ROWS) and _is_readable_by_all(path):
            self._report.warnings.append(f"{path} contains secrets, and all users may read it: run chmod 600 {path}")
        for name in SECRET_FILES:
            section, _, key = name.partition(".")
            table = tree.get(section)
            if isinstance(table, dict) and key in table:
                self._replace(table, name, key)
        return tree

    def _replace(self, table: dict[str, Any], name: str, key: str) -> None:
        """Replace a path in a table by the content of the file."""
        setting, path, named_by = SECRET_FILES[name], Path(str(table.pop(key))), self._source.origin(name)
        secret = key.removesuffix("_file")
        if secret in table:
            other = self._source.origin(setting)
            self._report.problems.append(f"{setting}: is set twice, by {other} and by {named_by}; remove one of them")
            return
        self._report.origins.setdefault(setting, f"the file {path}, named by {named_by}")
        if content := _read_secret(setting, path, self._report, f" (named by {named_by})"):
            table[secret] = content


class SecretsSource(NestedSecretsSettingsSource):
    """A secrets directory, with files named after settings, as in `mqtt__password`.

    Other files are not read. The library reads all files, and fails if one of them is binary or may not be read.
    """

    def __init__(self, secrets: PydanticBaseSettingsSource, directory: Path, report: Report) -> None:
        self._report = report
        super().__init__(secrets, directory, secrets_prefix="")

    def validate_secrets_path(self, path: Path) -> None:
        """Accept the directory: `secrets_directories` has checked it, and other files may be of any size."""

    def load_secrets(self, path: Path) -> dict[str, str]:  # type: ignore[override]  # the library's is a class method
        """Return the content of the files by their names."""
        secrets: dict[str, str] = {}
        for name, row in ROWS.items():
            file = path / row.secret_file
            if file.is_file() and (content := _read_secret(name, file, self._report)):
                self._report.origins.setdefault(name, f"the file {file}")
                secrets[row.secret_file] = content
        return secrets


def secrets_directories(variables: Mapping[str, str], report: Report) -> list[Path]:
    """Return the secrets directories in order of precedence: the user's own, systemd's, the container's."""
    directories = []
    for variable in (SECRETS_DIR_VARIABLE, SYSTEMD_VARIABLE):
        if path := variables.get(variable):
            if _is_usable(Path(path)):
                directories.append(Path(path))
            else:
                report.problems.append(f"{variable}: {path} must be a readable directory")
    return [*directories, CONTAINER_SECRETS] if _is_usable(CONTAINER_SECRETS) else directories


def _is_usable(directory: Path) -> bool:
    return os.access(directory, os.R_OK | os.X_OK) and directory.is_dir()


def _is_readable_by_all(path: Path) -> bool:
    return os.name == "posix" and bool(path.stat().st_mode & stat.S_IROTH)


def read_env_file(path: Path, report: Report) -> dict[str, str]:
    """Return the variables of a `.env` file. Nothing is interpolated: `$` means itself.

    python-dotenv's `dotenv_values(interpolate=False)` would skip lines that it cannot parse; its parser reports them.
    """
    variables: dict[str, str] = {}
    try:
        bindings = list(parse_stream(StringIO(read_text(path))))
    except UnreadableError as error:
        report.problems.append(f"{path} {error}")
        return variables
    for binding in bindings:
        if binding.error or (binding.value is None and (binding.key or "").upper().startswith(PREFIX)):
            # The parser counts a statement from the blank lines above it.
            text = binding.original.string
            line = binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
            report.problems.append(f"{path}, line {line}: must be NAME=value")
        elif binding.key is not None and binding.value is not None:
            variables[binding.key] = binding.value
    return variables


class UnreadableError(Exception):
    """A file cannot be used; `str()` is the reason, to be put after the file's name."""


def read_text(path: Path) -> str:
    """Return the content of a UTF-8 text file, with or without a byte order mark. Raises UnreadableError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnreadableError(f"is not a text file: byte {error.start + 1} is not UTF-8") from None


def _read_secret(setting: str, path: Path, report: Report, named_by: str = "") -> str | None:
    """Return the content of a file without the final newline, or None and report a fault."""
    try:
        content = read_text(path).removesuffix("\n")
        reason = "" if content else "is empty"
    except UnreadableError as error:
        content, reason = "", str(error)
    if reason:
        report.problems.append(f"{setting}: the file {path} {reason}{named_by}")
    return content or None


def _names(tree: Mapping[str, Any], section: str = "") -> Iterator[str]:
    """Yield the dotted names of the settings in a tree."""
    for key, value in tree.items():
        name = section + key
        if name in SECTIONS and isinstance(value, dict):
            yield from _names(value, f"{name}.")
        else:
            yield name
