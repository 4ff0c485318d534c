"""How requests is used here: sessions that take nothing from the environment, one connection pool, bounded bodies.

The errors of requests and urllib3 become ours in one place.
"""

import ssl
import time
import zlib
from http.client import HTTPException
from http.cookiejar import Cookie, CookiePolicy
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.util import Timeout

from tiktok2mqtt.common.errors import NetworkError
from tiktok2mqtt.common.times import seconds_left
from tiktok2mqtt.webcast.net.causes import connect_failure
from tiktok2mqtt.webcast.net.cookies import is_too_much
from tiktok2mqtt.webcast.net.dialer import default_tls_context
from tiktok2mqtt.webcast.net.proxies import Proxy, proxy_error

# Limit of a body, both as it was sent and decoded.
MAX_BODY_BYTES: Final = 8 * 1024 * 1024
# TikTok's have some 5,000. http.client allows 100 lines of 64 KiB, for which http.cookiejar takes half a minute.
MAX_HEADER_CHARS: Final = 32_768
# Idle connections to one host. Each room may poll by HTTP, and there may be 1,000 of them; no more are kept than were
# in use at the same time.
POOL_SIZE: Final = 1000
_CHUNK_BYTES: Final = 64 * 1024
# By content coding (RFC 9110, section 8.4.1), for zlib.
_WBITS: Final = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class BoundedCookieJar(RequestsCookieJar):
    """A jar that has been flooded when it holds too much, and is then emptied: nothing in it is worth keeping."""

    def set_cookie(self, cookie: Cookie, *args: Any, **kwargs: Any) -> None:
        """Add a cookie that the policy has accepted."""
        super().set_cookie(cookie, *args, **kwargs)
        if is_too_much((one.name, one.value) for one in self):
            self.clear()
            super().set_cookie(cookie, *args, **kwargs)


class Session(requests.Session):
    """A session that adds nothing to a request, and takes nothing from the environment."""

    def __init__(self, adapter: HTTPAdapter, policy: CookiePolicy, proxy: Proxy | None) -> None:
        super().__init__()
        self.trust_env = False
        self.headers.clear()
        self.cookies = BoundedCookieJar(policy)
        if proxy is not None:
            self.proxies = {"http": proxy.url, "https": proxy.url}
        for scheme in ("http://", "https://"):
            self.mount(scheme, adapter)

    def get_redirect_target(self, _resp: requests.Response) -> None:
        """Follow no redirect: requests would read the whole body of the response first, without a limit."""
        return


class BoundedAdapter(HTTPAdapter):
    """A transport adapter that refuses responses with very long headers."""

    def build_response(self, req: requests.PreparedRequest, resp: urllib3.BaseHTTPResponse) -> requests.Response:
        """Return the response for requests, whose cookies are parsed here. Raises NetworkError."""
        if sum(len(name) + len(value) for name, value in resp.headers.iteritems()) > MAX_HEADER_CHARS:
            resp.close()
            raise NetworkError(f"{urlsplit(str(req.url)).netloc} sent more than {MAX_HEADER_CHARS} bytes of headers")
        return super().build_response(req, resp)


class PooledAdapter(BoundedAdapter):
    """A connection pool for all rooms, with our TLS context.

    A connection tells the service nothing but our address, which the rooms share anyway: names, devices and cookies are
    in the requests. So a room may use the connection that another one has opened.
    """

    def __init__(self) -> None:
        super().__init__(pool_maxsize=POOL_SIZE)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Return host and TLS settings of the pool for a request; see requests."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": default_tls_context()}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Return the pools of a proxy; see requests. The connection to an https:// proxy has our TLS context too."""
        if proxy.startswith("https://"):
            kwargs["proxy_ssl_context"] = default_tls_context()
        return super().proxy_manager_for(proxy, **kwargs)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Change nothing: the TLS context verifies certificates. requests would add those of certifi to it."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send the request, and once more when it was sent on an idle connection that the server was just closing."""
        pool: Any = self.get_connection_with_tls_context(request, kwargs["verify"], kwargs["proxies"], kwargs["cert"])
        connections, deadline = pool.num_connections, time.monotonic() + kwargs["timeout"].total
        try:
            return super().send(request, *args, **kwargs)
        except requests.ConnectionError as error:
            if pool.num_connections > connections or not isinstance(_cause(error), ConnectionError | ssl.SSLError):
                raise
        return super().send(request, *args, **kwargs | {"timeout": Timeout(total=seconds_left(deadline))})


def read_body(raw: urllib3.BaseHTTPResponse, host: str, deadline: float) -> bytes:
    """Read the body and decode it. Raises NetworkError over MAX_BODY_BYTES, TimeoutError after the deadline."""
    sent = bytearray()
    # read1 returns what has arrived. read and iter_content wait for a whole chunk, however slowly it arrives.
    while data := raw.read1(_CHUNK_BYTES, decode_content=False):
        sent += data
        check_size(sent, host)
        seconds_left(deadline)
    body = decode_body(bytes(sent), raw.headers.get("Content-Encoding", ""))
    check_size(body, host)
    return body


def decode_body(body: bytes, encoding: str) -> bytes:
    """Decode a body, up to MAX_BODY_BYTES and one more. Raises urllib3's DecodeError unless it is whole.

    Not by urllib3, which takes a body that was cut short for a whole one.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity") or not body:
        return body
    if encoding not in _WBITS:
        raise urllib3.exceptions.DecodeError("unknown content coding")
    decoder = zlib.decompressobj(_WBITS[encoding])
    try:
        decoded = decoder.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise urllib3.exceptions.DecodeError("broken data") from error
    if len(decoded) <= MAX_BODY_BYTES and (not decoder.eof or decoder.unused_data):
        raise urllib3.exceptions.DecodeError("data is missing or left over")
    return decoded


def check_size(body: bytes | bytearray, host: str) -> None:
    """Raise NetworkError when the body is longer than MAX_BODY_BYTES."""
    if len(body) > MAX_BODY_BYTES:
        raise NetworkError(f"{host} sent more than {MAX_BODY_BYTES} bytes")


def network_error(host: str, error: Exception, proxy: Proxy | None) -> NetworkError:
    """Return our error for one of requests or urllib3: a ProxyError if the proxy failed."""
    cause = _cause(error)
    if isinstance(error, requests.exceptions.ProxyError):
        # urllib3 also blames the proxy for a connection through it that the service has reset.
        is_proxy_error = not isinstance(cause, ConnectionError)
    else:
        # Through SOCKS, urllib3 reports each failure to connect as it does without a proxy.
        is_socks = proxy is not None and not proxy.is_http
        is_proxy_error = is_socks and isinstance(cause, urllib3.exceptions.ConnectTimeoutError)
    return (
        proxy_error(str(error)) if is_proxy_error else NetworkError(f"{host} did not answer: {_reason(error, cause)}")
    )


def _cause(error: BaseException) -> BaseException:
    """Return the innermost error. Each library passes it on as `reason` or as the last argument of its own error."""
    while isinstance(inner := getattr(error, "reason", None) or next(reversed(error.args), None), BaseException):
        error = inner
    return error


def _reason(error: Exception, cause: BaseException) -> str:
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return "timed out"
    if failure := connect_failure(cause):
        return failure
    is_broken = isinstance(cause, HTTPException) or not isinstance(error, requests.ConnectionError)
    return "its response is broken" if is_broken and not isinstance(cause, ConnectionError) else "connection failed"
