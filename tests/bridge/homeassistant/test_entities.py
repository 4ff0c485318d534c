import pytest

from tiktok2mqtt.bridge.homeassistant.entities import (
    DeviceTrigger,
    Entity,
    Row,
    counter,
    diagnostic,
    event,
    event_of,
    gauge,
    object_sensor,
    sensor,
    text_template,
    validated,
    value_template,
)


@pytest.mark.parametrize("key", ["", "a-b", "A", "a__b", "_a", "a.b"])
def test_a_key_that_is_not_snake_case_is_an_error(key: str) -> None:
    with pytest.raises(ValueError, match="not snake_case"):
        validated([Entity(key=key, component="sensor")])


def test_a_duplicate_key_is_an_error() -> None:
    rows: list[Row] = [
        Entity(key="gift", component="event"),
        DeviceTrigger(key="gift", type="received", subtype="gift", subtopic="gift"),
    ]
    with pytest.raises(ValueError, match=r"duplicate key: Entity.*DeviceTrigger"):
        validated(rows)


def test_the_event_that_a_row_depends_on() -> None:
    assert event_of(event("subscription", "Subscription", "mdi:a", subtopic="subscribe")) == "subscribe"
    assert event_of(DeviceTrigger(key="on_gift", type="received", subtype="gift", subtopic="gift")) == "gift"
    assert event_of(sensor("viewers", "Viewers", "mdi:a")) is None
    assert event_of(event("stream", "Stream", "mdi:a", subtopic="event", on_bridge=True)) is None


def test_templates_for_values_and_texts() -> None:
    assert value_template("value_json.a") == "{{ value_json.a if value else none }}"
    assert value_template("value_json.a", empty="''") == "{{ value_json.a if value else '' }}"
    assert text_template("value_json.a") == "{{ ((value_json.a or none) | string)[:255] if value else none }}"


def test_sensors() -> None:
    assert sensor("a", "A", "mdi:a").template == value_template("value_json.a")
    assert sensor("a", "A", "mdi:a", template="{{ 1 }}").template == "{{ 1 }}"
    viewers = gauge("a", "A", "mdi:a", "viewers")
    assert (viewers.unit, viewers.state_class) == ("viewers", "measurement")
    assert counter("a", "A", "mdi:a", "likes").extras == {
        "last_reset_value_template": "{{ value_json.counting_since or '' if value }}"
    }
    reason = diagnostic("a", "A", "mdi:a")
    assert (reason.category, reason.available) == ("diagnostic", "bridge")


def test_an_object_sensor_shows_one_key_and_has_all_as_attributes() -> None:
    row = object_sensor("a", "A", "mdi:a", "it.get('name')")
    assert row.template == "{% set it = (value_json.a if value) or {} %}{{ ((it.get('name') or none) | string)[:255] }}"
    assert row.attributes == "{{ (value_json.a or {}) | to_json if value else '{}' }}"


def test_events() -> None:
    gift = event("a", "A", "mdi:a")
    assert (gift.subtopic, gift.extras) == ("a", {"event_types": ["a"]})
    assert event("a", "A", "mdi:a", ("b", "c"), subtopic="d").extras == {"event_types": ["b", "c"]}
