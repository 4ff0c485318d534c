"""The HTTP seam: one browser-like client with a cookie jar per room; every answer is bounded in size and time."""

import logging
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import quote, urlencode, urljoin, urlsplit

from tiktok2mqtt.common.errors import Blocked, Interrupted, NetworkError, RateLimited, SchemaError
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.webcast.net.answers import MAX_BODY_BYTES, Answer, Backend
from tiktok2mqtt.webcast.net.cookies import Jar, cookie_header
from tiktok2mqtt.webcast.net.http_plain import PlainBackend
from tiktok2mqtt.webcast.net.identity import Identity
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.net.proxies import WANTS_LOGIN, refusal

logger = logging.getLogger(__name__)
__all__ = ["MAX_BODY_BYTES", "Answer", "HttpClient"]
MAX_REDIRECTS: Final = 5
# The longest limit in use is a daily one; what is beyond is a mistake, and too long for a thread to wait.
MAX_RETRY_AFTER_S: Final = 24 * 3600.0
_OK: Final = 200
_FORBIDDEN: Final = 403
_TOO_MANY: Final = 429
_SERVER_FAULT: Final = 500
# Of URLs (RFC 3986, section 2), and what is quoted already. The rest is quoted as browsers do.
_URL_CHARS: Final = ":/?#[]@!$&'()*+,;=-._~%"
_REDIRECTS: Final = {301, 302, 303, 307, 308}


class HttpClient:
    """Browser-like GET requests that share a cookie jar.

    All go by the proxy of the options, if there is one; proxy variables of the environment are ignored. The user's
    session cookies go to the web and webcast hosts alone. May be used by several threads.
    """

    def __init__(self, options: Options, identity: Identity | None = None) -> None:
        self.identity = identity or Identity()
        self._options = options
        self._origins = {_origin(options.web_url), _origin(options.webcast_url)}
        self._jar = Jar(options.cookies)
        self._interrupts = 0
        self._backend = _backend(options)

    def renew_identity(self) -> None:
        """Become another browser: new User-Agent, new device id, no cookies but the user's."""
        self.identity = Identity()
        self._jar = Jar(self._options.cookies)
        # What libcurl holds is that browser's alone.
        self._backend.drop_idle_connections()

    def cookie(self, name: str) -> str | None:
        """Return a cookie's value, or None. The user's own goes first; else, of several with one name, the newest."""
        return self._options.cookies.get(name) or self._jar.value(name)

    def socket_cookies(self, ttwid: str | None) -> str | None:
        """Return the Cookie header of a socket: `ttwid` and the user's session cookies; None when there are none."""
        return cookie_header(({"ttwid": ttwid} if ttwid else {}) | dict(self._options.cookies)) or None

    def params(self) -> dict[str, str]:
        """Return the client parameters that webcast calls carry."""
        return self.identity.http_params() | dict(self._options.client_params)

    def get(self, url: str, params: dict[str, str] | None = None, *, timeout_s: float | None = None) -> Answer:
        """GET `url`, following redirects on its own host, within `timeout_s` (of the options, unless given) in all.

        Raises RateLimited (429), Blocked (403), ProxyError, Interrupted, and NetworkError (no answer in time, a broken
        one, a server fault, a body over MAX_BODY_BYTES, a redirect to another host or too many of them).
        """
        host = urlsplit(url).netloc
        url = _with_query(url, params)
        deadline = time.monotonic() + (self._options.connect_timeout_s if timeout_s is None else timeout_s)
        for _ in range(MAX_REDIRECTS + 1):
            jar = self._jar
            answer = self._exchange(url, self._headers(url), deadline - time.monotonic())
            jar.take(url, answer.set_cookies)
            if answer.status not in _REDIRECTS:
                _raise_for_status(answer, host)
                return answer
            url = _redirected(url, answer.headers.get("location", ""))
        raise NetworkError(f"{host} redirected us more than {MAX_REDIRECTS} times")

    def ask(self, url: str, params: dict[str, str], headers: Mapping[str, str]) -> Answer:
        """GET `url` of a third party: with `headers` and no others, no cookies, no redirects; any status is an answer.

        Raises ProxyError, Interrupted and NetworkError (no answer in time, a broken one, a body over MAX_BODY_BYTES).
        """
        return self._exchange(_with_query(url, params), headers, self._options.connect_timeout_s)

    def _exchange(self, url: str, headers: Mapping[str, str], timeout_s: float) -> Answer:
        host = urlsplit(url).netloc
        if timeout_s <= 0:
            raise NetworkError(f"{host} did not answer: timed out")
        interrupts = self._interrupts
        try:
            answer = self._backend.get(url, headers, timeout_s)
        except NetworkError as error:
            if self._interrupts != interrupts:
                raise Interrupted(f"{host} was not waited for") from error
            raise
        # The query tells of the device, and what we ask a sign provider.
        logger.debug("GET %.200s: %d", url.partition("?")[0], answer.status)
        if self._options.proxy and answer.status == WANTS_LOGIN:
            raise refusal(answer.status)
        return answer

    def _headers(self, url: str) -> dict[str, str]:
        ours = cookie_header(self._options.cookies) if _origin(url) in self._origins else ""
        cookies = "; ".join(filter(None, (self._jar.header(url), ours)))
        headers = self.identity.headers(self._options.web_url) | dict(self._options.request_headers)
        return headers | ({"Cookie": cookies} if cookies else {})

    def interrupt(self) -> None:
        """Make the requests that wait for an answer raise Interrupted soon; called from another thread.

        Those that begin later are not concerned. Those of the backend for `impersonate` go on until their deadline.
        """
        self._interrupts += 1
        self._backend.interrupt()

    def drop_idle_connections(self) -> None:
        """Let go of what is costly to keep: the next request is far off."""
        self._backend.drop_idle_connections()

    def close(self) -> None:
        """Let go of the connections; a later request makes new ones."""
        self._backend.close()


