import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.bridge.homeassistant.discovery import DiscoveryOptions, bridge_message, object_id, room_message
from tiktok2mqtt.bridge.topics import Address, Kind, Topics

HERE = Path(__file__).parent
OPTIONS = DiscoveryOptions()
TOPICS = Topics()

rooms = st.from_regex(r"[a-z0-9._]{1,32}", fullmatch=True)
segments = st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | st.text("X5f_-/", min_size=1)


def golden(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def size(payload: dict[str, Any]) -> int:
    return len(json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode())


def topics_in(value: Any) -> Iterator[str]:
    """Yield every topic named anywhere in a payload."""
    if isinstance(value, list):
        for item in value:
            yield from topics_in(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key.endswith("topic"):
                yield item
            else:
                yield from topics_in(item)


def test_a_whole_room() -> None:
    topic, payload = room_message(TOPICS, "alice", "1.2.3", OPTIONS)
    assert topic == "homeassistant/device/tiktok_alice/config"
    assert payload == golden("room.json")


def test_the_bridge() -> None:
    topic, payload = bridge_message(TOPICS, "1.2.3", OPTIONS)
    assert topic == "homeassistant/device/tiktok-bridge/config"
    assert payload == golden("bridge.json")


def test_rooms_point_to_the_bridge() -> None:
    bridge = bridge_message(TOPICS, "1.2.3", OPTIONS)[1]
    room = room_message(TOPICS, "alice", "1.2.3", OPTIONS)[1]
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
    ],
)
def test_object_ids(base: str, room: str | None, expected: str) -> None:
    assert object_id(Topics(base), room) == expected


def unescaped(text: str) -> str:
    raw = re.sub(rb"X([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), text.encode())
    return raw.decode()


@given(segments, segments, st.none() | rooms)
def test_object_ids_are_injective(base: str, bridge: str, room: str | None) -> None:
    """What can be read back from the id cannot be the same in two of them."""
    an_id = object_id(Topics(base, bridge), room)
    match = re.fullmatch(r"([a-zA-Z0-9]+)([_-])([a-zA-Z0-9_-]+)", an_id)
    assert match
    assert unescaped(match[1]) == base
    assert match[2] == ("-" if room is None else "_")
    assert (unescaped(match[3]) if room is None else match[3].replace("-", ".")) == (room or bridge)


def test_unique_ids_are_injective() -> None:
    # Among these, names and keys run together to the same letters: "a" and "peak_viewers", "a_peak" and "viewers".
    names = ["a", "a_peak", "a_last", "a.peak", "a_peak_viewers", "bridge"]
    messages = [room_message(TOPICS, name, "1.2.3", OPTIONS) for name in names]
    messages.append(bridge_message(TOPICS, "1.2.3", OPTIONS))
    ids = [
        component["unique_id"]
        for _, payload in messages
        for component in payload["components"].values()
        if "unique_id" in component
    ]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("topics", [TOPICS, Topics("home/tiktok", bridge="daemon", discovery_prefix="ha")])
def test_every_topic_is_one_of_ours(topics: Topics) -> None:
    for _, payload in (room_message(topics, "a.b", "1.2.3", OPTIONS), bridge_message(topics, "1.2.3", OPTIONS)):
        addresses = [topics.parse(topic) for topic in topics_in(payload)]
        assert {address and (address.kind, address.room) for address in addresses} <= {
            (Kind.ROOM, "a.b"),
            (Kind.BRIDGE, ""),
        }
        assert len(addresses) > len(payload["availability"])


def test_the_switch_commands_its_room() -> None:
    component = room_message(TOPICS, "alice", "1.2.3", OPTIONS)[1]["components"]["watch"]
    assert TOPICS.parse(component["command_topic"]) == Address(Kind.ROOM, "alice", "set")


def test_thresholds_and_room_are_filled_in() -> None:
    options = DiscoveryOptions(gift_medium=7, gift_large=77)
    components = room_message(TOPICS, "a.b", "1.2.3", options)[1]["components"]
    assert ">= 77" in components["gift"]["value_template"]
    assert ">= 7 " in components["gift"]["value_template"]
    assert "== 'a.b'" in components["stream"]["value_template"]
    assert "$" not in json.dumps(components)


def test_a_dollar_in_the_base_topic_is_left_alone() -> None:
    payload = room_message(Topics("$room"), "alice", "1.2.3", OPTIONS)[1]
    assert payload["state_topic"] == "$room/alice/state"
    assert payload["components"]["gift"]["state_topic"] == "$room/alice/gift"


def test_entity_ids_read_well() -> None:
    components = room_message(Topics("Home/tiktok"), "a.b_", "1.2.3", OPTIONS)[1]["components"]
    assert components["viewers"]["default_entity_id"] == "sensor.home_tiktok_a_b_viewers"


def test_availability() -> None:
    def needed(payload: dict[str, Any], key: str) -> list[str]:
        conditions = payload["components"][key].get("availability", payload["availability"])
        return [condition["topic"] for condition in conditions]

    room = room_message(TOPICS, "alice", "1.2.3", OPTIONS)[1]
    assert room["availability_mode"] == "all"
    assert needed(room, "viewers") == ["tiktok/bridge/state", "tiktok/alice/availability"]
    for key in ("watch", "connection", "reason", "next_retry"):
        assert needed(room, key) == ["tiktok/bridge/state"]
    bridge = bridge_message(TOPICS, "1.2.3", OPTIONS)[1]
    assert needed(bridge, "version") == ["tiktok/bridge/state"]
    assert needed(bridge, "state") == []


def test_payloads_stay_small() -> None:
    longest = Topics("b" * 24)
    assert size(room_message(longest, "r" * 32, "1.2.3", OPTIONS)[1]) <= 16 * 1024
    assert size(bridge_message(longest, "1.2.3", OPTIONS)[1]) <= 16 * 1024
