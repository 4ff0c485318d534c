"""The HTTP seam: one browser-like client with a cookie jar per room; every answer is bounded in size and time."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from tiktok2mqtt.webcast.cookies import cookie_header
from tiktok2mqtt.webcast.errors import Blocked, NetworkError, RateLimited, SchemaError
from tiktok2mqtt.webcast.identity import Identity
from tiktok2mqtt.webcast.options import Options
from tiktok2mqtt.webcast.proxy import requests_proxies
from tiktok2mqtt.webcast.proxy_faults import WANTS_LOGIN, http_fault, refusal
from tiktok2mqtt.webcast.text import safe_text

MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_REDIRECTS = 5
# The longest limit in use is a daily one; what is beyond is a mistake, and too long for a thread to wait.
MAX_RETRY_AFTER_S = 24 * 3600.0
_FORBIDDEN = 403
_TOO_MANY = 429
_SERVER_FAULT = 500
_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: HTTP status, headers (case-insensitive) and the whole body, unpacked."""

    status: int
    headers: "requests.structures.CaseInsensitiveDict[str]"
    body: bytes

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 become replacement characters."""
        return self.body.decode("utf-8", "replace")


class _OursStay(DefaultCookiePolicy):
    """Takes no cookie that would stand beside one of the user's."""

    def __init__(self, ours: Mapping[str, str]) -> None:
        super().__init__()
        self._ours = frozenset(ours)

    def set_ok(self, cookie: Any, request: Any) -> bool:
        return cookie.name not in self._ours and super().set_ok(cookie, request)


class HttpClient:
    """Browser-like GET requests that share a cookie jar.

    All go by the proxy of the options, if there is one; proxy variables of the environment are ignored. The user's
    session cookies go to the web and webcast hosts alone.
    """

    def __init__(self, options: Options, identity: Identity | None = None) -> None:
        self.identity = identity or Identity()
        self._options = options
        self._origins = {_origin(options.web_url), _origin(options.webcast_url)}
        self._session = self._new_session()

    def _new_session(self) -> requests.Session:
        session = self._bare_session()
        session.cookies.set_policy(_OursStay(self._options.cookies))
        session.headers.update(self.identity.headers(self._options.web_url) | dict(self._options.request_headers))
        return session

    def _bare_session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.proxies.update(requests_proxies(self._options.proxy))
        session.headers.clear()
        return session

    def renew_identity(self) -> None:
        """Become another browser: new User-Agent, new device id, no cookies but the user's."""
        self._session.close()
        self.identity = Identity()
        self._session = self._new_session()

    def cookie(self, name: str) -> str | None:
        """Return a cookie's value, or None. The user's own goes first; else, of several with one name, the newest."""
        if own := self._options.cookies.get(name):
            return own
        values = [cookie.value for cookie in self._session.cookies if cookie.name == name]
        return values[-1] if values else None

    def socket_cookies(self, ttwid: str | None) -> str | None:
        """Return the Cookie header of a socket: `ttwid` and the user's session cookies; None when there are none."""
        return cookie_header(({"ttwid": ttwid} if ttwid else {}) | dict(self._options.cookies)) or None

    def params(self) -> dict[str, str]:
        """Return the client parameters that webcast calls carry."""
        return self.identity.http_params() | dict(self._options.client_params)

    def get(self, url: str, params: dict[str, str] | None = None, *, timeout_s: float | None = None) -> Answer:
        """GET `url`, following redirects on its own host. `timeout_s` is instead of the option `connect_timeout_s`.

        Raises RateLimited (429), Blocked (403), ProxyError, and NetworkError (no answer, a server fault, a body over
        MAX_BODY_BYTES, a redirect to another host or too many of them).
        """
        host = urlsplit(url).netloc
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._get_once(url, params, timeout_s or self._options.connect_timeout_s)
            if answer.status not in _REDIRECTS:
                _raise_for_status(answer, host)
                return answer
            url, params = _redirected(url, answer.headers.get("Location", "")), None
        raise NetworkError(f"{host} redirected us more than {MAX_REDIRECTS} times")

    def ask(self, url: str, params: dict[str, str], headers: Mapping[str, str]) -> Answer:
        """GET `url` of a third party: with `headers` and no others, no cookies, no redirects; any status is an answer.

        Raises ProxyError, NetworkError (no answer, a body over MAX_BODY_BYTES).
        """
        with self._bare_session() as session:
            return self._exchange(session, url, self._options.connect_timeout_s, params=params, headers=dict(headers))

    def _get_once(self, url: str, params: dict[str, str] | None, timeout: float) -> Answer:
        cookies = dict(self._options.cookies) if _origin(url) in self._origins else {}
        return self._exchange(self._session, url, timeout, params=params, cookies=cookies)

    def _exchange(self, session: requests.Session, url: str, timeout: float, **what: Any) -> Answer:
        try:
            with session.get(url, timeout=timeout, stream=True, allow_redirects=False, **what) as response:
                body = bytearray()
                for chunk in response.iter_content(64 * 1024):
                    body += chunk
                    if len(body) > MAX_BODY_BYTES:
                        raise NetworkError(f"{urlsplit(url).netloc} sent more than {MAX_BODY_BYTES} bytes")
        except requests.RequestException as error:
            if self._options.proxy and (fault := http_fault(error)):
                raise fault from error
            raise NetworkError(f"{urlsplit(url).netloc} did not answer: {_plain(error)}") from error
        if self._options.proxy and response.status_code == WANTS_LOGIN:
            raise refusal(response.status_code)
        return Answer(response.status_code, response.headers, bytes(body))

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _plain(error: requests.RequestException) -> str:
    """Say in a few words what requests reports in many."""
    if isinstance(error, requests.ConnectTimeout | requests.ReadTimeout):
        return "timed out"
    if isinstance(error, requests.exceptions.SSLError):
        return "TLS failed"
    if isinstance(error, requests.ConnectionError):
        return "connection failed"
    return type(error).__name__


def _redirected(url: str, location: str) -> str:
    """Return where a redirect leads. Raises NetworkError unless it stays on its host, and on TLS if it was there."""
    here = urlsplit(url)
    try:
        target = urljoin(url, location)
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
    if answer.status != requests.codes.ok:
        raise SchemaError(f"{what} answered with status {answer.status}")
