import subprocess
import sys
from pathlib import Path
from types import UnionType
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from tiktok2mqtt.webcast.events import types
from tiktok2mqtt.webcast.events.fields import COMMON, Field
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows import REGISTRY, ROWS
from tiktok2mqtt.webcast.events.types import EVENT_NAMES, AnyEvent, ChatEvent, GiftEvent, no_such_event

ROOT = Path(__file__).parents[3]
PYTHON = {"id": str, "string": str, "integer": int, "number": float, "boolean": bool}


def class_of(row: EventRow) -> Any:
    return getattr(types, "".join(part.capitalize() for part in row.event.split("_")) + "Event")


def assert_agrees(hint: Any, field: Field) -> None:
    """Check that the type is that of the field, at any depth."""
    assert (get_origin(hint) is NotRequired) == field.optional
    if field.optional:
        (hint,) = get_args(hint)
    assert (isinstance(hint, UnionType) and type(None) in get_args(hint)) == field.nullable
    if field.nullable:
        hint = get_args(hint)[0]
    if field.type == "array":
        assert get_origin(hint) is list
        (hint,) = get_args(hint)
    if field.fields:
        assert_same_keys(hint, field.fields)
    else:
        assert hint is PYTHON[field.items or field.type]


def assert_same_keys(typed: Any, fields: tuple[Field, ...]) -> None:
    assert is_typeddict(typed)
    hints = get_type_hints(typed, include_extras=True)
    assert hints.keys() == {field.key for field in fields}
    for field in fields:
        if field.key != "event_type":
            assert_agrees(hints[field.key], field)


def test_every_event_has_a_name_and_a_type() -> None:
    assert tuple(REGISTRY.rows) == EVENT_NAMES
    assert {class_of(row) for row in ROWS} == set(get_args(AnyEvent))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.event)
def test_a_type_agrees_with_its_row(row: EventRow) -> None:
    typed = class_of(row)
    assert_same_keys(typed, (*COMMON, *row.all_fields))
    assert get_args(get_type_hints(typed)["event_type"]) == (row.event,)
    assert " ".join(typed.__doc__.split()) == row.doc


def as_text(event: ChatEvent | GiftEvent) -> str:
    """Something that a type checker must understand, or `make check` fails."""
    if event["event_type"] == "chat":
        return f"{event['nickname']}: {event['comment']}"
    return f"{event['nickname']} sends {event['count']} {event['gift']['name']}"


def test_the_event_type_narrows_a_union() -> None:
    keys: dict[str, Any] = {"nickname": "Bob", "comment": "hi", "count": 3, "gift": {"name": "Rose"}}
    chat: Any = keys | {"event_type": "chat"}
    gift: Any = keys | {"event_type": "gift"}
    assert (as_text(chat), as_text(gift)) == ("Bob: hi", "Bob sends 3 Rose")


def test_known_event_names_are_no_error() -> None:
    assert no_such_event([]) is None
    assert no_such_event(EVENT_NAMES) is None


@pytest.mark.parametrize(
    ("names", "error"),
    [
        (["chat", "gifts"], "no such event: gifts (did you mean gift?)"),
        (["questionnew"], "no such event: questionnew (did you mean question_new?)"),
        (["xyz", "likes", "xyz"], "no such event: likes (did you mean like?), xyz"),
        ([""], "no such event: "),
    ],
)
def test_unknown_event_names_are_an_error_with_suggestions(names: list[str], error: str) -> None:
    assert no_such_event(names) == error


def test_the_names_of_events_need_no_protobuf() -> None:
    probe = "import sys, tiktok2mqtt.webcast.events.types; print(*sorted(m for m in sys.modules if 'google' in m))"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "\n"
