"""The registry: which events each message makes, and how its keys are read.

A row names one event and says where each of its keys comes from; the rows are in `rows`. Decoders, JSON Schemas, types
and documentation are all made from them. Rows that contradict each other or their message are refused.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, Final, Literal

from google.protobuf.message import DecodeError, Message

from tiktok2mqtt.webcast.events.fields import (
    COMMON,
    COMMON_KEYS,
    Field,
    Part,
    Read,
    Readers,
    Schema,
    always_null,
    grouped_readers,
    object_schema,
)
from tiktok2mqtt.webcast.events.instants import CheckTimes, instant_paths, time_checker
from tiktok2mqtt.webcast.events.limits import (
    IS_PURE_PYTHON,
    LARGE_MESSAGE_BYTES,
    TooLargeError,
    check_message,
    lazy_type,
    shorten_texts,
)
from tiktok2mqtt.webcast.events.repair import repair
from tiktok2mqtt.webcast.events.users import MISSING, PERSON, own_identity, own_pieces, render, write_person

Event = dict[str, Any]
Kind = Literal["streaming", "gift", "like", "action", "lifecycle", "state"]
# For up to this many decoders of a message type, getting the display text once for all of them does not pay.
_FEW_DECODERS: Final = 2
_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SCHEMA_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCHEMA_ID_PREFIX: Final = "urn:tiktok2mqtt:event:"


def derived_event(event: Event, name: str, event_id: str) -> Event:
    """Return a new event with the common keys of another one, and with an id of its own."""
    common = {key: event[key] for key in COMMON_KEYS if key in event}
    return common | {"event_type": name, "id": event_id, "delayed": False}


@dataclass(frozen=True, slots=True)
class Source:
    """Messages that make an event.

    `methods` are their types on the wire, and `message` is the protobuf type; users and gifts in it are bytes, see
    `lazy`. `when` selects the messages that make the event; of all rows for one method, at most one may lack it.
    `person` is the acting user: a path, or a function that may return None. `identity` returns what the user is to the
    host, for messages that have it elsewhere than in `user_identity`. `time` is the instant of the event, for messages
    whose Common has none. `overrides` replaces the source of a field for these messages; None means that they do not
    have it.
    """

    methods: tuple[str, ...]
    message: type[Message]
    when: Callable[[Any], bool] | None = None
    person: str | Read | None = None
    identity: Read | None = None
    time: str | Read | None = None
    overrides: Mapping[str, str | Read | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event: its description, kind, priority, fields, and the messages it is made from.

    An event with priority must not be lost. A row without sources describes an event that the session or the client
    makes.
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
        """The fields of the event, without the common ones."""
        return (*(PERSON if self.has_person else ()), *self.fields)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the event, without the common ones."""
        return tuple(field.key for field in self.all_fields)


def event_schema(row: EventRow) -> Schema:
    """Return the JSON Schema (draft 2020-12) of an event. It allows no key that the row does not name."""
    head = {
        "$schema": _SCHEMA_DIALECT,
        "$id": _SCHEMA_ID_PREFIX + row.event,
        "title": row.event,
        "description": row.doc,
        "type": "object",
    }
    keys = object_schema((*COMMON, *row.all_fields))
    keys["properties"]["event_type"]["const"] = row.event
    keys["properties"]["ts"]["format"] = "date-time"
    return head | keys


class BadRow(Exception):
    """A row that contradicts another row or its protobuf message. Raised at import."""


