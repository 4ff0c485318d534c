"""The WebSocket of the push service: the handshake and the frames are websocket-client's.

Ours is what it lacks: limits, the refusal of what RFC 6455 forbids a server, and fewer system calls. The library makes
three for each frame that it reads and one for each that it sends; here data is read in blocks, and frames that are sent
together are one write. At 500 events a second that saves 4 % of the daemon's processor time with ten to a frame and
14 % with one, at the maximum rate 15 %.
"""

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

import websocket
from requests.structures import CaseInsensitiveDict

from tiktok2mqtt.webcast.net.dialer import Dialer, HandshakeSocket
from tiktok2mqtt.webcast.net.proxies import Proxy

# Limit of one message, in one frame or in several. TikTok's have some ten thousand.
MAX_MESSAGE_BYTES: Final = 8 * 1024 * 1024
_MAX_CONTROL_BYTES: Final = 125
_READ_BYTES: Final = 16_384
_HEADER_BYTES: Final = 2
_LENGTH_BYTES: Final = {126: 2, 127: 8}
# For the rest of a message whose first bytes have arrived. The events before it must not wait longer.
_MESSAGE_TIMEOUT_S: Final = 0.1
_SEND_TIMEOUT_S: Final = 10.0
# For the last messages, our close frame and the peer's.
CLOSE_TIMEOUT_S: Final = 0.25
# A timeout that is longer by this much is kept: each change is a system call.
_TIMEOUT_TOLERANCE_S: Final = 0.02
_NEGOTIATED: Final = ("sec-websocket-extensions", "sec-websocket-protocol")


def _tokens(value: str) -> set[str]:
    """Return the elements of a list in a header, without their parameters."""
    return {element.partition(";")[0].strip().lower() for element in value.split(",")} - {""}


class MessageTooLongError(websocket.WebSocketException):
    """The peer announced or sent more than MAX_MESSAGE_BYTES."""

    def __init__(self) -> None:
        super().__init__(f"a message of more than {MAX_MESSAGE_BYTES} bytes")


class _StrictFrameBuffer(websocket.frame_buffer):
    """Reads in blocks. Refuses frames that the library accepts, before their payload is read."""

    def __init__(self, recv: Callable[[int], bytes]) -> None:
        super().__init__(recv, skip_utf8_validation=False)
        self._message_bytes = 0
        self._unread = bytearray()

    @property
    def has_frame(self) -> bool:
        """Whether all of the next frame has been read (RFC 6455, section 5.2)."""
        unread = self._unread
        if len(unread) < _HEADER_BYTES or not self.needs_header():
            return False
        length = unread[1] & 0x7F
        begin = _HEADER_BYTES + _LENGTH_BYTES.get(length, 0)
        if begin > _HEADER_BYTES:
            length = int.from_bytes(unread[_HEADER_BYTES:begin], "big")
        return begin + length <= len(unread)

    def recv_strict(self, bufsize: int) -> bytes:
        """Return the next `bufsize` bytes. What has arrived is kept if `recv` raises."""
        while len(self._unread) < bufsize:
            self._unread += self.recv(_READ_BYTES)
        data = bytes(self._unread[:bufsize])
        del self._unread[:bufsize]
        return data

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
        frame = super().recv_frame()
        if not frame.fin:
            # The library appends the following frames to the first one. Bytes would be copied for each of them.
            frame.data = bytearray(frame.data)  # type: ignore[assignment,arg-type]
        return frame


