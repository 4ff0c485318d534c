"""The URL of a proxy, and the errors of connections that go through one.

No message, and no repr, contains the user name, the password or the host.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from python_socks import ProxyError as SocksError

from tiktok2mqtt.common.errors import ProxyError

_HTTP: Final = ("http", "https")
_SOCKS: Final = ("socks5", "socks5h")
_HOST: Final = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]+")
# Printable ASCII, which all libraries encode alike. 255 bytes: RFC 1929, section 2.
_CREDENTIAL: Final = re.compile(r"[\x20-\x7e]{1,255}")
_FORM: Final = (
    "must be http://, https://, socks5:// or socks5h:// with [user:password@]host:port and nothing else; "
    "special characters of user and password as %XX"
)
_UNREACHABLE: Final = (
    "the proxy cannot be reached or does not let us through; check its address, user name and password"
)
# The rest of a library's message may be the proxy's own words.
_STATUS: Final = re.compile(r"(?:Tunnel connection failed: |CONNECT tunnel failed, response )(\d{3})\b")
_STATUSES: Final = range(100, 1000)
# CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT and CURLE_PROXY.
_CURL_CODES: Final = (5, 7, 97)
PROXY_AUTHENTICATION_REQUIRED: Final = 407


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy. `scheme` is http, https (TLS to the proxy), socks5 (we resolve names) or socks5h (the proxy does).

    `auth` is (user name, password), decoded, or None.
    """

    scheme: str
    host: str = field(repr=False)
    port: int = field(repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The URL, written so that every library reads it as we do."""
        login = ":".join(quote(part, safe="") for part in self.auth) + "@" if self.auth else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{login}{host}:{self.port}"

    @property
    def is_http(self) -> bool:
        """Whether the proxy speaks HTTP; otherwise it speaks SOCKS."""
        return self.scheme in _HTTP


def parse_proxy(url: str) -> Proxy:
    """Read `http://[user:password@]host:port`, or the same with https, socks5 or socks5h.

    Raises ValueError with a message that repeats no part of the URL.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(_FORM) from None
    has_more = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in (*_HTTP, *_SOCKS) or not _HOST.fullmatch(host) or not port or has_more:
        raise ValueError(_FORM)
    if parts.scheme in _SOCKS and ":" in host:
        raise ValueError("must give a SOCKS proxy by name or IPv4 address")
    return Proxy(parts.scheme, host, port, _auth(parts.username, parts.password))


def _auth(username: str | None, password: str | None) -> tuple[str, str] | None:
    if username is None and password is None:
        return None
    auth = unquote(username or ""), unquote(password or "")
    # The libraries disagree about half a login. A colon would end the user name (RFC 7617, section 2).
    if not all(_CREDENTIAL.fullmatch(part) for part in auth) or ":" in auth[0]:
        raise ValueError(
            "must hold both a user name and a password, or neither: printable ASCII, up to 255 characters each, "
            "no colon in the name"
        )
    return auth


def refusal(status: int) -> ProxyError:
    """Return the error of a proxy that answered with an HTTP status."""
    if status == PROXY_AUTHENTICATION_REQUIRED:
        return ProxyError("the proxy does not accept our user name and password (status 407)")
    return ProxyError(f"the proxy does not let us through (status {status})")


def proxy_error(text: str) -> ProxyError:
    """Return our error for a library's about a proxy. Only the status is taken from its text."""
    found = _STATUS.search(text)
    return refusal(int(found[1])) if found else ProxyError(_UNREACHABLE)


@contextmanager
def proxy_errors() -> Iterator[None]:
    """Raise ProxyError for whatever goes wrong in the block, which connects through a proxy."""
    try:
        yield
    except SocksError as error:
        # An HTTP status; a code of SOCKS says too little to be shown.
        code = error.error_code or 0
        raise refusal(code) if code in _STATUSES else ProxyError(_UNREACHABLE) from error
    except (OSError, UnicodeError) as error:
        raise ProxyError(_UNREACHABLE) from error


def curl_fault(code: int, text: str) -> ProxyError | None:
    """Return the error of the proxy that libcurl reports for a request through it; None when it is another's."""
    if code in _CURL_CODES or "CONNECT" in text:
        return proxy_error(text)
    return None
