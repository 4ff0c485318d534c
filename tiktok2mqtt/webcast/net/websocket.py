"""The WebSocket of the push service: the handshake and the frames are websocket-client's.

Ours is what it lacks: limits, and the refusal of what RFC 6455 forbids a server. Reading ahead in larger blocks is left
out: with 500 events a second it saved 3 % of the daemon's processor time.
"""

import select
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import websocket
from requests.structures import CaseInsensitiveDict

from tiktok2mqtt.webcast.net.dialer import Dialer
from tiktok2mqtt.webcast.net.handshake import HandshakeSocket
from tiktok2mqtt.webcast.net.proxies import Proxy

# Of one message, in one frame or in several. TikTok's have some ten thousand.
MAX_MESSAGE_BYTES: Final = 8 * 1024 * 1024
_MAX_CONTROL_BYTES: Final = 125
# For the rest of a message whose first bytes have arrived. The events before it must not wait longer.
_MESSAGE_TIMEOUT_S: Final = 0.1
_SEND_TIMEOUT_S: Final = 10.0
_NEGOTIATED: Final = ("sec-websocket-extensions", "sec-websocket-protocol")


def _tokens(value: str) -> set[str]:
    """Return the elements of a list in a header, without their parameters."""
    return {element.partition(";")[0].strip().lower() for element in value.split(",")} - {""}


class MessageTooLongError(websocket.WebSocketException):
    """The peer announced or sent more than MAX_MESSAGE_BYTES."""

    def __init__(self) -> None:
        super().__init__(f"a message of more than {MAX_MESSAGE_BYTES} bytes")


class _StrictFrameBuffer(websocket.frame_buffer):
    """Refuses frames that the library accepts, before their payload is read."""

    _message_bytes = 0

    def recv_length(self) -> None:
        super().recv_length()
        assert self.header is not None  # noqa: S101 - read before the length
        assert self.length is not None  # noqa: S101 - read just now
        fin, opcode = self.header[0], self.header[4]
        if self.has_mask():
            # RFC 6455, section 5.1: a server must not mask, and a client must close the connection if it does.
            raise websocket.WebSocketProtocolException("a frame is masked")
        if opcode >= websocket.ABNF.OPCODE_CLOSE:
            # Section 5.5: at most 125 bytes, and not fragmented. The library checks this for some opcodes only.
            if self.length > _MAX_CONTROL_BYTES or not fin:
                raise websocket.WebSocketProtocolException("a control frame is too long or fragmented")
            return
        # Section 10.4: implementations must limit the size of frames and of messages of several frames.
        self._message_bytes += self.length
        if self._message_bytes > MAX_MESSAGE_BYTES:
            raise MessageTooLongError
        if fin:
            self._message_bytes = 0

    def recv_frame(self) -> websocket.ABNF:
        if self.recv_buffer:
            # What earlier calls have received of a frame. Kept in very small pieces, it would take 20 times the memory.
            self.recv_buffer = [b"".join(self.recv_buffer)]
        frame = super().recv_frame()
        if not frame.fin:
            # The library appends the following frames to the first one. Bytes would be copied for each of them.
            frame.data = bytearray(frame.data)  # type: ignore[assignment,arg-type]
        return frame


