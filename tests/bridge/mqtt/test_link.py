import logging
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage, MQTTv5

from bench.soak.mqtt_proxy import MqttProxy
from tests.bridge.mqtt.link_rig import (
    CONNACK,
    CONNACK_5,
    FakeBroker,
    HeldSelector,
    Rig,
    numbered,
    started,
    without_polling,
)
from tests.certificates import OPENSSL, make_certificates, server_context
from tests.helpers import until
from tests.mqtt import MOSQUITTO, TIMEOUT_S, Broker, Listener, Mosquitto, free_port, keeps_qos
from tiktok2mqtt.bridge.mqtt.in_flight import MAX_INFLIGHT
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import QueueClass

needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")


def test_messages_of_a_class_arrive_in_order_and_at_their_qos(broker: Broker) -> None:
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        for number in numbered(700):
            rig.send("chat", number)
            rig.send("gift", number, QueueClass.PRIORITY)
        for leaf in ("chat", "gift"):
            assert rig.wait(listener, leaf, 700) == numbered(700)
        if keeps_qos(broker):
            assert {message.qos for message in listener.on(rig.topics.room("alice", "chat"))} == {0}
            assert {message.qos for message in listener.on(rig.topics.room("alice", "gift"))} == {1}


def test_messages_of_many_threads_arrive_whole_and_in_the_order_of_each_thread(broker: Broker) -> None:
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)

        def write(name: str) -> None:
            for number in numbered(300):
                rig.send(f"chat{name}", number + b"x" * 500)
                rig.send(f"gift{name}", number, QueueClass.PRIORITY)

        writers = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        for name in "abcd":
            assert rig.wait(listener, f"chat{name}", 300) == [number + b"x" * 500 for number in numbered(300)]
            assert rig.wait(listener, f"gift{name}", 300) == numbered(300)


