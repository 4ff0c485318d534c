"""The link when connections are lost, brokers restart or are slow, and other clients take its place."""

import logging
import socket
from math import inf
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client

from bench.soak.mqtt_proxy import MqttProxy
from tests.bridge.mqtt.link_rig import (
    CONNACK_5,
    FakeBroker,
    Rig,
    descriptors_beyond_select,
    numbered,
    started,
)
from tests.helpers import until
from tests.mqtt import MOSQUITTO, Broker, Listener, Mosquitto
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.common.mqtt import new_client

needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")


def test_after_a_restart_of_the_broker_the_link_connects_again(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    with started(broker.port) as rig:
        until(lambda: rig.connects == 1)
        broker.stop()
        until(lambda: not rig.link.connected)
        rig.send("gift", b"meanwhile", QueueClass.PRIORITY)
        broker.start()
        until(lambda: rig.connects == 2)
        with rig.listen(broker.port) as listener:
            rig.send("gift", b"afterwards", QueueClass.PRIORITY)
            listener.wait(rig.topics.room("alice", "gift"), lambda message: message.payload == b"afterwards")
            rig.wait_until_subscribed(listener)
    assert "the connection to the broker was lost" in caplog.text


def test_it_connects_publishes_and_reconnects_with_more_than_1024_open_files(broker: Broker) -> None:
    # The listener first: paho's own loop uses select().
    with (
        MqttProxy(broker.port) as proxy,
        Listener(broker.port) as listener,
        descriptors_beyond_select(),
        started(proxy.port) as rig,
    ):
        rig.send("gift", b"1", QueueClass.PRIORITY)
        assert rig.wait(listener, "gift", 1) == [b"1"]
        proxy.cut_after(1)
        rig.send("gift", b"2", QueueClass.PRIORITY)
        until(lambda: rig.connects == 2)
        rig.send("chat", b"3")
        assert rig.wait_without_repeats(listener, "gift", 2) == [b"1", b"2"]
        assert rig.wait(listener, "chat", 1) == [b"3"]


def test_packets_stay_whole_when_the_broker_is_slow() -> None:
    large = [number + b"x" * 200_000 for number in numbered(60)]

    def put(rig: Rig) -> None:
        for payload in large:
            rig.send("chat", payload)
            rig.send("gift", payload, QueueClass.PRIORITY)

    # The first messages are sent alone, then a batch is on its way, and the buffers of the sockets hold part of it.
    with FakeBroker(pubacks=inf, reading=False) as broker, started(broker.port, prepare=put, flush_s=0) as rig:
        until(lambda: len(rig.outbox) < 2 * len(large))
        broker.reading.set()
        until(lambda: (broker.payloads("chat"), broker.payloads("gift")) == (large, large))


def test_messages_that_are_never_acknowledged_are_sent_again_on_a_new_connection(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.in_flight.ACK_TIMEOUT_S", 0.3)
    with MqttProxy(broker.port) as proxy, started(proxy.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        proxy.swallow_acks = True
        for number in numbered(50):
            rig.send("gift", number, QueueClass.PRIORITY)
        until(lambda: proxy.connections >= 2)
        assert rig.outbox.acknowledged == []
        proxy.swallow_acks = False
        until(lambda: len(rig.outbox.acknowledged) == 50)
        assert rig.wait_without_repeats(listener, "gift", 50) == numbered(50)
    assert "the broker accepts messages but acknowledges none; retrying" in caplog.messages


@pytest.mark.parametrize("count", [1, 700, 5_003, 20_011])
def test_a_connection_cut_in_the_middle_of_a_packet_loses_no_priority_message(broker: Broker, count: int) -> None:
    with MqttProxy(broker.port) as proxy, started(proxy.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        proxy.cut_after(count)
        sent = [number + b"x" * 100 for number in numbered(300)]
        for payload in sent:
            rig.send("gift", payload, QueueClass.PRIORITY)
            rig.send("chat", payload)
        until(lambda: proxy.connections >= 2)
        until(lambda: len(rig.outbox.acknowledged) == len(sent))
        assert rig.wait_without_repeats(listener, "gift", len(sent)) == sent


@pytest.mark.unmeasured
def test_a_broker_that_reads_nothing_holds_up_no_sender(broker: Broker) -> None:
    with MqttProxy(broker.port) as proxy, started(proxy.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        proxy.reading.clear()
        # Were sending to wait for the broker, this would never end.
        for number in numbered(20_000):
            rig.send("chat", number + b"x" * 500)
        rig.send("gift", b"at last", QueueClass.PRIORITY)
        until(lambda: rig.outbox.dropped["chat"] > 0)
        proxy.reading.set()
        assert rig.wait(listener, "gift", 1) == [b"at last"]
        until(lambda: not len(rig.outbox))
        assert rig.outbox.dropped["chat"] + len(listener.on(rig.topics.room("alice", "chat"))) <= 20_000


def test_a_broker_that_closes_before_it_answers_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        with started(server.getsockname()[1]):
            for _ in range(2):
                server.accept()[0].close()
            until(lambda: caplog.messages)
    assert caplog.messages == ["the broker closed the connection before accepting it; retrying"]


@pytest.mark.parametrize(
    ("disconnect", "reason", "takeovers"),
    [
        (b"\xe0\x01\x8e", "Session taken over", 1),
        (b"\xe0\x02\x8e\x00", "Session taken over", 1),
        (b"\xe0\x01\x8b", "Server shutting down", 0),
        (b"\xe0\x01\x9b", "QoS not supported", 0),
    ],
)
def test_the_reason_code_says_whether_another_client_took_over(
    disconnect: bytes, reason: str, takeovers: int, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeBroker(CONNACK_5 + disconnect) as broker, started(broker.port, protocol="5") as rig:
        until(lambda: f"the connection to the broker was lost: {reason}; retrying" in caplog.messages)
        until(lambda: not rig.link.connected)
        assert (rig.connects, rig.takeovers) == (1, takeovers)


def test_a_second_on_disconnect_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clients: list[Client] = []

    def keep(*args: Any, **options: Any) -> Client:
        clients.append(new_client(*args, **options))
        return clients[0]

    def call_twice(_rig: Rig) -> None:
        callback: Any = clients[0].on_disconnect

        def twice(*event: Any) -> None:
            callback(*event)
            callback(*event)

        clients[0].on_disconnect = twice

    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.link.new_client", keep)
    taken_over = CONNACK_5 + b"\xe0\x01\x8e"
    with FakeBroker(taken_over) as broker, started(broker.port, prepare=call_twice, protocol="5") as rig:
        until(lambda: rig.connects and not rig.link.connected)
        until(lambda: caplog.messages)
    assert rig.takeovers == 1
    assert caplog.messages[:1] == ["the connection to the broker was lost: Session taken over; retrying"]
    assert not [text for text in caplog.messages[1:] if "was lost" in text]


@needs_mosquitto
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_doubt_whether_another_client_took_over_is_logged_with_both_causes(
    tmp_path: Path, protocol: str, caplog: pytest.LogCaptureFixture
) -> None:
    """This Mosquitto does not say so with MQTT 5 either."""
    both_causes = (
        "3 connections in a row were closed soon: another client uses the client id 'same' (mqtt.client_id), or the "
        "broker does not accept what is sent; retrying"
    )
    with (
        Mosquitto(tmp_path) as mosquitto,
        started(mosquitto.port, protocol=protocol, client_id="same") as first,
    ):
        until(lambda: first.link.connected)
        with started(mosquitto.port, protocol=protocol, client_id="same") as second:
            until(lambda: both_causes in caplog.messages, 60)
            assert (first.takeovers, second.takeovers) == (0, 0)
