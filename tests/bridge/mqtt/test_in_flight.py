import logging
from math import inf

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.mqtt.in_flight import (
    ACK_TIMEOUT_S,
    MAX_INFLIGHT,
    MAX_PROBE_DELAY_S,
    MAX_REFUSALS,
    MAX_RETRY_S,
    PROBING_S,
    TRANSIENT,
    Delivery,
    InFlight,
)
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import QueueClass

SUCCESS = ReasonCode(PacketTypes.PUBACK, identifier=0)
NO_SUBSCRIBERS = ReasonCode(PacketTypes.PUBACK, identifier=0x10)
NOT_AUTHORIZED = ReasonCode(PacketTypes.PUBACK, identifier=0x87)
QUOTA_EXCEEDED = ReasonCode(PacketTypes.PUBACK, identifier=0x97)


def delivery(topic: str, queue_class: QueueClass = QueueClass.PRIORITY) -> Delivery:
    return Delivery(Message(topic, b"", 1, False, queue_class, 0.0))


def topics(messages: list[Message]) -> list[str]:
    return [message.topic for message in messages]


class Rig:
    """Messages in flight whose packet identifiers are their topics' numbers."""

    def __init__(self, limit: int = MAX_INFLIGHT) -> None:
        self.in_flight = InFlight()
        self.in_flight.limit = limit

    def send(self, *deliveries: Delivery, now: float = 0.0) -> None:
        for one in deliveries:
            self.in_flight.add(int(one.message.topic), one, now)

    def answer(self, reason: ReasonCode, *packet_ids: int, now: float = 0.0) -> None:
        for packet_id in packet_ids:
            self.in_flight.acknowledge(packet_id, reason, now)

    def acknowledged(self) -> list[str]:
        acknowledged, returned = self.in_flight.take_finished()
        assert returned == []
        return topics(acknowledged)

    def due(self, now: float) -> list[str]:
        return topics([one.message for one in self.in_flight.take_due(now)])


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_acknowledged_messages_are_taken_once_in_the_order_of_their_pubacks(rig: Rig) -> None:
    rig.send(delivery("1"), delivery("2"))
    assert (len(rig.in_flight), rig.in_flight.room) == (2, MAX_INFLIGHT - 2)
    rig.answer(SUCCESS, 2, 1, 1)
    assert rig.acknowledged() == ["2", "1"]
    assert rig.acknowledged() == []
    assert (len(rig.in_flight), rig.in_flight.room) == (0, MAX_INFLIGHT)


