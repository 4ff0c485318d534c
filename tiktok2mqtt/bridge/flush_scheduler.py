"""When rooms write their retained documents: in rounds, so that many rooms cost few wake-ups."""

import threading
from collections.abc import Callable, Container
from math import inf
from typing import Final

from tiktok2mqtt.bridge.room import Room

# One room alone writes at once; of many, all that have something to write since the last round do so together.
GATHER_S: Final = 0.2


class FlushScheduler:
    """Which rooms have something to write, and since when. Two rounds are at least GATHER_S apart.

    `request` may be called from any thread, the rest from the control thread. `wake()` makes that look at
    `seconds_to_next` again; it is called once until the next round.
    """

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._asked: dict[Room, None] = {}
        # When those may write that have written less than a second ago.
        self._due: dict[Room, float] = {}
        self._next_round = -inf

    def request(self, room: Room) -> None:
        """The room has something to write."""
        with self._lock:
            is_first = not self._asked
            self._asked[room] = None
        if is_first:
            self._wake()

    def seconds_to_next(self, now: float) -> float:
        """Return how long there is nothing to write: inf for as long as nobody asks. `now` is monotonic, in seconds."""
        earliest = -inf if self._asked else min(self._due.values(), default=inf)
        return max(0.0, max(earliest, self._next_round) - now)

    def flush(self, now: float, followed: Container[Room]) -> None:
        """Let the rooms write that have something to, if it is time, but for those that are not followed any more."""
        if now < self._next_round:
            return
        with self._lock:
            asked, self._asked = self._asked, {}
        rooms = asked | {room: None for room, due in self._due.items() if due <= now}
        if rooms:
            self._next_round = now + GATHER_S
        for room in rooms:
            self._due.pop(room, None)
            if room in followed and (again := room.flush(now)) is not None:
                self._due[room] = again
