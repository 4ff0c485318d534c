"""Display texts: what TikTok would show, made from a pattern with holes and the pieces that fill them.

Source: protocol reference, section 4, "Display text".
"""

import re
from functools import lru_cache
from typing import Any, Final

from tiktok2mqtt.webcast.events.users import known_user

MAX_RENDERED_CHARS: Final = 1_000
# A hole names its piece by at most two digits.
_MAX_PIECES: Final = 100
_HOLE: Final = re.compile(r"\{(\d{1,2}):[a-z_]{1,20}\}")


def render(text: Any) -> str | None:
    """Return a Text in English with its holes filled; None when it says nothing. A piece that is missing leaves "…".

    Raises DecodeError when a piece is no User that should be one.
    """
    # Pattern and pieces are cut before they meet: many holes for a long piece would fill the memory.
    pattern = text.default_pattern[:MAX_RENDERED_CHARS]
    if not pattern:
        return None
    first, rest = _parts(pattern)
    if not rest:
        return first
    pieces = text.pieces[:_MAX_PIECES]
    said = [first]
    # A piece is never taken for a pattern: what it holds is put in once and not looked at again.
    for hole, literal in rest:
        piece = _piece(pieces[hole])[:MAX_RENDERED_CHARS] if hole < len(pieces) else ""
        said += (piece or "…", literal)
    return "".join(said)[:MAX_RENDERED_CHARS]


@lru_cache(512)
def _parts(pattern: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Split a pattern into what stands before its first hole, and each hole with what follows it."""
    first, *rest = _HOLE.split(pattern)
    return first, tuple((int(hole), literal) for hole, literal in zip(rest[::2], rest[1::2], strict=True))


def _piece(piece: Any) -> str:
    if piece.HasField("user_value"):
        user = known_user(piece.user_value.user)
        return user["nickname"] or user["unique_id"] or ""
    if piece.HasField("gift_value"):
        return str(piece.gift_value.name_ref.default_pattern or piece.gift_value.gift_id)
    if piece.HasField("pattern_ref_value"):
        return str(piece.pattern_ref_value.default_pattern)
    return str(piece.string_value)


def named_user(text: Any) -> bytes | None:
    """Return the first User that a Text speaks of, or None."""
    for piece in text.pieces:
        if piece.HasField("user_value"):
            user: bytes = piece.user_value.user
            return user
    return None
