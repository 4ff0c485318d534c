"""Connections that rest between two requests, for whoever asks the same host next.

The usual HTTP backend: http.client, by connections that all rooms share, with every answer bounded.
"""

import ssl
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import Final
from urllib.parse import urlsplit
from weakref import WeakSet

from urllib3.util import wait_for_read

from tiktok2mqtt.common.errors import NetworkError
from tiktok2mqtt.webcast.net.answers import MAX_BODY_BYTES, Answer, AnswerTooLongError, Body, BoundedResponse, shut
from tiktok2mqtt.webcast.net.http_plain_dialer import Dialer, Line, authorization

MOST: Final = 32
# Longer than the minute between two look-ups of one room, shorter than middle boxes remember a silent connection.
REST_S: Final = 90.0
# Scheme, host and port, proxy.
Key = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class _Resting:
    key: Key
    connection: HTTPConnection
    since: float


class Lines:
    """MOST connections at most, none of them for longer than REST_S; and none once all who have put one have left.

    `now` is on the monotonic clock, in seconds. Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # The longest first.
        self._resting: list[_Resting] = []
        self._users: WeakSet[object] = WeakSet()

    def take(self, key: Key, now: float) -> HTTPConnection | None:
        """Return the connection of that key that was used last; None when there is none."""
        while (connection := self._pop(key, now)) is not None:
            # There is something to read when the service has closed it, or speaks unasked.
            if not wait_for_read(connection.sock, 0.0):
                return connection
            connection.close()
        return None

    def _pop(self, key: Key, now: float) -> HTTPConnection | None:
        with self._lock:
            self._shrink(now)
            for index in reversed(range(len(self._resting))):
                if self._resting[index].key == key:
                    return self._resting.pop(index).connection
        return None

    def put(self, key: Key, connection: HTTPConnection, user: object, now: float) -> None:
        """Let a connection rest that `user` has no more use for."""
        with self._lock:
            self._users.add(user)
            self._resting.append(_Resting(key, connection, now))
            self._shrink(now)

    def _shrink(self, now: float) -> None:
        """Close what is too old or too much. Requires holding the lock."""
        while self._resting and (len(self._resting) > MOST or self._resting[0].since < now - REST_S):
            self._resting.pop(0).connection.close()

    def leave(self, user: object) -> None:
        """Note that `user` has gone; the last one takes all connections along."""
        with self._lock:
            self._users.discard(user)
            while self._resting and not self._users:
                self._resting.pop().connection.close()


_CHUNK_BYTES: Final = 64 * 1024
# gzip or zlib, whichever it is; see zlib.decompressobj.
_EITHER: Final = 32 + zlib.MAX_WBITS

# Of all rooms. To the service a connection is no more than our address, which the rooms share as well: names, devices
# and cookies are in the requests. So an identity may go on where another one was, also the one that it replaces.
LINES: Final = Lines()


class PlainBackend:
    """See Backend. The deadline holds for all but the look-up of the host's name."""

    def __init__(self, proxy: str | None) -> None:
        self._proxy = proxy
        self._lock = threading.Lock()
        self._requests: set[_Request] = set()

    def get(self, url: str, headers: Mapping[str, str], timeout_s: float) -> Answer:
        """See Backend."""
        request = _Request(url, headers, self._proxy, time.monotonic() + timeout_s)
        with self._lock:
            self._requests.add(request)
        try:
            return request.answer()
        except (OSError, HTTPException, zlib.error) as error:
            raise NetworkError(f"{request.host} did not answer: {_plain(error)}") from error
        finally:
            with self._lock:
                self._requests.discard(request)
            # No sooner: the next to use the connection may be another room, which our interrupt must not hurt.
            request.let_go(self)

    def interrupt(self) -> None:
        """See Backend."""
        with self._lock:
            for request in self._requests:
                request.interrupt()

    def drop_idle_connections(self) -> None:
        """Do nothing: the others may use the connections."""

    def close(self) -> None:
        """See Backend."""
        LINES.leave(self)


