"""The browser transport: the user's own Chromium opens the live page, and we read what the page receives.

The page connects, sends heartbeats and acknowledgements, and connects again. Nothing is signed here, no cookie is read
and nothing is clicked. Source: protocol reference, section 3, for the frames; see `net.devtools` for the browser.
"""

import base64
import binascii
import threading
import time
from collections import Counter, deque
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, quote, urlsplit

from google.protobuf.message import DecodeError

from tiktok2mqtt.common.errors import BrowserError, CaptchaPage, NetworkError, StaleConnection
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.net.devtools import Json, Tab, result_of
from tiktok2mqtt.webcast.net.frames import FrameProtocol, read_response
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import TIKTOK_DOMAINS, Options, is_tiktok_url, split_url
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.base import ConnectedSocket

_BINARY: Final = 2
_FETCH_PATH: Final = "/im/fetch"
# A page has a handful of sockets and polls one request after the other.
_MAX_REQUESTS: Final = 64
_FIND_CAPTCHA: Final = "!!document.querySelector('[id*=captcha i], [class*=captcha i]')"


class TabLimit:
    """How many tabs are open in each browser, over all rooms of this process. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()

    def take(self, browser_url: str, limit: int) -> None:
        """Count one more tab. Raises BrowserError if there are as many as the limit."""
        with self._lock:
            if self._open[browser_url] >= limit:
                raise BrowserError(f"the browser has {limit} tabs already, see tiktok.browser_max_tabs")
            self._open[browser_url] += 1

    def release(self, browser_url: str) -> None:
        """Count one tab less."""
        with self._lock:
            self._open[browser_url] -= 1


TABS: Final = TabLimit()


class BrowserTransport:
    """See Transport. Its thread blocks in the socket to the browser."""

    name: ClassVar[str] = "browser"

    def __init__(self, room: str, room_id: str, http: HttpClient, options: Options, dropped: Counter[str]) -> None:
        # The browser makes the requests.
        del http
        self._room_id = room_id
        self._options = options
        self._dropped = dropped
        self._browser_url = options.browser_url or ""
        self._page_url = f"{options.web_url}/@{quote(room)}/live"
        self._interrupted = threading.Event()
        self._tab: Tab | None = None
        self._frames = self._new_frames()
        self._ready: deque[FetchResponse] = deque()
        # DevTools' ids of the page's sockets into the room, of its polls, and of the bodies that we have asked for.
        self._sockets: set[str] = set()
        self._connected: ConnectedSocket | None = None
        self._polls: set[str] = set()
        self._bodies: set[int] = set()

    def _new_frames(self) -> FrameProtocol:
        stale_timeout_s = self._options.stale_timeout_s
        return FrameProtocol(self._room_id, time.monotonic(), stale_timeout_s=stale_timeout_s, dropped=self._dropped)

    @property
    def has_socket(self) -> bool:
        """See Transport."""
        return bool(self._sockets)

    @property
    def socket(self) -> ConnectedSocket | None:
        """See Transport."""
        return self._connected if self._sockets else None

    @property
    def has_more(self) -> bool:
        """See Transport."""
        return bool(self._ready)

    def open(self) -> None:
        """Open the live page in a tab, and wait until it has entered the room. Raises BrowserError, CaptchaPage."""
        TABS.take(self._browser_url, self._options.browser_max_tabs)
        tab = self._tab = Tab(self._browser_url, self._options.connect_timeout_s)
        if self._interrupted.is_set():
            raise NetworkError("disconnected while connecting")
        tab.open()
        answer = tab.call("Page.navigate", url=self._page_url)
        if answer.get("errorText"):
            raise BrowserError(f"the browser cannot open the page: {safe_text(answer['errorText'], 80)}")
        deadline = time.monotonic() + self._options.connect_timeout_s
        while not self._ready and time.monotonic() < deadline:
            self._read(deadline - time.monotonic())
        if not self._ready:
            raise self._did_not_enter(tab)
        self._frames = self._new_frames()

    def _did_not_enter(self, tab: Tab) -> CaptchaPage | BrowserError:
        answer = tab.call("Runtime.evaluate", expression=_FIND_CAPTCHA, returnByValue=True)
        if answer.get("result", {}).get("value") is True:
            return CaptchaPage("the page shows a captcha: solve it in the browser")
        return BrowserError(f"the page did not enter the room within {self._options.connect_timeout_s:g} s")

    def receive(self, timeout_s: float) -> FetchResponse | None:
        """See Transport. Raises BrowserError, StaleConnection, NetworkError."""
        if not self._ready:
            self._read(timeout_s)
        if not self._ready and self._frames.is_stale(time.monotonic()):
            raise StaleConnection(f"the page received nothing for {self._options.stale_timeout_s:g} s")
        return self._ready.popleft() if self._ready else None

    def _read(self, timeout_s: float) -> None:
        """Process what the browser reports, until there is a response or for `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        while not self._ready and (left_s := deadline - time.monotonic()) > 0:
            tab = self._tab
            if tab is None or self._interrupted.is_set():
                raise NetworkError("the tab is closed")
            message = tab.receive(left_s)
            if message is not None:
                self._process(tab, message)

    def _process(self, tab: Tab, message: Json) -> None:
        if message.get("id") in self._bodies:
            self._bodies.discard(message["id"])
            self._poll_answered(message)
            return
        params = message.get("params")
        if not isinstance(params, dict):
            return
        match message.get("method"):
            case "Page.frameNavigated":
                self._check_page(params.get("frame"))
            case "Page.javascriptDialogOpening":
                # An open dialog would stop the page.
                tab.send("Page.handleJavaScriptDialog", accept=True)
            case str(method):
                self._process_network(tab, method, str(params.get("requestId", "")), params)

    def _process_network(self, tab: Tab, method: str, request: str, params: Json) -> None:
        match method:
            case "Network.webSocketCreated" if self._is_ours(params.get("url")):
                _add(self._sockets, request)
                self._connected = ConnectedSocket(params["url"], self.name, None, None)
            case "Network.webSocketFrameReceived" if request in self._sockets:
                self._frame_received(params)
            case "Network.webSocketClosed":
                self._sockets.discard(request)
            case "Network.responseReceived" if self._is_poll(params.get("response")):
                _add(self._polls, request)
            case "Network.loadingFinished" if request in self._polls:
                self._polls.discard(request)
                self._bodies.add(tab.send("Network.getResponseBody", requestId=request))
            case "Network.loadingFailed":
                self._polls.discard(request)

    def _is_ours(self, url: Any) -> bool:
        """Return whether a URL of the page leads into our room, on a host of TikTok or of the base URLs."""
        parts = split_url(url if isinstance(url, str) else "")
        bases = [
            urlsplit(base) for base in (self._options.web_url, self._options.webcast_url, self._options.socket_url)
        ]
        is_trusted = parts.netloc.lower() in {base.netloc.lower() for base in bases} or any(
            is_tiktok_url(parts, scheme, TIKTOK_DOMAINS) for scheme in ("https", "wss")
        )
        return is_trusted and parse_qs(parts.query).get("room_id") == [self._room_id]

    def _is_poll(self, response: Any) -> bool:
        url = response.get("url") if isinstance(response, dict) else None
        return self._is_ours(url) and _FETCH_PATH in urlsplit(str(url)).path

    def _frame_received(self, params: Json) -> None:
        frame = params.get("response")
        if not isinstance(frame, dict) or frame.get("opcode") != _BINARY:
            return
        now = time.monotonic()
        response = self._frames.receive_bytes(_decoded(frame.get("payloadData")), now)
        # The page sends heartbeats and acknowledgements itself.
        self._frames.data_to_send()
        if response is not None:
            self._ready.append(response)

    def _poll_answered(self, message: Json) -> None:
        result = result_of(message, "Network.getResponseBody")
        body = result.get("body", "")
        data = _decoded(body) if result.get("base64Encoded") else str(body).encode()
        try:
            self._ready.append(read_response(data))
        except DecodeError:
            self._dropped["fetch_response"] += 1

    def _check_page(self, frame: Any) -> None:
        """Raise BrowserError if the tab shows another page than that of the LIVE."""
        if not isinstance(frame, dict) or frame.get("parentId"):
            return
        shown, ours = split_url(str(frame.get("url", ""))), urlsplit(self._page_url)
        if shown.scheme == "chrome-error":
            raise BrowserError(f"the browser cannot reach {ours.netloc}")
        if shown.scheme in ("http", "https") and (shown.netloc, shown.path.rstrip("/")) != (ours.netloc, ours.path):
            where = shown.path if shown.netloc == ours.netloc else shown.netloc
            raise BrowserError(f"the tab shows {safe_text(where, 60)} instead of the LIVE")

    def interrupt(self) -> None:
        """See Transport."""
        self._interrupted.set()
        if (tab := self._tab) is not None:
            tab.interrupt()

    def close(self) -> None:
        """See Transport."""
        self._interrupted.set()
        if self._tab is not None:
            self._tab.close()
            self._tab = None
            TABS.release(self._browser_url)


def _add(requests: set[str], request: str) -> None:
    if len(requests) < _MAX_REQUESTS:
        requests.add(request)


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        return b""
