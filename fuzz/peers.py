"""The targets that read what services and proxies answer, through the libraries that do it: HTTP and WebSockets.

Each connection is one end of a pair of sockets. At the other end, the input is all that ever arrives.
"""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest.mock import patch

from tiktok2mqtt.common.errors import WebcastError
from tiktok2mqtt.webcast.lookup.provider import SignProvider
from tiktok2mqtt.webcast.net.cookies import MAX_TOTAL_CHARS
from tiktok2mqtt.webcast.net.dialer import Dialer
from tiktok2mqtt.webcast.net.http import MAX_BODY_BYTES, MAX_RETRY_AFTER_S, HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.transports.base import push_socket_url
from tiktok2mqtt.webcast.transports.polling import PollingTransport
from tiktok2mqtt.webcast.transports.sockets import PushSocket

# The answer of a server to a key of sixteen zero bytes (RFC 6455, section 4.2.2).
ACCEPT: Final = b"ICX+Yqv66kxgM0FcWaLWlFLwTAI="
_URL: Final = "http://fuzz.invalid/path"
_TIMEOUT_S: Final = 5.0
_MAX_FRAMES: Final = 100


def response(data: bytes) -> None:
    """A response with its status, headers, redirects, cookies and body; and another request with these cookies."""
    with _answering(data, Options(web_url="http://fuzz.invalid")) as http:
        for _ in range(2):
            try:
                answer = http.get(_URL, timeout_s=_TIMEOUT_S)
            except WebcastError as error:
                _check(error)
            else:
                _require(len(answer.body) <= MAX_BODY_BYTES, "the body is too long")
        cookies = http.socket_cookies(http.cookie("ttwid")) or ""
        _require(cookies.isascii() and cookies.isprintable(), "a cookie cannot be sent")
        _require(len(cookies) <= MAX_TOTAL_CHARS, "the cookies are too long")


def provider(data: bytes) -> None:
    """A response of the sign provider: its statuses and headers, the cookies and the URL of the socket."""
    options = Options(sign_url="https://fuzz.invalid", sign_key="secret-key")
    with _answering(data, options) as http:
        try:
            grant = SignProvider(http, options).grant("7")
            push_socket_url(grant.response, {}, options)
        except WebcastError as error:
            _check(error)
            _require("secret-key" not in str(error), "the key is repeated")


def polling(data: bytes) -> None:
    """A response of im/fetch, without the socket that it offers."""
    options = Options(webcast_url="http://fuzz.invalid/webcast/", enable_websocket_upgrade=False)
    with _answering(data, options) as http:
        transport = PollingTransport("alice", "7", http, options, Counter())
        try:
            transport.open()
            transport.receive(0.0)
        except WebcastError as error:
            _check(error)
        transport.close()


def handshake(data: bytes) -> None:
    """The answer to the handshake of a socket, and the frames after it."""
    with patch("websocket._handshake.os.urandom", bytes), _connecting("connect", data, Options()) as push_socket:
        push_socket.open("ws://fuzz.invalid/", None)
        for _ in range(_MAX_FRAMES):
            push_socket.receive(_TIMEOUT_S)


def proxy(data: bytes) -> None:
    """The answers of a proxy: to an HTTP request, to CONNECT, and to SOCKS."""
    for url in ("http://fuzz.invalid/", "https://fuzz.invalid/"):
        with _answering(data, Options(proxy="http://u:p@proxy.invalid:1")) as http:
            try:
                http.get(url, timeout_s=_TIMEOUT_S)
            except WebcastError as error:
                _check(error)
    for scheme in ("http", "socks5", "socks5h"):
        with _connecting("_tcp", data, Options(proxy=f"{scheme}://u:p@127.0.0.1:1")) as push_socket:
            push_socket.open("ws://127.0.0.1/", None)


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    target.__name__: target for target in (response, provider, polling, handshake, proxy)
}


@contextmanager
def _answering(data: bytes, options: Options) -> Iterator[HttpClient]:
    """Yield a client whose connections receive the data."""
    with _Connections(data) as connections, patch("urllib3.util.connection.create_connection", connections.new):
        http = HttpClient(options)
        yield http
        http.close()


@contextmanager
def _connecting(method: str, data: bytes, options: Options) -> Iterator[PushSocket]:
    """Yield a socket, whose dialer has a method that returns a connection which receives the data."""

    def connect(dialer: Dialer, *_: Any) -> socket.socket:
        dialer.stream = connection = connections.new()
        return connection

    with _Connections(data) as connections, patch.object(Dialer, method, connect):
        http = HttpClient(options)
        push_socket = PushSocket("7", http, options, Counter(), threading.Event())
        try:
            yield push_socket
        except WebcastError as error:
            _check(error)
        push_socket.close()
        http.close()


class _Connections(ExitStack):
    """Makes connections that receive the data and then the end."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data

    def new(self, *_: Any, **__: Any) -> socket.socket:
        ours, theirs = socket.socketpair()
        self.enter_context(theirs)
        theirs.setblocking(False)
        theirs.send(self._data)
        theirs.shutdown(socket.SHUT_WR)
        return ours


def _check(error: WebcastError) -> None:
    _require(str(error).isprintable(), "an error message is not printable")
    delay_s = error.retry_after_s
    _require(delay_s is None or 0 <= delay_s <= MAX_RETRY_AFTER_S, "a delay is out of range")


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise AssertionError(what)
