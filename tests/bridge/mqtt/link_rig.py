"""A link to be tried, and brokers that misbehave."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from tests.helpers import until
from tests.mqtt import Listener
from tiktok2mqtt.bridge.mqtt.link import Link
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import MqttSettings

NUMBERS = itertools.count()
# A CONNACK that accepts, of MQTT 3.1.1.
WELCOME: Final = b"\x20\x02\x00\x00"


class Rig:
    """A link on topics of its own, and what it told."""

    def __init__(self, port: int, **settings: Any) -> None:
        number = next(NUMBERS)
        self.topics = Topics(f"link{number}", discovery_prefix=f"ha{number}")
        self.ups = 0
        self.refusals: list[str] = []
        self.rivals = 0
        self.received: list[tuple[str, bytes, bool]] = []
        self.outbox = Outbox()
        defaults = {"host": "127.0.0.1", "port": port, "client_id": f"link{number}"}
        mqtt = MqttSettings.model_validate(defaults | settings)
        self.link = Link(
            mqtt,
            self.topics,
            self.outbox,
            on_up=self._up,
            on_message=lambda *message: self.received.append(message),
            on_refused=self.refusals.append,
            on_rival=self._rivalled,
        )
        self.subscribed = threading.Event()
        self.link._client.on_subscribe = self._subscribed

    def _up(self) -> None:
        self.ups += 1

    def _subscribed(self, *answer: Any) -> None:
        self.link._subscribed(*answer)
        self.subscribed.set()

    def _rivalled(self) -> None:
        self.rivals += 1

    def send(
        self, leaf: str, payload: bytes = b"", queue_class: QueueClass = QueueClass.STREAMING, age_s: float = 0.0
    ) -> None:
        """Send at the QoS that is usual for the class; state is retained."""
        at = time.monotonic() - age_s
        topic = self.topics.room("alice", leaf)
        self.link.send(
            Message(
                topic,
                payload,
                int(queue_class is not QueueClass.STREAMING),
                queue_class is QueueClass.STATE,
                queue_class,
                at,
                leaf,
            )
        )

    def listen(self, port: int) -> Listener:
        return Listener(port, [f"{self.topics.base}/#"])

    def wait(self, listener: Listener, leaf: str, count: int) -> list[bytes]:
        """Return the payloads on a leaf as soon as there are `count`."""
        topic = self.topics.room("alice", leaf)
        until(lambda: len(listener.on(topic)) >= count)
        return [message.payload for message in listener.on(topic)]

    def wait_once(self, listener: Listener, leaf: str, count: int) -> list[bytes]:
        """Return the payloads on a leaf, without their repetitions, as soon as there are `count` of them."""
        topic = self.topics.room("alice", leaf)
        once: dict[bytes, None] = {}

        def look() -> bool:
            once.update(dict.fromkeys(message.payload for message in listener.on(topic)))
            return len(once) >= count

        until(look)
        return list(once)


@contextmanager
def started(port: int, **settings: Any) -> Iterator[Rig]:
    rig = Rig(port, **settings)
    rig.link.start()
    try:
        yield rig
    finally:
        rig.link.stop(3.0)


def numbered(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


def never_look_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the link read only when there is something that wakes it."""
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.link.PATIENCE_S", 60.0)
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.link.ACKS_GATHER_S", 60.0)


class _OneConnection:
    """Serves one connection in a thread."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self._thread.join(5)
        self._server.close()


class Forgetful(_OneConnection):
    """A broker that accepts a client and acknowledges nothing; `heard` counts its PUBLISH packets by QoS."""

    def __init__(self, welcome: bytes = WELCOME) -> None:
        self.heard = {0: 0, 1: 0}
        self._welcome = welcome
        super().__init__()

    def _serve(self) -> None:
        connection, _ = self._server.accept()
        with connection, connection.makefile("rb") as stream:
            while head := stream.read(1):
                stream.read(_remaining_length(stream.read))
                if head[0] >> 4 == 1:
                    connection.sendall(self._welcome)
                elif head[0] >> 4 == 3:
                    self.heard[head[0] >> 1 & 3] += 1


def _remaining_length(read: Callable[[int], bytes]) -> int:
    length = shift = 0
    while True:
        (byte,) = read(1)
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return length


class Unhurried(_OneConnection):
    """A broker that accepts a client, reads nothing until it is told, and then keeps every PUBLISH by topic level 3."""

    def __init__(self) -> None:
        self.heard: dict[str, list[bytes]] = {}
        self.read_on = threading.Event()
        super().__init__()

    def _serve(self) -> None:
        connection, _ = self._server.accept()
        with connection, connection.makefile("rb") as stream:
            while head := stream.read(1):
                body = stream.read(_remaining_length(stream.read))
                if head[0] >> 4 == 1:
                    connection.sendall(WELCOME)
                    self.read_on.wait(10)
                elif head[0] >> 4 == 3:
                    end = 2 + int.from_bytes(body[:2], "big")
                    leaf = body[2:end].decode().split("/")[2]
                    self.heard.setdefault(leaf, []).append(body[end + (head[0] >> 1 & 1) * 2 :])
