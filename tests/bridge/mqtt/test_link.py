import logging
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from bench.mqtt_proxy import MqttProxy
from tests.bridge.mqtt.link_rig import Forgetful, Rig, Unhurried, never_look_unasked, numbered, started
from tests.helpers import until
from tests.mqtt import MOSQUITTO, Broker, Listener, Mosquitto, free_port, tells_qos
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.bridge.mqtt.sender import MAX_UNACKED

needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")


def test_messages_of_a_class_arrive_in_order_and_at_their_qos(broker: Broker) -> None:
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        for number in numbered(700):
            rig.send("chat", number)
            rig.send("gift", number, QueueClass.PRIORITY)
        for leaf in ("chat", "gift"):
            assert rig.wait(listener, leaf, 700) == numbered(700)
        if tells_qos(broker):
            assert {message.qos for message in listener.on(rig.topics.room("alice", "chat"))} == {0}
            assert {message.qos for message in listener.on(rig.topics.room("alice", "gift"))} == {1}


def test_what_many_threads_write_arrives_whole_and_in_their_order(broker: Broker) -> None:
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


def test_whoever_flushes_writes(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    never_look_unasked(monkeypatch)
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        until(rig.subscribed.is_set)
        until(lambda: rig.link._waiting)
        with monkeypatch.context() as patch:
            patch.setattr(rig.link, "_wake", lambda: None)
            rig.send("chat", b"1")
            assert rig.wait(listener, "chat", 1) == [b"1"]
            rig.send("gift", b"2", QueueClass.PRIORITY)
            assert rig.wait(listener, "gift", 1) == [b"2"]


def test_what_nobody_flushes_goes_out_all_the_same(broker: Broker) -> None:
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


def test_what_was_sent_before_the_connection_is_delivered(broker: Broker) -> None:
    rig = Rig(broker.port)
    with rig.listen(broker.port) as listener:
        rig.send("gift", b'{"delayed":false}', QueueClass.PRIORITY, age_s=6)
        rig.send("gift", b'{"delayed":false}', QueueClass.PRIORITY)
        rig.link.start()
        assert rig.wait(listener, "gift", 2) == [b'{"delayed":true}', b'{"delayed":false}']
        rig.link.stop(3.0)


def test_stop_delivers_what_waits_and_leaves_without_a_will(broker: Broker) -> None:
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        for number in numbered(300):
            rig.send("gift", number, QueueClass.PRIORITY)
        rig.link.stop(3.0)
        assert rig.wait(listener, "gift", 300) == numbered(300)
        assert listener.on(rig.topics.bridge_state) == []


def test_the_will_tells_when_the_link_is_cut(broker: Broker) -> None:
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        sock = rig.link._client.socket()
        assert isinstance(sock, socket.socket)
        sock.shutdown(socket.SHUT_RDWR)
        will = listener.wait(rig.topics.bridge_state)
        assert (will.payload, will.qos) == (b'{"state":"offline"}', 1)


def test_commands_and_the_birth_message_are_received(broker: Broker) -> None:
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        until(rig.subscribed.is_set)
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
    rig = Rig(broker.port)
    with rig.listen(broker.port) as listener:
        listener.publish(rig.topics.request("add"), b"alice", retain=True)
        rig.link.start()
        until(lambda: rig.received)
        rig.link.stop(3.0)
        listener.publish(rig.topics.request("add"), b"", retain=True)
    assert rig.received == [(rig.topics.request("add"), b"alice", True)]


def test_a_handler_that_fails_is_logged_and_the_link_goes_on(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    with started(broker.port) as rig, rig.listen(broker.port) as listener:
        rig.link._on_message = lambda *_: 1 // 0
        until(rig.subscribed.is_set)
        listener.publish(rig.topics.request("add"), b"alice")
        until(lambda: f"a message on {rig.topics.request('add')} could not be handled" in caplog.text)
        rig.send("chat", b"still there")
        listener.wait(rig.topics.room("alice", "chat"))
        assert rig.ups == 1


def test_a_broker_that_comes_back_is_told_again(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    with started(broker.port) as rig:
        until(lambda: rig.ups == 1)
        broker.stop()
        until(lambda: not rig.link.connected)
        rig.subscribed.clear()
        rig.send("gift", b"meanwhile", QueueClass.PRIORITY)
        broker.start()
        until(lambda: rig.ups == 2)
        with rig.listen(broker.port) as listener:
            rig.send("gift", b"afterwards", QueueClass.PRIORITY)
            listener.wait(rig.topics.room("alice", "gift"), lambda message: message.payload == b"afterwards")
            until(rig.subscribed.is_set)
            listener.publish(rig.topics.request("list"), b"z")
            until(lambda: rig.received)
    assert "the connection to the broker was lost" in caplog.text


def test_trouble_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    port = free_port()
    with started(port) as rig:
        until(lambda: len(caplog.records) >= 2)
        assert not rig.link.connected
    first, second = caplog.records[:2]
    assert first.message == second.message
    assert first.message.startswith(f"cannot reach the broker at 127.0.0.1:{port}: ")
    assert first.message.endswith("; trying again")
    assert (first.levelno, second.levelno) == (logging.WARNING, logging.DEBUG)


def test_stop_without_a_broker_does_not_wait() -> None:
    rig = Rig(free_port())
    rig.link.start()
    rig.send("gift", b"", QueueClass.PRIORITY)
    began = time.monotonic()
    rig.link.stop(3.0)
    assert time.monotonic() - began < 1
    assert not rig.link._thread.is_alive()


@needs_mosquitto
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_refused_login_is_told(tmp_path: Path, protocol: str) -> None:
    with (
        Mosquitto(tmp_path, "allow_anonymous false") as mosquitto,
        started(mosquitto.port, protocol=protocol, username="bob", password="wrong") as rig,
    ):
        until(lambda: rig.refusals)
        assert set(rig.refusals) == {"Not authorized"}
        assert (rig.ups, rig.link.connected) == (0, False)


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


def test_without_acknowledgements_only_so_many_are_sent_and_the_rest_goes_on() -> None:
    broker = Forgetful()
    rig = Rig(broker.port)
    rig.link.start()
    until(lambda: rig.link.connected)
    for number in numbered(MAX_UNACKED + 100):
        rig.send("gift", number, QueueClass.PRIORITY)
    rig.send("chat", b"x")
    until(lambda: broker.heard == {0: 1, 1: MAX_UNACKED})
    assert len(rig.outbox) == 100
    began = time.monotonic()
    rig.link.stop(0.2)
    assert 0.2 <= time.monotonic() - began < 2
    broker.close()
    assert broker.heard == {0: 1, 1: MAX_UNACKED}


def test_no_more_messages_wait_for_an_answer_than_an_mqtt_5_broker_takes_at_once() -> None:
    receive_maximum_3 = b"\x20\x06\x00\x00\x03\x21\x00\x03"
    broker = Forgetful(receive_maximum_3)
    rig = Rig(broker.port, protocol="5")
    rig.link.start()
    until(lambda: rig.link.connected)
    for number in numbered(10):
        rig.send("gift", number, QueueClass.PRIORITY)
    rig.send("chat", b"x")
    until(lambda: broker.heard == {0: 1, 1: 3})
    assert len(rig.outbox) == 7
    rig.link.stop(0)
    broker.close()
    assert broker.heard == {0: 1, 1: 3}


def test_packets_stay_whole_when_the_broker_is_slow() -> None:
    large = [number + b"x" * 200_000 for number in numbered(60)]
    broker = Unhurried()
    rig = Rig(broker.port)
    for payload in large:
        rig.send("chat", payload)
        rig.send("gift", payload, QueueClass.PRIORITY)
    rig.link.start()
    until(lambda: rig.link._sender._writer)
    broker.read_on.set()
    until(lambda: broker.heard == {"chat": large, "gift": large})
    rig.link.stop(0.0)
    broker.close()


def test_what_is_never_acknowledged_is_sent_again_on_a_new_connection(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.sender.PATIENCE_S", 0.3)
    with MqttProxy(broker.port) as proxy, started(proxy.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        proxy.swallow_acks = True
        for number in numbered(50):
            rig.send("gift", number, QueueClass.PRIORITY)
        until(lambda: proxy.connections >= 2)
        proxy.swallow_acks = False
        until(lambda: not rig.link._sender.acks)
        assert rig.wait_once(listener, "gift", 50) == numbered(50)
    assert "acknowledges none" in caplog.text


@pytest.mark.parametrize("count", [1, 700, 5_003, 20_011])
def test_a_connection_cut_in_the_middle_of_a_packet_loses_no_priority_message(broker: Broker, count: int) -> None:
    with MqttProxy(broker.port) as proxy, started(proxy.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        proxy.cut_after(count)
        for number in numbered(300):
            rig.send("gift", number + b"x" * 100, QueueClass.PRIORITY)
            rig.send("chat", number + b"x" * 100)
        until(lambda: proxy.connections >= 2)
        until(lambda: not rig.link._sender.acks and not len(rig.outbox))
        sent = [number + b"x" * 100 for number in numbered(300)]
        assert rig.wait_once(listener, "gift", len(sent)) == sent


@pytest.mark.unmeasured
def test_a_broker_that_reads_nothing_holds_up_nobody_who_sends(broker: Broker) -> None:
    with MqttProxy(broker.port) as proxy, started(proxy.port) as rig, rig.listen(broker.port) as listener:
        until(lambda: rig.link.connected)
        proxy.reading.clear()
        began = time.monotonic()
        for number in numbered(20_000):
            rig.send("chat", number + b"x" * 500)
        rig.send("gift", b"at last", QueueClass.PRIORITY)
        assert time.monotonic() - began < 5
        until(lambda: rig.outbox.dropped["chat"] > 0)
        proxy.reading.set()
        assert rig.wait(listener, "gift", 1) == [b"at last"]
        until(lambda: not len(rig.outbox))
        assert rig.outbox.dropped["chat"] + len(listener.on(rig.topics.room("alice", "chat"))) <= 20_000


@needs_mosquitto
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_topics_that_the_broker_denies_are_said(
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
        until(lambda: not len(rig.outbox) and not rig.link._sender.acks)
        # Before MQTT 5 a broker cannot say no.
        denied = {rig.topics.room("alice", "gift"): 3} if protocol == "5" else {}
        assert rig.link.denied == denied
    said = [text for text in caplog.messages if "does not let us publish" in text]
    assert len(said) == len(denied)


def test_a_refused_subscription_is_said(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(1)
    rig.link._asked_for = list(rig.topics.subscriptions)
    reasons = [ReasonCode(PacketTypes.SUBACK, identifier=number) for number in (1, 0x80, 1)]
    rig.link._subscribed(rig.link._client, None, 1, reasons, None)
    topic = rig.topics.subscriptions[1]
    assert caplog.messages == [f"the broker does not let us subscribe to {topic}: Unspecified error"]
    rig.link.stop(0)


@needs_mosquitto
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_two_clients_of_one_name_are_noticed(tmp_path: Path, protocol: str) -> None:
    with (
        Mosquitto(tmp_path) as mosquitto,
        started(mosquitto.port, protocol=protocol, client_id="same") as first,
    ):
        until(lambda: first.link.connected)
        with started(mosquitto.port, protocol=protocol, client_id="same") as second:
            until(lambda: first.rivals or second.rivals, 20)


def test_a_broker_that_closes_before_it_answers_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        with started(server.getsockname()[1]):
            for _ in range(2):
                server.accept()[0].close()
            until(lambda: caplog.messages)
    assert caplog.messages == ["the broker closed the connection before it let us in; trying again"]


def test_a_thread_that_hangs_or_has_died_is_seen(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    # More than a turn without work, of a second.
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.link.STUCK_S", 1.5)
    release = threading.Event()
    with started(broker.port) as rig:
        until(rig.subscribed.is_set)
        rig.link._on_message = lambda *_: release.wait(10)
        with Listener(broker.port) as other:
            other.publish(rig.topics.request("list"), b"")
        until(lambda: rig.link.liveness.is_overdue(time.monotonic()))
        release.set()
        until(lambda: not rig.link.liveness.is_overdue(time.monotonic()))
    assert not rig.link.liveness.is_overdue(1e12)
