"""What happens during a battle: item cards, tasks, notices, and the punishment at its end."""

from typing import Any, Final

from tiktok2mqtt.webcast.events.fields import Field, as_id, as_instant, bounded, enum_fields, first_url
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows.battle_scores import entries, person
from tiktok2mqtt.webcast.events.rows.battles import PUNISH_EFFECTS, part_enum, settings
from tiktok2mqtt.webcast.events.rows.common import TEXT, display_text, simple_row
from tiktok2mqtt.webcast.events.users import WHO, render
from tiktok2mqtt.webcast.schema import battles_pb2 as pb

Json = dict[str, Any]
CARD_MESSAGES: Final = {
    1: "obtain_guide",
    2: "critical_strike",
    3: "smoke",
    4: "award",
    5: "extra_time",
    6: "special_effect",
    7: "potion",
    8: "wave",
    9: "special_effect_notice",
    10: "top2",
    11: "top3",
    12: "vault_glove",
}
"""LinkMicBattleItemCard.msg_type (2 and 4 captured, the others reported)."""
CARDS: Final = (
    *("critical_strike", "smoke", "extra_time", "special_effect", "potion", "wave"),
    *("top2", "top3", "vault_glove", "music"),
)
"""The kinds of cards, as in the names of the fields: `use_<kind>_card` when one is played."""
# The end of the text's key names the card of an award (captured 2023).
_AWARDED_CARDS: Final = {"crit": "critical_strike", "mist": "smoke"}
_NOTICES: Final = ("award_card_notice", "music_award_notice")
_EFFECTS: Final = ("special_effect_notice", "music_effect_notice")
_MAX_AWARDED: Final = 10
_MAX_QUEUED: Final = 20
_MAX_SCORE_DIGITS: Final = 15
_TASK_MESSAGES: Final = {0: "start", 1: "update", 2: "settle", 3: "reward"}
_TASK_RESULTS: Final = {0: "succeeded", 1: "failed", 2: "both_succeeded"}
_REWARD_STATUS: Final = {0: "succeeded", 1: "failed"}
_PUNISH_REASONS: Final = {0: "time_up", 1: "cut_short"}


# --- item cards ---


def _played(message: Any) -> tuple[str, Any] | None:
    """Return the kind of the card that is played and its part of the message, or None."""
    uses = ((card, f"use_{card}_card") for card in CARDS)
    return next(((card, getattr(message, part)) for card, part in uses if message.HasField(part)), None)


def _card(message: Any) -> Json | None:
    if (played := _played(message)) is None:
        return None
    kind, use = played
    card = _card_of(kind, use.card_info)
    return card | {"host_user_id": card["host_user_id"] or as_id(use.anchor_id)}


def _card_of(kind: str, info: Any) -> Json:
    """Return a card in use. Some kinds have the fields that all cards share in a separate part."""
    common = info.common if "common" in info.DESCRIPTOR.fields_by_name else info
    start_s = common.effect_time_sec or common.send_time_sec
    end_s = start_s + common.effect_last_duration if start_s and common.effect_last_duration else 0
    return {
        "kind": kind,
        "sent_by": person(common.send_user) if common.HasField("send_user") else None,
        "host_user_id": as_id(common.to_anchor_id),
        "multiplier": getattr(info, "multiple", 0) or None,
        "min_chance_percent": getattr(info, "critical_strike_rate_low", 0) or None,
        "max_chance_percent": getattr(info, "critical_strike_rate_high", 0) or None,
        "extra_duration_s": getattr(info, "extra_duration_sec", 0) or None,
        "duration_s": common.effect_last_duration or None,
        "sent_at": as_instant(common.send_time_sec),
        "starts_at": as_instant(start_s),
        "ends_at": as_instant(end_s),
        "image": first_url(common.card_image),
    }


