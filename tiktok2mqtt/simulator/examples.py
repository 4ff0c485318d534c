"""Messages of any type for a room, and an example for each event that has no verb of its own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from tiktok2mqtt.simulator.encoder import encode, message_types, schema
from tiktok2mqtt.simulator.messages import common
from tiktok2mqtt.simulator.wire import field as encode_field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tiktok2mqtt.simulator.encoder import Context

VERB_OF_EVENT: Final = {
    "chat": "chat",
    "member": "member",
    "like": "like",
    "room_user": "room_user",
    "social": "follow or share",
    "follow": "follow",
    "share": "share",
    "gift": "gift",
    "gift_streak": "gift_streak",
    "question_new": "question",
    "control": "control",
    "paused": "pause",
    "resumed": "unpause",
    "stream_end": "end or suspend",
    "envelope": "envelope",
    "envelopes": "envelope",
    "battle": "battle_start",
    "battle_started": "battle_start",
    "battle_ended": "battle_end",
    "link_mic_battle": "battle_start",
    "link_mic_armies": "battle_score",
    "connected": "go_live",
    "disconnected": "end or drop_socket",
    "gap": "drop_socket",
}
"""Events that a scenario makes with a verb."""


@dataclass(frozen=True)
class Example:
    """The message of an event: its type, and its fields as `encoder` takes them."""

    type: str
    fields: dict[str, Any]

    def with_fields(self, changes: Mapping[str, object]) -> dict[str, Any]:
        """Return the fields with some of them replaced; tables are merged, lists are not."""
        return _merged(self.fields, changes)


def find_example(event: str) -> Example:
    """Return the example of an event. Raises ValueError if there is none, with the verb or the name that is meant."""
    known = examples()
    if event in known:
        return known[event]
    if event in VERB_OF_EVENT:
        raise ValueError(f"{event} is made by the verb {VERB_OF_EVENT[event]}")
    raise ValueError(f"there is no event {event!r} to send{did_you_mean(event, (*known, *VERB_OF_EVENT))}")


@lru_cache(1)
def examples() -> dict[str, Example]:
    """Return the examples of `events.toml` by event."""
    text = files("tiktok2mqtt.simulator").joinpath("events.toml").read_text(encoding="utf-8")
    return {event: Example(row["type"], row["fields"]) for event, row in tomllib.loads(text).items()}


def compose_message(method: str, fields: Mapping[str, object], context: Context) -> bytes:
    """Return the payload of a message with its `common`, to which `fields.common` is added.

    Raises ValueError for an unknown type or field.
    """
    if method not in (types := message_types()):
        raise ValueError(f"there is no message {method!r}{did_you_mean(method, types)}")
    number: int = schema()[method]["common"][0]
    # The reader merges a message that comes twice (encoding guide of protobuf).
    return encode_field(number, common(context.head, method)) + encode(method, fields, context)


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(old[key], new[key]) for key in new if isinstance(old.get(key), dict) and isinstance(new[key], dict)
    }
    return {**old, **new, **both}


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the end of an error message: the known name that is meant, or nothing."""
    close = get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]}?" if close else ""
