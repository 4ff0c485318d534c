"""The WebSocket of the push service: websocket-client shakes hands and reads and writes frames.

The service is not trusted. What the library lets pass although RFC 6455 forbids it, or without limit, is refused here.
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

# Of one message, in one frame or in many. TikTok's have some ten thousand.
MAX_MESSAGE_BYTES: Final = 8 * 1024 * 1024
_MAX_CONTROL_BYTES: Final = 125
# From the first bytes of a message to its end. Then `receive` returns without it, for what came before must go on.
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
    """Refuses frames that the library accepts, before a byte of their payload is read."""

    _message_bytes = 0

    def recv_length(self) -> None:
        super().recv_length()
        assert self.header is not None  # noqa: S101 - read before the length
        assert self.length is not None  # noqa: S101 - read just now
        fin, opcode = self.header[0], self.header[4]
        if self.has_mask():
            # RFC 6455, section 5.1: a client must close the connection.
            raise websocket.WebSocketProtocolException("a frame is masked")
        if opcode >= websocket.ABNF.OPCODE_CLOSE:
            # Section 5.5: at most 125 bytes, not fragmented. The library checks some of them.
            if self.length > _MAX_CONTROL_BYTES or not fin:
                raise websocket.WebSocketProtocolException("a control frame is too long or fragmented")
            return
        # Section 10.4: the size of frames, and of messages of many frames, is ours to limit.
        self._message_bytes += self.length
        if self._message_bytes > MAX_MESSAGE_BYTES:
            raise MessageTooLongError
        if fin:
            self._message_bytes = 0

    def recv_frame(self) -> websocket.ABNF:
        frame = super().recv_frame()
        if not frame.fin:
            # The library appends the further frames to it: in place, so that very many are not copied each time.
            frame.data = bytearray(frame.data)  # type: ignore[assignment,arg-type]
        return frame


class PushWebSocket(websocket.WebSocket):
    """One connection, made until `deadline` (monotonic, in seconds).

    Used by one thread, which closes it by `shutdown`; only `abort` may be called from another.
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
        """Connect and shake hands. `headers` are sent beside those that make the request a WebSocket's.

        Raises WebSocketBadStatusException when the server refuses, ProxyError when the proxy fails; otherwise
        WebSocketException (`status` tells a redirect), OSError or ValueError. The connection is then closed.
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
            # Given a socket, the library reads no proxy variables: NO_PROXY would lead it past the proxy.
            socket=sock,
            host=headers.pop("Host", None),
            cookie=headers.pop("Cookie", None),
            header=dict(headers),
            suppress_origin="Origin" in headers,
            # It would send the cookie to whatever host it is redirected to.
            redirect_limit=0,
        )
        # RFC 6455, section 4.1: an answer with what was not offered fails the connection. The library ignores it.
        for name in _NEGOTIATED:
            if name in self.headers and not _tokens(self.headers[name]) <= offered[name]:
                raise websocket.WebSocketProtocolException(f"the answer has a {name} that was not offered")

    @property
    def has_more(self) -> bool:
        """Whether the first bytes of the next message are here. Of one that is incomplete, the rest does not count."""
        if self.sock is None or not self.frame_buffer.needs_header():
            return False
        return (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending() > 0) or bool(self._poll.poll(0))

    def receive(self, timeout_s: float) -> tuple[int, bytes]:
        """Return opcode and data of the next message or control frame; the library answers pings.

        Raises WebSocketTimeoutException when none begins within `timeout_s`, or when one does not end soon after it has
        begun; the next call continues it.
        """
        self._deadline = time.monotonic() + timeout_s
        opcode, data = self.recv_data(control_frame=True)
        return opcode, bytes(data)

    def _recv_until_deadline(self, size: int) -> bytes:
        # The library has a timeout for each `recv` only; this one is for a whole message, however it drips.
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise websocket.WebSocketTimeoutException("timed out")
        self.settimeout(left_s)
        data: bytes = self._recv(size)  # type: ignore[no-untyped-call]
        self._deadline = min(self._deadline, time.monotonic() + _MESSAGE_TIMEOUT_S)
        return data

    def send_frame(self, frame: websocket.ABNF) -> int:
        """Send a frame, waiting until a peer that is slow to read takes it."""
        self.settimeout(_SEND_TIMEOUT_S)
        try:
            return super().send_frame(frame)
        except websocket.WebSocketTimeoutException as error:
            # The frame may have been sent in part, so nothing can follow it.
            raise websocket.WebSocketConnectionClosedException("the peer does not read what is sent") from error

    def abort(self) -> None:
        """Make `open`, `receive` and whatever else uses the connection raise at once; called from another thread."""
        self._dialer.abort()

    def shutdown(self) -> None:
        """Close the connection at once. May be called repeatedly."""
        # The library's method leaves TLS inside the TLS of a proxy open.
        self.sock, self.connected = None, False
        if self._dialer.stream is not None:
            with suppress(OSError):
                self._dialer.stream.close()
