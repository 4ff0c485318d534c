"""The event handlers of a client."""

import logging
import time
from collections.abc import Callable
from typing import Any, Final

logger = logging.getLogger(__name__)
Handler = Callable[..., object]
EVERY_EVENT: Final = "*"
# A handler that fails on every message must not flood the log and slow down the other rooms.
REPORT_INTERVAL_S: Final = 10.0


class Handlers:
    """Handlers by event name. `on_failure(name)` is called when a handler raises; the exception is not propagated.

    Failures of the handlers of one name are logged and reported at most once in 10 s.
    """

    def __init__(
        self, owner: str, on_failure: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._owner = owner
        self._on_failure = on_failure
        self._clock = clock
        self._next_report: dict[str, float] = {}
        self._by_name: dict[str, tuple[Handler, ...]] = {}

    def add(self, name: str, handler: Handler) -> None:
        """Add a handler for that name."""
        self._by_name[name] = (*self._by_name.get(name, ()), handler)

    def remove(self, name: str, handler: Handler) -> None:
        """Remove a handler. Raises ValueError when it was not added."""
        handlers = list(self._by_name.get(name, ()))
        handlers.remove(handler)
        self._by_name[name] = tuple(handlers)

    def wants(self, name: str) -> bool:
        """Return whether there is a handler for that name."""
        return bool(self._by_name.get(name))

    def call(self, name: str, *args: Any) -> None:
        """Call the handlers for that name."""
        for handler in self._by_name.get(name, ()):
            try:
                handler(*args)
            except Exception as error:  # noqa: BLE001 - a handler's mistake must not end the reader
                self._failed(name, error, report=True)

    def event(self, event: dict[str, Any]) -> None:
        """Call the handlers for this event's name, then those for every event."""
        for name in (event["event_type"], EVERY_EVENT):
            for handler in self._by_name.get(name, ()):
                try:
                    handler(event)
                except Exception as error:  # noqa: BLE001 - as above
                    # A failure on an `error` event is not reported: the report would be another `error` event.
                    self._failed(name, error, report=event["event_type"] != "error")

    def _failed(self, name: str, error: Exception, *, report: bool) -> None:
        """Log an exception and, if `report`, pass it to `on_failure`, unless the name failed a moment ago."""
        now = self._clock()
        if now < self._next_report.get(name, now):
            return
        self._next_report[name] = now + REPORT_INTERVAL_S
        logger.error("%s: a handler of %s failed", self._owner, name, exc_info=error)
        if report:
            self._on_failure(name)
