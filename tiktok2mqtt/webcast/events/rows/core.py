"""Chat, gifts, likes, viewers, follows: what most people listen to."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import WHO, Field
from tiktok2mqtt.webcast.events.registry import EventRow, Source
from tiktok2mqtt.webcast.events.rows.common import LABEL, TEXT
from tiktok2mqtt.webcast.events.rows.gifts import GIFT
from tiktok2mqtt.webcast.events.users import first_url, short_person
from tiktok2mqtt.webcast.schema import messages_pb2 as pb

FOLLOW_ACTION = 1
SHARE_ACTIONS = range(2, 6)
CONTROL_STATES = {1: "paused", 2: "resumed", 3: "ended", 4: "suspended"}
_OVER = (3, 4)


def _mentioned_user(message: Any) -> dict[str, Any] | None:
    return short_person(message.at_user) if message.HasField("at_user") else None


def _top_viewers(message: Any) -> list[dict[str, Any]]:
    return [{"rank": c.rank, "score": c.score} | short_person(c.user) for c in message.ranks_list]


def social_verb(message: Any) -> str:
    """Return follow, share, subscribe or other. When the display key and the action disagree, the key decides."""
    key = message.common.display_text.key
    for verb in ("follow", "share", "subscri"):
        if verb in key:
            return "subscribe" if verb == "subscri" else verb
    if key:
        return "other"
    if message.action == FOLLOW_ACTION:
        return "follow"
    return "share" if message.action in SHARE_ACTIONS else "other"


_SOCIAL = (*LABEL, Field("action", "integer", "action", "1 followed, 2 to 5 shared"))
_SOCIAL_METHODS = ("WebcastSocialMessage",)
_REASON = (
    Field("code", "string", None, "The reason in one word"),
    Field("reason", "string", None, "The reason in plain words"),
)
EMOTE_KEYS = (
    Field("emote_id", "id", None, "The emote's id"),
    Field("image", "string", None, "URL of its picture"),
)


def emote(data: Any) -> dict[str, Any]:
    """Return an Emote: emote_id, image."""
    return {"emote_id": data.emote_id or None, "image": first_url(data.image)}


def _emotes(message: Any) -> list[dict[str, Any]]:
    if not message.emotes:
        return []
    return [emote(data.emote) | {"place_in_comment": data.place_in_comment} for data in message.emotes]


ROWS = (
    EventRow(
        "chat",
        "A viewer wrote a comment.",
        sources=(Source(("WebcastChatMessage",), pb.WebcastChatMessage, person="user"),),
        has_person=True,
        fields=(
            Field("comment", "string", "content", "The text"),
            Field(
                "emotes",
                "array",
                _emotes,
                "Emotes in the text",
                fields=(*EMOTE_KEYS, Field("place_in_comment", "integer", None, "Where, in characters")),
            ),
            Field("mentioned_user", "object", _mentioned_user, "The user the comment answers", fields=WHO),
            Field("language", "string", "content_language", "Language of the text, as TikTok guesses it"),
        ),
    ),
    EventRow(
        "member",
        "A viewer joined.",
        sources=(Source(("WebcastMemberMessage",), pb.WebcastMemberMessage, person="user"),),
        has_person=True,
        fields=(
            Field("action", "integer", "action", "1 joined; other numbers are acts of moderation"),
            Field("viewer_count", "integer", lambda m: m.member_count or None, "Viewers now, if sent"),
            *LABEL,
        ),
    ),
    EventRow(
        "gift",
        "A gift, final: once per streak or single gift. Should a streak go on that was taken for over, another one "
        "tells the difference.",
        kind="gift",
        priority=True,
        sources=(Source(("WebcastGiftMessage",), pb.WebcastGiftMessage, person="user"),),
        has_person=True,
        fields=(
            *GIFT,
            Field(
                "closed_by",
                "string",
                None,
                "What ended the streak: end (its last message, or a gift that comes alone), timeout (silence), "
                "superseded (its user went on with another streak of the gift), disconnect",
            ),
        ),
    ),
    EventRow(
        "gift_streak",
        "A streak of gifts is running; its end comes as `gift`, which may count more.",
        kind="gift",
        has_person=True,
        fields=GIFT,
    ),
    EventRow(
        "like",
        "A viewer tapped; TikTok sends a message for some of the taps.",
        kind="like",
        sources=(Source(("WebcastLikeMessage",), pb.WebcastLikeMessage, person="user"),),
        has_person=True,
        fields=(
            Field("like_count", "integer", "count", "Likes in this batch"),
            Field("total_like_count", "integer", "total", "Likes of the whole LIVE; never goes back within a session"),
            *LABEL,
        ),
    ),
    EventRow(
        "room_user",
        "How many watch, and who gave most.",
        sources=(Source(("WebcastRoomUserSeqMessage",), pb.WebcastRoomUserSeqMessage),),
        fields=(
            Field("viewer_count", "integer", "viewer_count", "Viewers now"),
            Field("total_user_count", "integer", "total_user", "Viewers since the LIVE began"),
            Field(
                "top_viewers",
                "array",
                _top_viewers,
                "The highest gifters among the viewers",
                fields=(
                    Field("rank", "integer", None, "1 is the highest"),
                    Field("score", "integer", None, "Diamonds given"),
                    *WHO,
                ),
            ),
        ),
    ),
    EventRow(
        "social",
        "A viewer followed the host, shared the LIVE or the like.",
        sources=(Source(_SOCIAL_METHODS, pb.WebcastSocialMessage, person="user"),),
        has_person=True,
        fields=_SOCIAL,
    ),
    EventRow(
        "follow",
        "A viewer followed the host.",
        kind="action",
        priority=True,
        has_person=True,
        sources=(
            Source(_SOCIAL_METHODS, pb.WebcastSocialMessage, lambda m: social_verb(m) == "follow", person="user"),
        ),
        fields=(
            *_SOCIAL,
            Field("follower_count", "integer", lambda m: m.follow_count or None, "Followers of the host, if sent"),
        ),
    ),
    EventRow(
        "share",
        "A viewer shared the LIVE.",
        kind="action",
        priority=True,
        has_person=True,
        sources=(Source(_SOCIAL_METHODS, pb.WebcastSocialMessage, lambda m: social_verb(m) == "share", person="user"),),
        fields=(
            *_SOCIAL,
            Field("share_count", "integer", lambda m: m.share_count or None, "Shares so far, if sent"),
        ),
    ),
    EventRow(
        "question_new",
        "A viewer asked a question in the Q&A.",
        kind="action",
        priority=True,
        sources=(Source(("WebcastQuestionNewMessage",), pb.WebcastQuestionNewMessage, person="details.user"),),
        has_person=True,
        fields=(
            Field("question_text", "string", "details.question_text", "The question"),
            Field("question_id", "id", "details.question_id", "Its id"),
        ),
    ),
    EventRow(
        "control",
        "The host paused, resumed or ended the LIVE, or TikTok suspended it.",
        sources=(Source(("WebcastControlMessage",), pb.WebcastControlMessage),),
        fields=(
            Field("action", "integer", "action", "1 paused, 2 resumed, 3 ended, 4 suspended"),
            Field("state", "string", lambda m: CONTROL_STATES.get(m.action), "The same as a word"),
            Field("tips", "string", "tips", "What TikTok says about it"),
        ),
    ),
    EventRow(
        "stream_end",
        "The LIVE is over.",
        kind="lifecycle",
        priority=True,
        sources=(Source(("WebcastControlMessage",), pb.WebcastControlMessage, lambda m: m.action in _OVER),),
        fields=(
            Field("reason", "string", lambda m: CONTROL_STATES[m.action], "ended by the host, or suspended by TikTok"),
            Field("action", "integer", "action", "3 ended, 4 suspended"),
        ),
    ),
    EventRow(
        "connected",
        "The room is being heard.",
        kind="lifecycle",
        priority=True,
        fields=(
            Field("state", "string", None, "live"),
            Field("transport", "string", None, "The way into the room"),
            Field("title", "string", None, "Title of the LIVE, if known"),
        ),
    ),
    EventRow(
        "gap",
        "A LIVE that was lost is heard again; what it said in between is missing, but for what comes as history.",
        kind="lifecycle",
        priority=True,
        fields=(
            Field("seconds", "number", None, "From the last message heard to the moment of the reconnect"),
            Field("since", "string", None, "When the last message was heard, RFC 3339"),
        ),
    ),
    EventRow("disconnected", "The room is no longer heard.", kind="lifecycle", priority=True, fields=_REASON),
    EventRow("error", "Something failed that does not end the connection.", kind="lifecycle", fields=_REASON),
)

__all__ = ["EMOTE_KEYS", "ROWS", "TEXT", "emote", "social_verb"]
