"""How a thread shows that it still goes on, for a watchdog."""

import time
from math import inf


class Pulse:
    """The sign of life of one thread, which says at each turn by when it takes the next one.

    Written by that thread alone, read by any. `name` is the thread's.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._next_by = inf

    def beat(self, within_s: float) -> None:
        """Take a turn, and promise the next one within so many seconds."""
        self._next_by = time.monotonic() + within_s

    def rest(self) -> None:
        """Promise nothing: the thread ends, or nobody minds how long it waits."""
        self._next_by = inf

    def is_overdue(self, now: float) -> bool:
        """Return whether the thread has broken its promise at `now`, in monotonic seconds: it hangs, or is dead."""
        return now > self._next_by
