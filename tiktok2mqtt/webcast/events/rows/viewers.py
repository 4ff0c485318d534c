"""What viewers do: comment, join, like, follow, share."""

from operator import itemgetter
from typing import Any

from tiktok2mqtt.webcast.events.fields import Field, Part, Read, as_id, as_text, bounded, enum_fields, first_url
from tiktok2mqtt.webcast.events.registry import EventRow, Source
from tiktok2mqtt.webcast.events.rows.common import LABEL, simple_row
from tiktok2mqtt.webcast.events.users import WHO, read_who, render
from tiktok2mqtt.webcast.schema import messages_pb2 as pb
from tiktok2mqtt.webcast.schema import notices_pb2

_FOLLOW_ACTION = 1
_JOINED = 1
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


def _mentions(message: Any) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return the user that a comment mentions, and all of them: in full, or by their ids alone."""
    user = read_who(message.at_user) if message.HasField("at_user") else None
    if users := message.mention_users:
        mentioned = list(map(read_who, bounded(users, 5)))
    elif ids := message.mention_user_list:
        mentioned = [_NOBODY | {"user_id": as_id(user_id)} for user_id in bounded(ids, 5)]
    elif user is not None:
        # Older messages have only this one.
        mentioned = [user]
    else:
        return None, []
    comment = message.content
    return user, [one | {"place_in_comment": _place(one, comment)} for one in mentioned]


def _place(user: dict[str, Any], comment: str) -> int | None:
    for name in (user["nickname"], user["unique_id"]):
        if name and (place := comment.find(f"@{name}")) >= 0:
            return place
    return None


def _emote(data: Any) -> dict[str, Any]:
    return {"emote_id": as_id(data.emote_id), "image": first_url(data.image)}


def _emotes_in_comment(message: Any) -> list[dict[str, Any]]:
    if not (emotes := message.emotes):
        return []
    bounded(emotes, 5)
    return [_emote(data.emote) | {"place_in_comment": data.place_in_comment} for data in emotes]


def _emotes(message: Any) -> list[dict[str, Any]]:
    return [_emote(data) for data in bounded(message.emote_list, 4)]


def _top_viewers(message: Any) -> list[dict[str, Any]]:
    entries = bounded(message.ranks_list, 7)
    return [{"rank": entry.rank, "score": entry.score} | read_who(entry.user) for entry in entries]


_NOBODY = {field.key: None for field in WHO}


def _effect_count(message: Any) -> int | None:
    # One effect for each generation of clients, the newest last.
    effects = message.like_effect
    return effects[-1].effect_count or None if effects else None


def _moderation(message: Any) -> Any:
    """Return the message if a moderator has done something to the viewer."""
    return None if message.action == _JOINED else message


def _operator(message: Any) -> dict[str, Any] | None:
    return read_who(message.operator) if message.HasField("operator") else None


def _is_returning(message: Any) -> bool | None:
    return message.wave_algorithm_data.is_rewatch if message.HasField("wave_algorithm_data") else None


def _admin_permissions(message: Any) -> list[str]:
    return [str(entry.key) for entry in bounded(message.admin_permissions) if entry.value]


def _follow_target(message: Any) -> str | None:
    """Return the ID of the user who was followed: the share target of older messages, which is "-1" for shares."""
    if message.target_user_id or message.action != _FOLLOW_ACTION:
        return as_id(message.target_user_id)
    target: str = message.share_target
    return as_id(target) if target.isdigit() else None


def _viewer_name(message: Any) -> str | None:
    """Return the name of a viewer who is not logged in, as TikTok shows it: "Viewer743858"."""
    pattern: str = message.nick_name_prefix.default_pattern
    name: str = message.nick_name
    return as_text(pattern.replace("%s", name) if "%s" in pattern else pattern + name)


def _viewer_entry(message: Any) -> str | None:
    """Return the text about such a viewer. Its pieces name nobody."""
    text: str | None = render(message.enter_text)
    name = _viewer_name(message)
    return text.replace("…", name, 1) if text and name else text


MEMBER_ACTIONS = {_JOINED: "joined", 3: "subscribed"}
"""MemberMessage.action (1 captured, 3 reported)."""
_EMOTE = (
    Field("emote_id", "id", None, "ID of the emote"),
    Field("image", "string", None, "URL of the picture"),
)


def _social(verb: Read) -> tuple[Field, ...]:
    return (
        *LABEL,
        Field("action", "integer", "action", "1 followed, 2 to 5 shared"),
        Field("action_name", "string", verb, "follow, share, subscribe or other"),
        Field("target_user_id", "id", _follow_target, "User ID of the person who was followed: the host or a guest"),
        Field("follow_type", "integer", "follow_type", "TikTok's number for it; its words are not known"),
        Field("scene", "string", "scene", "Where the user did it"),
    )


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
            Field(
                "mentioned_user",
                "object",
                Part(_mentions, itemgetter(0)),
                "User that the comment mentions",
                fields=WHO,
            ),
            Field(
                "mentioned_users",
                "array",
                Part(_mentions, itemgetter(1)),
                "All users that the comment mentions",
                fields=(
                    *WHO,
                    Field("place_in_comment", "integer", None, "Position of the @ in the comment; null if it has none"),
                ),
            ),
            Field(
                "is_on_comment_tray", "boolean", "is_on_comment_tray", "True if the comment is shown above the others"
            ),
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
            *enum_fields("action", "action", MEMBER_ACTIONS, "What the viewer did, or what a moderator did to them"),
            Field(
                "viewer_count",
                "integer",
                lambda m: m.member_count or None,
                "Number of viewers now; null if not sent",
            ),
            Field(
                "operator",
                "object",
                Part(_moderation, _operator),
                "Moderator who acted; null if the viewer just joined",
                fields=WHO,
            ),
            Field(
                "admin_permissions",
                "array",
                Part(_moderation, _admin_permissions),
                "Numbers for what a moderator may do; null if the viewer just joined",
                items="id",
            ),
            Field("is_returning", "boolean", _is_returning, "True if the viewer was here before; null if not sent"),
            *LABEL,
        ),
    ),
    simple_row(
        "unauthorized_member",
        notices_pb2.WebcastUnauthorizedMemberMessage,
        "A viewer who is not logged in joined.",
        fields=(
            *enum_fields("action", "action", MEMBER_ACTIONS, "What the viewer did"),
            Field("nickname", "string", _viewer_name, "Name as TikTok shows it, such as Viewer743858"),
            Field(
                "label",
                "string",
                "enter_text.default_pattern",
                "Text that TikTok shows, with placeholders such as {0:user}",
            ),
            Field("text", "string", _viewer_entry, "Text that TikTok shows, in English"),
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
            Field("effect_count", "integer", _effect_count, "Number of hearts that rise on the screen"),
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
                    Field("score", "integer", None, "Number of diamonds given", zero=True),
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
        fields=_social(social_verb),
    ),
    EventRow(
        "follow",
        "A viewer followed the host.",
        kind="action",
        priority=True,
        has_person=True,
        sources=(Source(SOCIAL_METHODS, pb.WebcastSocialMessage, lambda m: social_verb(m) == "follow", person="user"),),
        fields=(
            *_social(lambda _m: "follow"),
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
            *_social(lambda _m: "share"),
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