def _active_cards(message: Any) -> list[Json]:
    cards = []
    for host, queue in entries(message.card_queue, 2):
        for item in bounded(queue.card_queue[:_MAX_QUEUED], 20):
            for kind in CARDS:
                if item.HasField(f"{kind}_card"):
                    card = _card_of(kind, getattr(item, f"{kind}_card"))
                    cards.append(card | {"host_user_id": card["host_user_id"] or as_id(host)})
    return cards[:_MAX_QUEUED]


def _card_text(message: Any) -> str | None:
    played = _played(message)
    part = played[1] if played else next((getattr(message, name) for name in _NOTICES if message.HasField(name)), None)
    return (render(part.display_content) if part is not None else None) or display_text(message)


def _awarded_card(message: Any) -> str | None:
    if message.HasField("music_award_notice"):
        return "music"
    return _AWARDED_CARDS.get(message.award_card_notice.display_content.key.rpartition("_")[2])


def _awarded_users(message: Any) -> list[Json]:
    return [person(info) for info in bounded(message.award_card_notice.awarded_users[:_MAX_AWARDED], 5)]


def _affected_host(message: Any) -> str | None:
    parts = (*_EFFECTS, "music_award_notice")
    hosts = (as_id(getattr(message, part).to_anchor_id) for part in parts if message.HasField(part))
    return next(hosts, None) or as_id(message.anchor_left_card_refund_notice.anchor_id)


def _affecting_user(message: Any) -> str | None:
    return next((as_id(getattr(message, part).from_user_id) for part in _EFFECTS if message.HasField(part)), None)


_CARD: Final = (
    Field("kind", "string", None, f"{', '.join(CARDS)}. critical_strike is the boosting glove, smoke the magic mist"),
    Field("sent_by", "object", None, "Viewer who played it", fields=WHO),
    Field("host_user_id", "id", None, "User ID of the host for whom it was played"),
    Field("multiplier", "integer", None, "Factor by which it may multiply gifts"),
    Field("min_chance_percent", "integer", None, "Lowest chance of multiplying, in percent"),
    Field("max_chance_percent", "integer", None, "Highest chance of multiplying, in percent"),
    Field("extra_duration_s", "integer", None, "Time that it adds to the battle, in seconds"),
    Field("duration_s", "integer", None, "Duration of its effect, in seconds"),
    Field("sent_at", "string", None, "When it was played: RFC 3339", instant=True),
    Field("starts_at", "string", None, "Start of its effect: RFC 3339", instant=True),
    Field("ends_at", "string", None, "End of its effect: RFC 3339", instant=True),
    Field("image", "string", None, "URL of its picture"),
)
_ITEM_CARD: Final = simple_row(
    "link_mic_battle_item_card",
    pb.WebcastLinkMicBattleItemCard,
    "An item card was played or won in a battle, or had an effect.",
    fields=(
        Field("text", "string", _card_text, "Text that TikTok shows, in English"),
        Field("battle_id", "id", "battle_id", "ID of the battle"),
        *enum_fields("msg_type", "msg_type", CARD_MESSAGES, "TikTok's number for what happened"),
        Field("card", "object", _card, "Card that was played; null if none was", fields=_CARD),
        Field("active_cards", "array", _active_cards, "First twenty cards in use; empty if not sent", fields=_CARD),
        Field("awarded_card", "string", _awarded_card, "Kind of the card that was won; null if unknown or none was"),
        Field("awarded_users", "array", _awarded_users, "First ten viewers who won it", fields=WHO),
        Field(
            "award_reason",
            "integer",
            "award_reason",
            "TikTok's number for the reason of the award; its words are not known",
        ),
        Field("from_user_id", "id", _affecting_user, "User ID of the viewer whose gift had an effect"),
        Field("to_user_id", "id", _affected_host, "User ID of the host who is affected"),
        Field("score", "integer", "special_effect_notice.score", "Score that the effect brought"),
    ),
)


# --- tasks ---


def _progress(message: Any) -> int | None:
    return message.task_update.progress if message.HasField("task_update") else None


