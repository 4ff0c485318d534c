"""Subscriptions."""

from collections.abc import Mapping
from typing import Any

from tiktok2mqtt.webcast.events.fields import (
    Field,
    Read,
    always_null,
    as_id,
    as_text,
    bounded,
    enum_fields,
    first_url,
    word_doc,
)
from tiktok2mqtt.webcast.events.registry import EventRow, Source
from tiktok2mqtt.webcast.events.rows.barrages import barrage_text, barrage_user
from tiktok2mqtt.webcast.events.rows.common import TEXT, simple_row
from tiktok2mqtt.webcast.events.rows.viewers import SOCIAL_METHODS, social_verb
from tiktok2mqtt.webcast.events.users import WHO, first_user, read_who, users_in
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema.types_pb2 import User

# MemberMessage.action of a viewer who subscribed (reported, not captured).
_SUBSCRIBED_ACTION = 3
SUB_NOTICES = {
    0: "subscribed",
    1: "reminder",
    2: "expires_soon",
    3: "goal_created",
    4: "goal_reached",
    5: "goal_reached_host",
    6: "gift_from_tiktok",
    7: "gift_from_tiktok_host",
    8: "gift_received",
    9: "gift_sent",
    10: "gift_sent_host",
    11: "upgrade_needed",
    12: "purchase_refused",
    13: "text",
    14: "perk_pinned",
}
"""SubNotifyMessage.message_type (reported, not captured)."""
# Those that everybody in the room sees when a viewer subscribed or was given a subscription.
_SUBSCRIBED_NOTICES = (0, 6, 8, 9)
_GIFT_NOTICES = range(6, 11)
_GIVER_NOTICES = (9, 10)
# BarrageMessage.msg_type of subscriptions (reported, not captured).
_GIFT_BARRAGE = 7
_SUBSCRIPTION_BARRAGES = (4, _GIFT_BARRAGE)
_SUBSCRIBE_TYPES = {0: "once", 1: "auto_renewing"}
_GIFT_SOURCES = {1: "tiktok", 2: "random_viewer", 3: "chosen_viewer"}
# TikTok offers 100 at most; the number is added to the state.
_MAX_GIFTED = 10_000
_MAX_SUBSCRIBERS = 10
_PIN_ACTIONS = {1: "pinned", 2: "unpinned"}
_CARD_TYPES = {1: "benefit", 2: "goal", 3: "direct_message", 4: "lead", 5: "subscription_plan", 6: "course"}


def _gift_parties(message: Any) -> tuple[bytes | None, bytes | None]:
    """Return the giver and the receiver of a subscription as Users; both None if it is not a gift.

    The text of a gift may name both, the message may have the ids of both, and one of them is its user. A party of whom
    only the id is known is a User with that alone.
    """
    text, gift = message.common.display_text, message.event_tracking
    is_gift = message.gift_source or message.is_send or gift.sender_id or message.message_type in _GIFT_NOTICES
    if not is_gift and "gift" not in text.key.lower():
        return None, None
    named = list(users_in(text))
    user: bytes | None = message.sender if message.HasField("sender") else next(iter(named), None)
    is_giver = message.is_send or message.message_type in _GIVER_NOTICES
    giver, receiver = (named[0], named[1]) if len(named) > 1 else (user, None) if is_giver else (None, user)
    known = {read_who(party)["user_id"]: party for party in (*named, user) if party is not None}
    if gift.sender_id:
        giver = known.get(str(gift.sender_id)) or User(id=gift.sender_id).SerializeToString()
    if gift.receiver_id:
        receiver = known.get(str(gift.receiver_id)) or User(id=gift.receiver_id).SerializeToString()
    return giver, None if receiver == giver else receiver


def _sub_giver(message: Any) -> dict[str, Any] | None:
    giver = _gift_parties(message)[0]
    return None if giver is None else read_who(giver)


def _sub_receiver(message: Any) -> dict[str, Any] | None:
    receiver = _gift_parties(message)[1]
    return None if receiver is None else read_who(receiver)


def _subscriber(message: Any) -> bytes | None:
    """Return who has the subscription now; the giver if a gift does not name its receiver."""
    giver, receiver = _gift_parties(message)
    sender: bytes | None = message.sender if message.HasField("sender") else first_user(message.common.display_text)
    return receiver or giver or sender


def _barrage_giver(message: Any) -> dict[str, Any] | None:
    user = barrage_user(message) if message.msg_type == _GIFT_BARRAGE else None
    return None if user is None else read_who(user)


def _gifted(message: Any) -> int | None:
    count: int = message.subscribe_gift_param.gift_sub_count
    return count if 0 < count <= _MAX_GIFTED else None


def _wave_who(subscriber: Any) -> dict[str, Any]:
    return {
        "user_id": as_id(subscriber.user_id),
        "unique_id": as_text(subscriber.unique_id),
        "nickname": None,
        "profile_picture_url": first_url(subscriber.avatar),
    }


def _wave_subscribers(message: Any) -> list[dict[str, Any]]:
    return [_wave_who(subscriber) for subscriber in bounded(message.sub_wave.info.subscribers[:_MAX_SUBSCRIBERS], 5)]


def _card_progress(message: Any) -> int | None:
    return message.card.goal_pin_card.progress if message.card.HasField("goal_pin_card") else None


def _shown_until(message: Any) -> int:
    until: int = message.card.time_to_live or message.card.goal_pin_card.time_to_live
    return until


