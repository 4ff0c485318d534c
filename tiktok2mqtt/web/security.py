"""Who may do what: login, tokens of overlays, CSRF tokens, names under which the page may be opened. No I/O."""

import hashlib
import hmac
import ipaddress
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tiktok2mqtt.settings import WebSettings

COOKIE: Final = "tiktok2mqtt"
LOGIN_LIFETIME_S: Final = 30 * 86_400
# Wrong tokens: of one address, and of all together, in a minute.
MAX_FAILURES: Final = 5
MAX_ALL_FAILURES: Final = 60
FAILURE_WINDOW_S: Final = 60.0
_MAX_ADDRESSES: Final = 10_000
_PICTURES: Final = (
    "https://*.tiktokcdn.com https://*.tiktokcdn-us.com https://*.tiktokcdn-eu.com https://*.ibyteimg.com"
    " https://*.byteoversea.com"
)


@dataclass(frozen=True, slots=True)
class Peer:
    """Who sends a request: the address of the connection, the Host header, and the other headers by lower-case name."""

    address: str
    host: str
    headers: Mapping[str, str]


class TooManyFailures(Exception):
    """Too many wrong tokens were sent; `retry_after_s` says when the next one is looked at."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"too many wrong tokens; try again in {retry_after_s:.0f} s")
        self.retry_after_s = retry_after_s


class Security:
    """Checks requests against the settings. Times are Unix times in seconds, those of failures monotonic ones."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings
        token = settings.token.get_secret_value() if settings.token else None
        self._token = token.encode() if token is not None else None
        # One key for each purpose, so that none of what is handed out is worth anything elsewhere.
        self._login_key = self._derived(b"login")
        self._overlay_key = self._derived(b"overlay")
        self._csrf_key = secrets.token_bytes(32)
        self._failures = Failures()

    def _derived(self, purpose: bytes) -> bytes:
        return _digest(self._token or secrets.token_bytes(32), b"tiktok2mqtt web " + purpose)

    @property
    def needs_login(self) -> bool:
        """Whether not everybody who can reach the port may see the page."""
        return self._token is not None or self._settings.proxy_header is not None

    @property
    def has_token(self) -> bool:
        """Whether there is a token to log in with."""
        return self._token is not None

    # --- names ---

    def allows_host(self, host: str) -> bool:
        """Return whether the page may be opened under this Host header.

        IP addresses may: only a name can be made to point here by somebody else (DNS rebinding).
        """
        name = _host_name(host)
        if name is None:
            return False
        return name == "localhost" or _is_address(name) or name in self._settings.hosts

    def allows_origin(self, origin: str | None, peer: Peer, *, is_feed: bool = False) -> bool:
        """Return whether a request may come from a page of this origin; None is a request that names none.

        The page of this program is at the host of the request, or where a reverse proxy says that it is.
        """
        if origin is None:
            return True
        if is_feed and origin.lower() in self._settings.origins:
            return True
        hosts = {peer.host.lower()}
        if peer.address in self._settings.proxies and (forwarded := peer.headers.get("x-forwarded-host")):
            hosts.add(forwarded.lower())
        parts = urlsplit(origin)
        return parts.scheme in {"http", "https"} and parts.netloc.lower() in hosts

    # --- login ---

    def is_let_in(self, peer: Peer, cookie: str | None, now: float, failed_at: float) -> bool:
        """Return whether a request may see everything: by cookie, bearer token, or a reverse proxy's header.

        Raises TooManyFailures for a bearer token while too many were wrong.
        """
        if not self.needs_login:
            return True
        header = self._settings.proxy_header
        if header and peer.address in self._settings.proxies and peer.headers.get(header.lower()):
            return True
        if cookie is not None and self._is_login(cookie, now):
            return True
        scheme, _, token = peer.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self.is_token(token.strip(), peer.address, failed_at)

    def is_token(self, token: str, address: str, now: float) -> bool:
        """Return whether this is the token. Raises TooManyFailures while too many were wrong; `now` is monotonic."""
        self._failures.check(address, now)
        if self._token is not None and hmac.compare_digest(token.encode("utf-8", "replace"), self._token):
            return True
        self._failures.add(address, now)
        return False

    def new_login(self, now: float) -> str:
        """Return the value of a cookie that lets in for 30 days; a new token in the settings ends it."""
        expires = str(int(now + LOGIN_LIFETIME_S))
        nonce = secrets.token_hex(8)
        return f"{expires}.{nonce}.{_hex(self._login_key, f'{expires}.{nonce}')}"

    def _is_login(self, cookie: str, now: float) -> bool:
        body, _, mac = cookie.rpartition(".")
        expires = body.partition(".")[0]
        is_ours = hmac.compare_digest(mac.encode("utf-8", "replace"), _hex(self._login_key, body).encode())
        return is_ours and expires.isdecimal() and int(expires) > now

    # --- tokens ---

    def overlay_token(self, room: str) -> str:
        """Return the token with which an overlay may read one room; empty if none is needed."""
        return _hex(self._overlay_key, room)[:32] if self.has_token else ""

    def is_overlay_token(self, token: str, room: str, address: str, now: float) -> bool:
        """Return whether a token lets read a room. Raises TooManyFailures; `now` is monotonic."""
        self._failures.check(address, now)
        if self.has_token and hmac.compare_digest(token.encode("utf-8", "replace"), self.overlay_token(room).encode()):
            return True
        self._failures.add(address, now)
        return False

    def csrf_token(self, cookie: str | None) -> str:
        """Return the token that a command needs; it belongs to the login, and ends with this process."""
        return _hex(self._csrf_key, cookie or "")

    def is_csrf_token(self, token: str, cookie: str | None) -> bool:
        """Return whether this is the CSRF token of the login."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.csrf_token(cookie).encode())

    def headers(self) -> dict[str, str]:
        """Return the headers of every response."""
        pictures = f" {_PICTURES}" if self._settings.pictures else ""
        policy = (
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{pictures}; connect-src 'self'; "
            "media-src 'self'; frame-src 'self'; frame-ancestors 'self'; form-action 'self'; base-uri 'self'"
        )
        return {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            # Not `no-referrer`: with that, the form of the login would be sent without its origin.
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Frame-Options": "SAMEORIGIN",
        }


class Failures:
    """Counts wrong tokens by address in a window of a minute. Times are monotonic, in seconds."""

    def __init__(self) -> None:
        self._by_address: OrderedDict[str, list[float]] = OrderedDict()
        self._all: list[float] = []

    def check(self, address: str, now: float) -> None:
        """Raise TooManyFailures if no token of this address is looked at now."""
        since = now - FAILURE_WINDOW_S
        self._all = [at for at in self._all if at > since]
        own = [at for at in self._by_address.get(address, []) if at > since]
        for failures, limit in ((own, MAX_FAILURES), (self._all, MAX_ALL_FAILURES)):
            if len(failures) >= limit:
                raise TooManyFailures(failures[-limit] + FAILURE_WINDOW_S - now)

    def add(self, address: str, now: float) -> None:
        """Count a wrong token."""
        self._all.append(now)
        self._by_address[address] = [*self._by_address.get(address, [])[-MAX_FAILURES:], now]
        self._by_address.move_to_end(address)
        if len(self._by_address) > _MAX_ADDRESSES:
            self._by_address.popitem(last=False)


def _digest(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, hashlib.sha256)


def _hex(key: bytes, text: str) -> str:
    return _digest(key, text.encode("utf-8", "replace")).hex()


def _host_name(host: str) -> str | None:
    """Return the name in a Host header, in lower case, without port and brackets."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    if parts.netloc != host or "@" in host:
        return None
    return parts.hostname


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
