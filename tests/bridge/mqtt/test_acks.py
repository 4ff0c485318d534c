import pytest

from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.bridge.mqtt.sender import MAX_UNACKED, PATIENCE_S, Acks


def message(topic: str) -> Message:
    return Message(topic, b"", 1, False, QueueClass.PRIORITY, 0.0)


def test_what_arrived_is_told_once_in_the_order_of_the_answers() -> None:
    told: list[list[Message]] = []
    acks = Acks(told.append)
    first, second = message("a"), message("b")
    acks.sent(1, first, 0.0)
    acks.sent(2, second, 0.0)
    assert (len(acks), acks.room) == (2, MAX_UNACKED - 2)
    acks.acknowledged(2, None)
    acks.acknowledged(1, None)
    acks.acknowledged(1, None)
    acks.tell()
    acks.tell()
    assert told == [[second, first]]
    assert (len(acks), acks.room) == (0, MAX_UNACKED)


def test_a_refusal_is_counted_by_topic_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    told: list[list[Message]] = []
    acks = Acks(told.append)
    for number in range(3):
        acks.sent(number, message("tiktok/alice/gift"), 0.0)
        acks.acknowledged(number, "Not authorized")
    acks.tell()
    assert acks.denied == {"tiktok/alice/gift": 3}
    assert caplog.messages == ["the broker does not let us publish on tiktok/alice/gift: Not authorized"]
    assert len(told[0]) == 3


def test_the_earliest_decides_what_is_overdue() -> None:
    acks = Acks(lambda _: None)
    assert not acks.overdue(1e9)
    acks.sent(1, message("a"), 0.0)
    acks.sent(2, message("b"), 10.0)
    assert not acks.overdue(PATIENCE_S)
    assert acks.overdue(PATIENCE_S + 0.1)
    acks.acknowledged(1, None)
    assert not acks.overdue(PATIENCE_S + 0.1)
    acks.sent_again(20.0, limit=MAX_UNACKED)
    assert not acks.overdue(20.0 + PATIENCE_S)
    assert acks.overdue(20.1 + PATIENCE_S)
