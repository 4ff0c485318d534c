"""How long to wait before the next try."""

import random
from typing import Final

FIRST_S: Final = 1.0
CAP_S: Final = 300.0


class Backoff:
    """Exponential backoff from 1 s to `cap_s` (5 min) with full jitter. `attempt` counts the delays since a reset."""

    def __init__(self, rng: random.Random | None = None, cap_s: float = CAP_S) -> None:
        self._cap_s = cap_s
        self._rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        self.attempt = 0

    def next_delay_s(self, at_least_s: float = 0.0) -> float:
        """Return the next delay in seconds; never below `at_least_s`."""
        ceiling = min(self._cap_s, FIRST_S * 2 ** min(self.attempt, 16))
        self.attempt += 1
        return max(at_least_s, self._rng.uniform(0.0, ceiling))

    def around_s(self, interval_s: float) -> float:
        """Return an interval with a tenth of jitter either way, so that many rooms do not ask at once."""
        return interval_s * self._rng.uniform(0.9, 1.1)

    def reset(self) -> None:
        """Begin again at the first delay."""
        self.attempt = 0
