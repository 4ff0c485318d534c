"""The acting person of an event: a User of the wire, flat, as events carry it. See `users`."""

from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import WHO, Field
from tiktok2mqtt.webcast.events.users import granted, known_user

PERSON: Final = (
    *WHO,
    Field("is_moderator", "boolean", None, "True for a moderator; null when nothing says so"),
    Field("is_subscriber", "boolean", None, "True for a subscriber; null when nothing says so"),
    Field("is_follower", "boolean", None, "True for a follower of the host; null when nothing says so"),
    Field("is_top_gifter", "boolean", None, "True for somebody on the gifters' ranking; null when nothing says so"),
    Field("gifter_level", "integer", None, "Level as a gifter, from the badge"),
    Field("fans_level", "integer", None, "Level in the host's fan club, from the badge"),
    Field(
        "badges",
        "array",
        None,
        "All badges",
        fields=(
            Field("scene", "integer", None, "1 moderator, 4 subscriber, 6 ranking, 7 new subscriber, 8 gifter, 10 fan"),
            Field("level", "integer", None, "The level it shows, if any"),
        ),
    ),
)
"""The acting person of an event."""


def person(event: dict[str, Any], user: bytes | None, identity: bytes = b"") -> None:
    """Write the keys of PERSON into `event`. Raises DecodeError.

    `user` is a User or None for nobody, `identity` a UserIdentity. The flags are true, or null when nothing says so:
    the wire does not tell a "no" from a "not said".
    """
    if user is None:
        event |= _NOBODY
        return
    known = known_user(user)
    event |= known
    event["badges"] = list(map(dict.copy, known["badges"]))
    if identity:
        event |= granted(identity)


_NOBODY: Final = {field.key: None for field in PERSON}
