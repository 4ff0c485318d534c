"""The acting person of an event: a User of the wire, flat, as events carry it. See `users`.

From a row and one of its sources to the function that fills an event: written as Python text, and compiled.

For a chat it reads::

    def fill(event, message):
        write_person(event, message.user, message.user_identity)
        event['comment'] = message.content or None
        event['emotes'] = read_emotes(message)
        ...

as dataclasses make their __init__. Looping over the fields instead costs some 7 % more processor time per event.
"""

from collections.abc import Callable
from typing import Any, Final

from google.protobuf.message import Message

from tiktok2mqtt.webcast.events.fields import WHO, Field, Read, expression, reader
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

Fill = Callable[[dict[str, Any], Any], None]


def decoder(
    event: str, fields: tuple[Field, ...], message: type[Message], *, has_person: bool, user: str | Read | None
) -> Fill:
    """Return `fill(event, message)`, which writes the keys of PERSON, if there is one, and those of the fields.

    `user` is the acting person's place in the message, or the function that finds it; None is nobody. `fill` raises
    DecodeError when a part of the message is none.
    """
    names: dict[str, Any] = {"write_person": person}
    lines = ["def fill(event, message):", "    pass"]
    if has_person:
        lines.append(f"    write_person(event, {_user(user, names)}, {_identity(message)})")
    lines += [f"    event[{field.key!r}] = {_value(field, names)}" for field in fields if field.source is not None]
    # All of the text comes from our own rows, whose keys and paths the registry has checked.
    exec(compile("\n".join(lines), f"<decoder of {event}>", "exec"), names)  # noqa: S102
    fill: Fill = names["fill"]
    return fill


def _user(user: str | Read | None, names: dict[str, Any]) -> str:
    if user is None or isinstance(user, str):
        return f"message.{user}" if user else "None"
    names["find_user"] = user
    return "find_user(message)"


def _identity(message: type[Message]) -> str:
    return "message.user_identity" if "user_identity" in message.DESCRIPTOR.fields_by_name else "b''"


def _value(field: Field, names: dict[str, Any]) -> str:
    if isinstance(field.source, str) and (value := expression(field.type, field.source)) is not None:
        return value
    name = f"read_{field.key}"
    names[name] = reader(field)
    return f"{name}(message)"