# What both rows for a SubNotifyMessage say.
_SUB_GIFT = (
    Field("giver", "object", always_null, "Viewer who gave the subscription; null if it is not a gift", fields=WHO),
    Field("receiver", "object", always_null, "Viewer who was given it; null if unknown or no gift", fields=WHO),
    Field("gift_source", "integer", always_null, "TikTok's number for where the gift comes from"),
    Field("gift_source_name", "string", always_null, word_doc("gift_source", _GIFT_SOURCES)),
)
_SUB_GIFT_SOURCES: Mapping[str, str | Read | None] = {
    "giver": _sub_giver,
    "receiver": _sub_receiver,
    "gift_source": "gift_source",
    "gift_source_name": lambda m: _GIFT_SOURCES.get(m.gift_source),
}


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
            Field("subscribe_type_name", "string", always_null, word_doc("subscribe_type", _SUBSCRIBE_TYPES)),
            Field("gifted", "integer", always_null, "Number of subscriptions given to other viewers; null if not sent"),
            *_SUB_GIFT,
            *TEXT,
        ),
        sources=(
            Source(
                ("WebcastSubNotifyMessage",),
                pb.WebcastSubNotifyMessage,
                lambda m: m.message_type in _SUBSCRIBED_NOTICES,
                person=_subscriber,
                overrides={
                    "months": lambda m: m.sub_month or None,
                    "subscribe_type": lambda m: m.subscribe_type,
                    "subscribe_type_name": lambda m: _SUBSCRIBE_TYPES.get(m.subscribe_type),
                    **_SUB_GIFT_SOURCES,
                },
            ),
            Source(("WebcastSubscriptionNotifyMessage",), pb.WebcastSubscriptionNotifyMessage, person="user"),
            Source(
                ("WebcastBarrageMessage",),
                pb.WebcastBarrageMessage,
                lambda m: m.msg_type in _SUBSCRIPTION_BARRAGES,
                person=barrage_user,
                overrides={
                    "gifted": _gifted,
                    "giver": _barrage_giver,
                    "gift_source": lambda m: m.subscribe_gift_param.gift_source or None,
                    "gift_source_name": lambda m: _GIFT_SOURCES.get(m.subscribe_gift_param.gift_source),
                    "text": barrage_text,
                },
            ),
            Source(
                ("WebcastMemberMessage",),
                messages_pb2.WebcastMemberMessage,
                lambda m: m.action == _SUBSCRIBED_ACTION,
                person="user",
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
        "sub_notify",
        "A notice about subscriptions that is not itself a subscription, for example that a goal was reached.",
        has_person=True,
        fields=(
            *enum_fields("message_type", "message_type", SUB_NOTICES, "TikTok's number for what the notice is about"),
            *_SUB_GIFT,
            *TEXT,
        ),
        sources=(
            Source(
                ("WebcastSubNotifyMessage",),
                pb.WebcastSubNotifyMessage,
                lambda m: m.message_type not in _SUBSCRIBED_NOTICES,
                person=_subscriber,
                overrides=_SUB_GIFT_SOURCES,
            ),
        ),
    ),
    simple_row("sub_capsule", pb.WebcastSubCapsuleMessage, "An invitation to subscribe."),
    simple_row(
        "sub_pin_event",
        pb.WebcastSubPinEventMessage,
        "A card about subscriptions was pinned or unpinned.",
        fields=(
            *enum_fields("action_type", "action_type", _PIN_ACTIONS, "TikTok's number for the action"),
            Field("operator_user_id", "id", "operator_user_id", "User ID of the person who did it"),
            Field("card_id", "id", "card.id", "ID of the card"),
            *enum_fields("card_type", "card.type", _CARD_TYPES, "TikTok's number for what is on the card"),
            Field("goal_id", "id", "card.goal_pin_card.goal_id", "ID of the subscription goal on the card"),
            Field("description", "string", "card.goal_pin_card.desc.content", "Text of the goal, by the host"),
            Field("progress", "integer", _card_progress, "Number of subscriptions so far; null without a goal"),
            Field("target", "integer", "card.goal_pin_card.target", "Number of subscriptions to reach"),
            Field("shown_until", "string", _shown_until, "When the card disappears: RFC 3339", instant=True),
        ),
    ),
    simple_row(
        "sub_timer_sticker",
        pb.WebcastSubTimerStickerMessage,
        "The timer that subscriptions extend.",
        fields=(
            Field("timer_id", "id", "timer.timer_id", "ID of the timer"),
            Field("title", "string", "timer.title", "Title by the host"),
            Field("remaining_s", "integer", "timer.remaining_s", "Time left at `measured_at`, in seconds"),
            Field("total_s", "integer", "timer.total_s", "Time that the timer was set to, in seconds"),
            Field(
                "measured_at",
                "string",
                "timer.timestamp",
                "When the remaining time was measured: RFC 3339",
                instant=True,
            ),
        ),
    ),
    simple_row(
        "sub_wave",
        pb.WebcastSubWaveMessage,
        "Subscribers wave together, and one more has joined them.",
        fields=(
            Field(
                "subscriber",
                "object",
                lambda m: _wave_who(m.sub_wave.subscriber) if m.sub_wave.HasField("subscriber") else None,
                "Who joined",
                fields=WHO,
            ),
            Field("wave_id", "id", "sub_wave.info.record_id", "ID of the wave"),
            Field("subscriber_count", "integer", "sub_wave.info.wave_count", "Number of subscribers who wave"),
            Field("target_count", "integer", "sub_wave.info.target_count", "Number of subscribers to reach"),
            Field("total_count", "integer", "sub_wave.info.total_count", "Number of the host's subscribers"),
            Field("started_at", "string", "sub_wave.info.start_time", "Start: RFC 3339", instant=True),
            Field("ended_at", "string", "sub_wave.info.end_time", "End: RFC 3339; null before", instant=True),
            Field("subscribers", "array", _wave_subscribers, "First ten subscribers who wave", fields=WHO),
        ),
    ),
    simple_row("subscription_guide", pb.WebcastSubscriptionGuideMessage, "A hint about subscriptions."),
)
