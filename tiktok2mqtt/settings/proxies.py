"""Reads the proxies of single rooms, in each of the forms in which they may be given."""

from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import SecretStr

from tiktok2mqtt.common.names import clean_room_name
from tiktok2mqtt.webcast.net.proxies import parse_proxy


def room_proxies(value: Any) -> dict[str, SecretStr] | None:
    """Read `alice=URL,bob=URL`, a JSON object, or a table; return proxies by clean room name."""
    if value is None:
        return None
    pairs = value.items() if isinstance(value, Mapping) else _pairs(value)
    proxies: dict[str, SecretStr] = {}
    for room, proxy in pairs:
        name = _clean(room)
        if name in proxies:
            raise ValueError(f"names {name} twice; keep one of them")
        proxies[name] = _room_proxy(name, proxy)
    return proxies


def _pairs(value: Any) -> list[tuple[str, Any]]:
    wrong = ValueError("must be a table of proxies by room, alice=URL,bob=URL, or a JSON object")
    if not isinstance(value, str):
        raise wrong
    if value.lstrip().startswith("{"):
        try:
            return list(orjson.loads(value).items())
        except orjson.JSONDecodeError:
            raise wrong from None
    parts = [part.strip().partition("=") for part in value.split(",") if part.strip()]
    if not all(is_pair for _, is_pair, _ in parts):
        raise wrong
    return [(room.strip(), proxy.strip()) for room, _, proxy in parts]


def _clean(room: str) -> str:
    try:
        return clean_room_name(room)
    except ValueError as error:
        raise ValueError(f"names a room wrongly: {error}") from None


def _room_proxy(room: str, proxy: Any) -> SecretStr:
    text = proxy.get_secret_value() if isinstance(proxy, SecretStr) else proxy
    if not isinstance(text, str):
        raise ValueError(f"the proxy of {room} must be a text")  # noqa: TRY004 - pydantic takes ValueError
    try:
        parse_proxy(text)
    except ValueError as error:
        raise ValueError(f"the proxy of {room} {error}") from None
    return SecretStr(text)
