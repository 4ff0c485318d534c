"""Connections to TikTok: the TLS settings of all of them, and the dialer of WebSockets.

The dialer connects to the host of a URL with TCP, a proxy if there is one, and TLS, with one deadline for all.
`HandshakeSocket` limits what a peer can do during a handshake, which websocket-client and python-socks do not.
"""

import io
import socket
import ssl
import threading
from contextlib import suppress
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from python_socks import ProxyType
from python_socks.sync import Proxy as ProxyClient
from urllib3.util.ssltransport import SSLTransport

from tiktok2mqtt.common.times import seconds_left
from tiktok2mqtt.webcast.net.proxies import Proxy, proxy_errors

_lock = threading.Lock()


def default_tls_context() -> ssl.SSLContext:
    """Return the context that HTTP requests and WebSockets share: certificates are checked by the system's store."""
    # Only one: the connection pool has connections for each context.
    with _lock:
        return _new_context()


@cache
def _new_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    # The only protocol that we speak. Browsers offer it for a WebSocket as well.
    context.set_alpn_protocols(["http/1.1"])
    # After `stop_receiving`, OpenSSL 3 would send an alert, and nothing else. Reading is as before: Python returns no
    # bytes at the end either way.
    context.options |= getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
    return context


# Limit of everything that is received during one handshake.
MAX_HANDSHAKE_BYTES: Final = 64 * 1024


class HandshakeSocket:
    """A connection during a handshake. It behaves like the socket in it, except that `recv` has limits.

    The libraries lack them, so these lines are ours:

    - websocket-client and python-socks have a timeout for each `recv`, but none for the whole answer. `deadline`
      (monotonic, in seconds) stops a peer that sends byte after byte.
    - websocket-client reads any number of headers, and the whole body of a refusal, into memory.
    - websocket-client keeps the cookies of all handshakes in one jar of the process and sends them with later
      handshakes to the same domain, so a room would send the cookies of another one. Here it never receives a
      Set-Cookie header; we do not need them.
    - python-socks takes what the first `recv` returns for the whole answer of an HTTP proxy. Here that is all of its
      headers, and nothing after them.

    `is_http` is False for a handshake that is not HTTP (SOCKS, TLS): only time and size are limited.
    """

    def __init__(self, stream: Any, deadline: float, *, is_http: bool = True) -> None:
        self._stream = stream
        self._deadline = deadline
        self._bytes_left = MAX_HANDSHAKE_BYTES
        self._head = None if is_http else io.BytesIO()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def recv(self, size: int) -> bytes:
        """Return at least one byte. Raises TimeoutError, or ConnectionError at the end of the stream or the limit."""
        if self._head is None:
            self._head = io.BytesIO(self._read_head())
        return self._head.read(size) or self._read(size)

    def _read_head(self) -> bytes:
        lines: list[bytes] = []
        while not lines or lines[-1].strip():
            line = bytearray()
            while not line.endswith(b"\n"):
                line += self._read(1)
            # Compared as websocket-client does.
            if line.decode("utf-8", "replace").strip().partition(":")[0].lower() != "set-cookie":
                lines.append(bytes(line))
        return b"".join(lines)

    def _read(self, size: int) -> bytes:
        self._stream.settimeout(seconds_left(self._deadline))
        data: bytes = self._stream.recv(size)
        if not data:
            raise ConnectionError("the connection was closed")
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise ConnectionError("the answer is too long")
        return data


# TLS inside the TLS of a proxy is not a socket, but has its methods.
Stream = socket.socket | SSLTransport
S = TypeVar("S", bound=Stream)


class Dialer:
    """Makes one connection until `deadline` (monotonic, in seconds). Only the look-up of names has its own timeouts.

    `abort` may be called from any thread, at any time. The caller closes `stream`, also after `connect` has failed.
    """

    def __init__(self, proxy: Proxy | None, deadline: float) -> None:
        self._proxy = proxy
        self._deadline = deadline
        self._is_aborted = False
        self.stream: Stream | None = None

    def connect(self, url: str) -> Stream:
        """Return the connection. Raises ProxyError for whatever fails at the proxy, otherwise OSError or ValueError."""
        parts = urlsplit(url)
        is_secure, host = parts.scheme == "wss", parts.hostname or ""
        port = parts.port or (443 if is_secure else 80)
        if self._proxy is None:
            sock = self._tcp(host, port)
        else:
            with proxy_errors():
                sock = self._tunnel(self._proxy, host, port)
        if not is_secure:
            return sock
        return self._tls_in_tls(sock, host) if isinstance(sock, ssl.SSLSocket) else self._tls(sock, host)

    def abort(self) -> None:
        """Make `connect`, and any use of the connection afterwards, fail at once."""
        self._is_aborted = True
        self._shut_down(socket.SHUT_RDWR)

    def stop_receiving(self) -> None:
        """Make whoever receives find the end of the stream. Sending goes on. May be called from any thread."""
        self._shut_down(socket.SHUT_RD)

    def _shut_down(self, how: int) -> None:
        if self.stream is not None:
            # Not SSLSocket.shutdown, which discards the TLS state that another thread is using.
            sock = self.stream.socket if isinstance(self.stream, SSLTransport) else self.stream
            with suppress(OSError):
                socket.socket.shutdown(sock, how)

    def _keep(self, stream: S) -> S:
        self.stream = stream
        # An abort before this line did not see the stream; one after it shuts the stream down.
        if self._is_aborted:
            raise ConnectionAbortedError("the connection was aborted")
        return stream

    def _tcp(self, host: str, port: int) -> socket.socket:
        failure = OSError("the host has no address")
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for untried, (family, kind, protocol, _, address) in zip(range(len(addresses), 0, -1), addresses, strict=True):
            sock = socket.socket(family, kind, protocol)
            try:
                # An address that does not answer leaves time for the others.
                sock.settimeout(seconds_left(self._deadline) / untried)
                self._keep(sock).connect(address)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                # Once more, because an abort before the socket was connected had no effect on it.
                return self._keep(sock)
            except OSError as error:
                sock.close()
                failure = error
        raise failure

    def _tunnel(self, proxy: Proxy, host: str, port: int) -> socket.socket:
        sock = self._tcp(proxy.host, proxy.port)
        if proxy.scheme == "https":
            sock = self._tls(sock, proxy.host)
        kind = ProxyType.HTTP if proxy.is_http else ProxyType.SOCKS5
        user, password = proxy.auth or (None, None)
        connected = _Connected(HandshakeSocket(sock, self._deadline, is_http=proxy.is_http))
        client = ProxyClient(kind, proxy.host, proxy.port, user, password, proxy.scheme != "socks5", connected)
        client.connect(host, port)
        return sock

    def _tls(self, sock: socket.socket, host: str) -> ssl.SSLSocket:
        sock.settimeout(seconds_left(self._deadline))
        secured = default_tls_context().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        self._keep(secured).do_handshake()
        return secured

    def _tls_in_tls(self, sock: ssl.SSLSocket, host: str) -> SSLTransport:
        # SSLTransport waits for each `recv`, not for the whole handshake.
        bounded: Any = HandshakeSocket(sock, self._deadline, is_http=False)
        secured = SSLTransport(bounded, default_tls_context(), host)
        secured.socket = sock
        return self._keep(secured)


class _Connected(ProxyClient):
    """Gives python-socks our connection to the proxy: `abort` could not reach one that it made itself."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def connect(self, *_: Any, **__: Any) -> Any:
        return self._stream