class _Connection(HTTPConnection):
    response_class = BoundedResponse
    # By us alone, who know of the proxy.
    auto_open = 0


class _Request:
    """One GET and the connection that it uses."""

    def __init__(self, url: str, headers: Mapping[str, str], proxy: str | None, deadline: float) -> None:
        parts = urlsplit(url)
        self.host = parts.netloc.rpartition("@")[2]
        self._target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        self._headers = dict(headers)
        self._key = parts.scheme, self.host, proxy
        self._dialer = Dialer(url, proxy, deadline, self._hold)
        if (forwarder := self._dialer.forwarder) is not None:
            self._target = parts._replace(fragment="").geturl()
            self._headers |= authorization(forwarder)
        self._lock = threading.Lock()
        self._line: Line | None = None
        self._rests: HTTPConnection | None = None
        self._is_interrupted = False

    def answer(self) -> Answer:
        """Return the answer. Raises OSError, HTTPException, zlib.error and NetworkError."""
        if (rested := LINES.take(self._key, time.monotonic())) is not None:
            try:
                return self._ask(rested)
            except (ConnectionError, ssl.SSLError):
                # The service may have closed it just before it was asked.
                rested.close()
                if self._is_interrupted:
                    raise
        connection = _Connection(self.host)
        connection.sock = self._dialer.dial()
        return self._ask(connection)

    def _ask(self, connection: HTTPConnection) -> Answer:
        line = connection.sock
        self._hold(line)
        line.settimeout(self._dialer.left_s())
        connection.request("GET", self._target, headers=self._headers)
        # For all of the answer; see BoundedResponse.
        line.settimeout(self._dialer.left_s())
        with connection.getresponse() as response:
            answer = _read(response, self.host)
        # It has no socket any more when the service wants it closed.
        self._rests = connection if connection.sock else None
        return answer

    def _hold(self, line: Line) -> None:
        with self._lock:
            self._line = line
            if self._is_interrupted:
                raise ConnectionAbortedError

    def interrupt(self) -> None:
        """Make the request fail soon; called from another thread. A host's name is looked up to the end."""
        with self._lock:
            self._is_interrupted = True
            if self._line is not None:
                shut(self._line)

    def let_go(self, user: PlainBackend) -> None:
        """Let the connection rest for the next request, or close it."""
        if self._rests is not None and not self._is_interrupted:
            LINES.put(self._key, self._rests, user, time.monotonic())
        elif self._line is not None:
            with suppress(OSError):
                self._line.close()


def _read(response: HTTPResponse, host: str) -> Answer:
    lines = [(name.lower(), " ".join(value.splitlines())) for name, value in response.headers.items()]
    headers = dict(lines)
    body, unpack = Body(host), _unpacker(headers.get("content-encoding", ""))
    while chunk := response.read(_CHUNK_BYTES):
        body.add(unpack(chunk))
    if response.length:
        raise IncompleteRead(b"", response.length)
    return Answer(response.status, headers, body.whole(), tuple(value for name, value in lines if name == "set-cookie"))


def _unpacker(encoding: str) -> Callable[[bytes], bytes]:
    match encoding.strip().lower():
        case "" | "identity":
            return bytes
        case "gzip" | "x-gzip" | "deflate":
            # More than the body may have is never made of a chunk.
            unpacker = zlib.decompressobj(_EITHER)
            return lambda chunk: unpacker.decompress(chunk, MAX_BODY_BYTES + 1)
    raise HTTPException("an encoding that was not asked for")


def _plain(error: Exception) -> str:
    """Say in a few words what the libraries report in many."""
    match error:
        case AnswerTooLongError():
            return "its answer has no end"
        case TimeoutError():
            return "timed out"
        case ssl.SSLError():
            return "TLS failed"
        case OSError():
            return "connection failed"
    return "its answer is broken"
