"""Cookies: the user's own, those that a sign provider sets, and which ones a room accepts from a service.

No error message repeats a name or a value.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any, Final
from urllib.request import Request

# A browser keeps at least 50 cookies of a domain, of 4,096 bytes each, attributes included (RFC 6265, section 6.1).
# TikTok sets a handful. All of them are sent with each request, and few servers take more than 16 KiB.
MAX_COOKIES: Final = 50
MAX_COOKIE_CHARS: Final = 4096
MAX_TOTAL_CHARS: Final = 16_384
# RFC 6265, section 4.1.1: a token, and cookie-octets without the quotes around them.
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}")
_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,4096}")
# What a service may set. Browsers accept more than the RFC allows servers to send.
_SENDABLE = re.compile(r"[\x20-\x3a\x3c-\x7e]*")
_ATTRIBUTES = frozenset(
    {"domain", "expires", "httponly", "max-age", "partitioned", "path", "priority", "samesite", "secure"}
)


def check_cookies(cookies: Any) -> None:
    """Raise ValueError unless each name and value can be sent unchanged. The message gives the number of the pair."""
    if not isinstance(cookies, Mapping):
        raise ValueError("must be a mapping of names and values")  # noqa: TRY004 - as for the other options
    for number, (name, value) in enumerate(cookies.items(), start=1):
        if not (isinstance(name, str) and isinstance(value, str)):
            raise ValueError(f"must be names and values as texts; number {number} is not")  # noqa: TRY004 - as above
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(
                "must be names and values without blanks, quotes, commas, semicolons and backslashes; "
                f"number {number} is not"
            )


def parse_cookies(text: str) -> dict[str, str]:
    """Read `name=value; name=value`, the form of a browser's Cookie header. Raises ValueError as check_cookies does."""
    cookies: dict[str, str] = {}
    pairs = [part.strip() for part in text.split(";") if part.strip()]
    for pair in pairs:
        name, _, value = pair.partition("=")
        cookies[name] = value
    if len(cookies) != len(pairs) or not cookies:
        raise ValueError("must be cookies as name=value; name=value, each name once")
    check_cookies(cookies)
    return cookies


def cookie_header(cookies: Mapping[str, str]) -> str:
    """Return the value of a Cookie header."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def cookie_pairs(header: str) -> dict[str, str]:
    """Return the pairs of a Cookie header that a program has written."""
    parts = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, equals, value in parts if name and equals}


def provider_cookies(header: str) -> dict[str, str]:
    """Read an `X-Set-TT-Cookie` header: one cookie with its attributes, or a list of pairs.

    Each pair that is not an attribute is a cookie, if it can be sent unchanged. Only as many are taken as fit into
    MAX_COOKIES and MAX_TOTAL_CHARS. Source: protocol reference, section 2, "Sign provider".
    """
    cookies: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name.lower() not in _ATTRIBUTES and _NAME.fullmatch(name) and _VALUE.fullmatch(value):
            more = cookies | {name: value}
            if is_too_much(more.items()):
                break
            cookies = more
    return cookies


def is_too_much(cookies: Iterable[tuple[str, str | None]]) -> bool:
    """Return whether these cookies, as pairs of name and value, are more than MAX_COOKIES or MAX_TOTAL_CHARS."""
    sizes = [len(name) + len(value or "") for name, value in cookies]
    return len(sizes) > MAX_COOKIES or sum(sizes) > MAX_TOTAL_CHARS


class RoomCookiePolicy(DefaultCookiePolicy):
    """Which cookies a room accepts: those that http.cookiejar accepts, but none of `user_cookies`.

    A cookie that is longer than MAX_COOKIE_CHARS, or has characters that cannot be sent, is not accepted either.
    """

    def __init__(self, user_cookies: Collection[str] = ()) -> None:
        super().__init__()
        self._user_cookies = frozenset(user_cookies)

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        """Return whether the cookie is accepted; see http.cookiejar."""
        # The repr shows all attributes, those that no standard knows included.
        if len(repr(cookie)) > MAX_COOKIE_CHARS or not _SENDABLE.fullmatch(cookie.name + (cookie.value or "")):
            return False
        return cookie.name not in self._user_cookies and super().set_ok(cookie, request)
