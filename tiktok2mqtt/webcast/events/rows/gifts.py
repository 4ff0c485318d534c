"""Gifts: what a gift message says about the gift and its recipient, and the events made from it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

import orjson

from tiktok2mqtt.webcast.events.fields import Field, Part, as_id, as_text, bounded, first_url
from tiktok2mqtt.webcast.events.limits import cached, lazy_type
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows.common import LABEL, simple_row
from tiktok2mqtt.webcast.events.users import read_person, render
from tiktok2mqtt.webcast.gift_types import STREAKABLE, type_name
from tiktok2mqtt.webcast.schema import messages_pb2 as pb

_CACHED_GIFTS: Final = 500
_LAZY_GIFT: Final = lazy_type(pb.GiftStruct)
# Captured ones have some 520 bytes.
_MAX_MONITOR_BYTES: Final = 4_096
_DIGITS: Final = re.compile(r"[0-9]{1,19}")
_MAX_NUMBER: Final = 2**63

Json = dict[str, Any]


# --- the gift ---


def gift_details(message: Any) -> Mapping[str, Any]:
    """Return the gift described in a gift message: the keys of DETAILS.

    All are null if the message has no description. The result is shared: do not change it. Raises DecodeError.
    """
    return read_gift(message.gift) if message.HasField("gift") else _NO_DETAILS


@cached(_CACHED_GIFTS)
def read_gift(raw: bytes) -> Mapping[str, Any]:
    """Return the keys of DETAILS from a GiftStruct. The result is shared: do not change it. Raises DecodeError.

    On the wire, a type or price of 0 looks like none, and there are messages without them: both are null then.
    """
    gift: Any = _LAZY_GIFT.FromString(raw)
    gift_type = gift.type or (STREAKABLE if gift.combo else None)
    return {
        "gift_id": as_id(gift.id),
        "name": as_text(gift.name),
        "gift_type": gift_type,
        "gift_type_name": type_name(gift_type),
        "diamond_count": gift.diamond_count if gift.diamond_count > 0 else None,
        "image": first_url(gift.image) or first_url(gift.icon),
        "sub_type": gift.gift_sub_type or None,
        "is_gallery_gift": gift.is_gallery_gift,
        "skins": [
            {"skin_id": as_id(skin.gift_skin_id), "name": as_text(skin.gift_skin_name)}
            for skin in bounded(gift.gift_skins, 3)
        ],
        "batch_counts": list(bounded(gift.batch_gift_info.available_counts)),
        "series_name": as_text(gift.series_info.series_name),
        "music": _music(gift.music_info) if gift.HasField("music_info") else None,
    }


def _music(music: Any) -> Json:
    return {
        "song_id": as_id(music.song_id),
        "title": as_text(music.song_name),
        "artist": as_text(music.artist_name),
    }


def own_details(details: Mapping[str, Any]) -> Json:
    """Return a copy of shared details whose lists and objects are not shared either."""
    skins, music = details["skins"], details["music"]
    return {
        **details,
        "skins": list(map(dict, skins)) if skins else [],
        "batch_counts": list(details["batch_counts"]),
        "music": music and dict(music),
    }


DETAILS: Final = (
    Field("gift_id", "id", None, "ID of the gift"),
    Field("name", "string", None, "Name of the gift, in the language of the settings"),
    Field("gift_type", "integer", None, "1 is sent in streaks; other types are counted at once; null if unknown"),
    Field("gift_type_name", "string", None, "gift_type as a word: streak (1) or single (others); null if unknown"),
    Field("diamond_count", "integer", None, "Price of one gift, in diamonds; null if unknown"),
    Field("image", "string", None, "URL of the picture"),
    Field("sub_type", "integer", None, "Sub-type of the gift as TikTok numbers it; its words are not known"),
    Field("is_gallery_gift", "boolean", None, "True if the gift belongs to the host's gift gallery"),
    Field(
        "skins",
        "array",
        None,
        "Other looks of the gift",
        fields=(
            Field("skin_id", "id", None, "ID of the skin"),
            Field("name", "string", None, "Name of the skin"),
        ),
    ),
    Field("batch_counts", "array", None, "Numbers in which the gift can be sent at once", items="integer"),
    Field("series_name", "string", None, "Name of the series that the gift belongs to"),
    Field(
        "music",
        "object",
        None,
        "The song that the gift plays",
        fields=(
            Field("song_id", "id", None, "ID of the song"),
            Field("title", "string", None, "Title of the song"),
            Field("artist", "string", None, "Who performs the song"),
        ),
    ),
)
"""The keys that describe a gift, wherever gifts appear."""
_NO_DETAILS: Final[Mapping[str, Any]] = {field.key: [] if field.type == "array" else None for field in DETAILS}


def gift_of(message: Any) -> Json:
    """Return the gift as the message describes it; what the message leaves out is null, never a guess."""
    return _gift(message, _recipient_id(message))


def _gift(message: Any, recipient_id: str | None) -> Json:
    gift = own_details(gift_details(message))
    if gift["gift_type"] is None:
        gift["gift_type"] = _monitor_number(message, "gift_type")
        gift["gift_type_name"] = type_name(gift["gift_type"])
    gift["gift_id"] = as_id(message.gift_id) or gift["gift_id"] or as_id(_monitor_number(message, "gift_id"))
    count, end = message.repeat_count, message.repeat_end
    if not count:
        # The form of 2022 has nothing but the user and the JSON text.
        count, end = _monitor_number(message, "repeat_count"), end or _monitor_number(message, "repeat_end") or 0
    gift["repeat_count"] = count or None
    gift["repeat_end"] = end
    gift["repeat_end_name"] = "ended" if end else "running"
    gift["group_id"] = as_id(message.group_id)
    gift["to_user_id"] = recipient_id
    return gift


def gift_id_of(message: Any) -> str | None:
    """Return the ID of the gift in a gift message."""
    gift_id = as_id(message.gift_id) or gift_details(message)["gift_id"]
    return gift_id or as_id(_monitor_number(message, "gift_id"))


# --- who gets it ---


def _recipient_id(message: Any) -> str | None:
    """Return the ID of who gets a gift."""
    if message.HasField("to_user") and (user_id := read_person(message.to_user)["user_id"]):
        return user_id  # type: ignore[no-any-return]
    if member_id := as_id(as_text(message.to_member_id)):
        return member_id
    number = message.to_member_id_int or message.gift_extra.to_user_id
    return str(number) if number else as_id(_monitor_number(message, "to_user_id"))


def recipient_of(message: Any) -> Json | None:
    """Return {user_id, unique_id, nickname} of who gets a gift; None if the message does not say it."""
    return _recipient(message, _recipient_id(message))


def _recipient(message: Any, user_id: str | None) -> Json | None:
    unique_id, nickname = None, as_text(message.to_member_nickname)
    if message.HasField("to_user"):
        user = read_person(message.to_user)
        unique_id, nickname = user["unique_id"], user["nickname"] or nickname
    if user_id or unique_id or nickname:
        return {"user_id": user_id, "unique_id": unique_id, "nickname": nickname}
    return None


def _to_host(message: Any, recipient_id: str | None) -> bool | None:
    if recipient_id is None:
        return None
    host_id = message.gift_extra.anchor_id or _monitor_number(message, "anchor_id")
    return recipient_id == str(host_id) if host_id else None


def _gift_and_recipient(message: Any) -> tuple[Json, Json | None, bool | None]:
    """Return the gift, who gets it, and whether that is the host."""
    recipient_id = _recipient_id(message)
    return _gift(message, recipient_id), _recipient(message, recipient_id), _to_host(message, recipient_id)


def _monitor_number(message: Any, key: str) -> int | None:
    """Return a number from the JSON text that repeats the main values of a gift message; None without a valid one.

    Ids may be texts, because JavaScript has no integers of 64 bits.
    """
    text = message.monitor_extra
    value = _monitor_values(text).get(key) if text and len(text) <= _MAX_MONITOR_BYTES else None
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    return value if type(value) is int and 0 < value < _MAX_NUMBER else None


# Several values of one message are needed.
@lru_cache(16)
def _monitor_values(text: str) -> Json:
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return values if isinstance(values, dict) else {}


RECIPIENT: Final = Field(
    "recipient",
    "object",
    Part(_gift_and_recipient, itemgetter(1)),
    "Who gets the gift: the host or a guest; null if unknown",
    fields=(
        Field("user_id", "id", None, "User ID"),
        Field("unique_id", "string", None, "User name, without @"),
        Field("nickname", "string", None, "Display name"),
    ),
)


def _gifts_in_box(message: Any) -> list[Json]:
    if not message.HasField("gifts_in_box"):
        return []
    gifts = bounded(message.gifts_in_box.gifts, 3)
    return [{"gift_id": as_id(gift.gift_id), "left_count": gift.remain_times} for gift in gifts]


_GIFT_KEYS = (
    *DETAILS,
    Field("repeat_count", "integer", None, "Count in this message"),
    Field("repeat_end", "integer", None, "1 in the last message of a streak"),
    Field("repeat_end_name", "string", None, "repeat_end as a word: running (0) or ended"),
    Field("group_id", "id", None, "ID that the messages of a streak share"),
    Field("to_user_id", "id", None, "User ID of the recipient"),
)
_PICTURE = (
    Field("avg_color", "string", None, "Average color"),
    Field("is_animated", "boolean", None, "True if the picture is animated"),
    Field("url_list", "array", None, "URLs of the picture", items="string"),
)
_EXTENDED = (
    Field("describe", "string", None, "Description by TikTok"),
    Field("diamond_count", "integer", None, "Price of one gift, in diamonds"),
    Field("duration_ms", "integer", None, "Duration of the effect"),
    Field("icon", "object", None, "Small picture", fields=_PICTURE),
    Field("id", "id", None, "ID of the gift"),
    Field("image", "object", None, "Picture", fields=_PICTURE),
    Field("is_broadcast_gift", "boolean", None, "True if the gift is announced in other rooms"),
    Field("is_displayed_on_panel", "boolean", None, "True if the gift is shown in the gift panel"),
    Field("is_effect_befview", "boolean", None, "True if the effect can be previewed"),
    Field("item_type", "integer", None, "Item type as TikTok numbers it; its words are not known"),
    Field("name", "string", None, "Name of the gift"),
    Field("type", "integer", None, "1 is sent in streaks; other types are counted at once"),
    Field("type_name", "string", None, "type as a word: streak (1) or single (others); null if unknown"),
)
_MESSAGE_KEYS = (
    Field(
        "text_for_sender",
        "string",
        lambda m: render(m.display_text_for_sender) if m.HasField("display_text_for_sender") else None,
        "Text that TikTok shows to the sender, in English",
    ),
    Field("variant_id", "id", lambda m: as_id(m.gift_variant_id), "ID of the variant of the gift"),
    Field("display_duration_ms", "integer", lambda m: m.display_duration_ms or None, "How long the gift is shown"),
    Field(
        "gifts_in_box",
        "array",
        _gifts_in_box,
        "The gifts in a gift box",
        fields=(
            Field("gift_id", "id", None, "ID of the gift"),
            Field("left_count", "integer", None, "How often it is still in the box"),
        ),
    ),
)
_GIFT = (
    Field("gift_id", "id", gift_id_of, "ID of the gift"),
    Field(
        "gift",
        "object",
        Part(_gift_and_recipient, itemgetter(0)),
        "The gift, and the counts in this message",
        fields=_GIFT_KEYS,
        nullable=False,
    ),
    RECIPIENT,
    Field(
        "to_host",
        "boolean",
        Part(_gift_and_recipient, itemgetter(2)),
        "True if the host gets the gift, false if a guest does; null if unknown",
    ),
    Field("count", "integer", None, "Number of gifts in the streak so far; never decreases"),
    Field(
        "delta",
        "integer",
        None,
        "Number of gifts that no earlier event of this name has counted. To count gifts, add up the `delta` of `gift`",
    ),
    Field("diamonds", "integer", None, "Price of all `count` gifts, in diamonds; null if the price is unknown"),
    *LABEL,
    *_MESSAGE_KEYS,
    Field(
        "extended_gift_info",
        "object",
        None,
        "What is known about the gift from earlier gifts and from lists of gifts; null if nothing is. Only with the "
        "setting `tiktok.extended_gift_info`",
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
