from tiktok2mqtt.bridge.homeassistant.entities import counter, diagnostic, event, gauge, record, sensor, text, value


def test_values_and_texts() -> None:
    assert value("value_json.a") == "{{ value_json.a if value else none }}"
    assert value("value_json.a", empty="''") == "{{ value_json.a if value else '' }}"
    assert text("value_json.a") == "{{ ((value_json.a or none) | string)[:255] if value else none }}"


def test_sensors() -> None:
    assert sensor("a", "A", "mdi:a").template == value("value_json.a")
    assert sensor("a", "A", "mdi:a", template="{{ 1 }}").template == "{{ 1 }}"
    assert (gauge("a", "A", "mdi:a", "cats").unit, gauge("a", "A", "mdi:a", "cats").state_class) == (
        "cats",
        "measurement",
    )
    assert counter("a", "A", "mdi:a", "cats").extras == {
        "last_reset_value_template": "{{ value_json.started_at or '' if value }}"
    }
    assert (diagnostic("a", "A", "mdi:a").category, diagnostic("a", "A", "mdi:a").available) == ("diagnostic", "bridge")


def test_an_object_shows_one_of_its_keys_and_has_all_as_attributes() -> None:
    row = record("a", "A", "mdi:a", "it.get('name')")
    assert row.template == "{% set it = (value_json.a if value) or {} %}{{ ((it.get('name') or none) | string)[:255] }}"
    assert row.attributes == "{{ (value_json.a or {}) | to_json if value else '{}' }}"


def test_events() -> None:
    assert (event("a", "A", "mdi:a").leaf, event("a", "A", "mdi:a").extras) == ("a", {"event_types": ["a"]})
    assert event("a", "A", "mdi:a", ("b", "c"), leaf="d").extras == {"event_types": ["b", "c"]}
