"""Cookies: the user's own, how they are written and sent, and those that a sign provider hands out.

No sentence repeats a name or a value.
"""

import re
from collections.abc import Mapping

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
