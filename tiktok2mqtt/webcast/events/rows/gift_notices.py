"""Notices about gifts: broadcasts, collections, prices and goals of the gift panel, restrictions."""

from itertools import islice
from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import Field, as_id, as_instant, as_text, bounded, first_url
from tiktok2mqtt.webcast.events.limits import lazy_type
from tiktok2mqtt.webcast.events.rows.common import TEXT, simple_row
from tiktok2mqtt.webcast.events.rows.gifts import (
    DETAILS,
    RECIPIENT,
    gift_id_of,
    gift_of,
    own_details,
    read_gift,
    recipient_of,
)
from tiktok2mqtt.webcast.events.users import first_user, read_person, render
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema.messages_pb2 import GiftStruct

Json = dict[str, Any]
# TikTok's own texts have at most three.
_MAX_PIECES: Final = 10
_LAZY_GIFT: Final = lazy_type(GiftStruct)


# --- broadcasts ---


def _broadcast_text(message: Any) -> Any:
    return message.notify.common.display_text


def _people(message: Any) -> list[bytes]:
    """Return the users in the text of a broadcast: the sender, then the host who got the gift."""
    pieces = islice(_broadcast_text(message).pieces, _MAX_PIECES)
    return [piece.user_value.user for piece in pieces if piece.HasField("user_value")]


def _sender(message: Any) -> bytes | None:
    return first_user(_broadcast_text(message))


def _broadcast_recipient(message: Any) -> Json | None:
    people = _people(message)
    if len(people) < 2:  # noqa: PLR2004 - sender and recipient
        return None
    person = read_person(people[1])
    return {key: person[key] for key in ("user_id", "unique_id", "nickname")}


def _broadcast_gift(message: Any) -> Any:
    pieces = islice(_broadcast_text(message).pieces, _MAX_PIECES)
    return next((piece.gift_value for piece in pieces if piece.HasField("gift_value")), None)


def _broadcast_gift_id(message: Any) -> str | None:
    gift = _broadcast_gift(message)
    return None if gift is None else as_id(gift.gift_id)


def _broadcast_gift_name(message: Any) -> str | None:
    gift = _broadcast_gift(message)
    return None if gift is None else as_text(gift.name_ref.default_pattern)


_BROADCAST = simple_row(
    "gift_broadcast",
    pb.WebcastGiftBroadcastMessage,
    "A large gift was announced in other rooms.",
    person=_sender,
    fields=(
        Field("text", "string", lambda m: render(_broadcast_text(m)), "Text that TikTok shows, in English"),
        Field("from_user_id", "id", "from_user_id", "User ID of the sender"),
        Field("gift_id", "id", _broadcast_gift_id, "ID of the gift"),
        Field("gift_name", "string", _broadcast_gift_name, "Name of the gift, in English"),
        Field(
            "recipient",
            "object",
            _broadcast_recipient,
            "The host who got the gift",
            fields=RECIPIENT.fields,
        ),
        Field("left_icon", "string", lambda m: first_url(m.left_icon), "Left icon"),
    ),
)

# --- gifts that are bound to something, collections ---


def _bound_gift(message: Any) -> Json:
    gift = gift_of(message.gift_message)
    return {field.key: gift[field.key] for field in DETAILS}


_BINDING = simple_row(
    "binding_gift",
    pb.WebcastBindingGiftMessage,
    "A gift that is bound to something else. It is not counted; `gift` is.",
    person="gift_message.user",
    fields=(
        *TEXT,
        Field("gift_id", "id", lambda m: gift_id_of(m.gift_message), "ID of the gift"),
        Field("gift", "object", _bound_gift, "The gift", fields=DETAILS),
        Field("count", "integer", lambda m: m.gift_message.repeat_count or None, "Number of gifts"),
        Field("recipient", "object", lambda m: recipient_of(m.gift_message), RECIPIENT.doc, fields=RECIPIENT.fields),
    ),
)


def _collected(message: Any) -> Json | None:
    collection = message.collection
    return own_details(read_gift(collection.gift)) if collection.HasField("gift") else None


def _looks(message: Any) -> Json | None:
    """Return how many looks the host has collected, and how many there are."""
    gift: Any = _LAZY_GIFT.FromString(message.collection.gift)
    banner = gift.random_effect_info.banner
    return {"collected_count": banner.collect_num, "total_count": banner.target_num} if banner.target_num > 0 else None


_COLLECTION = simple_row(
    "gift_collection_update",
    pb.WebcastGiftCollectionUpdateMessage,
    "The host has collected more looks of a random gift, or all of them.",
    fields=(
        *TEXT,
        Field(
            "round_index", "integer", lambda m: m.collection.round or None, "Round of the collection, counted from 1"
        ),
        Field("gift", "object", _collected, "The gift", fields=DETAILS),
        Field(
            "looks",
            "object",
            _looks,
            "The looks of the gift in this round",
            fields=(
                Field("collected_count", "integer", None, "Number of looks that the host has collected"),
                Field("total_count", "integer", None, "Total number of looks"),
            ),
        ),
    ),
)

# --- the gift panel ---


