"""The keys that every event has, whatever it is about. `session` writes them."""

from typing import Final

from tiktok2mqtt.webcast.events.fields import Field

COMMON: Final = (
    Field("v", "integer", None, "Version of this format", nullable=False),
    Field("event_type", "string", None, "Name of the event", nullable=False),
    Field("id", "id", None, "Id of the message it was made from", nullable=False),
    Field("ts", "string", None, "When it happened: RFC 3339, UTC, with milliseconds", nullable=False),
    Field("room", "string", None, "User name of the host, in lower case and without @", nullable=False),
    Field("room_id", "id", None, "Id of the room, which is another one with every LIVE", nullable=False),
    Field("session_id", "id", None, "Id of the LIVE session", nullable=False),
    Field("source", "string", None, "How it was heard: direct, signed, polling, replay or simulated", nullable=False),
    Field("replayed", "boolean", None, "True when it happened before the room was joined", nullable=False),
    Field("delayed", "boolean", None, "True when it had to wait for more than 5 s on its way out", nullable=False),
    Field(
        "truncated",
        "boolean",
        None,
        "True when long texts or lists were cut to make it fit",
        optional=True,
        nullable=False,
    ),
)

COMMON_KEYS: Final = tuple(field.key for field in COMMON if not field.optional)
"""Those that no event lacks."""
