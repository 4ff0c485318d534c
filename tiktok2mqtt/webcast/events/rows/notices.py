"""Notices, banners, gifts in general, games, and everything else."""

from typing import Any

import orjson

from tiktok2mqtt.webcast.events.fields import Field, as_id, as_instant, as_text, bounded, enum_fields, first_url
from tiktok2mqtt.webcast.events.limits import charge
from tiktok2mqtt.webcast.events.rows.common import (
    LABEL,
    PERCEPTION_WORDS,
    PUNISH_WORDS,
    TEXT,
    display_text,
    generic_fields,
    simple_row,
)
from tiktok2mqtt.webcast.events.users import WHO, read_who, render
from tiktok2mqtt.webcast.schema import notices_pb2 as pb
from tiktok2mqtt.webcast.schema.types_pb2 import PunishInfo

_BOTTOM_TYPES = {
    1: "rethink_chat",
    2: "rethink_question",
    3: "warning",
    4: "warning_co_host",
    5: "comments_at_risk",
    6: "perception",
}
_MAX_ITEMS = 10
_MAX_NAME_CHARS = 200
# Parsing this many bytes of JSON takes at most as long as reading a value, see `limits.charge`.
_JSON_BYTES_PER_VALUE = 64
_PENALTY = generic_fields(PunishInfo.DESCRIPTOR, words=PUNISH_WORDS)
Json = dict[str, Any]


