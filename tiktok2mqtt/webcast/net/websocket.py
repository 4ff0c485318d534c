"""A WebSocket with fewer steps for each frame: what is received is read ahead, acks are framed at once.

A WebSocket whose peer may send anything: no message is too long for us, no frame too slow, no answer endless.
"""

import hashlib
import os
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

import websocket

from tiktok2mqtt.webcast.net.answers import BoundedResponse, shut
from tiktok2mqtt.webcast.net.dialer import Dialer, Line, read_head

_READ_AHEAD_BYTES: Final = 16_384
# RFC 6455, section 5.2: a binary message in one frame, masked, with its length in 7, 16 or 64 bits.
_BINARY: Final = 0x82
_BINARY_HEAD: Final = bytes((_BINARY,))
_MASKED: Final = 0x80
_MAX_7_BITS: Final = 125
_16_BITS_FOLLOW: Final = 126
_64_BITS_FOLLOW: Final = 127
_MAX_16_BITS: Final = 0xFFFF
_HEAD_BYTES: Final = 2
_LENGTH_BYTES: Final = {_16_BITS_FOLLOW: 2, _64_BITS_FOLLOW: 8}
_MASK_BYTES: Final = 4


class ReadAheadBuffer(websocket.frame_buffer):
    """websocket-client's parser of frames, but that it asks the system for more than it needs next."""

    def __init__(self, recv_fn: Callable[[int], bytes], skip_utf8_validation: bool) -> None:
        super().__init__(recv_fn, skip_utf8_validation)
        self._ahead = bytearray()

    @property
    def holds_frame(self) -> bool:
        """Whether a whole frame has been read ahead."""
        return self._frame() is not None

    def _frame(self) -> tuple[int, int] | None:
        """Return where the payload of the next frame begins and ends, or None when not all of it is here.

        None too when the library is in the middle of a frame. Source: RFC 6455, section 5.2.
        """
        ahead = self._ahead
        if len(ahead) < _HEAD_BYTES or not self.needs_header():
            return None
        length = ahead[1] & ~_MASKED
        begin = _HEAD_BYTES + _LENGTH_BYTES.get(length, 0)
        if begin > _HEAD_BYTES:
            length = int.from_bytes(ahead[_HEAD_BYTES:begin], "big")
        begin += _MASK_BYTES if ahead[1] & _MASKED else 0
        return (begin, begin + length) if begin + length <= len(ahead) else None

    def take_binary(self) -> bytes | None:
        """Take out the next frame, if that is a binary message of its own and all of it is here or comes at once.

        For every other frame, None is returned and nothing is taken: it is the library's. Raises what `recv_fn` does.
        """
        ahead = self._ahead
        if not ahead:
            ahead += self.recv(_READ_AHEAD_BYTES)
        if ahead[:1] != _BINARY_HEAD or (frame := self._frame()) is None or ahead[1] & _MASKED:
            return None
        data = bytes(ahead[frame[0] : frame[1]])
        del ahead[: frame[1]]
        return data

    def recv_strict(self, bufsize: int) -> bytes:
        """Return the next `bufsize` bytes. What has come is kept when `recv_fn` raises."""
        while len(self._ahead) < bufsize:
            self._ahead += self.recv(_READ_AHEAD_BYTES)
        data = bytes(self._ahead[:bufsize])
        del self._ahead[:bufsize]
        return data


class BufferedWebSocket(websocket.WebSocket):
    """websocket-client's WebSocket, but for the steps that are taken for every frame: they are fewer."""

    frame_buffer: ReadAheadBuffer

    def __init__(self, *, skip_utf8_validation: bool = False, **options: Any) -> None:
        super().__init__(skip_utf8_validation=skip_utf8_validation, **options)
        self.frame_buffer = ReadAheadBuffer(self._recv, skip_utf8_validation)

    @property
    def holds_frame(self) -> bool:
        """Whether the next frame has been read ahead, and need not be waited for."""
        return self.frame_buffer.holds_frame

    def send_binaries(self, payloads: Iterable[bytes]) -> None:
        """Send binary messages in one system call. To be called by one thread at a time."""
        if self.sock is None:
            raise websocket.WebSocketConnectionClosedException("the socket is closed")
        self.sock.sendall(b"".join(binary_frame(payload, os.urandom(_MASK_BYTES)) for payload in payloads))


