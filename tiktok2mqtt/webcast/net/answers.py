"""Status and headers of a proxy or a handshake, bounded in time and size."""

import http.client
import io
import socket
import time
from contextlib import suppress
from typing import Any, Final

from urllib3.util.ssltransport import SSLTransport

MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024


class AnswerTooLongError(OSError):
    """More came than an answer may have."""


class BoundedResponse(http.client.HTTPResponse):
    """An HTTP answer that ends in time and in size.

    From now on it has the socket's timeout for the whole, however it drips, and `limit` bytes; then reading raises
    TimeoutError or AnswerTooLongError. Unbuffered, it takes no byte from the socket that follows its headers.
    """

    def __init__(
        self, sock: socket.socket, *args: Any, limit: int = MAX_ANSWER_BYTES, buffered: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(sock, *args, **kwargs)
        bounded = _BoundedRaw(self.fp.detach(), sock, limit)
        self.fp = io.BufferedReader(bounded) if buffered else bounded  # type: ignore[assignment]


class _BoundedRaw(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: socket.socket, limit: int) -> None:
        self._raw = raw
        self._sock = sock
        self._left = limit
        self._deadline = time.monotonic() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        remaining_s = self._deadline - time.monotonic()
        if remaining_s <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(remaining_s)
        count = self._raw.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise AnswerTooLongError("the answer has no end")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def shut(line: Any) -> None:
    """Make whoever waits for a socket, or for TLS within TLS, get its end; from any thread, any number of times."""
    # Not SSLSocket.shutdown, which takes the TLS state away from under the thread that reads.
    with suppress(OSError):
        socket.socket.shutdown(line.socket if isinstance(line, SSLTransport) else line, socket.SHUT_RDWR)
