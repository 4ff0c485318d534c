"""Programs in one thread: wait for the end of a connection, or loop over its events."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from tiktok2mqtt.common.errors import AlreadyConnected, WebcastError, error_of
from tiktok2mqtt.webcast.event_queue import MAX_EVENTS, EventQueue
from tiktok2mqtt.webcast.events.handlers import EventHandlers
from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.types import AnyEvent
from tiktok2mqtt.webcast.lifecycle import EVERY_EVENT
from tiktok2mqtt.webcast.net.options import Options

# Codes of `disconnected` that are no failure: the LIVE ended, or we disconnected.
ENDS: Final = frozenset({"ended", "suspended", "disabled"})


class EventStreams(EventHandlers):
    """The part of WebcastPushConnection that runs loops in the caller's thread."""

    options: Options

    def __init__(self) -> None:
        self._queues: list[EventQueue] = []

    @property
    def busy(self) -> bool:
        """Whether a reader thread is running."""
        raise NotImplementedError

    @property
    def is_handler(self) -> bool:
        """Whether the caller is a handler, in a reader thread."""
        raise NotImplementedError

    def connect(self) -> object:
        """Connect."""
        raise NotImplementedError

    def disconnect(self) -> None:
        """Disconnect."""
        raise NotImplementedError

    def run(self) -> None:
        """Connect, and return when the LIVE has ended, after disconnect(), or at Ctrl-C.

        The handlers receive the events meanwhile. Raises the errors of connect(), and NetworkError or another
        WebcastError when the connection is lost, unless `reconnect` is on. Disconnects in every case, unless a handler
        calls it: RuntimeError.
        """
        self._refuse_handlers("run()")
        last: AnyEvent | None = None
        try:
            for event in self._stream("disconnected", MAX_EVENTS):
                last = event
        except KeyboardInterrupt:
            return
        finally:
            self.disconnect()
        raise_if_lost(last)

    def events(self, max_events: int = MAX_EVENTS) -> Iterator[AnyEvent]:
        """Connect unless connected, and return an iterator over all events from now on, for a `for` loop.

        It ends after the event `disconnected`; with `reconnect`, after disconnect(). At most `max_events` wait for the
        loop: beyond that the oldest are dropped, and an `error` event with the code `dropped` says how many. Raises the
        errors of connect(), and RuntimeError in a handler. Leaving the loop does not disconnect.
        """
        self._refuse_handlers("events()")
        return self._stream(EVERY_EVENT, max_events)

    def _refuse_handlers(self, method: str) -> None:
        """Raise RuntimeError in a handler: it would wait for events that come once it has returned."""
        if self.is_handler:
            raise RuntimeError(f"{method} cannot be called in a handler of the same connection; use another thread")

    def _stream(self, name: str, max_events: int) -> Iterator[AnyEvent]:
        queue = self.open_queue(name, max_events)
        try:
            # Another thread may be connecting.
            with suppress(AlreadyConnected):
                if not self.busy:
                    self.connect()
        except BaseException as error:
            # A connection that was lost at once has events.
            if not (isinstance(error, WebcastError) and queue.is_closed):
                self.close_queue(name, queue)
                raise
        return self._iterate(name, queue)

    def _iterate(self, name: str, queue: EventQueue) -> Iterator[AnyEvent]:
        try:
            yield from queue.events(self.is_over)
        finally:
            self.close_queue(name, queue)

    def open_queue(self, name: str, max_events: int) -> EventQueue:
        """Return a new queue that receives the events of this name."""
        queue = EventQueue(max_events, self._is_last)
        self._add_handler(name, queue.put)
        self._queues.append(queue)
        return queue

    def close_queue(self, name: str, queue: EventQueue) -> None:
        """Remove a queue that `open_queue` has returned."""
        self._remove_handler(name, queue.put)
        self._queues.remove(queue)

    def close_streams(self) -> None:
        """End all loops over events, once they have had those that were received."""
        for queue in tuple(self._queues):
            queue.close()

    def is_over(self) -> bool:
        """Return whether no event will come before the next connect()."""
        return not (self.busy or self._reconnects)

    def _is_last(self, event: Event) -> bool:
        """Return whether the connection is over with this event, and will not be opened again by itself."""
        return event["event_type"] == "disconnected" and (event["code"] == "disabled" or not self._reconnects)

    @property
    def _reconnects(self) -> bool:
        return self.options.reconnect


def raise_if_lost(last: AnyEvent | None) -> None:
    """Raise the error of the last event of a connection, if that says that the connection was lost."""
    if last is not None and last["event_type"] == "disconnected" and last["code"] not in ENDS:
        raise error_of(last["code"], last["reason"])
