"""Where settings come from: variables, `.env`, TOML, secrets folders and the command line.

Each source is read into a `Layer`, which keeps the origin of each value and collects what is wrong instead of
stopping at the first fault. No line of a fault quotes a file or the value of an unknown name: either may be a secret.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv.parser import Binding, parse_stream

from tiktok2mqtt.settings.describe import PREFIX, ROWS, SECTIONS

SECRETS_DIR_VARIABLE = f"{PREFIX}SECRETS_DIR"
SYSTEMD_VARIABLE = "CREDENTIALS_DIRECTORY"
CONTAINER_SECRETS = Path("/run/secrets")
MAX_FILE_BYTES = 1 << 20

_FILE_SUFFIX = "_file"
_NAMES = {name: name for name in ROWS} | {name + _FILE_SUFFIX: name for name, row in ROWS.items() if row.secret}
_VARIABLES = {PREFIX + name.replace(".", "__").upper(): name for name in _NAMES}


class UnreadableError(Exception):
    """A file that cannot be used; `str()` is the file's name and the reason."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value as its source gives it, and where that is, in words."""

    value: Any
    origin: str


@dataclass(slots=True)
class Layer:
    """What one source says: entries by setting name, and one sentence per fault."""

    entries: dict[str, Entry] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, name: str, value: Any, origin: str) -> None:
        """Take a value. `name` is a setting, or a secret one with `_file` added: the value is then read from there."""
        setting = _NAMES.get(name)
        if setting is None:
            self.problems.append(f"{name}: no such setting ({origin}){_suggestion(name, _NAMES)}")
        elif setting in self.entries:
            other = self.entries[setting].origin
            self.problems.append(f"{setting}: is given twice, by {other} and by {origin}; keep one of them")
        elif setting == name:
            self.entries[setting] = Entry(value, origin)
        else:
            self.add_file(setting, Path(str(value)), f", named by {origin}")

    def add_file(self, setting: str, path: Path, named_by: str = "") -> None:
        """Take the content of a file as a value, without the newline at its end. An empty file is a fault."""
        try:
            text = read_text(path).removesuffix("\n").removesuffix("\r")
        except UnreadableError as error:
            self.problems.append(f"{setting}: {error}{named_by}")
            return
        if text:
            self.entries[setting] = Entry(text, f"the file {path}{named_by}")
        else:
            self.problems.append(f"{setting}: {path} is empty{named_by}")


def read_text(path: Path) -> str:
    """Return the content of a UTF-8 text file of at most `MAX_FILE_BYTES`. Raises UnreadableError."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{path} is not a text file (byte {error.start + 1} is not UTF-8)") from None
    if len(raw) > MAX_FILE_BYTES:
        raise UnreadableError(f"{path} is longer than {MAX_FILE_BYTES} bytes")
    if "\0" in text:
        raise UnreadableError(f"{path} is not a text file (it holds a zero byte)")
    return text


def from_tree(tree: Mapping[str, Any], origin: str) -> Layer:
    """Read nested tables; a dotted name does for a table. None means that a value is not given."""
    layer = Layer()
    _walk(layer, tree, origin, "")
    return layer


def _walk(layer: Layer, tree: Mapping[str, Any], origin: str, prefix: str) -> None:
    for key, value in tree.items():
        name = prefix + key
        if name in SECTIONS and isinstance(value, Mapping):
            _walk(layer, value, origin, f"{name}.")
        elif name in SECTIONS:
            layer.problems.append(f"{name}: must be a table of settings ({origin})")
        elif value is not None:
            layer.add(name, value, origin)


def from_toml(path: Path) -> Layer:
    """Read the file that the user named; its absence is a fault."""
    try:
        return from_tree(tomllib.loads(read_text(path)), str(path))
    except UnreadableError as error:
        return Layer(problems=[f"--config: {error}"])
    except tomllib.TOMLDecodeError as error:
        return Layer(problems=[f"--config: {path} is not TOML: {error}"])


def from_variables(variables: Mapping[str, str], where: str) -> Layer:
    """Read the variables that begin with our prefix. An empty one counts as not set, as compose files produce them."""
    layer = Layer()
    for variable, value in variables.items():
        if not variable.upper().startswith(PREFIX) or variable == SECRETS_DIR_VARIABLE:
            continue
        if variable not in _VARIABLES:
            layer.problems.append(f"{variable}: no such setting ({where}){_suggestion(variable, _VARIABLES)}")
        elif value:
            layer.add(_VARIABLES[variable], value, f"{variable} in {where}")
    return layer


def read_env_file(path: Path) -> tuple[dict[str, str], list[str]]:
    """Return the variables of a `.env` file, taken literally (`$` means itself), and its faults."""
    variables: dict[str, str] = {}
    problems: list[str] = []
    try:
        bindings = list(parse_stream(StringIO(read_text(path))))
    except UnreadableError as error:
        return variables, [str(error)]
    for binding in bindings:
        if binding.error or (binding.value is None and (binding.key or "").upper().startswith(PREFIX)):
            problems.append(f"{path}, line {_line(binding)}: must be NAME=value")
        elif binding.key is not None and binding.value is not None:
            variables[binding.key] = binding.value
    return variables, problems


def _line(binding: Binding) -> int:
    """Return the line of a statement; the parser counts from the blank lines above it."""
    text = binding.original.string
    blank = text[: len(text) - len(text.lstrip())]
    return binding.original.line + blank.count("\n")


def from_secrets(variables: Mapping[str, str]) -> Layer:
    """Read secrets folders: the one of the settings, systemd's, the container's; the first that has a file wins.

    A file is named like the variable without its prefix, in lower case: `mqtt__password`. Other files are ignored.
    """
    layer = Layer()
    for folder in _secrets_folders(variables, layer.problems):
        for name, row in ROWS.items():
            path = folder / row.secret_file
            if name not in layer.entries and path.is_file():
                layer.add_file(name, path)
    return layer


def _secrets_folders(variables: Mapping[str, str], problems: list[str]) -> Iterator[Path]:
    for variable in (SECRETS_DIR_VARIABLE, SYSTEMD_VARIABLE):
        if not (named := variables.get(variable)):
            continue
        if _usable(Path(named)):
            yield Path(named)
        else:
            problems.append(f"{variable}: {named} must be a folder that can be read")
    if _usable(CONTAINER_SECRETS):
        yield CONTAINER_SECRETS


def _usable(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK) and folder.is_dir()


def _suggestion(name: str, known: Mapping[str, str]) -> str:
    # Without the prefix, which would make all variables alike.
    bare = {candidate.removeprefix(PREFIX).lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.upper().removeprefix(PREFIX).lower(), bare, n=1)
    return f"; did you mean {bare[near[0]]}?" if near else ""
