"""Banners that cross the screen, and the super fans that they report."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import Field, as_text, first_url, word_doc
from tiktok2mqtt.webcast.events.registry import EventRow, Source
from tiktok2mqtt.webcast.events.rows.common import display_text, simple_row
from tiktok2mqtt.webcast.events.rows.viewers import SOCIAL_METHODS
from tiktok2mqtt.webcast.events.users import BADGE_NAMES, badge_level, first_user, read_who, render
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb

BARRAGE_TYPES = {
    1: "ordering",
    2: "buying",
    3: "normal",
    4: "subscription",
    5: "event_viewed",
    6: "event_registered",
    7: "subscription_gift",
    8: "gifter_level_up",
    9: "gifter_joined",
    10: "fan_level_up",
    11: "fan_joined",
    12: "game_partnership",
    13: "gift_gallery",
    14: "bought",
    15: "anonymous_joined",
    100: "common",
}
"""BarrageMessage.msg_type (9 and 11 captured, the others reported)."""
# EnvelopeInfo.business_type of a super fan box (reported, not captured).
_SUPER_FAN_BOX = 19
_SUPER_FAN_KEY = "ttlive_superfan"
_BARRAGE_METHODS = ("WebcastBarrageMessage",)
_ENVELOPE_METHODS = ("WebcastEnvelopeMessage",)


def barrage_user(message: Any) -> Any:
    """Return the user of a barrage: its own, the one in its parameters, or the first one in its text; or None."""
    if message.HasField("user"):
        return message.user
    for part in ("user_grade_param", "fans_level_param"):
        if message.HasField(part) and getattr(message, part).HasField("user"):
            return getattr(message, part).user
    return first_user(message.content) or first_user(message.common_barrage_content)


def barrage_text(message: Any) -> str | None:
    """Return the text of a barrage as a sentence. Of some, TikTok sends only the predicate: "joined"."""
    text = render(message.content) or render(message.common_barrage_content) or display_text(message)
    if text is None or not text[:1].islower() or (user := barrage_user(message)) is None:
        return text
    who = read_who(user)
    name = who["nickname"] or who["unique_id"]
    return f"{name} {text}" if name and not text.startswith(name) else text


def _barrage_key(message: Any) -> str:
    """Return the key of the text in lower case; it says what the banner is about."""
    key: str = message.content.key or message.common_barrage_content.key or message.common.display_text.key
    return key.lower()


def _is_super_fan(message: Any) -> bool:
    return _SUPER_FAN_KEY in _barrage_key(message)


def _is_super_fan_box(message: Any) -> bool:
    key = message.common.display_text.key.lower()
    return message.envelope_info.business_type == _SUPER_FAN_BOX or f"{_SUPER_FAN_KEY}box" in key


def _shows_super_fan(message: Any) -> bool:
    return _SUPER_FAN_KEY in message.common.display_text.key.lower()


def _super_fan_verb(message: Any) -> str:
    return _verb(_barrage_key(message))


def _shown_verb(message: Any) -> str:
    return _verb(message.common.display_text.key.lower())


def _verb(key: str) -> str:
    return "joined" if key.endswith("joined") else "became"


def _barrage_level(message: Any) -> int | None:
    level = message.user_grade_param.current_grade or message.fans_level_param.current_grade
    return level or badge_level(message.badge)


def _barrage_badge(message: Any) -> dict[str, Any] | None:
    if not message.HasField("badge"):
        return None
    scene = message.badge.badge_scene
    return {"scene": scene, "scene_name": BADGE_NAMES.get(scene), "level": badge_level(message.badge)}


ROWS = (
    EventRow(
        "super_fan",
        "A viewer became a super fan of the host, joined as a super fan, or sent a super fan box.",
        kind="action",
        has_person=True,
        fields=(
            Field("what", "string", _super_fan_verb, "became, joined or box"),
            Field("text", "string", barrage_text, "Text that TikTok shows, in English"),
        ),
        sources=(
            Source(_BARRAGE_METHODS, pb.WebcastBarrageMessage, _is_super_fan, person=barrage_user),
            Source(
                ("WebcastRoomMessage", "RoomMessage"),
                pb.WebcastRoomMessage,
                _shows_super_fan,
                person=lambda m: first_user(m.common.display_text),
                overrides={"what": _shown_verb, "text": display_text},
            ),
            Source(
                SOCIAL_METHODS,
                messages_pb2.WebcastSocialMessage,
                _shows_super_fan,
                person="user",
                overrides={"what": _shown_verb, "text": display_text},
            ),
            Source(
                _ENVELOPE_METHODS,
                pb.WebcastEnvelopeMessage,
                _is_super_fan_box,
                person=lambda m: first_user(m.common.display_text),
                overrides={"what": lambda _m: "box", "text": display_text},
            ),
        ),
    ),
    simple_row(
        "barrage",
        pb.WebcastBarrageMessage,
        "A banner crosses the screen, for example because a viewer with a high level joined.",
        person=barrage_user,
        fields=(
            Field("barrage_type", "integer", "msg_type", "TikTok's number for what the banner is about"),
            Field(
                "barrage_type_name",
                "string",
                lambda m: BARRAGE_TYPES.get(m.msg_type),
                word_doc("barrage_type", BARRAGE_TYPES),
            ),
            Field(
                "display_type",
                "string",
                lambda m: as_text(m.content.key or m.common_barrage_content.key),
                "Key of the text that TikTok shows",
            ),
            Field("text", "string", barrage_text, "Text that TikTok shows, in English"),
            Field("level", "integer", _barrage_level, "Level of the user; null if the banner shows none"),
            Field("icon", "string", lambda m: first_url(m.icon), "URL of the icon"),
            Field(
                "badge",
                "object",
                _barrage_badge,
                "Badge on the banner",
                fields=(
                    Field("scene", "integer", None, "TikTok's number for the kind of badge", zero=True),
                    Field("scene_name", "string", None, word_doc("scene", BADGE_NAMES)),
                    Field("level", "integer", None, "Level shown on the badge; null if there is none"),
                ),
            ),
            Field("duration_ms", "integer", "duration_ms", "How long it is shown, in ms"),
            Field("scene", "string", "scene", "Occasion, as TikTok calls it"),
        ),
    ),
)
