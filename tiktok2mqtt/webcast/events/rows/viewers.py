"""What viewers do: comment, join, like, follow, share."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import Field, as_id, bounded, first_url
from tiktok2mqtt.webcast.events.registry import EventRow, Source
from tiktok2mqtt.webcast.events.rows.common import LABEL, simple_row
from tiktok2mqtt.webcast.events.users import WHO, read_who
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import notices_pb2

_FOLLOW_ACTION = 1
_SHARE_ACTIONS = range(2, 6)
SOCIAL_METHODS = ("WebcastSocialMessage",)


def social_verb(message: Any) -> str:
    """Return follow, share, subscribe or other. If the display key and the action disagree, the key decides."""
    key = message.common.display_text.key
    for part, verb in (("follow", "follow"), ("share", "share"), ("subscri", "subscribe")):
        if part in key:
            return verb
    if key:
        return "other"
    if message.action == _FOLLOW_ACTION:
        return "follow"
    return "share" if message.action in _SHARE_ACTIONS else "other"


def _mentioned_user(message: Any) -> dict[str, Any] | None:
    return read_who(message.at_user) if message.HasField("at_user") else None


def _emote(data: Any) -> dict[str, Any]:
    return {"emote_id": as_id(data.emote_id), "image": first_url(data.image)}


def _emotes_in_comment(message: Any) -> list[dict[str, Any]]:
    emotes = bounded(message.emotes, 5)
    return [_emote(data.emote) | {"place_in_comment": data.place_in_comment} for data in emotes]


def _emotes(message: Any) -> list[dict[str, Any]]:
    return [_emote(data) for data in bounded(message.emote_list, 4)]


def _top_viewers(message: Any) -> list[dict[str, Any]]:
    entries = bounded(message.ranks_list, 7)
    return [{"rank": entry.rank, "score": entry.score} | read_who(entry.user) for entry in entries]


_EMOTE = (
    Field("emote_id", "id", None, "ID of the emote"),
    Field("image", "string", None, "URL of the picture"),
)
_SOCIAL = (*LABEL, Field("action", "integer", "action", "1 followed, 2 to 5 shared"))

ROWS = (
    simple_row(
        "chat",
        pb.WebcastChatMessage,
        "A viewer wrote a comment.",
        person="user",
        fields=(
            Field("comment", "string", "content", "Text of the comment"),
            Field(
                "emotes",
                "array",
                _emotes_in_comment,
                "Emotes in the comment",
                fields=(*_EMOTE, Field("place_in_comment", "integer", None, "Position in the comment, in characters")),
            ),
            Field("mentioned_user", "object", _mentioned_user, "User that the comment mentions", fields=WHO),
            Field("language", "string", "content_language", "Language of the comment, as detected by TikTok"),
        ),
    ),
    simple_row(
        "emote",
        notices_pb2.WebcastEmoteChatMessage,
        "A subscriber sent emotes without text.",
        person="user",
        fields=(Field("emotes", "array", _emotes, "The emotes", fields=_EMOTE),),
    ),
    simple_row(
        "member",
        pb.WebcastMemberMessage,
        "A viewer joined.",
        person="user",
        fields=(
            Field("action", "integer", "action", "1 joined; other numbers are moderation actions"),
            Field(
                "viewer_count",
                "integer",
                lambda m: m.member_count or None,
                "Number of viewers now; null if not sent",
            ),
            *LABEL,
        ),
    ),
    simple_row(
        "unauthorized_member",
        notices_pb2.WebcastUnauthorizedMemberMessage,
        "A viewer who is not logged in joined.",
        fields=(
            Field("action", "integer", "action", "1 joined"),
            Field("nickname", "string", "nick_name", "Number shown instead of a name"),
            Field(
                "label",
                "string",
                "enter_text.default_pattern",
                "Text that TikTok shows, with placeholders such as {0:user}",
            ),
        ),
    ),
    simple_row(
        "like",
        pb.WebcastLikeMessage,
        "A viewer liked the LIVE. TikTok reports taps in batches, and not all of them.",
        kind="like",
        person="user",
        fields=(
            Field("like_count", "integer", "count", "Number of likes in this batch"),
            Field(
                "total_like_count",
                "integer",
                "total",
                "Number of likes of the whole LIVE; never decreases within a session",
            ),
            *LABEL,
        ),
    ),
    simple_row(
        "room_user",
        pb.WebcastRoomUserSeqMessage,
        "Number of viewers, and the top gifters among them.",
        fields=(
            Field("viewer_count", "integer", "viewer_count", "Number of viewers now"),
            Field("total_user_count", "integer", "total_user", "Number of viewers since the LIVE started"),
            Field(
                "top_viewers",
                "array",
                _top_viewers,
                "Top gifters among the viewers",
                fields=(
                    Field("rank", "integer", None, "Rank; 1 is the highest"),
                    Field("score", "integer", None, "Number of diamonds given"),
                    *WHO,
                ),
            ),
        ),
    ),
    simple_row(
        "social",
        pb.WebcastSocialMessage,
        "A viewer followed the host, shared the LIVE, or did something similar.",
        person="user",
        fields=_SOCIAL,
    ),
    EventRow(
        "follow",
        "A viewer followed the host.",
        kind="action",
        priority=True,
        has_person=True,
        sources=(Source(SOCIAL_METHODS, pb.WebcastSocialMessage, lambda m: social_verb(m) == "follow", person="user"),),
        fields=(
            *_SOCIAL,
            Field(
                "follower_count",
                "integer",
                lambda m: m.follow_count or None,
                "Number of followers of the host; null if not sent",
            ),
        ),
    ),
    EventRow(
        "share",
        "A viewer shared the LIVE.",
        kind="action",
        priority=True,
        has_person=True,
        sources=(Source(SOCIAL_METHODS, pb.WebcastSocialMessage, lambda m: social_verb(m) == "share", person="user"),),
        fields=(
            *_SOCIAL,
            Field(
                "share_count",
                "integer",
                lambda m: m.share_count or None,
                "Number of shares so far; null if not sent",
            ),
        ),
    ),
    simple_row("speaker", notices_pb2.WebcastSpeakerMessage, "A viewer's message was shown enlarged.", person="user"),
    simple_row(
        "im_delete",
        notices_pb2.WebcastImDeleteMessage,
        "Comments were deleted: those listed, or all comments of the users listed.",
        fields=(
            Field("message_ids", "array", "delete_msg_ids_list", "IDs of the deleted messages", items="id"),
            Field("user_ids", "array", "delete_user_ids_list", "IDs of the users", items="id"),
        ),
    ),
)
