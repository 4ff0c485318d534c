import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tiktok2mqtt.bridge.mqtt.payloads import encode, encode_event, fitting, shortened
from tiktok2mqtt.webcast.events.fields import COMMON, Field
from tiktok2mqtt.webcast.events.registry import EventRow, event_schema
from tiktok2mqtt.webcast.events.rows import ROWS

HEAD: dict[str, Any] = {"v": 1, "event_type": "chat", "id": "7", "ts": "2026-01-02T03:04:05.678Z", "room": "alice"}
HEAD |= {"room_id": "5", "session_id": "5", "source": "direct", "replayed": False, "late": False, "delayed": False}
LIMIT = 8_192
LONG = 20_000

texts = st.text(st.characters(codec="utf-8"))
any_texts = st.text(st.characters(exclude_categories=[]), max_size=20)
long_texts = st.builds(lambda text, times: text * times, any_texts, st.integers(0, 2_000))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_texts | long_texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_texts, inner, max_size=4),
    max_leaves=6,
)
long_lists = st.builds(lambda item, times: [item] * times, values, st.integers(0, 500))


def read(payload: bytes) -> Any:
    assert len(payload) <= LIMIT
    return json.loads(payload.decode("utf-8"))


def test_an_event_that_fits_is_unchanged() -> None:
    event = HEAD | {"comment": "x" * 7_900}
    room = LIMIT - len(encode(event))
    event["comment"] += "x" * room
    assert len(encode_event(event)) == LIMIT
    assert read(encode_event(event)) == event
    event["comment"] += "x"
    assert read(encode_event(event))["truncated"] is True


@pytest.mark.parametrize("character", ["x", "é", "…", "🌹", "\0", '"', "\\", "\n", "\u2028"])
def test_a_long_text_is_cut_to_just_what_fits(character: str) -> None:
    event = HEAD | {"comment": character * LONG, "nickname": "Bob", "badges": [1, 2, 3]}
    payload = encode_event(event)
    cut = read(payload)
    assert len(payload) > LIMIT - 12
    assert cut["comment"] == character * (len(cut["comment"]) - 1) + "…"
    assert cut == event | {"comment": cut["comment"], "truncated": True}
    assert len(event["comment"]) == LONG


def test_the_longest_text_is_cut_first() -> None:
    cut = read(encode_event(HEAD | {"a": "a" * 2_500, "b": "b" * 30_000, "c": "c" * 2_000}))
    assert (len(cut["a"]), len(cut["c"])) == (2_500, 2_000)
    assert cut["b"].endswith("b…")


def test_lists_are_cut_from_their_ends_and_their_texts_stay_readable() -> None:
    url = "https://p16.example/" + "x" * 300
    cut = read(
        encode_event(HEAD | {"people": [{"user_id": str(i), "url": url} for i in range(500)], "few": ["a", "b"]})
    )
    kept = cut["people"]
    assert len(kept) > 15
    assert kept == [{"user_id": str(i), "url": url} for i in range(len(kept))]
    assert cut["few"] == ["a", "b"]


def test_keys_that_identify_an_event_are_never_shortened() -> None:
    head = HEAD | {"id": "9" * 600}
    cut = read(encode_event(head | {"comment": "x" * LONG, "things": [["y" * 600] * 100]}))
    assert {key: cut[key] for key in head} == head


def test_objects_are_dropped_last() -> None:
    event = HEAD | {"big": {f"key {i}": i for i in range(2_000)}, "comment": "hi", "list": [1]}
    assert read(encode_event(event)) == HEAD | {"big": None, "comment": "hi", "list": [], "truncated": True}


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.text("abc", max_size=9), values | long_lists, max_size=6))
@pytest.mark.unmeasured
def test_anything_becomes_json_of_the_size_that_is_allowed(event: dict[str, Any]) -> None:
    payload = encode_event(HEAD | event)
    cut = read(payload)
    assert cut.keys() - {"truncated"} == (HEAD | event).keys()
    assert ("truncated" in cut) == (len(encode(HEAD | event)) > LIMIT)


