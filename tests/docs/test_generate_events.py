import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from docs.generate_events import GOLDEN, WIDTH, compact, events_page, example
from tiktok2mqtt.webcast.events.fields import COMMON, Field
from tiktok2mqtt.webcast.events.registry import EventRow, event_schema
from tiktok2mqtt.webcast.events.rows import ROWS
from tiktok2mqtt.webcast.events.users import PERSON

PAGE = events_page()
SECTIONS = dict(re.findall(r"^## (\w+)\n\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
COLUMNS = re.compile(r"^\| `([a-z0-9_.\[\]]+)` \| .+ \| .+ \|$", re.MULTILINE)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=150),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=20), inner, max_size=6),
)


def keys(fields: tuple[Field, ...]) -> list[str]:
    return [field.key for field in fields]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.event)
def test_a_section_describes_its_event(row: EventRow) -> None:
    text = SECTIONS[row.event]
    assert text.startswith(row.doc)
    assert [key for key in COLUMNS.findall(text) if "." not in key] == keys(row.fields)
    assert all(f"`{method}`" in text for source in row.sources for method in source.methods)
    assert ("*Never lost.*" in text) == row.priority
    assert ("[person](#the-acting-person)" in text) == row.has_person
    assert f"[{row.event}](#{row.event})" in PAGE


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.event)
def test_the_example_in_a_section_is_valid(row: EventRow) -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", SECTIONS[row.event], re.DOTALL)
    assert json.loads(shown) == example(row)
    Draft202012Validator(event_schema(row)).validate(json.loads(shown))


def test_golden_files_are_the_examples() -> None:
    for path in GOLDEN.glob("*.json"):
        assert example(next(row for row in ROWS if row.event == path.stem)) == json.loads(path.read_text())


def test_common_and_person_keys_are_described_once() -> None:
    head = PAGE[: PAGE.index(f"## {ROWS[0].event}\n")]
    assert [key for key in COLUMNS.findall(head) if "." not in key] == [*keys(COMMON), *keys(PERSON)]


def test_nested_keys_have_their_path() -> None:
    assert {"gift.diamond_count", "extended_gift_info.icon.url_list"} <= set(COLUMNS.findall(SECTIONS["gift"]))
    assert "armies[].supporters[].score" in COLUMNS.findall(SECTIONS["link_mic_armies"])
    assert "| `mentioned_user` | [who](#the-acting-person) |" in SECTIONS["chat"]
    assert "| `co_hosts` | array of [who](#the-acting-person) |" in SECTIONS["link_layer"]
    assert "| `extended_gift_info` | object, may be missing |" in SECTIONS["gift"]


@given(json_values)
@pytest.mark.unmeasured
def test_compact_json_has_the_same_content(value: Any) -> None:
    assert json.loads(compact(value)) == value


def test_compact_json_fills_its_lines() -> None:
    value = {"short": 1, "list": ["x" * 50] * 3, "last": {"a": "y" * 60, "b": "z" * 60}}
    lines = compact(value).splitlines()
    assert lines == [
        "{",
        '  "short": 1,',
        '  "list": [',
        f'    "{"x" * 50}", "{"x" * 50}",',
        f'    "{"x" * 50}"',
        "  ],",
        '  "last": {',
        f'    "a": "{"y" * 60}",',
        f'    "b": "{"z" * 60}"',
        "  }",
        "}",
    ]
    assert max(map(len, lines)) <= WIDTH
