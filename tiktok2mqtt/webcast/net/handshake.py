"""Limits what a peer can do during a handshake, which websocket-client and python-socks do not."""

import io
from typing import Any, Final

from tiktok2mqtt.common.times import seconds_left

# Of all that is received during one handshake.
MAX_HANDSHAKE_BYTES: Final = 64 * 1024


class HandshakeSocket:
    """A connection during a handshake. It behaves like the socket in it, except that `recv` has limits.

    The libraries lack them, so these lines are ours:

    - websocket-client and python-socks have a timeout for each `recv`, but none for the whole answer. `deadline`
      (monotonic, in seconds) stops a peer that sends byte after byte.
    - websocket-client reads any number of headers, and the whole body of a refusal, into memory.
    - websocket-client keeps the cookies of all handshakes in one jar of the process and sends them with later
      handshakes to the same domain, so a room would send the cookies of another one. Here it never receives a
      Set-Cookie header; we do not need them.
    - python-socks takes what the first `recv` returns for the whole answer of an HTTP proxy. Here that is all of its
      headers, and nothing after them.

    `is_http` is False for a handshake that is not HTTP (SOCKS, TLS): only time and size are limited.
    """

    def __init__(self, stream: Any, deadline: float, *, is_http: bool = True) -> None:
        self._stream = stream
        self._deadline = deadline
        self._bytes_left = MAX_HANDSHAKE_BYTES
        self._head = None if is_http else io.BytesIO()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def recv(self, size: int) -> bytes:
        """Return at least one byte. Raises TimeoutError, or ConnectionError at the end of the stream or the limit."""
        if self._head is None:
            self._head = io.BytesIO(self._read_head())
        return self._head.read(size) or self._read(size)

    def _read_head(self) -> bytes:
        lines: list[bytes] = []
        while not lines or lines[-1].strip():
            line = bytearray()
            while not line.endswith(b"\n"):
                line += self._read(1)
            # Compared as websocket-client does.
            if line.decode("utf-8", "replace").strip().partition(":")[0].lower() != "set-cookie":
                lines.append(bytes(line))
        return b"".join(lines)

    def _read(self, size: int) -> bytes:
        self._stream.settimeout(seconds_left(self._deadline))
        data: bytes = self._stream.recv(size)
        if not data:
            raise ConnectionError("the connection was closed")
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise ConnectionError("the answer is too long")
        return data
