"""A broker that refuses what a test wants it to refuse, in any number of connections."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from tests.bridge.mqtt.link_rig import remaining_length
from tests.mqtt import TIMEOUT_S

_ACCEPTED: Final = 0
_NO_PROPERTIES: Final = b"\0"


@dataclass(frozen=True, slots=True)
class Publish:
    """A PUBLISH that was received; `size` is that of the packet."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    size: int

    @property
    def leaf(self) -> str:
        """The last level of the topic."""
        return self.topic.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Connect:
    """What a CONNECT says about the will."""

    will_qos: int
    will_retain: bool


class StrictBroker:
    """Serves one connection after the other, as a context manager.

    `answer(publish)` returns the reason code of a PUBACK (with MQTT 3.1.1 there is only 0), or packets that are sent
    before the connection is closed. `connack(connect)` returns the reason code and the properties of a CONNACK.

    `received` has every PUBLISH, `accepted` those that were not refused, `connects` every CONNECT.
    """

    def __init__(
        self,
        answer: Callable[[Publish], int | bytes] = lambda _publish: _ACCEPTED,
        *,
        protocol: str = "5",
        connack: Callable[[Connect], tuple[int, bytes]] = lambda _connect: (_ACCEPTED, b""),
    ) -> None:
        self.received: list[Publish] = []
        self.accepted: list[Publish] = []
        self.connects: list[Connect] = []
        self._answer = answer
        self._connack = connack
        self._is_mqtt_5 = protocol == "5"
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._stopping = False
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join(TIMEOUT_S)
        self._server.close()

    def payloads(self, leaf: str) -> list[bytes]:
        """Return the payloads that were accepted on a topic with this last level."""
        return [publish.payload for publish in list(self.accepted) if publish.leaf == leaf]

    def _run(self) -> None:
        while not self._stopping:
            with suppress(OSError, ValueError):
                connection, _ = self._server.accept()
                connection.settimeout(TIMEOUT_S)
                with connection, connection.makefile("rb") as stream:
                    while (head := stream.read(1)) and not self._stopping:
                        body = stream.read(remaining_length(stream.read))
                        self._take(connection, head[0], body)

    def _take(self, connection: socket.socket, head: int, body: bytes) -> None:
        """Answer one packet. Raises OSError to close the connection."""
        match head >> 4:
            case 1:
                # After the name and the level of the protocol.
                connect = Connect(body[7] >> 3 & 3, bool(body[7] & 0x20))
                self.connects.append(connect)
                code, properties = self._connack(connect)
                more = bytes((len(properties),)) + properties if self._is_mqtt_5 else b""
                connection.sendall(bytes((0x20, 2 + len(more), 0, code)) + more)
                if code:
                    raise ConnectionAbortedError
            case 3:
                self._take_publish(connection, head, body)
            case 8:
                properties = _NO_PROPERTIES if self._is_mqtt_5 else b""
                connection.sendall(bytes((0x90, 3 + len(properties))) + body[:2] + properties + b"\x01")

    def _take_publish(self, connection: socket.socket, head: int, body: bytes) -> None:
        qos, end = head >> 1 & 3, 2 + int.from_bytes(body[:2], "big")
        packet_id, payload = body[end : end + 2] if qos else b"", body[end + (2 if qos else 0) :]
        if self._is_mqtt_5:
            payload = payload[1 + payload[0] :]
        publish = Publish(body[2:end].decode(), payload, qos, bool(head & 1), 2 + len(body))
        self.received.append(publish)
        answer = self._answer(publish)
        if isinstance(answer, bytes):
            connection.sendall(answer)
            raise ConnectionAbortedError
        if answer < 0x80:
            self.accepted.append(publish)
        if qos:
            code = bytes((answer,)) if self._is_mqtt_5 else b""
            connection.sendall(bytes((0x40, 2 + len(code))) + packet_id + code)
