"""The like total of one LIVE, which on the wire goes back between messages or is missing."""


class LikeTotal:
    """Keeps the highest total known. `total` is None until something is known."""

    def __init__(self) -> None:
        self.total: int | None = None

    def add(self, batch: int, reported_total: int) -> int:
        """Take one like message; return the total now. A reported total of 0 means that it was left out."""
        floor = self.total or 0
        self.total = max(floor, reported_total) if reported_total > 0 else floor + max(batch, 0)
        return self.total
