"""Refused commands in the log: a client may send thousands a second."""

import logging
import threading
import time
from collections.abc import Callable
from math import inf
from typing import Final

from tiktok2mqtt.common.text import safe_text

logger = logging.getLogger(__name__)
INTERVAL_S: Final = 1.0


class Refusals:
    """Logs refused commands in at most one line per second, with their number, and counts requests without a response.

    The first one after a pause is logged at once. Thread-safe; `clock` returns monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # Guards the rest.
        self._lock = threading.Lock()
        self._number = 0
        self._last = ""
        self._logged_at = -inf
        self._unanswered = 0
        self._counted_at = -inf

    def add(self, topic: str, reason: object, *, unanswered: bool = False) -> None:
        """Add a refused command; `unanswered` if its sender expects a response and gets none."""
        with self._lock:
            self._number += 1
            self._last = f"{safe_text(topic)}: {safe_text(reason)}"
            self._unanswered += unanswered
        self.log()

    def log(self) -> None:
        """Log what was not logged yet, unless there was a line less than a second ago."""
        now = self._clock()
        with self._lock:
            if not self._number or now - self._logged_at < INTERVAL_S:
                return
            number, self._number, self._logged_at = self._number, 0, now
            last = self._last
        # Not under the lock: handlers of the log may do anything.
        if number == 1:
            logger.warning("refused the command on %s", last)
        else:
            logger.warning("refused %d commands, the last one on %s", number, last)

    def take_unanswered(self) -> int:
        """Return the number of requests without a response since the last call; 0 within a second of it."""
        now = self._clock()
        with self._lock:
            if not self._unanswered or now - self._counted_at < INTERVAL_S:
                return 0
            unanswered, self._unanswered, self._counted_at = self._unanswered, 0, now
        return unanswered
