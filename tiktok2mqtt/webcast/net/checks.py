# ruff: noqa: TRY004 - a bad value is a ValueError, whatever its type
"""Checks of the options of a connection: their types, their ranges, and headers that can be sent unchanged.

Each raises ValueError with a sentence that the name of the option comes in front of. No value is repeated.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

# RFC 9110, section 5.1: a token. Section 5.5: no CR, LF or NUL; http.client sends ISO 8859-1.
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}")
_ID: Final = re.compile(r"[0-9]{1,19}")
_INT64: Final = 2**63
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def check_flag(value: Any) -> None:
    """Refuse what is neither true nor false."""
    if not isinstance(value, bool):
        raise ValueError(f"must be True or False, not a {type(value).__name__}")


def check_text(value: Any) -> None:
    """Refuse what is no text."""
    if not isinstance(value, str):
        raise ValueError(f"must be a text, not a {type(value).__name__}")


def check_time(value: Any) -> None:
    """Refuse what is not a finite number above 0."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < math.inf:
        raise ValueError("must be a number above 0")


def check_count(value: Any) -> None:
    """Refuse what is not an integer above 0."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("must be an integer above 0")


def check_id(value: Any) -> None:
    """Refuse what is neither None nor an id of TikTok: a positive int64, as text."""
    if value is not None and not (isinstance(value, str) and _ID.fullmatch(value) and 0 < int(value) < _INT64):
        raise ValueError("must be a number of at most 19 digits, as text")


def check_headers(headers: Any) -> None:
    """Refuse headers that cannot be sent unchanged, and names that differ only in upper and lower case."""
    if not isinstance(headers, Mapping):
        raise ValueError("must be a mapping of names and values")
    for name, value in headers.items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise ValueError("must have names of letters, digits and - only")
        if not isinstance(value, str):
            raise ValueError(f"must have texts as values; that of {name} is a {type(value).__name__}")
        if not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"must have values without line breaks and control characters; that of {name} has one")
    if len({name.lower() for name in headers}) < len(headers):
        raise ValueError("must have each name once, whatever its case")


def check_list(value: Any) -> None:
    """Refuse what is no list or tuple."""
    if not isinstance(value, list | tuple):
        example = f", such as [{value!r}]" if isinstance(value, str) else ""
        raise ValueError(f"must be a list{example}")


def check_params(params: Any) -> None:
    """Refuse what cannot be in a query."""
    if not isinstance(params, Mapping):
        raise ValueError("must be a mapping of names and values")
    for name, value in params.items():
        if not isinstance(name, str) or not isinstance(value, str | int | float):
            raise ValueError("must have texts or numbers as values")


def check_url(url: Any, schemes: tuple[str, ...]) -> None:
    """Refuse what does not begin like a URL of these schemes."""
    if not isinstance(url, str) or not url.lower().startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ValueError(f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
