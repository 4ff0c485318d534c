import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tiktok2mqtt.bridge.mqtt.limits import (
    MAX_EVENT_PACKET_BYTES,
    MAX_PACKET_BYTES,
    MAX_SHORT_CONNECTIONS,
    SHORT_CONNECTION_S,
    BrokerLimits,
    ShortConnections,
    Suspects,
)
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import QueueClass

OTHER = "tiktok/bridge/state"
DOCUMENT = Message("tiktok/bridge/health", b"", 1, True, QueueClass.STATE, 0.0)
GIFT = Message("tiktok/alice/gift", b"", 1, False, QueueClass.PRIORITY, 0.0)


def connack(**values: int) -> Properties:
    properties = Properties(PacketTypes.CONNACK)
    for name, value in values.items():
        setattr(properties, name, value)
    return properties


def test_a_connack_announces_limits_until_the_next_one() -> None:
    limits = BrokerLimits()
    limits.announced(connack(MaximumPacketSize=20_000, ReceiveMaximum=3))
    assert (limits.max_packet_bytes, limits.receive_maximum, limits.max_qos, limits.retain) == (20_000, 3, 1, True)
    limits.announced(connack())
    assert (limits.max_packet_bytes, limits.receive_maximum) == (MAX_PACKET_BYTES, 65_535)


def test_a_connack_says_what_is_not_supported() -> None:
    limits = BrokerLimits()
    limits.announced(connack(MaximumQoS=0, RetainAvailable=0))
    assert (limits.max_qos, limits.retain) == (0, False)


def test_what_is_not_supported_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    limits = BrokerLimits()
    for _ in range(2):
        limits.announced(connack(MaximumQoS=0, RetainAvailable=0))
    assert caplog.messages == [
        "the broker does not support QoS 1: messages that a connection loses are not sent again",
        "the broker does not support retained messages: only connected clients receive documents",
    ]


@pytest.mark.parametrize(
    ("reason_code", "max_qos", "retain"), [(0x9A, 1, False), (0x9B, 0, True), (0x80, 1, True), (0x95, 1, True)]
)
def test_what_was_refused_stays_refused(reason_code: int, max_qos: int, retain: bool) -> None:
    limits = BrokerLimits()
    limits.refused(reason_code)
    limits.announced(connack())
    assert (limits.max_qos, limits.retain) == (max_qos, retain)


def test_a_packet_is_sent_alone_until_one_as_large_was_acknowledged_on_the_same_connection() -> None:
    suspects = Suspects()
    suspects.connected(0.0)
    assert suspects.must_be_alone(OTHER, 1)
    suspects.acknowledged(OTHER, 500)
    assert not suspects.must_be_alone(GIFT.topic, 500)
    assert suspects.must_be_alone(GIFT.topic, 501)
    suspects.connected(60.0)
    assert suspects.must_be_alone(GIFT.topic, 1)


def test_a_message_with_which_two_connections_ended_is_rejected() -> None:
    suspects = Suspects()
    for is_rejected in (False, True):
        suspects.connected(0.0)
        suspects.acknowledged(OTHER, 30)
        assert suspects.lost(DOCUMENT, 12_600) is is_rejected
    assert suspects.is_rejected(DOCUMENT, 12_600)
    assert not suspects.is_rejected(DOCUMENT, 12_599)
    # No other document is tried that is as large.
    other = Message("homeassistant/device/x/config", b"", 1, True, QueueClass.STATE, 0.0)
    assert suspects.is_rejected(other, 12_600)
    assert suspects.max_packet_bytes == 12_599


def test_the_size_of_an_event_is_never_a_reason_to_reject_others() -> None:
    suspects = Suspects()
    for _ in range(2):
        suspects.connected(0.0)
        suspects.acknowledged(OTHER, 30)
        suspects.lost(DOCUMENT, MAX_EVENT_PACKET_BYTES)
    assert suspects.is_rejected(DOCUMENT, MAX_EVENT_PACKET_BYTES)
    assert not suspects.is_rejected(GIFT, MAX_EVENT_PACKET_BYTES)
    assert suspects.max_packet_bytes == MAX_PACKET_BYTES


def test_a_rejected_gift_is_no_reason_to_reject_the_next_one() -> None:
    suspects = Suspects()
    for _ in range(2):
        suspects.connected(0.0)
        suspects.acknowledged(OTHER, 30)
        rejected = suspects.lost(GIFT, 2_000)
    assert rejected
    assert not suspects.is_rejected(GIFT, 2_000)


def test_a_broker_that_accepts_nothing_is_no_reason_to_reject_a_message() -> None:
    suspects = Suspects()
    for _ in range(10):
        suspects.connected(0.0)
        assert not suspects.lost(GIFT, 2_000)


def test_an_acknowledgement_of_the_topic_ends_the_suspicion() -> None:
    suspects = Suspects()
    for _ in range(5):
        suspects.connected(0.0)
        suspects.acknowledged(OTHER, 30)
        assert not suspects.lost(GIFT, 2_000)
        assert suspects.must_be_alone(GIFT.topic, 1)
        suspects.acknowledged(GIFT.topic, 2_000)
        assert not suspects.must_be_alone(GIFT.topic, 1)


def test_a_suspect_lets_others_go_first_but_not_for_long() -> None:
    suspects = Suspects()
    suspects.connected(0.0)
    suspects.lost(GIFT, 2_000)
    suspects.connected(100.0)
    assert suspects.must_wait(GIFT.topic, 100.9)
    assert not suspects.must_wait(OTHER, 100.9)
    assert not suspects.must_wait(GIFT.topic, 101.0)
    suspects.lost(GIFT, 2_000)
    suspects.connected(200.0)
    # The more often a connection has ended with it, the longer.
    assert suspects.must_wait(GIFT.topic, 201.9)
    suspects.acknowledged(OTHER, 30)
    assert not suspects.must_wait(GIFT.topic, 200.0)


def test_short_connections_in_a_row_are_counted() -> None:
    connections = ShortConnections()
    counts = []
    for number in range(MAX_SHORT_CONNECTIONS + 1):
        connections.connected(10.0 * number)
        counts.append(connections.disconnected(10.0 * number + 1))
    assert counts == [1, 2, 3, 4]


@pytest.mark.parametrize("lasted", [SHORT_CONNECTION_S, 3_600.0])
def test_a_longer_connection_restarts_the_count(lasted: float) -> None:
    connections = ShortConnections()
    for lasted_s, count in ((1.0, 1), (1.0, 2), (lasted, 0), (1.0, 1)):
        connections.connected(0.0)
        assert connections.disconnected(lasted_s) == count
