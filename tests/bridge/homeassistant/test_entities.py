import pytest

from tiktok2mqtt.bridge.homeassistant.bridge_entities import BRIDGE
from tiktok2mqtt.bridge.homeassistant.entities import Entity, Row, Trigger, checked, event_leaf
from tiktok2mqtt.bridge.homeassistant.room_entities import BATTLE_ACTIONS, CONNECTION_STATES, ROOM
from tiktok2mqtt.webcast.events.rows.battles import ACTION_NAMES
from tiktok2mqtt.webcast.events.types import EVENT_NAMES
from tiktok2mqtt.webcast.lifecycle import State

ROWS: tuple[Row, ...] = (*ROOM, *BRIDGE)
ENTITIES = [row for row in ROWS if isinstance(row, Entity)]
TRIGGERS = [row for row in ROWS if isinstance(row, Trigger)]


@pytest.mark.parametrize("key", ["", "a-b", "A", "a__b", "_a", "a.b"])
def test_keys_are_snake_case(key: str) -> None:
    with pytest.raises(ValueError, match="not snake_case"):
        checked([Entity(key=key, component="sensor")])


def test_a_key_stands_for_one_row() -> None:
    rows: list[Row] = [
        Entity(key="gift", component="event"),
        Trigger(key="gift", type="received", subtype="gift", leaf="gift"),
    ]
    with pytest.raises(ValueError, match=r"twice: Entity.*Trigger"):
        checked(rows)


def test_device_triggers_are_told_apart_by_what_is_shown() -> None:
    shown = [(row.type, row.subtype) for row in TRIGGERS]
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize("row", ENTITIES, ids=lambda row: row.key)
def test_an_entity_has_a_name_and_an_icon_or_gets_both_from_its_device_class(row: Entity) -> None:
    assert (row.name and row.icon) or row.device_class


@pytest.mark.parametrize("row", ENTITIES, ids=lambda row: row.key)
def test_what_counts_since_the_session_began_says_when_that_was(row: Entity) -> None:
    assert ("last_reset_value_template" in row.extras) == (row.state_class == "total")


def test_the_states_of_a_connection_are_all_announced() -> None:
    assert set(CONNECTION_STATES) == {state.value for state in State}


def test_the_actions_of_a_battle_are_all_announced() -> None:
    assert set(BATTLE_ACTIONS) == set(ACTION_NAMES.values())


def test_rows_live_on_events_that_there_are() -> None:
    leaves = {row.key: event_leaf(row) for row in ROOM}
    assert {leaf for leaf in leaves.values() if leaf} - {"like_milestone"} <= set(EVENT_NAMES)
    assert (leaves["gift"], leaves["on_gift"]) == ("gift", "gift")
    assert (leaves["viewers"], leaves["stream"], leaves["on_live_started"]) == (None, None, None)


# A number only reads what it is told, and a button reads nothing.
DOCUMENTS = [row for row in ENTITIES if row.component not in {"event", "number", "button", "image"}]


@pytest.mark.parametrize("row", DOCUMENTS, ids=lambda row: row.key)
def test_templates_of_retained_documents_bear_an_emptied_topic(row: Entity) -> None:
    for template in (row.template, row.attributes, row.extras.get("last_reset_value_template")):
        assert template is None or " if value " in template or " if value)" in template


@pytest.mark.parametrize("row", [row for row in ENTITIES if row.component == "event"], ids=lambda row: row.key)
def test_events_announce_their_types(row: Entity) -> None:
    assert row.extras["event_types"]
