"""The socket on which websocket-client and python-socks shake hands: their peer is not trusted yet."""

import io
import time
from typing import Any, Final

# Of an answer: its headers, and the body that websocket-client reads when the handshake is refused.
MAX_HANDSHAKE_BYTES: Final = 64 * 1024


class HandshakeSocket:
    """A connection during a handshake: what is received is limited in time and size.

    Why these lines are ours, and not a library's:

    - websocket-client and python-socks wait for each `recv`, not for the whole answer. `deadline` (monotonic, in
      seconds) ends a peer that sends single bytes.
    - websocket-client reads headers, and the body of a refusal, without limit.
    - websocket-client keeps the cookies of all handshakes in one jar for the process, and adds them to every later
      handshake with the same domain: one room would show the cookies that another got. So it never sees a Set-Cookie.
    - python-socks takes what the first `recv` returns for the whole answer of an HTTP proxy.

    With `is_http`, `recv` returns the headers of an HTTP answer first, and takes nothing from the connection that
    follows them.
    """

    def __init__(self, stream: Any, deadline: float, *, is_http: bool = True) -> None:
        self._stream = stream
        self._deadline = deadline
        self._bytes_left = MAX_HANDSHAKE_BYTES
        self._head = None if is_http else io.BytesIO()

    def __getattr__(self, name: str) -> Any:
        # All methods but `recv` are the connection's.
        return getattr(self._stream, name)

    def recv(self, size: int) -> bytes:
        """Return the next bytes, at most `size`. Raises TimeoutError and ConnectionError; never returns nothing."""
        if self._head is None:
            self._head = io.BytesIO(self._read_head())
        return self._head.read(size) or self._read(size)

    def _read_head(self) -> bytes:
        lines: list[bytes] = []
        while not lines or lines[-1].strip():
            line = bytearray()
            while not line.endswith(b"\n"):
                line += self._read(1)
            # Names are compared as websocket-client does it.
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


def seconds_left(deadline: float) -> float:
    """Return the seconds until `deadline` on the monotonic clock. Raises TimeoutError when it is over."""
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError("timed out")
    return left_s