def test_refused_messages_are_counted_by_topic_and_logged_once(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        rig.send(delivery("1"))
        rig.answer(NOT_AUTHORIZED, 1)
    assert rig.in_flight.denied == {"1": 3}
    assert caplog.messages == ["the broker refuses messages on 1: Not authorized"]
    assert rig.acknowledged() == ["1", "1", "1"]


# MQTT 5, table 3.4.2.1
@pytest.mark.parametrize("code", [0x87, 0x90, 0x99])
def test_a_final_refusal_counts_as_acknowledged(rig: Rig, code: int) -> None:
    rig.send(delivery("1"))
    rig.answer(ReasonCode(PacketTypes.PUBACK, identifier=code), 1)
    assert (rig.acknowledged(), rig.in_flight.denied, rig.due(1e9)) == (["1"], {"1": 1}, [])


def test_a_message_without_subscribers_is_delivered(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.send(delivery("1"))
    rig.answer(NO_SUBSCRIBERS, 1)
    assert (rig.acknowledged(), rig.in_flight.denied, caplog.messages) == (["1"], {}, [])


@pytest.mark.parametrize("code", TRANSIENT)
def test_what_is_refused_for_now_is_sent_again_in_order_before_anything_else(
    rig: Rig, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    reason = ReasonCode(PacketTypes.PUBACK, identifier=code)
    deliveries = [delivery("1"), delivery("2"), delivery("3")]
    rig.send(*deliveries)
    rig.answer(reason, 1, 2, 3)
    assert (rig.due(0.0), rig.acknowledged(), rig.in_flight.denied) == ([], [], {})
    assert 0.1 <= rig.in_flight.seconds_to_retry(0.0) <= MAX_PROBE_DELAY_S
    assert (rig.in_flight.is_paused(0.09), rig.in_flight.is_probing(PROBING_S - 0.1)) == (True, True)
    assert not rig.in_flight.is_paused(MAX_PROBE_DELAY_S)
    assert rig.due(MAX_PROBE_DELAY_S) == ["1", "2", "3"]
    assert (rig.in_flight.room, rig.in_flight.seconds_to_retry(1.0)) == (MAX_INFLIGHT, inf)
    rig.send(deliveries[0], now=1.0)
    rig.answer(SUCCESS, 1, now=1.0)
    assert not rig.in_flight.is_probing(1.0)
    assert caplog.messages == [
        f"the broker refuses messages for now: {reason}; retrying",
        "the broker accepts messages again",
    ]


def refuse(rig: Rig, one: Delivery, times: int, now: float = 0.0) -> float:
    """Let the broker refuse a message so many times; return the time."""
    for _ in range(times):
        rig.send(one, now=now)
        rig.answer(QUOTA_EXCEEDED, int(one.message.topic), now=now)
        now += MAX_RETRY_S
        rig.in_flight.take_due(now)
    return now


def test_one_message_at_a_time_is_tried_but_not_for_long(rig: Rig) -> None:
    one = delivery("1")
    rig.send(one)
    rig.answer(QUOTA_EXCEEDED, 1)
    assert rig.in_flight.is_probing(PROBING_S - 0.1)
    refuse(rig, one, 10, now=PROBING_S)
    assert not rig.in_flight.is_probing(PROBING_S)


def test_a_message_that_a_later_one_has_passed_does_not_hold_up_others(rig: Rig) -> None:
    stubborn = delivery("1")
    rig.send(stubborn, delivery("2"))
    rig.answer(QUOTA_EXCEEDED, 1)
    rig.answer(SUCCESS, 2)
    assert rig.due(MAX_RETRY_S) == ["1"]
    rig.send(stubborn, now=MAX_RETRY_S)
    rig.answer(QUOTA_EXCEEDED, 1, now=MAX_RETRY_S)
    assert not rig.in_flight.is_paused(MAX_RETRY_S)
    assert not rig.in_flight.is_probing(MAX_RETRY_S)
    assert rig.due(2 * MAX_RETRY_S) == ["1"]


def test_many_that_are_always_refused_are_queued_behind_the_others() -> None:
    rig = Rig(limit=4)
    stubborn = [delivery(str(number)) for number in range(3)]
    now = 0.0
    for _ in range(MAX_REFUSALS):
        rig.send(*stubborn, now=now)
        rig.answer(QUOTA_EXCEEDED, 0, 1, 2, now=now)
        now += MAX_RETRY_S
        due = rig.due(now)
    assert due == []
    acknowledged, returned = rig.in_flight.take_finished()
    assert (topics(acknowledged), topics(returned)) == ([], ["0", "1", "2"])
    assert rig.in_flight.take_finished() == ([], [])
    assert rig.in_flight.room == 4


def test_a_streaming_message_is_given_up_after_some_refusals(rig: Rig) -> None:
    streaming = delivery("1", QueueClass.STREAMING)
    now = refuse(rig, streaming, MAX_REFUSALS)
    rig.send(streaming, now=now)
    rig.answer(QUOTA_EXCEEDED, 1, now=now)
    assert (rig.acknowledged(), rig.in_flight.denied, rig.due(1e9)) == (["1"], {"1": 1}, [])


def test_of_state_only_the_latest_is_sent_again(rig: Rig) -> None:
    old, new = Delivery(state("old")), Delivery(state("new"))
    rig.in_flight.add(1, old, 0.0)
    rig.in_flight.add(2, new, 0.0)
    rig.answer(QUOTA_EXCEEDED, 1, 2)
    assert [one.message.payload for one in rig.in_flight.take_due(MAX_RETRY_S)] == [b"new"]


def test_state_that_was_sent_meanwhile_replaces_what_was_refused(rig: Rig) -> None:
    rig.in_flight.add(1, Delivery(state("old")), 0.0)
    rig.answer(QUOTA_EXCEEDED, 1)
    rig.in_flight.add(2, Delivery(state("new")), 0.0)
    rig.answer(SUCCESS, 2)
    assert rig.in_flight.take_due(MAX_RETRY_S) == []


def state(payload: str) -> Message:
    return Message("tiktok/alice/state", payload.encode(), 1, True, QueueClass.STATE, 0.0)


def test_the_oldest_message_decides_whether_acknowledgements_are_overdue(rig: Rig) -> None:
    assert not rig.in_flight.is_overdue(1e9)
    rig.send(delivery("1"), now=0.0)
    rig.send(delivery("2"), now=10.0)
    assert not rig.in_flight.is_overdue(ACK_TIMEOUT_S)
    assert rig.in_flight.is_overdue(ACK_TIMEOUT_S + 0.1)
    rig.answer(SUCCESS, 1)
    assert not rig.in_flight.is_overdue(ACK_TIMEOUT_S + 0.1)


def test_a_lost_connection_returns_refused_messages_and_those_in_flight_in_order(rig: Rig) -> None:
    rig.send(delivery("1"), delivery("2"))
    rig.answer(QUOTA_EXCEEDED, 1)
    assert topics([one.message for one in rig.in_flight.clear()]) == ["1", "2"]
    assert (len(rig.in_flight), rig.in_flight.is_paused(0.0), rig.due(1e9)) == (0, False, [])


def test_only_one_message_in_flight(rig: Rig) -> None:
    assert rig.in_flight.only() is None
    one = delivery("1")
    rig.send(one)
    assert rig.in_flight.only() is one
    rig.send(delivery("2"))
    assert rig.in_flight.only() is None
