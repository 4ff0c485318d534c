"""JSON payloads: values that the encoder refuses are replaced, and events that are too large are shortened.

Pure. In the normal case only the length is checked.
"""

import re
from collections.abc import Callable, Iterable, Sized
from functools import reduce
from operator import getitem
from typing import Any, Final

import orjson

from tiktok2mqtt.webcast.events.types import Common

Json = dict[str, Any]
MAX_EVENT_BYTES: Final = 8_192
# Limit of a retained document, and of the data of a response. Some brokers accept no more than 16 KiB in a packet.
MAX_DOCUMENT_BYTES: Final = 12_288
# The keys that identify an event stay as they are; none of them is long.
_UNTOUCHED: Final = frozenset({"event_type"} | Common.__annotations__.keys())
_ELLIPSIS: Final = "…"
_ELLIPSIS_BYTES: Final = len(_ELLIPSIS.encode())
# An escaped control character.
_MAX_CHARACTER_BYTES: Final = 6
_MAX_ITEMS: Final = MAX_EVENT_BYTES // 2
# Texts are shortened to this length before lists are.
_LONG_TEXT_BYTES: Final = 512
_SHORT_TEXT_BYTES: Final = 32
# Size of the key `omitted` with the number of one list, without the list's name.
_OMITTED_BYTES: Final = len(',"omitted":{"":1000000}')
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_ENCODABLE: Final = range(-(2**63), 2**64)
_MAX_DEPTH: Final = 16


def encode(value: Any) -> bytes:
    """Return JSON in UTF-8. Lone surrogates become U+FFFD; numbers over 64 bits and values nested too deep, null."""
    try:
        payload = orjson.dumps(value)
    except orjson.JSONEncodeError:
        payload = orjson.dumps(_encodable(value, _MAX_DEPTH))
    return _exact(payload)


def encode_event(event: Json, max_bytes: int = MAX_EVENT_BYTES) -> bytes:
    """Return an event, or another document, as JSON of at most `max_bytes` (8,192 or more).

    When it would be larger, `truncated` is set, and texts are shortened, the longest first, then lists; if that is not
    enough, objects within the event become null.
    """
    payload = encode(event)
    if len(payload) <= max_bytes:
        return payload
    event = _encodable(event, _MAX_DEPTH)
    steps = (
        (lambda size: _cut(event, size, _MAX_ITEMS), _LONG_TEXT_BYTES, max_bytes),
        (lambda size: _cut(event, _LONG_TEXT_BYTES, size), 0, _MAX_ITEMS),
        (lambda size: _cut(event, size, 0), _SHORT_TEXT_BYTES, _LONG_TEXT_BYTES),
        (lambda size: _cut(_flat(event), size, 0), _SHORT_TEXT_BYTES, _LONG_TEXT_BYTES),
    )
    return _exact(next(cut for step in steps if (cut := _largest(*step, max_bytes)) is not None))


def fitting(document: Json, max_bytes: int, names: Iterable[str]) -> Json:
    """Return a document of at most `max_bytes`, without the last entries of some lists and objects if it is larger.

    `names` are the lists and objects that may be cut, the first one first; `a.b` is `b` in the object `a`. The key
    `omitted`, which is there only if something is missing, has the number of missing entries by name.
    """
    omitted: dict[str, int] = {}
    for name in names:
        excess = len(encode(document)) - max_bytes
        if excess <= 0:
            break
        keys = name.split(".")
        entries = reduce(getitem, keys, document)
        kept = _without_last(entries, excess + _OMITTED_BYTES + len(name))
        if missing := len(entries) - len(kept):
            omitted[name] = missing
            document = _replaced(document, keys, kept) | {"omitted": omitted}
    return document


def _without_last(entries: Any, excess_bytes: int) -> Sized:
    """Return a list or an object without its last entries, so that it takes `excess_bytes` less or is empty."""
    pairs = list(entries.items() if isinstance(entries, dict) else enumerate(entries))
    while pairs and excess_bytes > 0:
        key, value = pairs.pop()
        excess_bytes -= len(encode(value)) + 1 + (len(encode(key)) + 1 if isinstance(entries, dict) else 0)
    return dict(pairs) if isinstance(entries, dict) else [value for _, value in pairs]


def _replaced(document: Json, keys: list[str], value: Any) -> Json:
    """Return the document with another value in the place of one; the document itself does not change."""
    key, *rest = keys
    return document | {key: _replaced(document[key], rest, value) if rest else value}


def _exact(payload: bytes) -> bytes:
    """Copy what orjson returned: it allocates ten times as much as it needs. Payloads wait in queues."""
    return memoryview(payload).tobytes()


def _largest(cut: Callable[[int], bytes], low: int, high: int, max_bytes: int) -> bytes | None:
    """Return what `cut` makes of the largest size that fits; None when not even `low` does."""
    best = cut(low)
    if len(best) > max_bytes:
        return None
    # From small sizes up, because what is cut from a very large event to a large size takes long.
    step = 1
    while low < high:
        size = min(low + step, (low + high + 1) // 2)
        if len(tried := cut(size)) <= max_bytes:
            best, low, step = tried, size, step * 2
        else:
            high = size - 1
    return best


def _cut(event: Json, text_bytes: int, items: int) -> bytes:
    """Return the event as JSON, with texts of at most `text_bytes` and lists of at most `items`."""
    cut = {key: value if key in _UNTOUCHED else _short(value, text_bytes, items) for key, value in event.items()}
    return orjson.dumps(cut | {"truncated": True})


def _short(value: Any, text_bytes: int, items: int) -> Any:
    match value:
        case str():
            return shortened(value, text_bytes)
        case list():
            return [_short(item, text_bytes, items) for item in value[:items]]
        case dict():
            return {key: _short(item, text_bytes, items) for key, item in value.items()}
    return value


def shortened(text: str, limit_bytes: int) -> str:
    """Return a text that takes at most `limit_bytes` in JSON, without its quotes; "…" stands for the rest."""
    if len(text) <= limit_bytes and _bytes(text) <= limit_bytes:
        return text
    # A character takes at least one byte, and at most six.
    text = text[:limit_bytes]
    while (excess := _bytes(text) + _ELLIPSIS_BYTES - limit_bytes) > 0:
        text = text[: -((excess - 1) // _MAX_CHARACTER_BYTES + 1)]
    return text + _ELLIPSIS


def _bytes(text: str) -> int:
    return len(orjson.dumps(text)) - 2


def _flat(event: Json) -> Json:
    return {key: None if isinstance(value, dict) else value for key, value in event.items()}


def _encodable(value: Any, depth: int) -> Any:
    match value:
        case str():
            return _SURROGATE.sub(_REPLACEMENT, value)
        case list() | dict() if depth == 0:
            return None
        case list():
            return [_encodable(item, depth - 1) for item in value]
        case dict():
            return {_encodable(key, depth): _encodable(item, depth - 1) for key, item in value.items()}
        case int() if value not in _ENCODABLE:
            return None
    return value
