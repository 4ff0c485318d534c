"""What goes on in the room: questions, polls, goals, pinned messages, captions."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import Field, as_id, as_text, bounded, enum_fields, first_url
from tiktok2mqtt.webcast.events.rows.common import LABEL, simple_row
from tiktok2mqtt.webcast.events.rows.gifts import gift_details
from tiktok2mqtt.webcast.events.users import WHO, own_identity, read_who
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb

POLL_STEPS = {0: "started", 1: "ended", 2: "changed"}
"""PollMessage.message_type (captured)."""
_POLL_KINDS = {0: "normal", 1: "gift", 2: "custom", 3: "custom_gift", 4: "quick_gift", 5: "emote"}
_POLL_ENDS = {0: "time", 1: "host", 2: "other", 3: "moderator"}
# As captured; other numbers are not known.
_GOAL_TYPES = {1: "gift"}
_GOAL_STATES = {2: "active"}
_GOAL_SOURCES = {1: "set", 2: "progress", 3: "pinned", 4: "unpinned", 5: "reviewed", 6: "suspended", 7: "prompt"}
PIN_ACTIONS = {1: "pinned", 2: "unpinned"}
"""RoomPinMessage.action (captured)."""
_MAX_CONTRIBUTORS = 10
_POLL_PARTS = ("start_content", "update_content", "end_content")
_PINNED_MESSAGES = ("chat_message", "gift_message", "social_message", "member_message", "like_message")


def _poll_part(message: Any) -> Any:
    return next((getattr(message, name) for name in _POLL_PARTS if message.HasField(name)), None)


def _poll_title(message: Any) -> str | None:
    return as_text(message.start_content.title or message.poll_basic_info.title)


def _poll_operator(message: Any) -> dict[str, Any] | None:
    part = _poll_part(message)
    return read_who(part.operator) if part is not None and part.HasField("operator") else None


def _poll_options(message: Any) -> list[dict[str, Any]]:
    part = _poll_part(message)
    options = bounded(part.option_list, 4) if part is not None else ()
    return [{"index": o.option_index, "text": as_text(o.display_content), "votes": o.votes} for o in options]


def _pinned_author(message: Any) -> Any:
    for part in _PINNED_MESSAGES:
        if message.HasField(part):
            return getattr(message, part).user
    return None


def _pinned_identity(message: Any) -> bytes | None:
    for part in ("chat_message", "gift_message"):
        if message.HasField(part):
            return own_identity(getattr(message, part))
    return None


def _pinned_by(message: Any) -> str | None:
    user_id: str | None = read_who(message.operator)["user_id"]
    return user_id


def _contributors(message: Any) -> list[dict[str, Any]]:
    return [
        {
            "user_id": as_id(entry.user_id),
            "unique_id": as_text(entry.display_id),
            "nickname": None,
            "profile_picture_url": first_url(entry.avatar),
            "score": entry.score,
        }
        for entry in bounded(message.goal.contributors[:_MAX_CONTRIBUTORS], 6)
    ]


def _caption_duration(message: Any) -> int | None:
    # -1 while the sentence goes on.
    return message.duration_ms if message.duration_ms > 0 else None


def _caption_text(message: Any) -> str | None:
    return as_text(" ".join(part.text for part in bounded(message.content, 2) if part.text))


def _caption_language(message: Any) -> str | None:
    return as_text(message.content[0].language) if message.content else None


def _question(path: str) -> tuple[Field, ...]:
    return (
        Field("question_text", "string", f"{path}.question_text", "Text of the question"),
        Field("question_id", "id", f"{path}.question_id", "ID of the question"),
    )


_GOAL = (
    Field("goal_id", "id", "goal.id", "ID of the goal"),
    Field("description", "string", "goal.description", "Description by the host"),
    *enum_fields("status", "goal.status", _GOAL_STATES, "TikTok's number for the state of the goal"),
    Field("start_time", "string", "goal.start_time", "Start: RFC 3339", instant=True),
    Field("expire_time", "string", "goal.expire_time", "End: RFC 3339", instant=True),
    *enum_fields("update_source", "update_source", _GOAL_SOURCES, "TikTok's number for the cause of the message"),
    Field(
        "sub_goals",
        "array",
        "goal.sub_goals",
        "What the goal consists of",
        fields=(
            Field("goal_id", "id", "id", "ID; for a gift goal, the ID of the gift"),
            *enum_fields("type", "type", _GOAL_TYPES, "TikTok's number for the type of goal"),
            Field("progress", "integer", "progress", "Progress so far", zero=True),
            Field("target", "integer", "target", "Target"),
            Field("gift_name", "string", "gift.name", "Name of the gift that counts; null for other goals"),
        ),
    ),
    Field(
        "contributors",
        "array",
        _contributors,
        "First ten contributors",
        fields=(*WHO, Field("score", "integer", None, "What they have contributed", zero=True)),
    ),
    Field("contributor_count", "integer", "goal.contributors_length", "Number of contributors"),
    Field("contributor_id", "id", "contributor_id", "User ID of the contributor"),
    Field("contributor", "string", "contributor_display_id", "User name of the contributor"),
    Field(
        "contributor_picture_url",
        "string",
        lambda m: first_url(m.contributor_avatar),
        "URL of the contributor's profile picture",
    ),
    Field("contribute_count", "integer", "contribute_count", "Size of the contribution"),
    Field("contribute_score", "integer", "contribute_score", "Score of the contribution"),
)

ROWS = (
    simple_row(
        "question_new",
        messages_pb2.WebcastQuestionNewMessage,
        "A viewer asked a question in the Q&A.",
        kind="action",
        priority=True,
        person="details.user",
        time="details.create_time",
        fields=_question("details"),
    ),
    simple_row(
        "question_selected",
        pb.WebcastQuestionSelectedMessage,
        "The host is answering a question.",
        person="question.user",
        fields=_question("question"),
    ),
    simple_row("question_delete", pb.WebcastQuestionDeleteMessage, "A question was deleted."),
    simple_row("question_slide_down", pb.WebcastQuestionSlideDownMessage, "The host closed a question."),
    simple_row(
        "question_switch",
        pb.WebcastQuestionSwitchMessage,
        "The Q&A was switched on or off.",
        fields=(
            Field("state", "string", lambda m: "on" if m.is_on else "off", "on or off"),
            Field("is_on", "boolean", "is_on", "The same as true or false"),
        ),
    ),
    simple_row(
        "goal_update", pb.WebcastGoalUpdateMessage, "A goal of the host was set, or made progress.", fields=_GOAL
    ),
    simple_row(
        "poll",
        pb.WebcastPollMessage,
        "A poll started, changed or ended.",
        fields=(
            Field("poll_id", "id", "poll_id", "ID of the poll"),
            *enum_fields("message_type", "message_type", POLL_STEPS, "TikTok's number for what happened"),
            Field("title", "string", _poll_title, "Question; null unless sent, most often when the poll starts"),
            *enum_fields("poll_kind", "poll_kind", _POLL_KINDS, "TikTok's number for the kind of poll"),
            Field("started_at", "string", "start_content.start_time", "Start: RFC 3339", instant=True),
            Field("ends_at", "string", "start_content.end_time", "Planned end: RFC 3339", instant=True),
            Field(
                "ended_by",
                "string",
                lambda m: _POLL_ENDS.get(m.end_content.end_type) if m.HasField("end_content") else None,
                "Why it ended: time, host, moderator or other",
            ),
            Field("operator", "object", _poll_operator, "User who started or ended it", fields=WHO),
            Field(
                "voter_count", "integer", "poll_basic_info.user_count", "Number of viewers who voted; null if not sent"
            ),
            Field(
                "options",
                "array",
                _poll_options,
                "Options of the poll",
                fields=(
                    Field("index", "integer", None, "Position in the list", zero=True),
                    Field("text", "string", None, "Text of the option"),
                    Field("votes", "integer", None, "Number of votes so far", zero=True),
                ),
            ),
        ),
    ),
    simple_row(
        "room_pin",
        pb.WebcastRoomPinMessage,
        "A message was pinned or unpinned; the person is the author of the message.",
        person=_pinned_author,
        identity=_pinned_identity,
        time="timestamp",
        fields=(
            Field("original_msg_type", "string", "original_msg_type", "Type of the pinned message"),
            Field("comment", "string", "chat_message.content", "Text of the pinned comment"),
            Field("gift_name", "string", lambda m: gift_details(m.gift_message)["name"], "Name of the pinned gift"),
            Field("pinned_by", "id", _pinned_by, "User ID of the person who pinned or unpinned it"),
            *enum_fields("action", "action", PIN_ACTIONS, "TikTok's number for the action"),
            Field("pin_id", "id", "pin_id", "ID of the pin"),
            Field("pinned_at", "string", "timestamp", "Time of the pin: RFC 3339", instant=True),
            Field("display_duration_s", "integer", "display_duration_s", "How long it stays, in seconds"),
        ),
    ),
    simple_row(
        "caption",
        pb.WebcastCaptionMessage,
        "What the host says, as recognized by TikTok.",
        time="timestamp_ms",
        fields=(
            Field("text", "string", _caption_text, "Recognized words"),
            Field("language", "string", _caption_language, "Language of the words"),
            Field("timestamp_ms", "integer", "timestamp_ms", "Time of the words, in ms since 1970", instant=True),
            Field("duration_ms", "integer", _caption_duration, "Duration in ms; null if unknown"),
            Field("definite", "boolean", "definite", "True if the text is final"),
        ),
    ),
    simple_row(
        "live_intro",
        pb.WebcastLiveIntroMessage,
        "The host's introduction to the LIVE.",
        person="user",
        fields=(
            Field("content", "string", "content", "Text of the introduction"),
            Field("language", "string", "content_language", "Language of the text"),
        ),
    ),
    simple_row(
        "room_message",
        pb.WebcastRoomMessage,
        "A message of the room itself.",
        aliases=("RoomMessage",),
        fields=(
            Field("content", "string", "content", "Text of the message, if it has one of its own"),
            *LABEL,
            Field("scene", "string", "scene", "Occasion, for example user_join_fans"),
            Field("is_welcome", "boolean", "is_welcome", "True for a welcome message"),
        ),
    ),
    simple_row(
        "donation_sticker_modify",
        pb.WebcastDonationStickerModifyMethod,
        "The donation sticker changed.",
        fields=(
            Field("campaign_id", "id", "sticker.id", "ID of the campaign; null if the sticker was removed"),
            Field("organization", "string", "sticker.organization.name", "Name of the organization"),
            Field("description", "string", "sticker.organization.description", "Description of the organization"),
            Field("url", "string", "sticker.organization.url", "Page of the organization"),
            Field("donation_url", "string", "sticker.organization.donation_url", "Page to donate on"),
            Field(
                "icon", "string", lambda m: first_url(m.sticker.organization.icon), "URL of the organization's picture"
            ),
        ),
    ),
)
