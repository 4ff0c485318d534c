"""The anonymous `ttwid` cookie: set by profile pages and the sign provider, required by the sockets."""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Final

NAME: Final = "ttwid"
_YEAR_S: Final = 365 * 24 * 3600


class Cookies:
    """Creates and checks `ttwid` values. `on_try`: only every n-th request for one gets a cookie."""

    def __init__(self, on_try: int = 1) -> None:
        self.on_try = on_try
        self._tries = 0
        self._minted: set[str] = set()
        self._blocked: set[str] = set()

    def offer(self, cookie_header: str) -> str | None:
        """Return the Set-Cookie value of a profile page; None if the client has a valid cookie or must try again."""
        if self.good(parse(cookie_header)):
            return None
        self._tries += 1
        if self._tries % self.on_try:
            return None
        return f"{NAME}={self.mint()}; Path=/; Max-Age={_YEAR_S}; HttpOnly"

    def mint(self) -> str:
        """Return a new value."""
        value = f"1%7C{secrets.token_urlsafe(32)}%7C{secrets.token_hex(32)}"
        self._minted.add(value)
        return value

    def known(self, value: str | None) -> bool:
        """Return whether this value was created here, blocked or not."""
        return value in self._minted

    def blocked(self, value: str | None) -> bool:
        """Return whether its client was answered with DEVICE_BLOCKED."""
        return value in self._blocked

    def good(self, value: str | None) -> bool:
        """Return whether a socket may be opened with it."""
        return self.known(value) and not self.blocked(value)

    def block(self, value: str | None) -> None:
        """Block a value; its client needs a new one."""
        if value is not None:
            self._blocked.add(value)


def parse(cookie_header: str) -> str | None:
    """Return the `ttwid` of a Cookie header, or None."""
    try:
        morsel = SimpleCookie(cookie_header).get(NAME)
    except CookieError:
        return None
    return morsel.value if morsel else None
