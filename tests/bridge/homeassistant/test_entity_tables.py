import pytest

from tiktok2mqtt.bridge.homeassistant.entities import DeviceTrigger, Entity, Row, event_of
from tiktok2mqtt.bridge.homeassistant.entity_tables import (
    BATTLE_ACTIONS,
    BRIDGE_ENTITIES,
    CONNECTION_STATES,
    ROOM_ENTITIES,
)
from tiktok2mqtt.webcast.events.rows.battles import ACTION_NAMES
from tiktok2mqtt.webcast.events.types import EVENT_NAMES
from tiktok2mqtt.webcast.lifecycle import State

ROWS: tuple[Row, ...] = (*ROOM_ENTITIES, *BRIDGE_ENTITIES)
ENTITIES = [row for row in ROWS if isinstance(row, Entity)]
TRIGGERS = [row for row in ROWS if isinstance(row, DeviceTrigger)]
# A number shows any payload, and a button has no state.
DOCUMENTS = [row for row in ENTITIES if row.component not in {"event", "number", "button", "image"}]


def test_device_triggers_are_shown_differently() -> None:
    shown = [(row.type, row.subtype) for row in TRIGGERS]
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize("row", ENTITIES, ids=lambda row: row.key)
def test_an_entity_has_a_name_and_an_icon_or_a_device_class(row: Entity) -> None:
    assert (row.name and row.icon) or row.device_class


@pytest.mark.parametrize("row", ENTITIES, ids=lambda row: row.key)
def test_every_total_has_a_last_reset(row: Entity) -> None:
    assert ("last_reset_value_template" in row.extras) == (row.state_class == "total")


def test_the_connection_sensor_lists_all_states() -> None:
    assert set(CONNECTION_STATES) == {state.value for state in State}


def test_the_battle_entity_lists_all_actions() -> None:
    assert set(BATTLE_ACTIONS) == set(ACTION_NAMES.values())


def test_event_rows_use_existing_events() -> None:
    events = {row.key: event_of(row) for row in ROOM_ENTITIES}
    assert {event for event in events.values() if event} - {"like_milestone", "goal_reached"} <= set(EVENT_NAMES)
    assert (events["gift"], events["on_gift"]) == ("gift", "gift")
    assert (events["viewers"], events["stream"], events["on_live_started"]) == (None, None, None)


@pytest.mark.parametrize("row", DOCUMENTS, ids=lambda row: row.key)
def test_templates_of_retained_documents_handle_an_empty_payload(row: Entity) -> None:
    for template in (row.template, row.attributes, row.extras.get("last_reset_value_template")):
        assert template is None or " if value " in template or " if value)" in template


@pytest.mark.parametrize("row", [row for row in ENTITIES if row.component == "event"], ids=lambda row: row.key)
def test_every_event_entity_has_event_types(row: Entity) -> None:
    assert row.extras["event_types"]