class Registry:
    """All rows, by event name and by method. Raises BadRow."""

    def __init__(self, rows: Iterable[EventRow]) -> None:
        self.rows: dict[str, EventRow] = {}
        self._by_method: dict[str, _Method] = {}
        unconditional: dict[str, str] = {}
        for row in rows:
            _check_row(row, self.rows)
            self.rows[row.event] = row
            for source in row.sources:
                for method in source.methods:
                    self._add(row, source, method, unconditional)

    def _add(self, row: EventRow, source: Source, method: str, unconditional: dict[str, str]) -> None:
        message = lazy_type(source.message)
        entry = self._by_method.setdefault(
            method, _Method(message, source.message.DESCRIPTOR, _common_reader(row, source), [])
        )
        if entry.message is not message:
            raise BadRow(f"{row.event}: {method} is read as {entry.message.DESCRIPTOR.name} by another row")
        if source.when is None and (other := unconditional.setdefault(method, row.event)) != row.event:
            raise BadRow(f"{row.event}: {method} already makes {other}")
        entry.decoders.append(_decoder(row, source))

    @property
    def methods(self) -> frozenset[str]:
        """The message types that some row reads."""
        return frozenset(self._by_method)

    def schemas(self) -> dict[str, Schema]:
        """Return the JSON Schema of every event by its name."""
        return {name: event_schema(row) for name, row in self.rows.items()}

    def decode(
        self, method: str, payload: bytes, start: Callable[[str, Any], Event], bad_fields: Counter[str] | None = None
    ) -> list[Event]:
        """Return the events one message makes, in the order of the rows.

        `start(event name, common)` returns the dict that holds the common keys; `common` is the message's Common part.
        A field that cannot be read is left out and counted in `bad_fields`, see `repair`. Raises DecodeError if the
        payload is not such a message, TooLargeError (a DecodeError) if the message has too many bytes, fields or
        values, KeyError if no row reads the method.
        """
        entry = self._by_method[method]
        try:
            if len(payload) > LARGE_MESSAGE_BYTES or IS_PURE_PYTHON:
                check_message(payload, entry.descriptor)
            return _events(entry, payload, start)
        except TooLargeError:
            raise
        except (DecodeError, UnicodeDecodeError):
            # UnicodeDecodeError is raised by protobuf in pure Python only.
            counted = Counter() if bad_fields is None else bad_fields
            return _events(entry, repair(payload, entry.descriptor, counted), start)


def _events(entry: "_Method", payload: bytes, start: Callable[[str, Any], Event]) -> list[Event]:
    message: Any = entry.message.FromString(payload)
    common = entry.read_common(message)
    # Each access to a nested message creates it again, unless a reference to it is held.
    held = common.display_text if len(entry.decoders) > _FEW_DECODERS else None
    events = []
    for decoder in entry.decoders:
        if decoder.when is None or decoder.when(message):
            event = start(decoder.event, common)
            if decoder.write_person is not None:
                decoder.write_person(event, message)
            for get_part, nulls, readers in decoder.readers:
                if get_part is None:
                    part = message
                elif (part := get_part(message)) is None:
                    event |= nulls
                    continue
                for key, read in readers:
                    event[key] = read(part)
            if decoder.finish is not None:
                decoder.finish(event, message, common)
            if len(payload) > LARGE_MESSAGE_BYTES:
                shorten_texts(event)
            events.append(event)
    del held
    return events


# --- from a row to its decoder ---


@dataclass(frozen=True, slots=True)
class _Decoder:
    """How one source of a row makes its event. `finish` is called when all keys are written."""

    event: str
    when: Callable[[Any], bool] | None
    write_person: Callable[[Event, Any], None] | None
    readers: tuple[Readers, ...]
    finish: CheckTimes | None


@dataclass(frozen=True, slots=True)
class _Method:
    """A message type on the wire. `message` is its lazy type, `descriptor` that of the schema."""

    message: type[Message]
    descriptor: Any
    read_common: Read
    decoders: list[_Decoder]


def _decoder(row: EventRow, source: Source) -> _Decoder:
    fields = tuple(_in_source(f, source) for f in row.fields)
    person = _person_writer(source) if row.has_person else None
    get_time = attrgetter(source.time) if isinstance(source.time, str) else source.time
    times = time_checker(get_time, instant_paths(fields))
    has_text = any(f.key == "text" and isinstance(f.source, Part) and f.source.read is render for f in fields)
    return _Decoder(row.event, source.when, person, grouped_readers(fields), _filling(times) if has_text else times)