def binary_frame(payload: bytes, mask: bytes) -> bytes:
    """Return the frame of a binary message. Source: RFC 6455, sections 5.2 and 5.3."""
    size = len(payload)
    if size <= _MAX_7_BITS:
        head = bytes((_BINARY, _MASKED | size))
    elif size <= _MAX_16_BITS:
        head = bytes((_BINARY, _MASKED | _16_BITS_FOLLOW)) + size.to_bytes(2, "big")
    else:
        head = bytes((_BINARY, _MASKED | _64_BITS_FOLLOW)) + size.to_bytes(8, "big")
    masks = mask * (size // _MASK_BYTES + 1)
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(masks[:size], "big")
    return b"".join((head, mask, masked.to_bytes(size, "big")))


# Of one message, in one frame or in many. TikTok's have some ten thousand.
MAX_MESSAGE_BYTES: Final = 8 * 1024 * 1024
SWITCHING: Final = 101
_GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3


class TooLongError(websocket.WebSocketException):
    """The peer announced or sent more than MAX_MESSAGE_BYTES."""

    def __init__(self) -> None:
        super().__init__(f"a message of more than {MAX_MESSAGE_BYTES} bytes")


class _Frames(ReadAheadBuffer):
    """Refuses a frame by the length that it announces, before a byte of it is read."""

    def recv_length(self) -> None:
        super().recv_length()
        if self.length is not None and self.length > MAX_MESSAGE_BYTES:
            raise TooLongError


class _Message(websocket.continuous_frame):
    """Refuses a message whose frames are too long together."""

    def add(self, frame: websocket.ABNF) -> None:
        if not self.cont_data and not frame.fin:
            # Grows in place, so that a million small frames are no million copies.
            frame.data = bytearray(frame.data)  # type: ignore[assignment,arg-type]
        super().add(frame)
        if self.cont_data and len(self.cont_data[1]) > MAX_MESSAGE_BYTES:
            raise TooLongError


class BoundedWebSocket(BufferedWebSocket):
    """websocket-client's frames over a handshake of our own.

    The library's handshake reads without limit and keeps cookies for all sockets of the process. `open` has one
    deadline for all its steps, `receive` one for each call; a frame that is late is read on by the next call.
    """

    sock: Any

    def __init__(self) -> None:
        super().__init__(skip_utf8_validation=True)
        self.frame_buffer = _Frames(self._recv, skip_utf8_validation=True)
        self.cont_frame = _Message(fire_cont_frame=False, skip_utf8_validation=True)
        self._deadline = 0.0
        self._is_aborted = False

    def open(self, url: str, headers: Mapping[str, str], proxy: str | None, timeout_s: float) -> BoundedResponse:
        """Connect and ask for a WebSocket; return the answer, whose status may be no 101.

        Raises ProxyError, OSError and http.client.HTTPException; WebSocketException for a 101 that is not for us.
        """
        try:
            answer = self._shake_hands(url, headers, Dialer(url, proxy, time.monotonic() + timeout_s, self._hold))
        except BaseException:
            self.shutdown()
            raise
        self.connected = True
        return answer

    @staticmethod
    def _shake_hands(url: str, headers: Mapping[str, str], dialer: Dialer) -> BoundedResponse:
        line = dialer.dial()
        key = b64encode(secrets.token_bytes(16)).decode()
        line.settimeout(dialer.left_s())
        line.sendall(_request(url, headers, key))
        line.settimeout(dialer.left_s())
        answer = read_head(line, "GET")
        if answer.status == SWITCHING and answer.headers.get("Sec-WebSocket-Accept", "").strip() != _accept(key):
            raise websocket.WebSocketException("its answer is not meant for us")
        return answer

    def _hold(self, line: Line) -> None:
        self.sock = line
        if self._is_aborted:
            raise ConnectionAbortedError("it is not wanted any more")

    def receive(self, timeout_s: float) -> tuple[int, bytes]:
        """Return opcode and data of the next message, ping, pong or close frame.

        Raises WebSocketTimeoutException when none is complete in time, however many bytes came.
        """
        self._deadline = time.monotonic() + timeout_s
        # Most messages are one frame; what else there may be is left to the library.
        if not self.cont_frame.recving_frames and (message := self.frame_buffer.take_binary()) is not None:
            return websocket.ABNF.OPCODE_BINARY, message
        opcode, data = self.recv_data(control_frame=True)
        return opcode, bytes(data)

    def _recv(self, bufsize: int) -> bytes:
        if time.monotonic() >= self._deadline:
            raise websocket.WebSocketTimeoutException("timed out")
        data: bytes = super()._recv(bufsize)  # type: ignore[no-untyped-call]
        return data

    def abort(self) -> None:
        """Make `open` or `receive` raise soon, now or later; called from another thread."""
        self._is_aborted = True
        if (line := self.sock) is not None:
            shut(line)

    def shutdown(self) -> None:
        """Close the connection at once. May be called twice."""
        line, self.sock, self.connected = self.sock, None, False
        if line is not None:
            with suppress(OSError):
                line.close()


def _accept(key: str) -> str:
    """Return what the service has to say to our key (RFC 6455, section 4.2.2)."""
    return b64encode(hashlib.sha1((key + _GUID).encode(), usedforsecurity=False).digest()).decode()


def _request(url: str, headers: Mapping[str, str], key: str) -> bytes:
    parts = urlsplit(url)
    path = parts._replace(scheme="", netloc="").geturl()
    lines = {
        "Host": parts.netloc.rpartition("@")[2],
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
    } | dict(headers)
    head = [f"GET {path or '/'} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items())]
    return "\r\n".join([*head, "", ""]).encode("latin-1")
