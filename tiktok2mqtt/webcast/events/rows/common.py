"""What rows share: groups of fields, and the row of a message that is told as it is."""

from dataclasses import replace
from typing import Any

from google.protobuf.message import Message

from tiktok2mqtt.webcast.events.fields import Field, Read, generic_fields
from tiktok2mqtt.webcast.events.registry import COMMON_KEYS, EventRow, Source
from tiktok2mqtt.webcast.events.texts import render


def rendered(message: Any) -> str | None:
    """Return what TikTok would show about a message, in English."""
    return render(message.common.display_text)


TEXT = (Field("text", "string", rendered, "What TikTok shows about it, in English"),)
LABEL = (
    Field("display_type", "string", "common.display_text.key", "Key of the text TikTok shows"),
    Field("label", "string", "common.display_text.default_pattern", "That text in English, with holes like {0:user}"),
    *TEXT,
)


def plain(  # noqa: PLR0913 - keyword arguments, one fact of the row each
    event: str,
    message: type[Message],
    doc: str,
    *,
    also: tuple[str, ...] = (),
    person: str | Read | None = None,
    fields: tuple[Field, ...] | None = None,
    priority: bool = False,
) -> EventRow:
    """Return the row of one message type, called as the type is.

    Without `fields`, all that the type holds is told under its own names, and `text` before it; a name that is a key of
    every event gets `message_` before it. `also` are other names under which messages of this type come.
    """
    if fields is None:
        skip = ("common", "text", *((person,) if isinstance(person, str) else ()))
        fields = (*TEXT, *(_apart(f) for f in generic_fields(message.DESCRIPTOR, skip)))
    source = Source((message.DESCRIPTOR.name, *also), message, person=person)
    return EventRow(event, doc, fields, (source,), priority=priority, has_person=person is not None)


def _apart(f: Field) -> Field:
    return replace(f, key=f"message_{f.key}") if f.key in COMMON_KEYS else f
