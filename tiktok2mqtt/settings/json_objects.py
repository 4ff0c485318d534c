"""Settings that are JSON objects or tables of texts: parameters and headers of requests. Their values are secrets.

Each validator raises ValueError with a sentence that says what is allowed. No sentence repeats a value.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, SecretStr

from tiktok2mqtt.settings.fields import Kind, read_object

# RFC 9110, section 5.1: the name of a header is a token.
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def _params(value: Any) -> dict[str, SecretStr] | None:
    """Read parameters of a query string."""
    return _texts(value, bool, "must not have an empty name")


def _headers(value: Any) -> dict[str, SecretStr] | None:
    """Read HTTP headers, each name once, whatever its case."""
    headers = _texts(value, _HEADER_NAME.fullmatch, "must have names of headers as keys, such as Accept-Language")
    names = [name.lower() for name in headers or ()]
    if len(set(names)) < len(names):
        raise ValueError("lists a header twice; remove one of the two")
    return headers


def _texts(value: Any, is_name: Callable[[str], object], wrong_name: str) -> dict[str, SecretStr] | None:
    if value is None:
        return None
    texts: dict[str, SecretStr] = {}
    for name, entry in read_object(value, "must be a JSON object or a table").items():
        if not is_name(name):
            raise ValueError(wrong_name)
        text = entry.get_secret_value() if isinstance(entry, SecretStr) else entry
        if not isinstance(text, str):
            raise ValueError("must have texts as values: put numbers in quotes")  # noqa: TRY004 - pydantic expects it
        if _CONTROL.search(text):
            raise ValueError("must not contain line breaks or other control characters")
        texts[name] = SecretStr(text)
    return texts


ClientParams = Annotated[
    dict[str, SecretStr] | None, Field(exclude=True), BeforeValidator(_params), Kind("a JSON object of texts")
]
Headers = Annotated[
    dict[str, SecretStr] | None, Field(exclude=True), BeforeValidator(_headers), Kind("a JSON object of texts")
]
