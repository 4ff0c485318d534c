"""Text from peers, made safe to show, and suggestions for misspelled names."""

from collections.abc import Iterable
from difflib import get_close_matches


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