def _backend(options: Options) -> Backend:
    if options.impersonate:
        # Its package is an extra.
        from tiktok2mqtt.webcast.net.http_curl import CurlBackend  # noqa: PLC0415

        return CurlBackend(options.proxy, options.impersonate)
    return PlainBackend(options.proxy)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _with_query(url: str, params: Mapping[str, str] | None) -> str:
    return f"{url}?{urlencode(params)}" if params else url


def _redirected(url: str, location: str) -> str:
    """Return where a redirect leads. Raises NetworkError unless it stays on its host, and on TLS if it was there."""
    here = urlsplit(url)
    try:
        target = urljoin(url, quote(location, safe=_URL_CHARS))
        there = urlsplit(target)
    except ValueError as error:
        raise NetworkError(f"{here.netloc} redirected us to no URL: {safe_text(location, 80)}") from error
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        where = safe_text(f"{there.scheme}://{there.netloc}", 80)
        raise NetworkError(f"{here.netloc} redirected us to another host: {where}")
    return target


def _raise_for_status(answer: Answer, host: str) -> None:
    if error := fault_of(answer.status, answer.headers, host):
        raise error
    if answer.status == _FORBIDDEN:
        raise Blocked(f"{host} refused the request (403)", status=answer.status)


def fault_of(status: int, headers: Mapping[str, str], who: str) -> RateLimited | NetworkError | None:
    """Return the error of an HTTP status that means the same wherever it comes: 429 and the server's own faults.

    `headers` are found by names in lower case; `who` begins the sentence.
    """
    if status == _TOO_MANY:
        after = retry_after_s(headers.get("retry-after"), headers.get("date"))
        return RateLimited(f"{who} says: too many requests", status=status, retry_after_s=after)
    if status >= _SERVER_FAULT:
        return NetworkError(f"{who} failed with status {status}")
    return None


def retry_after_s(value: str | None, server_date: str | None = None) -> float | None:
    """Return a Retry-After header in seconds: given as seconds, or as a date relative to the answer's own Date.

    None when it says neither; never more than MAX_RETRY_AFTER_S.
    """
    if value is None:
        return None
    try:
        if value.strip().isdecimal():
            seconds = float(value)
        else:
            seconds = (parsedate_to_datetime(value) - parsedate_to_datetime(server_date or "")).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(0.0, seconds), MAX_RETRY_AFTER_S)


def require_ok(answer: Answer, what: str) -> None:
    """Raise SchemaError unless the status is 200."""
    if answer.status != _OK:
        raise SchemaError(f"{what} answered with status {answer.status}")
