"""Scenarios from TOML or JSON files, checked against the verbs of `Room` before they are played.

name = "roses"              # optional, the file's name otherwise
repeat = true               # optional: start again after the last step
[[steps]]
verb = "gift"
user = "bob"
gift = "Rose"
count = 5
"""

from __future__ import annotations

import inspect
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tiktok2mqtt.simulator.gifts import as_gift
from tiktok2mqtt.simulator.room import Room
from tiktok2mqtt.simulator.scenarios import BUILT_IN, WAIT, Scenario, Step

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

_VERBS: Final = (
    "go_live",
    "end",
    "suspend",
    "pause",
    "unpause",
    "control",
    "chat",
    "member",
    "like",
    "room_user",
    "follow",
    "share",
    "question",
    "gift",
    "gift_streak",
    "gift_end",
    "gift_abandon",
    "battle_start",
    "battle_score",
    "battle_end",
    "envelope",
    "envelope_hide",
    "drop_socket",
    "refuse",
    "go_silent",
    "resume",
)
# Types that a file may use for a parameter, by its annotation; other parameters are not available to files.
_TYPES: Final[dict[str, tuple[type, ...]]] = {"str": (str,), "int": (int,), "bool": (bool,), "float": (int, float)}
_FILE_KEYS: Final = ("name", "repeat", "steps")


class ScenarioError(ValueError):
    """An unknown or invalid scenario; the text names the file, the step and the key."""


def load(name_or_path: str) -> Scenario:
    """Return a built-in scenario by name, or one from a `.toml` or `.json` file. Raises `ScenarioError`."""
    if name_or_path in BUILT_IN:
        return BUILT_IN[name_or_path]
    path = Path(name_or_path)
    if path.suffix not in (".toml", ".json"):
        raise ScenarioError(
            f"no scenario {name_or_path!r}: it is one of {', '.join(BUILT_IN)}, or a .toml or .json file"
        )
    return parse(path.stem, _read(path), source=str(path))


def parse(name: str, data: Any, source: str) -> Scenario:
    """Return a scenario from decoded TOML or JSON; `source` starts the text of each `ScenarioError`."""
    if not isinstance(data, dict):
        raise ScenarioError(f"{source}: a table with the key steps is expected")
    _refuse_unknown(data, _FILE_KEYS, source)
    rows, repeat = data.get("steps"), data.get("repeat", False)
    if not isinstance(rows, list) or not rows:
        raise ScenarioError(f"{source}: steps is a list of at least one step")
    if not isinstance(repeat, bool):
        raise ScenarioError(f"{source}: repeat is true or false, not {repeat!r}")
    steps = [_step(row, f"{source}: step {number}") for number, row in enumerate(rows, start=1)]

    def play(_dice: random.Random) -> Iterator[Step]:
        yield from steps
        while repeat:
            yield from steps

    goes_live = any(step.verb == "go_live" for step in steps)
    return Scenario(str(data.get("name", name)), f"from {source}", play, live=not goes_live)


def _read(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise ScenarioError(f"{path}: {error}") from error


def _step(row: Any, where: str) -> Step:
    if not isinstance(row, dict) or "verb" not in row:
        raise ScenarioError(f"{where}: the key verb is missing")
    verb = row["verb"]
    arguments = {key: value for key, value in row.items() if key != "verb"}
    if verb == WAIT:
        return _wait(arguments, where)
    if verb not in _VERBS:
        raise ScenarioError(f"{where}: verb {verb!r} is not one of {', '.join((*_VERBS, WAIT))}")
    _check_arguments(verb, arguments, f"{where} ({verb})")
    return Step(verb, arguments)


def _wait(arguments: dict[str, Any], where: str) -> Step:
    _refuse_unknown(arguments, ("seconds",), f"{where} (wait)")
    seconds = arguments.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise ScenarioError(f"{where} (wait): seconds is a number of 0 or more")
    return Step(WAIT, {"seconds": seconds})


def _check_arguments(verb: str, arguments: dict[str, Any], where: str) -> None:
    parameters = dict(inspect.signature(getattr(Room, verb)).parameters)
    parameters = {name: row for name, row in parameters.items() if name != "self" and _types(row)}
    _refuse_unknown(arguments, tuple(parameters), where)
    for name, parameter in parameters.items():
        if name not in arguments:
            if parameter.default is inspect.Parameter.empty:
                raise ScenarioError(f"{where}: the key {name} is missing")
            continue
        _check_value(name, arguments[name], _types(parameter), where)


def _check_value(name: str, value: Any, types: tuple[type, ...], where: str) -> None:
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise ScenarioError(f"{where}: {name} is {value!r}, expected {' or '.join(kind.__name__ for kind in types)}")
    if name == "gift" and isinstance(value, str | int):
        try:
            as_gift(value)
        except ValueError as error:
            raise ScenarioError(f"{where}: {error}") from error


def _types(parameter: inspect.Parameter) -> tuple[type, ...]:
    names = [part.strip() for part in str(parameter.annotation).split("|")]
    return tuple(kind for name in names for kind in _TYPES.get(name, ()))


def _refuse_unknown(data: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in data:
        if key not in known:
            raise ScenarioError(f"{where}: unknown key {key!r} (known: {', '.join(known) or 'none'})")
