"""The gift list of a room: what the service says of each gift beside what a gift message carries.

Source: protocol reference, section 2, "gift list".
"""

from collections.abc import Iterable
from typing import Any, Final

_KEYS: Final = (
    "describe",
    "diamond_count",
    "duration",
    "id",
    "is_broadcast_gift",
    "is_displayed_on_panel",
    "is_effect_befview",
    "item_type",
    "name",
    "type",
)
# Key of the gift in an event, its name in the list, and its type: the list is the peer's.
_COMPLETED: Final = (("name", "name", str), ("diamond_count", "diamond_count", int), ("gift_type", "type", int))
_PICTURES: Final = ("icon", "image")
_PICTURE_KEYS: Final = ("avg_color", "is_animated", "url_list")


class GiftList:
    """Gifts by id."""

    def __init__(self, gifts: Iterable[dict[str, Any]] = ()) -> None:
        self._gifts = {str(gift["id"]): _extended(gift) for gift in gifts if gift.get("id")}

    def complete(self, event: dict[str, Any]) -> None:
        """Add `extended_gift_info` to a gift event (null for a gift not in the list), and what its message left out."""
        info = event["extended_gift_info"] = self._gifts.get(event["gift_id"] or "")
        if info is None:
            return
        gift = event["gift"]
        for key, listed, kind in _COMPLETED:
            if gift[key] is None and isinstance(info[listed], kind):
                gift[key] = info[listed]


def _extended(gift: dict[str, Any]) -> dict[str, Any]:
    info = {key: gift.get(key) for key in _KEYS}
    # 64-bit numbers are texts in everything that leaves us.
    info["id"] = str(gift["id"])
    for picture in _PICTURES:
        source = gift.get(picture)
        info[picture] = {key: source.get(key) for key in _PICTURE_KEYS} if isinstance(source, dict) else None
    return info
