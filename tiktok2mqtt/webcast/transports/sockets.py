"""The WebSocket that several transports share: handshake, frames, heartbeats, and the reasons of a refusal.

Source: protocol reference, section 3.
"""

import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import ClassVar, Final

import websocket
from requests.structures import CaseInsensitiveDict

from tiktok2mqtt.common.errors import Blocked, NetworkError, StaleConnection, WebcastError
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.net.causes import connect_failure
from tiktok2mqtt.webcast.net.cookies import cookie_header, cookie_pairs
from tiktok2mqtt.webcast.net.frames import FrameProtocol
from tiktok2mqtt.webcast.net.http import HttpClient, status_error
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.net.proxies import parse_proxy
from tiktok2mqtt.webcast.net.websocket import PushWebSocket
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.base import ConnectedSocket

_OK: Final = 200
_UNSUPPORTED_MEDIA_TYPE: Final = 415
_REDIRECTS: Final = range(300, 400)
_SOCKET_ERRORS: Final = (OSError, websocket.WebSocketException)
# ValueError: an invalid URL or host name.
_CONNECT_ERRORS: Final = (*_SOCKET_ERRORS, ValueError)


class PushSocket:
    """One WebSocket into one room. Used by one thread, which blocks in `open` and `receive`.

    Only `interrupt` may be called from another. `interrupted` belongs to the transport: once it is set, calls fail.
    """

    def __init__(
        self, room_id: str, http: HttpClient, options: Options, dropped: Counter[str], interrupted: threading.Event
    ) -> None:
        self._room_id = room_id
        self._http = http
        self._options = options
        self._dropped = dropped
        self._interrupted = interrupted
        self._socket: PushWebSocket | None = None
        self._frames = self._new_frames()
        self._url = ""

    def connected(self, transport: str) -> ConnectedSocket | None:
        """Return what a program may know of the open socket, which `transport` has opened."""
        socket = self._socket
        if socket is None or socket.sock is None:
            return None
        return ConnectedSocket(self._url, transport, socket.getsubprotocol(), socket)

    def _new_frames(self) -> FrameProtocol:
        stale_timeout_s = self._options.stale_timeout_s
        return FrameProtocol(self._room_id, time.monotonic(), stale_timeout_s=stale_timeout_s, dropped=self._dropped)

    def open(self, url: str, cookie: str | None) -> None:
        """Shake hands and enter the room. After Blocked, RateLimited or NetworkError it may be called again."""
        self._connect(url, cookie)
        self._url = url
        self._frames = self._new_frames()
        self._frames.start(time.monotonic())
        self._flush()

    def _connect(self, url: str, cookie: str | None) -> None:
        options = self._options
        proxy = parse_proxy(options.proxy) if options.proxy else None
        self._socket = PushWebSocket(proxy, time.monotonic() + options.connect_timeout_s)
        connection = self._connection()
        try:
            connection.open(url, self._headers(cookie))
        except websocket.WebSocketBadStatusException as error:
            raise _refusal(error.status_code, error.resp_headers or {}) from error
        except _CONNECT_ERRORS as error:
            if connection.status in _REDIRECTS:
                raise _refusal(connection.status, {}) from error
            reason = connect_failure(error) or safe_text(error, 80)
            raise NetworkError(f"the socket could not be opened: {reason}") from error

    def _headers(self, cookie: str | None) -> Mapping[str, str]:
        headers = CaseInsensitiveDict(
            {
                "User-Agent": self._http.identity.user_agent,
                "Referer": self._options.web_url + "/",
                "Accept-Language": self._options.locale.accept_language,
                "Cache-Control": "no-cache",
                "Origin": self._options.web_url,
            }
        )
        headers.update(self._options.websocket_headers)
        if cookies := cookie_pairs(cookie or "") | cookie_pairs(headers.pop("Cookie", "")):
            headers["Cookie"] = cookie_header(cookies)
        return headers

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
        return self._socket is not None and self._socket.has_more

    def _next_frame(self, timeout_s: float) -> bytes | None:
        connection = self._connection()
        try:
            # Control frames are returned as well: pings, which the library answers, must not delay our heartbeats.
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
        try:
            if frames := self._frames.data_to_send():
                connection.send_binaries(frames)
        except _SOCKET_ERRORS as error:
            raise NetworkError(f"the socket was lost: {safe_text(error, 80)}") from error

    def _connection(self) -> PushWebSocket:
        if self._socket is None or self._interrupted.is_set():
            raise NetworkError("the socket is closed")
        return self._socket

    def interrupt(self) -> None:
        """Make a blocked `open` or `receive` raise; called from another thread, after `interrupted` was set."""
        if self._socket is not None:
            self._socket.interrupt()

    def close(self) -> None:
        """Acknowledge what was received, and close the socket; takes up to 250 ms. May be called twice."""
        if self._socket is not None:
            self._socket.close_normally(self._frames.data_to_send())


class SocketTransport:
    """A transport that receives a room through one PushSocket; see Transport. Subclasses add `open`."""

    name: ClassVar[str]

    def __init__(self, room: str, room_id: str, http: HttpClient, options: Options, dropped: Counter[str]) -> None:
        self._room = room
        self._room_id = room_id
        self._http = http
        self._options = options
        self._interrupted = threading.Event()
        self._socket = PushSocket(room_id, http, options, dropped, self._interrupted)
        self._connected: ConnectedSocket | None = None

    @property
    def has_socket(self) -> bool:
        """See Transport."""
        return True

    @property
    def socket(self) -> ConnectedSocket | None:
        """See Transport."""
        if self._connected is None:
            self._connected = self._socket.connected(self.name)
        return self._connected

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


def _refusal(status: int | None, headers: Mapping[str, str]) -> WebcastError:
    """Return the error of a handshake that was not answered with 101. `headers` have lower-case names."""
    if status is None or status < _OK:
        return NetworkError(f"the socket could not be opened: its answer has the status {status}")
    if error := status_error(status, headers, "the socket"):
        return error
    if status in _REDIRECTS:
        return NetworkError(f"the socket could not be opened: it redirects, which is not followed (status {status})")
    message = headers.get("handshake-msg", "")
    if not message and status == _UNSUPPORTED_MEDIA_TYPE:
        message = "DEVICE_BLOCKED"
    reason = f": {safe_text(message, 80)}" if message else ""
    return Blocked(f"TikTok refused the socket with status {status}{reason}", status=status)
