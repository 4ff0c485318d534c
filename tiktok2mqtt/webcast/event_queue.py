"""A bounded queue of events between the reader thread, which puts them, and one loop that takes them."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.types import AnyEvent

MAX_EVENTS: Final = 10_000
# How often a loop that waits asks whether the connection is over: it may have ended without an event.
CHECK_S: Final = 1.0
# `disconnected` is the last event, and comes a moment after the connection has ended.
_CHECKS_TO_END: Final = 2
_COMMON: Final = ("v", "id", "ts", "room", "room_id", "session_id", "source", "replayed", "late", "delayed")


def check_max_events(value: Any) -> None:
    """Raise ValueError unless this many events can wait."""
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"max_events must be at least 1, not {value!r}")


class EventQueue:
    """The events that a loop has not taken yet, at most `max_events`.

    When it is full, the oldest are dropped. The loop is told by an `error` event with the code `dropped`, at the place
    where they are missing.

    `is_last(event)` returns whether no event comes after this one. `wake()` is called, in the thread that puts, when
    the queue is no longer empty. Any thread may call the methods.
    """

    def __init__(
        self, max_events: int, is_last: Callable[[Event], bool], wake: Callable[[], object] = lambda: None
    ) -> None:
        check_max_events(max_events)
        self.max_events = max_events
        self.wake = wake
        self._is_last = is_last
        self._events: deque[Event] = deque()
        self._lock = threading.Lock()
        self._closed = False
        self._checks_left = _CHECKS_TO_END
        # Of the events that were dropped since the last `take`: how many, and the first.
        self._dropped = 0
        self._first_dropped: Event | None = None

    def put(self, event: Event) -> None:
        """Add an event, unless the queue is closed."""
        with self._lock:
            if self._closed:
                return
            was_empty = not self._events
            self._events.append(event)
            while len(self._events) > self.max_events:
                oldest = self._events.popleft()
                self._first_dropped = self._first_dropped or oldest
                self._dropped += 1
            self._closed = self._is_last(event)
        if was_empty:
            self.wake()

    def take(self) -> AnyEvent | None:
        """Remove and return the next event; None when there is none now."""
        with self._lock:
            if self._first_dropped is not None:
                first, self._first_dropped = self._first_dropped, None
                count, self._dropped = self._dropped, 0
                reason = "events were dropped: they come faster than the loop takes them"
                keys = {"event_type": "error", "code": "dropped", "reason": reason, "count": count}
                return cast("AnyEvent", {key: first[key] for key in _COMMON} | keys)
            return cast("AnyEvent", self._events.popleft()) if self._events else None

    def close(self) -> None:
        """Accept no further events: the loop ends once it has taken those that are there."""
        with self._lock:
            self._closed = True
        self.wake()

    @property
    def is_closed(self) -> bool:
        """Whether no further events come."""
        return self._closed

    @property
    def is_exhausted(self) -> bool:
        """Whether `take` will return nothing any more."""
        return self._closed and not self._events

    def check(self, *, is_over: bool) -> None:
        """Close the queue when the connection was over at several checks in a row. Called each CHECK_S of waiting."""
        self._checks_left = self._checks_left - 1 if is_over else _CHECKS_TO_END
        if not self._checks_left:
            self.close()

    def events(self, is_over: Callable[[], bool]) -> Iterator[AnyEvent]:
        """Yield the events as they come, until the last one. The queue must not have another `wake`."""
        arrived = threading.Event()
        self.wake = arrived.set
        while True:
            arrived.clear()
            closed = self._closed
            event = self.take()
            if event is not None:
                yield event
            elif closed:
                return
            elif not arrived.wait(CHECK_S):
                self.check(is_over=is_over())
