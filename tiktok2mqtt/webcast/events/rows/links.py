"""Rooms that are linked with each other, and guests in a room."""

from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import Field, as_id, as_instant, bounded, enum_fields
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows.battle_scores import entries, who
from tiktok2mqtt.webcast.events.rows.common import TEXT, Words, simple_row
from tiktok2mqtt.webcast.events.users import WHO, read_who
from tiktok2mqtt.webcast.schema import battles_pb2 as pb

Json = dict[str, Any]
# The meanings of all numbers here are reported by other clients.
_SCENES: Final = {2: "co_host", 4: "multi_guest"}
_METHOD_WORDS: Final[Words] = {"scene": _SCENES, "reply_type": {1: "agreed", 2: "rejected"}}
_LAYER_MESSAGES: Final = {
    1: "created",
    2: "invited",
    3: "applied",
    4: "application_answered",
    5: "invitation_answered",
    6: "kicked_out",
    7: "application_canceled",
    8: "invitation_canceled",
    9: "left",
    10: "finished",
    11: "list_changed",
    12: "joined",
    13: "group_joined",
    14: "group_answered",
    15: "group_canceled",
    16: "group_left",
    17: "peer_group_changed",
    18: "group_changed",
}
_LINK_MESSAGES: Final = {
    1: "created",
    2: "closed",
    3: "invited",
    4: "applied",
    5: "invitation_answered",
    6: "entered",
    7: "left",
    8: "application_answered",
    9: "invitation_canceled",
    10: "waiting_list_changed",
    11: "linked_list_changed",
    12: "user_updated",
    13: "kicked_out",
    14: "application_canceled",
    15: "muted",
    16: "matched",
    17: "settings_changed",
    18: "place_changed",
    19: "left",
    20: "waiting_list_changed",
    21: "linked_list_changed",
    22: "co_host_list_changed",
    23: "media_changed",
    24: "acceptance_noticed",
    101: "kicked_out_by_system",
    102: "notice",
}
# LinkMicPosition.type
_LINK_IDS: Final = (1, 2)
_USER_ID: Final = 3
_SCORE_TYPES: Final = {1: "fan_tickets", 2: "play_score"}
_MAX_PEOPLE: Final = 20


def _fan_tickets(message: Any) -> list[Json]:
    notice = message.fan_ticket_room_notice
    return [
        {
            "user_id": as_id(guest.user_id),
            "fan_tickets": guest.fan_ticket,
            "rank": guest.top_guest_rank or None,
            "match_score": guest.match_total_score if notice.match_id else None,
            "match_rank": guest.match_rank or None,
            "play_score": guest.play_info.score if guest.HasField("play_info") else None,
        }
        for guest in bounded(notice.user_fan_ticket, 8)
    ]


def _total(message: Any) -> int | None:
    is_sent = message.HasField("fan_ticket_room_notice")
    return message.fan_ticket_room_notice.total_linkmic_fan_ticket if is_sent else None


def _spots(message: Any) -> list[Json]:
    """Return the places of a layout; the id in the link or the user id says who is in a place (reported)."""
    return [
        {
            "place": spot.spot_id,
            "user_id": as_id(spot.pos_identity.value) if spot.pos_identity.type == _USER_ID else None,
            "link_mic_id": as_id(spot.pos_identity.value) if spot.pos_identity.type in _LINK_IDS else None,
        }
        for spot in bounded(message.biz_spot_list[:_MAX_PEOPLE], 4)
    ]


def _guests(users: Any) -> list[Json]:
    return [
        read_who(guest.user) | {"fan_tickets": guest.fan_ticket, "since": as_instant(guest.modify_time)}
        for guest in bounded(users[:_MAX_PEOPLE], 8)
        if guest.HasField("user")
    ]


def _linked_hosts(message: Any) -> list[Json]:
    hosts = entries(message.business_content.cohost_content.list_change.infos, 6)
    return [who(host, info.display_id, info.nickname, info.avatar) for host, info in hosts[:_MAX_PEOPLE]]


def _co_hosts(message: Any) -> list[Json]:
    return [
        who(host.user_id, host.display_id, host.nickname, host.avatar)
        | {"host_room_id": as_id(host.room_id), "since": as_instant(host.linked_time)}
        for host in bounded(message.cohost_list_change.users[:_MAX_PEOPLE], 8)
    ]


_SINCE: Final = Field("since", "string", None, "Since when: RFC 3339", instant=True)
_GUEST: Final = (*WHO, Field("fan_tickets", "integer", None, "Fan tickets of the guest", zero=True), _SINCE)

