import socket
import sys
import threading
from pathlib import Path

import pytest

from tests.bridge.mqtt.link_rig import WELCOME, Rig, never_look_unasked, numbered, started
from tests.certificates import OPENSSL, make_certificates, server_context
from tests.helpers import until
from tests.mqtt import MOSQUITTO, Mosquitto
from tiktok2mqtt.bridge.mqtt.policies import QueueClass

needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")


@needs_mosquitto
@pytest.mark.parametrize("at_once", [1, 2, 3, 4, 20])
def test_an_mqtt_5_broker_that_takes_few_at_once_gets_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    never_look_unasked(monkeypatch)
    with (
        Mosquitto(tmp_path, f"max_inflight_messages {at_once}") as mosquitto,
        started(mosquitto.port, protocol="5") as rig,
        rig.listen(mosquitto.port) as listener,
    ):
        until(rig.subscribed.is_set)
        assert rig.link._sender.acks.limit == at_once
        for number in numbered(100):
            rig.send("gift", number, QueueClass.PRIORITY)
        assert rig.wait(listener, "gift", 100) == numbered(100)


@needs_mosquitto
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it may wake for each of them")
@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_a_few_acknowledgements_wake_nobody_but_many_and_commands_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    never_look_unasked(monkeypatch)
    with (
        Mosquitto(tmp_path) as mosquitto,
        started(mosquitto.port, protocol=protocol) as rig,
        rig.listen(mosquitto.port) as listener,
    ):
        until(rig.subscribed.is_set)
        acks = rig.link._sender.acks
        # The first `flush` may still find the link busy with the answer to its subscription.
        until(lambda: rig.link._waiting)
        for number in numbered(3):
            rig.send("gift", number, QueueClass.PRIORITY)
            # The broker answers before it reads what comes next.
            rig.send("chat", number)
            rig.wait(listener, "chat", int(number) + 1)
        assert len(acks) == 3
        listener.publish(f"{rig.topics.base}/a/set", b"")
        until(lambda: rig.received)
        assert rig.received == [(f"{rig.topics.base}/a/set", b"", False)]
        for number in numbered(20):
            rig.send("gift", number, QueueClass.PRIORITY)
        until(lambda: len(acks) < 20)
        # Those that are left are read when there is something to write, or it is time to leave.
        rig.link.stop(3.0)
        assert not acks


def _publish_packet(topic: str, payload: bytes) -> bytes:
    name = topic.encode()
    rest = len(name).to_bytes(2, "big") + name + payload
    return bytes((0x30, len(rest))) + rest


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_commands_that_come_in_one_tls_record_are_all_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_look_unasked(monkeypatch)
    certificates = make_certificates(tmp_path)
    context = server_context(certificates)
    go_on = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        rig = Rig(server.getsockname()[1], tls=True, ca_file=certificates / "ca.pem")
        topic = rig.topics.request("list")

        def serve() -> None:
            connection, _ = server.accept()
            with context.wrap_socket(connection, server_side=True) as secured:
                secured.sendall(WELCOME)
                go_on.wait(10)
                # One call of this length makes one record.
                secured.sendall(b"".join(_publish_packet(topic, number) for number in numbered(5)))
                while secured.recv(4096):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        rig.link.start()
        until(lambda: rig.link.connected and rig.link._waiting)
        go_on.set()
        until(lambda: len(rig.received) == 5)
        assert rig.received == [(topic, number, False) for number in numbered(5)]
        rig.link.stop(0)
        thread.join(5)
