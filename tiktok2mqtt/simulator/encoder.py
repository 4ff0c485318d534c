"""Encodes a message of any type from its fields by name, as scenario files have them.

The numbers of the fields are in `schema.json`, which is generated from `proto/`. Besides the values of the schema's own
types there are short forms:

- a User may be a username or "$host", and an Image a URL;
- a Text may be a string, in which "{user:bob}" and "{gift:Rose}" become pieces;
- a number or a whole text may be a placeholder, one of `PLACEHOLDERS`, also as in "$now+60".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from tiktok2mqtt.simulator.gifts import as_gift
from tiktok2mqtt.simulator.messages import gift_piece, text_of, user_piece
from tiktok2mqtt.simulator.viewers import as_viewer, encode_image
from tiktok2mqtt.simulator.wire import field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tiktok2mqtt.simulator.messages import Head
    from tiktok2mqtt.simulator.viewers import Viewer

PLACEHOLDERS: Final = {
    "now": "the time in seconds since 1970",
    "now_ms": "the same in milliseconds",
    "started": "when the LIVE started, in seconds since 1970",
    "msg_id": "the id of the message itself",
    "room_id": "the id of the room",
    "host_id": "the user id of the host",
    "comment_id": "the id of the last comment, 0 if there is none",
    "battle_id": "the id of the battle, 0 if there is none",
    "user_id:NAME": "the user id of a viewer",
}
HOST: Final = "$host"
"""The host, where a User is expected."""
_PLACEHOLDER: Final = re.compile(r"\$([a-z_]+)(?::([\w.]+))?([+-]\d+)?")
_PIECE: Final = re.compile(r"\{(user|gift):([^{}]+)\}")
_INT64: Final = 1 << 63


class FieldError(ValueError):
    """A field that the message does not have, or a value of the wrong type; the text begins with its path."""


@dataclass(frozen=True)
class Context:
    """What placeholders and usernames stand for."""

    head: Head
    find: Callable[[str], Viewer] = as_viewer
    started: int = 0
    comment_id: int = 0
    battle_id: int = 0

    def number(self, name: str, user: str | None) -> int | None:
        """Return the value of a placeholder, or None if there is no such placeholder."""
        if user is not None:
            return self.find(user).user_id if name == "user_id" else None
        values = {
            "now": self.head.now_ms // 1000,
            "now_ms": self.head.now_ms,
            "started": self.started,
            "msg_id": self.head.msg_id,
            "room_id": self.head.room_id,
            "host_id": self.head.host.user_id,
            "comment_id": self.comment_id,
            "battle_id": self.battle_id,
        }
        return values.get(name)


@lru_cache(1)
def schema() -> dict[str, dict[str, list[Any]]]:
    """Return the fields of each message by name, as [number, type]; for the types see `proto/generate.py`."""
    text = files("tiktok2mqtt.simulator").joinpath("schema.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, list[Any]]] = json.loads(text)
    return table


def message_types() -> list[str]:
    """Return the names of the messages that a room can have."""
    return [name for name, table in schema().items() if name.startswith("Webcast") and "common" in table]


def encode(name: str, values: Mapping[str, object], context: Context, path: str = "fields") -> bytes:
    """Return the message `name` with these values. Raises FieldError with the path of the wrong one."""
    table = schema()[name]
    encoded = []
    for key, value in values.items():
        where = f"{path}.{key}"
        if key not in table:
            raise FieldError(f"{where}: {name} has no such field (it has {', '.join(table)})")
        number, kind = table[key]
        encoded.append(_field(number, kind, value, context, where))
    return b"".join(encoded)


def _field(number: int, kind: str, value: object, context: Context, path: str) -> bytes:
    if ":" in kind:
        key_kind, _, value_kind = kind.partition(":")
        entries = _table(value, path).items()
        return b"".join(
            field(number, _field(1, key_kind, _key(key), context, path) + _field(2, value_kind, one, context, path))
            for key, one in entries
        )
    if kind.endswith("*"):
        if not isinstance(value, list):
            raise FieldError(f"{path}: a list is expected, not {value!r}")
        single = kind.removesuffix("*")
        return b"".join(_field(number, single, one, context, f"{path}[{place}]") for place, one in enumerate(value))
    return field(number, _value(kind, value, context, path))


def _key(key: str) -> str | int:
    # The keys of a TOML table are strings.
    return int(key) if key.isdecimal() else key


def _value(kind: str, value: object, context: Context, path: str) -> int | str | bytes:
    match kind:
        case "bool":
            if not isinstance(value, bool):
                raise FieldError(f"{path}: true or false is expected, not {value!r}")
            return value
        case "int":
            return _int(value, context, path)
        case "string" | "bytes":
            if not isinstance(value, str):
                raise FieldError(f"{path}: a text is expected, not {value!r}")
            number = _placeholder(value, context)
            text = value if number is None else str(number)
            return text if kind == "string" else text.encode()
        case _:
            return _message(kind, value, context, path)


def _int(value: object, context: Context, path: str) -> int:
    number = _placeholder(value, context) if isinstance(value, str) else value
    if number is None:
        known = ", ".join(f"${name}" for name in PLACEHOLDERS)
        raise FieldError(f"{path}: a number or one of {known} is expected, not {value!r}")
    if isinstance(number, bool) or not isinstance(number, int):
        raise FieldError(f"{path}: a whole number is expected, not {value!r}")
    if not -_INT64 <= number < 2 * _INT64:
        raise FieldError(f"{path}: {value} does not fit 64 bits")
    return number


def _placeholder(text: str, context: Context) -> int | None:
    found = _PLACEHOLDER.fullmatch(text)
    number = context.number(found[1], found[2]) if found else None
    return None if number is None or found is None else number + int(found[3] or 0)


def _message(kind: str, value: object, context: Context, path: str) -> bytes:
    row: Any = value
    match kind, row:
        case "User", "":
            raise FieldError(f"{path}: a user name is expected, not ''")
        case "User", str():
            return context.head.user(context.head.host if row == HOST else context.find(row))
        case "Image", str():
            return encode_image([row], "")
        case "Text", str():
            return _text(row, context, path)
        case "Text", {"default_pattern": str() as pattern} if "pieces" not in row:
            rest = {key: one for key, one in row.items() if key != "default_pattern"}
            return _text(pattern, context, path) + encode(kind, rest, context, path)
        case _:
            return encode(kind, _table(value, path), context, path)


def _text(pattern: str, context: Context, path: str) -> bytes:
    """Return the Text of a pattern with names in it: "{user:bob} sent {gift:Rose}"."""
    pieces = []

    def numbered(found: re.Match[str]) -> str:
        what, name = found[1], found[2]
        try:
            piece = user_piece(context.head, context.find(name)) if what == "user" else gift_piece(as_gift(name))
        except ValueError as error:
            raise FieldError(f"{path}: {error}") from error
        pieces.append(piece)
        return f"{{{len(pieces) - 1}:{what}}}"

    return text_of("", _PIECE.sub(numbered, pattern), *pieces)


def _table(value: object, path: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise FieldError(f"{path}: a table is expected, not {value!r}")
    return value
