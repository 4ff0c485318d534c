"""A WebSocket whose peer may send anything: no message is too long for us, no frame too slow, no answer endless."""

import hashlib
import secrets
import time
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

import websocket

from tiktok2mqtt.webcast.answers import BoundedResponse, shut
from tiktok2mqtt.webcast.transports.buffered import BufferedWebSocket, ReadAheadBuffer
from tiktok2mqtt.webcast.transports.dial import Dialer, Line, read_head

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
