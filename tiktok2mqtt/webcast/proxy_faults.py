"""Tells what went wrong at the proxy from what went wrong behind it, in the errors of both libraries."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException

from tiktok2mqtt.webcast.errors import ProxyError

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
WANTS_LOGIN = 407


def refusal(status: int) -> ProxyError:
    """Return the error of a proxy that answered with an HTTP status."""
    if status == WANTS_LOGIN:
        return ProxyError("the proxy does not accept our user name and password (status 407)")
    return ProxyError(f"the proxy does not let us through (status {status})")


def _from_text(text: str) -> ProxyError:
    found = _STATUS.search(text)
    return refusal(int(found[1])) if found else ProxyError(_NOT_LET_THROUGH)


@contextmanager
def proxy_faults() -> Iterator[None]:
    """While a proxy is dialled, raise what goes wrong as ProxyError."""
    try:
        yield
    except (OSError, HTTPException, SocksError) as error:
        raise _from_text(str(error)) from error


def curl_fault(code: int, text: str) -> ProxyError | None:
    """Return the proxy's fault in an error of libcurl of a request that went by a proxy; None when it is not its."""
    if code in _CURL_CODES or "CONNECT" in text:
        return _from_text(text)
    return None
