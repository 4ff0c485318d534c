"""Cookies: the user's own, how they are written and sent, and those that a sign provider hands out.

No sentence repeats a name or a value.

The cookies that a room was given: bounded, and never in the place of the user's own.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from email.message import Message
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import Final
from urllib.request import Request

# RFC 6265, section 4.1.1: a token, and cookie-octets without the quotes around them.
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}")
_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,4096}")

_ATTRIBUTES = frozenset(
    {"domain", "expires", "httponly", "max-age", "partitioned", "path", "priority", "samesite", "secure"}
)


def check_cookies(cookies: Mapping[str, str]) -> None:
    """Raise ValueError unless each name and value can be sent as it is; the sentence tells which pair it is."""
    for number, (name, value) in enumerate(cookies.items(), start=1):
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(
                "must be names and values without blanks, quotes, commas, semicolons and backslashes; "
                f"number {number} is not"
            )


def parse_cookies(text: str) -> dict[str, str]:
    """Read `name=value; name=value`, as a browser shows its Cookie header. Raises ValueError as check_cookies."""
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


def handed_out_cookies(header: str) -> dict[str, str]:
    """Read the cookies of an `X-Set-TT-Cookie` header: one with its attributes, or a list of pairs.

    Every pair that is no attribute counts, if it can be sent as it is. Source: protocol reference, section 2, "Sign
    provider".
    """
    cookies: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name.lower() not in _ATTRIBUTES and _NAME.fullmatch(name) and _VALUE.fullmatch(value):
            cookies[name] = value
    return cookies


# A browser keeps at least 50 of one domain, of 4,096 bytes each (RFC 6265, section 6.1); TikTok sets a handful.
MAX_COOKIES: Final = 50
MAX_COOKIE_CHARS: Final = 4096


class _OursStay(DefaultCookiePolicy):
    """Takes no cookie of another domain (the base class's rule), and none that would stand beside one of ours."""

    def __init__(self, ours: Collection[str]) -> None:
        super().__init__()
        self._ours = frozenset(ours)

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        return cookie.name not in self._ours and super().set_ok(cookie, request)


class _Headers:
    """The side of an answer that http.cookiejar looks at."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._message = Message()
        for line in lines:
            self._message["Set-Cookie"] = line

    def info(self) -> Message:
        return self._message


class Jar:
    """Cookies by the rules of browsers. `ours` are the names that no service may set.

    Of one answer it looks at MAX_COOKIES lines, none longer than MAX_COOKIE_CHARS. When it holds more than that number
    it begins anew: no cookie of a flood is worth keeping.
    """

    def __init__(self, ours: Collection[str] = ()) -> None:
        self._jar = CookieJar(_OursStay(ours))

    def take(self, url: str, set_cookies: Sequence[str]) -> None:
        """Keep what an answer from `url` sets by these Set-Cookie lines."""
        fit = [line for line in set_cookies[:MAX_COOKIES] if len(line) <= MAX_COOKIE_CHARS]
        if not fit:
            return
        if len(self._jar) > MAX_COOKIES:
            self._jar.clear()
        self._jar.extract_cookies(_Headers(fit), Request(url))  # type: ignore[arg-type]  # noqa: S310 - not opened

    def header(self, url: str) -> str:
        """Return what the Cookie header of a request to `url` holds; empty when there is nothing for it."""
        request = Request(url)  # noqa: S310 - not opened
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie") or ""

    def value(self, name: str) -> str | None:
        """Return a cookie's value, the newest of several with that name, or None."""
        values = [cookie.value for cookie in self._jar if cookie.name == name]
        return values[-1] if values else None
