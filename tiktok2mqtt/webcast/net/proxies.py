"""What a proxy's URL means. Pure: nothing is opened, nothing of the libraries that use it is imported.

No sentence, and no repr, holds the user name, the password or the host.

Tells what went wrong at the proxy from what went wrong behind it, in the errors of both libraries.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from importlib.util import find_spec
from urllib.parse import quote, unquote, urlsplit

from tiktok2mqtt.common.errors import ProxyError

_SOCKS = ("socks5", "socks5h")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]+")
# Printable ASCII, which all libraries write alike. 255 bytes: RFC 1929, section 2.
_CREDENTIAL = re.compile(r"[\x20-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy: `scheme` is http, https (TLS to the proxy), socks5 (names are resolved here) or socks5h (by the proxy).

    `auth` is (user name, password), decoded, or None.
    """

    scheme: str
    host: str = field(repr=False)
    port: int = field(repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The URL again, spelled so that any library reads it as we do."""
        login = ":".join(quote(part, safe="") for part in self.auth) + "@" if self.auth else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{login}{host}:{self.port}"

    @property
    def is_http(self) -> bool:
        """Whether it speaks HTTP, and no SOCKS."""
        return self.scheme not in _SOCKS

    @property
    def authorization(self) -> dict[str, str]:
        """The header that an HTTP proxy wants of us; none without a login."""
        login = b64encode(":".join(self.auth).encode()).decode() if self.auth else ""
        return {"Proxy-Authorization": f"Basic {login}"} if login else {}


def parse_proxy(url: str) -> Proxy:
    """Read `http://[user:password@]host:port`, or the same with https, socks5 or socks5h.

    Raises ValueError with a sentence that does not repeat any of it; also for socks5 without the extra.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(_FORM) from None
    _check_scheme(parts.scheme)
    if not _HOST.fullmatch(host) or not port or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(_FORM)
    if parts.scheme in _SOCKS and ":" in host:
        raise ValueError("must give a SOCKS proxy by name or IPv4 address")
    return Proxy(parts.scheme, host, port, _auth(parts.username, parts.password))


_FORM = (
    "must be http://, https://, socks5:// or socks5h:// with [user:password@]host:port and nothing else; "
    "special characters of user and password as %XX"
)


def _check_scheme(scheme: str) -> None:
    if scheme not in ("http", "https", *_SOCKS):
        raise ValueError(_FORM)
    if scheme in _SOCKS and not find_spec("python_socks"):
        raise ValueError(
            "must be http:// or https:// unless the extra `socks` is there: pip install 'tiktok2mqtt[socks]'"
        )


def _auth(username: str | None, password: str | None) -> tuple[str, str] | None:
    if username is None and password is None:
        return None
    auth = unquote(username or ""), unquote(password or "")
    # Of half a login the libraries make different things. A colon would end the name (RFC 7617, section 2).
    if not all(_CREDENTIAL.fullmatch(part) for part in auth) or ":" in auth[0]:
        raise ValueError(
            "must hold both a user name and a password, or neither: printable ASCII, up to 255 characters each, "
            "no colon in the name"
        )
    return auth


try:
    from python_socks import ProxyError as SocksError
except ImportError:

    class SocksError(Exception):  # type: ignore[no-redef]
        """Stands for an error that cannot occur without the extra `socks`."""


_NOT_LET_THROUGH = "the proxy cannot be reached or does not let us through; check its address, user name and password"
# Of the libraries' sentences only the status is taken: the rest may be the proxy's own words.
_STATUS = re.compile(r"(?:Tunnel connection failed: |CONNECT tunnel failed, response )(\d{3})\b")
# CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT and CURLE_PROXY.
_CURL_CODES = (5, 7, 97)
PROXY_AUTHENTICATION_REQUIRED = 407


def refusal(status: int) -> ProxyError:
    """Return the error of a proxy that answered with an HTTP status."""
    if status == PROXY_AUTHENTICATION_REQUIRED:
        return ProxyError("the proxy does not accept our user name and password (status 407)")
    return ProxyError(f"the proxy does not let us through (status {status})")


def proxy_error(text: str) -> ProxyError:
    """Return our error for a library's about a proxy. Only the status is taken from its text."""
    found = _STATUS.search(text)
    return refusal(int(found[1])) if found else ProxyError(_NOT_LET_THROUGH)


@contextmanager
def proxy_faults() -> Iterator[None]:
    """While a proxy is dialled, raise what goes wrong as ProxyError."""
    try:
        yield
    except (OSError, HTTPException, SocksError) as error:
        raise proxy_error(str(error)) from error


def curl_fault(code: int, text: str) -> ProxyError | None:
    """Return the proxy's fault in an error of libcurl of a request that went by a proxy; None when it is not its."""
    if code in _CURL_CODES or "CONNECT" in text:
        return proxy_error(text)
    return None
