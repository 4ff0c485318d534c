"""The socket that a fetch response offers: whether it is TikTok's, and its URL.

Source: protocol reference, section 3, "Signed" and "Seed's upgrade".

The polling transport: HTTP requests with a cursor, and the socket that their answers may offer.

Source: protocol reference, section 2, "fetch (polling)", and section 3, "Seed's upgrade".
"""

import logging
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from typing import ClassVar, Final
from urllib.parse import SplitResult, urlencode, urlsplit

from google.protobuf.message import DecodeError

from tiktok2mqtt.common.errors import Blocked, NetworkError, SchemaError, WebcastError
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.net.frames import read_response
from tiktok2mqtt.webcast.net.http import HttpClient, require_ok
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.sockets import PushSocket

_VISIBLE: Final = re.compile(r"[!-\[\]-~]+")  # ASCII but blanks and backslash
_TIKTOK_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)*tiktok\.com(?::\d+)?", re.IGNORECASE)


def socket_url(offer: FetchResponse, params: Mapping[str, str], options: Options) -> str:
    """Return the URL of an offered socket: its server with `params` and each route parameter that has a value.

    Raises SchemaError unless the server is one of TikTok's, by TLS, or on a host that the options name.
    """
    parts = _split(offer.push_server)
    named = {urlsplit(url).hostname for url in (options.web_url, options.webcast_url, options.socket_url)}
    is_tiktoks = _TIKTOK_HOST.fullmatch(parts.netloc) is not None
    if not (parts.scheme == "wss" if is_tiktoks else parts.scheme in ("ws", "wss") and parts.hostname in named):
        raise SchemaError(f"the socket is not one of TikTok's: {safe_text(offer.push_server, 80)}")
    route = {name: value for name, value in offer.route_params_map.items() if value}
    query = urlencode(dict(params) | route)
    return parts._replace(query=f"{parts.query}&{query}" if parts.query else query, fragment="").geturl()


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url if _VISIBLE.fullmatch(url) else "")
    except ValueError:
        return urlsplit("")


logger = logging.getLogger(__name__)
# What the service asks for beyond this is taken for a mistake.
MAX_INTERVAL_S: Final = 60.0
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
    """See Transport. Its thread blocks in HTTP calls, in the wait between two of them, and in an offered socket.

    The socket is tried once. When it fails, at first or later, polling goes on from its cursor.
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
        self._due = 0.0
        self._answered = 0.0
        self._ready: deque[FetchResponse] = deque()
        self._socket: PushSocket | None = None
        self._may_upgrade = options.enable_websocket_upgrade
        self._gap_open = False

    @property
    def has_socket(self) -> bool:
        """See Transport."""
        return self._socket is not None

    @property
    def has_more(self) -> bool:
        """See Transport."""
        return bool(self._ready) or (self._socket is not None and self._socket.has_more)

    def open(self) -> None:
        """Poll for the first time. Raises Blocked, RateLimited, NetworkError, SchemaError."""
        self._poll()

    def receive(self, timeout_s: float) -> FetchResponse | None:
        """See Transport. Raises Blocked, RateLimited, NetworkError, SchemaError."""
        if not self._ready:
            if self._socket is not None:
                self._listen(self._socket, timeout_s)
            else:
                self._wait_and_poll(timeout_s)
        return self._ready.popleft() if self._ready else None

    # --- polling ---

    def _wait_and_poll(self, timeout_s: float) -> None:
        wait_s = self._due - time.monotonic()
        if self._interrupted.wait(max(0.0, min(wait_s, timeout_s))):
            raise NetworkError("polling was stopped")
        if wait_s > timeout_s:
            return
        try:
            self._poll()
        except NetworkError:
            # One lost request is no lost room: the cursor knows where to go on.
            if time.monotonic() - self._answered > self._options.stale_timeout_s:
                raise
            self._due = time.monotonic() + self._interval_s(0)

    def _poll(self) -> None:
        """Ask for what is new since the cursor, and take the socket that is offered."""
        response = self._fetch()
        self._ready.append(response)
        if response.push_server and self._may_upgrade:
            self._may_upgrade = False
            self._upgrade(response)

    def _fetch(self) -> FetchResponse:
        response = self._decoded(self._answer())
        self._cursor = response.cursor or self._cursor
        self._internal_ext = response.internal_ext.decode("utf-8", "replace") or self._internal_ext
        self._answered = time.monotonic()
        self._due = self._answered + self._interval_s(response.fetch_interval)
        return response

    def _answer(self) -> bytes:
        params = self._http.identity.http_params() | _FETCH_PARAMS | dict(self._options.client_params)
        where = {"room_id": self._room_id, "cursor": self._cursor, "internal_ext": self._internal_ext}
        answer = self._http.get(self._options.webcast_url + "im/fetch/", params | where)
        require_ok(answer, "im/fetch")
        if not answer.body:
            raise Blocked("TikTok refuses unsigned polling (its answer is empty)", status=answer.status)
        return answer.body

    @staticmethod
    def _decoded(body: bytes) -> FetchResponse:
        try:
            return read_response(body)
        except DecodeError as error:
            raise SchemaError("im/fetch sent an answer that cannot be read") from error

    def _interval_s(self, asked_ms: int) -> float:
        ours_s = self._options.request_polling_interval_ms / 1000
        return max(ours_s, min(asked_ms / 1000, MAX_INTERVAL_S))

    # --- the offered socket ---

    def _upgrade(self, offer: FetchResponse) -> None:
        try:
            url = socket_url(offer, self._socket_params(), self._options)
            self._socket = PushSocket(self._room_id, self._http, self._options, self._dropped, self._interrupted)
            self._socket.open(url, self._http.socket_cookies(self._http.cookie("ttwid")))
            self._gap_open = True
        except WebcastError as error:
            self._leave_socket(error)

    def _socket_params(self) -> dict[str, str]:
        return self._http.identity.socket_params(self._room_id) | dict(self._options.client_params)

    def _listen(self, socket: PushSocket, timeout_s: float) -> None:
        try:
            response = socket.receive(timeout_s)
        except WebcastError as error:
            if self._interrupted.is_set():
                raise
            self._leave_socket(error)
            return
        if response is not None:
            self._close_gap()
            self._ready.append(response)

    def _close_gap(self) -> None:
        """Ask once for what was said between the last answer and the socket's first; the two may overlap."""
        if not self._gap_open:
            return
        self._gap_open = False
        try:
            self._ready.append(self._fetch())
        except WebcastError as error:
            logger.info("%s: what was said before the socket was open may be missing: %s", self._room, error)

    def _leave_socket(self, error: WebcastError) -> None:
        logger.info("%s: the socket that was offered failed (%s); polling goes on", self._room, error)
        if self._socket is not None:
            self._socket.close()
            self._socket = None

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
