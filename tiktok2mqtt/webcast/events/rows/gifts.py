"""The gift in a gift message, and what its events have in common."""

from collections.abc import Mapping
from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import Field
from tiktok2mqtt.webcast.events.parts import remembered
from tiktok2mqtt.webcast.events.rows.common import LABEL
from tiktok2mqtt.webcast.events.users import as_id, first_url, known_user
from tiktok2mqtt.webcast.schema.messages_pb2 import GiftStruct

_REMEMBERED_GIFTS: Final = 500
_UNTOLD: Final[Mapping[str, Any]] = dict.fromkeys(("gift_id", "name", "gift_type", "diamond_count", "image"))


def gift_details(message: Any) -> Mapping[str, Any]:
    """Return what a gift message tells of the gift itself: gift_id, name, gift_type, diamond_count, image.

    Shared: do not change it. All are null when the message leaves the gift out. Raises DecodeError.
    """
    return _details(message.gift) if message.HasField("gift") else _UNTOLD


@remembered(_REMEMBERED_GIFTS)
def _details(gift: bytes) -> Mapping[str, Any]:
    said = GiftStruct.FromString(gift)
    return {
        "gift_id": as_id(said.id),
        "name": said.name or None,
        "gift_type": said.type,
        "diamond_count": said.diamond_count,
        "image": first_url(said.image) or first_url(said.icon),
    }


def _gift(message: Any) -> dict[str, Any]:
    """Return the gift as the message tells it; what the message leaves out is null, never a guess."""
    details = gift_details(message)
    return {
        "gift_id": _gift_id(message),
        "name": details["name"],
        "gift_type": details["gift_type"],
        "diamond_count": details["diamond_count"],
        "repeat_count": message.repeat_count,
        "repeat_end": message.repeat_end,
        "group_id": as_id(message.group_id),
        "to_user_id": known_user(message.to_user)["user_id"] or as_id(message.gift_extra.to_user_id),
        "image": details["image"],
    }


def _gift_id(message: Any) -> str | None:
    return as_id(message.gift_id) or gift_details(message)["gift_id"]


_GIFT_KEYS = (
    Field("gift_id", "id", None, "The gift's id"),
    Field("name", "string", None, "Its name"),
    Field("gift_type", "integer", None, "1 comes in streaks; others count at once"),
    Field("diamond_count", "integer", None, "Price of one, in diamonds"),
    Field("repeat_count", "integer", None, "The message's own count"),
    Field("repeat_end", "integer", None, "1 in the last message of a streak"),
    Field("group_id", "id", None, "What the messages of a streak share"),
    Field("to_user_id", "id", None, "Who receives it"),
    Field("image", "string", None, "URL of its picture"),
)
_PICTURE = (
    Field("avg_color", "string", None, "Average colour"),
    Field("is_animated", "boolean", None, "Whether it moves"),
    Field("url_list", "array", None, "URLs", items="string"),
)
_EXTENDED = (
    Field("describe", "string", None, "What TikTok says of it"),
    Field("diamond_count", "integer", None, "Price of one, in diamonds"),
    Field("duration", "integer", None, "Length of its effect, in ms"),
    Field("icon", "object", None, "Small picture", fields=_PICTURE),
    Field("id", "id", None, "The gift's id"),
    Field("image", "object", None, "Picture", fields=_PICTURE),
    Field("is_broadcast_gift", "boolean", None, "Whether other rooms hear of it"),
    Field("is_displayed_on_panel", "boolean", None, "Whether it can be chosen"),
    Field("is_effect_befview", "boolean", None, "Whether its effect can be seen before"),
    Field("item_type", "integer", None, "Kind of item"),
    Field("name", "string", None, "Its name"),
    Field("type", "integer", None, "1 comes in streaks"),
)
GIFT = (
    Field("gift_id", "id", _gift_id, "The gift's id"),
    Field("gift", "object", _gift, "The gift: its name, its price, and the message's own counts", fields=_GIFT_KEYS),
    Field("count", "integer", None, "Gifts of the streak so far, the most any message told; never goes back"),
    Field(
        "delta",
        "integer",
        None,
        "Those of `count` that no earlier event of this name has told. To count gifts, add up the `delta` of `gift`",
    ),
    Field("diamonds", "integer", None, "Price of all `count` gifts, in diamonds; null when the price is unknown"),
    *LABEL,
    Field(
        "extended_gift_info",
        "object",
        None,
        "The gift's entry in the gift list; only when that is asked for",
        fields=_EXTENDED,
        optional=True,
    ),
)
