"""What is published by topic, in order; `None` stands for an empty payload."""

from typing import Any

import orjson
import pytest

from tiktok2mqtt.bridge.homeassistant.announcer import LISTEN_S, Announcer
from tiktok2mqtt.bridge.homeassistant.discovery import DiscoveryOptions, object_id, room_messages
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import effective_policies
from tiktok2mqtt.bridge.mqtt.publisher import Publisher
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import HomeAssistantSettings

NOW = 1000.0
BRIDGE = "homeassistant/device/tiktok-bridge/config"
ALICE = "homeassistant/device/tiktok_alice/config"
BOB = "homeassistant/device/tiktok_bob/config"


def announcer(sent: list[Message], exclude_events: tuple[str, ...] = (), /, **settings: Any) -> Announcer:
    publisher = Publisher(Topics(), effective_policies([], exclude_events, []), sent.append)
    return Announcer(Topics(), publisher, HomeAssistantSettings.model_validate(settings), "1.2.3")


def taken(sent: list[Message]) -> dict[str, Any]:
    """Take what has been published."""
    messages = {message.topic: orjson.loads(message.payload) if message.payload else None for message in sent}
    assert all(message.retain and message.qos == 1 for message in sent)
    assert len(messages) == len(sent)
    sent.clear()
    return messages


def left(room: str = "alice", topics: Topics | None = None, **options: Any) -> dict[str, bytes]:
    """Return the messages that an earlier run has left."""
    messages = room_messages(topics or Topics(), room, "1.0.0", DiscoveryOptions(**options))
    return {topic: orjson.dumps(payload) for topic, payload in messages.items()}


def begun(one: Announcer, past: dict[str, bytes], rooms: tuple[str, ...] = ("alice",)) -> None:
    """Let it hear what an earlier run has left, and announce."""
    one.listen(NOW)
    for topic, payload in past.items():
        one.heard(topic, payload, NOW)
    assert one.is_due(NOW + LISTEN_S)
    now = NOW + LISTEN_S
    while not one.knows_the_past:
        one.announce(rooms, now)
        now += LISTEN_S


def test_the_bridge_first_then_the_rooms(sent: list[Message]) -> None:
    one = announcer(sent)
    begun(one, {}, ("bob", "alice"))
    assert list(taken(sent)) == [BRIDGE, BOB, ALICE]


def test_it_listens_before_it_speaks(sent: list[Message]) -> None:
    one = announcer(sent)
    one.announce_room("alice")
    one.listen(NOW)
    assert not one.knows_the_past
    assert not one.is_due(NOW + LISTEN_S - 0.1)
    # Somebody else's; more may follow.
    one.heard("homeassistant/sensor/other/x/config", b"{}", NOW + LISTEN_S - 0.1)
    assert not one.is_due(NOW + LISTEN_S)
    assert not sent
    one.announce([], NOW)
    assert one.knows_the_past
    assert list(taken(sent)) == [BRIDGE]
    one.announce_room("alice")
    assert list(taken(sent)) == [ALICE]


def test_two_births_are_answered_once(sent: list[Message]) -> None:
    one = announcer(sent)
    begun(one, {})
    one.announce_soon(NOW)
    one.announce_soon(NOW + 0.4)
    assert not one.is_due(NOW + 0.4)
    assert one.is_due(NOW + 2.0)
    one.announce(["alice"], NOW + 2)
    assert not one.is_due(NOW + 100)


def test_a_room_that_is_gone_is_taken_back(sent: list[Message]) -> None:
    one = announcer(sent)
    begun(one, left("bob") | left("alice"))
    messages = taken(sent)
    assert messages[BOB] is None
    assert messages[ALICE]["origin"]["sw_version"] == "1.2.3"


def test_what_is_taken_back_is_gone_before_anything_is_announced(sent: list[Message]) -> None:
    one = announcer(sent)
    one.listen(NOW)
    for topic, payload in left("bob").items():
        one.heard(topic, payload, NOW)
    one.announce(["alice"], NOW + 1)
    assert taken(sent) == {BOB: None}
    assert not one.is_due(NOW + 1.9)
    assert one.is_due(NOW + 2)
    one.announce(["alice"], NOW + 2)
    assert list(taken(sent)) == [BRIDGE, ALICE]


def test_an_entity_that_is_gone_is_removed_for_as_long_as_we_run(sent: list[Message]) -> None:
    one = announcer(sent, exclude_entities=["battle"])
    begun(one, left())
    for _ in range(2):
        components = taken(sent)[ALICE]["components"]
        assert (components["battle"], components["gift"]["platform"]) == ({"platform": "event"}, "event")
        one.announce(["alice"], NOW + 2)


