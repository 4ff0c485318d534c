"""Commands over MQTT: what a request may hold, and how it is answered. No I/O; time is an argument.

A request is a JSON object with the keys of its command and, if wanted, `transaction`, which comes back in the answer.
The name of a room alone will do where `room` is the only key. No host, URL, path or code is ever taken from a request.
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
    """A command: whether it takes a room, whether it must have one, and its further keys with their types."""

    takes_room: bool = False
    needs_room: bool = False
    keys: Mapping[str, type] = field(default_factory=dict)


_OF_A_ROOM: Final = Command(takes_room=True, needs_room=True)
COMMANDS: Final[Mapping[str, Command]] = {
    "connect": _OF_A_ROOM,
    "disconnect": _OF_A_ROOM,
    "reconnect": _OF_A_ROOM,
    "add": _OF_A_ROOM,
    "remove": _OF_A_ROOM,
    "list": Command(),
    "status": Command(takes_room=True),
    "room_info": _OF_A_ROOM,
    "simulate": replace(_OF_A_ROOM, keys={"event": str, "data": dict, "count_in_totals": bool}),
    "health_check": Command(),
}
_TYPES: Final[Mapping[type, str]] = {str: "a text", dict: "a JSON object", bool: "true or false"}

SET_PAYLOADS: Final[Mapping[str, str]] = {
    "on": "connect",
    "connect": "connect",
    "off": "disconnect",
    "disconnect": "disconnect",
}


class CommandError(Exception):
    """What is wrong with a command, in a sentence for whoever sent it.

    `transaction` is the request's, if readable. `code` is that of the trouble with TikTok, if that is the reason.
    """

    def __init__(self, reason: str, transaction: Any = None, *, code: str | None = None) -> None:
        super().__init__(reason)
        self.transaction = transaction
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """A valid request. `room` is a clean name, or None; `arguments` are the further keys that were given."""

    command: str
    room: str | None = None
    transaction: Any = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


def parse_request(command: str, payload: bytes) -> Request:
    """Read the request of a command. Raises CommandError."""
    spec = COMMANDS.get(command)
    if spec is None:
        raise CommandError(f"there is no command {command!r}; there are {', '.join(COMMANDS)}")
    if len(payload) > MAX_REQUEST_BYTES:
        raise CommandError(f"the request has {len(payload)} bytes; at most {MAX_REQUEST_BYTES} are taken")
    body = _body(payload, spec)
    transaction = body.pop("transaction", None)
    if transaction is not None and not isinstance(transaction, str | int):
        raise CommandError("transaction must be a text or a whole number")
    allowed = [*(["room"] if spec.takes_room else []), *spec.keys]
    if unknown := sorted(body.keys() - set(allowed)):
        known = ", ".join([*allowed, "transaction"])
        raise CommandError(f"{command} does not know the key {unknown[0]!r}; it takes {known}", transaction)
    room = _room(command, spec, body, transaction)
    return Request(command, room, transaction, _arguments(spec, body, transaction))


def _arguments(spec: Command, body: dict[str, Any], transaction: Any) -> dict[str, Any]:
    arguments = {key: body[key] for key in spec.keys if body.get(key) is not None}
    for key, value in arguments.items():
        if not isinstance(value, spec.keys[key]):
            raise CommandError(f"{key} must be {_TYPES[spec.keys[key]]}", transaction)
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
    if isinstance(value, str) and spec.takes_room:
        return {"room": value}
    raise CommandError("the request must be a JSON object" + (" or the name of a room" if spec.takes_room else ""))


def _room(command: str, spec: Command, body: dict[str, Any], transaction: Any) -> str | None:
    room = body.get("room")
    if room is None:
        if spec.needs_room:
            raise CommandError(f'{command} needs a room: {{"room": "name"}}', transaction)
        return None
    if not isinstance(room, str):
        raise CommandError("room must be a text", transaction)
    try:
        return clean_room_name(room)
    except ValueError as error:
        raise CommandError(str(error), transaction) from error


def parse_set(payload: bytes) -> str:
    """Return the command that a payload on `<room>/set` stands for. Raises CommandError."""
    word = payload.decode("utf-8", "replace").strip().lower() if len(payload) <= MAX_SET_BYTES else ""
    if word not in SET_PAYLOADS:
        raise CommandError("set takes ON or OFF (or connect, disconnect)")
    return SET_PAYLOADS[word]


def parse_goal(payload: bytes) -> int | None:
    """Return the number that a payload on `<room>/goal` or `<room>/goal/set` stands for; 0 is no goal, None.

    Raises CommandError.
    """
    try:
        number = float(payload) if len(payload) <= MAX_SET_BYTES else nan
    except ValueError:
        number = nan
    if not 0 <= number <= MAX_GOAL or not number.is_integer():
        raise CommandError(f"a goal is a whole number of diamonds from 0, which is none, to {MAX_GOAL}")
    return int(number) or None


def response(
    data: Any, *, error: str | None = None, code: str | None = None, transaction: Any = None
) -> dict[str, Any]:
    """Return the answer to a request: status, data, and error, code and transaction where there is one."""
    answer: dict[str, Any] = {"status": "error" if error else "ok", "data": data}
    if error:
        answer["error"] = error
    if code is not None:
        answer["code"] = code
    if transaction is not None:
        answer["transaction"] = transaction
    return answer


class RateLimit:
    """At most so many in any minute. Time is an argument, in seconds."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._taken: deque[float] = deque()

    def allows(self, now: float) -> bool:
        """Return whether one more is allowed now, and count it if so."""
        while self._taken and now - self._taken[0] >= _MINUTE_S:
            self._taken.popleft()
        if len(self._taken) >= self._per_minute:
            return False
        self._taken.append(now)
        return True
