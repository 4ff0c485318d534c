"""A TCP proxy in front of a broker that injects faults and reports which messages the broker has acknowledged."""

import contextlib
import io
import socket
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Final, Self

_CONNECT: Final = 1
_PUBLISH: Final = 3
_PUBACK: Final = 4
_QOS: Final = 0x06
_MQTT_5: Final = 5
_LEVEL_OFFSET: Final = 6
# Reason codes from this one on are failures. Source: MQTT 5, section 2.4.
_FAILURE: Final = 0x80
_CONTINUATION: Final = 0x80
_CHUNK: Final = 65536
OnMessage = Callable[[str, bytes], object]


class MqttProxy:
    """Forwards MQTT 3.1.1 or 5 to port `target` on loopback, as a context manager; clients connect to `port`.

    Faults, which can be set at any time:

    - `swallow_acks`: the broker's PUBACKs are not forwarded.
    - `cut_after(count)`: the connection is closed after `count` more bytes from the client, even within a packet.
    - `reading` cleared: nothing more from the client is forwarded until it is set again.

    `on_delivered(topic, payload)` is called for each PUBLISH with QoS 1 when the broker acknowledges it, even if the
    PUBACK is not forwarded, and `on_streamed` for each PUBLISH with QoS 0 before it is forwarded.
    """

    def __init__(
        self, target: int, on_delivered: OnMessage = lambda *_: None, on_streamed: OnMessage = lambda *_: None
    ) -> None:
        self.swallow_acks = False
        self.connections = 0
        self.reading = threading.Event()
        self.reading.set()
        self.target = target
        self._on_delivered = on_delivered
        self._on_streamed = on_streamed
        self._cut_in: int | None = None
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def cut_after(self, count: int) -> None:
        """Close the connection after `count` more bytes from the client."""
        self._cut_in = count

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reading.set()
        # Closing a listening socket does not end a blocked accept; shutting it down does.
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for sock in self._sockets:
            _shutdown(sock)
        for thread in self._threads:
            thread.join(5)
        for sock in self._sockets:
            sock.close()

    def _start(self, target: Callable[[], object]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            try:
                broker = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                # The broker is not running.
                client.close()
                continue
            self.connections += 1
            self._sockets += [client, broker]
            publishes = _Publishes(self._on_delivered, self._on_streamed)
            self._start(partial(self._client_to_broker, client, broker, publishes))
            self._start(partial(self._broker_to_client, broker, client, publishes))

    def _client_to_broker(self, client: socket.socket, broker: socket.socket, publishes: "_Publishes") -> None:
        with contextlib.suppress(OSError):
            while True:
                data = client.recv(_CHUNK)
                self.reading.wait()
                if not data:
                    break
                is_cut = self._cut_in is not None and len(data) >= self._cut_in
                data = data[: self._cut_in] if is_cut else data
                # Before the broker can acknowledge it.
                publishes.feed(data)
                broker.sendall(data)
                if is_cut:
                    self._cut_in = None
                    break
                if self._cut_in is not None:
                    self._cut_in -= len(data)
        _shutdown(client)
        _shutdown(broker)

    def _broker_to_client(self, broker: socket.socket, client: socket.socket, publishes: "_Publishes") -> None:
        with contextlib.suppress(OSError), broker.makefile("rb") as stream:
            while head := stream.read(1):
                length, digits = _remaining_length(stream.read)
                body = stream.read(length)
                is_ack = head[0] >> 4 == _PUBACK
                if is_ack:
                    publishes.acknowledge(body)
                if not (self.swallow_acks and is_ack):
                    client.sendall(head + digits + body)
        _shutdown(client)
        _shutdown(broker)


class _Publishes:
    """Parses what one client publishes, and matches it with the broker's acknowledgements."""

    def __init__(self, on_delivered: OnMessage, on_streamed: OnMessage) -> None:
        self._on_delivered = on_delivered
        self._on_streamed = on_streamed
        self._buffer = bytearray()
        self._unacknowledged: dict[bytes, tuple[str, bytes]] = {}
        self._is_mqtt_5 = False

    def feed(self, data: bytes) -> None:
        """Parse bytes from the client; packets may be split anywhere."""
        self._buffer += data
        while (packet := self._next_packet()) is not None:
            first, body = packet
            if first >> 4 == _CONNECT:
                self._is_mqtt_5 = body[_LEVEL_OFFSET] == _MQTT_5
            if first >> 4 == _PUBLISH:
                self._add(first, body)

    def _next_packet(self) -> tuple[int, bytes] | None:
        """Remove and return the next complete packet: its first byte, and the bytes after its length."""
        stream = io.BytesIO(self._buffer)
        first = stream.read(1)
        try:
            length, _ = _remaining_length(stream.read)
        except IndexError:
            return None
        body = stream.read(length)
        if len(body) < length:
            return None
        del self._buffer[: stream.tell()]
        return first[0], body

    def _add(self, first: int, body: bytes) -> None:
        stream = io.BytesIO(body)
        topic = stream.read(int.from_bytes(stream.read(2))).decode()
        number = stream.read(2) if first & _QOS else None
        if self._is_mqtt_5:
            length, _ = _remaining_length(stream.read)
            stream.read(length)
        if number is not None:
            self._unacknowledged[number] = topic, stream.read()
        else:
            self._on_streamed(topic, stream.read())

    def acknowledge(self, body: bytes) -> None:
        """Report the message of a PUBACK as delivered, unless the broker has refused it."""
        message = self._unacknowledged.pop(body[:2], None)
        if message is not None and not (body[2:3] and body[2] >= _FAILURE):
            self._on_delivered(*message)


def _shutdown(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _remaining_length(read: Callable[[int], bytes]) -> tuple[int, bytes]:
    """Return the value and its encoded bytes. Source: MQTT 3.1.1, section 2.2.3."""
    length, digits = 0, b""
    while True:
        byte = read(1)
        length |= (byte[0] & 0x7F) << 7 * len(digits)
        digits += byte
        if byte[0] < _CONTINUATION:
            return length, digits
