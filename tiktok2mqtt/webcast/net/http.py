"""HTTP by requests: a browser-like client with its own cookies for each room, over connections that all rooms share.

Every response is bounded in size and time.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.cookiejar import CookiePolicy, DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.util import Timeout

from tiktok2mqtt.common.errors import Blocked, Interrupted, NetworkError, RateLimited, SchemaError
from tiktok2mqtt.common.text import safe_text
from tiktok2mqtt.common.times import seconds_left
from tiktok2mqtt.webcast.net.cookies import RoomCookiePolicy, cookie_header, cookie_pairs
from tiktok2mqtt.webcast.net.http_session import (
    MAX_BODY_BYTES,
    PooledAdapter,
    Session,
    network_error,
    read_body,
)
from tiktok2mqtt.webcast.net.identity import Identity
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.net.proxies import PROXY_AUTHENTICATION_REQUIRED, Proxy, parse_proxy, refusal

logger = logging.getLogger(__name__)
__all__ = ["MAX_BODY_BYTES", "HttpClient", "Response"]
MAX_REDIRECTS: Final = 5
# The longest limit in use is a daily one. A longer one is a mistake, and too long for a thread to wait.
MAX_RETRY_AFTER_S: Final = 24 * 3600.0
_SHARED_ADAPTER: Final = PooledAdapter()
_OK: Final = 200
_FORBIDDEN: Final = 403
_TOO_MANY_REQUESTS: Final = 429
_INTERNAL_SERVER_ERROR: Final = 500
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Response:
    """The response to one GET: headers are found by names in any case; the body is whole and decoded."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text. Bytes that are not UTF-8 become replacement characters."""
        return self.body.decode("utf-8", "replace")


class HttpClient:
    """Browser-like GET requests of one room, with its cookies.

    All of them use the proxy of the options, if there is one. Proxies, CA files and passwords of the environment are
    ignored. The user's session cookies go to the web and webcast hosts only. Thread-safe.
    """

    def __init__(self, options: Options, identity: Identity | None = None) -> None:
        self._options = options
        self.identity = identity or self._new_identity()
        self._proxy = parse_proxy(options.proxy) if options.proxy else None
        self._origins = {_origin(options.web_url), _origin(options.webcast_url)}
        self._adapter = _adapter(options, self._proxy)
        self._headers = CaseInsensitiveDict(options.request_headers)
        self._header_cookies = cookie_pairs(self._headers.pop("Cookie", ""))
        self._session = self._new_session(self._policy())
        self._interrupts = 0

    def _new_identity(self) -> Identity:
        return Identity.new(self._options.locale, only_chrome=bool(self._options.impersonate))

    def _new_session(self, policy: CookiePolicy) -> requests.Session:
        return Session(self._adapter, policy, self._proxy)

    def _policy(self) -> CookiePolicy:
        return RoomCookiePolicy({*self._options.cookies, *self._header_cookies})

    def renew_identity(self) -> None:
        """Become another browser: new User-Agent, new device id, no cookies except the user's."""
        self.identity = self._new_identity()
        self._session = self._new_session(self._policy())
        self.drop_idle_connections()

    def cookie(self, name: str) -> str | None:
        """Return a cookie's value, or None. The user's own comes first; of several with one name, the last is taken."""
        values = [cookie.value for cookie in self._session.cookies if cookie.name == name]
        own = self._header_cookies.get(name) or self._options.cookies.get(name)
        return own or (values[-1] if values else None)

    def socket_cookies(self, ttwid: str | None) -> str | None:
        """Return the Cookie header of a socket: `ttwid` and the user's session cookies; None when there are none."""
        return cookie_header(({"ttwid": ttwid} if ttwid else {}) | dict(self._options.cookies)) or None

    def params(self) -> dict[str, str]:
        """Return the client parameters that webcast calls carry."""
        return self.identity.http_params() | dict(self._options.client_params)

    def get(self, url: str, params: Mapping[str, str] | None = None, *, timeout_s: float | None = None) -> Response:
        """GET `url` and follow redirects on its own host, within `timeout_s` (of the options, unless given) in all.

        A server that sends its headers slowly, or stops in the middle of a body, can take longer: each read has that
        timeout too. Raises RateLimited (429), Blocked (403), ProxyError, Interrupted, and NetworkError (no response in
        time, a broken one, a server error, a body over MAX_BODY_BYTES, a redirect to another host, too many redirects).
        """
        host = urlsplit(url).netloc
        session = self._session
        headers = CaseInsensitiveDict(
            self.identity.headers(self._options.web_url, same_origin=_origin(url) == _origin(self._options.web_url))
        )
        headers.update(self._headers)
        cookies = dict(self._options.cookies if _origin(url) in self._origins else {}) | self._header_cookies
        deadline = time.monotonic() + (self._options.connect_timeout_s if timeout_s is None else timeout_s)
        for _ in range(MAX_REDIRECTS + 1):
            response = self._request(session, url, deadline, params=params, headers=headers, cookies=cookies)
            if response.status not in _REDIRECTS:
                _raise_for_status(response, host)
                return response
            url, params = _redirect_target(response.url, response.headers.get("location", "")), None
        raise NetworkError(f"{host} redirected us more than {MAX_REDIRECTS} times")

    def ask(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str], *, timeout_s: float | None = None
    ) -> Response:
        """GET `url` of a third party with these headers only, without cookies; any status is returned.

        Redirects are not followed. Raises ProxyError, Interrupted and NetworkError (no response in time, a broken one,
        a body over MAX_BODY_BYTES).
        """
        session = self._new_session(DefaultCookiePolicy(allowed_domains=()))
        deadline = time.monotonic() + (self._options.connect_timeout_s if timeout_s is None else timeout_s)
        return self._request(session, url, deadline, params=params, headers=headers)

    def _request(self, session: requests.Session, url: str, deadline: float, **request: Any) -> Response:
        host = urlsplit(url).netloc
        interrupts = self._interrupts
        failure: NetworkError | None = None
        try:
            response = self._send(session, url, deadline, **request)
        except NetworkError as error:
            failure = error
        if self._interrupts != interrupts:
            raise Interrupted(f"the request to {host} was interrupted") from failure
        if failure is not None:
            raise failure
        # Without the query, which identifies the device and the rooms.
        logger.debug("GET %.200s: %d", url.partition("?")[0], response.status)
        if self._proxy and response.status == PROXY_AUTHENTICATION_REQUIRED:
            raise refusal(response.status)
        return response

    def _send(self, session: requests.Session, url: str, deadline: float, **request: Any) -> Response:
        host = urlsplit(url).netloc
        try:
            timeout: Any = Timeout(total=seconds_left(deadline))
            with session.get(url, timeout=timeout, stream=True, **request) as response:
                body = read_body(response.raw, host, deadline)
        except NetworkError:
            raise
        except Exception as error:
            # Not only the errors of the libraries: a chunk of -5 bytes, for example, makes urllib3 raise ValueError.
            raise network_error(host, error, self._proxy) from error
        return Response(response.url, response.status_code, response.headers, body)

    def interrupt(self) -> None:
        """Make the requests that are under way raise Interrupted, at their timeout at the latest.

        Called from another thread. Later requests are not affected.
        """
        self._interrupts += 1

    def drop_idle_connections(self) -> None:
        """Close the idle connections that no other room uses: the next request is not due soon."""
        if self._adapter is not _SHARED_ADAPTER:
            self._adapter.close()

    def close(self) -> None:
        """Close what belongs to this client. A later request opens it again."""
        self.drop_idle_connections()


