"""A connection to the host of a URL: TCP, a proxy in between or not, TLS. All of it by one deadline."""

import socket
import ssl
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from urllib3.util.ssltransport import SSLTransport

from tiktok2mqtt.webcast.net.answers import BoundedResponse
from tiktok2mqtt.webcast.net.proxies import Proxy, parse_proxy, proxy_faults, refusal
from tiktok2mqtt.webcast.net.tls import default_tls_context

# What is read and written by: TLS within the TLS of a proxy is no socket, but has the same methods.
Line = socket.socket | SSLTransport
# Status and headers of a proxy or of a handshake.
MAX_HEAD_BYTES: Final = 64 * 1024
_OK: Final = 200


class Dialer:
    """Connects to the host of `url` until `deadline` (monotonic, in seconds).

    `hold` is told what is connected so far, so that another thread can shut it; it may raise OSError to end it all. The
    caller closes what it holds, also when this raises: ProxyError for all that goes wrong at the proxy, OSError for the
    rest.
    """

    def __init__(self, url: str, proxy: str | None, deadline: float, hold: Callable[[Line], None]) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._is_secure = parts.scheme in ("https", "wss")
        self._port = parts.port or (443 if self._is_secure else 80)
        self._proxy = parse_proxy(proxy) if proxy else None
        # An HTTP proxy that is asked for what is at the URL, instead of for a way to it.
        self.forwarder = self._proxy if parts.scheme == "http" and self._proxy and self._proxy.is_http else None
        self._deadline = deadline
        self._hold = hold

    def dial(self) -> Line:
        """Return the connection."""
        if self._proxy is None:
            line: Line = self._tcp(self._host, self._port)
        else:
            with proxy_faults():
                line = self._by_proxy(self._proxy)
        return self._tls(line, self._host) if self._is_secure else line

    def left_s(self) -> float:
        """Return the seconds that are left. Raises TimeoutError when there are none."""
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("timed out")
        return left_s

    def _tcp(self, host: str, port: int) -> socket.socket:
        failure: OSError = OSError("the host has no address")
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for untried, (family, kind, protocol, _, address) in zip(range(len(found), 0, -1), found, strict=True):
            sock = socket.socket(family, kind, protocol)
            self._hold(sock)
            try:
                # One address that leads nowhere leaves time for the others.
                sock.settimeout(self.left_s() / untried)
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
            else:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                # Whoever shut it before it was connected has shut nothing.
                self._hold(sock)
                return sock
        raise failure

    def _by_proxy(self, proxy: Proxy) -> Line:
        if not proxy.is_http:
            return self._by_socks(proxy)
        sock = self._tcp(proxy.host, proxy.port)
        line = self._tls(sock, proxy.host) if proxy.scheme == "https" else sock
        if self.forwarder is None:
            self._tunnel(line, proxy)
        return line

    def _by_socks(self, proxy: Proxy) -> Line:
        # An extra, which parse_proxy has looked for.
        from python_socks import ProxyType  # noqa: PLC0415
        from python_socks.sync import Proxy as SocksProxy  # noqa: PLC0415

        username, password = proxy.auth or (None, None)
        rdns = proxy.scheme == "socks5h"
        by = SocksProxy(ProxyType.SOCKS5, proxy.host, proxy.port, username, password, rdns)
        sock: socket.socket = by.connect(self._host, self._port, timeout=self.left_s())
        self._hold(sock)
        return sock

    def _tunnel(self, line: Line, proxy: Proxy) -> None:
        """Ask for a way through (RFC 9110, section 9.3.6)."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        lines = [f"CONNECT {host}:{self._port} HTTP/1.1", f"Host: {host}:{self._port}"]
        lines += [f"{name}: {value}" for name, value in proxy.authorization.items()]
        line.settimeout(self.left_s())
        line.sendall("\r\n".join([*lines, "", ""]).encode())
        status = read_head(line, "CONNECT").status
        if status != _OK:
            raise refusal(status)

    def _tls(self, line: Line, host: str) -> Line:
        if isinstance(line, ssl.SSLSocket):
            line.settimeout(self.left_s())
            wrapped: Line = SSLTransport(line, default_tls_context(), host)
            self._hold(wrapped)
            return wrapped
        sock = default_tls_context().wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)  # type: ignore[arg-type]
        self._hold(sock)
        sock.settimeout(self.left_s())
        sock.do_handshake()
        return sock


def read_head(line: Line, method: str) -> BoundedResponse:
    """Read status and headers, and not one byte more, until the line's timeout is over.

    Raises http.client.HTTPException and OSError, also for more than MAX_HEAD_BYTES.
    """
    answer = BoundedResponse(line, method=method, limit=MAX_HEAD_BYTES, buffered=False)  # type: ignore[arg-type]
    try:
        answer.begin()
    finally:
        answer.close()
    return answer
