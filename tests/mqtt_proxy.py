"""A TCP proxy before a broker that does what networks and brokers do on a bad day."""

import contextlib
import socket
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Final, Self

_PUBACK: Final = 4
_CHUNK: Final = 65536


class MqttProxy:
    """Forwards to `target` on loopback. A context manager; `port` is where clients connect. May be told at any time:

    - `swallow_acks`: the broker's PUBACKs are lost.
    - `cut_after(count)`: the connection is reset when `count` more bytes of the client have gone through, in the
      middle of a packet or not.
    - `reading` cleared: nothing of the client is read, until it is set again.
    """

    def __init__(self, target: int) -> None:
        self.swallow_acks = False
        self.connections = 0
        self.reading = threading.Event()
        self.reading.set()
        self._target = target
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
                broker = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self.connections += 1
            self._sockets += [client, broker]
            self._start(partial(self._upwards, client, broker))
            self._start(partial(self._downwards, broker, client))

    def _upwards(self, client: socket.socket, broker: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.reading.wait()
                data = client.recv(_CHUNK)
                if not data:
                    break
                if self._left is not None and len(data) >= self._left:
                    broker.sendall(data[: self._left])
                    self._left = None
                    break
                if self._left is not None:
                    self._left -= len(data)
                broker.sendall(data)
        _end(client)
        _end(broker)

    def _downwards(self, broker: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError), broker.makefile("rb") as stream:
            while head := stream.read(1):
                length, digits = _remaining_length(stream.read)
                body = stream.read(length)
                if not (self.swallow_acks and head[0] >> 4 == _PUBACK):
                    client.sendall(head + digits + body)
        _end(client)
        _end(broker)


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
        if byte[0] < 0x80:
            return length, digits
