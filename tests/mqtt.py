"""MQTT for tests: real brokers on loopback, and a client that stores the messages it receives."""

import secrets
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

import orjson
from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.helpers import until
from tiktok2mqtt.common.mqtt import disable_nagle

TIMEOUT_S: Final = 30.0
MOSQUITTO: Final = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """Return a free port below the range of ephemeral ports, which starts at 32,768 on Linux."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class Broker(Protocol):
    """A broker that tests can restart. It keeps its port, but no messages."""

    port: int

    def start(self) -> None: ...

    def stop(self) -> None: ...


def keeps_qos(broker: Broker) -> bool:
    """Whether messages are delivered with the QoS they were published with. rumqttd uses that of the subscription."""
    return isinstance(broker, Mosquitto)


class Mosquitto:
    """Mosquitto on `port`, without persistence. `lines` are added to its configuration."""

    def __init__(self, folder: Path, *lines: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self._config = folder / f"mosquitto-{self.port}.conf"
        access = [] if any(line.startswith("allow_anonymous") for line in lines) else ["allow_anonymous true"]
        # If started as root, it would switch to a user that cannot read the temporary folder. By default, it drops what
        # a slow subscriber has not received after 1,000 messages: the test's own listener must get all of them.
        defaults = [
            "set_tcp_nodelay true",
            "max_queued_messages 1000000",
            f"listener {self.port} 127.0.0.1",
            "user root",
        ]
        self._config.write_text("\n".join([*defaults, *access, *lines, ""]))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until it listens."""
        assert MOSQUITTO is not None
        command = [MOSQUITTO, "-c", str(self._config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._is_listening)

    def stop(self) -> None:
        """Stop the process. May be called twice."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(TIMEOUT_S)

    def _is_listening(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"mosquitto rejects {self._config.read_text()}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class Received:
    """A received message; `retain` is true if it is a retained one from before the subscription."""

    topic: str
    payload: bytes
    qos: int
    retain: bool

    @property
    def json(self) -> Any:
        """The decoded JSON payload."""
        return orjson.loads(self.payload)


class Listener:
    """A client that subscribes to topics with QoS 1 and stores all messages in `messages`. A context manager."""

    def __init__(
        self,
        port: int,
        topics: Iterable[str] = ("#",),
        *,
        protocol: MQTTProtocolVersion = MQTTv311,
        prepare: Callable[[Client], object] = lambda _client: None,
    ) -> None:
        self.messages: list[Received] = []
        self._port = port
        self._topics = [(topic, 1) for topic in topics]
        self._subscribed = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=protocol)
        self._client.on_message = self._received
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_connect = self._connected
        self._client.on_socket_open = lambda _client, _data, sock: disable_nagle(sock)
        prepare(self._client)

    def _connected(self, client: Client, *_: Any) -> None:
        client.subscribe(self._topics)

    def _received(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.messages.append(Received(message.topic, bytes(message.payload), message.qos, message.retain))

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        assert self._subscribed.wait(TIMEOUT_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
        """Publish with QoS 1; returns when the broker has acknowledged it."""
        self._client.publish(topic, payload, 1, retain).wait_for_publish(TIMEOUT_S)

    def send(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish with QoS 0, without waiting."""
        self._client.publish(topic, payload, 0, retain)

    def on(self, topic: str) -> list[Received]:
        """Return the messages received on a topic so far."""
        return [message for message in list(self.messages) if message.topic == topic]

    def wait(
        self,
        topic: str,
        predicate: Callable[[Received], object] = lambda _message: True,
        timeout: float = TIMEOUT_S,
    ) -> Received:
        """Return the first message on a topic for which `predicate` is true; wait for it if necessary."""
        found: list[Received] = []

        def is_received() -> bool:
            found[:] = [message for message in self.on(topic) if predicate(message)]
            return bool(found)

        try:
            until(is_received, timeout)
        except AssertionError:
            received = [message.payload for message in self.on(topic)] or {message.topic for message in self.messages}
            raise AssertionError(f"{topic}: not within {timeout:g} s; received {received}") from None
        return found[0]
