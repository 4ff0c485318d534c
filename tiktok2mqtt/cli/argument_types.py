"""The types of arguments on the command line, for argparse."""

from argparse import ArgumentTypeError
from ipaddress import IPv4Address
from typing import Final

from tiktok2mqtt.common.text import clean_room_name, did_you_mean

_MAX_PORT: Final = 65535


def user(text: str) -> str:
    """Return a room name, given as user name, @name or URL. Raises ArgumentTypeError."""
    try:
        return clean_room_name(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def event_names(text: str) -> frozenset[str]:
    """Return names of events, separated by commas. Raises ArgumentTypeError."""
    from tiktok2mqtt.webcast.events.rows import REGISTRY  # noqa: PLC0415 - takes time

    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in REGISTRY.rows:
            hint = did_you_mean(name, list(REGISTRY.rows))
            raise ArgumentTypeError(f"no such event: {name}" + (f" ({hint})" if hint else ""))
    return frozenset(names)


def address(text: str) -> str:
    """Return an IPv4 address. Raises ArgumentTypeError."""
    try:
        return str(IPv4Address(text))
    except ValueError as error:
        raise ArgumentTypeError(
            f"must be an IPv4 address of this machine, or 0.0.0.0 for all of them, not {text}"
        ) from error


def port(text: str) -> int:
    """Return a number of a port. Raises ArgumentTypeError."""
    if not (text.isdecimal() and int(text) <= _MAX_PORT):
        raise ArgumentTypeError(f"must be a number from 0 to {_MAX_PORT}, not {text}")
    return int(text)


def positive(text: str) -> float:
    """Return a number greater than 0. Raises ArgumentTypeError."""
    value = float(text)
    if not value > 0:
        raise ArgumentTypeError(f"must be greater than 0, not {text}")
    return value