class PushWebSocket(websocket.WebSocket):
    """One connection, which must be open at `deadline` (monotonic, in seconds).

    All methods belong to one thread, except `abort`.
    """

    sock: Any

    def __init__(self, proxy: Proxy | None, deadline: float) -> None:
        super().__init__()
        self.frame_buffer = _StrictFrameBuffer(self._recv_until_deadline, skip_utf8_validation=False)
        self._dialer = Dialer(proxy, deadline)
        self._poll = select.poll()
        # Of `open`, then of each call of `receive`.
        self._deadline = deadline

    def open(self, url: str, headers: Mapping[str, str]) -> None:
        """Connect and shake hands. `headers` are sent in addition to those of every WebSocket handshake.

        Raises WebSocketBadStatusException if the server refuses, ProxyError if the proxy fails, otherwise
        WebSocketException (after a redirect, `status` is set), OSError or ValueError. The connection is then closed.
        """
        try:
            stream = self._dialer.connect(url)
            self._shake_hands(HandshakeSocket(stream, self._deadline), url, CaseInsensitiveDict(headers))
        except BaseException:
            self.shutdown()
            raise
        self.sock = stream
        self._poll.register(stream.fileno(), select.POLLIN)

    def _shake_hands(self, sock: HandshakeSocket, url: str, headers: CaseInsensitiveDict[str]) -> None:
        offered = {name: _tokens(headers.get(name, "")) for name in _NEGOTIATED}
        self.connect(  # type: ignore[no-untyped-call]
            url,
            # With a socket of ours, the library ignores HTTP_PROXY and the like. NO_PROXY would bypass our proxy.
            socket=sock,
            host=headers.pop("Host", None),
            cookie=headers.pop("Cookie", None),
            header=dict(headers),
            suppress_origin="Origin" in headers,
            # It would send the cookie to any host that it is redirected to.
            redirect_limit=0,
        )
        # RFC 6455, section 4.1: the connection fails if the server uses what was not offered. The library ignores it.
        for name in _NEGOTIATED:
            if name in self.headers and not _tokens(self.headers[name]) <= offered[name]:
                raise websocket.WebSocketProtocolException(f"the answer has a {name} that was not offered")

    @property
    def has_more(self) -> bool:
        """Whether the next frame has begun to arrive. False while one is incomplete, so that nothing waits for it."""
        if self.sock is None or not self.frame_buffer.needs_header():
            return False
        # What TLS inside the TLS of a proxy has decrypted is overlooked; that costs no more than an earlier flush.
        return (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending() > 0) or bool(self._poll.poll(0))

    def receive(self, timeout_s: float) -> tuple[int, bytes]:
        """Return opcode and data of the next message or control frame. The library answers pings.

        Raises WebSocketTimeoutException if nothing arrives within `timeout_s`, or if what arrives is not complete soon;
        the next call continues it. Raises other WebSocketExceptions and OSError if the connection is lost or abused.
        """
        self._deadline = time.monotonic() + timeout_s
        opcode, data = self.recv_data(control_frame=True)
        return opcode, bytes(data)

    def _recv_until_deadline(self, size: int) -> bytes:
        # The library has a timeout for each `recv`, but none for a whole message.
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise websocket.WebSocketTimeoutException("timed out")
        self.settimeout(left_s)
        data: bytes = self._recv(size)  # type: ignore[no-untyped-call]
        self._deadline = min(self._deadline, time.monotonic() + _MESSAGE_TIMEOUT_S)
        return data

    def send_frame(self, frame: websocket.ABNF) -> int:
        """Send a frame; if the peer is slow to read, wait for up to 10 s. Used by all methods that send."""
        if self.sock is None:
            raise websocket.WebSocketConnectionClosedException("the connection is closed")
        data = frame.format()
        self.settimeout(_SEND_TIMEOUT_S)
        try:
            # The library has a timeout for each part that the peer takes, but none for the whole frame.
            self.sock.sendall(data)
        except TimeoutError as error:
            # Not a timeout for the callers of `receive`, which answers pings: a part of the frame may have been sent.
            raise websocket.WebSocketConnectionClosedException("the peer does not read what is sent") from error
        return len(data)

    def abort(self) -> None:
        """Make all other methods raise at once, now and later. May be called from any thread."""
        self._dialer.abort()

    def shutdown(self) -> None:
        """Close the connection at once. May be called twice."""
        # The library's method does not close TLS inside the TLS of a proxy.
        self.sock, self.connected = None, False
        if self._dialer.stream is not None:
            with suppress(OSError):
                self._dialer.stream.close()
