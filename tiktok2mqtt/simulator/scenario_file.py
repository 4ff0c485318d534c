"""Scenarios from TOML or JSON files, checked against the verbs of `Room` before they are played.

The format is described in docs/simulator.md.
"""

from __future__ import annotations

import inspect
import json
import math
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tiktok2mqtt.simulator.encoder import Context
from tiktok2mqtt.simulator.examples import compose_message, did_you_mean, find_example
from tiktok2mqtt.simulator.fault_catalogue import fault_of
from tiktok2mqtt.simulator.gifts import as_gift
from tiktok2mqtt.simulator.messages import Head
from tiktok2mqtt.simulator.room import Room
from tiktok2mqtt.simulator.scenarios import BUILT_IN, WAIT, Scenario, Step
from tiktok2mqtt.simulator.viewers import Viewer

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

VERBS: Final = (
    "go_live",
    "end",
    "suspend",
    "pause",
    "unpause",
    "control",
    "viewer",
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
    "event",
    "message",
    "drop_socket",
    "refuse",
    "go_silent",
    "resume",
)
# Types that a file may use for a parameter, by its annotation; other parameters are not available to files.
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "float": (int, float),
    "Mapping[str, object]": (dict,),
}
_WORDS: Final = {str: "a text", int: "a whole number", bool: "true or false", float: "a number", dict: "a table"}
_FILE_KEYS: Final = ("name", "repeat", "steps")
_NOT_EMPTY: Final = ("user", "rivals", "text", "nickname")
# The smallest number that makes sense; 0 for all others.
_MINIMUM: Final = {
    "count": 1,
    "upto": 1,
    "people": 1,
    "duration": 1,
    "action": 1,
    "gifter_level": 1,
    "fans_level": 1,
    "status": 100,
}
_MAXIMUM: Final = {"action": 4, "status": 599, "count": 10_000, "upto": 10_000}
_MAX_NUMBER: Final = (1 << 31) - 1


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
    if not isinstance(title := data.get("name", name), str) or not title:
        raise ScenarioError(f"{source}: name is a text, not {title!r}")
    steps = [_step(row, f"{source}: step {number}") for number, row in enumerate(rows, start=1)]

    def play(_dice: random.Random) -> Iterator[Step]:
        yield from steps
        while repeat:
            yield from steps

    goes_live = any(step.verb == "go_live" for step in steps)
    return Scenario(title, f"from {source}", play, live=not goes_live)


def _read(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{path}: {error}") from error


def _step(row: Any, where: str) -> Step:
    if not isinstance(row, dict) or "verb" not in row:
        raise ScenarioError(f"{where}: the key verb is missing")
    verb = row["verb"]
    arguments = {key: value for key, value in row.items() if key != "verb"}
    if verb == WAIT:
        return _wait(arguments, where)
    if verb not in VERBS:
        known = (*VERBS, WAIT)
        raise ScenarioError(f"{where}: verb {verb!r} is not one of {', '.join(known)}{did_you_mean(str(verb), known)}")
    where = f"{where} ({verb})"
    _check_arguments(verb, arguments, where)
    if verb in ("event", "message"):
        _check_message(arguments, where)
    return Step(verb, arguments, where)


def _wait(arguments: dict[str, Any], where: str) -> Step:
    _refuse_unknown(arguments, ("seconds",), f"{where} (wait)")
    seconds: Any = arguments.get("seconds")
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or not math.isfinite(seconds) or seconds < 0:
        raise ScenarioError(f"{where} (wait): seconds is a number of 0 or more")
    return Step(WAIT, {"seconds": seconds})


def _check_arguments(verb: str, arguments: dict[str, Any], where: str) -> None:
    parameters = parameters_of(verb)
    _refuse_unknown(arguments, tuple(parameters), where)
    for name, parameter in parameters.items():
        if name not in arguments:
            if parameter.default is inspect.Parameter.empty:
                raise ScenarioError(f"{where}: the key {name} is missing")
            continue
        _check_value(name, arguments[name], _types(parameter), where)


def parameters_of(verb: str) -> dict[str, inspect.Parameter]:
    """Return the parameters of a verb that a file may set, by name."""
    parameters = inspect.signature(getattr(Room, verb)).parameters
    return {name: parameter for name, parameter in parameters.items() if name != "self" and _types(parameter)}


def _check_value(name: str, value: Any, types: tuple[type, ...], where: str) -> None:
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        # int is listed beside float.
        expected = dict.fromkeys(_WORDS[kind] for kind in types if not (kind is int and float in types))
        raise ScenarioError(f"{where}: {name} is {value!r}, expected {' or '.join(expected)}")
    if name in _NOT_EMPTY and not str(value).strip(" ,@"):
        raise ScenarioError(f"{where}: {name} is empty")
    if isinstance(value, int | float) and name != "gift":
        lowest, highest = _MINIMUM.get(name, 0), _MAXIMUM.get(name, _MAX_NUMBER)
        if not lowest <= value <= highest:
            raise ScenarioError(f"{where}: {name} is {value}, expected {lowest} to {highest}")
    try:
        if name == "gift":
            as_gift(value)
        elif name == "status":
            fault_of(value)
    except ValueError as error:
        raise ScenarioError(f"{where}: {name}: {error}") from error


def _check_message(arguments: dict[str, Any], where: str) -> None:
    """Compose the message once, to find what is wrong with its fields."""
    method, fields = arguments.get("type", ""), arguments.get("fields") or {}
    try:
        if "event" in arguments:
            example = find_example(arguments["event"])
            method, fields = example.type, example.with_fields(fields)
        compose_message(method, fields, Context(Head(1, Viewer.named("host"), 1, time.time_ns() // 1_000_000)))
    except ValueError as error:
        raise ScenarioError(f"{where}: {error}") from error


def _types(parameter: inspect.Parameter) -> tuple[type, ...]:
    names = [part.strip() for part in str(parameter.annotation).split("|")]
    return tuple(kind for name in names for kind in _TYPES.get(name, ()))


def _refuse_unknown(data: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in data:
        if key not in known:
            hint = did_you_mean(key, known)
            raise ScenarioError(f"{where}: unknown key {key!r} (known: {', '.join(known) or 'none'}{hint})")
