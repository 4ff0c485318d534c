import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.bridge.homeassistant.discovery import (
    DiscoveryOptions,
    bridge_messages,
    is_own_id,
    object_id,
    room_messages,
    with_removed_components,
)
from tiktok2mqtt.bridge.homeassistant.entities import Entity
from tiktok2mqtt.bridge.homeassistant.entity_tables import ROOM_ENTITIES
from tiktok2mqtt.common.topics import Address, Kind, Topics

HERE = Path(__file__).parent
OPTIONS = DiscoveryOptions()
TOPICS = Topics()

rooms = st.from_regex(r"[a-z0-9._]{1,32}", fullmatch=True)
segments = st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | st.text("X5f_-/", min_size=1)


def golden(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def size(payload: dict[str, Any]) -> int:
    return len(json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode())


def room_message(
    topics: Topics, room: str, version: str = "1.2.3", options: DiscoveryOptions = OPTIONS
) -> tuple[str, Any]:
    """Return topic and payload of the device message of a room."""
    ((topic, payload),) = room_messages(topics, room, version, options).items()
    return topic, payload


def bridge_message(
    topics: Topics, version: str = "1.2.3", options: DiscoveryOptions = OPTIONS
) -> tuple[str, dict[str, Any]]:
    """Return topic and payload of the device message of the bridge."""
    ((topic, payload),) = bridge_messages(topics, version, options).items()
    return topic, payload


def topics_in(value: Any) -> Iterator[str]:
    """Yield every topic in a payload, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from topics_in(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key.endswith("topic"):
                yield item
            else:
                yield from topics_in(item)


def test_the_message_of_a_room() -> None:
    topic, payload = room_message(TOPICS, "alice")
    assert topic == "homeassistant/device/tiktok_alice/config"
    assert payload == golden("room.json")


def test_the_message_of_the_bridge() -> None:
    topic, payload = bridge_message(TOPICS)
    assert topic == "homeassistant/device/tiktok-bridge/config"
    assert payload == golden("bridge.json")


def test_rooms_refer_to_the_bridge_by_via_device() -> None:
    bridge = bridge_message(TOPICS)[1]
    room = room_message(TOPICS, "alice")[1]
    assert bridge["device"]["identifiers"] == [room["device"]["via_device"]]


@pytest.mark.parametrize(
    ("base", "room", "expected"),
    [
        ("tiktok", "alice", "tiktok_alice"),
        ("tiktok", "a.b_c", "tiktok_a-b_c"),
        ("tiktok", None, "tiktok-bridge"),
        ("home/tiktok", "alice", "homeX2ftiktok_alice"),
        ("X", None, "X58-bridge"),
        ("é", "alice", "Xc3Xa9_alice"),
        ("tiktok", "é.x", "tiktok_Xc3Xa9-x"),
    ],
)
def test_object_ids(base: str, room: str | None, expected: str) -> None:
    assert object_id(Topics(base), room) == expected


def unescaped(text: str) -> str:
    raw = re.sub(rb"X([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), text.encode())
    return raw.decode()


@given(segments, segments, st.none() | rooms)
def test_object_ids_are_injective(base: str, bridge: str, room: str | None) -> None:
    """Base topic and room can be read back from the id, so two different pairs never share one."""
    an_id = object_id(Topics(base, bridge), room)
    match = re.fullmatch(r"([a-zA-Z0-9]+)([_-])([a-zA-Z0-9_-]+)", an_id)
    assert match
    assert unescaped(match[1]) == base
    assert match[2] == ("-" if room is None else "_")
    assert (unescaped(match[3]) if room is None else match[3].replace("-", ".")) == (room or bridge)


def test_unique_ids_are_injective() -> None:
    # Without a separator, names and keys would collide: "a" and "peak_viewers", "a_peak" and "viewers".
    names = ["a", "a_peak", "a_last", "a.peak", "a_peak_viewers", "bridge"]
    messages = [room_message(TOPICS, name) for name in names]
    messages.append(bridge_message(TOPICS))
    ids = [
        component["unique_id"]
        for _, payload in messages
        for component in payload["components"].values()
        if "unique_id" in component
    ]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("topics", [TOPICS, Topics("home/tiktok", bridge="daemon", discovery_prefix="ha")])
def test_every_topic_is_parsed_as_one_of_the_room_or_the_bridge(topics: Topics) -> None:
    for _, payload in (room_message(topics, "a.b"), bridge_message(topics)):
        addresses = [topics.parse(topic) for topic in topics_in(payload)]
        assert {address and (address.kind, address.room) for address in addresses} <= {
            (Kind.ROOM, "a.b"),
            (Kind.GOAL, "a.b"),
            (Kind.BRIDGE, ""),
            (Kind.RESPONSE, ""),
            (Kind.REQUEST, ""),
        }
        assert len(addresses) > len(payload["availability"])


def test_command_topics_and_payloads() -> None:
    components = room_message(TOPICS, "a.b")[1]["components"]
    senders = {key: one for key, one in components.items() if "command_topic" in one}
    assert {key: TOPICS.parse(one["command_topic"]) for key, one in senders.items()} == {
        "watch": Address(Kind.ROOM, "a.b", "set"),
        "goal": Address(Kind.GOAL, "a.b", "set"),
        "reconnect": Address(Kind.REQUEST, "", "reconnect"),
        "simulate_gift": Address(Kind.REQUEST, "", "simulate"),
    }
    assert json.loads(senders["reconnect"]["payload_press"]) == {"room": "a.b"}
    assert json.loads(senders["simulate_gift"]["payload_press"]) == {"room": "a.b", "event": "gift"}


def test_excluded_and_disabled_rows() -> None:
    options = DiscoveryOptions(excluded=frozenset({"battle"}), disabled=frozenset({"chat"}))
    components = room_message(TOPICS, "alice", options=options)[1]["components"]
    assert "battle" not in components
    assert {key: one["enabled_by_default"] for key, one in components.items() if "enabled_by_default" in one} == {
        "chat": False
    }


def test_the_messages_of_single_components() -> None:
    messages = room_messages(TOPICS, "a.b", "1.2.3", DiscoveryOptions("components"))
    assert len(messages) == len(ROOM_ENTITIES)
    device = room_message(TOPICS, "a.b")[1]
    head = {"device": device["device"], "origin": device["origin"], "qos": 1}
    assert messages["homeassistant/sensor/tiktok_a-b/viewers/config"] == {
        **head,
        "unique_id": "tiktok_a-b-viewers",
        "name": "Viewers",
        "icon": "mdi:eye",
        "state_class": "measurement",
        "unit_of_measurement": "viewers",
        "state_topic": "tiktok/a.b/state",
        "value_template": "{{ value_json.viewers if value else none }}",
        "availability_mode": "all",
        "availability": device["availability"],
    }
    assert messages["homeassistant/device_automation/tiktok_a-b/on_gift/config"] == {
        **head,
        "automation_type": "trigger",
        "type": "received",
        "subtype": "gift",
        "topic": "tiktok/a.b/gift",
    }


def test_both_forms_have_the_same_unique_ids() -> None:
    device = room_message(TOPICS, "alice")[1]["components"]
    single = room_messages(TOPICS, "alice", "1.2.3", DiscoveryOptions("components"))
    by_key = {topic.split("/")[-2]: payload for topic, payload in single.items()}
    for row in ROOM_ENTITIES:
        if isinstance(row, Entity):
            assert by_key[row.key]["unique_id"] == device[row.key]["unique_id"]


@pytest.mark.parametrize("form", ["device", "components"])
def test_the_object_id_can_be_read_from_every_discovery_topic(form: Any) -> None:
    options = DiscoveryOptions(form)
    for room, messages in (
        ("a.b", room_messages(TOPICS, "a.b", "1.2.3", options)),
        (None, bridge_messages(TOPICS, "1.2.3", options)),
    ):
        assert {TOPICS.discovery_object_id(topic) for topic in messages} == {object_id(TOPICS, room)}


@given(segments, segments, st.none() | rooms)
def test_only_ids_of_the_same_base_topic_are_our_own(base: str, other: str, room: str | None) -> None:
    an_id = object_id(Topics(base), room)
    assert is_own_id(Topics(base, "renamed"), an_id)
    assert is_own_id(Topics(other), an_id) == (base == other)


def test_a_removed_component_has_its_platform_only() -> None:
    payload = room_message(TOPICS, "alice")[1]
    assert with_removed_components(payload, {"old": "sensor"})["components"] == {
        **payload["components"],
        "old": {"platform": "sensor"},
    }
    assert "old" not in payload["components"]


def test_thresholds_and_room_name_are_substituted() -> None:
    options = DiscoveryOptions(gift_medium=7, gift_large=77)
    components = room_message(TOPICS, "a.b", options=options)[1]["components"]
    assert ">= 77" in components["gift"]["value_template"]
    assert ">= 7 " in components["gift"]["value_template"]
    assert "== 'a.b'" in components["stream"]["value_template"]
    assert "$" not in json.dumps(components)


def test_a_dollar_sign_in_the_base_topic_is_not_substituted() -> None:
    payload = room_message(Topics("$room"), "alice")[1]
    assert payload["state_topic"] == "$room/alice/state"
    assert payload["components"]["gift"]["state_topic"] == "$room/alice/gift"


def test_availability() -> None:
    def needed(payload: dict[str, Any], key: str) -> list[str]:
        conditions = payload["components"][key].get("availability", payload["availability"])
        return [condition["topic"] for condition in conditions]

    room = room_message(TOPICS, "alice")[1]
    assert room["availability_mode"] == "all"
    assert needed(room, "viewers") == ["tiktok/bridge/state", "tiktok/alice/availability"]
    for key in (
        "watch",
        "reconnect",
        "simulate_gift",
        "goal",
        "connection",
        "reason",
        "next_retry",
    ):
        assert needed(room, key) == ["tiktok/bridge/state"]
    bridge = bridge_message(TOPICS)[1]
    assert needed(bridge, "version") == ["tiktok/bridge/state"]
    assert needed(bridge, "state") == []


def test_the_size_of_payloads_is_bounded() -> None:
    longest = Topics("b" * 24)
    usual = DiscoveryOptions(excluded=frozenset({"on_gift", "on_follow", "on_live_started", "on_live_ended"}))
    assert size(room_message(TOPICS, "r" * 16, options=usual)[1]) <= 16 * 1024
    # Device triggers come on request only. A broker that accepts no more gets a message for each component.
    assert size(room_message(longest, "r" * 32, options=usual)[1]) <= 20 * 1024
    assert size(bridge_message(longest)[1]) <= 16 * 1024
