"""WebcastPushConnection for asyncio: the same reader thread, with handlers and events in the event loop."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, Self

from tiktok2mqtt.common.errors import WebcastError
from tiktok2mqtt.webcast.client import STOP_S, State, WebcastPushConnection
from tiktok2mqtt.webcast.event_queue import CHECK_S, MAX_EVENTS, EventQueue, check_max_events
from tiktok2mqtt.webcast.event_streams import raise_if_lost
from tiktok2mqtt.webcast.events.handlers import EventHandlers
from tiktok2mqtt.webcast.events.types import AnyEvent
from tiktok2mqtt.webcast.lifecycle import EVERY_EVENT, Handler, check_handler
from tiktok2mqtt.webcast.lookup.resolution import Resolution
from tiktok2mqtt.webcast.lookup.room_info import RoomInfo

# What is kept for a loop that may never come.
MAX_EVENTS_BEFORE_LOOP: Final = 1_000


class AsyncWebcastPushConnection(EventHandlers):
    """A client of one TikTok LIVE room for programs with asyncio.

    ::

        async with AsyncWebcastPushConnection("alice") as connection:
            async for event in connection:
                if event["event_type"] == "chat":
                    print(event["unique_id"], event["comment"])

    Arguments, errors and events are those of WebcastPushConnection; `connection` is the one that does the work.

    Handlers are functions or coroutine functions. They run in the event loop, those of one event after the other; what
    a coroutine function awaits does not hold up the next event. One that raises is reported as there.

    `async for` connects unless connected, and ends like the loop over WebcastPushConnection.events(). At most
    `max_events` wait for it. Of what comes between connect() and the loop, the last 1,000 events are kept.

    All methods belong to the thread of the event loop in which connect() was called.
    """

    def __init__(self, unique_id: str, *, max_events: int = MAX_EVENTS, **options: Any) -> None:
        self.connection = WebcastPushConnection(unique_id, **options)
        check_max_events(max_events)
        self._max_events = max_events
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queue: EventQueue | None = None
        self._in_loop: dict[tuple[str, Handler], list[Handler]] = {}
        self._tasks: set[asyncio.Task[object]] = set()

    # --- the connection ---

    async def connect(self) -> State:
        """Connect; see WebcastPushConnection.connect."""
        self._loop = asyncio.get_running_loop()
        queue = self.connection.open_queue(EVERY_EVENT, min(self._max_events, MAX_EVENTS_BEFORE_LOOP))
        try:
            state = await asyncio.to_thread(self.connection.connect)
        except BaseException as error:
            if isinstance(error, WebcastError) and queue.is_closed:
                # It was connected for a moment, and has events.
                self._set_queue(queue)
                raise
            self.connection.close_queue(EVERY_EVENT, queue)
            if isinstance(error, asyncio.CancelledError):
                # The thread goes on without us.
                self.connection.interrupt()
            raise
        self._set_queue(queue)
        return state

    async def run(self) -> None:
        """Connect, and return when the LIVE has ended, or after disconnect(); see WebcastPushConnection.run."""
        last: AnyEvent | None = None
        try:
            async for event in self:
                last = event
        finally:
            await self.disconnect()
        raise_if_lost(last)

    async def disconnect(self) -> None:
        """Disconnect; the handlers have been called for what was received."""
        await asyncio.to_thread(self.connection.disconnect)
        # What the reader has passed to the event loop comes before what follows.
        await asyncio.sleep(0)

    async def close(self) -> None:
        """Disconnect and release all resources; wait at most 5 s for handlers that are coroutine functions."""
        await asyncio.to_thread(self.connection.close)
        await asyncio.sleep(0)
        self._set_queue(None)
        if tasks := self._tasks - {asyncio.current_task()}:
            await asyncio.wait(tasks, timeout=STOP_S)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # --- state and lookups ---

    def get_state(self) -> State:
        """Return an immutable snapshot of what the client knows."""
        return self.connection.get_state()

    async def get_room_info(self, room_id: str | None = None) -> RoomInfo:
        """Return the room info; see WebcastPushConnection.get_room_info."""
        return await asyncio.to_thread(self.connection.get_room_info, room_id)

    async def resolve(self) -> Resolution:
        """Look up the room id and live status; see WebcastPushConnection.resolve."""
        return await asyncio.to_thread(self.connection.resolve)

    async def live_status(self) -> Resolution:
        """Decide whether the room is live; see WebcastPushConnection.live_status."""
        return await asyncio.to_thread(self.connection.live_status)

    async def get_available_gifts(self) -> list[dict[str, Any]]:
        """Return the gifts that can be sent; see WebcastPushConnection.get_available_gifts."""
        return await asyncio.to_thread(self.connection.get_available_gifts)

    # --- events ---

    async def __aiter__(self) -> AsyncIterator[AnyEvent]:
        """Connect unless connected, and yield the events."""
        if self._queue is None or self._queue.is_exhausted:
            try:
                await self.connect()
            except WebcastError:
                if self._queue is None or self._queue.is_exhausted:
                    raise
        queue = self._queue
        assert queue is not None and self._loop is not None  # noqa: S101, PT018 - connect() has made both
        loop = self._loop
        arrived = asyncio.Event()
        queue.max_events = self._max_events
        queue.wake = functools.partial(_call_in, loop, arrived.set)
        while True:
            arrived.clear()
            closed = queue.is_closed
            event = queue.take()
            if event is not None:
                yield event
            elif closed:
                return
            else:
                try:
                    await asyncio.wait_for(arrived.wait(), CHECK_S)
                except TimeoutError:
                    queue.check(is_over=self.connection.is_over())

    def _set_queue(self, queue: EventQueue | None) -> None:
        if self._queue is not None:
            self.connection.close_queue(EVERY_EVENT, self._queue)
        self._queue = queue

    def _add_handler(self, event: str, handler: Handler) -> None:
        def in_loop(*args: object) -> None:
            if self._loop is not None:
                _call_in(self._loop, functools.partial(self._call, event, handler, args))

        check_handler(handler)
        self.connection.on(event, in_loop)
        self._in_loop.setdefault((event, handler), []).append(in_loop)

    def _remove_handler(self, event: str, handler: Handler) -> None:
        added = self._in_loop.get((event, handler))
        if not added:
            raise ValueError(f"this handler of {event} was not added")
        self.connection.off(event, added.pop())

    def _call(self, event: str, handler: Handler, args: tuple[object, ...]) -> None:
        try:
            result = handler(*args)
        except Exception as error:  # noqa: BLE001 - a handler's mistake must not end the event loop
            self.connection.report_failure(event, error)
            return
        if isinstance(result, Awaitable):
            task: asyncio.Task[object] = asyncio.ensure_future(self._await(event, result))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _await(self, event: str, result: Awaitable[object]) -> None:
        try:
            await result
        except Exception as error:  # noqa: BLE001 - as above
            self.connection.report_failure(event, error)


def _call_in(loop: asyncio.AbstractEventLoop, function: Callable[[], object]) -> None:
    """Call a function in the thread of an event loop, unless the loop is closed."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(function)
