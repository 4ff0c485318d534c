"""Subscriptions, super fans, emotes, treasure boxes, goals, polls, pins and texts of the room."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import Field, unsaid
from tiktok2mqtt.webcast.events.registry import EventRow, Source
from tiktok2mqtt.webcast.events.rows.common import LABEL, TEXT, plain, rendered
from tiktok2mqtt.webcast.events.rows.core import EMOTE_KEYS, emote, social_verb
from tiktok2mqtt.webcast.events.rows.gifts import gift_details
from tiktok2mqtt.webcast.events.texts import named_user, render
from tiktok2mqtt.webcast.events.users import first_url, short_person
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb

# The numbers of msg_type in a barrage that are about subscriptions (reported, unseen).
_BARRAGE_SUBSCRIBE = (4, 7)
# The number of business_type for a super fan box (reported, unseen).
_SUPER_FAN_BOX = 19
_SUPER_FAN = "ttlive_superfan"
_BARRAGE = ("WebcastBarrageMessage",)
_ENVELOPE = ("WebcastEnvelopeMessage",)
_POLL_PARTS = ("start_content", "update_content", "end_content")


# --- barrage: a banner over the picture, which carries several events ---


def barrage_user(message: Any) -> Any:
    """Return whom a barrage is about, or None: its parameters name the user, or its text does."""
    for part in ("user_grade_param", "fans_level_param"):
        if message.HasField(part) and getattr(message, part).HasField("user"):
            return getattr(message, part).user
    return named_user(message.content) or named_user(message.common_barrage_content)


def _barrage_text(message: Any) -> str | None:
    return render(message.content) or render(message.common_barrage_content) or rendered(message)


def _barrage_key(message: Any) -> str:
    """Return the key of the text in lower case, which tells what the banner is about."""
    key: str = message.content.key or message.common_barrage_content.key or message.common.display_text.key
    return key.lower()


def _is_super_fan(message: Any) -> bool:
    return _SUPER_FAN in _barrage_key(message)


def _is_super_fan_box(message: Any) -> bool:
    key = message.common.display_text.key.lower()
    return message.envelope_info.business_type == _SUPER_FAN_BOX or f"{_SUPER_FAN}box" in key


def _super_fan_verb(message: Any) -> str:
    return "joined" if _barrage_key(message).endswith("joined") else "became"


def _level(message: Any) -> int | None:
    return message.user_grade_param.current_grade or message.fans_level_param.current_grade or None


# --- room_pin ---


def _pinned_author(message: Any) -> Any:
    for part in ("chat_message", "gift_message", "social_message", "member_message", "like_message"):
        if message.HasField(part):
            return getattr(message, part).user
    return None


def _pinned_by(message: Any) -> str | None:
    operator = short_person(message.operator)
    name: str | None = operator["unique_id"] or operator["nickname"]
    return name


# --- poll ---


def _options(message: Any) -> list[dict[str, Any]]:
    part = next((getattr(message, name) for name in _POLL_PARTS if message.HasField(name)), None)
    options = part.option_list if part is not None else ()
    return [{"index": o.option_index, "text": o.display_content or None, "votes": o.votes} for o in options]


def _caption(message: Any) -> str | None:
    return " ".join(part.text for part in message.content if part.text) or None


_SUBSCRIPTION = (
    Field("months", "integer", unsaid, "For how many months, if sent"),
    Field("subscribe_type", "integer", unsaid, "TikTok's number for the kind of subscription"),
    Field("gifted", "integer", unsaid, "How many subscriptions were given to others, if sent"),
    *TEXT,
)
_GOAL = (
    Field("goal_id", "id", "goal.id", "The goal's id"),
    Field("description", "string", "goal.description", "What the host wrote about it"),
    Field("status", "integer", "goal.status", "TikTok's number for its state"),
    Field("start_time", "integer", "goal.start_time", "Begin, in seconds since 1970"),
    Field("expire_time", "integer", "goal.expire_time", "End, in seconds since 1970"),
    Field(
        "sub_goals",
        "array",
        "goal.sub_goals",
        "What is to be reached",
        fields=(
            Field("goal_id", "id", "id", "Id; of a gift goal, the gift's"),
            Field("type", "integer", "type", "TikTok's number for its kind"),
            Field("progress", "integer", "progress", "So far"),
            Field("target", "integer", "target", "To be reached"),
            Field("gift_name", "string", "gift.name", "The gift that counts, if it is one"),
        ),
    ),
    Field("contributor_id", "id", "contributor_id", "Who brought it on"),
    Field("contributor", "string", "contributor_display_id", "The same as a user name"),
    Field("contributor_picture_url", "string", lambda m: first_url(m.contributor_avatar), "Profile picture"),
    Field("contribute_count", "integer", "contribute_count", "By how much"),
    Field("contribute_score", "integer", "contribute_score", "The same as a score"),
)

ROWS = (
    EventRow(
        "subscribe",
        "A viewer subscribed to the host.",
        kind="action",
        priority=True,
        has_person=True,
        fields=_SUBSCRIPTION,
        sources=(
            Source(
                ("WebcastSubNotifyMessage",),
                pb.WebcastSubNotifyMessage,
                person=lambda m: m.user if m.HasField("user") else m.sender,
                reads={"months": lambda m: m.sub_month or None, "subscribe_type": "subscribe_type"},
            ),
            Source(("WebcastSubscriptionNotifyMessage",), pb.WebcastSubscriptionNotifyMessage, person="user"),
            Source(
                _BARRAGE,
                pb.WebcastBarrageMessage,
                lambda m: m.msg_type in _BARRAGE_SUBSCRIBE,
                person=barrage_user,
                reads={"gifted": lambda m: m.subscribe_gift_param.gift_sub_count or None, "text": _barrage_text},
            ),
            Source(
                ("WebcastSocialMessage",),
                messages_pb2.WebcastSocialMessage,
                lambda m: social_verb(m) == "subscribe",
                person="user",
            ),
        ),
    ),
    EventRow(
        "super_fan",
        "A viewer became a super fan of the host, joined as one, or sent a super fan box.",
        kind="action",
        has_person=True,
        fields=(
            Field("what", "string", _super_fan_verb, "became, joined or box"),
            Field("text", "string", _barrage_text, "What TikTok shows about it, in English"),
        ),
        sources=(
            Source(_BARRAGE, pb.WebcastBarrageMessage, _is_super_fan, person=barrage_user),
            Source(
                _ENVELOPE,
                pb.WebcastEnvelopeMessage,
                _is_super_fan_box,
                person=lambda m: named_user(m.common.display_text),
                reads={"what": lambda _m: "box", "text": rendered},
            ),
        ),
    ),
    plain(
        "barrage",
        pb.WebcastBarrageMessage,
        "A banner passes over the picture: somebody of a high level joined, or the like.",
        person=barrage_user,
        fields=(
            Field("barrage_type", "integer", "msg_type", "4 subscription, 9 gifter joined, 11 fan joined ..."),
            Field(
                "display_type", "string", lambda m: m.content.key or m.common_barrage_content.key or None, "Text key"
            ),
            Field("text", "string", _barrage_text, "What TikTok shows, in English"),
            Field("level", "integer", _level, "Level of the person, if it is about one"),
            Field("icon", "string", lambda m: first_url(m.icon), "URL of the icon"),
        ),
    ),
    plain(
        "emote",
        pb.WebcastEmoteChatMessage,
        "A subscriber sent emotes without a text.",
        person="user",
        fields=(
            Field("emotes", "array", lambda m: [emote(data) for data in m.emote_list], "The emotes", fields=EMOTE_KEYS),
        ),
    ),
    plain(
        "envelope",
        pb.WebcastEnvelopeMessage,
        "A treasure box was sent, or is about to open.",
        fields=(
            *LABEL,
            Field("envelope_id", "id", "envelope_info.envelope_id", "Its id"),
            Field("business_type", "integer", "envelope_info.business_type", "TikTok's number for its kind"),
            Field("sender", "string", "envelope_info.send_user_name", "Who sent it"),
            Field("sender_id", "id", "envelope_info.send_user_id", "The same as an id"),
            Field("diamond_count", "integer", "envelope_info.diamond_count", "Diamonds in it"),
            Field("people_count", "integer", "envelope_info.people_count", "How many can get some"),
            Field("unpack_at", "integer", "envelope_info.unpack_at", "When it opens, in seconds since 1970"),
            Field("display", "integer", "display", "TikTok's number for how it is shown"),
        ),
    ),
    plain("goal_update", pb.WebcastGoalUpdateMessage, "A goal of the host was set or came nearer.", fields=_GOAL),
    plain(
        "poll",
        pb.WebcastPollMessage,
        "A poll began, changed or ended.",
        fields=(
            Field("poll_id", "id", "poll_id", "Its id"),
            Field("message_type", "integer", "message_type", "TikTok's number: begun, changed, ended"),
            Field("title", "string", "start_content.title", "The question, when it begins"),
            Field("poll_kind", "integer", "poll_kind", "TikTok's number for its kind"),
            Field(
                "options",
                "array",
                _options,
                "The choices",
                fields=(
                    Field("index", "integer", None, "Place in the list"),
                    Field("text", "string", None, "What it says"),
                    Field("votes", "integer", None, "Votes so far"),
                ),
            ),
        ),
    ),
    plain(
        "live_intro",
        pb.WebcastLiveIntroMessage,
        "The host's introduction of the LIVE.",
        person="user",
        fields=(
            Field("content", "string", "content", "The text"),
            Field("language", "string", "content_language", "Its language"),
        ),
    ),
    plain(
        "room_message",
        pb.WebcastRoomMessage,
        "A message of the room itself.",
        also=("RoomMessage",),
        fields=(
            Field("content", "string", "content", "The text, where it is one"),
            *LABEL,
            Field("scene", "integer", "scene", "TikTok's number for the occasion"),
            Field("is_welcome", "boolean", "is_welcome", "Whether it welcomes somebody"),
        ),
    ),
    plain(
        "room_pin",
        pb.WebcastRoomPinMessage,
        "A message was pinned, or taken down; the person is its author.",
        person=_pinned_author,
        fields=(
            Field("original_msg_type", "string", "original_msg_type", "Type of the pinned message"),
            Field("comment", "string", "chat_message.content", "Its text, when it is a comment"),
            Field("gift_name", "string", lambda m: gift_details(m.gift_message)["name"], "Its gift, when it is one"),
            Field("pinned_by", "string", _pinned_by, "Who pinned it"),
            Field("action", "integer", "action", "TikTok's number for what was done"),
            Field("pin_id", "id", "pin_id", "Id of the pin"),
            Field("pinned_at", "integer", "timestamp", "When, in ms since 1970"),
        ),
    ),
    plain(
        "caption",
        pb.WebcastCaptionMessage,
        "What the host says, as TikTok understands it.",
        fields=(
            Field("text", "string", _caption, "The words"),
            Field("language", "string", lambda m: m.content[0].language or None if m.content else None, "Language"),
            Field("timestamp_ms", "integer", "timestamp_ms", "When, in ms since 1970"),
            Field("duration_ms", "integer", "duration_ms", "How long, in ms"),
            Field("definite", "boolean", "definite", "Whether it will not be corrected"),
        ),
    ),
    plain(
        "im_delete",
        pb.WebcastImDeleteMessage,
        "Comments were taken down: those named, or all of the users named.",
        fields=(
            Field("message_ids", "array", "delete_msg_ids_list", "Ids of the messages", items="id"),
            Field("user_ids", "array", "delete_user_ids_list", "Ids of the users", items="id"),
        ),
    ),
    plain(
        "unauthorized_member",
        pb.WebcastUnauthorizedMemberMessage,
        "Somebody without an account joined.",
        fields=(
            Field("action", "integer", "action", "1 joined"),
            Field("nickname", "string", "nick_name", "A number instead of a name"),
            Field("label", "string", "enter_text.default_pattern", "What TikTok shows, with holes like {0:user}"),
        ),
    ),
    plain(
        "question_selected",
        pb.WebcastQuestionSelectedMessage,
        "The host answers a question.",
        person="question.user",
        fields=(
            Field("question_text", "string", "question.question_text", "The question"),
            Field("question_id", "id", "question.question_id", "Its id"),
        ),
    ),
    plain("question_delete", pb.WebcastQuestionDeleteMessage, "A question was taken down."),
    plain("question_slide_down", pb.WebcastQuestionSlideDownMessage, "The host has done with a question."),
    plain("question_switch", pb.WebcastQuestionSwitchMessage, "The Q&A was switched on or off."),
    plain("speaker", pb.WebcastSpeakerMessage, "A viewer's message was shown larger.", person="user"),
    plain("donation_sticker_modify", pb.WebcastDonationStickerModifyMethod, "The donation sticker changed."),
    plain("sub_capsule", pb.WebcastSubCapsuleMessage, "An invitation to subscribe."),
    plain("sub_pin_event", pb.WebcastSubPinEventMessage, "A subscriber's event was pinned."),
    plain("sub_timer_sticker", pb.WebcastSubTimerStickerMessage, "The timer of a subscription goal."),
    plain("sub_wave", pb.WebcastSubWaveMessage, "Subscribers wave."),
    plain("subscription_guide", pb.WebcastSubscriptionGuideMessage, "A hint about subscriptions."),
)
