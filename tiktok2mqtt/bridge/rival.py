"""Notices that another client uses our client id: the broker then throws out the one to let in the other, in turns.

Pure; time is an argument.
"""

from typing import Final

# MQTT 5 says so (section 4.13, reason code 0x8E); before, all that can be seen is that we never last.
_TAKEN_OVER: Final = "Session taken over"
SHORT_S: Final = 5.0
MANY: Final = 3


class Rival:
    """Told of every connection, says when it looks as if somebody else wanted our place."""

    def __init__(self) -> None:
        self._up_at = 0.0
        self._short_ones = 0

    def came_up(self, now: float) -> None:
        """The broker has let us in."""
        self._up_at = now

    def lost(self, now: float, reason: str) -> bool:
        """The broker has ended the connection; return whether a rival is the likely reason."""
        self._short_ones = self._short_ones + 1 if now - self._up_at < SHORT_S else 0
        return reason == _TAKEN_OVER or self._short_ones >= MANY