def _campaigns(message: Any) -> list[Json]:
    """Return the campaigns in the JSON texts of a banner message; what is no such JSON is left out."""
    found = []
    for raw in bounded(message.raw_data_entries, 4)[:_MAX_ITEMS]:
        charge(len(raw) // _JSON_BYTES_PER_VALUE)
        try:
            data = orjson.loads(raw)
        except orjson.JSONDecodeError:
            continue
        parts = data.items() if isinstance(data, dict) else ()
        found += [_campaign(name, part) for name, part in parts if isinstance(part, dict)]
    return found[:_MAX_ITEMS]


def _campaign(name: str, data: Json) -> Json:
    time, banner = _part(data, "activity_time"), _part(data, "banner_data")
    ranks = banner.get("rank_lists")
    first = ranks[0] if isinstance(ranks, list) and ranks else None
    rank = first.get("rank") if isinstance(first, dict) else None
    return {
        "name": as_text(name[:_MAX_NAME_CHARS]),
        "start_time": as_instant(_number(time.get("start_time"))),
        "end_time": as_instant(_number(time.get("end_time"))),
        "rank": _number(rank) or None,
    }


def _part(data: Json, key: str) -> Json:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _number(value: object) -> int:
    """Return a number from JSON, 0 if it is none that JSON readers can hold."""
    return value if type(value) is int and abs(value) < 2**53 else 0


def _notified_user(message: Any) -> Json | None:
    return read_who(message.user) if message.HasField("user") else None


def _announcements(message: Any) -> list[Json]:
    return [
        {
            "text": display_text(entry.notify),
            "from_user_id": as_id(entry.notify.from_user_id),
            "ranking": as_text(entry.notify.source),
        }
        for entry in bounded(message.entity_list, 5)
    ]


def _announcement(message: Any) -> str | None:
    return display_text(message.entity_list[0].notify) if message.entity_list else display_text(message)


def _stickers(message: Any) -> list[Json]:
    return [
        {
            "sticker_id": as_id(sticker.sticker_id),
            "name": as_text(sticker.name),
            "content": as_text(sticker.content),
            "image": first_url(sticker.image),
        }
        for sticker in bounded(message.stickers, 5)
    ]


def _bag_winners(message: Any) -> list[Json]:
    return [
        {
            "user_id": as_id(winner.user.user_id),
            "unique_id": as_text(winner.user.unique_id),
            "nickname": None,
            "profile_picture_url": first_url(winner.user.avatar),
            "coins": winner.coins or None,
        }
        for winner in bounded(message.winners[:_MAX_ITEMS], 6)
    ]


_NOTICES = (
    simple_row(
        "in_room_banner",
        pb.WebcastInRoomBannerMessage,
        "Data for the banners of campaigns.",
        fields=(
            Field(
                "campaigns",
                "array",
                _campaigns,
                "Campaigns that have a banner",
                fields=(
                    Field("name", "string", None, "TikTok's name of the campaign"),
                    Field("start_time", "string", None, "Start: RFC 3339", instant=True),
                    Field("end_time", "string", None, "End: RFC 3339", instant=True),
                    Field("rank", "integer", None, "The host's place in its ranking; null if it has none"),
                ),
            ),
            Field(
                "position",
                "integer",
                "position",
                "TikTok's number for the place on the screen; its words are not known",
            ),
            Field("action_type", "integer", "action_type", "TikTok's number for the action; its words are not known"),
        ),
    ),
    simple_row("in_room_banner_refresh", pb.WebcastInRoomBannerRefreshMessage, "The banners must be fetched again."),
    simple_row("access_control", pb.WebcastAccessControlMessage, "TikTok asks the viewer for verification."),
    simple_row(
        "access_recall",
        pb.WebcastAccessRecallMessage,
        "Access to the LIVE was restricted.",
        fields=(
            *TEXT,
            Field("status", "integer", "status", "TikTok's number for the state; its words are not known"),
            Field("scene", "string", "scene", "Cause, for example CONTENT_CLASSIFICATION"),
            Field("notice", "string", lambda m: render(m.notice), "Title that TikTok shows"),
            Field("content", "string", lambda m: render(m.content), "Text that TikTok shows"),
            Field("duration_s", "integer", "duration_s", "How long it lasts, in seconds"),
            Field("end_time", "string", lambda m: m.end_time_v2 or m.end_time, "End: RFC 3339", instant=True),
            Field("punish_info", "object", "punish_info", "Penalty", fields=_PENALTY),
        ),
    ),
    simple_row("room_verify", pb.WebcastRoomVerifyMessage, "TikTok verifies the room.", aliases=("RoomVerifyMessage",)),
    simple_row(
        "perception",
        pb.WebcastPerceptionMessage,
        "A warning to the host or to the viewers.",
        words={**PERCEPTION_WORDS, **PUNISH_WORDS},
    ),
    simple_row("system", pb.WebcastSystemMessage, "A system message."),
    simple_row("notice", pb.WebcastNoticeMessage, "A notice."),
    simple_row("notify", pb.WebcastNotifyMessage, "A notification."),
    simple_row(
        "room_notify",
        pb.WebcastRoomNotifyMessage,
        "A notification in the room.",
        fields=(
            *TEXT,
            Field("content", "string", "content", "Text of the notification, if it has one of its own"),
            Field("notify_type", "integer", "notify_type", "TikTok's number for the kind; its words are not known"),
            Field("message_source", "string", "source", "Where it comes from, for example gift_broadcast"),
            Field("user", "object", _notified_user, "User it is about", fields=WHO),
            Field("from_user_id", "id", "from_user_id", "User ID of the person who caused it"),
            Field("to_anchor_id", "id", "to_anchor_id", "User ID of the host it is for"),
            Field("duration_s", "integer", "extra.duration_s", "How long it is shown, in seconds"),
        ),
    ),
    simple_row("toast", pb.WebcastToastMessage, "A short notice."),
    simple_row(
        "bottom",
        pb.WebcastBottomMessage,
        "A notice at the bottom of the screen, such as a health warning.",
        fields=(
            *LABEL,
            Field("content", "string", "content", "Text of the notice, if it has one of its own"),
            Field("duration_s", "integer", "duration_s", "How long it is shown, in seconds"),
            *enum_fields("biz_type", "biz_type", _BOTTOM_TYPES, "TikTok's number for the cause"),
            Field("violation_user_id", "id", "violation_user_id", "User ID of the person who broke the rules"),
            Field("detail_url", "string", "detail_url", "Page with the details"),
            Field(
                "punish_info",
                "object",
                "punish_info",
                "Penalty",
                fields=_PENALTY,
            ),
        ),
    ),
    simple_row("capsule", pb.WebcastCapsuleMessage, "A hint among the comments."),
    simple_row("guide", pb.WebcastGuideMessage, "A hint."),
    simple_row(
        "marquee_announcement",
        pb.WebcastMarqueeAnnouncementMessage,
        "A scrolling announcement.",
        fields=(
            Field("text", "string", _announcement, "Text of the first announcement, in English"),
            Field("message_scene", "string", "message_scene", "Occasion, for example start_room_event"),
            Field(
                "announcements",
                "array",
                _announcements,
                "All announcements",
                fields=(
                    Field("text", "string", None, "Text that TikTok shows, in English"),
                    Field("from_user_id", "id", None, "User ID of the host it is about"),
                    Field("ranking", "string", None, "Where it comes from, for example weekly_rank"),
                ),
            ),
        ),
    ),
    simple_row("alert_box_audit_result", pb.WebcastAlertBoxAuditResultMessage, "An alert box was reviewed."),
    simple_row(
        "anchor_tool_modification",
        pb.WebcastAnchorToolModificationMessage,
        "The host changed an effect or another tool.",
        time="modification.start_time",
        fields=(
            Field("name", "string", "modification.name", "Name of the effect"),
            Field("effect_id", "id", "modification.effect_id", "ID of the effect"),
            Field("resource_id", "id", "modification.resource_id", "ID of its files"),
            Field("user_id", "id", "modification.user_id", "User ID of the host"),
            Field("started_at", "string", "modification.start_time", "Start: RFC 3339", instant=True),
            Field("ended_at", "string", "modification.end_time", "End: RFC 3339; null while it is on", instant=True),
            Field("duration_s", "integer", "modification.duration_s", "How long it was on, in seconds"),
            Field("tab", "string", "modification.tab", "Where the host found it, for example trending"),
            Field("scene", "string", "modification.scene", "Kind of LIVE, for example video_anchor_pk"),
        ),
    ),
    simple_row(
        "room_sticker",
        pb.WebcastRoomStickerMessage,
        "The stickers on the screen changed.",
        fields=(
            Field(
                "stickers",
                "array",
                _stickers,
                "Stickers on the screen now",
                fields=(
                    Field("sticker_id", "id", None, "ID of the sticker"),
                    Field("name", "string", None, "Name of the sticker"),
                    Field("content", "string", None, "What the host wrote on it"),
                    Field("image", "string", None, "URL of the picture"),
                ),
            ),
            Field("sticker_count", "integer", lambda m: len(m.stickers), "Number of stickers", zero=True),
        ),
    ),
    simple_row(
        "hashtag",
        pb.WebcastHashtagMessage,
        "The topic of the LIVE.",
        fields=(
            *TEXT,
            Field("hashtag_id", "id", "hashtag.id", "ID of the topic"),
            Field("title", "string", "hashtag.title", "Name of the topic; most often only `text` is sent"),
            Field("image", "string", lambda m: first_url(m.hashtag.image), "URL of the picture"),
        ),
    ),
    simple_row(
        "msg_detect",
        pb.WebcastMsgDetectMessage,
        "TikTok measures the delivery of its messages.",
        time="time_info.api_send_time",
    ),
)

_GIFT_NOTICES = (
    simple_row("boost_card", pb.WebcastBoostCardMessage, "Boost cards."),
    simple_row("envelope_portal", pb.WebcastEnvelopePortalMessage, "A portal to another room with a treasure box."),
    simple_row(
        "goody_bag",
        pb.WebcastGoodyBagMessage,
        "A goody bag was put out, or its winners were drawn.",
        fields=(
            Field("type", "integer", "type", "TikTok's number for the step; with winners it is over"),
            Field("type_name", "string", lambda m: "drawn" if m.winners else "open", "open, or drawn with its winners"),
            Field("goody_bag_id", "id", "bag.goody_bag_id", "ID of the goody bag"),
            Field("coins", "integer", "bag.coin_detail.coins", "Number of coins in it"),
            Field("winner_count", "integer", "bag.detail.winner_count", "Number of viewers who can win"),
            Field("joined_count", "integer", "bag.detail.joined_count", "Number of viewers who take part"),
            Field("comment", "string", "bag.detail.participate_text", "What viewers have to write to take part"),
            Field("opens_at", "string", "bag.detail.open_at", "When it is drawn: RFC 3339", instant=True),
            Field("countdown_min", "integer", "bag.detail.countdown_min", "Minutes from the start to the draw"),
            Field(
                "winners",
                "array",
                _bag_winners,
                "First ten winners",
                fields=(*WHO, Field("coins", "integer", None, "Number of coins won")),
            ),
        ),
    ),
)

_GAMES = (
    simple_row("live_game_intro", pb.WebcastLiveGameIntroMessage, "The game that is being played."),
    simple_row(
        "pictionary_start",
        pb.WebcastPictionaryStartMessage,
        "A round of the drawing game started.",
        time="round.start_time",
        fields=(
            Field("round_id", "id", "round.round_id", "ID of the round"),
            Field("message_session_id", "id", "round.session_id", "ID of the game"),
            Field("start_time", "string", "round.start_time", "Start: RFC 3339", instant=True),
            Field("end_time", "string", "round.end_time", "End: RFC 3339", instant=True),
            Field("word", "string", "round.word", "What is drawn; null while it is secret"),
        ),
    ),
    simple_row("pictionary_update", pb.WebcastPictionaryUpdateMessage, "The state of the drawing game changed."),
    simple_row("pictionary_end", pb.WebcastPictionaryEndMessage, "A round of the drawing game ended."),
    simple_row("pictionary_exit", pb.WebcastPictionaryExitMessage, "The host left the drawing game."),
    simple_row("viewer_picks_update", pb.WebcastViewerPicksUpdateMessage, "The viewers' picks changed."),
)

ROWS = (*_NOTICES, *_GIFT_NOTICES, *_GAMES)
