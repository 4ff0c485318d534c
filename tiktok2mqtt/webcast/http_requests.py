"""The usual HTTP backend: requests, with every answer bounded in time and size."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request
from weakref import WeakSet

import requests
from requests import adapters
from requests.adapters import HTTPAdapter
from urllib3 import Timeout
from urllib3.util.ssl_ import create_urllib3_context

from tiktok2mqtt.webcast.answers import Answer, AnswerTooLongError, Body, BoundedResponse, shut
from tiktok2mqtt.webcast.errors import NetworkError
from tiktok2mqtt.webcast.proxy import requests_proxies
from tiktok2mqtt.webcast.proxy_faults import http_fault

_CHUNK_BYTES = 64 * 1024


class RequestsBackend:
    """See Backend. Proxy variables of the environment are ignored."""

    def __init__(self, proxy: str | None) -> None:
        self._proxy = proxy
        self._adapter = _Adapter()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.clear()
        self._session.cookies.set_policy(_NoCookies())
        self._session.proxies.update(requests_proxies(proxy))
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, self._adapter)

    def get(self, url: str, headers: Mapping[str, str], timeout_s: float) -> Answer:
        """See Backend. The deadline holds from the first byte sent; each address of a host has as much to connect."""
        host = urlsplit(url).netloc
        body = Body(host)
        timeout: Any = Timeout(total=timeout_s, connect=timeout_s, read=timeout_s)
        try:
            with self._session.get(
                url, headers=headers, timeout=timeout, stream=True, allow_redirects=False
            ) as response:
                for chunk in response.iter_content(_CHUNK_BYTES):
                    body.add(chunk)
                cookies = response.raw.headers.getlist("Set-Cookie")
                return Answer(response.status_code, response.headers, body.whole(), tuple(cookies))
        except requests.RequestException as error:
            if self._proxy and (fault := http_fault(error)):
                raise fault from error
            raise NetworkError(f"{host} did not answer: {_plain(error)}") from error

    def interrupt(self) -> None:
        """See Backend. A connection that is being made is made, and then of no use."""
        self._adapter.interrupt()

    def close(self) -> None:
        """See Backend."""
        self._session.close()


@cache
def _tls(authorities: str) -> ssl.SSLContext:
    """Return the context of all connections: to read the trusted certificates takes 20 ms and some memory."""
    context = create_urllib3_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    context.load_verify_locations(authorities)
    return context


class _NoCookies(DefaultCookiePolicy):
    """The cookies are kept elsewhere."""

    def set_ok(self, cookie: Cookie, request: Request) -> bool:  # noqa: ARG002 - the base class's interface
        return False


class _Adapter(HTTPAdapter):
    """Lets requests read its answers by way of BoundedResponse, from sockets that can be shut from outside."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._classes: dict[type, type] = {}
        self.interrupts = 0

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """See HTTPAdapter."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if pool.ConnectionCls not in self._classes.values():
            pool.ConnectionCls = self._bounded(pool.ConnectionCls)
        return pool

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002 - HTTPAdapter's interface
        """See HTTPAdapter, which would trust any proxy on the way to an http:// URL."""
        super().cert_verify(conn, "https://", verify, cert)  # type: ignore[no-untyped-call]
        # They are in the shared context already.
        conn.ca_certs = None

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """See HTTPAdapter."""
        super().init_poolmanager(*args, ssl_context=_tls(adapters.DEFAULT_CA_BUNDLE_PATH), **kwargs)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """See HTTPAdapter."""
        return super().proxy_manager_for(*args, ssl_context=_tls(adapters.DEFAULT_CA_BUNDLE_PATH), **kwargs)

    def _bounded(self, connection: type) -> type:
        if connection in self._classes:
            return self._classes[connection]
        adapter = self

        class BoundedConnection(connection):  # type: ignore[misc]
            response_class = BoundedResponse

            def connect(self) -> None:
                interrupts = adapter.interrupts
                super().connect()
                adapter.connected(self.sock, interrupts)

        return self._classes.setdefault(connection, BoundedConnection)

    def connected(self, sock: socket.socket, interrupts: int) -> None:
        """Take note of a socket; `interrupts` is how many there had been when it was begun."""
        with self._lock:
            self._sockets.add(sock)
            missed = self.interrupts != interrupts
        if missed:
            shut(sock)

    def interrupt(self) -> None:
        """Shut the sockets that answers may be read from; those that rest in a pool are made anew when needed."""
        with self._lock:
            self.interrupts += 1
            sockets = list(self._sockets)
        for sock in sockets:
            shut(sock)


def _plain(error: requests.RequestException) -> str:
    """Say in a few words what requests reports in many."""
    if isinstance(error, requests.exceptions.SSLError):
        return "TLS failed"
    causes = list(_causes(error))
    if any(isinstance(cause, AnswerTooLongError) for cause in causes):
        return "its answer has no end"
    if any(isinstance(cause, TimeoutError | requests.Timeout) for cause in causes):
        return "timed out"
    if any(isinstance(cause, http.client.HTTPException) and not isinstance(cause, OSError) for cause in causes):
        return "its answer is broken"
    return "connection failed" if isinstance(error, requests.ConnectionError) else type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
