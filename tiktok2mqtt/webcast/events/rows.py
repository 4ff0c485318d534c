"""THE registry: one row per event. Adding an event is one row here and one test.

Source of every row: protocol reference, sections 4 and 5. Rows speak neutral words; what becomes of an event on MQTT
is the bridge's business.
"""

from typing import Any

from tiktok2mqtt.webcast.events.people import first_url, short_person
from tiktok2mqtt.webcast.events.registry import EventRow, Field, Registry
from tiktok2mqtt.webcast.schema import messages_pb2 as pb

FOLLOW_ACTION = 1
SHARE_ACTIONS = range(2, 6)
ENDED_ACTIONS = {3: "ended", 4: "suspended"}


def _emotes(message: Any) -> list[dict[str, Any]]:
    return [
        {
            "emote_id": data.emote.emote_id or None,
            "image": first_url(data.emote.image.url_list),
            "place_in_comment": data.place_in_comment,
        }
        for data in message.emotes
    ]


def _mentioned_user(message: Any) -> dict[str, Any] | None:
    return short_person(message.at_user) if message.HasField("at_user") else None


def _top_viewers(message: Any) -> list[dict[str, Any]]:
    return [{"rank": c.rank, "score": c.score} | short_person(c.user) for c in message.ranks_list]


def _gift(message: Any) -> dict[str, Any]:
    """Return the gift as the message tells it; what the message leaves out is null, never a guess."""
    details = message.gift if message.HasField("gift") else None
    receiver = message.to_user.id or message.gift_extra.to_user_id
    return {
        "gift_id": str(message.gift_id or (details.id if details else 0) or "") or None,
        "name": (details.name or None) if details else None,
        "gift_type": details.type if details else None,
        "diamond_count": details.diamond_count if details else None,
        "repeat_count": message.repeat_count,
        "repeat_end": message.repeat_end,
        "group_id": str(message.group_id) if message.group_id else None,
        "to_user_id": str(receiver) if receiver else None,
        "image": (first_url(details.image.url_list) or first_url(details.icon.url_list)) if details else None,
    }


def _social_verb(message: Any) -> str:
    """Return follow, share or other. When the display key and the action disagree, the key decides."""
    key = message.common.display_text.key
    if "follow" in key:
        return "follow"
    if "share" in key:
        return "share"
    if key:
        return "other"
    if message.action == FOLLOW_ACTION:
        return "follow"
    return "share" if message.action in SHARE_ACTIONS else "other"


def _viewer_count(message: Any) -> int | None:
    return message.member_count or None


_LABEL = (
    Field("display_type", "string", "common.display_text.key", "Key of the text TikTok shows"),
    Field("label", "string", "common.display_text.default_pattern", "That text in English, with holes like {0:user}"),
)
_GIFT = (
    Field("gift_id", "id", lambda m: str(m.gift_id or m.gift.id or "") or None, "The gift's id"),
    Field("gift", "object", _gift, "The gift: its name, its price in diamonds, and the message's own counts"),
    Field("count", "integer", None, "How many so far in this streak, or in all"),
    Field("delta", "integer", None, "How many of them no earlier event of the same name has told; sums to the total"),
    Field("diamonds", "integer", None, "Price of `count` gifts in diamonds; null when the price is unknown"),
    Field("extended_gift_info", "object", None, "The gift's entry in the gift list; only when that is asked for"),
)
_SOCIAL = (*_LABEL, Field("action", "integer", "action", "1 followed, 2 to 5 shared"))
_SOCIAL_METHODS = ("WebcastSocialMessage",)
_REASON = (
    Field("code", "string", None, "The reason in one word"),
    Field("reason", "string", None, "The reason in plain words"),
)

ROWS = (
    EventRow(
        "chat",
        "A viewer wrote a comment.",
        methods=("WebcastChatMessage",),
        message=pb.WebcastChatMessage,
        person="user",
        fields=(
            Field("comment", "string", "content", "The text"),
            Field("emotes", "array", _emotes, "Emotes in the text: emote_id, image, place_in_comment"),
            Field("mentioned_user", "object", _mentioned_user, "The user the comment answers"),
            Field("language", "string", "content_language", "Language of the text, as TikTok guesses it"),
        ),
    ),
    EventRow(
        "member",
        "A viewer joined.",
        methods=("WebcastMemberMessage",),
        message=pb.WebcastMemberMessage,
        person="user",
        fields=(
            Field("action", "integer", "action", "1 joined; other numbers are acts of moderation"),
            Field("viewer_count", "integer", _viewer_count, "Viewers now, if sent"),
        ),
    ),
    EventRow(
        "gift",
        "A gift, final: once per streak or single gift.",
        kind="gift",
        priority=True,
        methods=("WebcastGiftMessage",),
        message=pb.WebcastGiftMessage,
        person="user",
        fields=(*_GIFT, Field("closed_by", "string", None, "What ended the streak: end, timeout or disconnect")),
    ),
    EventRow(
        "gift_streak",
        "A streak of gifts is running; its end comes as `gift`.",
        kind="gift",
        person="user",
        fields=_GIFT,
    ),
    EventRow(
        "like",
        "A viewer tapped; TikTok sends a message for some of the taps.",
        kind="like",
        methods=("WebcastLikeMessage",),
        message=pb.WebcastLikeMessage,
        person="user",
        fields=(
            Field("like_count", "integer", "count", "Likes in this batch"),
            Field("total_like_count", "integer", "total", "Likes of the whole LIVE; never goes back within a session"),
            *_LABEL,
        ),
    ),
    EventRow(
        "room_user",
        "How many watch, and who gave most.",
        methods=("WebcastRoomUserSeqMessage",),
        message=pb.WebcastRoomUserSeqMessage,
        fields=(
            Field("viewer_count", "integer", "viewer_count", "Viewers now"),
            Field("total_user_count", "integer", "total_user", "Viewers since the LIVE began"),
            Field("top_viewers", "array", _top_viewers, "The highest gifters among the viewers: rank, score, user"),
        ),
    ),
    EventRow(
        "social",
        "A viewer followed the host, shared the LIVE or the like.",
        methods=_SOCIAL_METHODS,
        message=pb.WebcastSocialMessage,
        person="user",
        fields=_SOCIAL,
    ),
    EventRow(
        "follow",
        "A viewer followed the host.",
        kind="action",
        priority=True,
        methods=_SOCIAL_METHODS,
        message=pb.WebcastSocialMessage,
        person="user",
        when=lambda message: _social_verb(message) == "follow",
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
        methods=_SOCIAL_METHODS,
        message=pb.WebcastSocialMessage,
        person="user",
        when=lambda message: _social_verb(message) == "share",
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
        methods=("WebcastQuestionNewMessage",),
        message=pb.WebcastQuestionNewMessage,
        person="details.user",
        fields=(Field("question_text", "string", "details.question_text", "The question"),),
    ),
    EventRow(
        "stream_end",
        "The LIVE is over.",
        kind="lifecycle",
        priority=True,
        methods=("WebcastControlMessage",),
        message=pb.WebcastControlMessage,
        when=lambda message: message.action in ENDED_ACTIONS,
        fields=(
            Field("reason", "string", lambda m: ENDED_ACTIONS[m.action], "ended by the host, or suspended by TikTok"),
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
    EventRow("disconnected", "The room is no longer heard.", kind="lifecycle", priority=True, fields=_REASON),
    EventRow("error", "Something failed that does not end the connection.", kind="lifecycle", fields=_REASON),
)

REGISTRY = Registry(ROWS)
