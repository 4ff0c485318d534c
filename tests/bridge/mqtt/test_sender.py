import socket
import ssl
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.bridge.mqtt.sender import ACK_TIMEOUT_S, BATCH, MAX_INFLIGHT, InFlight, Sender, publish_packet

SUCCESS = ReasonCode(PacketTypes.PUBACK, identifier=0)
NOT_AUTHORIZED = ReasonCode(PacketTypes.PUBACK, identifier=0x87)


def gift(topic: str) -> Message:
    return Message(topic, b"", 1, False, QueueClass.PRIORITY, 0.0)


def chat(payload: bytes, topic: str = "t", queue_class: QueueClass = QueueClass.STREAMING) -> Message:
    return Message(topic, payload, 0, False, queue_class, 0.0)


def test_acknowledged_messages_are_taken_once_in_the_order_of_their_pubacks() -> None:
    in_flight = InFlight()
    first, second = gift("a"), gift("b")
    in_flight.add(1, first, 0.0)
    in_flight.add(2, second, 0.0)
    assert (len(in_flight), in_flight.free) == (2, MAX_INFLIGHT - 2)
    in_flight.acknowledge(2, SUCCESS)
    in_flight.acknowledge(1, SUCCESS)
    in_flight.acknowledge(1, SUCCESS)
    assert in_flight.take_acknowledged() == [second, first]
    assert in_flight.take_acknowledged() == []
    assert (len(in_flight), in_flight.free) == (0, MAX_INFLIGHT)


def test_refused_messages_are_counted_by_topic_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    in_flight = InFlight()
    for number in range(3):
        in_flight.add(number, gift("tiktok/alice/gift"), 0.0)
        in_flight.acknowledge(number, NOT_AUTHORIZED)
    assert in_flight.denied == {"tiktok/alice/gift": 3}
    assert caplog.messages == ["the broker does not allow us to publish on tiktok/alice/gift: Not authorized"]
    assert len(in_flight.take_acknowledged()) == 3


def test_the_oldest_message_decides_whether_acknowledgements_are_overdue() -> None:
    in_flight = InFlight()
    assert not in_flight.is_overdue(1e9)
    in_flight.add(1, gift("a"), 0.0)
    in_flight.add(2, gift("b"), 10.0)
    assert not in_flight.is_overdue(ACK_TIMEOUT_S)
    assert in_flight.is_overdue(ACK_TIMEOUT_S + 0.1)
    in_flight.acknowledge(1, SUCCESS)
    assert not in_flight.is_overdue(ACK_TIMEOUT_S + 0.1)
    in_flight.resend(20.0, limit=MAX_INFLIGHT)
    assert not in_flight.is_overdue(20.0 + ACK_TIMEOUT_S)
    assert in_flight.is_overdue(20.1 + ACK_TIMEOUT_S)


@pytest.mark.parametrize(("offered", "limit"), [(3, 3), (65_535, MAX_INFLIGHT)])
def test_a_new_connection_limits_what_may_be_in_flight(offered: int, limit: int) -> None:
    in_flight = InFlight()
    in_flight.add(1, gift("a"), 0.0)
    in_flight.resend(1.0, limit=offered)
    assert (in_flight.limit, in_flight.free) == (limit, limit - 1)


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
    """A paho client with a socket of the test's and nothing to write of its own."""

    def __init__(self, sock: Any) -> None:
        super().__init__(CallbackAPIVersion.VERSION2)
        self.sock = sock

    def socket(self) -> Any:
        return self.sock


class Rig:
    """A sender over a socket, and the outbox that feeds it."""

    def __init__(self, sock: Any, protocol: str = "3.1.1") -> None:
        self.outbox = Outbox()
        self.client = ConnectedClient(sock)
        self.sender = Sender(self.client, self.outbox, protocol)

    def publish(self, *messages: Message) -> bool:
        for message in messages:
            self.outbox.put(message)
        return self.sender.publish_batch(0.0)


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
    rig.sender.reset()
    rig.client.sock = FakeSocket(100)
    rig.publish(chat(b"2"))
    assert rig.client.sock.sent == packets(b"2")


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
        rig.publish(chat(payload))
        assert rig.sender.want_write
        received = b""
        while len(received) < len(packets(payload)):
            received += far.recv(65_536)
            rig.sender.write()
        assert (received, rig.sender.want_write) == (packets(payload), False)
