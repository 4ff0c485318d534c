"""What is published by topic, in order; `None` stands for an empty payload."""

import time
from itertools import pairwise
from math import inf
from typing import Any

import orjson
import pytest

from tiktok2mqtt.bridge.homeassistant.discovery import (
    DiscoveryOptions,
    bridge_messages,
    object_id,
    room_messages,
)
from tiktok2mqtt.bridge.homeassistant.discovery_publisher import (
    BIRTH_DELAY_S,
    BIRTH_INTERVAL_S,
    ECHO_S,
    RETAINED_TIMEOUT_S,
    DiscoveryPublisher,
)
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.bridge.mqtt.sender import publish_packet
from tiktok2mqtt.common.topics import COMMANDS, Topics
from tiktok2mqtt.settings import HomeAssistantSettings, RoomSettings

NOW = 1000.0
BRIDGE = "homeassistant/device/tiktok-bridge/config"
ALICE = "homeassistant/device/tiktok_alice/config"
BOB = "homeassistant/device/tiktok_bob/config"


def discovery_publisher(
    sent: list[Message], exclude_events: tuple[str, ...] = (), /, **settings: Any
) -> DiscoveryPublisher:
    publisher = Publisher(Topics(), effective_policies([], exclude_events, []), sent.append)
    valid = HomeAssistantSettings.model_validate({"device_triggers": True} | settings)
    return DiscoveryPublisher(Topics(), publisher, valid, "1.2.3")


def take(sent: list[Message]) -> dict[str, Any]:
    """Return and clear what has been published."""
    messages = {message.topic: orjson.loads(message.payload) if message.payload else None for message in sent}
    assert all(message.retain and message.qos == 1 for message in sent)
    assert len(messages) == len(sent)
    sent.clear()
    return messages


def retained(room: str = "alice", topics: Topics | None = None, **options: Any) -> dict[str, bytes]:
    """Return the discovery messages of a room by an earlier run."""
    messages = room_messages(topics or Topics(), room, "1.0.0", DiscoveryOptions(**options))
    return {topic: orjson.dumps(payload) for topic, payload in messages.items()}


def start(discovery: DiscoveryPublisher, before: dict[str, bytes], rooms: tuple[str, ...] = ("alice",)) -> None:
    """Pass the retained messages to the publisher, and let it publish until it is ready."""
    discovery.wait_for_retained(NOW)
    for topic, payload in before.items():
        discovery.on_retained(topic, payload, NOW)
    assert discovery.is_due(NOW + RETAINED_TIMEOUT_S)
    now = NOW + RETAINED_TIMEOUT_S
    while not discovery.is_ready:
        discovery.publish_all(rooms, now)
        now += RETAINED_TIMEOUT_S


@pytest.mark.parametrize(
    ("command", "without"),
    [
        ("connect", {"watch"}),
        ("disconnect", {"watch"}),
        ("reconnect", {"reconnect"}),
        ("simulate", {"simulate_gift"}),
        ("goal", {"goal"}),
        ("list", set()),
    ],
)
def test_an_entity_whose_command_is_not_allowed_is_left_out(
    publisher: Publisher, sent: list[Message], command: str, without: set[str]
) -> None:
    def components(commands: tuple[str, ...]) -> set[str]:
        settings = HomeAssistantSettings(simulate_button=True, device_triggers=True)
        start(DiscoveryPublisher(Topics(), publisher, settings, "1.2.3", commands), {})
        return set(take(sent)[ALICE]["components"])

    assert components(COMMANDS) - components(tuple(one for one in COMMANDS if one != command)) == without


@pytest.mark.parametrize(("command", "key"), [("add", "add_room"), ("log_level", "log_level"), ("restart", "restart")])
def test_an_entity_of_the_bridge_needs_its_command(
    publisher: Publisher, sent: list[Message], command: str, key: str
) -> None:
    for commands, is_there in ((COMMANDS, True), (tuple(one for one in COMMANDS if one != command), False)):
        start(DiscoveryPublisher(Topics(), publisher, HomeAssistantSettings(), "1.2.3", commands), {})
        assert (key in take(sent)[BRIDGE]["components"]) is is_there


