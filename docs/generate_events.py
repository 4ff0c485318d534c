"""Writes docs/events.md: each event of the registry with its keys and an example."""

import json
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from tiktok2mqtt.webcast.events.decoders import PERSON
from tiktok2mqtt.webcast.events.fields import COMMON, WHO, Field, JsonType
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows import REGISTRY

GOLDEN: Final = Path(__file__).parent.parent / "tests" / "webcast" / "events" / "golden"
WIDTH: Final = 118

INTRO: Final = """\
<!-- Written by `python docs/generate.py` from the rows in tiktok2mqtt/webcast/events/rows: change those. -->
# Events

Every event is a JSON object on `tiktok/<room>/<event>`: UTF-8, at most 8 KiB. What nobody knows is `null`; ids are
strings, since they do not fit a JSON number. A later version may add keys: ignore what you do not know.
`tiktok2mqtt schema EVENT` prints an event's JSON Schema; Python types are in `tiktok2mqtt.webcast.events.types`.

Events marked *never lost* are kept until the broker has them (QoS 1); the others are shed, oldest first, when it cannot
keep up.
"""
COMMON_INTRO: Final = """\
## The keys of every event
"""
PERSON_INTRO: Final = """\
## The acting person

Events with a person have these keys beside their own. Elsewhere, *who* stands for an object of the first four.
"""

# What makes an example readable; other keys get a value of their type.
_EXAMPLES: Final[dict[tuple[str, JsonType], Any]] = {
    ("ts", "string"): "2026-11-24T18:30:00.120Z",
    ("room", "string"): "alice",
    ("source", "string"): "direct",
    ("replayed", "boolean"): False,
    ("delayed", "boolean"): False,
    ("unique_id", "string"): "bob",
    ("nickname", "string"): "Bob",
    ("profile_picture_url", "string"): "https://p16.example/bob.webp",
}
_BY_TYPE: Final[dict[JsonType, Any]] = {
    "id": "7286184974634765062",
    "string": "…",
    "integer": 1,
    "number": 0.5,
    "boolean": True,
}


def events_page() -> str:
    """Return the whole of docs/events.md."""
    rows = REGISTRY.rows.values()
    names = ", ".join(f"[{row.event}](#{row.event})" for row in rows)
    head = [INTRO, textwrap.fill(names, WIDTH) + "\n", COMMON_INTRO, _table(COMMON), PERSON_INTRO, _table(PERSON)]
    return "\n".join([*head, *map(_section, rows)])


def example(row: EventRow) -> dict[str, Any]:
    """Return one event: the one that the tests prove, where there is one, else every key with a value of its type."""
    golden = GOLDEN / f"{row.event}.json"
    if golden.exists():
        event: dict[str, Any] = json.loads(golden.read_text(encoding="utf-8"))
        return event
    always = (field for field in (*COMMON, *row.all_fields) if not field.optional)
    return {field.key: _value(field) for field in always} | {"event_type": row.event}


def _value(field: Field) -> Any:
    if field.fields:
        entry = {inner.key: _value(inner) for inner in field.fields}
        return [entry] if field.type == "array" else entry
    if field.items:
        return [_BY_TYPE[field.items]]
    return _EXAMPLES.get((field.key, field.type), _BY_TYPE.get(field.type))


def _section(row: EventRow) -> str:
    methods = dict.fromkeys(method for source in row.sources for method in source.methods)
    notes = [
        row.doc,
        f"Made from {' or '.join(f'`{method}`' for method in methods)}." if methods else "",
        "With a [person](#the-acting-person)." if row.has_person else "",
        "*Never lost.*" if row.priority else "",
    ]
    sentence = " ".join(note for note in notes if note)
    table = f"{_table(row.fields)}\n" if row.fields else ""
    return f"## {row.event}\n\n{sentence}\n\n{table}```json\n{compact(example(row))}\n```\n"


def _table(fields: Iterable[Field]) -> str:
    lines = (f"| `{path}` | {kind} | {_cell(doc)} |" for path, kind, doc in _rows(fields, ""))
    return "\n".join(["| key | type | meaning |", "|---|---|---|", *lines, ""])


def _rows(fields: Iterable[Field], prefix: str) -> Iterator[tuple[str, str, str]]:
    """Yield path, type and meaning of each field and of those within."""
    for field in fields:
        path = prefix + field.key
        is_who = _keys(field.fields) == _keys(WHO)
        yield path, _kind(field, is_who=is_who), field.doc
        if not is_who:
            yield from _rows(field.fields, f"{path}[]." if field.type == "array" else f"{path}.")


def _kind(field: Field, *, is_who: bool) -> str:
    one = field.items or ("object" if field.fields else field.type)
    kind: str = "[who](#the-acting-person)" if is_who else one
    kind = f"array of {kind}" if field.type == "array" else kind
    return f"{kind}, may be missing" if field.optional else kind


def _keys(fields: tuple[Field, ...]) -> list[str]:
    return [field.key for field in fields]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def compact(value: Any, indent: str = "") -> str:
    """Return JSON with as much in a line as fits."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {compact(item, inner)}" for key, item in value.items()]
    else:
        parts = [compact(item, inner) for item in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return "\n".join([start, *_filled(parts, inner), indent + end])


def _filled(parts: list[str], indent: str) -> Iterator[str]:
    """Yield lines with as many of the parts in each as fit; one that has several lines itself stands alone."""
    line = ""
    for part in (*(f"{part}," for part in parts[:-1]), parts[-1]):
        if line and ("\n" in line or "\n" in part or len(indent) + len(line) + 1 + len(part) > WIDTH):
            yield indent + line
            line = part
        else:
            line = f"{line} {part}" if line else part
    yield indent + line
