"""A tab of a running Chromium, over the DevTools protocol.

Source: https://chromedevtools.github.io/devtools-protocol/, domains Target, Page and Network.
"""

import time
from collections import deque
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
import requests
import websocket

from tiktok2mqtt.common.errors import BrowserError
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.net.websocket import PushWebSocket

Json = dict[str, Any]
_MAX_ANSWER_BYTES: Final = 64 * 1024
# How much of the page's responses the browser keeps until they are requested.
_BUFFERS: Final = {"maxTotalBufferSize": 16 * 1024 * 1024, "maxResourceBufferSize": 4 * 1024 * 1024}
# The tab is in the background, where nobody sees or hears it: sound and video are off.
_MUTE: Final = "addEventListener('play', (event) => { event.target.muted = true; }, true);"
_CLOSE_TIMEOUT_S: Final = 1.0


class Tab:
    """One tab, opened in the background and closed by `close`. Used by one thread, except `interrupt`.

    All methods raise BrowserError if the browser is gone, answers with an error, or has closed the tab.
    """

    def __init__(self, browser_url: str, timeout_s: float) -> None:
        self._address = browser_url
        self._timeout_s = timeout_s
        self._socket = PushWebSocket(None, time.monotonic() + timeout_s)
        self._last_id = 0
        self._target: str | None = None
        self._session: str | None = None
        self._events: deque[Json] = deque()

    def open(self) -> None:
        """Connect to the browser and open an empty tab whose network events are reported."""
        url = self._debugger_url()
        try:
            self._socket.open(url, {})
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise BrowserError(f"the browser at {self._address} refuses DevTools: {safe_text(error, 80)}") from error
        target = self.call("Target.createTarget", url="about:blank", background=True)
        self._target = str(target.get("targetId"))
        self._session = str(self.call("Target.attachToTarget", targetId=self._target, flatten=True).get("sessionId"))
        self.call("Page.enable")
        self.call("Network.enable", **_BUFFERS)
        # Otherwise the page's timers, and with them its heartbeats, run once a minute after 5 minutes.
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.call("Page.addScriptToEvaluateOnNewDocument", source=_MUTE)

    def _debugger_url(self) -> str:
        """Ask the browser for the URL of its DevTools socket, which must be where the browser is."""
        try:
            with requests.Session() as session:
                # Neither a proxy nor credentials from the environment.
                session.trust_env = False
                request = session.get(
                    f"{self._address}/json/version", timeout=self._timeout_s, stream=True, allow_redirects=False
                )
                with request as response:
                    answer = orjson.loads(response.raw.read(_MAX_ANSWER_BYTES, decode_content=True))
            url = str(answer["webSocketDebuggerUrl"])
        except requests.RequestException as error:
            reason = "start it with --remote-debugging-port and a --user-data-dir of its own"
            raise BrowserError(f"no browser answers at {self._address}: {reason}") from error
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise BrowserError(f"what answers at {self._address} does not speak the DevTools protocol") from error
        ours, theirs = urlsplit(self._address), urlsplit(url)
        if theirs.scheme not in ("ws", "wss"):
            raise BrowserError(f"what answers at {self._address} does not speak the DevTools protocol")
        return theirs._replace(netloc=ours.netloc, scheme=ours.scheme.replace("http", "ws")).geturl()

    def call(self, method: str, **params: Any) -> Json:
        """Call a method of the tab, or of the browser before there is a tab; return its result."""
        number = self.send(method, **params)
        deadline = time.monotonic() + self._timeout_s
        while (message := self._read(deadline - time.monotonic())) is not None:
            if message.get("id") == number:
                return result_of(message, method)
            self._events.append(message)
        raise BrowserError(f"the browser does not answer {method}")

    def send(self, method: str, **params: Any) -> int:
        """Call a method without waiting; `receive` returns the answer, which has the returned `id`."""
        self._last_id += 1
        message: Json = {"id": self._last_id, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        try:
            self._socket.send(orjson.dumps(message))
        except (OSError, websocket.WebSocketException) as error:
            raise self._gone() from error
        return self._last_id

    def receive(self, timeout_s: float) -> Json | None:
        """Return the next event of the tab or answer to `send`, or None if none comes within `timeout_s`."""
        return self._events.popleft() if self._events else self._read(timeout_s)

    def _read(self, timeout_s: float) -> Json | None:
        deadline = time.monotonic() + timeout_s
        while (left_s := deadline - time.monotonic()) > 0:
            try:
                opcode, data = self._socket.receive(left_s)
            except websocket.WebSocketTimeoutException:
                continue
            except (OSError, websocket.WebSocketException) as error:
                raise self._gone() from error
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                raise self._gone()
            message = _parsed(data)
            if message is None:
                continue
            if message.get("method") in ("Target.detachedFromTarget", "Inspector.detached"):
                raise BrowserError("the tab was closed in the browser")
            if message.get("method") in ("Inspector.targetCrashed", "Target.targetCrashed"):
                raise BrowserError("the tab has crashed")
            return message
        return None

    def _gone(self) -> BrowserError:
        return BrowserError(f"the browser at {self._address} is gone")

    def interrupt(self) -> None:
        """Make all other methods raise. May be called from another thread."""
        self._socket.abort()

    def close(self) -> None:
        """Close the tab, if the browser still answers. May be called twice."""
        target, self._target, self._session = self._target, None, None
        if target is not None:
            self._timeout_s = _CLOSE_TIMEOUT_S
            with suppress(BrowserError):
                self.call("Target.closeTarget", targetId=target)
        self._socket.shutdown()


def result_of(message: Json, method: str) -> Json:
    """Return the result in an answer. Raises BrowserError with the browser's own words for an error."""
    if isinstance(error := message.get("error"), dict):
        raise BrowserError(f"the browser refuses {method}: {safe_text(error.get('message', ''), 80)}")
    result = message.get("result")
    return result if isinstance(result, dict) else {}


def _parsed(data: bytes) -> Json | None:
    try:
        message = orjson.loads(data)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None
