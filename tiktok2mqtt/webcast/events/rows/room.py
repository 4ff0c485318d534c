"""What goes on in the room: questions, polls, goals, pinned messages, captions."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import Field, bounded, first_url
from tiktok2mqtt.webcast.events.rows.common import LABEL, simple_row
from tiktok2mqtt.webcast.events.rows.gifts import gift_details
from tiktok2mqtt.webcast.events.users import read_who
from tiktok2mqtt.webcast.schema import messages_pb2
from tiktok2mqtt.webcast.schema import notices_pb2 as pb

_POLL_PARTS = ("start_content", "update_content", "end_content")
_PINNED_MESSAGES = ("chat_message", "gift_message", "social_message", "member_message", "like_message")


def _poll_options(message: Any) -> list[dict[str, Any]]:
    part = next((getattr(message, name) for name in _POLL_PARTS if message.HasField(name)), None)
    options = bounded(part.option_list, 4) if part is not None else ()
    return [{"index": o.option_index, "text": o.display_content or None, "votes": o.votes} for o in options]


def _pinned_author(message: Any) -> Any:
    for part in _PINNED_MESSAGES:
        if message.HasField(part):
            return getattr(message, part).user
    return None


def _pinned_by(message: Any) -> str | None:
    operator = read_who(message.operator)
    name: str | None = operator["unique_id"] or operator["nickname"]
    return name


def _caption_text(message: Any) -> str | None:
    return " ".join(part.text for part in bounded(message.content, 2) if part.text) or None


def _caption_language(message: Any) -> str | None:
    return message.content[0].language or None if message.content else None


def _question(path: str) -> tuple[Field, ...]:
    return (
        Field("question_text", "string", f"{path}.question_text", "Text of the question"),
        Field("question_id", "id", f"{path}.question_id", "ID of the question"),
    )


_GOAL = (
    Field("goal_id", "id", "goal.id", "ID of the goal"),
    Field("description", "string", "goal.description", "Description by the host"),
    Field("status", "integer", "goal.status", "TikTok's number for the state of the goal"),
    Field("start_time", "integer", "goal.start_time", "Start, in seconds since 1970"),
    Field("expire_time", "integer", "goal.expire_time", "End, in seconds since 1970"),
    Field(
        "sub_goals",
        "array",
        "goal.sub_goals",
        "What the goal consists of",
        fields=(
            Field("goal_id", "id", "id", "ID; for a gift goal, the ID of the gift"),
            Field("type", "integer", "type", "TikTok's number for the type of goal"),
            Field("progress", "integer", "progress", "Progress so far"),
            Field("target", "integer", "target", "Target"),
            Field("gift_name", "string", "gift.name", "Name of the gift that counts; null for other goals"),
        ),
    ),
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
    simple_row("question_switch", pb.WebcastQuestionSwitchMessage, "The Q&A was switched on or off."),
    simple_row(
        "goal_update", pb.WebcastGoalUpdateMessage, "A goal of the host was set, or made progress.", fields=_GOAL
    ),
    simple_row(
        "poll",
        pb.WebcastPollMessage,
        "A poll started, changed or ended.",
        fields=(
            Field("poll_id", "id", "poll_id", "ID of the poll"),
            Field("message_type", "integer", "message_type", "0 started, 1 ended, 2 changed"),
            Field("title", "string", "start_content.title", "Question; only when the poll starts"),
            Field("poll_kind", "integer", "poll_kind", "TikTok's number for the kind of poll"),
            Field(
                "options",
                "array",
                _poll_options,
                "Options of the poll",
                fields=(
                    Field("index", "integer", None, "Position in the list"),
                    Field("text", "string", None, "Text of the option"),
                    Field("votes", "integer", None, "Number of votes so far"),
                ),
            ),
        ),
    ),
    simple_row(
        "room_pin",
        pb.WebcastRoomPinMessage,
        "A message was pinned or unpinned; the person is the author of the message.",
        person=_pinned_author,
        fields=(
            Field("original_msg_type", "string", "original_msg_type", "Type of the pinned message"),
            Field("comment", "string", "chat_message.content", "Text of the pinned comment"),
            Field("gift_name", "string", lambda m: gift_details(m.gift_message)["name"], "Name of the pinned gift"),
            Field("pinned_by", "string", _pinned_by, "Name of the user who pinned it"),
            Field("action", "integer", "action", "TikTok's number for the action"),
            Field("pin_id", "id", "pin_id", "ID of the pin"),
            Field("pinned_at", "integer", "timestamp", "Time of the pin, in ms since 1970"),
        ),
    ),
    simple_row(
        "caption",
        pb.WebcastCaptionMessage,
        "What the host says, as recognized by TikTok.",
        fields=(
            Field("text", "string", _caption_text, "Recognized words"),
            Field("language", "string", _caption_language, "Language of the words"),
            Field("timestamp_ms", "integer", "timestamp_ms", "Time in ms since 1970; in some messages, in seconds"),
            Field("duration_ms", "integer", "duration_ms", "Duration in ms; -1 if unknown"),
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
            Field("scene", "string", "scene", "TikTok's name for the occasion"),
            Field("is_welcome", "boolean", "is_welcome", "True for a welcome message"),
        ),
    ),
    simple_row("donation_sticker_modify", pb.WebcastDonationStickerModifyMethod, "The donation sticker changed."),
)
