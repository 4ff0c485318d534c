"""Proxies on loopback: HTTP (forwarding and CONNECT, with TLS or without) and SOCKS5.

Each has a journal of the destinations that it was asked for.
"""

import base64
import select
import socket
import ssl
import threading
from contextlib import suppress
from io import BufferedIOBase
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import ClassVar
from urllib.parse import urlsplit

from tests.webcast.certificates import server_context

Login = tuple[str, str] | None


def _pump(one: socket.socket, other: socket.socket, closing: threading.Event) -> None:
    """Forward bytes in both directions until either side ends."""
    destinations = {one: other, other: one}
    while not closing.is_set():
        for ready in select.select(list(destinations), [], [], 0.05)[0]:
            while True:
                data = ready.recv(65536)
                if not data:
                    return
                destinations[ready].sendall(data)
                # select does not know what TLS has decrypted already.
                if not (isinstance(ready, ssl.SSLSocket) and ready.pending()):
                    break


class _Handler(StreamRequestHandler):
    proxy: "Proxy"
    timeout = 5.0

    def handle(self) -> None:
        with suppress(OSError):
            self.serve()

    def serve(self) -> None:
        raise NotImplementedError


class _Http(_Handler):
    def serve(self) -> None:
        method, target, _ = self.rfile.readline().decode().split()
        headers = dict(line.split(": ", 1) for line in iter(lambda: self.rfile.readline().decode().strip(), ""))
        self.proxy.journal.append(f"{method} {target}")
        status = self.proxy.refusal or (200 if self.accepts(headers.pop("Proxy-Authorization", "")) else 407)
        if status != 200:
            self.wfile.write(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            return
        parts = urlsplit(target if "//" in target else f"//{target}")
        with socket.create_connection((parts.hostname, parts.port or 80), 5.0) as service:
            if method == "CONNECT":
                self.wfile.write(b"HTTP/1.1 200 Go ahead\r\n\r\n")
            else:
                path = f"{parts.path}?{parts.query}" if parts.query else parts.path
                lines = [f"{name}: {value}" for name, value in (headers | {"Connection": "close"}).items()]
                service.sendall("\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode())
            _pump(self.connection, service, self.proxy.closing)

    def accepts(self, header: str) -> bool:
        login = self.proxy.login
        return login is None or header == "Basic " + base64.b64encode(":".join(login).encode()).decode()


class _Https(_Http):
    """Speaks TLS to its client."""

    def setup(self) -> None:
        self.request = server_context().wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
        super().setup()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.request.close()


def _text(stream: BufferedIOBase) -> str:
    """Read a length byte and that many characters (RFC 1928, RFC 1929)."""
    return stream.read(stream.read(1)[0]).decode()


class _Socks(_Handler):
    def serve(self) -> None:
        methods = self.rfile.read(self.rfile.read(2)[1])
        wanted = 2 if self.proxy.login else 0
        if wanted not in methods:
            self.refuse(bytes([5, 0xFF]))
            return
        self.wfile.write(bytes([5, wanted]))
        if self.proxy.login:
            self.rfile.read(1)
            is_known = (_text(self.rfile), _text(self.rfile)) == self.proxy.login
            if not is_known:
                self.refuse(bytes([1, 1]))
                return
            self.wfile.write(bytes([1, 0]))
        is_name = self.rfile.read(4)[3] == 3
        host = _text(self.rfile) if is_name else socket.inet_ntoa(self.rfile.read(4))
        port = int.from_bytes(self.rfile.read(2), "big")
        self.proxy.journal.append(f"{host}:{port}")
        with socket.create_connection((host, port), 5.0) as service:
            self.wfile.write(bytes([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
            _pump(self.connection, service, self.proxy.closing)

    def refuse(self, answer: bytes) -> None:
        # First, because a test looks at the journal as soon as the answer is there.
        self.proxy.journal.append("refused")
        self.wfile.write(answer)


class Proxy:
    """A proxy of one scheme. It requires `login`, and answers with the status `refusal` if that is set (HTTP only)."""

    handlers: ClassVar[dict[str, type[_Handler]]] = {
        "http": _Http,
        "https": _Https,
        "socks5": _Socks,
        "socks5h": _Socks,
    }

    def __init__(self, scheme: str, login: Login = None) -> None:
        self.scheme = scheme
        self.login = login
        self.refusal: int | None = None
        self.journal: list[str] = []
        self.closing = threading.Event()
        handler = type("Handler", (self.handlers[scheme],), {"proxy": self})
        self._server = ThreadingTCPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.port: int = self._server.server_address[1]

    def url(self, login: str = "") -> str:
        """Return the URL; `login` is put before the host."""
        return f"{self.scheme}://{login}127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop. Nothing listens on the port afterwards."""
        self.closing.set()
        self._server.shutdown()
        self._thread.join(5.0)
        self._server.server_close()
