"""From a row and one of its sources to the function that fills an event: written as Python text, and compiled.

For a chat it reads::

    def fill(event, message):
        write_person(event, message.user, message.user_identity)
        event['comment'] = message.content or None
        event['emotes'] = read_emotes(message)
        ...

as dataclasses make their __init__. Looping over the fields instead costs some 7 % more processor time per event.
"""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message

from tiktok2mqtt.webcast.events.fields import Field, Read, expression, reader
from tiktok2mqtt.webcast.events.people import person

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
