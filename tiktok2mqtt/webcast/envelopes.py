"""The treasure boxes of a room: each is reported once, and the open ones are listed. Pure; time is an argument."""

from collections import OrderedDict
from datetime import datetime
from math import inf
from typing import Final

from tiktok2mqtt.webcast.events.registry import Event, derived_event
from tiktok2mqtt.webcast.events.rows.envelopes import CHEST

MAX_OPEN: Final = 20
MAX_KNOWN: Final = 1_000
# A box is empty a few seconds after it opens. TikTok hides it much later, or not at all.
OPEN_S: Final = 60.0
# How long a box is listed: at most, and if the time at which it opens is unknown. Captured ones open after three or
# four minutes.
MAX_LISTED_S: Final = 86_400.0
UNKNOWN_LISTED_S: Final = 900.0
_HIDDEN: Final = "hidden"
_CHEST_KEYS: Final = tuple(field.key for field in CHEST)


class Envelopes:
    """The treasure boxes of one LIVE. Takes `envelope` events as decoded; returns the events to report.

    A box is known by its own id: one that is sent again, or hidden, is not reported again. Whenever the list of open
    boxes has changed, there is an `envelopes` event as well. A box leaves the list when it is hidden, or a minute after
    it opens. 20 open boxes and the ids of 1,000 are kept in memory.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()
        # By id: the box, and until when it is listed, in monotonic seconds.
        self._open: dict[str, tuple[Event, float]] = {}
        self._last: Event = {}

    def feed(self, event: Event, now: float, wall_s: float) -> list[Event]:
        """Take an event; return it if its box is new, and the list of open boxes if that has changed.

        `now` is monotonic, `wall_s` is since 1970; it is used for events that are history.
        """
        box_id = event["envelope_id"]
        if box_id is None:
            return [event]
        self._last = event
        events = [event] if self._is_new(box_id) else []
        is_hidden = event["display_name"] == _HIDDEN
        if is_hidden and self._open.pop(box_id, None) is not None:
            return [*events, self._list()]
        listed_s = _listed_s(event, wall_s)
        if is_hidden or not events or listed_s <= 0:
            return events
        self._open[box_id] = ({key: event[key] for key in _CHEST_KEYS}, now + listed_s)
        if len(self._open) > MAX_OPEN:
            del self._open[next(iter(self._open))]
        return [*events, self._list()]

    def tick(self, now: float) -> list[Event]:
        """Remove the boxes that are empty by now; return the list if that has changed."""
        empty = [box_id for box_id, (_, until) in self._open.items() if until <= now]
        for box_id in empty:
            del self._open[box_id]
        return [self._list()] if empty else []

    def seconds_to_next_tick(self, now: float) -> float:
        """Return for how long `tick` has nothing to do if no message comes."""
        return max(0.0, min((until for _, until in self._open.values()), default=inf) - now)

    def _is_new(self, box_id: str) -> bool:
        if box_id in self._known:
            return False
        self._known[box_id] = None
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        return True

    def _list(self) -> Event:
        boxes = [box for box, _ in self._open.values()]
        boxes.sort(key=lambda box: (box["opens_at"] is None, box["opens_at"]))
        # The list is what is open now, even if the box is history.
        event = derived_event(self._last, "envelopes", f"{self._last['envelope_id']}-envelopes")
        return event | {"replayed": False, "late": False, "envelopes": boxes}


def _listed_s(event: Event, wall_s: float) -> float:
    if event["opens_at"] is None:
        return UNKNOWN_LISTED_S
    is_history = event["replayed"] or event["late"]
    sent_s = wall_s if is_history else datetime.fromisoformat(event["ts"]).timestamp()
    return min(datetime.fromisoformat(event["opens_at"]).timestamp() - sent_s + OPEN_S, MAX_LISTED_S)