def _reward_score(message: Any) -> int | None:
    """Return the number that the text of a reward gives as the sum (captured 2023)."""
    values = (element.value for element in bounded(message.reward.prompt.elements) if element.field == "sum")
    text: str = next(values, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_SCORE_DIGITS else None


_TARGET: Final = "start.battle_bonus_config.target_config"
_REWARD: Final = "start.battle_bonus_config.reward_config"
_BEFORE_END: Final = "in seconds before the end of the battle"


def _reward_starts_at(message: Any) -> int:
    started: int = message.start.battle_bonus_config.reward_config.reward_start_timestamp
    return started or int(message.task_settle.reward_start_timestamp)


def _reward_start(message: Any) -> int | None:
    before_s: int = message.start.battle_bonus_config.reward_config.reward_start_time
    return before_s or message.task_settle.reward_start_time or None


_TASK: Final = simple_row(
    "link_mic_battle_task",
    pb.WebcastLinkmicBattleTaskMessage,
    "A task in a battle: gifts to the hosts who reach the target are multiplied for a while.",
    fields=(
        *TEXT,
        Field("battle_id", "id", "battle_id", "ID of the battle; null if not sent"),
        *enum_fields("task_message_type", "task_message_type", _TASK_MESSAGES, "TikTok's number for what happened"),
        Field("target", "integer", f"{_TARGET}.progress_target", "Target of the task"),
        Field(
            "task_starts_before_end_s", "integer", f"{_TARGET}.target_start_time", f"Start of the task, {_BEFORE_END}"
        ),
        Field(
            "task_starts_at", "string", f"{_TARGET}.target_start_timestamp", "Start of the task: RFC 3339", instant=True
        ),
        Field("task_duration_s", "integer", f"{_TARGET}.duration", "Duration of the task, in seconds"),
        Field(
            "reward_multiplier",
            "integer",
            f"{_REWARD}.reward_multiple",
            "Factor for gifts as a reward",
        ),
        Field("reward_starts_before_end_s", "integer", _reward_start, f"Start of the reward, {_BEFORE_END}"),
        Field("reward_starts_at", "string", _reward_starts_at, "Start of the reward: RFC 3339", instant=True),
        Field("reward_duration_s", "integer", f"{_REWARD}.duration", "Duration of the reward, in seconds"),
        Field("progress", "integer", _progress, "Progress; null if it did not change", zero=True),
        Field("from_user_id", "id", "task_update.from_user_id", "User ID of the viewer who made the progress"),
        *part_enum(
            "result",
            "task_settle",
            "result",
            _TASK_RESULTS,
            "TikTok's number for the result of the task; null before its end",
        ),
        *part_enum(
            "reward_status",
            "reward",
            "status",
            _REWARD_STATUS,
            "TikTok's number for the result of the reward; null before its end",
        ),
        Field("reward_score", "integer", _reward_score, "Score that the reward brought"),
    ),
)


# --- notices and punishment ---


ROWS: tuple[EventRow, ...] = (
    _ITEM_CARD,
    simple_row(
        "link_mic_battle_notice",
        pb.WebcastLinkmicBattleNoticeMessage,
        "A notice about a battle, for example that only one gift counts.",
        fields=(
            Field(
                "text",
                "string",
                lambda m: render(m.gift_mode_notice.content) or display_text(m),
                "Text of the notice, in the language of the host",
            ),
            Field(
                "notice_type",
                "integer",
                "notice_type",
                "TikTok's number for the kind of notice; its words are not known",
            ),
        ),
    ),
    simple_row(
        "link_mic_battle_punish_finish",
        pb.WebcastLinkMicBattlePunishFinish,
        "The punishment time after a battle is over.",
        fields=(
            Field("battle_id", "id", "battle_id", "ID of the battle"),
            Field("channel_id", "id", "channel_id", "ID of the channel that links the rooms"),
            Field("operator_user_id", "id", "operator_user_id", "User ID of the host who ended it"),
            *enum_fields("reason", "reason", _PUNISH_REASONS, "TikTok's number for the reason"),
            *settings("battle_setting"),
            PUNISH_EFFECTS,
        ),
    ),
    _TASK,
)