def _prices(message: Any) -> list[Json]:
    """Return the price of each gift in the panel once."""
    groups = bounded(message.room_based_gift_data.room_based_gifts)
    gifts = (gift for group in groups for gift in bounded(group.value.gift_info, 3))
    prices = {str(gift.id): gift.price for gift in gifts if gift.id and gift.price > 0}
    return [{"gift_id": gift_id, "diamond_count": price} for gift_id, price in prices.items()]


def _gallery(message: Any) -> list[Json]:
    return [
        {
            "gift_id": as_id(entry.key),
            "target_count": entry.value.goal_count or None,
            "sponsor_user_id": as_id(entry.value.current_sponsor_id),
        }
        for entry in bounded(message.gallery_data.progress, 4)
    ]


def _goals(message: Any) -> list[Json]:
    return [
        {
            "gift_id": as_id(entry.key),
            "progress": entry.value.current_progress,
            "target": entry.value.target or None,
            "expires_at": as_instant(entry.value.expired_timestamp_in_ms),
        }
        for entry in bounded(message.goal_data.goal_progress, 5)
    ]


_PANEL = simple_row(
    "gift_panel_update",
    pb.WebcastGiftPanelUpdateMessage,
    "The gift panel changed: prices, the gift gallery, or gift goals.",
    fields=(
        *TEXT,
        Field("message_room_id", "id", "room_id", "Room ID"),
        Field("updated_at", "string", "timestamp", "When the panel changed: RFC 3339", instant=True),
        Field(
            "prices",
            "array",
            _prices,
            "Prices of gifts in this room",
            fields=(
                Field("gift_id", "id", None, "ID of the gift"),
                Field("diamond_count", "integer", None, "Price of one gift, in diamonds"),
            ),
        ),
        Field(
            "gallery",
            "array",
            _gallery,
            "The gifts in the host's gallery",
            fields=(
                Field("gift_id", "id", None, "ID of the gift"),
                Field("target_count", "integer", None, "Number of gifts that light it up"),
                Field("sponsor_user_id", "id", None, "User ID of the person who has sent most of them"),
            ),
        ),
        Field(
            "gallery_ends_at",
            "string",
            "gallery_data.end_time_in_ms",
            "When the gallery starts again: RFC 3339",
            instant=True,
        ),
        Field(
            "goals",
            "array",
            _goals,
            "Gift goals of the host",
            fields=(
                Field("gift_id", "id", None, "ID of the gift"),
                Field("progress", "integer", None, "Number of gifts so far"),
                Field("target", "integer", None, "Number of gifts to reach"),
                Field("expires_at", "string", None, "When the goal ends: RFC 3339", instant=True),
            ),
        ),
    ),
)


# Field of the message -> the kind of LIVE.
_SCENES: Final = {
    "normal_hidden_gids": "normal",
    "match_hidden_gids": "battle",
    "cohost_hidden_gids": "cohost",
    "multiguest_hidden_gids": "guests",
}


def _hidden(message: Any) -> list[Json]:
    scenes = message.dynamic_restriction.scenes
    hidden = ((scene, _gift_ids(getattr(scenes, name))) for name, scene in _SCENES.items())
    return [{"scene": scene, "hidden_gift_ids": gift_ids} for scene, gift_ids in hidden if gift_ids]


def _gift_ids(ids: Any) -> list[str]:
    return [str(one) for one in bounded(ids) if one]


def _recipients(message: Any) -> list[Json]:
    return [
        {
            "user_id": as_id(receiver.user_id),
            "hidden_gift_ids": _gift_ids(receiver.hidden_gids),
        }
        for receiver in bounded(message.dynamic_restriction.receivers, 3)
    ]


_RESTRICTION = simple_row(
    "gift_dynamic_restriction",
    pb.WebcastGiftDynamicRestrictionMessage,
    "Some gifts cannot be sent now.",
    fields=(
        *TEXT,
        Field(
            "hidden",
            "array",
            _hidden,
            "What is hidden, by kind of LIVE",
            fields=(
                Field("scene", "string", None, "normal, battle, cohost (with another host) or guests"),
                Field("hidden_gift_ids", "array", None, "IDs of the gifts", items="id"),
            ),
        ),
        Field(
            "recipients",
            "array",
            _recipients,
            "What is hidden for single recipients",
            fields=(
                Field("user_id", "id", None, "User ID of the recipient"),
                Field("hidden_gift_ids", "array", None, "IDs of the gifts", items="id"),
            ),
        ),
    ),
)

_PROMPT = simple_row(
    "gift_prompt",
    pb.WebcastGiftPromptMessage,
    "A notice about sending gifts: an invitation, or a warning about spending.",
    fields=(
        *TEXT,
        Field("title", "string", "title", "Title"),
        Field("body", "string", "body", "Body"),
        Field("blocked_day_count", "integer", lambda m: m.block_num_days or None, "Days without gifts that it offers"),
        Field("order_id", "id", lambda m: as_id(m.order_id), "ID of the order that it is about"),
        Field("ordered_at", "string", "order_timestamp", "When that order was made: RFC 3339", instant=True),
    ),
)

ROWS = (_BINDING, _BROADCAST, _COLLECTION, _RESTRICTION, _PANEL, _PROMPT)