def full(field: Field) -> Any:
    """Return the largest value of a field."""
    if field.type in ("object", "array"):
        entry = {inner.key: full(inner) for inner in field.fields} if field.fields else full_value(field.items)
        return [entry] * 10 if field.type == "array" else entry
    return full_value(field.type)


def full_value(kind: str | None) -> Any:
    return {"integer": -(2**63), "number": -1.7976931348623157e308, "boolean": False}.get(kind or "", "\0" * LONG)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.event)
def test_the_largest_event_of_each_row_fits_and_keeps_to_its_schema(row: EventRow) -> None:
    event = {field.key: full(field) for field in row.all_fields} | HEAD | {"event_type": row.event}
    cut = read(encode_event(event))
    Draft202012Validator(event_schema(row)).validate(cut)
    assert ("truncated" in cut) == (len(encode(event)) > LIMIT)
    assert set(cut) <= {field.key for field in (*COMMON, *row.all_fields)}


@given(texts, st.integers(3, 50))
def test_a_shortened_text_is_a_beginning_of_it(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(encode(short)) - 2 <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
    assert len(encode(text)) - 2 > limit or short == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\ud800b\udfffc", '"a\ufffdb\ufffdc"'),
        ("\0\x1f\x7f", '"\\u0000\\u001f\x7f"'),
        (float("nan"), "null"),
        (float("inf"), "null"),
        (2**64 - 1, "18446744073709551615"),
        (2**64, "null"),
        ([-(2**63) - 1, -(2**63), 2**64 - 1, 2**64], "[null,-9223372036854775808,18446744073709551615,null]"),
        ({"\udc00": [True, "\ud83d\ude00"]}, '{"\ufffd":[true,"\ufffd\ufffd"]}'),
    ],
)
def test_values_that_the_encoder_refuses_are_replaced(value: Any, text: str) -> None:
    assert encode(value).decode("utf-8") == text


def test_what_is_nested_too_deep_becomes_null() -> None:
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    assert encode({"deep": deep}) == b'{"deep":' + b"[" * 15 + b"null" + b"]" * 15 + b"}"


# --- fitting ---

ROOMS: dict[str, Any] = {"version": "1", "rooms": list(range(1_000)), "settings": {"rooms": ["x" * 20] * 200, "raw": 1}}


def test_lists_lose_their_last_entries_in_the_order_of_their_names() -> None:
    assert fitting(ROOMS, len(encode(ROOMS)), ("rooms",)) is ROOMS
    cut = fitting(ROOMS, 6_000, ("settings.rooms", "rooms"))
    kept = len(cut["settings"]["rooms"])
    assert 0 < kept < 200
    assert cut == ROOMS | {
        "settings": {"rooms": ["x" * 20] * kept, "raw": 1},
        "omitted": {"settings.rooms": 200 - kept},
    }
    assert 5_900 < len(encode(cut)) <= 6_000
    cut = fitting(ROOMS, 1_000, ("settings.rooms", "rooms"))
    assert (cut["settings"], cut["omitted"]["settings.rooms"]) == ({"rooms": [], "raw": 1}, 200)
    assert cut["rooms"] == list(range(1_000 - cut["omitted"]["rooms"]))
    assert 900 < len(encode(cut)) <= 1_000
    assert len(ROOMS["settings"]["rooms"]) == 200


@given(st.dictionaries(texts, values, max_size=30), st.lists(values, max_size=30), st.integers(100, 5_000))
def test_a_document_is_cut_no_more_than_it_has_to_be(table: dict[str, Any], listed: list[Any], limit: int) -> None:
    document = {"a": 1, "table": table, "listed": listed}
    cut = fitting(document, limit, ("table", "listed"))
    omitted = cut.pop("omitted", {})
    for name, entries in (("table", list(table)), ("listed", listed)):
        kept = list(cut[name])
        assert repr(entries[: len(kept)]) == repr(kept)
        assert len(entries) - len(kept) == omitted.get(name, 0)
    if omitted:
        assert len(encode(document)) > limit
        assert len(encode(cut | {"omitted": omitted})) <= limit
        assert not cut["table"] or "listed" not in omitted
