"""The link when the broker refuses messages, or options of all of them."""

import logging
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode

from tests.bridge.mqtt.link_rig import Rig, numbered, started
from tests.bridge.mqtt.strict_broker import Connect, Publish, StrictBroker
from tests.helpers import until
from tests.mqtt import MOSQUITTO, Mosquitto
from tiktok2mqtt.bridge.mqtt.limits import MAX_LOSSES
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.bridge.mqtt.sender import MAX_TOPIC_BYTES

needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")
SUCCESS = 0x00
NO_MATCHING_SUBSCRIBERS = 0x10
UNSPECIFIED_ERROR = 0x80
IMPLEMENTATION_SPECIFIC = 0x83
NOT_AUTHORIZED = 0x87
QUOTA_EXCEEDED = 0x97
RETAIN_NOT_SUPPORTED = 0x9A
QOS_NOT_SUPPORTED = 0x9B
# Properties of a CONNACK: MQTT 5, table 2-4.
MAXIMUM_QOS_0 = b"\x24\x00"
NO_RETAIN = b"\x25\x00"


@pytest.fixture(autouse=True)
def short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reconnect and retry soon."""
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.link.MAX_BACKOFF_S", 0.5)
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.in_flight.MAX_RETRY_S", 0.3)
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.in_flight.MAX_PROBE_DELAY_S", 0.2)


def send_gifts(rig: Rig, count: int) -> None:
    for number in numbered(count):
        rig.send("gift", number, QueueClass.PRIORITY)


def state(rig: Rig) -> list[Message]:
    """Return what the daemon publishes on each connection."""
    return [Message(rig.topics.bridge_state, b"online", 1, True, QueueClass.STATE, 0.0, "document")]


def chat(rig: Rig) -> list[Message]:
    return [Message(rig.topics.room("alice", "chat"), b"x", 0, False, QueueClass.STREAMING, 0.0, "chat")]


def on_each_connection(make: Callable[[Rig], list[Message]]) -> Callable[[Rig], None]:
    """Put messages into the outbox as soon as the broker has accepted a connection; see `started`."""

    def prepare(rig: Rig) -> None:
        def put() -> None:
            for message in make(rig):
                rig.outbox.put(message)

        rig.on_connected = put

    return prepare


def acknowledged(rig: Rig) -> list[bytes]:
    return [message.payload for message in rig.outbox.acknowledged]


@pytest.mark.parametrize("code", [UNSPECIFIED_ERROR, IMPLEMENTATION_SPECIFIC, QUOTA_EXCEEDED])
def test_gifts_that_are_refused_for_now_are_sent_again_in_order(code: int) -> None:
    refused: list[Publish] = []

    def answer(publish: Publish) -> int:
        if publish.leaf == "gift" and len(refused) < 15:
            refused.append(publish)
            return code
        return SUCCESS

    with StrictBroker(answer) as broker, started(broker.port, protocol="5") as rig:
        until(lambda: rig.link.connected)
        send_gifts(rig, 10)
        until(lambda: refused)
        for number in numbered(20)[10:]:
            rig.send("gift", number, QueueClass.PRIORITY)
        until(lambda: len(rig.outbox.acknowledged) == 20)
        assert acknowledged(rig) == broker.payloads("gift") == numbered(20)
        assert rig.link.denied == {}


def test_one_message_that_is_always_refused_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.in_flight.PROBING_S", 0.5)

    def answer(publish: Publish) -> int:
        return IMPLEMENTATION_SPECIFIC if publish.payload == b"0" else SUCCESS

    with StrictBroker(answer) as broker, started(broker.port, protocol="5", flush_s=0) as rig:
        until(lambda: rig.link.connected)
        send_gifts(rig, 2_000)
        until(lambda: len(rig.outbox.acknowledged) == 1_999, 30)
        assert acknowledged(rig) == numbered(2_000)[1:]
        # It is still tried, and nothing else is sent twice.
        tried = sum(publish.payload == b"0" for publish in broker.received)
        until(lambda: sum(publish.payload == b"0" for publish in broker.received) > tried)
        assert len(broker.accepted) == 1_999


def test_many_messages_that_are_always_refused_hold_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than may be in flight."""
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.in_flight.PROBING_S", 0.5)

    def answer(publish: Publish) -> int:
        return IMPLEMENTATION_SPECIFIC if publish.leaf == "gift" else SUCCESS

    with StrictBroker(answer) as broker, started(broker.port, protocol="5", flush_s=0) as rig:
        until(lambda: rig.link.connected)
        send_gifts(rig, 1_200)
        for number in numbered(50):
            rig.send("follow", number, QueueClass.PRIORITY)
        until(lambda: broker.payloads("follow") == numbered(50), 60)
        # None is lost.
        until(lambda: rig.outbox.lengths()["priority"] == 1_200)


