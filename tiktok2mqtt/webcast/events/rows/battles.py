"""Guests and battles: rooms that are linked with each other."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import WHO, Field
from tiktok2mqtt.webcast.events.rows.common import plain
from tiktok2mqtt.webcast.events.users import as_id, first_url
from tiktok2mqtt.webcast.schema import battles_pb2 as pb

# What the numbers of action in a battle mean (reported; 4 and 5 seen).
_ACTIONS = {1: "invite", 2: "reject", 3: "cancel", 4: "open", 5: "finish", 6: "cut_short", 7: "accept"}
_MAX_ARMY = 10


def _who(user_id: int, unique_id: str, nickname: str, avatar: Any) -> dict[str, Any]:
    return {
        "user_id": as_id(user_id),
        "unique_id": unique_id or None,
        "nickname": nickname or None,
        "profile_picture_url": first_url(avatar),
    }


def _hosts(message: Any) -> list[dict[str, Any]]:
    people = [(anchor.user_id, anchor.user_info.user) for anchor in message.anchor_info]
    return [_who(user_id or user.user_id, user.display_id, user.nickname, user.avatar) for user_id, user in people]


def _results(message: Any) -> list[dict[str, Any]]:
    results = sorted(message.battle_result.items())
    return [{"user_id": as_id(host), "result": result.result, "score": result.score} for host, result in results]


def _armies(message: Any) -> list[dict[str, Any]]:
    return [
        {
            "user_id": as_id(host),
            "score": armies.host_score,
            "supporters": [
                _who(s.user_id, "", s.nickname, s.avatar) | {"score": s.score} for s in armies.user_armies[:_MAX_ARMY]
            ],
        }
        for host, armies in sorted(message.armies.items())
    ]


ROWS = (
    plain(
        "link_mic_battle",
        pb.WebcastLinkMicBattle,
        "A battle between hosts was offered, began or ended.",
        fields=(
            Field("battle_id", "id", "battle_id", "Its id"),
            Field("action", "integer", "action", "TikTok's number for what happened: 4 began, 5 ended"),
            Field("action_name", "string", lambda m: _ACTIONS.get(m.action), "The same as a word, if known"),
            Field("hosts", "array", _hosts, "The hosts", fields=WHO),
            Field(
                "results",
                "array",
                _results,
                "How it ended",
                fields=(
                    Field("user_id", "id", None, "The host"),
                    Field("result", "integer", None, "TikTok's number for won, lost or drawn"),
                    Field("score", "integer", None, "The host's score"),
                ),
            ),
            Field("started_at_ms", "integer", "battle_setting.start_time_ms", "Begin, in ms since 1970"),
            Field("duration_s", "integer", "battle_setting.duration", "Length, in seconds"),
        ),
    ),
    plain(
        "link_mic_armies",
        pb.WebcastLinkMicArmies,
        "The scores of a battle changed.",
        fields=(
            Field("battle_id", "id", "battle_id", "Its id"),
            Field("battle_status", "integer", "battle_status", "TikTok's number for why this was sent"),
            Field(
                "armies",
                "array",
                _armies,
                "Each host's score, and who gave most",
                fields=(
                    Field("user_id", "id", None, "The host"),
                    Field("score", "integer", None, "The host's score"),
                    Field(
                        "supporters",
                        "array",
                        None,
                        "The first ten",
                        fields=(*WHO, Field("score", "integer", None, "What they gave")),
                    ),
                ),
            ),
            Field("from_user_id", "id", "from_user_id", "Who sent the gift that changed it"),
            Field("gift_id", "id", "gift_id", "That gift"),
            Field("gift_count", "integer", "gift_count", "How many"),
            Field("total_diamond_count", "integer", "total_diamond_count", "Their price in diamonds"),
        ),
    ),
    plain("link_mic_method", pb.WebcastLinkMicMethod, "Guests and linked rooms.", also=("LinkMicMethod",)),
    plain("link_mic_fan_ticket", pb.WebcastLinkMicFanTicketMethod, "Scores of the guests changed."),
    plain("link_mic_layout_state", pb.WebcastLinkMicLayoutStateMessage, "The layout of the guests changed."),
    plain("link_mic_anchor_guide", pb.WebcastLinkMicAnchorGuideMessage, "A hint for linking rooms.", person="user"),
    plain("link_mic_battle_item_card", pb.WebcastLinkMicBattleItemCard, "A card was played in a battle."),
    plain("link_mic_battle_notice", pb.WebcastLinkmicBattleNoticeMessage, "A notice about a battle."),
    plain("link_mic_battle_punish_finish", pb.WebcastLinkMicBattlePunishFinish, "The forfeit of a battle is over."),
    plain("link_mic_battle_task", pb.WebcastLinkmicBattleTaskMessage, "A task within a battle."),
    plain("link", pb.WebcastLinkMessage, "Rooms are being linked."),
    plain("link_layer", pb.WebcastLinkLayerMessage, "The layer below linked rooms."),
    plain("link_state", pb.WebcastLinkStateMessage, "The state of a link between rooms."),
    plain("link_screen_change", pb.WebcastLinkScreenChangeMessage, "The screen of linked rooms changed."),
)
