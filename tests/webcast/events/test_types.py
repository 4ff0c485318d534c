from types import UnionType
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from tiktok2mqtt.webcast.events import types
from tiktok2mqtt.webcast.events.fields import COMMON, Field
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows import REGISTRY, ROWS
from tiktok2mqtt.webcast.events.types import EVENT_NAMES, AnyEvent, ChatEvent, GiftEvent

PYTHON = {"id": str, "string": str, "integer": int, "number": float, "boolean": bool}


def class_of(row: EventRow) -> Any:
    return getattr(types, "".join(part.capitalize() for part in row.event.split("_")) + "Event")


def assert_agrees(hint: Any, field: Field) -> None:
    """Fail unless the type is that of the field, in all its depth."""
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


def test_there_is_a_name_for_each_event() -> None:
    assert tuple(REGISTRY.rows) == EVENT_NAMES
    assert {class_of(row) for row in ROWS} == set(get_args(AnyEvent))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.event)
def test_a_type_agrees_with_its_row(row: EventRow) -> None:
    typed = class_of(row)
    assert_same_keys(typed, (*COMMON, *row.all_fields))
    assert get_args(get_type_hints(typed)["event_type"]) == (row.event,)
    assert " ".join(typed.__doc__.split()) == row.doc


def spoken(event: ChatEvent | GiftEvent) -> str:
    """What a type checker must understand, if `make check` is to pass."""
    if event["event_type"] == "chat":
        return f"{event['nickname']}: {event['comment']}"
    gift = event["gift"]
    return f"{event['nickname']} sends {event['count']} {gift['name'] if gift else 'gifts'}"


def test_the_name_tells_events_apart() -> None:
    keys: dict[str, Any] = {"nickname": "Bob", "comment": "hi", "count": 3, "gift": {"name": "Rose"}}
    chat: Any = keys | {"event_type": "chat"}
    gift: Any = keys | {"event_type": "gift"}
    assert (spoken(chat), spoken(gift)) == ("Bob: hi", "Bob sends 3 Rose")
