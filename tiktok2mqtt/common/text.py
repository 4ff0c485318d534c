"""Room names (user names in lower case, without `@`), suggestions for misspelled names, and text safe to show."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final
from urllib.parse import unquote, urlsplit

# Source: TikTok's help, "Changing your username". No dot at the end, so `.` and `..` are no names either. Some older
# names have letters of other scripts.
_ASCII_NAME: Final = re.compile(r"[a-z0-9._]+")
_SEQUENCE: Final = re.compile(r"(?:X[0-9a-f]{2})+")
_MAX_NAME_CHARS: Final = 32
# Without line breaks and tabs, and without format characters: emoji and many scripts are joined by them.
_CONTROL: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_CONTROL_CHARACTERS: Final = re.compile(f"[{_CONTROL}]")
# The last two show the text after them in the wrong direction, and so can disguise names and links. No script needs
# them. Marks, embeddings and isolates are kept: names in right-to-left scripts need them.
_UNWANTED: Final = re.compile(f"[{_CONTROL}\u202d\u202e]")
_HOSTS: Final = frozenset({"tiktok.com", "www.tiktok.com", "m.tiktok.com"})


def clean_room_name(text: str) -> str:
    """Return the user name in `text`, in lower case, and in NFC if it has letters other than those of ASCII.

    `text` is `name`, `@name` or the URL of the user's profile or LIVE page, with or without `https://`. Raises
    ValueError for anything else; its message is one plain sentence that does not repeat `text`.
    """
    if not isinstance(text, str):
        raise ValueError(f"a room must be a TikTok user name, not a {type(text).__name__}")  # noqa: TRY004 - as below
    text = text.strip()
    name = _name_in_url(text) if "/" in text else text.removeprefix("@")
    name = _normalized(name)
    if not _is_name(name):
        raise ValueError(
            "a room must be a TikTok user name (1 to 32 letters, digits, underscores and dots, but no dot at the end), "
            "@name or a tiktok.com URL"
        )
    return name


def _normalized(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).lower())


def _is_name(name: str) -> bool:
    if not 0 < len(name) <= _MAX_NAME_CHARS or name.endswith("."):
        return False
    if name.isascii():
        return _ASCII_NAME.fullmatch(name) is not None
    # Letters, their marks, digits. Nothing that is invisible or joins characters.
    kinds = [unicodedata.category(c)[0] for c in name]
    return kinds[0] != "M" and all(kind in "LMN" or c in "._" for kind, c in zip(kinds, name, strict=True))


def escaped_name(name: str) -> str:
    """Return a room name as ASCII letters, digits, `.` and `_`, for topics and ids; no file is named after a room.

    A name in ASCII stays as it is. `X` begins the escape sequence of a byte of UTF-8. Names have no capital letters of
    ASCII, so no two names give the same result.
    """
    if name.isascii():
        return name
    return "".join(c if c.isascii() else "".join(f"X{byte:02x}" for byte in c.encode()) for c in name)


def unescaped_name(text: str) -> str:
    """Return the room name of which `escaped_name` has made `text`; other texts pass unchanged."""
    if "X" not in text:
        return text
    try:
        name = _SEQUENCE.sub(lambda match: bytes.fromhex(match[0].replace("X", "")).decode(), text)
    except UnicodeDecodeError:
        return text
    return name if escaped_name(name) == text else text


def is_room_name(text: str) -> bool:
    """Return whether a text is a user name as `clean_room_name` returns it."""
    return _is_name(text) and text == _normalized(text)


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
    return unquote(url.path.removeprefix("/@").partition("/")[0])


def clean_text(text: str) -> str:
    """Return a text with a space for each control character. Line breaks, tabs and joiners of emoji stay."""
    return text if text.isprintable() else _UNWANTED.sub(" ", text)


def has_control_characters(text: str) -> bool:
    """Return whether a text contains control characters other than line breaks and tabs."""
    return _CONTROL_CHARACTERS.search(text) is not None


def safe_text(raw: object, limit: int = 200) -> str:
    """Return `raw` as one printable line of at most `limit` characters, for logs and error messages."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    clean = "".join(c if c.isprintable() else " " for c in text[: limit + 1])
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def did_you_mean(name: str, known: Iterable[str], prefix: str = "") -> str:
    """Return "did you mean X?" with the known name most similar to `name`, or an empty string if none is.

    Case is ignored, and so is a `prefix` that all known names have: it would make all of them look alike.
    """
    prefix = prefix.lower()
    candidates = {one.lower().removeprefix(prefix): one for one in known}
    nearest = get_close_matches(name.lower().removeprefix(prefix), candidates, n=1)
    return f"did you mean {candidates[nearest[0]]}?" if nearest else ""


def split_address(address: str, default_port: int) -> tuple[str, int]:
    """Return host and port of `host`, `host:port`, `[IPv6]` or `[IPv6]:port`; port 0 if it is no number."""
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]"):
        return address.strip("[]"), default_port
    if ":" in host and not host.startswith("["):
        return address, default_port
    return host.strip("[]"), int(port) if port.isdecimal() else 0
