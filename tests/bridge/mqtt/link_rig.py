"""A link under test, brokers that misbehave, and a machine that is busy or has many open files."""

import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from selectors import DefaultSelector, SelectorKey
from types import TracebackType
from typing import Any, Final, Self

import pytest

from tests.helpers import until
from tests.mqtt import TIMEOUT_S, Listener
from tiktok2mqtt.bridge.mqtt.link import Link
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass
from tiktok2mqtt.common.topics import Topics
from tiktok2mqtt.settings import MqttSettings

NUMBERS = itertools.count()
# CONNACKs that accept the connection.
CONNACK: Final = b"\x20\x02\x00\x00"
CONNACK_5: Final = b"\x20\x03\x00\x00\x00"


class RecordingOutbox(Outbox):
    """An outbox that records what the broker has acknowledged."""

    def __init__(self) -> None:
        super().__init__()
        self.acknowledged: list[Message] = []

    def done(self, messages: Iterable[Message]) -> None:
        messages = list(messages)
        super().done(messages)
        self.acknowledged += messages


class Rig:
    """A link with topics of its own, and a record of its callbacks."""

    def __init__(self, port: int, **settings: Any) -> None:
        number = next(NUMBERS)
        self.topics = Topics(f"link{number}", discovery_prefix=f"ha{number}")
        self.connects = 0
        self.refusals: list[str] = []
        self.takeovers = 0
        self.received: list[tuple[str, bytes, bool]] = []
        self.outbox = RecordingOutbox()
        self.on_connected: Callable[[], object] = lambda: None
        self.on_message: Callable[[str, bytes, bool], object] = lambda *message: self.received.append(message)
        self._probe = self.topics.request("probe")
        self._probes = 0
        defaults = {"host": "127.0.0.1", "port": port, "client_id": f"link{number}"}
        self.link = Link(
            MqttSettings.model_validate(defaults | settings),
            self.topics,
            self.outbox,
            on_connected=self._connected,
            on_message=self._message,
            on_login_refused=self.refusals.append,
            on_takeover=self._taken_over,
        )

    def _connected(self) -> None:
        self.connects += 1
        self.on_connected()

    def _message(self, topic: str, payload: bytes, retained: bool) -> None:
        if topic == self._probe:
            self._probes += 1
        else:
            self.on_message(topic, payload, retained)

    def _taken_over(self) -> None:
        self.takeovers += 1

    def send(
        self, leaf: str, payload: bytes = b"", queue_class: QueueClass = QueueClass.STREAMING, age_s: float = 0.0
    ) -> None:
        """Send at the usual QoS of the class; state is retained."""
        at = time.monotonic() - age_s
        qos = int(queue_class is not QueueClass.STREAMING)
        retain = queue_class is QueueClass.STATE
        self.link.send(Message(self.topics.room("alice", leaf), payload, qos, retain, queue_class, at, leaf))

    def listen(self, port: int) -> Listener:
        return Listener(port, [f"{self.topics.base}/#"])

    def wait_until_subscribed(self, listener: Listener) -> None:
        """Return when the link receives what `listener` publishes."""
        before = self._probes

        def is_received() -> bool:
            listener.publish(self._probe, b"")
            return self._probes > before

        until(is_received)

    def wait(self, listener: Listener, leaf: str, count: int) -> list[bytes]:
        """Return the payloads on a leaf as soon as there are `count`."""
        topic = self.topics.room("alice", leaf)
        until(lambda: len(listener.on(topic)) >= count)
        return [message.payload for message in listener.on(topic)]

    def wait_without_repeats(self, listener: Listener, leaf: str, count: int) -> list[bytes]:
        """Return the distinct payloads on a leaf as soon as there are `count` of them."""
        topic = self.topics.room("alice", leaf)
        distinct: dict[bytes, None] = {}

        def is_complete() -> bool:
            distinct.update(dict.fromkeys(message.payload for message in listener.on(topic)))
            return len(distinct) >= count

        until(is_complete)
        return list(distinct)


