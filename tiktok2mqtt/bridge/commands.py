"""Commands over MQTT: parses and validates requests, and builds responses. No I/O; time is an argument.

A request is a JSON object with the keys of its command. The optional key `transaction` is copied to the response. A
room name alone is accepted in place of an object. A request never carries a host, URL, path or code.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import nan
from typing import Any, Final

import orjson

from tiktok2mqtt.common.names import clean_room_name

MAX_REQUEST_BYTES: Final = 4096
MAX_SET_BYTES: Final = 32
MAX_GOAL: Final = 1_000_000_000
_MINUTE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Command:
    """A command: whether it accepts or requires a room, and its other keys with their types."""

    accepts_room: bool = False
    requires_room: bool = False
    keys: Mapping[str, type] = field(default_factory=dict)


_ROOM_COMMAND: Final = Command(accepts_room=True, requires_room=True)
COMMANDS: Final[Mapping[str, Command]] = {
    "connect": _ROOM_COMMAND,
    "disconnect": _ROOM_COMMAND,
    "reconnect": _ROOM_COMMAND,
    "add": _ROOM_COMMAND,
    "remove": _ROOM_COMMAND,
    "list": Command(),
    "status": Command(accepts_room=True),
    "room_info": _ROOM_COMMAND,
    "simulate": replace(_ROOM_COMMAND, keys={"event": str, "data": dict, "count_in_totals": bool}),
    "health_check": Command(),
}
_TYPE_NAMES: Final[Mapping[type, str]] = {str: "a string", dict: "a JSON object", bool: "true or false"}

SET_PAYLOADS: Final[Mapping[str, str]] = {
    "on": "connect",
    "connect": "connect",
    "off": "disconnect",
    "disconnect": "disconnect",
}


class CommandError(Exception):
    """A command failed or was refused. `str(error)` is the sentence that the sender of the command gets.

    `transaction` is that of the request, if it could be read. `code` is that of the WebcastError, if one is the cause.
    """

    def __init__(self, reason: str, transaction: Any = None, *, code: str | None = None) -> None:
        super().__init__(reason)
        self.transaction = transaction
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
        raise CommandError(f"unknown command {command!r}; the commands are {', '.join(COMMANDS)}")
    if len(payload) > MAX_REQUEST_BYTES:
        raise CommandError(f"the request is {len(payload)} bytes long; the limit is {MAX_REQUEST_BYTES}")
    body = _body(payload, spec)
    transaction = body.pop("transaction", None)
    if transaction is not None and not isinstance(transaction, str | int):
        raise CommandError("transaction must be a string or an integer")
    allowed = [*(["room"] if spec.accepts_room else []), *spec.keys]
    if unknown := sorted(body.keys() - set(allowed)):
        known = ", ".join([*allowed, "transaction"])
        raise CommandError(f"{command} has no key {unknown[0]!r}; its keys are {known}", transaction)
    room = _room(command, spec, body, transaction)
    return Request(command, room, transaction, _arguments(spec, body, transaction))


def _arguments(spec: Command, body: dict[str, Any], transaction: Any) -> dict[str, Any]:
    arguments = {key: body[key] for key in spec.keys if body.get(key) is not None}
    for key, value in arguments.items():
        if not isinstance(value, spec.keys[key]):
            raise CommandError(f"{key} must be {_TYPE_NAMES[spec.keys[key]]}", transaction)
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
    if isinstance(value, str) and spec.accepts_room:
        return {"room": value}
    raise CommandError("the request must be a JSON object" + (" or a room name" if spec.accepts_room else ""))


def _room(command: str, spec: Command, body: dict[str, Any], transaction: Any) -> str | None:
    room = body.get("room")
    if room is None:
        if spec.requires_room:
            raise CommandError(f'{command} needs a room: {{"room": "name"}}', transaction)
        return None
    if not isinstance(room, str):
        raise CommandError("room must be a string", transaction)
    try:
        return clean_room_name(room)
    except ValueError as error:
        raise CommandError(str(error), transaction) from error


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
        raise CommandError(f"a goal must be a whole number of diamonds from 0 (no goal) to {MAX_GOAL}")
    return int(number) or None


def response(
    data: Any, *, error: str | None = None, code: str | None = None, transaction: Any = None
) -> dict[str, Any]:
    """Return the response to a request: status and data; error, code and transaction only if there is one."""
    document: dict[str, Any] = {"status": "error" if error else "ok", "data": data}
    if error:
        document["error"] = error
    if code is not None:
        document["code"] = code
    if transaction is not None:
        document["transaction"] = transaction
    return document


class RateLimit:
    """A limit of `per_minute` calls in any 60 seconds (sliding window). Times are monotonic, in seconds."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._calls: deque[float] = deque()

    def allows(self, now: float) -> bool:
        """Return whether another call is allowed at `now`; an allowed call is counted."""
        while self._calls and now - self._calls[0] >= _MINUTE_S:
            self._calls.popleft()
        if len(self._calls) >= self._per_minute:
            return False
        self._calls.append(now)
        return True