def test_the_thread_that_flushes_writes(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    selector = HeldSelector(monkeypatch)
    with started(broker.port, prepare=selector.prepare) as rig, rig.listen(broker.port) as listener:
        assert selector.held.wait(TIMEOUT_S)
        rig.send("chat", b"1")
        assert rig.wait(listener, "chat", 1) == [b"1"]
        rig.send("gift", b"2", QueueClass.PRIORITY)
        assert rig.wait(listener, "gift", 1) == [b"2"]
        selector.released.set()


def test_the_rest_of_a_flush_is_written_though_the_link_was_about_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    without_polling(monkeypatch)
    selector = HeldSelector(monkeypatch)
    # More than the buffers of both sockets hold.
    large = b"x" * 20_000_000
    with FakeBroker(reading=False) as broker, started(broker.port, prepare=selector.prepare) as rig:
        # The link's thread has found nothing to write, and does not wait yet.
        assert selector.held.wait(TIMEOUT_S)
        rig.send("chat", large)
        selector.released.set()
        broker.reading.set()
        until(lambda: broker.payloads("chat") == [large])


def test_messages_that_nobody_flushes_are_sent_as_well(broker: Broker) -> None:
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        topic = rig.topics.room("alice", "chat")
        rig.outbox.put(Message(topic, b"forgotten", 0, False, QueueClass.STREAMING, time.monotonic()))
        assert rig.wait(listener, "chat", 1) == [b"forgotten"]


def test_large_messages_among_small_ones_arrive_whole(broker: Broker) -> None:
    large = b"x" * 300_000
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        for number in numbered(20):
            rig.send("chat", number + large)
            rig.send("gift", number + large, QueueClass.PRIORITY)
        for leaf in ("chat", "gift"):
            assert rig.wait(listener, leaf, 20) == [number + large for number in numbered(20)]


def test_messages_put_before_the_connection_are_delivered(broker: Broker) -> None:
    def put(rig: Rig) -> None:
        rig.send("gift", b'{"delayed":false}', QueueClass.PRIORITY)

    with Listener(broker.port) as listener, started(broker.port, prepare=put) as rig:
        rig.wait(listener, "gift", 1)
        rig.send("gift", b'{"delayed":false}', QueueClass.PRIORITY)
        assert rig.wait(listener, "gift", 2) == [b'{"delayed":true}', b'{"delayed":false}']


def test_stop_delivers_the_outbox_and_disconnects_without_the_will(broker: Broker) -> None:
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        for number in numbered(300):
            rig.send("gift", number, QueueClass.PRIORITY)
        rig.link.stop(3.0)
        assert rig.wait(listener, "gift", 300) == numbered(300)
        assert listener.on(rig.topics.bridge_state) == []


def test_a_lost_connection_publishes_the_will(broker: Broker) -> None:
    with MqttProxy(broker.port) as proxy, started(proxy.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        proxy.cut_after(1)
        rig.send("chat", b"cut off")
        will = listener.wait(rig.topics.bridge_state)
        assert (will.payload, will.qos) == (b'{"state":"offline"}', 1)


def test_commands_and_the_birth_message_are_received(broker: Broker) -> None:
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        rig.wait_until_subscribed(listener)
        for topic in (rig.topics.request("add"), rig.topics.room("alice", "set"), rig.topics.birth):
            listener.publish(topic, b"x")
        listener.publish(rig.topics.room("alice", "gift"), b"not for us")
        listener.publish(rig.topics.request("list"), b"y")
        until(lambda: len(rig.received) == 4)
        assert rig.received == [
            (rig.topics.request("add"), b"x", False),
            (rig.topics.room("alice", "set"), b"x", False),
            (rig.topics.birth, b"x", False),
            (rig.topics.request("list"), b"y", False),
        ]


def test_a_retained_command_is_marked(broker: Broker) -> None:
    with Listener(broker.port) as listener:

        def retain(rig: Rig) -> None:
            listener.publish(rig.topics.request("add"), b"alice", retain=True)

        with started(broker.port, prepare=retain) as rig:
            until(lambda: rig.received)
        listener.publish(rig.topics.request("add"), b"", retain=True)
    assert rig.received == [(rig.topics.request("add"), b"alice", True)]


def test_a_handler_that_fails_is_logged_and_the_connection_stays(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        rig.on_message = lambda *_: 1 // 0
        rig.wait_until_subscribed(listener)
        listener.publish(rig.topics.request("add"), b"alice")
        until(lambda: f"cannot handle a message on {rig.topics.request('add')}" in caplog.text)
        rig.send("chat", b"still there")
        listener.wait(rig.topics.room("alice", "chat"))
        assert rig.connects == 1


def test_a_topic_that_is_not_utf_8_is_ignored_and_the_connection_stays(caplog: pytest.LogCaptureFixture) -> None:
    """MQTT forbids it, but not every broker checks."""
    topic = "tiktok/bridge/request/list"
    packets = _publish_packet(b"tiktok/\xff/set", b"ON") + _publish_packet(topic.encode(), b"{}")
    with FakeBroker(CONNACK + packets) as broker, started(broker.port, flush_s=0.0) as rig:
        until(lambda: rig.received)
        assert rig.received == [(topic, b"{}", False)]
        assert (rig.connects, rig.link.connected) == (1, True)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def _publish_packet(name: bytes, payload: bytes) -> bytes:
    rest = len(name).to_bytes(2, "big") + name + payload
    return bytes((0x30, len(rest))) + rest


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_commands_in_one_tls_record_are_all_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_polling(monkeypatch)
    certificates = make_certificates(tmp_path)
    context = server_context(certificates)
    with socket.create_server(("127.0.0.1", 0)) as server:
        topic = "tiktok/bridge/request/list"

        def serve() -> None:
            connection, _ = server.accept()
            with context.wrap_socket(connection, server_side=True) as secured:
                # One call of this length makes one record.
                secured.sendall(CONNACK + b"".join(_publish_packet(topic.encode(), number) for number in numbered(5)))
                while secured.recv(4096):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        with started(server.getsockname()[1], tls=True, ca_file=certificates / "ca.pem") as rig:
            until(lambda: len(rig.received) == 5)
            assert rig.received == [(topic, number, False) for number in numbered(5)]
        thread.join(TIMEOUT_S)


def test_stop_without_a_broker_does_not_wait() -> None:
    before = set(threading.enumerate())
    with started(free_port(), flush_s=60.0) as rig:
        assert set(threading.enumerate()) > before
        rig.send("gift", b"", QueueClass.PRIORITY)
    assert set(threading.enumerate()) <= before


@needs_mosquitto
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_refused_login_is_reported(tmp_path: Path, protocol: str) -> None:
    with (
        Mosquitto(tmp_path, "allow_anonymous false") as mosquitto,
        started(mosquitto.port, protocol=protocol, username="bob", password="wrong") as rig,
    ):
        until(lambda: rig.refusals)
        assert set(rig.refusals) == {"Not authorized"}
        assert (rig.connects, rig.link.connected) == (0, False)


@pytest.mark.parametrize(
    ("protocol", "connack", "reason", "is_login"),
    [
        # MQTT 3.1.1, table 3.1
        ("3.1.1", b"\x20\x02\x00\x02", "Client identifier not valid", True),
        ("3.1.1", b"\x20\x02\x00\x03", "Server unavailable", False),
        ("3.1.1", b"\x20\x02\x00\x04", "Bad user name or password", True),
        ("3.1.1", b"\x20\x02\x00\x05", "Not authorized", True),
        # MQTT 5, table 3-1
        ("5", b"\x20\x03\x00\x85\x00", "Client identifier not valid", True),
        ("5", b"\x20\x03\x00\x86\x00", "Bad user name or password", True),
        ("5", b"\x20\x03\x00\x87\x00", "Not authorized", True),
        ("5", b"\x20\x03\x00\x8a\x00", "Banned", True),
        ("5", b"\x20\x03\x00\x88\x00", "Server unavailable", False),
        ("5", b"\x20\x03\x00\x9b\x00", "QoS not supported", False),
    ],
)
def test_the_reason_code_says_whether_the_login_was_refused(
    protocol: str, connack: bytes, reason: str, is_login: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeBroker(connack) as broker, started(broker.port, protocol=protocol) as rig:
        until(lambda: rig.refusals if is_login else caplog.messages)
        refused = f"the broker at 127.0.0.1:{broker.port} refused the connection: {reason}; retrying"
        # Who gets the callback of a refused login does not retry.
        assert caplog.messages[:1] == [refused] * (not is_login)
        assert rig.refusals[:1] == [reason] * is_login
        assert (rig.connects, rig.link.connected) == (0, False)


@pytest.mark.parametrize(("protocol", "connack"), [("3.1.1", CONNACK), ("5", CONNACK_5)])
def test_a_second_connack_changes_nothing(protocol: str, connack: bytes) -> None:
    with FakeBroker(connack * 2) as broker, started(broker.port, protocol=protocol, flush_s=0) as rig:
        until(lambda: rig.link.connected)
        rig.send("chat", b"1")
        until(lambda: broker.publishes)
        assert rig.connects == 1
        # CONNECT, SUBSCRIBE, PUBLISH
        assert broker.packets == [1, 8, 3]


@needs_mosquitto
def test_with_mqtt_5_streaming_messages_expire_and_others_do_not(tmp_path: Path) -> None:
    expiries: dict[str, int | None] = {}

    def keep(_client: Client, _data: Any, message: MQTTMessage) -> None:
        expiries[message.topic] = getattr(message.properties, "MessageExpiryInterval", None)

    def prepare(client: Client) -> None:
        client.on_message = keep

    with Mosquitto(tmp_path) as mosquitto, started(mosquitto.port, protocol="5") as rig:
        until(lambda: rig.link.connected)
        with Listener(mosquitto.port, protocol=MQTTv5, prepare=prepare):
            for leaf, queue_class in (
                ("chat", QueueClass.STREAMING),
                ("gift", QueueClass.PRIORITY),
                ("state", QueueClass.STATE),
            ):
                rig.send(leaf, b"x", queue_class)
            until(lambda: len(expiries) == 3)
    assert expiries.pop(rig.topics.room("alice", "chat")) in (59, 60)
    assert set(expiries.values()) == {None}


def test_without_acknowledgements_a_limited_number_is_sent_and_streaming_goes_on() -> None:
    # The first is sent alone.
    with FakeBroker(pubacks=1) as broker, started(broker.port, flush_s=0.2) as rig:
        until(lambda: rig.link.connected)
        for _ in range(1 + MAX_INFLIGHT + 100):
            rig.send("gift", b"x", QueueClass.PRIORITY)
        rig.send("chat", b"x")
        until(lambda: (broker.count(0), broker.count(1)) == (1, 1 + MAX_INFLIGHT))
        assert len(rig.outbox) == 100
    assert (broker.count(0), broker.count(1)) == (1, 1 + MAX_INFLIGHT)


def test_no_more_messages_are_in_flight_than_an_mqtt_5_broker_accepts() -> None:
    receive_maximum_3 = b"\x20\x06\x00\x00\x03\x21\x00\x03"
    with FakeBroker(receive_maximum_3, pubacks=1) as broker, started(broker.port, protocol="5", flush_s=0) as rig:
        until(lambda: rig.link.connected)
        for number in numbered(10):
            rig.send("gift", number, QueueClass.PRIORITY)
        rig.send("chat", b"x")
        until(lambda: (broker.count(0), broker.count(1)) == (1, 1 + 3))
    assert (broker.count(0), broker.count(1)) == (1, 1 + 3)


@needs_mosquitto
@pytest.mark.parametrize("in_flight", [1, 2, 3, 4, 20])
def test_an_mqtt_5_broker_that_accepts_few_at_a_time_gets_all_without_polling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_flight: int
) -> None:
    without_polling(monkeypatch)
    with (
        Mosquitto(tmp_path, f"max_inflight_messages {in_flight}") as mosquitto,
        started(mosquitto.port, protocol="5") as rig,
        rig.listen(mosquitto.port) as listener,
    ):
        for number in numbered(100):
            rig.send("gift", number, QueueClass.PRIORITY)
        assert rig.wait(listener, "gift", 100) == numbered(100)


@pytest.mark.parametrize("count", [1, 300])
def test_acknowledgements_are_read_without_polling(broker: Broker, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    without_polling(monkeypatch)
    with started(broker.port) as rig:
        for number in numbered(count):
            rig.send("gift", number, QueueClass.PRIORITY)
        until(lambda: [message.payload for message in rig.outbox.acknowledged] == numbered(count))


@needs_mosquitto
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_topics_that_the_broker_denies_are_logged(
    tmp_path: Path, protocol: str, caplog: pytest.LogCaptureFixture
) -> None:
    access = tmp_path / "acl"
    access.write_text("topic read #\n")
    access.chmod(0o600)
    with (
        Mosquitto(tmp_path, f"acl_file {access}") as mosquitto,
        started(mosquitto.port, protocol=protocol) as rig,
    ):
        until(lambda: rig.link.connected)
        for number in numbered(3):
            rig.send("gift", number, QueueClass.PRIORITY)
        until(lambda: len(rig.outbox.acknowledged) == 3)
        # A broker that speaks MQTT 3.1.1 cannot refuse.
        denied = {rig.topics.room("alice", "gift"): 3} if protocol == "5" else {}
        assert rig.link.denied == denied
    logged = [text for text in caplog.messages if "the broker refuses messages on" in text]
    assert len(logged) == len(denied)


def test_a_refused_subscription_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with FakeBroker(suback=b"\x01\x80\x01\x01\x01") as broker, started(broker.port) as rig:
        until(lambda: caplog.messages)
        topic = rig.topics.subscriptions[1]
        assert caplog.messages == [f"the broker does not allow us to subscribe to {topic}: Unspecified error"]


def test_a_thread_that_hangs_or_has_ended_is_noticed(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    # Longer than a turn without work, which takes a second.
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.link.STUCK_S", 1.5)
    release = threading.Event()
    with started(broker.port) as rig:
        rig.on_message = lambda *_: release.wait(10)
        with Listener(broker.port) as other:
            rig.wait_until_subscribed(other)
            other.publish(rig.topics.request("list"), b"")
        until(lambda: rig.link.liveness.is_overdue(time.monotonic()))
        release.set()
        until(lambda: not rig.link.liveness.is_overdue(time.monotonic()))
    assert not rig.link.liveness.is_overdue(1e12)


def test_a_problem_is_logged_once_as_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    port = free_port()
    with started(port) as rig:
        until(lambda: len(caplog.records) >= 2)
        assert not rig.link.connected
    first, second = caplog.records[:2]
    assert first.message == second.message
    assert first.message.startswith(f"cannot reach the broker at 127.0.0.1:{port}: ")
    assert first.message.endswith("; retrying")
    assert (first.levelno, second.levelno) == (logging.WARNING, logging.DEBUG)
