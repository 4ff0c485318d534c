"""The types of gifts. Source: protocol reference, section 4, "Gift"."""

from typing import Final

STREAKABLE: Final = 1
"""The type of gifts that are sent in streaks; all others count at once."""


def type_name(gift_type: int | None) -> str | None:
    """Return the type of a gift as a word; None if it is unknown."""
    if gift_type is None:
        return None
    return "streak" if gift_type == STREAKABLE else "single"
