"""Text from other parties, made safe for logs and messages."""


def safe_text(raw: object, limit: int = 200) -> str:
    """Return `raw` as one printable line of at most `limit` characters, for logs and error messages."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    clean = "".join(c if c.isprintable() else " " for c in text[: limit + 1])
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