def _filling(then: CheckTimes | None) -> CheckTimes:
    """Return a function that fills what the display text in Common lacks, and calls another one."""

    def finish(event: Event, message: Any, common: Any) -> None:
        if (text := event["text"]) and MISSING in text:
            event["text"] = render(common.display_text, own_pieces(event))
        if then is not None:
            then(event, message, common)

    return finish


def _in_source(f: Field, source: Source) -> Field:
    if f.key not in source.overrides:
        return f
    return replace(f, source=source.overrides[f.key] or always_null)


def _person_writer(source: Source) -> Callable[[Event, Any], None]:
    get_user: Read = attrgetter(source.person) if isinstance(source.person, str) else source.person or always_null
    get_identity = source.identity
    if get_identity is None and "user_identity" in source.message.DESCRIPTOR.fields_by_name:
        get_identity = own_identity
    if get_identity is None:
        return lambda event, message: write_person(event, get_user(message))
    return lambda event, message: write_person(event, get_user(message), get_identity(message))


def _common_reader(row: EventRow, source: Source) -> Read:
    """Return the reader of a message's Common, which is field 1 of most messages but not of all."""
    for f in source.message.DESCRIPTOR.fields:
        if f.message_type is not None and f.message_type.name == "Common":
            return attrgetter(f.name)
    raise BadRow(f"{row.event}: {source.message.DESCRIPTOR.name} has no Common")


# --- what makes a row bad ---


def _check_row(row: EventRow, rows: dict[str, EventRow]) -> None:
    if not _SNAKE_CASE.fullmatch(row.event):
        raise BadRow(f"{row.event}: {row.event!r} is not snake_case")
    if row.event in rows:
        raise BadRow(f"{row.event}: two rows with that name: {rows[row.event].doc!r} and {row.doc!r}")
    if taken := {f.key for f in COMMON}.intersection(row.keys):
        raise BadRow(f"{row.event}: every event already has the key {', '.join(sorted(taken))}")
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
    if unknown := source.overrides.keys() - {f.key for f in row.fields}:
        raise BadRow(f"{row.event}: overrides for unknown fields: {', '.join(sorted(unknown))}")
    if source.person is not None and not row.has_person:
        raise BadRow(f"{row.event}: a source names a person, but the row has none")
    descriptor = lazy_type(source.message).DESCRIPTOR
    for path in (source.person, source.time):
        if isinstance(path, str):
            _check_path(row, descriptor, path)
    for f in row.fields:
        _check_field(row, descriptor, f, source.overrides.get(f.key, f.source))


def _check_field(row: EventRow, descriptor: Any, f: Field, path: str | Part | Read | None) -> None:
    if isinstance(path, Part) and isinstance(path.of, str):
        _check_field(row, _check_path(row, descriptor, path.of), f, path.read)
    if not isinstance(path, str):
        return
    inner = _check_path(row, descriptor, path)
    for part in f.fields:
        if inner is None:
            raise BadRow(f"{row.event}: {descriptor.name}.{path} is not a message and has no {part.key}")
        _check_field(row, inner, part, part.source)


def _check_path(row: EventRow, descriptor: Any, path: str) -> Any:
    """Return the descriptor of the message type at the end of the path, None for any other type."""
    step = descriptor
    for name in path.split("."):
        if step is None or name not in step.fields_by_name:
            raise BadRow(f"{row.event}: {descriptor.name} has no field {path}")
        step = step.fields_by_name[name].message_type
    return step


__all__ = [
    "BadRow",
    "DecodeError",
    "Event",
    "EventRow",
    "Kind",
    "Registry",
    "Source",
    "TooLargeError",
    "derived_event",
    "event_schema",
]
