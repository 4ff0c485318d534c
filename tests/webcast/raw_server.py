"""A TCP server on loopback for one test, whose bytes are the test's own; and what RFC 6455 says of a WebSocket's."""

import base64
import hashlib
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.webcast.certificates import server_context

Serve = Callable[[socket.socket], object]
OpenServer = Callable[..., int]
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"


@pytest.fixture
def serve() -> Iterator[OpenServer]:
    """Return a function that serves connections, one after the other, and returns the port: `serve(handle, tls=False)`.

    `handle` gets each accepted connection, whose request has not been read yet.
    """
    listening: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(handle: Serve, *, tls: bool = False) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def run() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with suppress(OSError), secured(peer) if tls else peer as stream:
                    stream.settimeout(5.0)
                    handle(stream)

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        port: int = server.getsockname()[1]
        return port

    yield start
    for server in listening:
        # It wakes the thread that waits for a connection; closing alone does not.
        server.shutdown(socket.SHUT_RDWR)
        server.close()
    for thread in threads:
        thread.join(6.0)
        assert not thread.is_alive()


def secured(peer: socket.socket) -> ssl.SSLSocket:
    return server_context().wrap_socket(peer, server_side=True)


def read_request(peer: socket.socket) -> str:
    """Read up to the end of the headers."""
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        data = peer.recv(65536)
        if not data:
            raise ConnectionError
        request += data
    return request.decode()


def accept_key(request: str) -> bytes:
    """Return the Sec-WebSocket-Accept of a request (RFC 6455, section 4.2.2)."""
    found = re.search(r"Sec-WebSocket-Key: (\S+)", request)
    assert found
    return base64.b64encode(hashlib.sha1((found[1] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())


def switch(peer: socket.socket, headers: bytes = b"") -> str:
    """Answer a handshake; `headers` are added. Return the request."""
    request = read_request(peer)
    peer.sendall(SWITCHING + headers + b"Sec-WebSocket-Accept: " + accept_key(request) + b"\r\n\r\n")
    return request


def read_frame(peer: socket.socket) -> bytes:
    """Read a masked frame of a client and return its payload, of at most 125 bytes (RFC 6455, section 5.2)."""
    head = peer.recv(6, socket.MSG_WAITALL)
    payload = peer.recv(head[1] & 0x7F, socket.MSG_WAITALL)
    return bytes(byte ^ head[2 + index % 4] for index, byte in enumerate(payload))


def wait_for_end(peer: socket.socket) -> None:
    """Read until the client closes the connection."""
    with suppress(OSError):
        while peer.recv(65536):
            pass


def sends(*parts: bytes) -> Serve:
    """Return a handler that shakes hands and sends."""

    def handle(peer: socket.socket) -> None:
        switch(peer)
        for part in parts:
            peer.sendall(part)
        wait_for_end(peer)

    return handle


def drips(beginning: bytes = b"", *, every_s: float = 0.03, after_request: bool = False) -> Serve:
    """Return a handler that sends single bytes until the client closes the connection."""

    def handle(peer: socket.socket) -> None:
        if after_request:
            read_request(peer)
        peer.sendall(beginning)
        while True:
            peer.sendall(b".")
            time.sleep(every_s)

    return handle


def long_frame(first: int, size: int) -> bytes:
    """Return the head of a frame with a length of 64 bits (RFC 6455, section 5.2)."""
    return struct.pack("!BBQ", first, 127, size)
