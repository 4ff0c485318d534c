"""Parses the JSON answers of a sign provider: rooms of users, rate limits, lists of gifts. Pure: no I/O.

The answers are known from the provider's public specification and from its clients.
"""

from typing import Any

from tiktok2mqtt.common.errors import SchemaError
from tiktok2mqtt.webcast.lookup.answers import MAX_GIFT_LIST_ELEMENTS, as_id, as_int, as_object, parse_object, shown
from tiktok2mqtt.webcast.lookup.pages import Finding


def room(body: bytes) -> Finding:
    """Parse a sign provider's answer about a user's room: {ok, is_live, room_id}. Raises SchemaError.

    Providers that do not tell `is_live` name rooms of LIVEs only.
    """
    answer = parse_object(body, "the room of the sign provider")
    if answer.get("ok") is False:
        raise SchemaError(f"the sign provider knows no room: {shown(answer.get('message'), 80)}")
    room_id, live = as_id(answer.get("room_id")), answer.get("is_live", True)
    live = live if isinstance(live, bool) and (room_id or not live) else None
    return Finding(room_id, live)


def limits(body: bytes) -> str:
    """Parse a sign provider's rate limits: {minute, hour, day: {max, remaining, reset_at}}. Raises SchemaError.

    Returns them in plain words.
    """
    answer = parse_object(body, "the rate limits of the sign provider")
    parts = [
        f"{remaining} of {most} left this {period}"
        for period in ("minute", "hour", "day")
        if (remaining := as_int(as_object(answer.get(period)).get("remaining"))) is not None
        and (most := as_int(as_object(answer.get(period)).get("max"))) is not None
    ]
    if not parts:
        raise SchemaError("the rate limits of the sign provider contain no numbers")
    return ", ".join(parts)


def gifts(body: bytes) -> tuple[list[Any], int]:
    """Parse a page of a sign provider's catalogue: the gifts as received, and the number of pages. Raises SchemaError.

    `gifts` has {giftId, giftName, diamondCount, giftType ...} each.
    """
    answer = parse_object(body, "the catalogue of the sign provider", MAX_GIFT_LIST_ELEMENTS)
    listed = answer.get("gifts")
    if not isinstance(listed, list):
        raise SchemaError("the catalogue of the sign provider contains no list of gifts")
    return listed, as_int(answer.get("totalPages")) or 1


def room_gifts(body: bytes) -> tuple[list[Any], dict[str, bool]]:
    """Parse a sign provider's list of a room's gifts. Raises SchemaError.

    Returns the gifts that it describes, as received, and by gift ID whether the gift is in the room's panel. The answer
    is {response: {page_gifts: [ID], gift_overrides: {ID: {is_displayed_on_panel}}}}; some describe gifts in `gifts`.
    """
    answer = parse_object(body, "the gifts of the room", MAX_GIFT_LIST_ELEMENTS)
    result = as_object(answer.get("response")) or as_object(answer.get("data")) or answer
    listed, page, overrides = result.get("gifts"), result.get("page_gifts"), as_object(result.get("gift_overrides"))
    if not (isinstance(listed, list) or isinstance(page, list) or overrides):
        raise SchemaError("the sign provider lists no gifts of the room")
    displayed = {str(one): True for one in page if isinstance(one, int | str)} if isinstance(page, list) else {}
    for gift_id, override in overrides.items():
        if isinstance(is_displayed := as_object(override).get("is_displayed_on_panel"), bool):
            displayed[gift_id] = is_displayed
    return listed if isinstance(listed, list) else [], displayed
