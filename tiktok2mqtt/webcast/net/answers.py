"""What a GET brings back, and how much of it we take, whichever library asks."""

import http.client
import io
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

from urllib3.util.ssltransport import SSLTransport

from tiktok2mqtt.common.errors import NetworkError

MAX_BODY_BYTES: Final = 8 * 1024 * 1024
# On the wire: headers, body as it was packed, and what its chunks are wrapped in. http.client itself takes at most
# 100 header lines of 64 KiB.
MAX_ANSWER_BYTES: Final = 2 * MAX_BODY_BYTES


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers (names in lower case), the whole body, unpacked, and each Set-Cookie line."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    set_cookies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 become replacement characters."""
        return self.body.decode("utf-8", "replace")


class Backend(Protocol):
    """A library that makes single GET requests; it follows no redirect and keeps no cookie."""

    def get(self, url: str, headers: Mapping[str, str], timeout_s: float) -> Answer:
        """Return the answer, which has to be whole within `timeout_s`. Raises ProxyError and NetworkError."""
        ...

    def interrupt(self) -> None:
        """Make a request that is under way fail, if the library can; called from another thread."""
        ...

    def drop_idle_connections(self) -> None:
        """Let go of what is costly to keep: the next request is far off."""
        ...

    def close(self) -> None:
        """Let go of the connections; a later request makes new ones."""
        ...


class Body:
    """Gathers a body, and raises NetworkError when it grows beyond MAX_BODY_BYTES."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._bytes = bytearray()

    def add(self, chunk: bytes) -> None:
        """Take what came, unpacked."""
        self._bytes += chunk
        if len(self._bytes) > MAX_BODY_BYTES:
            raise NetworkError(f"{self._host} sent more than {MAX_BODY_BYTES} bytes")

    def whole(self) -> bytes:
        """Return all of it."""
        return bytes(self._bytes)


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
