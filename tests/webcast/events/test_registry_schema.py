import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.webcast.events.decode import events_of
from tests.webcast.events.filler import Leaf, full, highest, lowest, plain_leaf
from tests.webcast.events.test_rows import MESSAGES
from tiktok2mqtt.bridge.mqtt.payloads import encode
from tiktok2mqtt.webcast.events.fields import COMMON, Field
from tiktok2mqtt.webcast.events.registry import EventRow, event_schema
from tiktok2mqtt.webcast.events.rows import REGISTRY, ROWS

MESSAGE_TYPES = {method: source.message for row in ROWS for source in row.sources for method in source.methods}
HEAD = {"v": 1, "event_type": "x", "id": "7", "ts": "2026-01-02T03:04:05.678Z", "room": "alice", "room_id": "5"}
HEAD |= {"session_id": "5", "source": "direct", "replayed": False, "late": False, "delayed": False}
PARTS = (Field("a", "id", None, "x"), Field("b", "array", None, "x", items="integer"))
EVERYTHING = EventRow(
    "x",
    "An event.",
    (
        Field("an_id", "id", None, "An id"),
        Field("number", "number", None, "A number"),
        Field("sure", "boolean", None, "A boolean", nullable=False),
        Field("thing", "object", None, "An object", fields=PARTS),
        Field("things", "array", None, "Objects", fields=PARTS, optional=True),
    ),
)
GOOD: dict[str, Any] = {"an_id": "5", "number": 0.5, "sure": True, "thing": {"a": "1", "b": [1, 2]}, "things": []}


def validator(row: EventRow) -> Draft202012Validator:
    return Draft202012Validator(event_schema(row))


def objects_in(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield each schema of an object."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for part in schema.values():
            yield from objects_in(part)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.event)
def test_a_schema_is_valid_and_agrees_with_its_row(row: EventRow) -> None:
    schema = event_schema(row)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (schema["$id"], schema["title"]) == (f"urn:tiktok2mqtt:event:{row.event}", row.event)
    assert schema["description"] == row.doc
    assert list(schema["properties"]) == [field.key for field in (*COMMON, *row.all_fields)]
    assert all(part["additionalProperties"] is False for part in objects_in(schema))
    assert all(value["description"] for part in objects_in(schema) for value in part["properties"].values())


@pytest.mark.unmeasured
@pytest.mark.parametrize("method", MESSAGE_TYPES)
@pytest.mark.parametrize("leaf", [plain_leaf, highest, lowest])
def test_events_of_full_messages_are_valid(method: str, leaf: Leaf) -> None:
    for name, event in events_of(full(MESSAGE_TYPES[method](), leaf)).items():
        validator(REGISTRY.rows[name]).validate(json.loads(encode(event)))


@pytest.mark.unmeasured
@pytest.mark.parametrize("method", MESSAGE_TYPES)
def test_events_of_empty_messages_are_valid(method: str) -> None:
    for name, event in events_of(MESSAGE_TYPES[method]()).items():
        validator(REGISTRY.rows[name]).validate(json.loads(encode(event)))


@pytest.mark.parametrize("name", MESSAGES)
def test_events_of_the_samples_are_valid(name: str) -> None:
    event = events_of(MESSAGES[name])[name]
    validator(REGISTRY.rows[name]).validate(json.loads(encode(event)))


def test_allowed_values() -> None:
    check = validator(EVERYTHING)
    check.validate(HEAD | GOOD)
    check.validate(HEAD | GOOD | {"truncated": True, "things": [{"a": None, "b": []}]})
    check.validate(HEAD | GOOD | dict.fromkeys(("an_id", "number", "thing", "things")))
    check.validate(HEAD | {key: value for key, value in GOOD.items() if key != "things"})


@pytest.mark.parametrize(
    "keys",
    [
        {"an_id": 5},
        {"number": "0.5"},
        {"sure": None},
        {"thing": {}},
        {"thing": {"a": "1", "b": [], "c": 1}},
        {"thing": {"a": "1", "b": [None]}},
        {"thing": {"a": "1", "b": ["1"]}},
        {"things": [None]},
        {"things": {}},
        {"more": 1},
        {"event_type": "y"},
        {"id": None},
        {"id": 7},
        {"v": "1"},
        {"truncated": None},
    ],
)
def test_refused_values(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        validator(EVERYTHING).validate(HEAD | GOOD | keys)


@pytest.mark.parametrize("key", [*HEAD, "an_id", "number", "sure", "thing"])
def test_a_missing_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match=f"'{key}' is a required property"):
        validator(EVERYTHING).validate({name: value for name, value in (HEAD | GOOD).items() if name != key})


def test_the_time_has_a_format() -> None:
    assert event_schema(EVERYTHING)["properties"]["ts"]["format"] == "date-time"


def test_the_package_contains_all_schemas() -> None:
    text = files("tiktok2mqtt.webcast.events").joinpath("schemas.json").read_text(encoding="utf-8")
    assert json.loads(text) == REGISTRY.schemas()
    assert REGISTRY.schemas().keys() == REGISTRY.rows.keys()
