"""Gift streaks: from the many messages of a streak to exactly one final gift. Pure; time is an argument.

Source: protocol reference, section 4, "Gift". A gift of type 1 is repeated with a growing count and repeat_end 0, then
once with repeat_end 1; even a single one comes twice. Other types come once and count at once. One streak = same user,
gift and group. The end can be missing.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

STREAKABLE: Final = 1
_REMEMBERED_CLOSED: Final = 2_000

Event = dict[str, Any]
Key = tuple[str | None, str | None, str | None]


@dataclass(slots=True)
class _Streak:
    """`told` is what `gift_streak` events have said so far, `published` what `gift` events have."""

    last: Event
    last_at: float
    count: int = 0
    told: int = 0
    published: int = 0
    is_open: bool = True


class Streaks:
    """The streaks of one room. Feed gift events as decoded; what comes out carries count, delta, diamonds, closed_by.

    Closed streaks are remembered (the last 2,000), so that a late end or a repeated message tells only what is new.
    """

    def __init__(self, timeout_s: float = 60.0) -> None:
        self._timeout_s = timeout_s
        self._streaks: OrderedDict[Key, _Streak] = OrderedDict()

    @property
    def open_count(self) -> int:
        """How many streaks are running."""
        return sum(streak.is_open for streak in self._streaks.values())

    def feed(self, event: Event, now: float) -> list[Event]:
        """Take one gift message; return the events it makes: at most one, named gift or gift_streak."""
        gift = event["gift"]
        count = max(gift["repeat_count"], 1)
        if gift["gift_type"] not in (STREAKABLE, None):
            return [_finished(event, count, count, "end")]
        streak = self._streak(event, now)
        streak.count = max(streak.count, count)
        streak.last, streak.last_at = event, now
        if gift["repeat_end"]:
            return self._close(streak, "end")
        if streak.count <= max(streak.told, streak.published):
            return []
        streak.is_open = True
        event = event | {"event_type": "gift_streak"}
        delta, streak.told = streak.count - max(streak.told, streak.published), streak.count
        return [_counted(event, streak.count, delta)]

    def _streak(self, event: Event, now: float) -> _Streak:
        key = (event["user_id"] or event["unique_id"], event["gift_id"], event["gift"]["group_id"])
        streak = self._streaks.get(key)
        if streak is None:
            streak = self._streaks[key] = _Streak(event, now)
            self._forget_old()
        elif key[2] is None and not streak.is_open and _begins(event):
            # Without a group id the next streak of the same gift has the same key.
            streak = self._streaks[key] = _Streak(event, now)
        return streak

    def _forget_old(self) -> None:
        while len(self._streaks) > _REMEMBERED_CLOSED:
            oldest = next((key for key, streak in self._streaks.items() if not streak.is_open), None)
            if oldest is None:
                return
            del self._streaks[oldest]

    def tick(self, now: float) -> list[Event]:
        """Close the streaks that have been silent for longer than the timeout; return their final gifts."""
        late = [s for s in self._streaks.values() if s.is_open and now - s.last_at > self._timeout_s]
        return [event for streak in late for event in self._close(streak, "timeout")]

    def close_all(self, closed_by: str) -> list[Event]:
        """Close every running streak; return their final gifts."""
        running = [streak for streak in self._streaks.values() if streak.is_open]
        return [event for streak in running for event in self._close(streak, closed_by)]

    def _close(self, streak: _Streak, closed_by: str) -> list[Event]:
        streak.is_open = False
        delta, streak.published = streak.count - streak.published, streak.count
        return [_finished(streak.last, streak.count, delta, closed_by)] if delta > 0 else []


def _begins(event: Event) -> bool:
    return event["gift"]["repeat_count"] <= 1 and not event["gift"]["repeat_end"]


def _finished(event: Event, count: int, delta: int, closed_by: str) -> Event:
    return _counted(event | {"event_type": "gift"}, count, delta) | {"closed_by": closed_by}


def _counted(event: Event, count: int, delta: int) -> Event:
    price = event["gift"]["diamond_count"]
    return event | {"count": count, "delta": delta, "diamonds": None if price is None else price * count}
