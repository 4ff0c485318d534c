"""The keys of all events: what they are called, and what their names promise."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.webcast import test_captures
from tests.webcast.test_captures import events, messages
from tiktok2mqtt.webcast.events.fields import COMMON, Field
from tiktok2mqtt.webcast.events.registry import event_schema
from tiktok2mqtt.webcast.events.rows import REGISTRY, ROWS

__all__ = ["events", "messages"]

UNITS = {"s", "ms", "min", "seconds"}
TIME_WORDS = {
    *("time", "timestamp", "at", "since", "until", "deadline", "date", "expire", "expires"),
    *("duration", "countdown", "delay", "interval", "remaining", "age", "ttl"),
}
# What people count and measure: such a number says all by itself.
QUANTITIES = {
    *("count", "total", "score", "level", "progress", "target", "votes", "months", "gifted", "delta", "price"),
    *("diamonds", "coins", "ticket", "tickets", "multiple", "multiplier", "percent", "streak"),
    *("rank", "place", "index", "before", "after", "priority", "sequence", "version"),
    *("width", "height", "x", "y"),
}
COUNTS = {"paid_content_live_shopping.live_series_number"}
# Numbers whose words nobody has told yet.
UNKNOWN_WORDS = {
    *("speaker.trigger_type", "alert_box_audit_result.scene", "capsule.capsule_type"),
    *("control.perception_dialog.scene", "perception.dialog.scene", "perception.sheet.scene", "perception.float_style"),
    *("rank_update.updates_list.animation_info.type", "rank_update.tabs_list.list_lynx_type"),
    *("rank_update.tab_info.tabs.list_lynx_type", "room_verify.action", "room_verify.notice_type"),
    *("notice.notice_type", "notify.notify_type", "guide.guide_type", "guide.display_style"),
    *("msg_detect.detect_type", "msg_detect.trigger_by", "boost_card.cards.task_source"),
    *("pictionary_end.end_type", "pictionary_exit.pictionary_type"),
    *("viewer_picks_update.update_type", "viewer_picks_update.picks.status"),
    *("paid_content_live_shopping.action_type", "ba_lead_gen.operation"),
    *("link_mic_anchor_guide.guide_type", "link_screen_change.message_type"),
    *("link_mic_method.message_type", "link_mic_method.layout", "link_mic_method.vendor"),
    *("envelope_portal.portal_view", "envelope_portal.portal_display"),
    *(
        "partnership_game_offline.offline_game_list.offline_type",
        "partnership_game_offline.offline_game_list.task_type",
    ),
}
# Their word has another name.
WORD_ELSEWHERE = {
    "control.action": "state",
    "stream_end.action": "reason",
    "envelope.business_type": "kind",
    "envelopes.envelopes.business_type": "kind",
}
LEAVES = ("id", "string", "integer", "number")


def fields(of: tuple[Field, ...], path: str) -> Iterator[tuple[str, Field, set[str]]]:
    """Yield the path of each field, the field, and the keys beside it."""
    beside = {field.key for field in of}
    for field in of:
        yield f"{path}.{field.key}", field, beside
        yield from fields(field.fields, f"{path}.{field.key}")


ALL = [found for row in ROWS for found in fields(row.all_fields, row.event)]


def test_a_time_is_text_or_ends_in_its_unit() -> None:
    vague = {
        path
        for path, field, _ in ALL
        if field.type in LEAVES
        and TIME_WORDS & set(field.key.split("_"))
        and not field.instant
        and field.key.split("_")[-1] not in UNITS
    }
    # `since` is set by the session, as text.
    assert vague == {"gap.since"}


def test_an_instant_is_text_or_in_milliseconds() -> None:
    for path, field, _ in ALL:
        if field.instant:
            assert field.type == "string" or (field.type, field.key.split("_")[-1]) == ("integer", "ms"), path
    schema = event_schema(REGISTRY.rows["goal_update"])["properties"]
    assert schema["start_time"]["format"] == "date-time"
    assert "format" not in event_schema(REGISTRY.rows["caption"])["properties"]["timestamp_ms"]


def test_keys_say_what_they_hold() -> None:
    vague = re.compile(r".*\d|.*_?(data|blob|unknown|misc|op|v)")
    assert {path for path, field, _ in ALL if vague.fullmatch(field.key)} == set()
    assert {field.key for field in COMMON if vague.fullmatch(field.key)} == {"v"}


def test_a_number_that_must_be_looked_up_has_a_word_beside_it() -> None:
    codes = {
        path: (field, beside)
        for path, field, beside in ALL
        if field.type == "integer" and not (QUANTITIES | UNITS) & set(field.key.split("_")) and path not in COUNTS
    }
    silent = {
        path
        for path, (field, beside) in codes.items()
        if f"{field.key}_name" not in beside
        and WORD_ELSEWHERE.get(path) not in beside
        and not field.doc.endswith("its words are not known")
    }
    assert silent == UNKNOWN_WORDS
    assert codes.keys() >= WORD_ELSEWHERE.keys()


# --- captured messages ---


def values(field: Field, value: Any) -> Iterator[tuple[Field, Any]]:
    """Yield each field in a value that is not null, and its value."""
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            for inner in field.fields:
                if part.get(inner.key) is not None:
                    yield from values(inner, part[inner.key])
        elif part is not None:
            yield field, part


def leaves(named: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[dict[str, Any], Field, Any]]:
    for name, made in named.items():
        for event in made:
            for field in REGISTRY.rows[name].all_fields:
                for inner, value in values(field, event.get(field.key)):
                    yield event, inner, value


captured = pytest.mark.skipif(not test_captures.FILE.exists(), reason=f"no captured messages: {test_captures.FILE}")


@captured
def test_captured_instants_are_within_a_year_of_their_events(events: dict[str, list[dict[str, Any]]]) -> None:
    found = 0
    for event, field, value in leaves(events):
        ts = datetime.fromisoformat(event["ts"])
        if isinstance(value, int) and field.key.endswith("_ms") and value > 10**11:
            instant = datetime.fromtimestamp(value / 1000, UTC)
        elif field.instant:
            instant = datetime.fromisoformat(value)
        else:
            continue
        found += 1
        assert abs(instant - ts) < timedelta(days=367), (event["event_type"], field.key)
    assert found > 100


@captured
def test_captured_values_are_never_empty_ids_or_blank_texts(events: dict[str, list[dict[str, Any]]]) -> None:
    for event, field, value in leaves(events):
        if field.type in ("id", "string"):
            assert value != "0" or field.type == "string", (event["event_type"], field.key)
            assert str(value).strip(), (event["event_type"], field.key)


@captured
def test_every_captured_event_says_something(events: dict[str, list[dict[str, Any]]]) -> None:
    common = {field.key for field in COMMON}
    empty: tuple[Any, ...] = (None, 0, "", [], {}, False)
    silent = {
        name
        for name, made in events.items()
        if not any(value not in empty for event in made for key, value in event.items() if key not in common)
    }
    assert silent == set()
