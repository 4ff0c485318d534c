"""Who wants to hear of what: the callbacks of a client."""

import logging
import time
from collections.abc import Callable
from typing import Any, Final

logger = logging.getLogger(__name__)
Handler = Callable[..., object]
EVERY_EVENT: Final = "*"
# One that fails at every message must not drown the log, nor the other rooms.
REPEAT_S: Final = 10.0


class Handlers:
    """Callbacks by name. `on_failure(name)` is told when one raises, which never stops the caller.

    Failures of one name are logged and told once in 10 s.
    """

    def __init__(
        self, owner: str, on_failure: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._owner = owner
        self._on_failure = on_failure
        self._clock = clock
        self._quiet_until: dict[str, float] = {}
        self._by_name: dict[str, tuple[Handler, ...]] = {}

    def add(self, name: str, handler: Handler) -> None:
        """Call `handler` for everything of that name."""
        self._by_name[name] = (*self._by_name.get(name, ()), handler)

    def remove(self, name: str, handler: Handler) -> None:
        """Take back an `add`. Raises ValueError when there was none."""
        handlers = list(self._by_name.get(name, ()))
        handlers.remove(handler)
        self._by_name[name] = tuple(handlers)

    def wants(self, name: str) -> bool:
        """Return whether there is anybody to call."""
        return bool(self._by_name.get(name))

    def call(self, name: str, *args: Any) -> None:
        """Call all of that name."""
        for handler in self._by_name.get(name, ()):
            try:
                handler(*args)
            except Exception as error:  # noqa: BLE001 - a mistake of a handler's ends no reader
                self._failed(name, error, report=True)

    def _failed(self, name: str, error: Exception, *, report: bool) -> None:
        """Log an exception; `report` says whether it goes to `on_failure` as well."""
        if self._is_told_again(name):
            logger.error("%s: a handler of %s failed", self._owner, name, exc_info=error)
            if report:
                self._on_failure(name)

    def _is_told_again(self, name: str) -> bool:
        now = self._clock()
        told = now >= self._quiet_until.get(name, now)
        if told:
            self._quiet_until[name] = now + REPEAT_S
        return told

    def event(self, event: dict[str, Any]) -> None:
        """Call those who want this event, and those who want every one."""
        for name in (event["event_type"], EVERY_EVENT):
            for handler in self._by_name.get(name, ()):
                try:
                    handler(event)
                except Exception as error:  # noqa: BLE001 - as above
                    # What fails at an `error` is not reported: that would be one more.
                    self._failed(name, error, report=event["event_type"] != "error")
