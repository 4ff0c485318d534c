"""The anonymous `ttwid` cookie: minted on profile pages and for the sign provider, asked for by the sockets."""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Final

NAME: Final = "ttwid"
_YEAR_S: Final = 365 * 24 * 3600


class Cookies:
    """Mints and knows `ttwid` values. `on_try`: only each such request for one is answered with a cookie."""

    def __init__(self, on_try: int = 1) -> None:
        self.on_try = on_try
        self._tries = 0
        self._minted: set[str] = set()
        self._blocked: set[str] = set()

    def offer(self, cookie_header: str) -> str | None:
        """The Set-Cookie value of a profile page; None when the client holds a good cookie, or has to try again."""
        if self.good(parse(cookie_header)):
            return None
        self._tries += 1
        if self._tries % self.on_try:
            return None
        return f"{NAME}={self.mint()}; Path=/; Max-Age={_YEAR_S}; HttpOnly"

    def mint(self) -> str:
        """A new value."""
        value = f"1%7C{secrets.token_urlsafe(32)}%7C{secrets.token_hex(32)}"
        self._minted.add(value)
        return value

    def known(self, value: str | None) -> bool:
        """Whether this value was minted here, blocked or not."""
        return value in self._minted

    def blocked(self, value: str | None) -> bool:
        """Whether its holder was told DEVICE_BLOCKED."""
        return value in self._blocked

    def good(self, value: str | None) -> bool:
        """Whether a socket may be opened with it."""
        return self.known(value) and not self.blocked(value)

    def block(self, value: str | None) -> None:
        """The holder has to mint a new one."""
        if value is not None:
            self._blocked.add(value)


def parse(cookie_header: str) -> str | None:
    """The `ttwid` of a Cookie header, or None."""
    try:
        morsel = SimpleCookie(cookie_header).get(NAME)
    except CookieError:
        return None
    return morsel.value if morsel else None
