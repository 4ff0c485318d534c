"""The budget of look-ups, one for all rooms. Pure; time is an argument."""

from math import inf
from typing import Final

from tiktok2mqtt.webcast.backoff import CAP_S
from tiktok2mqtt.webcast.errors import AccessError, WebcastError

# Few rooms need not wait for each other for long, and no number of rooms makes us ask more often than this.
MOST_SPACING_S: Final = 0.5
LEAST_SPACING_S: Final = 0.02


class Pacer:
    """Says when the next look-up may begin. `now` is on the monotonic clock, in seconds.

    The look-ups of `rooms` rooms are spread over the interval, so that each room has one in it. When the service
    refuses one (AccessError: it is our address that is refused, not the room), all are held back: for as long as it
    asked for, or else the error's own delay, doubled with every refusal in a row up to 5 min. After that one look-up at
    a time finds out whether the others may go on.
    """

    def __init__(self, interval_s: float) -> None:
        self.held_until = -inf
        self.refusal: AccessError | None = None
        self._interval_s = interval_s
        self._began_last = -inf
        self._refusals = 0

    def spacing_s(self, rooms: int) -> float:
        """Return the time between the beginnings of two look-ups."""
        return max(LEAST_SPACING_S, min(MOST_SPACING_S, self._interval_s / max(1, rooms)))

    def keeps_interval(self, rooms: int) -> bool:
        """Return whether so many rooms can have a look-up each in every interval."""
        return rooms * LEAST_SPACING_S <= self._interval_s

    def opens_at(self, rooms: int, running: int) -> float:
        """Return when the next look-up may begin while `running` are under way: inf for not before one has ended."""
        if self._refusals and running:
            return inf
        return max(self.held_until, self._began_last + self.spacing_s(rooms))

    def is_held(self, now: float) -> bool:
        """Return whether the service has refused us and the delay is not over."""
        return now < self.held_until

    def began(self, now: float) -> None:
        """Note that a look-up begins."""
        self._began_last = now

    def ended(self, began: float, now: float, error: WebcastError | None) -> None:
        """Note how a look-up ended that had begun at `began`."""
        is_news = began >= self.held_until
        if not isinstance(error, AccessError):
            if is_news:
                self._refusals = 0
            return
        # Those that were under way together count as one refusal.
        self._refusals += is_news
        delay_s = min(CAP_S, error.min_delay_s * 2 ** min(self._refusals - 1, 16))
        self.held_until = max(self.held_until, now + max(delay_s if is_news else 0.0, error.retry_after_s or 0.0))
        self.refusal = error
