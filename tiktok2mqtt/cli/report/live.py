"""What the events of a LIVE add up to, for its report."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from tiktok2mqtt.cli.render import Document, number, person_name
from tiktok2mqtt.cli.stats import Ranking
from tiktok2mqtt.cli.terminal import sanitize
from tiktok2mqtt.common.counts import gift_diamonds

_NAME_LIMIT: Final = 80
_MAX_FOLLOWERS: Final = 200
_MAX_KINDS: Final = 1000
_COUNTS: Final = {"chat": "comments", "share": "shares", "follow": "new_followers"}
Curve = list[tuple[datetime, int]]


@dataclass
class Live:
    """A LIVE. Times are in UTC; curves are values over time; gaps are the times without a connection.

    What happened before the LIVE was joined (`replayed`) is not part of it.
    """

    room: str
    title: str = ""
    start: datetime | None = None
    end: datetime | None = None
    viewers: Curve = field(default_factory=list)
    likes: Curve = field(default_factory=list)
    diamonds: Curve = field(default_factory=list)
    gaps: list[tuple[datetime, datetime]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """How many gifts, comments, shares and new followers there were, and gifts without a price (`unpriced_gifts`)."""
    gifts: Counter[str] = field(default_factory=Counter)
    """How many gifts of each name."""
    diamonds_by_gift: Counter[str] = field(default_factory=Counter)
    givers: Ranking = field(default_factory=Ranking)
    writers: Ranking = field(default_factory=Ranking)
    followers: list[str] = field(default_factory=list)

    def add(self, event: Document) -> None:
        """Count an event; ignores those without a time."""
        at = _time(event.get("ts"))
        if at is None or event.get("replayed") is True:
            return
        self.start = min(self.start or at, at)
        self.end = max(self.end or at, at)
        match event.get("event_type"):
            case "room_user":
                self.viewers.append((at, number(event, "viewer_count")))
            case "like":
                self.likes.append((at, max(number(event, "total_like_count"), self.last(self.likes))))
            case "gift":
                self._add_gift(event, at)
            case "gap":
                self.gaps.append((_time(event.get("since")) or at, at))
            case "connected":
                self.title = _text(event, "title") or self.title
            case "chat" | "share" | "follow" as name:
                self._add_person(name, event)

    def _add_person(self, name: str, event: Document) -> None:
        self.counts[_COUNTS[name]] += 1
        if name == "chat":
            self.writers.add(event, 1)
        elif name == "follow" and len(self.followers) < _MAX_FOLLOWERS:
            self.followers.append(person_name(event))

    def _add_gift(self, event: Document, at: datetime) -> None:
        diamonds, pieces = gift_diamonds(event), number(event, "delta")
        gift = event.get("gift")
        name = (_text(gift, "name") if isinstance(gift, dict) else "") or "a gift without a name"
        if len(self.gifts) >= _MAX_KINDS and name not in self.gifts:
            name = "other gifts"
        self.counts["gifts"] += pieces
        self.counts["unpriced_gifts"] += pieces * (event.get("diamonds") is None)
        self.gifts[name] += pieces
        self.diamonds_by_gift[name] += diamonds
        self.diamonds.append((at, self.last(self.diamonds) + diamonds))
        self.givers.add(event, diamonds)

    @staticmethod
    def last(curve: Curve) -> int:
        """Return the last value of a curve, 0 if it has none."""
        return curve[-1][1] if curve else 0

    @property
    def peak_viewers(self) -> int:
        """The highest number of viewers."""
        return max((value for _, value in self.viewers), default=0)


def read_live(room: str, events: Iterable[Document]) -> Live:
    """Return the LIVE that the events are of."""
    live = Live(room)
    for event in events:
        live.add(event)
    return live


def _time(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def _text(document: Document, key: str) -> str:
    value = document.get(key)
    return sanitize(value, _NAME_LIMIT) if isinstance(value, str) else ""