ROWS: tuple[EventRow, ...] = (
    simple_row(
        "link_mic_method",
        pb.WebcastLinkMicMethod,
        "Guests and linked rooms changed.",
        aliases=("LinkMicMethod",),
        words=_METHOD_WORDS,
    ),
    simple_row(
        "link_mic_fan_ticket",
        pb.WebcastLinkMicFanTicketMethod,
        "The scores of the guests changed.",
        fields=(
            *TEXT,
            Field(
                "guests",
                "array",
                _fan_tickets,
                "Guests in the LIVE",
                fields=(
                    Field("user_id", "id", None, "User ID of the guest"),
                    Field("fan_tickets", "integer", None, "Fan tickets of the guest", zero=True),
                    Field("rank", "integer", None, "Place among the guests"),
                    Field(
                        "match_score", "integer", None, "Score in the match of the guests; null without one", zero=True
                    ),
                    Field("match_rank", "integer", None, "Place in that match"),
                    Field(
                        "play_score", "integer", None, "Score in the game of the guests; null without one", zero=True
                    ),
                ),
            ),
            Field("total_fan_tickets", "integer", _total, "Fan tickets of all guests together", zero=True),
            Field("match_id", "id", "fan_ticket_room_notice.match_id", "ID of the match; null if there is none"),
            *enum_fields(
                "score_type", "fan_ticket_room_notice.score_type", _SCORE_TYPES, "TikTok's number for what is counted"
            ),
            Field(
                "counted_at",
                "string",
                "fan_ticket_room_notice.event_time",
                "When it was counted: RFC 3339",
                instant=True,
            ),
        ),
    ),
    simple_row(
        "link_mic_layout_state",
        pb.WebcastLinkMicLayoutStateMessage,
        "The layout of the guests changed.",
        fields=(
            *TEXT,
            Field("channel_id", "id", "channel_id", "ID of the channel that links the rooms"),
            *enum_fields("scene", "scene", _SCENES, "TikTok's number for the kind of link"),
            Field("version", "integer", "version", "Version of the layout"),
            Field(
                "spots",
                "array",
                _spots,
                "First twenty places of the layout",
                fields=(
                    Field("place", "integer", None, "Number of the place", zero=True),
                    Field("user_id", "id", None, "User ID of the person who is there, if that is sent"),
                    Field("link_mic_id", "id", None, "ID of the person in the link, if that is sent"),
                ),
            ),
        ),
    ),
    simple_row(
        "link_mic_anchor_guide", pb.WebcastLinkMicAnchorGuideMessage, "A hint about linking rooms.", person="user"
    ),
    simple_row(
        "link",
        pb.WebcastLinkMessage,
        "Rooms are being linked, or guests joined or left.",
        fields=(
            *TEXT,
            *enum_fields("message_type", "message_type", _LINK_MESSAGES, "TikTok's number for what happened"),
            Field("linker_id", "id", "linker_id", "ID of the link"),
            *enum_fields("scene", "scene", _SCENES, "TikTok's number for the kind of link"),
            Field(
                "guests",
                "array",
                lambda m: _guests(m.list_change.linked_users),
                "First twenty people in the link; empty if not sent",
                fields=_GUEST,
            ),
            Field(
                "applicants",
                "array",
                lambda m: _guests(m.list_change.applied_users),
                "First twenty viewers who want to join; empty if not sent",
                fields=_GUEST,
            ),
            Field(
                "co_hosts",
                "array",
                _co_hosts,
                "First twenty hosts whose rooms are linked; empty if not sent",
                fields=(*WHO, Field("host_room_id", "id", None, "Room ID of the host"), _SINCE),
            ),
            Field("user_id", "id", "leave.user_id", "User ID of the person who left"),
        ),
    ),
    simple_row(
        "link_layer",
        pb.WebcastLinkLayerMessage,
        "Technical data of linked rooms.",
        fields=(
            *TEXT,
            *enum_fields("message_type", "message_type", _LAYER_MESSAGES, "TikTok's number for what happened"),
            Field("channel_id", "id", "channel_id", "ID of the channel that links the rooms"),
            *enum_fields("scene", "scene", _SCENES, "TikTok's number for the kind of link"),
            Field("message_source", "string", "source", "What caused the message"),
            Field("centerized_idc", "string", "centerized_idc", "Data center"),
            Field("rtc_room_id", "id", "rtc_room_id", "ID of the room in the video service"),
            Field(
                "co_hosts",
                "array",
                _linked_hosts,
                "First twenty hosts whose rooms are linked; empty if not sent",
                fields=WHO,
            ),
        ),
    ),
    simple_row(
        "link_state", pb.WebcastLinkStateMessage, "The state of a link between rooms.", words={"scene": _SCENES}
    ),
    simple_row("link_screen_change", pb.WebcastLinkScreenChangeMessage, "The screen of linked rooms changed."),
)
