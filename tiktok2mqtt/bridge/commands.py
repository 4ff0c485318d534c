"""Commands over MQTT: parses and validates requests, and builds responses. No I/O; time is an argument.

A request is a JSON object with the keys of its command. The optional key `transaction` is copied to the response. A
room name alone is accepted in place of an object. A request never carries a host, URL, path or code. A response repeats
only a limited part of a request.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import nan
from typing import Any, Final

import orjson

from tiktok2mqtt.common.text import clean_room_name, safe_text

MAX_REQUEST_BYTES: Final = 4096
MAX_SET_BYTES: Final = 32
MAX_GOAL: Final = 1_000_000_000
_GOAL: Final = f"a goal must be a whole number of diamonds from 0 (no goal) to {MAX_GOAL}"
MAX_TRANSACTION_CHARS: Final = 256
MAX_ERROR_CHARS: Final = 500
# The longest name from a request that an error repeats.
_MAX_NAME_CHARS: Final = 40


@dataclass(frozen=True, slots=True)
class Command:
    """A command: whether it accepts or requires a room, and its other keys with their types.

    A text in place of an object is the value of the key `text`.
    """

    accepts_room: bool = False
    requires_room: bool = False
    keys: Mapping[str, type] = field(default_factory=dict)
    text: str = "room"


# Many rooms take several responses: `offset` is the number of rooms to skip.
_PAGED: Final[Mapping[str, type]] = {"offset": int}
_ROOM_COMMAND: Final = Command(accepts_room=True, requires_room=True)
COMMANDS: Final[Mapping[str, Command]] = {
    "connect": _ROOM_COMMAND,
    "disconnect": _ROOM_COMMAND,
    "reconnect": _ROOM_COMMAND,
    "add": _ROOM_COMMAND,
    "remove": _ROOM_COMMAND,
    "list": Command(keys=_PAGED),
    "status": Command(accepts_room=True, keys=_PAGED),
    "room_info": _ROOM_COMMAND,
    "simulate": replace(_ROOM_COMMAND, keys={"event": str, "data": dict, "count_in_totals": bool}),
    "health_check": Command(),
    "goal": replace(_ROOM_COMMAND, keys={"goal": int}),
    "log_level": Command(keys={"level": str}, text="level"),
    "restart": Command(),
}
_TYPE_NAMES: Final[Mapping[type, str]] = {
    str: "a string",
    dict: "a JSON object",
    bool: "true or false",
    int: "a whole number from 0",
}

SET_PAYLOADS: Final[Mapping[str, str]] = {
    "on": "connect",
    "connect": "connect",
    "off": "disconnect",
    "disconnect": "disconnect",
}


class CommandError(Exception):
    """A command failed or was refused. `str(error)` is the sentence that the sender of the command gets.

    `code` is that of the WebcastError, if one is the cause.
    """

    def __init__(self, reason: str, *, code: str | None = None) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """A valid request. `room` is a normalized room name or None. `arguments` holds the other keys that were given."""

    command: str
    room: str | None = None
    transaction: Any = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


def parse_request(command: str, payload: bytes) -> Request:
    """Parse and validate the payload of a request. Raises CommandError."""
    spec = COMMANDS.get(command)
    if spec is None:
        name = safe_text(command, _MAX_NAME_CHARS)
        raise CommandError(f"unknown command {name!r}; the commands are {', '.join(COMMANDS)}")
    if len(payload) > MAX_REQUEST_BYTES:
        raise CommandError(f"the request is longer than {MAX_REQUEST_BYTES} bytes")
    body = _body(payload, spec)
    transaction = body.pop("transaction", None)
    if not _is_transaction(transaction):
        raise CommandError(f"transaction must be a string of up to {MAX_TRANSACTION_CHARS} characters or an integer")
    allowed = [*(["room"] if spec.accepts_room else []), *spec.keys]
    if unknown := sorted(body.keys() - set(allowed)):
        known, name = ", ".join([*allowed, "transaction"]), safe_text(unknown[0], _MAX_NAME_CHARS)
        raise CommandError(f"{command} has no key {name!r}; its keys are {known}")
    return Request(command, _room(command, spec, body), transaction, _arguments(spec, body))


def transaction_of(payload: bytes) -> Any:
    """Return the transaction of a request, even if the rest is invalid; None if there is none that can be repeated."""
    try:
        body = orjson.loads(payload) if len(payload) <= MAX_REQUEST_BYTES else None
    except orjson.JSONDecodeError:
        return None
    transaction = body.get("transaction") if isinstance(body, dict) else None
    return transaction if _is_transaction(transaction) else None


def _is_transaction(value: Any) -> bool:
    return len(value) <= MAX_TRANSACTION_CHARS if isinstance(value, str) else isinstance(value, int | None)


def _arguments(spec: Command, body: dict[str, Any]) -> dict[str, Any]:
    arguments = {key: body[key] for key in spec.keys if body.get(key) is not None}
    for key, value in arguments.items():
        expected = spec.keys[key]
        # Python counts true and false as integers.
        if type(value) is not expected or (isinstance(value, int) and value < 0):
            raise CommandError(f"{key} must be {_TYPE_NAMES[expected]}")
    return arguments


def _body(payload: bytes, spec: Command) -> dict[str, Any]:
    if not payload.strip():
        return {}
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError:
        try:
            value = payload.decode()
        except UnicodeDecodeError:
            raise CommandError("the request is neither JSON nor UTF-8 text") from None
    if isinstance(value, dict):
        return value
    takes_text = spec.accepts_room or spec.text in spec.keys
    if isinstance(value, str) and takes_text:
        return {spec.text: value}
    name = "a room name" if spec.text == "room" else f"a {spec.text}"
    raise CommandError("the request must be a JSON object" + (f" or {name}" if takes_text else ""))


def _room(command: str, spec: Command, body: dict[str, Any]) -> str | None:
    room = body.get("room")
    if room is None:
        if spec.requires_room:
            raise CommandError(f'{command} needs a room: {{"room": "name"}}')
        return None
    if not isinstance(room, str):
        raise CommandError("room must be a string")
    try:
        return clean_room_name(room)
    except ValueError as error:
        raise CommandError(str(error)) from error


def checked_goal(request: Request) -> int | None:
    """Return the goal of a request; None (no goal) for 0. Raises CommandError."""
    goal: int = request.arguments.get("goal", -1)
    if not 0 <= goal <= MAX_GOAL:
        raise CommandError(_GOAL)
    return goal or None


def parse_set(payload: bytes) -> str:
    """Return the command for a payload on `<room>/set`. Raises CommandError."""
    word = payload.decode("utf-8", "replace").strip().lower() if len(payload) <= MAX_SET_BYTES else ""
    if word not in SET_PAYLOADS:
        raise CommandError("set accepts ON or OFF (or connect, disconnect)")
    return SET_PAYLOADS[word]


def parse_goal(payload: bytes) -> int | None:
    """Return the goal in diamonds from a payload on `<room>/goal` or `<room>/goal/set`; None (no goal) for 0.

    Raises CommandError.
    """
    try:
        number = float(payload) if len(payload) <= MAX_SET_BYTES else nan
    except ValueError:
        number = nan
    if not 0 <= number <= MAX_GOAL or not number.is_integer():
        raise CommandError(_GOAL)
    return int(number) or None


def response(data: Any, *, transaction: Any = None, **keys: Any) -> dict[str, Any]:
    """Return the response to a request that was carried out; further keys only if they are not None."""
    return {"status": "ok", "data": data} | _given(keys) | _given({"transaction": transaction})


def error_response(error: str, *, code: str | None = None, transaction: Any = None) -> dict[str, Any]:
    """Return the response to a request that failed or was refused. The error is cut to MAX_ERROR_CHARS."""
    document = {"status": "error", "data": {}, "error": safe_text(error, MAX_ERROR_CHARS)}
    return document | _given({"code": code, "transaction": transaction})


def _given(keys: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value is not None}


class RateLimit:
    """A limit of `calls` calls in any `window_s` seconds (sliding window). Times are monotonic, in seconds."""

    def __init__(self, calls: int, window_s: float = 60.0) -> None:
        self._max_calls = calls
        self._window_s = window_s
        self._calls: deque[float] = deque()

    def allows(self, now: float) -> bool:
        """Return whether another call is allowed at `now`; an allowed call is counted."""
        while self._calls and now - self._calls[0] >= self._window_s:
            self._calls.popleft()
        if len(self._calls) >= self._max_calls:
            return False
        self._calls.append(now)
        return True
