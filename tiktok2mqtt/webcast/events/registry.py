"""How a row of the registry becomes a decoder, and which rows are refused.

A row names one event and says where each of its keys comes from. The rows themselves are in `rows`; everything else
(look-up by method, decoding, field lists) is computed here from them, once, at import.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

from google.protobuf.message import DecodeError, Message

from tiktok2mqtt.webcast.events.people import PERSON_KEYS, person

Event = dict[str, Any]
JsonType = Literal["id", "integer", "number", "string", "boolean", "object", "array"]
Kind = Literal["streaming", "gift", "like", "action", "lifecycle"]
_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an event.

    `source` is a dotted path in the message, a function of the message, or None for a key that the session or the
    client fills in. A field of type `id` is a 64-bit number sent as a string; 0 and "" become null. Any field may be
    null.
    """

    key: str
    type: JsonType
    source: str | Callable[[Any], Any] | None
    doc: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event.

    `methods` are the message types it is made from; without any, the session or the client makes it. `when` picks the
    messages of that type which make this event; at most one row of a method may lack it. `person` is the path of the
    acting user, whose flat keys the event then has.
    """

    event: str
    doc: str
    kind: Kind = "streaming"
    priority: bool = False
    methods: tuple[str, ...] = ()
    message: type[Message] | None = None
    fields: tuple[Field, ...] = ()
    person: str | None = None
    when: Callable[[Any], bool] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the event beside the common ones."""
        return (PERSON_KEYS if self.person else ()) + tuple(field.key for field in self.fields)


class BadRow(Exception):
    """A row that contradicts another row or its protobuf message. Raised at import."""


def _as_id(value: Any) -> str | None:
    return str(value) if value else None


def _as_text(value: Any) -> str | None:
    return value or None


def _reader(field: Field) -> Callable[[Any], Any] | None:
    if field.source is None or callable(field.source):
        return field.source
    get = attrgetter(field.source)
    if field.type == "id":
        return lambda message: _as_id(get(message))
    if field.type == "string":
        return lambda message: _as_text(get(message))
    if field.type == "boolean":
        return lambda message: bool(get(message))
    return get


class _Decoder:
    """A row made ready: fills an event from a parsed message without looking anything up."""

    def __init__(self, row: EventRow) -> None:
        self.event = row.event
        self.when = row.when
        self._readers = tuple((f.key, reader) for f in row.fields if (reader := _reader(f)) is not None)
        self._user = attrgetter(row.person) if row.person else None
        descriptor = row.message.DESCRIPTOR if row.message else None
        self._identity = bool(descriptor and "user_identity" in descriptor.fields_by_name)

    def fill(self, event: Event, message: Any) -> None:
        if self._user is not None:
            person(event, self._user(message), message.user_identity if self._identity else None)
        for key, read in self._readers:
            event[key] = read(message)


class Registry:
    """All rows, by event name and by method. Raises BadRow."""

    def __init__(self, rows: Iterable[EventRow]) -> None:
        self.rows: dict[str, EventRow] = {}
        self._by_method: dict[str, tuple[type[Message], list[_Decoder]]] = {}
        owner: dict[str, str] = {}
        for row in rows:
            _check_row(row, self.rows)
            self.rows[row.event] = row
            for method in row.methods:
                self._add_method(row, method, owner)

    def _add_method(self, row: EventRow, method: str, owner: dict[str, str]) -> None:
        assert row.message is not None  # noqa: S101 - _check_row made sure
        message, decoders = self._by_method.setdefault(method, (row.message, []))
        if message is not row.message:
            raise BadRow(f"{row.event}: {method} is read as {message.DESCRIPTOR.name} by another row")
        if row.when is None and (other := owner.setdefault(method, row.event)) != row.event:
            raise BadRow(f"{row.event}: {method} already makes {other}")
        decoders.append(_Decoder(row))

    @property
    def methods(self) -> frozenset[str]:
        """The message types that some row reads."""
        return frozenset(self._by_method)

    def knows(self, method: str) -> bool:
        """Return whether a row reads messages of this type."""
        return method in self._by_method

    def decode(self, method: str, payload: bytes, start: Callable[[str, Any], Event]) -> list[Event]:
        """Return the events one message makes, in the order of the rows.

        `start(event name, common)` returns the dict that holds the common keys; `common` is the message's Common part.
        Raises DecodeError when the payload is no such message, KeyError when no row knows the method.
        """
        message_type, decoders = self._by_method[method]
        message: Any = message_type()
        message.ParseFromString(payload)
        events = []
        for decoder in decoders:
            if decoder.when is None or decoder.when(message):
                event = start(decoder.event, message.common)
                decoder.fill(event, message)
                events.append(event)
        return events


def _check_row(row: EventRow, rows: dict[str, EventRow]) -> None:
    for name in (row.event, *row.keys):
        if not _SNAKE_CASE.fullmatch(name):
            raise BadRow(f"{row.event}: {name!r} is not snake_case")
    if row.event in rows:
        raise BadRow(f"{row.event}: two rows of that name: {rows[row.event].doc!r} and {row.doc!r}")
    if len(set(row.keys)) != len(row.keys):
        raise BadRow(f"{row.event}: a key appears twice among {', '.join(row.keys)}")
    if bool(row.methods) != (row.message is not None):
        raise BadRow(f"{row.event}: methods and message go together")
    if len(set(row.methods)) != len(row.methods):
        raise BadRow(f"{row.event}: a method appears twice among {', '.join(row.methods)}")
    if row.message is not None:
        paths = [field.source for field in row.fields if isinstance(field.source, str)]
        for path in ("common", *paths, *([row.person] if row.person else [])):
            _check_path(row, row.message.DESCRIPTOR, path)


def _check_path(row: EventRow, descriptor: Any, path: str) -> None:
    step = descriptor
    for name in path.split("."):
        if step is None or name not in step.fields_by_name:
            raise BadRow(f"{row.event}: {descriptor.name} has no field {path}")
        step = step.fields_by_name[name].message_type


__all__ = ["BadRow", "DecodeError", "Event", "EventRow", "Field", "Registry"]
