"""Rankings of hosts and of gifters."""

from typing import Any

from tiktok2mqtt.webcast.events.fields import Field, as_id, as_text, bounded, enum_fields, first_url
from tiktok2mqtt.webcast.events.rows.common import LABEL, Words, display_text, simple_row
from tiktok2mqtt.webcast.events.users import render
from tiktok2mqtt.webcast.schema import notices_pb2 as pb

RANK_TYPES = {
    0: "hourly",
    1: "weekly",
    2: "hourly_star",
    3: "weekly_rising_activity",
    4: "weekly_rising",
    5: "weekly_rookie",
    6: "weekly_shopping",
    7: "daily_shopping",
    8: "daily",
    9: "first_gift",
    10: "game",
    11: "daily_game",
    12: "hall_of_fame",
    13: "league",
    14: "daily_rookie",
    15: "team",
    16: "class",
    20: "daily_pubg",
    21: "daily_mlbb",
    22: "daily_free_fire",
    26: "weekly_collectibles",
    27: "weekly_beauty",
    28: "weekly_fashion",
    101: "campaign_league",
}
"""WebcastRankUpdate.rank_type (1, 5, 8 and 14 captured with their titles, the others reported)."""
_OTHER_RANK_TYPES = {number: word for number, word in RANK_TYPES.items() if number}
# 100 is D5, 200 is D4, 600 is C5, 2000 is A1.
_CLASSES = {100 * (5 * n + 6 - step): f"{letter}{step}" for n, letter in enumerate("DCBA") for step in range(1, 6)}
_WORDS: Words = {
    "rank_type": RANK_TYPES,
    # On the wire, 0 looks like none, which is what most messages have.
    "related_tab_rank_type": _OTHER_RANK_TYPES,
    "request_first_show_type": _OTHER_RANK_TYPES,
    "group_type": {1: "gifts", 2: "shopping", 3: "game"},
    "op_type": {1: "add", 2: "remove", 3: "reload", 4: "basic_effect"},
    "union_type": {1: "loop", 2: "lock"},
    "class_type": _CLASSES | {2100: "S"},
}


def _winners(message: Any) -> list[dict[str, Any]]:
    return [
        {
            "user_id": as_id(winner.user_id),
            "ranking": as_text(winner.border.source or winner.notify.source),
            "border": first_url(winner.border.icon),
            "text": display_text(winner.notify),
        }
        for winner in bounded(message.winners, 5)
    ]


def _winners_text(message: Any) -> str | None:
    return display_text(message.winners[0].notify) if message.winners else display_text(message)


ROWS = (
    simple_row(
        "rank_update",
        pb.WebcastRankUpdateMessage,
        "The host's place in the rankings changed.",
        words=_WORDS,
    ),
    simple_row(
        "rank_text",
        pb.WebcastRankTextMessage,
        "A viewer moved up in the ranking of gifters.",
        fields=(
            *LABEL,
            Field("current_user_id", "id", "cur_user_id", "User ID of the viewer"),
            Field("before", "integer", "owner_idx_before_update", "Place before"),
            Field("after", "integer", "owner_idx_after_update", "Place now"),
        ),
    ),
    simple_row(
        "hourly_rank",
        pb.WebcastHourlyRankMessage,
        "The hourly or weekly ranking.",
        fields=(
            Field("title", "string", lambda m: render(m.rank_container.title), "Name of the ranking"),
            *enum_fields("rank_type", "rank_container.rank_type", RANK_TYPES, "TikTok's number for the ranking"),
        ),
    ),
    simple_row(
        "hourly_rank_reward",
        pb.WebcastHourlyRankRewardMessage,
        "A reward for the hourly ranking.",
        fields=(
            Field("text", "string", _winners_text, "Text that TikTok shows, in English"),
            Field(
                "winners",
                "array",
                _winners,
                "Hosts who won",
                fields=(
                    Field("user_id", "id", None, "User ID of the host"),
                    Field("ranking", "string", None, "Ranking, for example hourly_rank"),
                    Field("border", "string", None, "URL of the border around the host's picture"),
                    Field("text", "string", None, "Text that TikTok shows, in English"),
                ),
            ),
        ),
    ),
    simple_row(
        "weekly_rank_reward",
        pb.WebcastWeeklyRankRewardMessage,
        "A reward for the weekly or daily ranking.",
        fields=(
            Field("text", "string", lambda m: display_text(m.notify), "Text that TikTok shows, in English"),
            Field("user_id", "id", "user_id", "User ID of the host"),
            Field("ranking", "string", "border.source", "Ranking, for example weekly_rank or daily_rank"),
            Field(
                "border", "string", lambda m: first_url(m.border.icon), "URL of the border around the host's picture"
            ),
        ),
    ),
    simple_row(
        "game_rank_notify",
        pb.WebcastGameRankNotifyMessage,
        "The ranking of a game.",
        words={"msg_type": {0: "entered_or_left", 1: "changed", 2: "encouragement"}},
    ),
)