class PushWebSocket(websocket.WebSocket):
    """One connection, which must be open at `deadline` (monotonic, in seconds).

    All methods belong to one thread, except `interrupt` and `abort`.
    """

    sock: Any
    frame_buffer: _StrictFrameBuffer

    def __init__(self, proxy: Proxy | None, deadline: float) -> None:
        super().__init__()
        self.frame_buffer = _StrictFrameBuffer(self._recv_until_deadline)
        self._dialer = Dialer(proxy, deadline)
        # The deadline of `open`, then of each call of `receive`.
        self._deadline = deadline
        self._timeout_s = 0.0
        # No close frame has been sent or received, and sending is possible.
        self._may_close = False
        self._is_interrupted = False

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
        self.sock, self._may_close = stream, True

    def _shake_hands(self, sock: HandshakeSocket, url: str, headers: CaseInsensitiveDict[str]) -> None:
        offered = {name: _tokens(headers.get(name, "")) for name in _NEGOTIATED}
        self.connect(  # type: ignore[no-untyped-call]
            url,
            # With a socket of ours, the library ignores HTTP_PROXY and the like. NO_PROXY would bypass our proxy.
            socket=sock,
            host=headers.pop("Host", None),
            cookie=headers.pop("Cookie", None),
            header=dict(headers),
            # If there is to be one, it is among the headers.
            suppress_origin=True,
            # It would send the cookie to any host that it is redirected to.
            redirect_limit=0,
        )
        # RFC 6455, section 4.1: the connection fails if the server uses what was not offered. The library ignores it.
        for name in _NEGOTIATED:
            if name in self.headers and not _tokens(self.headers[name]) <= offered[name]:
                raise websocket.WebSocketProtocolException(f"the answer has a {name} that was not offered")

    @property
    def has_more(self) -> bool:
        """Whether the next frame was read together with the last one."""
        return self.frame_buffer.has_frame

    def receive(self, timeout_s: float) -> tuple[int, bytes]:
        """Return opcode and data of the next message or control frame. The library answers pings.

        Raises WebSocketTimeoutException if nothing arrives within `timeout_s`, or if what arrives is not complete soon;
        the next call continues it. Raises other WebSocketExceptions and OSError if the connection is lost or abused.
        """
        self._deadline = time.monotonic() + timeout_s
        opcode, data = self.recv_data(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            # The library has answered it.
            self._may_close = False
        return opcode, bytes(data)

    def _recv_until_deadline(self, size: int) -> bytes:
        # The library has a timeout for each `recv`, but none for a whole message.
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise websocket.WebSocketTimeoutException("timed out")
        if not left_s <= self._timeout_s <= left_s + _TIMEOUT_TOLERANCE_S:
            self._timeout_s = left_s + _TIMEOUT_TOLERANCE_S
            self.settimeout(self._timeout_s)
        # Not the method, which closes the socket at the end of the stream.
        data = websocket.recv(self.sock, size)
        self._deadline = min(self._deadline, time.monotonic() + _MESSAGE_TIMEOUT_S)
        return data

    def send_frame(self, frame: websocket.ABNF) -> int:
        """Send a frame; if the peer is slow to read, wait for up to 10 s. Used by all methods that send."""
        data = frame.format()
        self._send_all(data)
        return len(data)

    def send_binaries(self, payloads: Iterable[bytes]) -> None:
        """Send binary messages in one write, as `send_frame` does."""
        binary = websocket.ABNF.OPCODE_BINARY
        self._send_all(b"".join(websocket.ABNF.create_frame(payload, binary).format() for payload in payloads))

    def _send_all(self, data: bytes) -> None:
        if self.sock is None:
            raise websocket.WebSocketConnectionClosedException("the connection is closed")
        try:
            sent = self.sock.send(data)
        except TimeoutError:
            sent = 0
        if sent == len(data):
            return
        # The library has a timeout for each part that the peer takes, but none for the whole frame.
        deadline = time.monotonic() + _SEND_TIMEOUT_S
        self._timeout_s = CLOSE_TIMEOUT_S
        self.settimeout(CLOSE_TIMEOUT_S)
        while sent < len(data):
            if time.monotonic() > deadline or self._is_interrupted:
                # Not a timeout for the callers of `receive`, which answers pings: a part may have been sent.
                self._may_close = False
                raise websocket.WebSocketConnectionClosedException("the peer does not read what is sent")
            with suppress(TimeoutError):
                sent += self.sock.send(data[sent:])

    def close_normally(self, payloads: Iterable[bytes]) -> None:
        """Send the last binary messages and a close frame, wait for the peer's, and close the connection.

        Takes up to 250 ms, and raises nothing: after that time, or if the connection is lost, it is closed at once.
        """
        if self._may_close and self.sock is not None:
            deadline = time.monotonic() + CLOSE_TIMEOUT_S
            with suppress(OSError, websocket.WebSocketException):
                frames = [websocket.ABNF.create_frame(payload, websocket.ABNF.OPCODE_BINARY) for payload in payloads]
                # RFC 6455, section 7.4.1: 1000 is a normal closure.
                code = websocket.STATUS_NORMAL.to_bytes(2, "big")
                frames.append(websocket.ABNF.create_frame(code, websocket.ABNF.OPCODE_CLOSE))
                data = b"".join(frame.format() for frame in frames)
                self.settimeout(CLOSE_TIMEOUT_S)
                if self.sock.send(data) == len(data):
                    self._discard_until(deadline)
        self.shutdown()

    def _discard_until(self, deadline: float) -> None:
        """Read to the end: closing a connection with unread data may lose what was sent."""
        while (left_s := deadline - time.monotonic()) > 0:
            self.settimeout(left_s)
            if not self.sock.recv(_READ_BYTES):
                return

    def interrupt(self) -> None:
        """Make a blocked `open` or `receive` raise; the owner can still call `close_normally`. From any thread."""
        self._is_interrupted = True
        # Windows does not wake a thread that receives.
        if self._may_close and sys.platform != "win32":
            self._dialer.stop_receiving()
        else:
            self.abort()

    def abort(self) -> None:
        """Make all other methods raise at once, now and later. May be called from any thread."""
        self._dialer.abort()

    def shutdown(self) -> None:
        """Close the connection at once. May be called twice."""
        # The library's method does not close TLS inside the TLS of a proxy.
        self.sock, self.connected, self._may_close = None, False, False
        if self._dialer.stream is not None:
            with suppress(OSError):
                self._dialer.stream.close()
        # The buffer refers to a method of this object, and this object to the buffer: both would stay in memory.
        self.frame_buffer.recv = _recv_closed


def _recv_closed(_size: int) -> bytes:
    raise websocket.WebSocketConnectionClosedException("the connection is closed")
