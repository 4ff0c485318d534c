"""All rows at once; tests of single rows are in `rows`, one file per module."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.webcast.events import samples
from tests.webcast.events.decode import decoded, events_of, payload_decoded
from tests.webcast.events.filler import Leaf, filled, highest, lowest, plain_leaf
from tests.webcast.events.shape import decoded_faults, event_faults
from tiktok2mqtt.webcast.events.fields import COMMON_KEYS
from tiktok2mqtt.webcast.events.registry import EventRow
from tiktok2mqtt.webcast.events.rows import REGISTRY, ROWS

GOLDEN = Path(__file__).parent / "golden"
# By method: the row that reads every message, or else the last one that reads some of them.
ROW_OF = {
    method: (row, source.message)
    for row in sorted(ROWS, key=lambda row: all(source.when is None for source in row.sources))
    for source in row.sources
    for method in source.methods
}
# The session makes this one from gift events.
BY_SESSION = {"gift_streak"}
# The client makes these, not from messages.
BY_CLIENT = {"connected", "disconnected", "error", "gap"}
# Rows without `fields`: they have one test together instead of a golden file each.
GENERIC = {
    *("question_delete", "question_slide_down", "question_switch", "speaker", "donation_sticker_modify"),
    *("sub_capsule", "sub_pin_event", "sub_timer_sticker", "sub_wave", "subscription_guide"),
    *("link_mic_method", "link_mic_fan_ticket", "link_mic_layout_state", "link_mic_anchor_guide"),
    *("link_mic_battle_item_card", "link_mic_battle_notice", "link_mic_battle_punish_finish", "link_mic_battle_task"),
    *("link", "link_layer", "link_state", "link_screen_change"),
    *("paid_content_live_shopping", "ec_short_item_refresh", "ec_task_register", "ba_lead_gen"),
    *("partnership_card_change", "partnership_download_count", "partnership_drops_update"),
    *("partnership_game_offline", "partnership_punish"),
    *("rank_update", "hourly_rank", "hourly_rank_reward", "weekly_rank_reward", "game_rank_notify"),
    *("in_room_banner", "in_room_banner_refresh", "access_control", "access_recall", "room_verify", "perception"),
    *("system", "notice", "notify", "room_notify", "toast", "capsule", "guide", "marquee_announcement"),
    *("alert_box_audit_result", "anchor_tool_modification", "boost_card", "envelope_portal"),
    *("hashtag", "live_game_intro", "msg_detect", "room_sticker", "viewer_picks_update"),
    *("pictionary_start", "pictionary_update", "pictionary_end", "pictionary_exit"),
}
# Keys that the sample, or any full message, leaves empty.
NULL_IN_GOLDEN = {"subscribe": {"gifted"}}
NOT_IN_FULL = {
    "WebcastGoodyBagMessage": {"goody_bag.draws_at", "goody_bag.state"},
    # The numbers in full messages are no times.
    "WebcastGiftMessage": {"gift.gift.series.ends_at"},
    "WebcastBindingGiftMessage": {"binding_gift.gift.series.ends_at"},
    "WebcastGiftCollectionUpdateMessage": {"gift_collection_update.gift.series.ends_at"},
    "WebcastGiftPanelUpdateMessage": {
        "gift_panel_update.updated_at",
        "gift_panel_update.gallery_ends_at",
        "gift_panel_update.goals[].expires_at",
    },
    "WebcastGiftPromptMessage": {"gift_prompt.ordered_at"},
    # Its text is deep inside, and has one user.
    "WebcastGiftBroadcastMessage": {
        *("gift_broadcast.recipient", "gift_broadcast.badges", "gift_broadcast.is_moderator"),
        "gift_broadcast.profile_picture_url",
    },
    "WebcastSubNotifyMessage": {"subscribe.gifted"},
    "WebcastSubscriptionNotifyMessage": {"subscribe.months", "subscribe.subscribe_type", "subscribe.gifted"},
    "WebcastLinkMicArmies": {"link_mic_armies.armies[].supporters[].unique_id"},
}
# test_users covers the badges that set these.
FROM_BADGES = ("is_top_gifter", "gifter_level", "fans_level", "badges[].level")


def golden(event: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((GOLDEN / f"{event}.json").read_text("utf-8"))
    return value


def test_every_event_has_a_sample_and_a_golden_file_or_is_generic_or_made_by_the_client() -> None:
    names = {row.event for row in ROWS} - BY_CLIENT - GENERIC
    assert names == set(samples.MESSAGES)
    assert names == {file.stem for file in GOLDEN.iterdir()}
    assert {row.event for row in ROWS if not row.sources} == BY_CLIENT | BY_SESSION


@pytest.mark.parametrize("event", samples.MESSAGES)
def test_golden(event: str) -> None:
    made, expected = events_of(samples.MESSAGES[event])[event], golden(event)
    assert made == expected
    assert list(made) == list(expected)


@pytest.mark.parametrize("event", samples.MESSAGES)
def test_a_golden_file_fills_every_key_of_its_row(event: str) -> None:
    assert event_faults(golden(event), REGISTRY.rows[event]) == []
    empty = {key for key, value in golden(event).items() if value is None or value in ("", [])}
    assert empty == NULL_IN_GOLDEN.get(event, set())


def test_an_event_has_the_common_keys_first() -> None:
    assert tuple(events_of(samples.MESSAGES["chat"])["chat"])[: len(COMMON_KEYS)] == COMMON_KEYS


@pytest.mark.parametrize("method", ROW_OF)
def test_a_full_message_fills_every_key_with_its_type(method: str) -> None:
    events = payload_decoded(method, filled(ROW_OF[method][1]))
    assert ROW_OF[method][0].event in events
    for name, event in events.items():
        assert decoded_faults(event, REGISTRY.rows[name]) == []
        empty = {fault.partition(":")[0] for fault in decoded_faults(event, REGISTRY.rows[name], filled=True)}
        from_badges = {f"{name}.{key}" for key in FROM_BADGES}
        assert empty - from_badges == NOT_IN_FULL.get(method, set())


@pytest.mark.parametrize("event", sorted(GENERIC))
def test_a_generic_row_uses_the_names_of_its_message(event: str) -> None:
    (source,) = REGISTRY.rows[event].sources
    names = {"text", *source.message.DESCRIPTOR.fields_by_name}
    for field in REGISTRY.rows[event].fields:
        assert {field.key, field.key.removeprefix("message_")} & names


DEFAULTS: dict[str, Any] = {
    "id": None,
    "integer": 0,
    "number": 0,
    "string": None,
    "boolean": False,
    "object": None,
    "array": [],
}
# Keys that are null unless they were sent.
NULL_UNLESS_SENT = {
    "gift": {"to_host", "display_duration_ms"},
    "binding_gift": {"count"},
    "gift_collection_update": {"round"},
    "gift_prompt": {"blocked_days"},
    "goody_bag": {"type", "diamonds", "winner_count", "participant_count"},
    "member": {"viewer_count"},
    "barrage": {"level"},
    "subscribe": {"months", "gifted"},
}
# Empty messages of these have no user; those of other types have an empty user.
WITHOUT_USER = {"WebcastBarrageMessage", "WebcastRoomPinMessage", "WebcastGiftBroadcastMessage"}
NO_DETAILS: dict[str, Any] = {
    "gift_id": None,
    "name": None,
    "gift_type": None,
    "diamond_count": None,
    "image": None,
    "sub_type": None,
    "is_gallery_gift": None,
    "skins": [],
    "batch_counts": [],
    "series": None,
    "music": None,
}
EMPTY_GIFT = NO_DETAILS | {"repeat_count": None, "repeat_end": 0, "group_id": None, "to_user_id": None}


def defaults(row: EventRow, method: str) -> dict[str, Any]:
    expected = {field.key: DEFAULTS[field.type] for field in row.all_fields}
    expected |= dict.fromkeys(NULL_UNLESS_SENT.get(row.event, ()))
    if row.has_person:
        flags = (key for key in expected if key.startswith("is_") or key.endswith("_level"))
        expected |= dict.fromkeys(flags) | {"badges": None if method in WITHOUT_USER else []}
    if row.event == "binding_gift":
        expected |= {"gift": NO_DETAILS}
    if row.event == "gift":
        expected |= {"gift": EMPTY_GIFT}
        for key in ("count", "delta", "diamonds", "extended_gift_info", "closed_by"):
            del expected[key]
    if method == "WebcastSubscriptionNotifyMessage":
        expected["subscribe_type"] = None
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