@contextmanager
def started(
    port: int, *, prepare: Callable[[Rig], object] = lambda _rig: None, flush_s: float = 3.0, **settings: Any
) -> Iterator[Rig]:
    """Start a link after `prepare`, and stop it at the end."""
    rig = Rig(port, **settings)
    prepare(rig)
    rig.link.start()
    try:
        yield rig
    finally:
        rig.link.stop(flush_s)


def numbered(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


def without_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the link's thread run only when something wakes it."""
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.link.SELECT_TIMEOUT_S", 60.0)


class HeldSelector(DefaultSelector):
    """Once connected, holds the link's thread just before it waits, as a busy machine may, until `released` is set.

    `held` says that it does.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Become the selector of the next link."""
        super().__init__()
        self.held = threading.Event()
        self.released = threading.Event()
        self._hold = threading.Event()
        monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.link.DefaultSelector", lambda: self)

    def prepare(self, rig: Rig) -> None:
        """See `started`."""
        rig.on_connected = self._hold.set

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        if self._hold.is_set() and not self.released.is_set():
            self.held.set()
            self.released.wait(2 * TIMEOUT_S)
        return super().select(timeout)


@contextmanager
def descriptors_beyond_select() -> Iterator[None]:
    """Use up all descriptors below 1,024, the limit of select()."""
    resource = pytest.importorskip("resource", reason="needs POSIX limits")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limits = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    needed = 2_048
    if hard in limits and hard < needed:
        pytest.skip(f"needs {needed} open files, the hard limit is {hard}")
    if soft in limits and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    opened: list[int] = []
    try:
        while not opened or opened[-1] < 1_100:
            opened.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        for descriptor in opened:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class FakeBroker:
    """Serves one connection in a thread, as a context manager, and acknowledges the first `pubacks` PUBLISH packets.

    It answers CONNECT with `connack`, and SUBSCRIBE with the codes of `suback` unless they are empty. After a CONNECT
    it waits until `reading` is set. `publishes` has (QoS, third level of the topic, payload), `packets` all types.
    """

    def __init__(
        self, connack: bytes = CONNACK, *, suback: bytes = b"", pubacks: float = 0, reading: bool = True
    ) -> None:
        self.publishes: list[tuple[int, str, bytes]] = []
        self.packets: list[int] = []
        self.reading = threading.Event()
        if reading:
            self.reading.set()
        self._connack = connack
        self._suback = suback
        self._pubacks = pubacks
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reading.set()
        # Ends an accept() that nobody answered.
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join(TIMEOUT_S)
        self._server.close()

    def count(self, qos: int) -> int:
        """Return how many PUBLISH packets of a QoS have come."""
        return sum(publish[0] == qos for publish in self.publishes)

    def payloads(self, leaf: str) -> list[bytes]:
        return [payload for _, level, payload in self.publishes if level == leaf]

    def _serve(self) -> None:
        with suppress(OSError):
            connection, _ = self._server.accept()
            with connection, connection.makefile("rb") as stream:
                while head := stream.read(1):
                    body = stream.read(remaining_length(stream.read))
                    self._take(connection, head[0], body)

    def _take(self, connection: socket.socket, head: int, body: bytes) -> None:
        self.packets.append(head >> 4)
        match head >> 4:
            case 1:
                connection.sendall(self._connack)
                self.reading.wait(TIMEOUT_S)
            case 3:
                qos = head >> 1 & 3
                end = 2 + int.from_bytes(body[:2], "big")
                self.publishes.append((qos, body[2:end].decode().split("/")[2], body[end + 2 * qos :]))
                if qos and self.count(1) <= self._pubacks:
                    connection.sendall(b"\x40\x02" + body[end : end + 2])
            case 8 if self._suback:
                connection.sendall(bytes((0x90, 2 + len(self._suback))) + body[:2] + self._suback)


def remaining_length(read: Callable[[int], bytes]) -> int:
    """Read the remaining length of a packet."""
    length = shift = 0
    while True:
        (byte,) = read(1)
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return length
