"""An HTTP server on loopback whose responses the test sets."""

import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

from tests.webcast.certificates import server_context

Answer = tuple[int, dict[str, str], bytes]
DATE = "Tue, 14 Nov 2023 22:13:20 GMT"


class _Server(ThreadingHTTPServer):
    # More than 5 clients may connect at once.
    request_queue_size = 64


class Site:
    """`answers` are responses by path; `journal` has the requests in order, `ports` the client's port of each.

    A connection is closed after a response, unless the site `keeps` them.
    """

    def __init__(self, *, keeps: bool = False) -> None:
        self.answers: dict[str, Answer | Callable[[BaseHTTPRequestHandler], object]] = {}
        self.journal: list[tuple[str, dict[str, str]]] = []
        self.ports: list[int] = []
        self.released = threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1" if keeps else "HTTP/1.0"

            def do_GET(self) -> None:
                site.ports.append(self.client_address[1])
                site.journal.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
                with suppress(OSError):
                    site.answer(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's spelling
                pass

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        answer = self.answers.get(urlsplit(request.path).path, (404, {}, b""))
        if callable(answer):
            answer(request)
            return
        status, headers, body = answer
        request.send_response_only(status)
        for key, value in ({"Date": DATE, "Content-Length": str(len(body))} | headers).items():
            request.send_header(key, value)
        request.end_headers()
        request.wfile.write(body)

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.thread.join(5.0)
        self.server.server_close()


class SecureSite(Site):
    """The same over TLS, with the certificate of `certificates`; /x is refused with status 403."""

    def __init__(self, *, keeps: bool = False) -> None:
        super().__init__(keeps=keeps)
        self.answers["/x"] = (403, {}, b"")
        self.server.socket = server_context().wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.url = self.url.replace("http", "https")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
