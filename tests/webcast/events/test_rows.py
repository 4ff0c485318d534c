"""All rows at once; tests of single rows are in `rows`, one file per module."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.webcast.events import battle_samples, notice_samples, samples
from tests.webcast.events.decode import decoded, events_of, payload_decoded
from tests.webcast.events.filler import Leaf, filled, highest, lowest, plain_leaf
from tests.webcast.events.shape import decoded_faults, event_faults
from tiktok2mqtt.common.text import has_control_characters
from tiktok2mqtt.webcast.events.fields import COMMON_KEYS
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows import REGISTRY, ROWS

MESSAGES = samples.MESSAGES | notice_samples.MESSAGES | battle_samples.MESSAGES
GOLDEN = Path(__file__).parent / "golden"
# By method: the row that reads every message, or else the last one that reads some of them.
ROW_OF = {
    method: (row, source.message)
    for row in sorted(ROWS, key=lambda row: all(source.when is None for source in row.sources))
    for source in row.sources
    for method in source.methods
}
# The session makes these from other events.
BY_SESSION = {"gift_streak", "battle_started", "battle_ended", "battle", "envelopes"}
# The client makes these, not from messages.
BY_CLIENT = {"connected", "disconnected", "error", "gap"}
# Rows without `fields`: they have one test together instead of a golden file each.
GENERIC = {
    *("question_delete", "question_slide_down", "speaker", "sub_capsule", "subscription_guide"),
    *("link_mic_method", "link_mic_anchor_guide", "link_state", "link_screen_change"),
    *("paid_content_live_shopping", "ec_short_item_refresh", "ec_task_register", "ba_lead_gen"),
    *("partnership_card_change", "partnership_download_count", "partnership_drops_update"),
    *("partnership_game_offline", "partnership_punish"),
    *("rank_update", "game_rank_notify"),
    *("in_room_banner_refresh", "access_control", "room_verify", "perception"),
    *("system", "notice", "notify", "toast", "capsule", "guide"),
    *("alert_box_audit_result", "boost_card", "envelope_portal"),
    *("live_game_intro", "msg_detect", "viewer_picks_update"),
    *("pictionary_update", "pictionary_end", "pictionary_exit"),
}
SUBSCRIPTION = {
    f"subscribe.{key}" for key in ("months", "subscribe_type", "gifted", "giver", "receiver", "gift_source")
}
# Keys that the sample, or any full message, leaves empty.
NULL_IN_GOLDEN = {
    "subscribe": {"gifted"},
    "battle_started": {"teams", "winner", "result_name", "task", "ended_at", "end_reason"},
    "battle_ended": {"task"},
    "battle": {"task"},
}
NOT_IN_FULL = {
    # The numbers in full messages are no times.
    "WebcastGiftPanelUpdateMessage": {"gift_panel_update.gallery_ends_at", "gift_panel_update.goals[].expires_at"},
    # Its text is deep inside, and has one user.
    "WebcastGiftBroadcastMessage": {
        *("gift_broadcast.recipient", "gift_broadcast.badges", "gift_broadcast.is_moderator"),
        "gift_broadcast.profile_picture_url",
    },
    "WebcastSubNotifyMessage": {
        *(f"sub_notify.{who}{key}" for who in ("", "giver.", "receiver.") for key in ("unique_id", "nickname")),
        *(f"sub_notify.{who}profile_picture_url" for who in ("", "giver.", "receiver.")),
        *(f"sub_notify.{key}" for key in ("is_moderator", "is_subscriber", "is_follower", "badges")),
    },
    "WebcastChatMessage": {"chat.mentioned_users[].place_in_comment"},
    "WebcastSubscriptionNotifyMessage": SUBSCRIPTION,
    "WebcastBarrageMessage": {
        "barrage.badge.level",
        "subscribe.months",
        "subscribe.subscribe_type",
        "subscribe.receiver",
    },
    "WebcastMemberMessage": SUBSCRIPTION,
    "WebcastSocialMessage": SUBSCRIPTION,
    # In the full message each map has other ids, supporters are of the teams, and the instants are none.
    "WebcastLinkMicBattle": {
        *(f"link_mic_battle.hosts[].{key}" for key in ("unique_id", "nickname", "profile_picture_url", "score")),
        *(f"link_mic_battle.hosts[].{key}" for key in ("host_room_id", "win_streak", "league", "league_score")),
        "link_mic_battle.punish_effects[].name",
        *("link_mic_battle.armies[].supporters", "link_mic_battle.teams[].supporters[].unique_id"),
    },
    "WebcastLinkMicArmies": {
        *("link_mic_armies.armies[].supporters", "link_mic_armies.teams[].supporters[].unique_id"),
        "link_mic_armies.teams[].result",
    },
    "WebcastLinkMicBattleItemCard": {
        f"link_mic_battle_item_card.{card}.{key}"
        for card in ("card", "active_cards[]")
        for key in ("extra_duration_s", "sent_at", "starts_at", "ends_at")
    }
    | {
        f"link_mic_battle_item_card.active_cards[].{key}"
        for key in ("multiplier", "min_chance_percent", "max_chance_percent", "sent_by.profile_picture_url")
    },
    "WebcastLinkMicBattlePunishFinish": {"link_mic_battle_punish_finish.punish_effects[].name"},
    "WebcastLinkmicBattleTaskMessage": {"link_mic_battle_task.reward_score"},
    "WebcastLinkMicLayoutStateMessage": {"link_mic_layout_state.spots[].user_id"},
    "WebcastEnvelopeMessage": {"envelope.created_at"},
    # The texts of the filler are no JSON, and those of events never name people in full.
    "WebcastInRoomBannerMessage": {"in_room_banner.campaigns"},
    "WebcastGoalUpdateMessage": {"goal_update.contributors[].nickname"},
    "WebcastGoodyBagMessage": {"goody_bag.winners[].nickname"},
    "WebcastSubWaveMessage": {"sub_wave.subscriber.nickname", "sub_wave.subscribers[].nickname"},
}
# test_users covers what sets these.
FROM_USER = (
    *("is_anchor", "is_mutual", "is_friend", "is_gift_giver", "is_top_gifter"),
    *("gifter_level", "fans_level", "badges[].level"),
)


def golden(event: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((GOLDEN / f"{event}.json").read_text("utf-8"))
    return value


def test_every_event_has_a_sample_and_a_golden_file_or_is_generic_or_made_by_the_client() -> None:
    names = {row.event for row in ROWS} - BY_CLIENT - GENERIC
    assert names == set(MESSAGES)
    assert names == {file.stem for file in GOLDEN.iterdir()}
    assert {row.event for row in ROWS if not row.sources} == BY_CLIENT | BY_SESSION


@pytest.mark.parametrize("event", MESSAGES)
def test_golden(event: str) -> None:
    made, expected = events_of(MESSAGES[event])[event], golden(event)
    assert made == expected
    assert list(made) == list(expected)


@pytest.mark.parametrize("event", MESSAGES)
def test_a_golden_file_fills_every_key_of_its_row(event: str) -> None:
    assert event_faults(golden(event), REGISTRY.rows[event]) == []
    empty = {key for key, value in golden(event).items() if value is None or value in ("", [])}
    assert empty - {"is_anchor", "is_gift_giver"} == NULL_IN_GOLDEN.get(event, set())


def test_an_event_has_the_common_keys_first() -> None:
    assert tuple(events_of(MESSAGES["chat"])["chat"])[: len(COMMON_KEYS)] == COMMON_KEYS


@pytest.mark.parametrize("method", ROW_OF)
def test_a_full_message_fills_every_key_with_its_type(method: str) -> None:
    events = payload_decoded(method, filled(ROW_OF[method][1]))
    assert ROW_OF[method][0].event in events
    for name, event in events.items():
        assert decoded_faults(event, REGISTRY.rows[name]) == []
        empty = {fault.partition(":")[0] for fault in decoded_faults(event, REGISTRY.rows[name], filled=True)}
        from_user = {f"{name}.{key}" for key in FROM_USER}
        # The numbers of the filler have no words.
        wordless = {key for key in empty if key.endswith("_name")} | {"poll.ended_by", "control.state"}
        expected = {key for key in NOT_IN_FULL.get(method, set()) if key.startswith(f"{name}.")}
        assert empty - from_user - wordless == expected


@pytest.mark.parametrize("event", sorted(GENERIC))
def test_a_generic_row_uses_the_names_of_its_message(event: str) -> None:
    (source,) = REGISTRY.rows[event].sources
    names = {"text", *source.message.DESCRIPTOR.fields_by_name}
    for field in REGISTRY.rows[event].fields:
        assert {field.key, field.key.removeprefix("message_"), field.key.removesuffix("_name")} & names


DEFAULTS: dict[str, Any] = {
    "id": None,
    "integer": None,
    "number": None,
    "string": None,
    "boolean": False,
    "object": None,
    "array": [],
}
# What 0, or nothing, means.
MEANING_OF_NOTHING: dict[str, dict[str, Any]] = {
    "social": {"action_name": "other"},
    "subscribe": {"subscribe_type": 0, "subscribe_type_name": "once"},
    "poll": {"message_type": 0, "message_type_name": "started", "poll_kind": 0, "poll_kind_name": "normal"},
    "question_switch": {"state": "off"},
    "hourly_rank": {"rank_type": 0, "rank_type_name": "hourly"},
    "room_sticker": {"sticker_count": 0},
    "goody_bag": {"type_name": "open"},
    "shop": {"product_count": 0},
    "game_rank_notify": {"msg_type": 0, "msg_type_name": "entered_or_left"},
    "partnership_drops_update": {"change_mode": 0, "change_mode_name": "shown"},
    "link_mic_battle_punish_finish": {"reason": 0, "reason_name": "time_up"},
    "link_mic_battle_task": {"task_message_type": 0, "task_message_type_name": "start"},
}
# Booleans that are null unless they were sent.
NULL_UNLESS_SENT = {"member": {"is_returning"}, "gift": {"to_host"}}
# Empty messages of these have no user; those of other types have an empty user.
WITHOUT_USER = {
    *("WebcastBarrageMessage", "WebcastRoomPinMessage", "WebcastSubNotifyMessage", "WebcastGiftBroadcastMessage"),
}
NO_DETAILS: dict[str, Any] = {
    "gift_id": None,
    "name": None,
    "gift_type": None,
    "gift_type_name": None,
    "diamond_count": None,
    "image": None,
    "sub_type": None,
    "is_gallery_gift": None,
    "skins": [],
    "batch_counts": [],
    "series_name": None,
    "music": None,
}
EMPTY_GIFT = NO_DETAILS | {"repeat_count": None, "repeat_end": 0, "group_id": None, "to_user_id": None}
EMPTY_GIFT |= {"repeat_end_name": "running"}


def defaults(row: EventRow, method: str) -> dict[str, Any]:
    expected = {field.key: DEFAULTS[field.type] for field in row.all_fields}
    expected |= dict.fromkeys(NULL_UNLESS_SENT.get(row.event, ())) | MEANING_OF_NOTHING.get(row.event, {})
    if row.has_person:
        flags = {key for key in expected if key.startswith("is_") or key.endswith("_level")}
        expected |= dict.fromkeys(flags - {"is_on_comment_tray"}) | {"badges": None if method in WITHOUT_USER else []}
    if row.event == "binding_gift":
        expected |= {"gift": NO_DETAILS}
    if row.event == "gift":
        expected |= {"gift": EMPTY_GIFT}
        for key in ("count", "delta", "diamonds", "extended_gift_info", "closed_by"):
            del expected[key]
    if row.event == "subscribe" and method != "WebcastSubNotifyMessage":
        expected |= {"subscribe_type": None, "subscribe_type_name": None}
    return expected


@pytest.mark.parametrize("method", ROW_OF)
def test_an_empty_message_gives_the_defaults(method: str) -> None:
    events = payload_decoded(method, b"")
    assert events
    for name, event in events.items():
        assert event == defaults(REGISTRY.rows[name], method)


@pytest.mark.parametrize("method", ROW_OF)
def test_a_session_makes_valid_events_from_empty_messages(method: str) -> None:
    for name, event in events_of(ROW_OF[method][1]()).items():
        assert (event["event_type"], event["ts"], event["id"]) == (name, "2027-01-15T08:00:00.000Z", "0")
        assert event_faults(event, REGISTRY.rows[name]) == []


@pytest.mark.parametrize("leaf", [plain_leaf, highest, lowest])
@pytest.mark.parametrize("method", ROW_OF)
def test_a_session_makes_valid_events_from_full_messages(method: str, leaf: Leaf) -> None:
    message = ROW_OF[method][1].FromString(filled(ROW_OF[method][1], leaf))
    for name, event in events_of(message).items():
        assert event_faults(event, REGISTRY.rows[name]) == []
        assert orjson.loads(orjson.dumps(event)) == event
        # `highest` and `lowest` fill all texts with control characters.
        assert not any(map(has_control_characters, texts(event)))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


@pytest.mark.parametrize(
    ("alias", "method"),
    [
        ("LinkMicMethod", "WebcastLinkMicMethod"),
        ("RoomMessage", "WebcastRoomMessage"),
        ("RoomVerifyMessage", "WebcastRoomVerifyMessage"),
    ],
)
def test_some_types_have_two_methods(alias: str, method: str) -> None:
    payload = filled(ROW_OF[method][1])
    assert payload_decoded(alias, payload) == payload_decoded(method, payload) != {}


def test_every_row_is_documented() -> None:
    def undocumented(fields: Any) -> list[str]:
        return [f.key for f in fields if not f.doc] + [key for f in fields for key in undocumented(f.fields)]

    for row in ROWS:
        assert row.doc.endswith(".")
        assert undocumented(row.all_fields) == []


def test_every_object_has_fields_and_every_array_items() -> None:
    def undescribed(fields: Any) -> list[str]:
        here = [f.key for f in fields if f.type in ("object", "array") and not f.fields and f.items is None]
        return here + [key for f in fields for key in undescribed(f.fields)]

    assert {row.event: undescribed(row.all_fields) for row in ROWS if undescribed(row.all_fields)} == {}


def test_events_with_priority() -> None:
    assert {row.event for row in ROWS if row.priority} == {
        "gift",
        "follow",
        "share",
        "subscribe",
        "question_new",
        "paused",
        "resumed",
        "stream_end",
        "connected",
        "disconnected",
        "gap",
    }


def test_a_common_key_and_a_field_of_the_same_name_are_both_there() -> None:
    message_type = ROW_OF["WebcastLinkLayerMessage"][1]
    layer = message_type.FromString(filled(message_type))
    assert events_of(layer)["link_layer"]["source"] == "direct"
    assert decoded(layer)["link_layer"]["message_source"] == "source"
