"""Treasure boxes: viewers or the host put diamonds in them, and the fastest viewers get a share when they open."""

from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import Field, as_id, bounded, enum_fields, first_url, word_doc
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows.common import LABEL, simple_row
from tiktok2mqtt.webcast.events.users import render
from tiktok2mqtt.webcast.schema import notices_pb2 as pb

Json = dict[str, Any]
KINDS: Final = {
    1: "viewer",
    2: "platform",
    3: "platform_shells",
    4: "portal",
    5: "platform_merchandise",
    6: "end_of_year",
    7: "fan_club",
    9: "platform_portal",
    10: "end_of_year_popularity",
    11: "end_of_year_revenue",
    12: "end_of_year_game",
    13: "creator_league",
    14: "mid_year_popularity",
    19: "super_fan",
}
"""EnvelopeInfo.business_type (1 and 4 captured, the others reported)."""
DISPLAYS: Final = {1: "new", 2: "hidden"}
"""EnvelopeMessage.display (both captured)."""
_MAX_GIFTS: Final = 20


def _gifts(message: Any) -> list[Json]:
    return [
        {
            "gift_id": as_id(gift.gift_id),
            "name": render(gift.gift_name),
            "diamond_count": gift.gift_price or None,
            "image": first_url(gift.gift_image),
        }
        for gift in bounded(message.envelope_info.gift_infos[:_MAX_GIFTS], 8)
    ]


def _rewards(message: Any) -> list[Json]:
    return [
        {
            "type": reward.type or None,
            "count": reward.count or None,
            "gift_id": as_id(reward.gift_id),
            "diamond_count": reward.price or None,
        }
        for reward in bounded(message.envelope_info.reward_pool.rewards[:_MAX_GIFTS], 4)
    ]


def _created_at(message: Any) -> int:
    text: str = message.envelope_info.create_at
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_TIME_DIGITS else 0


_MAX_TIME_DIGITS: Final = 16
CHEST: Final = (
    Field("envelope_id", "id", "envelope_info.envelope_id", "ID of the treasure box"),
    Field("business_type", "integer", "envelope_info.business_type", "TikTok's number for the kind of box"),
    Field(
        "kind",
        "string",
        lambda m: KINDS.get(m.envelope_info.business_type),
        word_doc("business_type", KINDS),
    ),
    Field("sender", "string", "envelope_info.send_user_name", "Name of the sender"),
    Field("sender_id", "id", "envelope_info.send_user_id", "User ID of the sender"),
    Field(
        "sender_picture_url",
        "string",
        lambda m: first_url(m.envelope_info.send_user_avatar),
        "URL of the sender's profile picture",
    ),
    Field("diamond_count", "integer", "envelope_info.diamond_count", "Number of diamonds in the box"),
    Field("people_count", "integer", "envelope_info.people_count", "Number of viewers who can win a share of them"),
    Field("created_at", "string", _created_at, "When it was sent: RFC 3339", instant=True),
    Field("opens_at", "string", "envelope_info.unpack_at", "When it opens: RFC 3339", instant=True),
)

ROWS: tuple[EventRow, ...] = (
    simple_row(
        "envelope",
        pb.WebcastEnvelopeMessage,
        "A treasure box was sent. There is one event for each box, however often it is shown and hidden. Of a box that "
        "was not seen before it is hidden, only the ID and the kind are known.",
        fields=(
            *LABEL,
            *CHEST,
            *enum_fields("display", "display", DISPLAYS, "TikTok's number for how it is shown"),
            Field("super_fan_count", "integer", "envelope_info.super_fan_count", "Number of super fans who can win"),
            Field(
                "gifts",
                "array",
                _gifts,
                "First twenty gifts in the box",
                fields=(
                    Field("gift_id", "id", None, "ID of the gift"),
                    Field("name", "string", None, "Name of the gift"),
                    Field("diamond_count", "integer", None, "Price of the gift, in diamonds"),
                    Field("image", "string", None, "URL of the picture"),
                ),
            ),
            Field(
                "rewards",
                "array",
                _rewards,
                "First twenty rewards in the box",
                fields=(
                    Field("type", "integer", None, "TikTok's number for the kind of reward; its words are not known"),
                    Field("count", "integer", None, "Quantity"),
                    Field("gift_id", "id", None, "ID of the gift, if it is one"),
                    Field("diamond_count", "integer", None, "Price of one, in diamonds"),
                ),
            ),
        ),
    ),
    EventRow(
        "envelopes",
        "The treasure boxes that are open or about to open have changed. They are not an event on MQTT, but in the "
        "retained document `tiktok/<room>/state`.",
        kind="state",
        fields=(Field("envelopes", "array", None, "Boxes, in the order in which they open", fields=CHEST),),
    ),
)
