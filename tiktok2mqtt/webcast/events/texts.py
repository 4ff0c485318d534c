"""Display texts: what TikTok would show, made from a pattern with holes and the pieces that fill them.

Source: protocol reference, section 4, "Display text".
"""

import re
from typing import Any, Final

MAX_RENDERED_CHARS: Final = 1_000
# A hole names its piece by at most two digits.
_MAX_PIECES: Final = 100
_HOLE: Final = re.compile(r"\{(\d{1,2}):[a-z_]{1,20}\}")


def render(text: Any) -> str | None:
    """Return a Text in English with its holes filled; None when it says nothing. A piece that is missing leaves "…"."""
    # Pattern and pieces are cut before they meet: many holes for a long piece would fill the memory.
    pattern = text.default_pattern[:MAX_RENDERED_CHARS]
    if not pattern:
        return None
    pieces = [_piece(piece)[:MAX_RENDERED_CHARS] for piece in text.pieces[:_MAX_PIECES]]

    def fill(hole: re.Match[str]) -> str:
        index = int(hole[1])
        return (pieces[index] if index < len(pieces) else "") or "…"

    # A piece is never taken for a pattern: what it holds is put in once and not looked at again.
    return _HOLE.sub(fill, pattern)[:MAX_RENDERED_CHARS]


def _piece(piece: Any) -> str:
    if piece.HasField("user_value"):
        user = piece.user_value.user
        return str(user.nickname or user.unique_id)
    if piece.HasField("gift_value"):
        return str(piece.gift_value.name_ref.default_pattern or piece.gift_value.gift_id)
    if piece.HasField("pattern_ref_value"):
        return str(piece.pattern_ref_value.default_pattern)
    return str(piece.string_value)


def named_user(text: Any) -> Any | None:
    """Return the first User that a Text speaks of, or None."""
    for piece in text.pieces:
        if piece.HasField("user_value"):
            return piece.user_value.user
    return None
