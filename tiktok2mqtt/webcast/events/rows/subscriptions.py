"""Subscriptions and super fans, with the banners and treasure boxes that also report them."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import Field, always_null, first_url
from tiktok2mqtt.webcast.events.registry import EventRow, Source
from tiktok2mqtt.webcast.events.rows.common import LABEL, TEXT, display_text, simple_row
from tiktok2mqtt.webcast.events.rows.viewers import SOCIAL_METHODS, social_verb
from tiktok2mqtt.webcast.events.users import first_user, render
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb

# BarrageMessage.msg_type of subscriptions (reported, not captured).
_SUBSCRIPTION_BARRAGES = (4, 7)
# EnvelopeInfo.business_type of a super fan box (reported, not captured).
_SUPER_FAN_BOX = 19
_SUPER_FAN_KEY = "ttlive_superfan"
_BARRAGE_METHODS = ("WebcastBarrageMessage",)
_ENVELOPE_METHODS = ("WebcastEnvelopeMessage",)


def _barrage_user(message: Any) -> Any:
    """Return the user in the parameters of a barrage, else the first one in its text, or None."""
    for part in ("user_grade_param", "fans_level_param"):
        if message.HasField(part) and getattr(message, part).HasField("user"):
            return getattr(message, part).user
    return first_user(message.content) or first_user(message.common_barrage_content)


def _barrage_text(message: Any) -> str | None:
    return render(message.content) or render(message.common_barrage_content) or display_text(message)


def _barrage_key(message: Any) -> str:
    """Return the key of the text in lower case; it says what the banner is about."""
    key: str = message.content.key or message.common_barrage_content.key or message.common.display_text.key
    return key.lower()


def _is_super_fan(message: Any) -> bool:
    return _SUPER_FAN_KEY in _barrage_key(message)


def _is_super_fan_box(message: Any) -> bool:
    key = message.common.display_text.key.lower()
    return message.envelope_info.business_type == _SUPER_FAN_BOX or f"{_SUPER_FAN_KEY}box" in key


def _super_fan_verb(message: Any) -> str:
    return "joined" if _barrage_key(message).endswith("joined") else "became"


def _barrage_level(message: Any) -> int | None:
    return message.user_grade_param.current_grade or message.fans_level_param.current_grade or None


ROWS = (
    EventRow(
        "subscribe",
        "A viewer subscribed to the host.",
        kind="action",
        priority=True,
        has_person=True,
        fields=(
            Field("months", "integer", always_null, "Number of months; null if not sent"),
            Field("subscribe_type", "integer", always_null, "TikTok's number for the type of subscription"),
            Field("gifted", "integer", always_null, "Number of subscriptions given to other viewers; null if not sent"),
            *TEXT,
        ),
        sources=(
            Source(
                ("WebcastSubNotifyMessage",),
                pb.WebcastSubNotifyMessage,
                person="sender",
                overrides={"months": lambda m: m.sub_month or None, "subscribe_type": "subscribe_type"},
            ),
            Source(("WebcastSubscriptionNotifyMessage",), pb.WebcastSubscriptionNotifyMessage, person="user"),
            Source(
                _BARRAGE_METHODS,
                pb.WebcastBarrageMessage,
                lambda m: m.msg_type in _SUBSCRIPTION_BARRAGES,
                person=_barrage_user,
                overrides={"gifted": lambda m: m.subscribe_gift_param.gift_sub_count or None, "text": _barrage_text},
            ),
            Source(
                SOCIAL_METHODS,
                messages_pb2.WebcastSocialMessage,
                lambda m: social_verb(m) == "subscribe",
                person="user",
            ),
        ),
    ),
    EventRow(
        "super_fan",
        "A viewer became a super fan of the host, joined as a super fan, or sent a super fan box.",
        kind="action",
        has_person=True,
        fields=(
            Field("what", "string", _super_fan_verb, "became, joined or box"),
            Field("text", "string", _barrage_text, "Text that TikTok shows, in English"),
        ),
        sources=(
            Source(_BARRAGE_METHODS, pb.WebcastBarrageMessage, _is_super_fan, person=_barrage_user),
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
        person=_barrage_user,
        fields=(
            Field("barrage_type", "integer", "msg_type", "4 subscription, 9 gifter joined, 11 fan joined, ..."),
            Field(
                "display_type",
                "string",
                lambda m: m.content.key or m.common_barrage_content.key or None,
                "Key of the text that TikTok shows",
            ),
            Field("text", "string", _barrage_text, "Text that TikTok shows, in English"),
            Field("level", "integer", _barrage_level, "Level of the user; null if the banner shows none"),
            Field("icon", "string", lambda m: first_url(m.icon), "URL of the icon"),
        ),
    ),
    simple_row(
        "envelope",
        pb.WebcastEnvelopeMessage,
        "A treasure box was sent, or is about to open.",
        fields=(
            *LABEL,
            Field("envelope_id", "id", "envelope_info.envelope_id", "ID of the treasure box"),
            Field("business_type", "integer", "envelope_info.business_type", "TikTok's number for the kind of box"),
            Field("sender", "string", "envelope_info.send_user_name", "Name of the sender"),
            Field("sender_id", "id", "envelope_info.send_user_id", "User ID of the sender"),
            Field("diamond_count", "integer", "envelope_info.diamond_count", "Number of diamonds in the box"),
            Field(
                "people_count", "integer", "envelope_info.people_count", "Number of viewers who can get a share of them"
            ),
            Field("unpack_at", "integer", "envelope_info.unpack_at", "Time when it opens, in seconds since 1970"),
            Field("display", "integer", "display", "TikTok's number for how it is shown; 2 is hidden"),
        ),
    ),
    simple_row("sub_capsule", pb.WebcastSubCapsuleMessage, "An invitation to subscribe."),
    simple_row("sub_pin_event", pb.WebcastSubPinEventMessage, "A subscriber event was pinned."),
    simple_row("sub_timer_sticker", pb.WebcastSubTimerStickerMessage, "The timer of a subscription goal."),
    simple_row("sub_wave", pb.WebcastSubWaveMessage, "Subscribers wave."),
    simple_row("subscription_guide", pb.WebcastSubscriptionGuideMessage, "A hint about subscriptions."),
)
