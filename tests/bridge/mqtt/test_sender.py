import socket
import ssl
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.mqtt.limits import UNSPECIFIED_ERROR
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.bridge.mqtt.sender import (
    BATCH,
    MAX_TOPIC_BYTES,
    SMALL_PACKET_BYTES,
    Sender,
    packet_bytes,
    publish_packet,
    topic_problem,
)

SUCCESS = ReasonCode(PacketTypes.PUBACK, identifier=0)


def gift(payload: bytes = b"", topic: str = "t/gift") -> Message:
    return Message(topic, payload, 1, False, QueueClass.PRIORITY, 0.0, "gift", "alice")


def chat(payload: bytes, topic: str = "t", queue_class: QueueClass = QueueClass.STREAMING) -> Message:
    return Message(topic, payload, 0, False, queue_class, 0.0, "chat", "alice")


def test_a_publish_packet_on_the_wire() -> None:
    assert publish_packet("a/b", b"hi", retain=False) == b"\x30\x07\x00\x03a/bhi"
    assert publish_packet("a/b", b"", retain=True) == b"\x31\x05\x00\x03a/b"
    assert publish_packet("ä", b"\xff", retain=False) == b"\x30\x05\x00\x02\xc3\xa4\xff"
    assert publish_packet("a/b", b"hi", b"\0", retain=False) == b"\x30\x08\x00\x03a/b\x00hi"


@pytest.mark.parametrize(
    ("length", "encoded"),
    [
        # MQTT 3.1.1, table 2.4
        (127, b"\x7f"),
        (128, b"\x80\x01"),
        (16_383, b"\xff\x7f"),
        (16_384, b"\x80\x80\x01"),
        (2_097_151, b"\xff\xff\x7f"),
        (2_097_152, b"\x80\x80\x80\x01"),
    ],
)
def test_the_remaining_length_is_encoded_as_in_the_standard(length: int, encoded: bytes) -> None:
    payload = b"x" * (length - 3)
    assert publish_packet("t", payload, retain=False) == b"\x30" + encoded + b"\x00\x01t" + payload


class FakeSocket:
    """A socket whose next calls of send() accept so many bytes, or raise."""

    def __init__(self, *answers: int | OSError) -> None:
        self.answers = list(answers)
        self.sent = b""

    def send(self, data: bytes, /) -> int:
        answer = self.answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        self.sent += data[:answer]
        return min(answer, len(data))


class ConnectedClient(mqtt.Client):
    """A paho client with a socket of the test's and nothing to write of its own.

    `published` has the payloads of QoS 1, `unacknowledged` their packet identifiers.
    """

    def __init__(self, sock: Any) -> None:
        super().__init__(CallbackAPIVersion.VERSION2)
        self.sock = sock
        self.published: list[bytes] = []
        self.unacknowledged: list[int] = []

    def socket(self) -> Any:
        return self.sock

    def publish(self, topic: str, payload: Any = None, *arguments: Any, **options: Any) -> mqtt.MQTTMessageInfo:
        """Do what paho does, but write nothing."""
        sock, self.sock = self.sock, None
        try:
            info = super().publish(topic, payload, *arguments, **options)
        finally:
            self.sock = sock
        self.published.append(payload)
        self.unacknowledged.append(info.mid)
        return info


def connack(**values: int) -> Properties:
    properties = Properties(PacketTypes.CONNACK)
    for name, value in values.items():
        setattr(properties, name, value)
    return properties


