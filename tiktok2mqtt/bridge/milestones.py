"""Round numbers that a growing total passes. No I/O."""


class Milestones:
    """Watches a total that never goes back. Each multiple of `step` is a milestone; with 0 there are none."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._reached: int | None = None

    def begin(self, total: int | None) -> None:
        """Begin anew at a total; None when it is not known yet: the first one that comes passes nothing."""
        self._reached = None if total is None else self._below(total)

    def passed(self, total: int) -> int | None:
        """Return the milestone that has been passed since the last call, the highest of several, or None."""
        below = self._below(total)
        is_new = self._reached is not None and below > self._reached
        self._reached = max(below, self._reached or 0)
        return below if is_new else None

    def _below(self, total: int) -> int:
        return total - total % self._step if self._step else 0
