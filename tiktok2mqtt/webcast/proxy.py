"""What a proxy's URL means to requests and to websocket-client. Pure: nothing is opened, nothing of them is imported.

No sentence, and no repr, holds the user name, the password or the host.
"""

import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote, unquote, urlsplit

_SOCKS = ("socks5", "socks5h")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]+")
# Printable ASCII: requests writes credentials as Latin-1, websocket-client as UTF-8. 255 bytes: RFC 1929, section 2.
_CREDENTIAL = re.compile(r"[\x20-\x7e]{1,255}")
# A host that is none. An empty list would make websocket-client obey NO_PROXY, which is to go without the proxy.
_NO_HOST = ["-"]
# What requests (by urllib3) and websocket-client import for SOCKS.
_SOCKS_MODULES = ("socks", "python_socks")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy: `scheme` is http, socks5 (names are resolved here) or socks5h (by the proxy).

    `auth` is (user name, password), decoded, or None.
    """

    scheme: str
    host: str = field(repr=False)
    port: int = field(repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The URL again, spelled so that all libraries read it alike."""
        login = ":".join(quote(part, safe="") for part in self.auth) + "@" if self.auth else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{login}{host}:{self.port}"


def parse_proxy(url: str) -> Proxy:
    """Read `http://[user:password@]host:port`, or the same with socks5 or socks5h.

    Raises ValueError with a sentence that does not repeat any of it; also for https, and for socks5 without the extra.
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
    "must be http://, socks5:// or socks5h:// with [user:password@]host:port and nothing else; "
    "special characters of user and password as %XX"
)


def _check_scheme(scheme: str) -> None:
    if scheme == "https":
        # websocket-client speaks no TLS to a proxy; as http:// the password would travel in the clear, unasked.
        raise ValueError("must not be https:// (no TLS to the proxy); use http://, socks5:// or socks5h://")
    if scheme not in ("http", *_SOCKS):
        raise ValueError(_FORM)
    if scheme in _SOCKS and not all(find_spec(module) for module in _SOCKS_MODULES):
        raise ValueError("must be http:// unless the extra `socks` is there: pip install 'tiktok2mqtt[socks]'")


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


def requests_proxies(url: str | None) -> dict[str, str]:
    """Return what `requests.Session.proxies` takes; empty for a direct connection. Raises as parse_proxy."""
    if url is None:
        return {}
    proxy = parse_proxy(url).url
    return {"http": proxy, "https": proxy}


def websocket_proxy(url: str | None, timeout_s: float) -> dict[str, Any]:
    """Return the proxy arguments of `websocket.create_connection`. Raises as parse_proxy.

    In no case does a variable of the environment have a say. `timeout_s` is for the handshake with a SOCKS proxy.
    """
    if url is None:
        # The list counts only beside a proxy's name, which is then not used.
        return {"http_proxy_host": "unused", "http_no_proxy": ["*"]}
    proxy = parse_proxy(url)
    return {
        "proxy_type": proxy.scheme,
        "http_proxy_host": proxy.host,
        "http_proxy_port": proxy.port,
        "http_proxy_auth": proxy.auth,
        "http_proxy_timeout": timeout_s,
        "http_no_proxy": _NO_HOST,
    }
