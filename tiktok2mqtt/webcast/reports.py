"""Actions that several messages report. Pure; times are those of the events.

A subscription comes as a notice, a banner and a text, each with its own message id. They report one action, if they are
about the same person and within a moment. The first of them is the event.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

MOMENT: Final = timedelta(seconds=30)
REPORTED_EVENTS: Final = frozenset({"subscribe", "super_fan"})
"""The events that several messages may report."""
_MAX_REPORTS: Final = 200
Event = dict[str, Any]


@dataclass(slots=True)
class _Report:
    """A report of an action: the ids and names of who subscribed, and who gave it to whom if it was a gift.

    `unnamed` is the number of receivers of a gift whose report names none of them.
    """

    kind: tuple[Any, ...]
    at: datetime
    person: frozenset[str]
    giver: str | None
    receiver: str | None
    unnamed: int

    def is_same_action(self, other: "_Report") -> bool:
        """Return whether a later report is about this action."""
        if self.kind != other.kind or abs(self.at - other.at) > MOMENT:
            return False
        if self.giver is not None and self.giver == other.giver and other.receiver is not None:
            if self.receiver is not None:
                return self.receiver == other.receiver
            self.unnamed -= 1
            return self.unnamed >= 0
        if self.giver is not None and self.giver == other.giver:
            return True
        # A report that names nobody is about what was reported just now.
        return not self.person.isdisjoint(other.person) or not self.person or not other.person


class ReportDedup:
    """Remembers the last 200 reports of subscriptions and super fans."""

    def __init__(self) -> None:
        self._reports: deque[_Report] = deque(maxlen=_MAX_REPORTS)

    def is_new(self, event: Event) -> bool:
        """Return whether no earlier event has reported the same action, and remember it."""
        report = _report(event)
        if any(earlier.is_same_action(report) for earlier in self._reports):
            return False
        self._reports.append(report)
        return True


def _report(event: Event) -> _Report:
    # Replayed events are not counted, so they never report the same action as later ones.
    kind = (event["event_type"], event["replayed"], event.get("what") == "box")
    at, giver, receiver = datetime.fromisoformat(event["ts"]), event.get("giver"), event.get("receiver")
    return _Report(kind, at, frozenset(_names(event)), _name(giver), _name(receiver), event.get("gifted") or 1)


def _names(person: Event) -> list[str]:
    return [f"{key}:{person[key]}" for key in ("user_id", "unique_id", "nickname") if person[key]]


def _name(person: Event | None) -> str | None:
    return next(iter(_names(person)), None) if person is not None else None
