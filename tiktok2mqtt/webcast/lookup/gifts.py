"""The gift list of a room: what the service says about each gift beyond what a gift message contains.

Source: protocol reference, section 2, "gift list".
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from tiktok2mqtt.webcast.lookup.pages import MAX_TEXT_CHARS, MAX_URL_CHARS

# The list stays in memory as long as its LIVE is connected. TikTok's has some hundred gifts, with up to four URLs each.
MAX_GIFTS: Final = 2_000
_MAX_URLS: Final = 8
_KEYS: Final[Mapping[str, type]] = {
    "describe": str,
    "diamond_count": int,
    "duration": int,
    "is_broadcast_gift": bool,
    "is_displayed_on_panel": bool,
    "is_effect_befview": bool,
    "item_type": int,
    "name": str,
    "type": int,
}
# Key of the gift in an event -> its key in the list.
_FILLED_IN: Final = {"name": "name", "diamond_count": "diamond_count", "gift_type": "type"}
_PICTURES: Final = ("icon", "image")


class GiftList:
    """The gifts of a room by id, built from the entries of `data.gifts` in the answer.

    Each becomes an `extended_gift_info`: {describe, diamond_count, duration (ms), icon, id (string), image,
    is_broadcast_gift, is_displayed_on_panel, is_effect_befview, item_type, name, type}, with icon and image
    {avg_color, is_animated, url_list}. A value of an unexpected type becomes null: the list is not ours. Only the first
    MAX_GIFTS are kept, and of their texts and URLs what is not too long.
    """

    def __init__(self, gifts: Iterable[dict[str, Any]] = ()) -> None:
        named = (gift for gift in gifts if isinstance(gift.get("id"), int | str) and gift["id"])
        self._gifts = {str(gift["id"]): _extended(gift) for gift in islice(named, MAX_GIFTS)}

    def complete(self, event: dict[str, Any]) -> None:
        """Add `extended_gift_info` to a gift event; null when the gift is not in the list.

        Name, price and type of the gift are filled in where the message left them out; they are never replaced.
        """
        info = event["extended_gift_info"] = self._gifts.get(event["gift_id"] or "")
        if info is None:
            return
        gift = event["gift"]
        for key, listed in _FILLED_IN.items():
            if gift[key] is None:
                gift[key] = info[listed]


def _extended(gift: dict[str, Any]) -> dict[str, Any]:
    info: dict[str, Any] = {key: _typed(gift.get(key), kind) for key, kind in _KEYS.items()}
    # In events, 64-bit ids are strings.
    info["id"] = str(gift["id"])
    return info | {key: _picture(gift.get(key)) for key in _PICTURES}


def _picture(picture: Any) -> dict[str, Any] | None:
    if not isinstance(picture, dict):
        return None
    urls = _typed(picture.get("url_list"), list)
    return {
        "avg_color": _typed(picture.get("avg_color"), str),
        "is_animated": _typed(picture.get("is_animated"), bool),
        "url_list": None if urls is None else list(islice(filter(_is_url, urls), _MAX_URLS)),
    }


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_URL_CHARS


def _typed(value: Any, kind: type) -> Any:
    """Return the value if it is of exactly this type (True is not a number) and no text without end, otherwise None."""
    is_endless = isinstance(value, str) and len(value) > MAX_TEXT_CHARS
    return value if type(value) is kind and not is_endless else None
