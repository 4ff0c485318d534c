"""The polling transport: HTTP requests with a cursor, and an upgrade to the socket that a response may offer.

Source: protocol reference, section 2, "fetch (polling)", and section 3, "Seed's upgrade".
"""

import logging
import threading
import time
from collections import Counter, deque
from typing import ClassVar, Final

from google.protobuf.message import DecodeError

from tiktok2mqtt.common.errors import Blocked, NetworkError, SchemaError, WebcastError
from tiktok2mqtt.webcast.net.frames import read_response
from tiktok2mqtt.webcast.net.http import HttpClient, require_ok
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.base import ConnectedSocket, push_socket_url
from tiktok2mqtt.webcast.transports.sockets import PushSocket

logger = logging.getLogger(__name__)
# Longer intervals in a response are considered errors and cut to this one.
MAX_INTERVAL_S: Final = 60.0
# Limit of the cursor and of internal_ext, which each request repeats. TikTok's have some hundred bytes.
MAX_POSITION_BYTES: Final = 8_192
_FETCH_PARAMS: Final = {
    "device_platform": "web",
    "did_rule": "3",
    "fetch_rule": "1",
    "identity": "audience",
    "last_rtt": "0",
    "live_id": "12",
    "resp_content_type": "protobuf",
    "version_code": "180800",
}


class PollingTransport:
    """See Transport. Its thread blocks in HTTP requests, in the pauses between them, and in the socket.

    An offered socket is tried once. If it fails, at once or later, polling continues from the last cursor.
    """

    name: ClassVar[str] = "polling"

    def __init__(self, room: str, room_id: str, http: HttpClient, options: Options, dropped: Counter[str]) -> None:
        self._room = room
        self._room_id = room_id
        self._http = http
        self._options = options
        self._dropped = dropped
        self._interrupted = threading.Event()
        self._cursor = ""
        self._internal_ext = ""
        self._next_poll_at = 0.0
        self._last_success_at = 0.0
        self._ready: deque[FetchResponse] = deque()
        self._socket: PushSocket | None = None
        self._connected: ConnectedSocket | None = None
        self._may_upgrade = options.enable_websocket_upgrade
        self._must_catch_up = False

    @property
    def has_socket(self) -> bool:
        """See Transport."""
        return self._socket is not None

    @property
    def socket(self) -> ConnectedSocket | None:
        """See Transport."""
        return self._connected

    @property
    def has_more(self) -> bool:
        """See Transport."""
        return bool(self._ready) or (self._socket is not None and self._socket.has_more)

    def open(self) -> None:
        """Send the first request. Raises Blocked, RateLimited, NetworkError, SchemaError."""
        self._poll(self._options.connect_timeout_s)
        # Without a cursor, it asks for what has happened so far.
        self._ready[0].is_first = True

    def receive(self, timeout_s: float) -> FetchResponse | None:
        """See Transport. Raises Blocked, RateLimited, NetworkError, SchemaError."""
        if not self._ready:
            if self._socket is not None:
                self._receive_from_socket(self._socket, timeout_s)
            else:
                self._wait_and_poll(timeout_s)
        return self._ready.popleft() if self._ready else None

    # --- polling ---

    def _wait_and_poll(self, timeout_s: float) -> None:
        wait_s = self._next_poll_at - time.monotonic()
        if self._interrupted.wait(max(0.0, min(wait_s, timeout_s))):
            raise NetworkError("polling was interrupted")
        if wait_s > timeout_s:
            return
        try:
            self._poll()
        except NetworkError:
            # A failed request loses nothing: the next one continues from the cursor.
            if time.monotonic() - self._last_success_at > self._options.stale_timeout_s:
                raise
            self._next_poll_at = time.monotonic() + self._interval_s(0)

    def _poll(self, timeout_s: float | None = None) -> None:
        """Fetch what is new since the cursor, and upgrade if the response offers a socket."""
        response = self._fetch(timeout_s)
        self._ready.append(response)
        if response.push_server and self._may_upgrade:
            self._may_upgrade = False
            self._upgrade(response)

    def _fetch(self, timeout_s: float | None = None) -> FetchResponse:
        response = self._decoded(self._request(timeout_s))
        self._cursor = response.cursor or self._cursor
        self._internal_ext = response.internal_ext.decode("utf-8", "replace") or self._internal_ext
        self._last_success_at = time.monotonic()
        self._next_poll_at = self._last_success_at + self._interval_s(response.fetch_interval)
        return response

    def _request(self, timeout_s: float | None) -> bytes:
        params = self._http.identity.http_params() | _FETCH_PARAMS | dict(self._options.client_params)
        position = {"room_id": self._room_id, "cursor": self._cursor, "internal_ext": self._internal_ext}
        response = self._http.get(self._options.webcast_url + "im/fetch/", params | position, timeout_s=timeout_s)
        require_ok(response, "im/fetch")
        if not response.body:
            raise Blocked("TikTok refuses unsigned polling (empty response)", status=response.status)
        return response.body

    def _decoded(self, body: bytes) -> FetchResponse:
        try:
            response = read_response(body, self._dropped)
        except DecodeError as error:
            raise SchemaError("the response of im/fetch cannot be decoded") from error
        if len(response.cursor) + len(response.internal_ext) > MAX_POSITION_BYTES:
            raise SchemaError("the response of im/fetch has a cursor without end")
        return response

    def _interval_s(self, requested_ms: int) -> float:
        own_s = self._options.request_polling_interval_ms / 1000
        return max(own_s, min(requested_ms / 1000, MAX_INTERVAL_S))

    # --- the upgrade ---

    def _upgrade(self, response: FetchResponse) -> None:
        try:
            url = push_socket_url(response, self._socket_params(), self._options)
            self._socket = PushSocket(self._room_id, self._http, self._options, self._dropped, self._interrupted)
            self._socket.open(url, self._http.socket_cookies(self._http.cookie("ttwid")))
            self._connected = self._socket.connected(self.name)
            self._must_catch_up = True
        except WebcastError as error:
            self._fall_back(error)

    def _socket_params(self) -> dict[str, str]:
        return self._http.identity.socket_params(self._room_id) | dict(self._options.client_params)

    def _receive_from_socket(self, socket: PushSocket, timeout_s: float) -> None:
        try:
            response = socket.receive(timeout_s)
        except WebcastError as error:
            if self._interrupted.is_set():
                raise
            self._fall_back(error)
            return
        if response is not None:
            self._catch_up()
            self._ready.append(response)

    def _catch_up(self) -> None:
        """Poll once more for messages sent before the socket was open; they may overlap with those of the socket."""
        if not self._must_catch_up:
            return
        self._must_catch_up = False
        try:
            self._ready.append(self._fetch())
        except WebcastError as error:
            logger.info("%s: messages sent before the socket was open may be missing: %s", self._room, error)

    def _fall_back(self, error: WebcastError) -> None:
        logger.info("%s: the offered socket failed (%s), polling continues", self._room, error)
        if self._socket is not None:
            self._socket.close()
            self._socket = self._connected = None

    def interrupt(self) -> None:
        """See Transport."""
        self._interrupted.set()
        if (socket := self._socket) is not None:
            socket.interrupt()

    def close(self) -> None:
        """See Transport."""
        self._interrupted.set()
        if self._socket is not None:
            self._socket.close()
