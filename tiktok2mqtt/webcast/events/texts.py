"""Display texts: the sentences TikTok shows, as a pattern with placeholders and the pieces that fill them.

Source: protocol reference, section 4, "Display text".
"""

import re
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from tiktok2mqtt.webcast.events.limits import charge
from tiktok2mqtt.webcast.events.users import read_person

MAX_RENDERED_CHARS: Final = 1_000
# A placeholder refers to its piece by a number of at most two digits.
_MAX_PIECES: Final = 100
# The cost of a piece, see `limits.charge`. TikTok's own texts have at most three.
_PIECE_VALUES: Final = 4
_USUAL_PIECES: Final = 4
_PLACEHOLDER: Final = re.compile(r"\{(\d{1,2}):[a-z_]{1,20}\}")


def render(text: Any) -> str | None:
    """Return a Text in English with its placeholders filled, or None if it is empty. A missing piece becomes "…".

    Raises DecodeError if the user in a piece cannot be decoded.
    """
    # Pattern and pieces are cut first: many placeholders for one long piece would fill the memory.
    pattern = text.default_pattern[:MAX_RENDERED_CHARS]
    if not pattern:
        return None
    first, rest = _split(pattern)
    if not rest:
        return first
    pieces = text.pieces[:_MAX_PIECES]
    if len(rest) > _USUAL_PIECES:
        charge(_PIECE_VALUES * len(rest))
    parts = [first]
    # A piece is inserted as it is: placeholders in it are not filled.
    for number, literal in rest:
        piece = _piece_text(pieces[number])[:MAX_RENDERED_CHARS] if number < len(pieces) else ""
        parts += (piece or "…", literal)
    return "".join(parts)[:MAX_RENDERED_CHARS]


@lru_cache(512)
def _split(pattern: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Split a pattern into the text before its first placeholder, and each placeholder with the text after it."""
    first, *rest = _PLACEHOLDER.split(pattern)
    return first, tuple((int(number), literal) for number, literal in zip(rest[::2], rest[1::2], strict=True))


def _piece_text(piece: Any) -> str:
    if piece.HasField("user_value"):
        user = read_person(piece.user_value.user)
        return user["nickname"] or user["unique_id"] or ""
    if piece.HasField("gift_value"):
        return str(piece.gift_value.name_ref.default_pattern or piece.gift_value.gift_id)
    if piece.HasField("pattern_ref_value"):
        return str(piece.pattern_ref_value.default_pattern)
    return str(piece.string_value)


def first_user(text: Any) -> bytes | None:
    """Return the first User among the first 100 pieces of a Text, or None."""
    for piece in islice(text.pieces, _MAX_PIECES):
        if piece.HasField("user_value"):
            user: bytes = piece.user_value.user
            return user
    return None
