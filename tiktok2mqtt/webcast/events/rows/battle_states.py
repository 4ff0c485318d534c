"""The battle of a room as a whole, made by `webcast.battle` from the messages about it."""

from typing import Final

from tiktok2mqtt.webcast.events.fields import Field, word_doc
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows.battles import BATTLE_TYPES
from tiktok2mqtt.webcast.events.users import WHO

_RESULT: Final = "win, lose or draw; null before the end, or if that was not seen"
_CARDS: Final = Field(
    "cards",
    "array",
    None,
    "Item cards in force for the host",
    fields=(
        Field("kind", "string", None, "Kind of the card, as in link_mic_battle_item_card"),
        Field("sent_by", "object", None, "Viewer who played it", fields=WHO),
        Field("multiplier", "integer", None, "Factor by which it may multiply gifts"),
        Field("min_chance_percent", "integer", None, "Lowest chance of multiplying, in percent"),
        Field("max_chance_percent", "integer", None, "Highest chance of multiplying, in percent"),
        Field("ends_at", "string", None, "End of its effect: RFC 3339", instant=True),
    ),
)
_HOSTS: Final = (
    *WHO,
    Field("is_room_host", "boolean", None, "True for the host of this room"),
    Field("team_id", "id", None, "ID of the team; null without teams"),
    Field("score", "integer", None, "The host's own score", zero=True),
    Field("result_name", "string", None, _RESULT),
    Field("win_streak", "integer", None, "Battles won in a row; null if unknown", zero=True),
    Field("multiplier", "integer", None, "Factor by which a task multiplies the host's gifts now; null if none does"),
    _CARDS,
)
_TASK: Final = (
    Field("target", "integer", None, "Target of the task"),
    Field("progress", "integer", None, "Progress of this room's side", zero=True),
    Field("starts_at", "string", None, "Start of the task: RFC 3339", instant=True),
    Field("ends_at", "string", None, "End of the task: RFC 3339", instant=True),
    Field("result_name", "string", None, "succeeded, failed or both_succeeded; null before the end of the task"),
    Field("multiplier", "integer", None, "Factor by which gifts are multiplied for those who succeed"),
    Field("reward_starts_at", "string", None, "Start of this multiplication: RFC 3339", instant=True),
    Field("reward_ends_at", "string", None, "End of this multiplication: RFC 3339", instant=True),
    Field("reward_score", "integer", None, "Score that the multiplication brought"),
)
BATTLE: Final = (
    Field("battle_id", "id", None, "ID of the battle"),
    Field("status", "string", None, "running; punishment (after the end, until the losers are released); over"),
    Field("battle_type", "integer", None, "TikTok's number for the kind of battle"),
    Field("battle_type_name", "string", None, word_doc("battle_type", BATTLE_TYPES)),
    Field("started_at", "string", None, "Start: RFC 3339", instant=True),
    Field("ends_at", "string", None, "End as planned, with the time that was added: RFC 3339", instant=True),
    Field("duration_s", "integer", None, "Duration as planned, in seconds"),
    Field("extra_duration_s", "integer", None, "Time that was added, in seconds"),
    Field("seconds_left", "integer", None, "Time left at `ts`, by TikTok's clock; 0 after the end", zero=True),
    Field("hosts", "array", None, "Hosts in the battle", fields=_HOSTS),
    Field(
        "teams",
        "array",
        None,
        "Teams in the battle; empty if each host is alone",
        fields=(
            Field("team_id", "id", None, "ID of the team"),
            Field("score", "integer", None, "Sum of the scores of its hosts", zero=True),
            Field("result_name", "string", None, _RESULT),
            Field("user_ids", "array", None, "User IDs of its hosts", items="id"),
        ),
    ),
    Field(
        "winner",
        "object",
        None,
        "Who won; null before the end, after a draw, or if the end was not seen",
        fields=(
            Field("team_id", "id", None, "ID of the team; null without teams"),
            Field("hosts", "array", None, "The host who won, or the hosts of the team", fields=WHO),
        ),
    ),
    Field("result_name", "string", None, f"Result for the host of this room: {_RESULT}"),
    Field("task", "object", None, "Task in the battle; null without one", fields=_TASK),
    Field("ended_at", "string", None, "When it ended: RFC 3339; null before the end", instant=True),
    Field(
        "end_reason",
        "string",
        None,
        "finish; cut_short; timeout (no message about the end came); next_battle (another one started before); "
        "disconnect (nothing more will come); null before the end",
    ),
)

ROWS: tuple[EventRow, ...] = (
    EventRow(
        "battle_started",
        "A battle started, or was running when the room was joined. There is one event for each battle. After a "
        "restart, it may come again with the same ID.",
        kind="action",
        fields=BATTLE,
    ),
    EventRow(
        "battle_ended",
        "A battle ended. There is one event for each battle.",
        kind="action",
        fields=BATTLE,
    ),
    EventRow(
        "battle",
        "The battle of the room has changed. This is not an event on MQTT, but the retained document "
        "`tiktok/<room>/battle`.",
        kind="state",
        fields=BATTLE,
    ),
)
