"""The WebSocket that several transports share: handshake, frames, silence, the reasons of a refusal.

Source: protocol reference, section 3.
"""

import http.client
import threading
import time
from collections import Counter
from math import ceil

import websocket

from tiktok2mqtt.common.errors import Blocked, NetworkError, StaleConnection, WebcastError
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.net.answers import BoundedResponse
from tiktok2mqtt.webcast.net.frames import FrameProtocol
from tiktok2mqtt.webcast.net.http import HttpClient, status_error
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.net.websocket import SWITCHING, BoundedWebSocket
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse

_UNSUPPORTED_MEDIA_TYPE = 415
_REDIRECTS = range(300, 400)
# websocket-client's own words for "the peer is gone", beside OSError.
_SOCKET_ERRORS = (OSError, websocket.WebSocketException)
_HANDSHAKE_ERRORS = (*_SOCKET_ERRORS, http.client.HTTPException, UnicodeError)


class PushSocket:
    """One WebSocket into one room. Used by one thread, which blocks in the handshake and in the socket's recv.

    Only `interrupt` may be called from another. `interrupted` belongs to the transport: when it is set, calls fail.
    """

    def __init__(
        self, room_id: str, http: HttpClient, options: Options, dropped: Counter[str], interrupted: threading.Event
    ) -> None:
        self._room_id = room_id
        self._http = http
        self._options = options
        self._dropped = dropped
        self._interrupted = interrupted
        self._socket: BoundedWebSocket | None = None
        self._frames = self._new_frames()

    def _new_frames(self) -> FrameProtocol:
        stale_timeout_s = self._options.stale_timeout_s
        return FrameProtocol(self._room_id, time.monotonic(), stale_timeout_s=stale_timeout_s, dropped=self._dropped)

    def open(self, url: str, cookie: str | None) -> None:
        """Shake hands and enter the room. Raises Blocked, RateLimited, NetworkError; may then be tried once more."""
        self._shake_hands(url, cookie)
        self._frames = self._new_frames()
        self._frames.start(time.monotonic())
        self._flush()

    def _shake_hands(self, url: str, cookie: str | None) -> None:
        headers = {
            "User-Agent": self._http.identity.user_agent,
            "Referer": self._options.web_url + "/",
            "Accept-Language": "en-US,en;q=0.9",
            "Cache-Control": "no-cache",
            "Origin": self._options.web_url,
        } | dict(self._options.websocket_headers)
        cookies = {"Cookie": cookie} if cookie else {}
        options = self._options
        self._socket = BoundedWebSocket()
        connection = self._connection()
        try:
            answer = connection.open(url, headers | cookies, options.proxy, options.connect_timeout_s)
        except _HANDSHAKE_ERRORS as error:
            raise NetworkError(f"the socket could not be opened: {safe_text(error, 80)}") from error
        if answer.status != SWITCHING:
            connection.shutdown()
            raise _refusal(answer)

    def receive(self, timeout_s: float) -> FetchResponse | None:
        """See Transport. Raises StaleConnection, NetworkError."""
        now = time.monotonic()
        self._frames.tick(now)
        if not self.has_more:
            self._flush()
        data = self._next_frame(min(timeout_s, self._frames.seconds_to_next_tick(now)))
        now = time.monotonic()
        if data is None:
            if self._frames.is_stale(now):
                raise StaleConnection(f"nothing was received for {self._options.stale_timeout_s:g} s")
            return None
        response = self._frames.receive_bytes(data, now)
        if self._frames.closed_by_peer:
            raise NetworkError("the service closed the connection")
        return response

    @property
    def has_more(self) -> bool:
        """See Transport."""
        return self._socket is not None and self._socket.holds_frame

    def _next_frame(self, timeout_s: float) -> bytes | None:
        connection = self._connection()
        # In steps, so that a busy socket is not told another timeout for each frame.
        timeout_s = max(0.1, ceil(timeout_s * 10) / 10)
        if connection.gettimeout() != timeout_s:
            connection.settimeout(timeout_s)
        try:
            # Pings, which the library answers, are returned as well: they must not hold up our heartbeats.
            opcode, data = connection.receive(timeout_s)
        except websocket.WebSocketTimeoutException:
            return None
        except _SOCKET_ERRORS as error:
            raise NetworkError(f"the socket was lost: {safe_text(error, 80)}") from error
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise NetworkError("the service closed the socket")
        if opcode == websocket.ABNF.OPCODE_TEXT:
            self._frames.receive_text(time.monotonic())
            return None
        return data if opcode == websocket.ABNF.OPCODE_BINARY else None

    def _flush(self) -> None:
        connection = self._connection()
        if frames := self._frames.data_to_send():
            try:
                connection.send_binaries(frames)
            except _SOCKET_ERRORS as error:
                raise NetworkError(f"the socket was lost: {safe_text(error, 80)}") from error

    def _connection(self) -> BoundedWebSocket:
        if self._socket is None or self._interrupted.is_set():
            raise NetworkError("the socket is closed")
        return self._socket

    def interrupt(self) -> None:
        """Make a blocked `open` or `receive` raise; called from another thread, after `interrupted` was set."""
        if self._socket is not None:
            self._socket.abort()

    def close(self) -> None:
        """Let go of the socket. May be called twice."""
        if self._socket is not None:
            self._socket.shutdown()


class SocketTransport:
    """What the transports share that hear a room by one PushSocket from `open` on; see Transport. They add `open`."""

    def __init__(self, room: str, room_id: str, http: HttpClient, options: Options, dropped: Counter[str]) -> None:
        self._room = room
        self._room_id = room_id
        self._http = http
        self._options = options
        self._interrupted = threading.Event()
        self._socket = PushSocket(room_id, http, options, dropped, self._interrupted)

    @property
    def has_socket(self) -> bool:
        """See Transport."""
        return True

    @property
    def has_more(self) -> bool:
        """See Transport."""
        return self._socket.has_more

    def receive(self, timeout_s: float) -> FetchResponse | None:
        """See Transport. Raises StaleConnection, NetworkError."""
        return self._socket.receive(timeout_s)

    def interrupt(self) -> None:
        """See Transport."""
        self._interrupted.set()
        self._socket.interrupt()

    def close(self) -> None:
        """See Transport."""
        self._interrupted.set()
        self._socket.close()


def _refusal(answer: BoundedResponse) -> WebcastError:
    """Turn a handshake that was not answered with 101 into the reason given by its status and headers."""
    status, headers = answer.status, {name.lower(): value for name, value in answer.headers.items()}
    if fault := status_error(status, headers, "the socket"):
        return fault
    if status in _REDIRECTS:
        return NetworkError(f"the socket could not be opened: it is said to be elsewhere (status {status})")
    message = headers.get("handshake-msg", "")
    if not message and status == _UNSUPPORTED_MEDIA_TYPE:
        message = "DEVICE_BLOCKED"
    reason = f": {safe_text(message, 80)}" if message else ""
    return Blocked(f"TikTok refused the socket with status {status}{reason}", status=status)