@pytest.mark.parametrize("code", [NOT_AUTHORIZED, 0x90, 0x99])
def test_a_final_refusal_is_counted_and_logged_once(code: int, caplog: pytest.LogCaptureFixture) -> None:
    with (
        StrictBroker(lambda publish: code if publish.leaf == "gift" else SUCCESS) as broker,
        started(broker.port, protocol="5") as rig,
    ):
        until(lambda: rig.link.connected)
        send_gifts(rig, 3)
        rig.send("follow", b"x", QueueClass.PRIORITY)
        until(lambda: len(rig.outbox.acknowledged) == 4)
        assert rig.link.denied == {rig.topics.room("alice", "gift"): 3}
        assert len(broker.received) == 4
    assert len([text for text in caplog.messages if "the broker refuses messages on" in text]) == 1


def test_a_message_without_subscribers_is_delivered() -> None:
    with (
        StrictBroker(lambda _publish: NO_MATCHING_SUBSCRIBERS) as broker,
        started(broker.port, protocol="5") as rig,
    ):
        until(lambda: rig.link.connected)
        send_gifts(rig, 3)
        until(lambda: len(rig.outbox.acknowledged) == 3)
        assert (len(broker.received), rig.link.denied) == (3, {})


def too_large(limit: int) -> Callable[[Publish], int | bytes]:
    """Let the broker close the connection without a reason, as with MQTT 3.1.1."""
    return lambda publish: b"" if publish.size > limit else SUCCESS


@pytest.mark.parametrize("queue_class", QueueClass)
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_message_that_ends_the_connection_is_dropped_and_gifts_arrive_once(
    protocol: str, queue_class: QueueClass, caplog: pytest.LogCaptureFixture
) -> None:
    qos = int(protocol == "5" or queue_class is not QueueClass.STREAMING)
    with (
        StrictBroker(too_large(5_000), protocol=protocol) as broker,
        started(broker.port, prepare=on_each_connection(state), protocol=protocol) as rig,
    ):
        until(lambda: rig.link.connected)
        send_gifts(rig, 10)
        topic = rig.topics.room("alice", "bad")
        rig.outbox.put(Message(topic, b"x" * 6_000, qos, False, queue_class, 0.0, "bad"))
        send_gifts(rig, 10)
        until(lambda: rig.outbox.dropped["bad"], 30)
        until(lambda: len(broker.connects) == 1 + MAX_LOSSES)
        until(lambda: rig.outbox.lengths()["priority"] == 0)
        # What was acknowledged before is not sent again.
        assert broker.payloads("gift") == numbered(10) * 2
        assert sum(publish.leaf == "bad" for publish in broker.received) == MAX_LOSSES
    size = (
        6_000
        + len(topic)
        + (8 if protocol == "5" else 7)
        + 5 * (protocol == "5" and queue_class is QueueClass.STREAMING)
    )
    dropped = f"dropped a message of {size:,} bytes on {topic}: the broker has closed the connection 2 times"
    assert [text for text in caplog.messages if text.startswith(dropped)]


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_small_message_that_ends_the_connection_is_found_among_many(protocol: str) -> None:
    with (
        StrictBroker(lambda publish: b"" if publish.leaf == "bad" else SUCCESS, protocol=protocol) as broker,
        started(broker.port, prepare=on_each_connection(state), protocol=protocol) as rig,
    ):
        send_gifts(rig, 200)
        rig.send("bad", b"x", QueueClass.PRIORITY)
        for number in numbered(200):
            rig.send("follow", number, QueueClass.PRIORITY)
        until(lambda: rig.outbox.dropped == {"bad": 1}, 30)
        until(lambda: rig.outbox.lengths()["priority"] == 0)
        # In order; some may come again, as the acknowledgements before the bad message may be lost.
        for leaf in ("gift", "follow"):
            assert list(dict.fromkeys(broker.payloads(leaf))) == numbered(200)
        # Among others, of which at least half are out of the way each time, and then alone.
        assert sum(publish.leaf == "bad" for publish in broker.received) <= 8 + MAX_LOSSES