def test_a_disabled_entity_that_is_gone_is_left_alone(sent: list[Message]) -> None:
    """Home Assistant would drop the whole device with it."""
    one = announcer(sent, exclude_entities=["battle", "chat"])
    begun(one, left(disabled=frozenset({"chat"})))
    components = taken(sent)[ALICE]["components"]
    assert components["battle"] == {"platform": "event"}
    assert "chat" not in components


def test_what_was_removed_before_is_not_removed_again(sent: list[Message]) -> None:
    payload = orjson.loads(left()[ALICE])
    payload["components"]["old"] = {"platform": "sensor"}
    one = announcer(sent)
    begun(one, {ALICE: orjson.dumps(payload)})
    assert "old" not in taken(sent)[ALICE]["components"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("device", "components"), ("components", "device"), ("device", "off"), ("components", "off")],
)
def test_another_form_of_discovery_takes_the_former_back_first(sent: list[Message], before: Any, after: str) -> None:
    past = left(form=before)
    begun(announcer(sent, discovery=after, simulate_button=True), past)
    messages = taken(sent)
    assert {topic for topic, payload in messages.items() if payload is None} == past.keys()
    announced = [payload is not None for payload in messages.values()]
    assert announced == sorted(announced)
    assert any(announced) == (after != "off")


@pytest.mark.parametrize(
    "payload",
    [
        left()[ALICE].replace(b'"tiktok2mqtt"', b'"other"'),
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"origin":"tiktok2mqtt"}',
        b'{"origin":{"name":"tiktok2mqtt"},"components":[]}',
    ],
)
def test_what_others_have_announced_stays(sent: list[Message], payload: bytes) -> None:
    topic = "homeassistant/device/tiktok_else/config"
    begun(announcer(sent), {topic: payload})
    assert topic not in taken(sent)


@pytest.mark.parametrize("base", ["tiktok2", "tik", "home/tiktok", "tiktok_alice", "tiktok-bridge"])
def test_what_a_bridge_with_another_base_topic_has_announced_stays(sent: list[Message], base: str) -> None:
    other = Topics(base)
    begun(announcer(sent), left("carol", other))
    assert other.discovery(object_id(other, "carol")) not in taken(sent)


def test_what_comes_late_is_taken_back_as_well(sent: list[Message]) -> None:
    one = announcer(sent)
    begun(one, {})
    for topic, payload in left("bob").items():
        one.heard(topic, payload, NOW + 60)
    assert one.is_due(NOW + 63)
    sent.clear()
    one.announce(["alice"], NOW + 2)
    assert taken(sent)[BOB] is None


@pytest.mark.parametrize("form", ["device", "components"])
def test_a_removed_room_is_withdrawn(sent: list[Message], form: Any) -> None:
    one = announcer(sent, discovery=form, simulate_button=True, disabled_entities="")
    begun(one, left(form=form))
    sent.clear()
    one.withdraw("alice")
    assert taken(sent) == dict.fromkeys(left(form=form))


def test_events_that_are_not_published_have_no_entity(sent: list[Message]) -> None:
    begun(announcer(sent, ("gift", "chat")), {})
    components = taken(sent)[ALICE]["components"]
    assert not {"gift", "on_gift", "chat"} & components.keys()
    assert {"gifts", "last_gift", "follow", "like"} <= components.keys()


def test_what_is_off_or_disabled_unless_asked_for(sent: list[Message]) -> None:
    begun(announcer(sent), {})
    by_default = taken(sent)[ALICE]["components"]
    assert "simulate_gift" not in by_default
    assert by_default["chat"]["enabled_by_default"] is False
    begun(announcer(sent, like_milestone=0, simulate_button=True, disabled_entities="gift,battle"), {})
    components = taken(sent)[ALICE]["components"]
    assert "simulate_gift" in components
    assert "like" not in components
    assert {key for key, one in components.items() if one.get("enabled_by_default") is False} == {"gift", "battle"}


@pytest.mark.parametrize("setting", ["exclude_entities", "disabled_entities"])
def test_an_unknown_entity_in_the_settings_is_an_error(sent: list[Message], setting: str) -> None:
    text = rf"^homeassistant.{setting}: no such entity: gfits \(did you mean gifts\?\); there are live, "
    with pytest.raises(ValueError, match=text):
        announcer(sent, (), **{setting: "gfits"})


def test_a_hundred_rooms_wait_as_one_message_each(sent: list[Message]) -> None:
    rooms = [f"{'r' * 20}{number}" for number in range(100)]
    begun(announcer(sent), {}, tuple(rooms))
    assert len(sent) == 101
    assert max(len(message.payload) for message in sent) <= 16 * 1024
