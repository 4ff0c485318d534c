"""The cookies that a room was given: bounded, and never in the place of the user's own."""

from collections.abc import Collection, Sequence
from email.message import Message
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import Final
from urllib.request import Request

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
