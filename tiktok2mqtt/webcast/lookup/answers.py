"""Reads values of JSON answers that nobody vouches for: bounded, and of the expected type or absent. Pure: no I/O."""

import re
from typing import Any, Final

import orjson

from tiktok2mqtt.common.errors import SchemaError
from tiktok2mqtt.common.text import clean_text, safe_text

# An element takes up to 150 bytes of memory, and as little as two bytes of a document. A room info has a few thousand
# elements, a gift list some hundred gifts with a hundred elements each.
MAX_JSON_ELEMENTS: Final = 100_000
MAX_GIFT_LIST_ELEMENTS: Final = 300_000
MAX_TEXT_CHARS: Final = 1_000
_DIGITS = re.compile(r"[0-9]{1,19}")


def parse_object(text: str | bytes, what: str, max_elements: int = MAX_JSON_ELEMENTS) -> dict[str, Any]:
    """Parse a JSON object of at most `max_elements`, counted before they are created. Raises SchemaError.

    Every element comes after a comma or an opening bracket. Those inside strings are counted as well. orjson refuses
    more than 1,024 levels.
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > max_elements:
        raise SchemaError(f"{what} has more than {max_elements} elements")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise SchemaError(f"{what} is not JSON: {safe_text(text, 60)}") from error
    if not isinstance(value, dict):
        raise SchemaError(f"{what} is not a JSON object")
    return value


def as_object(value: Any) -> dict[str, Any]:
    """Return an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_int(value: Any) -> int | None:
    """Return an integer; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def as_text(value: Any) -> str | None:
    """Return a text of bounded length without control characters; None for an empty one and anything else."""
    return clean_text(value[:MAX_TEXT_CHARS]) if isinstance(value, str) and value else None


def shown(value: Any, limit: int) -> str:
    """Return a value for an error message; a container, which may be too deep for `str`, by its type alone."""
    return safe_text(type(value).__name__ if isinstance(value, dict | list) else value, limit)


def as_id(value: Any) -> str | None:
    """Return an id as text; None unless it is a positive int64, the type in the messages of the socket."""
    text = str(value) if isinstance(value, str | int) else ""
    return text if _DIGITS.fullmatch(text) and 0 < int(text) < 2**63 else None


def is_room_id(text: str) -> bool:
    """Return whether a text is a room id as the service writes them."""
    return as_id(text) == text