def _adapter(options: Options, proxy: Proxy | None) -> HTTPAdapter:
    if options.impersonate:
        # It needs an extra.
        from tiktok2mqtt.webcast.net.impersonate import ImpersonatingAdapter  # noqa: PLC0415

        return ImpersonatingAdapter(options.impersonate, proxy)
    return _SHARED_ADAPTER


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _redirect_target(url: str, location: str) -> str:
    """Return where a redirect leads. Raises NetworkError unless it is the same host, with TLS if it was there."""
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


def _raise_for_status(response: Response, host: str) -> None:
    if error := status_error(response.status, response.headers, host):
        raise error
    if response.status == _FORBIDDEN:
        raise Blocked(f"{host} refused the request (403)", status=response.status)


def status_error(status: int, headers: Mapping[str, str], source: str) -> RateLimited | NetworkError | None:
    """Return the error of an HTTP status that means the same everywhere: 429, and 500 and above. None for others.

    `headers` are found by names in lower case. `source` is the subject of the message.
    """
    if status == _TOO_MANY_REQUESTS:
        after = retry_after_s(headers.get("retry-after"), headers.get("date"))
        return RateLimited(f"{source} says: too many requests", status=status, retry_after_s=after)
    if status >= _INTERNAL_SERVER_ERROR:
        return NetworkError(f"{source} failed with status {status}")
    return None


def retry_after_s(value: str | None, server_date: str | None = None) -> float | None:
    """Return a Retry-After header in seconds: given as seconds, or as a date relative to the response's own Date.

    None when it is neither; never more than MAX_RETRY_AFTER_S.
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


def require_ok(response: Response, what: str) -> None:
    """Raise SchemaError unless the status is 200."""
    if response.status != _OK:
        raise SchemaError(f"{what} answered with status {response.status}")
