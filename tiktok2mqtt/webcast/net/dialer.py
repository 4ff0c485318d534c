"""Connects to the host of a WebSocket URL: TCP, a proxy if there is one, and TLS, with one deadline for all."""

import socket
import ssl
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

from python_socks import ProxyType
from python_socks.sync import Proxy as ProxyClient
from urllib3.util.ssltransport import SSLTransport

from tiktok2mqtt.common.times import seconds_left
from tiktok2mqtt.webcast.net.handshake import HandshakeSocket
from tiktok2mqtt.webcast.net.proxies import Proxy, proxy_errors
from tiktok2mqtt.webcast.net.tls import default_tls_context

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
        if self.stream is not None:
            # Not SSLSocket.shutdown, which discards the TLS state that another thread is using.
            sock = self.stream.socket if isinstance(self.stream, SSLTransport) else self.stream
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

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
