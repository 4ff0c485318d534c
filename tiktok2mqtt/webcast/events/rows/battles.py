"""Battles between hosts: their start, scores and end."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import Field, Part, Read, enum_fields, first_url, word_doc
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows.battle_scores import RESULT_NAMES, army_scores, battle_scores, punish_effects
from tiktok2mqtt.webcast.events.rows.common import simple_row
from tiktok2mqtt.webcast.events.users import WHO
from tiktok2mqtt.webcast.schema import battles_pb2 as pb

ACTION_NAMES = {1: "invite", 2: "reject", 3: "cancel", 4: "open", 5: "finish", 6: "cut_short", 7: "accept"}
"""LinkMicBattle.action (4 and 5 captured, the others reported)."""
STATUS_NAMES: Final = {0: "not_started", 1: "started", 2: "finished", 3: "punishment", 4: "punishment_finished"}
"""BattleSetting.status (1, 3 and 4 captured, the others reported)."""
BATTLE_TYPES: Final = {
    1: "normal",
    2: "team",
    3: "individual",
    4: "one_vs_many",
    51: "take_the_stage",
    52: "group_show",
    53: "beans",
    54: "group_rank_list",
}
"""BattleSetting.battle_type (1 and 2 captured, the others reported)."""
_INVITE_TYPES: Final = {0: "normal", 1: "rematch", 2: "team", 3: "team_with_co_host", 4: "team_with_host"}
_TRIGGER_REASONS: Final = {1: "score", 2: "battle_end", 3: "opt_out", 4: "keep_alive", 5: "effect"}
_MULTIPLIER_TYPES: Final = {1: "critical_strike", 2: "top2", 3: "top3", 4: "vault_glove"}


_RESULT: Final = (
    Field("result", "integer", None, "TikTok's number for the result; null before the end", zero=True),
    Field("result_name", "string", None, word_doc("result", RESULT_NAMES)),
)
_SUPPORTERS: Final = Field(
    "supporters",
    "array",
    None,
    "First ten supporters",
    fields=(*WHO, Field("score", "integer", None, "Score that the supporter contributed", zero=True)),
)
_TEAM_ID: Final = Field("team_id", "id", None, "ID of the team; null without teams")
_OWN_SCORE: Final = Field("score", "integer", None, "The host's own score; null if not sent", zero=True)
_TEAMS: Final = (
    Field("team_id", "id", None, "ID of the team"),
    Field("score", "integer", None, "Sum of the scores of its hosts", zero=True),
    *_RESULT,
    Field("user_ids", "array", None, "User IDs of its hosts", items="id"),
    _SUPPORTERS,
)


def _teams(scores: Read) -> Field:
    doc = "Teams in the battle, with their totals; empty if each host is alone"
    return Field("teams", "array", Part(scores, itemgetter("teams")), doc, fields=_TEAMS)


def _armies(scores: Read) -> Field:
    return Field(
        "armies",
        "array",
        Part(scores, itemgetter("armies")),
        "Own score and supporters of each host; supporters of a team are in `teams`",
        fields=(
            Field("user_id", "id", None, "User ID of the host"),
            Field("score", "integer", None, "The host's own score", zero=True),
            _SUPPORTERS,
        ),
    )


def part_enum(key: str, part: str, name: str, words: Mapping[int, str], doc: str) -> tuple[Field, Field]:
    """Return the fields for a number in a part of the message, and for its word; both are null without the part."""

    def number(message: Any) -> int | None:
        return getattr(getattr(message, part), name) if message.HasField(part) else None

    def word(message: Any) -> str | None:
        value = number(message)
        return None if value is None else words.get(value)

    return (
        Field(key, "integer", number, doc, zero=True),
        Field(f"{key}_name", "string", word, word_doc(key, words)),
    )


def _status(setting: Any) -> int | None:
    """Return the state of a battle; null without settings, where it would look like one that has not started."""
    status: int = setting.status
    return status if status or setting.battle_id or setting.start_time_ms else None


def _ends_at_ms(setting: Any) -> int:
    start_ms: int = setting.start_time_ms
    end_ms: int = setting.end_time_ms
    if end_ms > start_ms:
        return end_ms
    duration_s: int = setting.duration
    return start_ms + 1000 * (duration_s + setting.extra_duration_second) if start_ms and duration_s else 0


def settings(path: str) -> tuple[Field, ...]:
    """Return the fields of a BattleSetting."""

    def part(read: str | Read) -> Part:
        return Part(path, read)

    def status_name(setting: Any) -> str | None:
        status = _status(setting)
        return None if status is None else STATUS_NAMES.get(status)

    return (
        Field("status", "integer", part(_status), "TikTok's number for the state of the battle", zero=True),
        Field("status_name", "string", part(status_name), word_doc("status", STATUS_NAMES)),
        Field("battle_type", "integer", part("battle_type"), "TikTok's number for the kind of battle"),
        Field(
            "battle_type_name",
            "string",
            part(lambda setting: BATTLE_TYPES.get(setting.battle_type)),
            word_doc("battle_type", BATTLE_TYPES),
        ),
        Field("started_at_ms", "integer", part("start_time_ms"), "Start, in ms since 1970", instant=True),
        Field("duration_s", "integer", part("duration"), "Duration, in seconds"),
        Field("extra_duration_s", "integer", part("extra_duration_second"), "Time added to it, in seconds"),
        Field("ends_at", "string", part(_ends_at_ms), "End: RFC 3339", instant=True),
        Field(
            "required_gift_id",
            "id",
            part("gift_mode_meta.gift_id"),
            "ID of the only gift that counts; null if all count",
        ),
    )


PUNISH_EFFECTS: Final = Field(
    "punish_effects",
    "array",
    punish_effects,
    "Effects that hosts have to wear as a punishment",
    fields=(
        Field("user_id", "id", None, "User ID of the host"),
        Field("effect_id", "id", None, "ID of the effect"),
        Field("name", "string", None, "Name of the effect"),
    ),
)
_BATTLE_ID: Final = Field("battle_id", "id", "battle_id", "ID of the battle")

ROWS: tuple[EventRow, ...] = (
    simple_row(
        "link_mic_battle",
        pb.WebcastLinkMicBattle,
        "A battle between hosts was offered, started or ended.",
        fields=(
            _BATTLE_ID,
            Field("action", "integer", "action", "TikTok's number for the action: 4 started, 5 ended"),
            Field("action_name", "string", lambda m: ACTION_NAMES.get(m.action), word_doc("action", ACTION_NAMES)),
            Field("action_by_user_id", "id", "action_by_user_id", "User ID of the host who did it"),
            *settings("battle_setting"),
            *part_enum("invite_type", "battle_setting", "invite_type", _INVITE_TYPES, "TikTok's number for the offer"),
            Field(
                "hosts",
                "array",
                Part(battle_scores, itemgetter("hosts")),
                "Hosts in the battle, each with its own score",
                fields=(
                    *WHO,
                    _TEAM_ID,
                    _OWN_SCORE,
                    *_RESULT,
                    Field("host_room_id", "id", None, "Room ID of the host"),
                    Field("win_streak", "integer", None, "Battles won in a row; null if not sent", zero=True),
                    Field("league", "string", None, "League of the host"),
                    Field("league_score", "integer", None, "Points in the league"),
                ),
            ),
            _teams(battle_scores),
            Field(
                "results",
                "array",
                Part(battle_scores, itemgetter("results")),
                "Result of each host; empty before the end",
                fields=(
                    Field("user_id", "id", None, "User ID of the host"),
                    *_RESULT,
                    Field("score", "integer", None, "The host's own score", zero=True),
                ),
            ),
            _armies(battle_scores),
            PUNISH_EFFECTS,
        ),
    ),
    simple_row(
        "link_mic_armies",
        pb.WebcastLinkMicArmies,
        "The scores of a battle changed.",
        fields=(
            _BATTLE_ID,
            *enum_fields(
                "trigger_reason", "trigger_reason", _TRIGGER_REASONS, "TikTok's number for the reason of the update"
            ),
            *settings("battle_setting"),
            Field(
                "hosts",
                "array",
                Part(army_scores, itemgetter("hosts")),
                "Hosts in the battle, each with its own score",
                fields=(Field("user_id", "id", None, "User ID of the host"), _TEAM_ID, _OWN_SCORE),
            ),
            _teams(army_scores),
            _armies(army_scores),
            Field("from_user_id", "id", "from_user_id", "User ID of the viewer who changed the score"),
            Field("gift_id", "id", "gift_id", "ID of the gift that changed the score; null if it was not a gift"),
            Field("gift_count", "integer", "gift_count", "Number of these gifts"),
            Field("repeat_count", "integer", "repeat_count", "Number of these gifts in the streak so far"),
            Field("gift_icon", "string", lambda m: first_url(m.gift_icon), "URL of the gift's icon"),
            Field("total_diamond_count", "integer", "total_diamond_count", "Price of these gifts, in diamonds"),
            Field("is_critical_strike", "boolean", "trigger_critical_strike", "True if an item card multiplied them"),
            *enum_fields(
                "multiplier_type", "multiplier_type", _MULTIPLIER_TYPES, "TikTok's number for what multiplied them"
            ),
        ),
    ),
)
