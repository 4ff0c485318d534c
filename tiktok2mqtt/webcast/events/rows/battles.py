"""Guests and battles: rooms that are linked with each other."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import Field, as_id, as_text, bounded, first_url
from tiktok2mqtt.webcast.events.rows.common import simple_row
from tiktok2mqtt.webcast.events.users import WHO
from tiktok2mqtt.webcast.schema import battles_pb2 as pb

ACTION_NAMES = {1: "invite", 2: "reject", 3: "cancel", 4: "open", 5: "finish", 6: "cut_short", 7: "accept"}
"""LinkMicBattle.action (reported; 4 and 5 captured)."""
_MAX_SUPPORTERS = 10


def _who(user_id: int, unique_id: str, nickname: str, avatar: Any) -> dict[str, Any]:
    return {
        "user_id": as_id(user_id),
        "unique_id": as_text(unique_id),
        "nickname": as_text(nickname),
        "profile_picture_url": first_url(avatar),
    }


def _hosts(message: Any) -> list[dict[str, Any]]:
    people = [(anchor.user_id, anchor.user_info.user) for anchor in bounded(message.anchor_info, 8)]
    return [_who(user_id or user.user_id, user.display_id, user.nickname, user.avatar) for user_id, user in people]


def _sorted(entries: Any, values_each: int) -> list[tuple[int, Any]]:
    """Return the entries of a map in the order of their keys. Of entries with the same key, the last one counts."""
    return sorted({entry.key: entry.value for entry in bounded(entries, values_each)}.items())


def _results(message: Any) -> list[dict[str, Any]]:
    results = _sorted(message.battle_result, 4)
    return [{"user_id": as_id(host), "result": result.result, "score": result.score} for host, result in results]


def _armies(message: Any) -> list[dict[str, Any]]:
    armies = _sorted(message.armies, 8)
    return [
        {"user_id": as_id(host), "score": army.host_score, "supporters": _supporters(army)} for host, army in armies
    ]


def _supporters(army: Any) -> list[dict[str, Any]]:
    supporters = bounded(army.user_armies[:_MAX_SUPPORTERS], 6)
    return [_who(s.user_id, "", s.nickname, s.avatar) | {"score": s.score} for s in supporters]


ROWS = (
    simple_row(
        "link_mic_battle",
        pb.WebcastLinkMicBattle,
        "A battle between hosts was offered, started or ended.",
        fields=(
            Field("battle_id", "id", "battle_id", "ID of the battle"),
            Field("action", "integer", "action", "TikTok's number for the action: 4 started, 5 ended"),
            Field(
                "action_name", "string", lambda m: ACTION_NAMES.get(m.action), "The action as a word; null if unknown"
            ),
            Field("hosts", "array", _hosts, "Hosts in the battle", fields=WHO),
            Field(
                "results",
                "array",
                _results,
                "Result of each host",
                fields=(
                    Field("user_id", "id", None, "User ID of the host"),
                    Field("result", "integer", None, "TikTok's number for the result: 0 is the winner"),
                    Field("score", "integer", None, "Score of the host"),
                ),
            ),
            Field("started_at_ms", "integer", "battle_setting.start_time_ms", "Start, in ms since 1970"),
            Field("duration_s", "integer", "battle_setting.duration", "Duration, in seconds"),
        ),
    ),
    simple_row(
        "link_mic_armies",
        pb.WebcastLinkMicArmies,
        "The scores of a battle changed.",
        fields=(
            Field("battle_id", "id", "battle_id", "ID of the battle"),
            Field("battle_status", "integer", "battle_status", "TikTok's number for the reason of the update"),
            Field(
                "armies",
                "array",
                _armies,
                "Score and supporters of each host",
                fields=(
                    Field("user_id", "id", None, "User ID of the host"),
                    Field("score", "integer", None, "Score of the host"),
                    Field(
                        "supporters",
                        "array",
                        None,
                        "First ten supporters of the host",
                        fields=(*WHO, Field("score", "integer", None, "Score that the supporter contributed")),
                    ),
                ),
            ),
            Field("from_user_id", "id", "from_user_id", "User ID of the gifter who changed the score"),
            Field("gift_id", "id", "gift_id", "ID of the gift that changed the score"),
            Field("gift_count", "integer", "gift_count", "Number of these gifts"),
            Field("total_diamond_count", "integer", "total_diamond_count", "Price of these gifts, in diamonds"),
        ),
    ),
    simple_row(
        "link_mic_method", pb.WebcastLinkMicMethod, "Guests and linked rooms changed.", aliases=("LinkMicMethod",)
    ),
    simple_row("link_mic_fan_ticket", pb.WebcastLinkMicFanTicketMethod, "The scores of the guests changed."),
    simple_row("link_mic_layout_state", pb.WebcastLinkMicLayoutStateMessage, "The layout of the guests changed."),
    simple_row(
        "link_mic_anchor_guide", pb.WebcastLinkMicAnchorGuideMessage, "A hint about linking rooms.", person="user"
    ),
    simple_row("link_mic_battle_item_card", pb.WebcastLinkMicBattleItemCard, "An item card was played in a battle."),
    simple_row("link_mic_battle_notice", pb.WebcastLinkmicBattleNoticeMessage, "A notice about a battle."),
    simple_row(
        "link_mic_battle_punish_finish",
        pb.WebcastLinkMicBattlePunishFinish,
        "The punishment time after a battle is over.",
    ),
    simple_row("link_mic_battle_task", pb.WebcastLinkmicBattleTaskMessage, "A task in a battle."),
    simple_row("link", pb.WebcastLinkMessage, "Rooms are being linked."),
    simple_row("link_layer", pb.WebcastLinkLayerMessage, "Technical data of linked rooms."),
    simple_row("link_state", pb.WebcastLinkStateMessage, "The state of a link between rooms."),
    simple_row("link_screen_change", pb.WebcastLinkScreenChangeMessage, "The screen of linked rooms changed."),
)
