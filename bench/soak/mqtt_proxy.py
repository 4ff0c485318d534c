"""A TCP proxy before a broker that does what networks and brokers do on a bad day, and keeps the books of it."""

import contextlib
import io
import socket
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Final, Self

_PUBLISH: Final = 3
_PUBACK: Final = 4
_QOS: Final = 0x06
_GOES_ON: Final = 0x80
_CHUNK: Final = 65536
Heard = Callable[[str, bytes], object]


class MqttProxy:
    """Forwards to `target` on loopback, as a context manager; `port` is where clients connect.

    May be told at any time:

    - `swallow_acks`: the broker's PUBACKs are lost.
    - `cut_after(count)`: the connection is reset when `count` more bytes of the client have gone through, in the
      middle of a packet or not.
    - `reading` cleared: nothing of the client is read, until it is set again.

    `on_delivered(topic, payload)` is called for each PUBLISH of QoS 1 when the broker acknowledges it, whether the
    client hears of it or not, and `on_streamed` for each of QoS 0 that the broker is given. MQTT 3.1.1.
    """

    def __init__(
        self, target: int, on_delivered: Heard = lambda *_: None, on_streamed: Heard = lambda *_: None
    ) -> None:
        self.swallow_acks = False
        self.connections = 0
        self.reading = threading.Event()
        self.reading.set()
        self._target = target
        self._on_delivered = on_delivered
        self._on_streamed = on_streamed
        self._left: int | None = None
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def cut_after(self, count: int) -> None:
        """Reset the connection after so many more bytes of the client."""
        self._left = count

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.reading.set()
        # Closing a listening socket does not end a blocked accept; a shutdown does.
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for sock in self._sockets:
            _end(sock)
        for thread in self._threads:
            thread.join(5)
        for sock in self._sockets:
            sock.close()

    def _start(self, work: Callable[[], object]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            try:
                broker = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                # The broker is away.
                client.close()
                continue
            self.connections += 1
            self._sockets += [client, broker]
            books = _Books(self._on_delivered, self._on_streamed)
            self._start(partial(self._upwards, client, broker, books))
            self._start(partial(self._downwards, broker, client, books))

    def _upwards(self, client: socket.socket, broker: socket.socket, books: "_Books") -> None:
        with contextlib.suppress(OSError):
            while True:
                self.reading.wait()
                data = client.recv(_CHUNK)
                if not data:
                    break
                is_cut = self._left is not None and len(data) >= self._left
                data = data[: self._left] if is_cut else data
                # Before the broker can answer.
                books.sent(data)
                broker.sendall(data)
                if is_cut:
                    self._left = None
                    break
                if self._left is not None:
                    self._left -= len(data)
        _end(client)
        _end(broker)

    def _downwards(self, broker: socket.socket, client: socket.socket, books: "_Books") -> None:
        with contextlib.suppress(OSError), broker.makefile("rb") as stream:
            while head := stream.read(1):
                length, digits = _remaining_length(stream.read)
                body = stream.read(length)
                is_ack = head[0] >> 4 == _PUBACK
                if is_ack:
                    books.acknowledged(body)
                if not (self.swallow_acks and is_ack):
                    client.sendall(head + digits + body)
        _end(client)
        _end(broker)


class _Books:
    """What one client publishes, and what of it the broker has acknowledged."""

    def __init__(self, on_delivered: Heard, on_streamed: Heard) -> None:
        self._on_delivered = on_delivered
        self._on_streamed = on_streamed
        self._unread = bytearray()
        self._waiting: dict[bytes, tuple[str, bytes]] = {}

    def sent(self, data: bytes) -> None:
        """Take bytes of the client, in whatever pieces they come."""
        self._unread += data
        while (packet := self._packet()) is not None:
            first, body = packet
            if first >> 4 == _PUBLISH:
                self._published(first, body)

    def _packet(self) -> tuple[int, bytes] | None:
        """Take the next whole packet, as its first byte and what follows its length."""
        stream = io.BytesIO(self._unread)
        first = stream.read(1)
        try:
            length, _ = _remaining_length(stream.read)
        except IndexError:
            return None
        body = stream.read(length)
        if len(body) < length:
            return None
        del self._unread[: stream.tell()]
        return first[0], body

    def _published(self, first: int, body: bytes) -> None:
        end = 2 + int.from_bytes(body[:2])
        topic = body[2:end].decode()
        if first & _QOS:
            self._waiting[body[end : end + 2]] = topic, body[end + 2 :]
        else:
            self._on_streamed(topic, body[end:])

    def acknowledged(self, body: bytes) -> None:
        """Take what a PUBACK says."""
        if (message := self._waiting.pop(body[:2], None)) is not None:
            self._on_delivered(*message)


def _end(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _remaining_length(read: Callable[[int], bytes]) -> tuple[int, bytes]:
    """Source: MQTT 3.1.1 section 2.2.3."""
    length, digits = 0, b""
    while True:
        byte = read(1)
        length |= (byte[0] & 0x7F) << 7 * len(digits)
        digits += byte
        if byte[0] < _GOES_ON:
            return length, digits