class Rig:
    """A sender over a socket, and the outbox that feeds it."""

    def __init__(self, sock: Any, protocol: str = "3.1.1") -> None:
        self.outbox = Outbox()
        self.client = ConnectedClient(sock)
        self.sender = Sender(self.client, self.outbox, protocol)

    def publish(self, *messages: Message, now: float = 0.0) -> bool:
        for message in messages:
            self.outbox.put(message)
        return self.sender.publish_batch(now)

    def published(self) -> list[bytes]:
        """Return the payloads that were published at QoS 1 since the last call."""
        published, self.client.published = self.client.published, []
        return published

    def acknowledge(self, count: int = 1) -> None:
        """Acknowledge the next messages."""
        for _ in range(count):
            self.sender.acknowledge(self.client.unacknowledged.pop(0), SUCCESS, 0.0)
        self.sender.publish_batch(0.0)

    def lose(self, reason_code: int = UNSPECIFIED_ERROR, now: float = 0.0, **connack_values: int) -> bool:
        """Lose the connection, and be connected again; return what `disconnected` does."""
        is_rejected = self.sender.disconnected(now, reason_code)
        self.client.unacknowledged.clear()
        self.sender.connected(now, connack(**connack_values))
        return is_rejected


def packets(*payloads: bytes) -> bytes:
    return b"".join(publish_packet("t", payload, retain=False) for payload in payloads)


def test_messages_of_one_batch_are_written_in_one_call() -> None:
    sock = FakeSocket(1_000)
    assert not Rig(sock).publish(chat(b"1"), chat(b"2"), chat(b"3"))
    assert sock.sent == packets(b"1", b"2", b"3")


def test_a_full_batch_says_that_there_may_be_more() -> None:
    sock = FakeSocket(10_000, 10_000)
    rig = Rig(sock)
    payloads = [b"%d" % number for number in range(BATCH + 1)]
    assert rig.publish(*map(chat, payloads))
    assert not rig.publish()
    assert sock.sent == packets(*payloads)


def test_with_mqtt_5_streaming_messages_expire_after_a_minute() -> None:
    sock = FakeSocket(1_000)
    Rig(sock, "5").publish(chat(b"hi"), chat(b"hi", queue_class=QueueClass.PRIORITY))
    assert sock.sent == b"\x30\x06\x00\x01t\x00hi" + b"\x30\x0b\x00\x01t\x05\x02\x00\x00\x00\x3chi"


def test_without_a_connection_messages_stay_in_the_outbox() -> None:
    rig = Rig(None)
    assert not rig.publish(chat(b"1"))
    assert len(rig.outbox) == 1


def test_the_rest_of_a_packet_goes_first_when_the_socket_takes_more() -> None:
    sock = FakeSocket(3, 0, 100, 100)
    rig = Rig(sock)
    rig.publish(chat(b"1"), chat(b"2"))
    assert (sock.sent, rig.sender.want_write) == (packets(b"1")[:3], True)
    rig.publish(chat(b"3"))
    assert len(rig.outbox) == 1
    rig.sender.write()
    rig.sender.write()
    assert not rig.sender.want_write
    rig.publish()
    assert (sock.sent, rig.sender.want_write) == (packets(b"1", b"2", b"3"), False)


@pytest.mark.parametrize("error", [BlockingIOError(), ssl.SSLWantWriteError(), ssl.SSLWantReadError()])
def test_a_socket_that_accepts_nothing_now_gets_it_later(error: OSError) -> None:
    sock = FakeSocket(error, 100)
    rig = Rig(sock)
    rig.publish(chat(b"1"))
    assert rig.sender.want_write
    rig.sender.write()
    assert (sock.sent, rig.sender.want_write) == (packets(b"1"), False)


@pytest.mark.parametrize("error", [BrokenPipeError(), ConnectionResetError(), ssl.SSLEOFError()])
def test_a_lost_connection_leaves_nothing_to_write(error: OSError) -> None:
    rig = Rig(FakeSocket(error))
    rig.publish(chat(b"1"))
    assert not rig.sender.want_write


def test_a_new_connection_does_not_begin_with_the_rest_of_a_packet() -> None:
    rig = Rig(FakeSocket(1))
    rig.publish(chat(b"1"))
    rig.sender.disconnected(0.0, UNSPECIFIED_ERROR)
    rig.client.sock = FakeSocket(100)
    rig.publish(chat(b"2"))
    assert rig.client.sock.sent == packets(b"2")


