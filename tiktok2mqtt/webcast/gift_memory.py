"""What is remembered of the gifts of a LIVE beyond the life of the process: shapes and the seam, no storage."""

from dataclasses import dataclass, field
from typing import Any, Protocol

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Remembered:
    """The gifts of the LIVE `room_id`, as an earlier life left them.

    `message_ids` are those of the gift messages it has counted, the oldest first; `streaks` is for Streaks.restore;
    `undelivered` are `gift` events it had made and perhaps not passed on.
    """

    room_id: str
    message_ids: list[int]
    streaks: dict[str, Json]
    undelivered: list[Json]


@dataclass(frozen=True, slots=True)
class GiftChanges:
    """What has changed since the last time. A streak that is None is forgotten."""

    room_id: str
    message_ids: list[int] = field(default_factory=list)
    streaks: dict[str, Json | None] = field(default_factory=dict)
    undelivered: list[Json] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.message_ids or self.streaks or self.undelivered)


class GiftMemory(Protocol):
    """Keeps the gifts of rooms. Called from any thread; raises nothing."""

    def load(self, room: str) -> Remembered | None:
        """Return what is remembered of the room's last LIVE, or None."""
        ...

    def save(self, room: str, changes: GiftChanges) -> None:
        """Remember changes, before their events are passed on. Those of another LIVE replace what there was."""
        ...

    def delivered(self, room: str) -> None:
        """The events of the last `save` have been passed on."""
        ...