def test_who_has_cleared_a_message(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent)
    start(discovery, {})
    now = time.monotonic()
    assert discovery.was_cleared_by_others(ALICE, now)
    assert not discovery.was_cleared_by_others(BOB, now)
    discovery.remove_room("alice")
    assert not discovery.was_cleared_by_others(ALICE, now)
    discovery.publish_room("alice")
    # The echo of our own removal.
    assert not discovery.was_cleared_by_others(ALICE, now + 1)
    assert discovery.was_cleared_by_others(ALICE, now + ECHO_S + 1)


def test_our_own_messages_after_a_lost_connection_are_not_published_again(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent)
    start(discovery, {})
    discovery.on_retained(ALICE, retained()[ALICE], NOW + 60)
    assert not discovery.is_due(NOW + 120)


def test_the_bridge_is_published_before_the_rooms(sent: list[Message]) -> None:
    start(discovery_publisher(sent), {}, ("bob", "alice"))
    assert list(take(sent)) == [BRIDGE, BOB, ALICE]


def test_nothing_is_published_before_the_retained_messages_are_read(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent)
    discovery.publish_room("alice")
    discovery.wait_for_retained(NOW)
    assert not discovery.is_ready
    assert not discovery.is_due(NOW + RETAINED_TIMEOUT_S - 0.1)
    # A message by another program: more may follow.
    discovery.on_retained("homeassistant/sensor/other/x/config", b"{}", NOW + RETAINED_TIMEOUT_S - 0.1)
    assert not discovery.is_due(NOW + RETAINED_TIMEOUT_S)
    assert not sent
    discovery.publish_all([], NOW)
    assert discovery.is_ready
    assert list(take(sent)) == [BRIDGE]
    discovery.publish_room("alice")
    assert list(take(sent)) == [ALICE]


def test_two_birth_messages_in_a_row_cause_one_publication(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent)
    start(discovery, {})
    discovery.schedule(NOW)
    discovery.schedule(NOW + 0.4)
    assert not discovery.is_due(NOW + 0.4)
    assert discovery.is_due(NOW + 2.0)
    discovery.publish_all(["alice"], NOW + 2)
    assert not discovery.is_due(NOW + 100)


def test_a_flood_of_birth_messages_is_answered_now_and_then_and_the_last_one_too(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent)
    start(discovery, {})
    first, last, answers = NOW + 100.0, NOW + 160.0, list[float]()
    for tenth in range(1_000):
        now = first + tenth / 10
        if now <= last:
            discovery.schedule(now)
        if discovery.is_due(now):
            discovery.publish_all(["alice"], now)
            answers.append(now)
    assert answers[0] <= first + BIRTH_DELAY_S[1] + 0.1
    assert min(after - before for before, after in pairwise(answers)) >= BIRTH_INTERVAL_S - 0.1
    assert last <= answers[-1] <= last + BIRTH_INTERVAL_S + 0.1


# --- a broker that accepts only small packets ---

SMALL = 10_000