@pytest.mark.parametrize(
    ("topic", "problem"),
    [
        ("tiktok/alice/gift", None),
        ("ä" * (MAX_TOPIC_BYTES // 2), None),
        ("ä" * (MAX_TOPIC_BYTES // 2 + 1), "the topic has 65,536 bytes"),
        ("", "the topic has 0 bytes"),
        ("tiktok/+/gift", "the topic contains a wildcard or a control character"),
        ("tiktok/#", "the topic contains a wildcard or a control character"),
        ("tiktok/\x85/gift", "the topic contains a wildcard or a control character"),
        ("tiktok/\0/gift", "the topic contains a wildcard or a control character"),
        ("tiktok/\ud800/gift", "the topic is not valid Unicode"),
    ],
)
def test_what_is_wrong_with_a_topic(topic: str, problem: str | None) -> None:
    assert topic_problem(topic) == problem


BAD_TOPICS = ["x" * (MAX_TOPIC_BYTES + 1), "", "tiktok/+/x", "tiktok/#", "tiktok/\0", "tiktok/\udc80"]


@pytest.mark.parametrize("topic", BAD_TOPICS)
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_message_that_cannot_be_sent_costs_no_other_of_its_batch(topic: str, protocol: str) -> None:
    sock = FakeSocket(1_000, 1_000)
    rig = Rig(sock, protocol)
    rig.publish(gift(b"1"), gift(topic=topic), gift(b"2"), chat(b"3"), chat(b"", topic), chat(b"4"))
    rig.acknowledge()
    assert rig.published() == [b"1", b"2"]
    assert [packet for packet in (b"3", b"4") if sock.sent.count(packet) == 1] == [b"3", b"4"]
    assert rig.outbox.dropped == {"gift": 1, "chat": 1}
    rig.acknowledge()
    acknowledged, _ = rig.sender.in_flight.take_finished()
    rig.outbox.done(acknowledged)
    assert rig.outbox.lengths() == {"state": 0, "priority": 0, "streaming": 0}


def test_whatever_an_error_is_it_costs_only_its_message(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(topic: str, *_arguments: Any, **_options: Any) -> None:
        raise RuntimeError(f"no {topic}")

    rig = Rig(FakeSocket(1_000))
    monkeypatch.setattr(rig.client, "publish", fails)
    rig.publish(gift(b"1"), gift(b"22"), chat(b"3"))
    assert rig.client.sock.sent == packets(b"3")
    assert rig.outbox.dropped == {"gift": 2}
    # Named once.
    assert caplog.messages == ["dropped a message of 13 bytes on t/gift: RuntimeError('no t/gift')"]


@pytest.mark.parametrize("make", [gift, chat])
def test_the_largest_packet_that_an_mqtt_5_broker_accepts(make: Any, caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(FakeSocket(10_000), "5")
    overhead = packet_bytes("t/gift", b"x" * 900, b"\0") - 900 if make is gift else len(packets(b"x" * 900)) - 900 + 6
    rig.sender.connected(0.0, connack(MaximumPacketSize=1_000))
    rig.publish(make(b"x" * (1_001 - overhead)), make(b"y" * (1_000 - overhead)))
    sent = b"".join(rig.published()) + rig.client.sock.sent
    assert (b"x" in sent, b"y" in sent) == (False, True)
    topic = "t/gift" if make is gift else "t"
    assert caplog.messages == [f"dropped a message of 1,001 bytes on {topic}: the broker accepts at most 1,000 bytes"]


def test_the_size_of_a_packet_is_that_on_the_wire() -> None:
    for length in (0, 118, 119, 16_374, 16_375, 2_097_142, 2_097_143):
        payload = b"x" * length
        # QoS 1 has a packet identifier.
        assert packet_bytes("t", payload, b"\0") == len(publish_packet("t", payload + b"id", b"\0", retain=False))


def test_a_larger_message_than_any_that_was_acknowledged_is_sent_alone() -> None:
    rig = Rig(FakeSocket())
    rig.publish(*(gift(b"x" * size) for size in (5, 5, 4, 6, 5)))
    assert rig.published() == [b"x" * 5]
    rig.acknowledge()
    assert rig.published() == [b"x" * 5, b"x" * 4]
    rig.acknowledge(2)
    assert rig.published() == [b"x" * 6]
    rig.acknowledge()
    assert rig.published() == [b"x" * 5]


def test_meanwhile_streaming_messages_are_sent() -> None:
    rig = Rig(FakeSocket(1_000, 1_000))
    rig.publish(gift(b"x"), chat(b"1"))
    rig.publish(gift(b"y"), chat(b"2"))
    assert (rig.published(), rig.client.sock.sent) == ([b"x"], packets(b"1", b"2"))


def test_with_mqtt_3_a_streaming_message_that_may_be_too_large_is_sent_at_qos_1_and_the_order_stays() -> None:
    rig = Rig(FakeSocket(10_000, 10_000))
    large = b"x" * SMALL_PACKET_BYTES
    rig.publish(chat(b"1"), chat(large), chat(b"2"), chat(b"3", "other"))
    assert rig.client.sock.sent == packets(b"1") + publish_packet("other", b"3", retain=False)
    assert rig.published() == [large]
    rig.acknowledge()
    assert rig.published() == [b"2"]
    rig.publish(chat(large))
    assert rig.client.sock.sent.endswith(packets(large))


def test_with_mqtt_5_the_broker_says_what_is_too_large() -> None:
    rig = Rig(FakeSocket(10_000), "5")
    rig.publish(chat(b"x" * 5_000))
    assert (rig.published(), len(rig.client.sock.sent)) == ([], 5_012)


def test_what_was_not_acknowledged_is_sent_again_in_order_before_the_outbox() -> None:
    rig = Rig(FakeSocket())
    rig.publish(gift(b"1"))
    rig.acknowledge()
    rig.publish(gift(b"2"), gift(b"3"))
    assert rig.published() == [b"1", b"2", b"3"]
    rig.lose()
    rig.publish(gift(b"4"))
    assert rig.published() == [b"2"]


def test_a_message_that_has_ended_two_connections_is_dropped_and_the_others_are_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig(FakeSocket())
    bad = b"x" * 100
    rig.publish(gift(b"1"), gift(bad), gift(b"2"))
    rig.acknowledge()
    assert rig.published() == [b"1", bad]
    assert not rig.lose()
    # A message on another topic goes first.
    rig.publish(gift(b"3", "t/follow"))
    assert rig.published() == [b"3"]
    rig.acknowledge()
    assert rig.published() == [bad]
    assert rig.lose()
    rig.publish()
    assert rig.published() == [b"2"]
    assert rig.outbox.dropped == {"gift": 1}
    assert caplog.messages == [
        "dropped a message of 112 bytes on t/gift: the broker has closed the connection 2 times when it was sent"
    ]


@pytest.mark.parametrize(
    ("reason_code", "after_s"),
    [
        # Server shutting down, server busy, keep alive timeout, session taken over, quota exceeded.
        *((code, 0.0) for code in (0x8B, 0x89, 0x8D, 0x8E, 0x97)),
        (UNSPECIFIED_ERROR, 11.0),
    ],
)
def test_no_message_is_suspected_when_the_connection_ends_for_another_reason(reason_code: int, after_s: float) -> None:
    rig = Rig(FakeSocket())
    innocent = b"x" * 100
    for _ in range(2):
        rig.publish(gift(b"1", "t/follow"))
        rig.acknowledge()
        rig.publish(gift(innocent))
        assert rig.published() == [b"1", innocent]
        assert not rig.lose(reason_code, after_s)
        # It does not have to let others go first.
        rig.publish(gift(b"1", "t/follow"), now=after_s)
        assert rig.published() == [innocent]
        rig.acknowledge()
        assert rig.published() == [b"1"]
        rig.acknowledge()
        rig.lose(0x8B)
    assert rig.outbox.dropped == {}


def test_of_state_only_the_latest_waits_for_a_new_connection() -> None:
    rig = Rig(FakeSocket())
    state = [Message("t/state", payload, 1, True, QueueClass.STATE, 0.0) for payload in (b"old", b"new")]
    rig.publish(state[0])
    rig.lose(0x8B)
    rig.publish(state[1])
    rig.acknowledge()
    assert rig.published() == [b"old", b"new"]


@pytest.mark.parametrize("retain", [0, 1])
def test_without_qos_1_and_retained_messages_everything_is_published_nevertheless(retain: int) -> None:
    sock = FakeSocket(1_000)
    rig = Rig(sock, "5")
    rig.sender.connected(0.0, connack(MaximumQoS=0, RetainAvailable=retain))
    rig.publish(gift(b"1"), Message("t", b"2", 1, True, QueueClass.STATE, 0.0), chat(b"3"))
    priority = publish_packet("t/gift", b"1", b"\0", retain=False)
    state = publish_packet("t", b"2", b"\0", retain=bool(retain))
    assert sorted((priority, state)) == sorted(part for part in (priority, state) if part in sock.sent)
    assert rig.published() == []
    rig.outbox.done(rig.sender.in_flight.take_finished()[0])
    assert (rig.outbox.lengths()["priority"], rig.sender.is_idle) == (0, True)


def test_no_more_are_in_flight_than_the_new_connection_allows() -> None:
    rig = Rig(FakeSocket(), "5")
    rig.publish(gift(b"x"))
    rig.acknowledge()
    rig.publish(*(gift(b"x") for _ in range(20)))
    assert len(rig.published()) == 21
    rig.lose(0x8B, ReceiveMaximum=3)
    rig.publish()
    rig.acknowledge()
    assert (len(rig.published()), len(rig.sender.in_flight)) == (1 + 3, 3)


@given(st.lists(st.binary(max_size=20), max_size=20), st.data())
def test_every_packet_arrives_once_and_in_order(payloads: list[bytes], data: st.DataObject) -> None:
    sock = FakeSocket()
    rig = Rig(sock)
    for payload in payloads:
        rig.outbox.put(chat(payload))
        sock.answers = [data.draw(st.one_of(st.integers(0, 30), st.just(BlockingIOError())))]
        rig.sender.write()
        sock.answers = [data.draw(st.one_of(st.integers(0, 30), st.just(BlockingIOError())))]
        rig.publish()
    sock.answers = [10_000]
    rig.sender.write()
    sock.answers = [10_000]
    rig.publish()
    assert (sock.sent, rig.sender.want_write) == (packets(*payloads), False)


def test_a_real_socket_that_fills_up() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        rig = Rig(near)
        payload = b"".join(b"%07d" % number for number in range(200_000))
        rig.publish(gift(payload))
        rig.acknowledge()
        rig.publish(chat(payload))
        assert rig.sender.want_write
        received = b""
        while len(received) < len(packets(payload)):
            received += far.recv(65_536)
            rig.sender.write()
        assert (received, rig.sender.want_write) == (packets(payload), False)


def test_events_that_a_connection_has_lost_are_held_as_well_and_state_is_not() -> None:
    rig = Rig(FakeSocket(*[1_000] * 20))
    state = Message("t/state", b"state", 1, True, QueueClass.STATE, 0.0)
    rig.publish(gift(b"1"), gift(b"2"))
    assert rig.published() == [b"1"]
    rig.sender.disconnected(0.0, UNSPECIFIED_ERROR)
    rig.client.unacknowledged.clear()
    rig.outbox.hold(30.0)
    rig.sender.connected(10.0, connack())
    rig.publish(gift(b"3"), state, now=10.0)
    assert rig.published() == [b"state"]
    rig.acknowledge()
    rig.outbox.release(20.0)
    for _ in range(3):
        rig.sender.publish_batch(20.0)
        rig.acknowledge()
    assert rig.published() == [b"1", b"2", b"3"]
