"""The direct transport: an anonymous WebSocket with a ttwid cookie, no third party.

Source: protocol reference, section 3, "Direct, anonymous".
"""

import threading
import time
from collections import Counter
from collections.abc import Mapping
from math import ceil
from typing import ClassVar
from urllib.parse import urlencode

import websocket

from tiktok2mqtt.webcast.errors import Blocked, NetworkError, RateLimited, StaleConnection, WebcastError
from tiktok2mqtt.webcast.frames import FrameProtocol
from tiktok2mqtt.webcast.http import HttpClient, retry_after_s
from tiktok2mqtt.webcast.options import Options
from tiktok2mqtt.webcast.rooms import Rooms
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.text import safe_text

_UNSUPPORTED_MEDIA_TYPE = 415
_TOO_MANY = 429
_SERVER_FAULT = 500
_BLOCKED_PAUSE_S = 2.0
# websocket-client's own words for "the peer is gone", beside OSError.
_SOCKET_ERRORS = (OSError, websocket.WebSocketException)


class DirectTransport:
    """See Transport. Its thread blocks in HTTP calls, in the pause between two of them, and in the socket's recv."""

    name: ClassVar[str] = "direct"

    def __init__(self, room: str, room_id: str, http: HttpClient, options: Options, dropped: Counter[str]) -> None:
        self._room = room
        self._room_id = room_id
        self._http = http
        self._options = options
        self._rooms = Rooms(http, options)
        self._socket: websocket.WebSocket | None = None
        self._dropped = dropped
        self._frames = self._new_frames()
        self._interrupted = threading.Event()

    def open(self) -> None:
        """Get the cookie, shake hands, say hello.

        A refusal is tried once more as somebody else. Raises Blocked, RateLimited, NetworkError.
        """
        ttwid = self._ttwid()
        try:
            self._socket = self._handshake(ttwid)
        except Blocked:
            # The cookie or the browser was turned away: another pair may get in.
            if self._interrupted.wait(_BLOCKED_PAUSE_S):
                raise
            self._http.renew_identity()
            self._socket = self._handshake(self._ttwid())
        self._frames = self._new_frames()
        self._frames.start(time.monotonic())
        self._flush()

    def _new_frames(self) -> FrameProtocol:
        stale_timeout_s = self._options.stale_timeout_s
        return FrameProtocol(self._room_id, time.monotonic(), stale_timeout_s=stale_timeout_s, dropped=self._dropped)

    def _ttwid(self) -> str:
        return self._rooms.ttwid(self._room, self._interrupted.wait)

    def _handshake(self, ttwid: str) -> websocket.WebSocket:
        query = self._http.identity.socket_params(self._room_id) | dict(self._options.client_params)
        headers = {
            "User-Agent": self._http.identity.user_agent,
            "Referer": self._options.web_url + "/",
            "Accept-Language": "en-US,en;q=0.9",
            "Cache-Control": "no-cache",
        } | dict(self._options.websocket_headers)
        try:
            return websocket.create_connection(
                f"{self._options.socket_url}?{urlencode(query)}",
                timeout=self._options.connect_timeout_s,
                header=headers,
                cookie=f"ttwid={ttwid}",
                origin=self._options.web_url,
                # No proxy of the environment. The list counts only beside a proxy's name, which is then not used.
                http_proxy_host="unused",
                http_no_proxy=["*"],
                redirect_limit=0,
            )
        except websocket.WebSocketBadStatusException as error:
            raise _refusal(error) from error
        except _SOCKET_ERRORS as error:
            raise NetworkError(f"the socket could not be opened: {safe_text(error, 80)}") from error

    def receive(self, timeout_s: float) -> FetchResponse | None:
        """See Transport. Raises StaleConnection, NetworkError."""
        now = time.monotonic()
        self._frames.tick(now)
        self._flush()
        data = self._next_frame(min(timeout_s, self._frames.seconds_to_next_tick(now)))
        now = time.monotonic()
        if data is None:
            if self._frames.is_stale(now):
                raise StaleConnection(f"nothing was received for {self._options.stale_timeout_s:g} s")
            return None
        response = self._frames.receive_bytes(data, now)
        self._flush()
        if self._frames.closed_by_peer:
            raise NetworkError("the service closed the connection")
        return response

    def _next_frame(self, timeout_s: float) -> bytes | None:
        connection = self._connection()
        # In steps, so that a busy socket is not told another timeout for each frame.
        timeout_s = max(0.1, ceil(timeout_s * 10) / 10)
        if connection.gettimeout() != timeout_s:
            connection.settimeout(timeout_s)
        try:
            # Pings, which the library answers, are returned as well: they must not hold up our heartbeats.
            opcode, data = connection.recv_data(control_frame=True)
        except websocket.WebSocketTimeoutException:
            return None
        except _SOCKET_ERRORS as error:
            raise NetworkError(f"the socket was lost: {safe_text(error, 80)}") from error
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise NetworkError("the service closed the socket")
        if opcode == websocket.ABNF.OPCODE_TEXT:
            self._frames.receive_text(time.monotonic())
            return None
        return bytes(data) if opcode == websocket.ABNF.OPCODE_BINARY else None

    def _flush(self) -> None:
        connection = self._connection()
        for frame in self._frames.data_to_send():
            try:
                connection.send_binary(frame)
            except _SOCKET_ERRORS as error:
                raise NetworkError(f"the socket was lost: {safe_text(error, 80)}") from error

    def _connection(self) -> websocket.WebSocket:
        if self._socket is None or self._interrupted.is_set():
            raise NetworkError("the socket is closed")
        return self._socket

    def interrupt(self) -> None:
        """See Transport."""
        self._interrupted.set()
        if self._socket is not None:
            self._socket.abort()

    def close(self) -> None:
        """See Transport."""
        self._interrupted.set()
        if self._socket is not None:
            self._socket.shutdown()


def _refusal(error: websocket.WebSocketBadStatusException) -> WebcastError:
    """Turn a handshake that was not answered with 101 into the reason given by its status and headers."""
    headers: Mapping[str, str] = error.resp_headers or {}
    if error.status_code == _TOO_MANY:
        after = retry_after_s(headers.get("retry-after"), headers.get("date"))
        return RateLimited("the socket says: too many requests", status=error.status_code, retry_after_s=after)
    if error.status_code >= _SERVER_FAULT:
        return NetworkError(f"the socket failed with status {error.status_code}")
    message = headers.get("handshake-msg", "")
    if not message and error.status_code == _UNSUPPORTED_MEDIA_TYPE:
        message = "DEVICE_BLOCKED"
    reason = f": {safe_text(message, 80)}" if message else ""
    return Blocked(f"TikTok refused the socket with status {error.status_code}{reason}", status=error.status_code)
