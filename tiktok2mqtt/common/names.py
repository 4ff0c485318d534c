"""Room names: TikTok user names in lower case, without `@`."""

import re
from typing import Final
from urllib.parse import urlsplit

# Source: TikTok's help, "Changing your username". No dot at the end, so `.` and `..` are no names either.
_NAME: Final = re.compile(r"[A-Za-z0-9._]{0,31}[A-Za-z0-9_]")
_HOSTS: Final = frozenset({"tiktok.com", "www.tiktok.com", "m.tiktok.com"})


def clean_room_name(text: str) -> str:
    """Return the user name in `text`, in lower case.

    `text` is `name`, `@name` or the URL of the user's profile or LIVE page, with or without `https://`. Raises
    ValueError for anything else; its message is one plain sentence that does not repeat `text`.
    """
    text = text.strip()
    name = _name_in_url(text) if "/" in text else text.removeprefix("@")
    if not _NAME.fullmatch(name):
        raise ValueError(
            "a room must be a TikTok user name (1 to 32 letters, digits, underscores and dots, but no dot at the end), "
            "@name or a tiktok.com URL"
        )
    return name.lower()


def _name_in_url(text: str) -> str:
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
        host = url.hostname
    except ValueError:
        host = None
    if host not in _HOSTS or url.scheme not in {"http", "https"}:
        raise ValueError("the URL of a room must begin with https://www.tiktok.com/")
    if not url.path.startswith("/@"):
        raise ValueError("the URL of a room must contain the user name, as in https://www.tiktok.com/@name/live")
    return url.path.removeprefix("/@").partition("/")[0]
