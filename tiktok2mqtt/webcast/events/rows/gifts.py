"""Gifts: what a gift message says about the gift, and the events made from it."""

from collections.abc import Mapping
from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import Field, as_id, as_text, first_url
from tiktok2mqtt.webcast.events.limits import cached, lazy_type
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows.common import LABEL, simple_row
from tiktok2mqtt.webcast.events.users import read_person
from tiktok2mqtt.webcast.schema import messages_pb2 as pb

_CACHED_GIFTS: Final = 500
_LAZY_GIFT: Final = lazy_type(pb.GiftStruct)
_NO_DETAILS: Final[Mapping[str, Any]] = dict.fromkeys(("gift_id", "name", "gift_type", "diamond_count", "image"))


def gift_details(message: Any) -> Mapping[str, Any]:
    """Return the gift described in a gift message: gift_id, name, gift_type, diamond_count, image.

    All are null if the message has no description. The result is shared: do not change it. Raises DecodeError.
    """
    return _details(message.gift) if message.HasField("gift") else _NO_DETAILS


@cached(_CACHED_GIFTS)
def _details(raw: bytes) -> Mapping[str, Any]:
    gift: Any = _LAZY_GIFT.FromString(raw)
    return {
        "gift_id": as_id(gift.id),
        "name": as_text(gift.name),
        "gift_type": gift.type,
        "diamond_count": gift.diamond_count,
        "image": first_url(gift.image) or first_url(gift.icon),
    }


def _gift(message: Any) -> dict[str, Any]:
    """Return the gift as the message describes it; what the message leaves out is null, never a guess."""
    details = gift_details(message)
    return {
        "gift_id": _gift_id(message),
        "name": details["name"],
        "gift_type": details["gift_type"],
        "diamond_count": details["diamond_count"],
        "repeat_count": message.repeat_count,
        "repeat_end": message.repeat_end,
        "group_id": as_id(message.group_id),
        "to_user_id": read_person(message.to_user)["user_id"] or as_id(message.gift_extra.to_user_id),
        "image": details["image"],
    }


def _gift_id(message: Any) -> str | None:
    return as_id(message.gift_id) or gift_details(message)["gift_id"]


_GIFT_KEYS = (
    Field("gift_id", "id", None, "ID of the gift"),
    Field("name", "string", None, "Name of the gift"),
    Field("gift_type", "integer", None, "1 is sent in streaks; other types are counted at once"),
    Field("diamond_count", "integer", None, "Price of one gift, in diamonds"),
    Field("repeat_count", "integer", None, "Count in this message"),
    Field("repeat_end", "integer", None, "1 in the last message of a streak"),
    Field("group_id", "id", None, "ID that the messages of a streak share"),
    Field("to_user_id", "id", None, "User ID of the recipient"),
    Field("image", "string", None, "URL of the picture"),
)
_PICTURE = (
    Field("avg_color", "string", None, "Average color"),
    Field("is_animated", "boolean", None, "True if the picture is animated"),
    Field("url_list", "array", None, "URLs of the picture", items="string"),
)
_EXTENDED = (
    Field("describe", "string", None, "Description by TikTok"),
    Field("diamond_count", "integer", None, "Price of one gift, in diamonds"),
    Field("duration", "integer", None, "Duration of the effect, in ms"),
    Field("icon", "object", None, "Small picture", fields=_PICTURE),
    Field("id", "id", None, "ID of the gift"),
    Field("image", "object", None, "Picture", fields=_PICTURE),
    Field("is_broadcast_gift", "boolean", None, "True if the gift is announced in other rooms"),
    Field("is_displayed_on_panel", "boolean", None, "True if the gift is shown in the gift panel"),
    Field("is_effect_befview", "boolean", None, "True if the effect can be previewed"),
    Field("item_type", "integer", None, "Item type"),
    Field("name", "string", None, "Name of the gift"),
    Field("type", "integer", None, "1 is sent in streaks; other types are counted at once"),
)
_GIFT = (
    Field("gift_id", "id", _gift_id, "ID of the gift"),
    Field("gift", "object", _gift, "The gift, and the counts in this message", fields=_GIFT_KEYS),
    Field("count", "integer", None, "Number of gifts in the streak so far; never decreases"),
    Field(
        "delta",
        "integer",
        None,
        "Number of gifts that no earlier event of this name has counted. To count gifts, add up the `delta` of `gift`",
    ),
    Field("diamonds", "integer", None, "Price of all `count` gifts, in diamonds; null if the price is unknown"),
    *LABEL,
    Field(
        "extended_gift_info",
        "object",
        None,
        "The gift's entry in the gift list; only if this is enabled",
        fields=_EXTENDED,
        optional=True,
    ),
)

ROWS = (
    simple_row(
        "gift",
        pb.WebcastGiftMessage,
        "A viewer sent a gift: one event per streak or single gift, with the final count. If a streak goes on after it "
        "was closed, another event counts the difference.",
        kind="gift",
        priority=True,
        person="user",
        fields=(
            *_GIFT,
            Field(
                "closed_by",
                "string",
                None,
                "Why the streak was closed: end (its last message, or a gift that is not sent in streaks), timeout (no "
                "more messages), superseded (the user started another streak of the same gift), disconnect",
            ),
        ),
    ),
    EventRow(
        "gift_streak",
        "A streak of gifts is running. Its end is published as `gift`, which may have a higher count.",
        kind="gift",
        has_person=True,
        fields=_GIFT,
    ),
)
