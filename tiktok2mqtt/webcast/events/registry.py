"""How a row of the registry becomes a decoder, and which rows are refused.

A row names one event and says where each of its keys comes from. The rows themselves are in `rows`; everything else
(look-up by method, decoding, schemas, documentation) is computed from them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, Literal

from google.protobuf.message import DecodeError, Message

from tiktok2mqtt.webcast.events.decoders import PERSON, Fill, decoder
from tiktok2mqtt.webcast.events.fields import COMMON, COMMON_KEYS, Field, Read, unsaid
from tiktok2mqtt.webcast.events.parts import lazy

Event = dict[str, Any]
Kind = Literal["streaming", "gift", "like", "action", "lifecycle"]
_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Source:
    """Messages that make an event.

    `methods` are their types, `message` the protobuf type they are read as; people and gifts in it are bytes, see
    `parts`. `when` picks those of them that make the event; of the rows of one method at most one may lack it. `person`
    is the acting user: a path, or a function that may return None. `reads` says where a field comes from in these
    messages, where that is not the field's own source; None means that it is not there.
    """

    methods: tuple[str, ...]
    message: type[Message]
    when: Callable[[Any], bool] | None = None
    person: str | Read | None = None
    reads: Mapping[str, str | Read | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event: what it means, its kind, whether it must not be lost, its fields, and the messages it is made from.

    Without sources, the session or the client makes it.
    """

    event: str
    doc: str
    fields: tuple[Field, ...] = ()
    sources: tuple[Source, ...] = ()
    kind: Kind = "streaming"
    priority: bool = False
    has_person: bool = False

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """The fields of the event beside the common ones."""
        return (*(PERSON if self.has_person else ()), *self.fields)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the event beside the common ones."""
        return tuple(field.key for field in self.all_fields)


class BadRow(Exception):
    """A row that contradicts another row or its protobuf message. Raised at import."""


@dataclass(frozen=True, slots=True)
class _Decoder:
    """A row and one of its sources made ready: `fill` an event from a parsed message, if `when` agrees."""

    event: str
    when: Callable[[Any], bool] | None
    fill: Fill


def _decoder(row: EventRow, source: Source) -> _Decoder:
    fields = tuple(_in_source(f, source) for f in row.fields)
    fill = decoder(row.event, fields, source.message, has_person=row.has_person, user=source.person)
    return _Decoder(row.event, source.when, fill)


def _in_source(f: Field, source: Source) -> Field:
    if f.key not in source.reads:
        return f
    return replace(f, source=source.reads[f.key] or unsaid)


@dataclass(frozen=True, slots=True)
class _Method:
    message: type[Message]
    common: Read
    decoders: list[_Decoder]


class Registry:
    """All rows, by event name and by method. Raises BadRow."""

    def __init__(self, rows: Iterable[EventRow]) -> None:
        self.rows: dict[str, EventRow] = {}
        self._by_method: dict[str, _Method] = {}
        owners: dict[str, str] = {}
        for row in rows:
            _check_row(row, self.rows)
            self.rows[row.event] = row
            for source in row.sources:
                for method in source.methods:
                    self._add(row, source, method, owners)

    def _add(self, row: EventRow, source: Source, method: str, owners: dict[str, str]) -> None:
        entry = self._by_method.setdefault(method, _Method(lazy(source.message), _common(row, source), []))
        if entry.message is not lazy(source.message):
            raise BadRow(f"{row.event}: {method} is read as {entry.message.DESCRIPTOR.name} by another row")
        if source.when is None and (other := owners.setdefault(method, row.event)) != row.event:
            raise BadRow(f"{row.event}: {method} already makes {other}")
        entry.decoders.append(_decoder(row, source))

    @property
    def methods(self) -> frozenset[str]:
        """The message types that some row reads."""
        return frozenset(self._by_method)

    def decode(self, method: str, payload: bytes, start: Callable[[str, Any], Event]) -> list[Event]:
        """Return the events one message makes, in the order of the rows.

        `start(event name, common)` returns the dict that holds the common keys; `common` is the message's Common part.
        Raises DecodeError when the payload is no such message, KeyError when no row knows the method.
        """
        entry = self._by_method[method]
        message: Any = entry.message.FromString(payload)
        common = entry.common(message)
        events = []
        for row in entry.decoders:
            if row.when is None or row.when(message):
                event = start(row.event, common)
                row.fill(event, message)
                events.append(event)
        return events


def _common(row: EventRow, source: Source) -> Read:
    """Return the reader of a message's Common, which is its field 1 but for a few."""
    for f in source.message.DESCRIPTOR.fields:
        if f.message_type is not None and f.message_type.name == "Common":
            return attrgetter(f.name)
    raise BadRow(f"{row.event}: {source.message.DESCRIPTOR.name} has no Common")


def _check_row(row: EventRow, rows: dict[str, EventRow]) -> None:
    if not _SNAKE_CASE.fullmatch(row.event):
        raise BadRow(f"{row.event}: {row.event!r} is not snake_case")
    if row.event in rows:
        raise BadRow(f"{row.event}: two rows of that name: {rows[row.event].doc!r} and {row.doc!r}")
    if taken := {f.key for f in COMMON}.intersection(row.keys):
        raise BadRow(f"{row.event}: a key that every event has: {', '.join(sorted(taken))}")
    _check_keys(row, row.all_fields)
    methods = [method for source in row.sources for method in source.methods]
    if len(set(methods)) != len(methods):
        raise BadRow(f"{row.event}: a method appears twice among {', '.join(methods)}")
    for source in row.sources:
        _check_source(row, source)


def _check_keys(row: EventRow, fields: tuple[Field, ...]) -> None:
    keys = [f.key for f in fields]
    for key in keys:
        if not _SNAKE_CASE.fullmatch(key):
            raise BadRow(f"{row.event}: {key!r} is not snake_case")
    if len(set(keys)) != len(keys):
        raise BadRow(f"{row.event}: a key appears twice among {', '.join(keys)}")
    for f in fields:
        _check_keys(row, f.fields)


def _check_source(row: EventRow, source: Source) -> None:
    if unknown := source.reads.keys() - {f.key for f in row.fields}:
        raise BadRow(f"{row.event}: reads names no field: {', '.join(sorted(unknown))}")
    if source.person is not None and not row.has_person:
        raise BadRow(f"{row.event}: a source names a person, but the row has none")
    descriptor = lazy(source.message).DESCRIPTOR
    if isinstance(source.person, str):
        _check_path(row, descriptor, source.person)
    for f in row.fields:
        _check_field(row, descriptor, f, source.reads.get(f.key, f.source))


def _check_field(row: EventRow, descriptor: Any, f: Field, path: str | Read | None) -> None:
    if not isinstance(path, str):
        return
    inner = _check_path(row, descriptor, path)
    for part in f.fields:
        if inner is None:
            raise BadRow(f"{row.event}: {descriptor.name}.{path} holds no {part.key}")
        _check_field(row, inner, part, part.source)


def _check_path(row: EventRow, descriptor: Any, path: str) -> Any:
    """Return the descriptor of the message type the path leads to, None for any other type."""
    step = descriptor
    for name in path.split("."):
        if step is None or name not in step.fields_by_name:
            raise BadRow(f"{row.event}: {descriptor.name} has no field {path}")
        step = step.fields_by_name[name].message_type
    return step


__all__ = ["COMMON_KEYS", "BadRow", "DecodeError", "Event", "EventRow", "Field", "Registry", "Source"]