def published_forms(messages: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Return the topics with a message, and those that were cleared."""
    cleared = {topic for topic, payload in messages.items() if payload is None}
    return messages.keys() - cleared, cleared


def components_of(room: str | None) -> set[str]:
    """Return the topics of the components of a room or of the bridge."""
    # Without the button, which is left out unless the settings ask for it.
    options = DiscoveryOptions(form="components", excluded=frozenset({"simulate_gift"}))
    return set(bridge_messages(Topics(), "1", options) if room is None else room_messages(Topics(), room, "1", options))


def test_devices_that_are_too_large_have_a_message_for_each_component(
    sent: list[Message], caplog: pytest.LogCaptureFixture
) -> None:
    discovery = discovery_publisher(sent)
    discovery.limit_packets(SMALL, NOW)
    start(discovery, {})
    messages = take(sent)
    assert published_forms(messages) == (components_of(None) | components_of("alice"), set())
    assert max(len(topic) + len(orjson.dumps(payload)) for topic, payload in messages.items()) < SMALL / 2
    discovery.publish_room("bob")
    assert published_forms(take(sent)) == (components_of("bob"), set())
    assert caplog.messages == [f"the broker accepts at most {SMALL} bytes; each entity is announced by its own message"]


def test_the_form_follows_the_limit_and_the_other_one_is_removed_first(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent)
    start(discovery, {}, ("alice", "bob"))
    sent.clear()
    devices, components = {BRIDGE, ALICE, BOB}, components_of(None) | components_of("alice") | components_of("bob")
    now = NOW + 100
    for limit, new, old in ((SMALL, components, devices), (inf, devices, components), (SMALL, components, devices)):
        discovery.limit_packets(limit, now)
        assert discovery.is_due(now)
        discovery.publish_all(["alice", "bob"], now)
        assert published_forms(take(sent)) == (set(), old)
        # Whatever else asks for it, for example a reconnect.
        discovery.publish_all(["alice", "bob"], now + RETAINED_TIMEOUT_S - 0.1)
        assert not take(sent)
        assert not discovery.is_due(now + RETAINED_TIMEOUT_S - 0.1)
        assert discovery.is_due(now + RETAINED_TIMEOUT_S)
        discovery.publish_all(["alice", "bob"], now + RETAINED_TIMEOUT_S)
        assert published_forms(take(sent)) == (new, set())
        now += 100


def test_one_device_that_is_too_large_decides_for_all(sent: list[Message]) -> None:
    long_name = "a" * 24
    discovery = discovery_publisher(sent)
    start(discovery, {})
    [size] = [len(one.topic) + len(one.payload) for one in sent if one.topic == ALICE]
    sent.clear()
    discovery.limit_packets(size + 100, NOW + 100)
    discovery.publish_all(["alice"], NOW + 100)
    assert published_forms(take(sent)) == ({BRIDGE, ALICE}, set())
    discovery.publish_room(long_name)
    sent.clear()
    assert discovery.is_due(NOW + 100)
    for now in (NOW + 100, NOW + 101):
        discovery.publish_all(["alice", long_name], now)
    published, cleared = published_forms({one.topic: one.payload or None for one in sent})
    assert {BRIDGE, ALICE} <= cleared
    assert published == components_of(None) | components_of("alice") | components_of(long_name)


def test_the_limit_is_that_of_the_whole_packet(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent)
    start(discovery, {})
    [size] = [len(publish_packet(one.topic, one.payload, b"\0", retain=True)) + 2 for one in sent if one.topic == ALICE]
    sent.clear()
    discovery.limit_packets(size - 1, NOW + 100)
    discovery.publish_all(["alice"], NOW + 100)
    assert take(sent)[ALICE] is None
    # A few bytes are kept in reserve.
    discovery.limit_packets(size + 10, NOW + 200)
    discovery.publish_all(["alice"], NOW + 200)
    assert take(sent)[ALICE]


def test_rooms_can_be_added_and_removed_while_the_form_changes(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent)
    start(discovery, {}, ("alice", "bob"))
    sent.clear()
    discovery.limit_packets(SMALL, NOW + 100)
    # In neither form: all are about to be published.
    discovery.publish_room("carol")
    discovery.remove_room("carol")
    assert not take(sent)
    discovery.remove_room("bob")
    assert take(sent) == {BOB: None}
    discovery.publish_all(["alice"], NOW + 100)
    assert take(sent) == {BRIDGE: None, ALICE: None}
    discovery.publish_room("carol")
    assert published_forms(take(sent)) == (components_of("carol"), set())
    discovery.remove_room("carol")
    assert published_forms(take(sent)) == (set(), components_of("carol"))


def test_components_that_are_always_published_singly_need_no_limit(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent, discovery="components")
    start(discovery, {})
    before = take(sent).keys()
    discovery.limit_packets(SMALL, NOW + 100)
    discovery.publish_all(["alice"], NOW + 100)
    assert take(sent).keys() == before


def test_the_device_of_a_former_room_is_removed(sent: list[Message]) -> None:
    start(discovery_publisher(sent), retained("bob") | retained("alice"))
    messages = take(sent)
    assert messages[BOB] is None
    assert messages[ALICE]["origin"]["sw_version"] == "1.2.3"


def test_outdated_messages_are_removed_before_new_ones_are_published(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent)
    discovery.wait_for_retained(NOW)
    for topic, payload in retained("bob").items():
        discovery.on_retained(topic, payload, NOW)
    discovery.publish_all(["alice"], NOW + 1)
    assert take(sent) == {BOB: None}
    assert not discovery.is_due(NOW + 1.9)
    assert discovery.is_due(NOW + 2)
    discovery.publish_all(["alice"], NOW + 2)
    assert list(take(sent)) == [BRIDGE, ALICE]


def test_a_former_entity_is_removed_by_every_message_of_this_run(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent, exclude_entities=["battle"])
    start(discovery, retained())
    for _ in range(2):
        components = take(sent)[ALICE]["components"]
        assert (components["battle"], components["gift"]["platform"]) == ({"platform": "event"}, "event")
        discovery.publish_all(["alice"], NOW + 2)


def test_a_former_entity_that_is_disabled_is_not_removed(sent: list[Message]) -> None:
    """Home Assistant would drop the whole device with it."""
    discovery = discovery_publisher(sent, exclude_entities=["battle", "chat"])
    start(discovery, retained(disabled=frozenset({"chat"})))
    components = take(sent)[ALICE]["components"]
    assert components["battle"] == {"platform": "event"}
    assert "chat" not in components


def test_an_entity_that_an_earlier_run_has_removed_is_not_removed_again(sent: list[Message]) -> None:
    payload = orjson.loads(retained()[ALICE])
    payload["components"]["old"] = {"platform": "sensor"}
    start(discovery_publisher(sent), {ALICE: orjson.dumps(payload)})
    assert "old" not in take(sent)[ALICE]["components"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("device", "components"), ("components", "device"), ("device", "off"), ("components", "off")],
)
def test_changing_the_form_of_discovery_removes_the_former_messages_first(
    sent: list[Message], before: Any, after: str
) -> None:
    former = retained(form=before)
    start(discovery_publisher(sent, discovery=after, simulate_button=True), former)
    messages = take(sent)
    assert {topic for topic, payload in messages.items() if payload is None} == former.keys()
    published = [payload is not None for payload in messages.values()]
    assert published == sorted(published)
    assert any(published) == (after != "off")


@pytest.mark.parametrize(
    "payload",
    [
        retained()[ALICE].replace(b'"tiktok2mqtt"', b'"other"'),
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"origin":"tiktok2mqtt"}',
        b'{"origin":{"name":"tiktok2mqtt"},"components":[]}',
    ],
)
def test_messages_of_other_programs_are_not_removed(sent: list[Message], payload: bytes) -> None:
    topic = "homeassistant/device/tiktok_else/config"
    start(discovery_publisher(sent), {topic: payload})
    assert topic not in take(sent)


@pytest.mark.parametrize("base", ["tiktok2", "tik", "home/tiktok", "tiktok_alice", "tiktok-bridge"])
def test_messages_of_a_bridge_with_another_base_topic_are_not_removed(sent: list[Message], base: str) -> None:
    other = Topics(base)
    start(discovery_publisher(sent), retained("carol", other))
    assert other.device_discovery(object_id(other, "carol")) not in take(sent)


def test_outdated_messages_that_arrive_late_are_removed_too(sent: list[Message]) -> None:
    discovery = discovery_publisher(sent)
    start(discovery, {})
    for topic, payload in retained("bob").items():
        discovery.on_retained(topic, payload, NOW + 60)
    assert discovery.is_due(NOW + 63)
    sent.clear()
    discovery.publish_all(["alice"], NOW + 2)
    assert take(sent)[BOB] is None


@pytest.mark.parametrize("form", ["device", "components"])
def test_the_device_of_a_removed_room_is_removed(sent: list[Message], form: Any) -> None:
    discovery = discovery_publisher(sent, discovery=form, simulate_button=True, disabled_entities="")
    start(discovery, retained(form=form))
    sent.clear()
    discovery.remove_room("alice")
    assert take(sent) == dict.fromkeys(retained(form=form))


def test_events_that_are_not_published_have_no_entity(sent: list[Message]) -> None:
    start(discovery_publisher(sent, ("gift", "chat")), {})
    components = take(sent)[ALICE]["components"]
    assert not {"gift", "on_gift", "chat"} & components.keys()
    assert {"gifts", "last_gift", "follow", "like"} <= components.keys()


def test_settings_may_list_entities_of_earlier_versions(sent: list[Message]) -> None:
    start(discovery_publisher(sent, exclude_entities="dropped,gift", disabled_entities="decode_errors"), {})
    components = take(sent)[ALICE]["components"]
    assert not {"dropped", "gift"} & components.keys()


def test_device_triggers_are_announced_on_request_and_removed_later(sent: list[Message]) -> None:
    start(discovery_publisher(sent, device_triggers=True), {})
    assert "on_gift" in take(sent)[ALICE]["components"]
    start(discovery_publisher(sent, device_triggers=False), retained())
    assert take(sent)[ALICE]["components"]["on_gift"] == {"platform": "device_automation"}


def test_which_entities_are_excluded_or_disabled(sent: list[Message]) -> None:
    start(discovery_publisher(sent), {})
    by_default = take(sent)[ALICE]["components"]
    assert "simulate_gift" not in by_default
    assert by_default["chat"]["enabled_by_default"] is False
    start(discovery_publisher(sent, like_milestone=0, simulate_button=True, disabled_entities="gift,battle"), {})
    components = take(sent)[ALICE]["components"]
    assert "simulate_gift" in components
    assert "like" not in components
    assert {key for key, one in components.items() if one.get("enabled_by_default") is False} == {"gift", "battle"}


@pytest.mark.parametrize("setting", ["exclude_entities", "disabled_entities"])
def test_an_unknown_entity_in_the_settings_is_an_error(sent: list[Message], setting: str) -> None:
    text = rf"^homeassistant.{setting}: no such entity: gfits \(did you mean gifts\?\); the entities are live, "
    with pytest.raises(ValueError, match=text):
        discovery_publisher(sent, (), **{setting: "gfits"})


def test_a_hundred_rooms_need_one_message_each(sent: list[Message]) -> None:
    rooms = [f"{'r' * 20}{number}" for number in range(100)]
    start(discovery_publisher(sent), {}, tuple(rooms))
    assert len(sent) == 101
    assert max(len(message.payload) for message in sent) <= 16 * 1024


def test_a_room_has_its_own_thresholds_chat_and_events(sent: list[Message]) -> None:
    policies, own = effective_policies([], [], []), effective_policies([], ["follow"], [])
    publisher = Publisher(Topics(), policies, sent.append, by_room={"alice": own})
    alone = RoomSettings(gift_medium=5, gift_large=50, chat=True, exclude_events=["follow"])
    discovery = DiscoveryPublisher(Topics(), publisher, HomeAssistantSettings(), "1.2.3", by_room={"alice": alone})
    start(discovery, {}, ("alice", "bob"))
    found = take(sent)
    alice, bob = found[ALICE]["components"], found[BOB]["components"]
    assert bob.keys() - alice.keys() >= {"follow"}
    assert "enabled_by_default" not in alice["chat"]
    assert bob["chat"]["enabled_by_default"] is False
    assert (">= 50" in str(alice["gift"]), ">= 1000" in str(bob["gift"])) == (True, True)
