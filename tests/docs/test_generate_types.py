import pytest

from docs import generate_types
from docs.generate_types import handlers_module, types_module
from tiktok2mqtt.webcast.events.fields import Field
from tiktok2mqtt.webcast.events.registry import EventRow, Registry

PART = (Field("size", "integer", None, "How large"),)


def written(monkeypatch: pytest.MonkeyPatch, *rows: EventRow) -> str:
    monkeypatch.setattr(generate_types, "REGISTRY", Registry(rows))
    text = types_module()
    compile(text, "types.py", "exec")
    return text


def test_a_row_becomes_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    row = EventRow(
        "big_wave",
        "A wave.",
        (
            Field("thing", "object", None, "A thing", fields=PART),
            Field("things", "array", None, "More", fields=PART, optional=True),
            Field("ids", "array", None, "Ids", items="id", nullable=False),
        ),
        has_person=True,
    )
    text = written(monkeypatch, row)
    assert (
        '''class BigWaveThing(TypedDict):
    """A thing."""

    size: int | None
    """How large."""


class BigWaveEvent(Common, Person):
    """A wave."""

    event_type: Literal["big_wave"]
    thing: BigWaveThing | None
    """A thing."""
    things: NotRequired[list[BigWaveThing] | None]
    """More."""
    ids: list[str]
    """Ids."""
'''
        in text
    )
    assert 'EventName: TypeAlias = Literal[\n    "big_wave",\n]\n' in text
    assert "AnyEvent: TypeAlias = (\n    BigWaveEvent\n)\n" in text


def test_classes_of_the_same_name_get_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    other = (Field("length", "integer", None, "How long"),)
    text = written(
        monkeypatch,
        EventRow("a", "A.", (Field("b_c", "object", None, "x", fields=PART),)),
        EventRow("a_b", "B.", (Field("c", "object", None, "x", fields=other),)),
        EventRow("a_b_c", "C.", (Field("event", "object", None, "x", fields=(*PART, *other)),)),
        EventRow("a_b_c_event", "D.", (Field("same", "object", None, "y", fields=PART),)),
    )
    assert "class ABC(TypedDict)" in text
    assert "class ABC2(TypedDict)" in text
    assert "class ABCEvent2(TypedDict)" in text
    assert "    same: ABC | None" in text


def test_long_texts_and_quotes_fit_their_docstring(monkeypatch: pytest.MonkeyPatch) -> None:
    text = written(monkeypatch, EventRow("a", 'A """quote""" \\. And ' + "many words " * 30 + "more."))
    assert max(map(len, text.splitlines())) <= 120
    assert '    """A \\"\\"\\"quote\\"\\"\\" \\\\.\n\n    And many words many' in text


def test_a_key_that_is_a_python_keyword_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="from is a Python keyword"):
        written(monkeypatch, EventRow("a", "A.", (Field("from", "string", None, "Who"),)))


def test_a_row_becomes_a_typed_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [EventRow(name, "A.", ()) for name in ("a", "link_mic_battle_punish_finish_again")]
    monkeypatch.setattr(generate_types, "REGISTRY", Registry(rows))
    text = handlers_module()
    compile(text, "handlers.py", "exec")
    assert '    def on(self, event: Literal["a"], handler: _To[t.AEvent]) -> Self: ...\n' in text
    assert max(map(len, text.splitlines())) <= 120