def test_a_document_that_is_too_large_ends_no_further_connection() -> None:
    def documents(rig: Rig) -> list[Message]:
        topics = [rig.topics.device_discovery(str(number)) for number in range(50)]
        large = [Message(topic, b"x" * 30_000, 1, True, QueueClass.STATE, 0.0, "document") for topic in topics]
        return [*state(rig), *large]

    with (
        StrictBroker(too_large(20_000), protocol="3.1.1") as broker,
        started(broker.port, prepare=on_each_connection(documents)) as rig,
    ):
        until(lambda: rig.outbox.dropped["document"] >= 50, 30)
        send_gifts(rig, 20)
        until(lambda: broker.payloads("gift") == numbered(20))
        assert len(broker.connects) == 1 + MAX_LOSSES
        assert rig.link.max_packet_bytes < 30_100


def test_no_gift_is_dropped_by_a_broker_that_accepts_nothing_for_some_time() -> None:
    is_broken = True

    def answer(_publish: Publish) -> int | bytes:
        return b"" if is_broken else SUCCESS

    with (
        StrictBroker(answer, protocol="3.1.1") as broker,
        started(broker.port, prepare=on_each_connection(state)) as rig,
    ):
        send_gifts(rig, 20)
        until(lambda: len(broker.connects) >= 4, 30)
        is_broken = False
        until(lambda: broker.payloads("gift") == numbered(20), 30)
        assert rig.outbox.dropped == {}


@pytest.mark.parametrize("disconnect", [b"", b"\xe0\x01\x9b", b"\xe0\x01\x9a", b"\xe0\x01\x97", b"\xe0\x01\x95"])
def test_short_connections_are_no_takeover(disconnect: bytes, caplog: pytest.LogCaptureFixture) -> None:
    names = {0x9B: "QoS not supported", 0x9A: "Retain not supported", 0x97: "Quota exceeded", 0x95: "Packet too large"}
    reason = names[disconnect[-1]] if disconnect else "it was closed without a reason"
    count = 0

    def connack(_connect: Connect) -> tuple[int, bytes]:
        nonlocal count
        count += 1
        return SUCCESS, b""

    with (
        StrictBroker(lambda _publish: disconnect, connack=connack) as broker,
        started(broker.port, prepare=on_each_connection(chat), protocol="5", flush_s=0) as rig,
    ):
        until(lambda: count >= 5, 40)
        assert (rig.takeovers, rig.refusals) == (0, [])
    assert f"the connection to the broker was lost: {reason}; retrying" in caplog.messages
    both_causes = [text for text in caplog.messages if "another client uses the client id" in text]
    assert len(both_causes) == (not disconnect)


