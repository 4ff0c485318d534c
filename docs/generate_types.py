"""Writes the types of the events: one TypedDict for each row of the registry, and one for each object within."""

import textwrap
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, count
from keyword import iskeyword
from typing import Final

from tiktok2mqtt.webcast.events.decoders import PERSON
from tiktok2mqtt.webcast.events.fields import COMMON, WHO, Field
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows import REGISTRY

HEAD: Final = '''\
# Written by `python docs/generate.py` from the rows in tiktok2mqtt/webcast/events/rows: change those.
"""The events as types, for editors and type checkers. Needs no protobuf.

from tiktok2mqtt.webcast.events.types import ChatEvent
"""

from typing import Final, Literal, NotRequired, TypeAlias, TypedDict, get_args
'''
_WIDTH: Final = 120
_INDENT: Final = "    "
_SIMPLE: Final = {"id": "str", "string": "str", "integer": "int", "number": "float", "boolean": "bool"}
# What a TypedDict inherits, it may not narrow: event_type is for each event to say.
_SHARED: Final = tuple(field for field in COMMON if field.key != "event_type")


def types_module() -> str:
    """Return the whole of events/types.py. Raises ValueError for a key that cannot be an attribute in Python."""
    rows = tuple(REGISTRY.rows.values())
    return "\n\n".join([HEAD, *_Classes().of(rows), _names(rows)])


class _Classes:
    """Class definitions in the order in which they need each other. Objects of the same fields share a class."""

    def __init__(self) -> None:
        self._names: dict[tuple[Field, ...], str] = {}
        self._taken: set[str] = set()
        self._done: list[str] = []

    def of(self, rows: Collection[EventRow]) -> list[str]:
        self._define("Common", "The keys of every event, beside event_type.", _SHARED)
        self._names[_bare(WHO)] = self._define("Who", "A person, wherever people appear.", WHO)
        self._define("Person", "The acting person of an event.", PERSON[len(WHO) :], "Who")
        self._taken |= {_event_class(row) for row in rows}
        for row in rows:
            bases = "Common, Person" if row.has_person else "Common"
            first = (f'event_type: Literal["{row.event}"]',)
            self._define(_event_class(row), row.doc, row.fields, bases, first)
        return self._done

    def _define(
        self, name: str, doc: str, fields: Iterable[Field], bases: str = "TypedDict", first: tuple[str, ...] = ()
    ) -> str:
        stem = name.removesuffix("Event")
        lines = [line for field in fields for line in self._field(stem, field)]
        head = [f"class {name}({bases}):", *_docstring(doc), "", *(_INDENT + line for line in first)]
        self._done.append("\n".join([*head, *lines]) + "\n")
        return name

    def _field(self, stem: str, field: Field) -> Iterator[str]:
        if iskeyword(field.key):
            raise ValueError(f"{field.key} is a word of Python: call the key otherwise")
        annotation = self._annotation(stem, field)
        yield f"{_INDENT}{field.key}: {f'NotRequired[{annotation}]' if field.optional else annotation}"
        yield from _docstring(field.doc)

    def _annotation(self, stem: str, field: Field) -> str:
        name = _SIMPLE.get(field.items or field.type) or self._object(stem, field)
        annotation = f"list[{name}]" if field.type == "array" else name
        return f"{annotation} | None" if field.nullable else annotation

    def _object(self, stem: str, field: Field) -> str:
        shape = _bare(field.fields)
        if shape not in self._names:
            name = self._free(stem + _camel(field.key) + ("Item" if field.type == "array" else ""))
            doc = f"An entry of {field.key}." if field.type == "array" else field.doc
            self._names[shape] = self._define(name, doc, field.fields)
        return self._names[shape]

    def _free(self, name: str) -> str:
        """Return the name, or with a number behind it when there is such a class already."""
        names = chain([name], (f"{name}{number}" for number in count(2)))
        free = next(candidate for candidate in names if candidate not in self._taken)
        self._taken.add(free)
        return free


def _bare(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return the fields without their sources, which make no difference to a type."""
    return tuple(
        Field(f.key, f.type, None, f.doc, _bare(f.fields), f.items, optional=f.optional, nullable=f.nullable)
        for f in fields
    )


def _names(rows: Iterable[EventRow]) -> str:
    events = [f'    "{row.event}",' for row in rows]
    classes = map(_event_class, rows)
    return "\n".join(
        [
            *("EventName: TypeAlias = Literal[", *events, "]", '"""The name of an event."""', ""),
            *("EVENT_NAMES: Final[tuple[EventName, ...]] = get_args(EventName)", '"""The names of all events."""', ""),
            *("AnyEvent: TypeAlias = (", "    " + "\n    | ".join(classes), ")"),
            *('"""An event; its event_type says which."""', ""),
        ]
    )


def _docstring(text: str) -> list[str]:
    """Return a docstring, indented; of a long text, the first sentence stands by itself."""
    sentence = text if text.endswith(".") else f"{text}."
    quoted = sentence.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if len(quoted) <= _WIDTH - len(_INDENT) - 6:
        return [f'{_INDENT}"""{quoted}"""']
    first, stop, rest = quoted.partition(". ")
    lines = textwrap.wrap(first + stop.rstrip(), _WIDTH - len(_INDENT) - 3)
    if rest:
        lines += ["", *textwrap.wrap(rest, _WIDTH - len(_INDENT))]
    indented = ((_INDENT + line).rstrip() for line in lines[1:])
    return [f'{_INDENT}"""{lines[0]}', *indented, f'{_INDENT}"""']


def _event_class(row: EventRow) -> str:
    return f"{_camel(row.event)}Event"


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
