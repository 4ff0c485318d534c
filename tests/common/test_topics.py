import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.common.topics import Address, Kind, Topics

ROOMS = st.from_regex(r"[a-z0-9._éさп]{1,32}", fullmatch=True).filter(lambda name: name != "bridge")
WORDS = st.from_regex(r"[a-z_]{1,20}", fullmatch=True)
BASES = st.lists(st.text(st.characters(exclude_characters="/+#\0"), min_size=1), min_size=1, max_size=3).map("/".join)


def test_the_documented_topics() -> None:
    topics = Topics()
    assert topics.room("alice", "gift") == "tiktok/alice/gift"
    assert topics.raw("alice", "WebcastChatMessage") == "tiktok/alice/raw/WebcastChatMessage"
    assert topics.bridge_state == topics.bridge("state") == "tiktok/bridge/state"
    assert topics.request("add") == "tiktok/bridge/request/add"
    assert topics.response("add") == "tiktok/bridge/response/add"
    assert topics.device_discovery("tiktok_alice") == "homeassistant/device/tiktok_alice/config"
    assert topics.subscriptions == (
        "tiktok/bridge/request/+",
        "tiktok/+/set",
        "tiktok/+/goal/set",
        "tiktok/+/goal",
        "homeassistant/status",
    )
    assert topics.restore_subscriptions == ("tiktok/+/state", *topics.discovery_subscriptions)
    assert topics.discovery_subscriptions == ("homeassistant/device/+/config", "homeassistant/+/+/+/config")


def test_base_topic_bridge_segment_and_prefix_can_be_changed() -> None:
    topics = Topics("home/tt", "hub", "ha/discovery")
    assert topics.bridge_state == "home/tt/hub/state"
    assert topics.birth == "ha/discovery/status"
    assert topics.subscriptions[0] == "home/tt/hub/request/+"
    assert topics.discovery_subscriptions[0] == "ha/discovery/device/+/config"
    assert topics.parse("home/tt/hub/request/add") == Address(Kind.REQUEST, "", "add")
    assert topics.parse("home/tt/bridge/gift") == Address(Kind.ROOM, "bridge", "gift")


@given(base=BASES, room=ROOMS, word=WORDS)
def test_every_topic_that_is_built_can_be_parsed(base: str, room: str, word: str) -> None:
    topics = Topics(base)
    assert topics.parse(topics.room(room, word)) == Address(Kind.ROOM, room, word)
    assert topics.parse(topics.raw(room, word)) == Address(Kind.RAW, room, word)
    assert topics.parse(topics.room(room, "goal/set")) == Address(Kind.GOAL, room, "set")
    assert topics.parse(topics.bridge(word)) == Address(Kind.BRIDGE, "", word)
    assert topics.parse(topics.request(word)) == Address(Kind.REQUEST, "", word)
    assert topics.parse(topics.response(word)) == Address(Kind.RESPONSE, "", word)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "tiktok",
        "tiktok/alice",
        "tiktoks/alice/gift",
        "other/tiktok/alice/gift",
        "tiktok/alice/gift/more",
        "tiktok/bridge/request/add/more",
        "homeassistant/status",
    ],
)
def test_other_topics_are_not_parsed(topic: str) -> None:
    assert Topics().parse(topic) is None


@given(st.text())
def test_no_topic_makes_the_parser_fail(topic: str) -> None:
    Topics().parse(topic)
    Topics().parse("tiktok/" + topic)


def test_the_object_id_in_a_discovery_topic() -> None:
    topics = Topics(discovery_prefix="ha/discovery")
    assert topics.discovery_object_id(topics.device_discovery("x")) == "x"
    assert topics.discovery_object_id(topics.component_discovery("sensor", "x", "y")) == "x"
    for other in ("ha/discovery/sensor/x/config", "ha/discovery/device/x/state", "ha/device/x/config", "x"):
        assert topics.discovery_object_id(other) is None