@pytest.mark.parametrize("says_so_first", [True, False])
@pytest.mark.parametrize(
    ("code", "properties", "will"),
    [
        (RETAIN_NOT_SUPPORTED, NO_RETAIN, Connect(1, will_retain=False)),
        (QOS_NOT_SUPPORTED, MAXIMUM_QOS_0, Connect(0, will_retain=True)),
    ],
)
def test_a_will_that_the_broker_does_not_support_is_sent_without(
    code: int, properties: bytes, will: Connect, says_so_first: bool
) -> None:
    def connack(connect: Connect) -> tuple[int, bytes]:
        return (code, b"") if connect != will else (SUCCESS, properties if says_so_first else b"")

    with StrictBroker(connack=connack) as broker, started(broker.port, protocol="5") as rig:
        until(lambda: rig.link.connected)
        send_gifts(rig, 10)
        rig.send("state", b"x", QueueClass.STATE)
        until(lambda: len(rig.outbox.acknowledged) == 11)
        assert broker.connects == [Connect(1, will_retain=True), will]
        assert broker.payloads("gift") == numbered(10)
        expected = (0, True) if code == QOS_NOT_SUPPORTED else (1, False)
        until(lambda: [(one.qos, one.retain) for one in broker.accepted if one.leaf == "state"] == [expected])
        assert rig.outbox.lengths()["priority"] == 0


@needs_mosquitto
@pytest.mark.parametrize("line", ["retain_available false", "max_qos 0"])
def test_a_mosquitto_without_retained_messages_or_qos_1(tmp_path: Path, line: str) -> None:
    with (
        Mosquitto(tmp_path, line) as mosquitto,
        started(mosquitto.port, protocol="5") as rig,
        rig.listen(mosquitto.port) as listener,
    ):
        until(lambda: rig.link.connected)
        send_gifts(rig, 20)
        rig.send("state", b"x", QueueClass.STATE)
        assert rig.wait(listener, "gift", 20) == numbered(20)
        assert rig.wait(listener, "state", 1) == [b"x"]
        assert rig.connects == 1


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_topic_that_is_too_long_costs_no_other_message(protocol: str, caplog: pytest.LogCaptureFixture) -> None:
    with StrictBroker(protocol=protocol) as broker, started(broker.port, protocol=protocol) as rig:
        send_gifts(rig, 5)
        rig.outbox.put(Message("x" * (MAX_TOPIC_BYTES + 1), b"", 1, False, QueueClass.PRIORITY, 0.0, "bad"))
        send_gifts(rig, 5)
        until(lambda: broker.payloads("gift") == numbered(5) * 2)
        until(lambda: rig.outbox.lengths()["priority"] == 0)
        assert (rig.connects, rig.outbox.dropped) == (1, {"bad": 1})
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_whatever_paho_raises_the_link_connects_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """paho 2.1 raises KeyError, IndexError, struct.error and more on packets that are malformed."""
    loop_read = Client.loop_read
    errors = [KeyError(5), IndexError(), struct.error("unpack")]

    def fails(client: Client, max_packets: int = 1) -> MQTTErrorCode:
        result = loop_read(client, max_packets)
        if errors and client.is_connected():
            raise errors.pop()
        return result

    monkeypatch.setattr(Client, "loop_read", fails)
    with StrictBroker() as broker, started(broker.port, protocol="5") as rig:
        send_gifts(rig, 20)
        until(lambda: broker.payloads("gift") == numbered(20), 30)
        until(lambda: rig.outbox.lengths()["priority"] == 0)
        assert len(broker.connects) == 4
    problem = f"cannot understand the broker at 127.0.0.1:{broker.port}: error('unpack'); retrying"
    assert caplog.messages[0] == problem


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x40\x00",  # PUBACK without a packet identifier
        b"\x90\x00",
        b"\x30\x00",
        b"\x30\x02\xff\xff",
        b"\xe0\x05\x00\xff\xff\xff\xff",
        b"\x20\x01\x00",
        b"\xf0\x00",
        b"\xff\xff\xff\xff\xff\xff",
    ],
)
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_broker_that_sends_garbage_is_tried_again(protocol: str, garbage: bytes) -> None:
    def answer(publish: Publish) -> int | bytes:
        return garbage if publish.leaf == "chat" else SUCCESS

    with StrictBroker(answer, protocol=protocol) as broker, started(broker.port, protocol=protocol) as rig:
        until(lambda: rig.link.connected)
        rig.send("chat", b"x")
        send_gifts(rig, 3)
        until(lambda: rig.connects == 2)
        until(lambda: set(broker.payloads("gift")) == set(numbered(3)))
