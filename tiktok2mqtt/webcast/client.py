"""One connection to one room: connect, disconnect, state, room info, event handlers."""

import inspect
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Self

from tiktok2mqtt.common.errors import AlreadyConnected, NetworkError, RoomEnded, WebcastError
from tiktok2mqtt.common.text import clean_room_name
from tiktok2mqtt.common.times import Deadline, Liveness
from tiktok2mqtt.webcast.event_streams import EventStreams
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.gift_lists import GiftLists
from tiktok2mqtt.webcast.lifecycle import Handler, Handlers, check_event_name, check_handler
from tiktok2mqtt.webcast.lookup.answers import is_room_id
from tiktok2mqtt.webcast.lookup.provider import SignProvider
from tiktok2mqtt.webcast.lookup.resolution import Resolution, internal_errors
from tiktok2mqtt.webcast.lookup.room_info import RoomInfo
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.memory import Drops, SessionStore
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.reader import Reader, State
from tiktok2mqtt.webcast.reader_threads import Attempt, ReaderThreads, Run
from tiktok2mqtt.webcast.session import LiveSession
from tiktok2mqtt.webcast.transports.fallback import Fallback

if TYPE_CHECKING:
    from tiktok2mqtt.webcast.reconnect import Reconnect

logger = logging.getLogger(__name__)
STOP_S = 5.0
_DEADLINE_SHARE: Final = 0.95


class WebcastPushConnection(EventStreams):
    """A client of one TikTok LIVE room.

    ::

        connection = WebcastPushConnection("alice")
        connection.on("chat", lambda event: print(event["unique_id"], event["comment"]))
        connection.run()

    `unique_id` is a user name, with or without @, or the URL of a LIVE; ValueError otherwise. Keyword arguments are the
    fields of Options; TypeError for others. A `session_store` keeps gifts from being lost or reported twice when the
    process ends during a LIVE; see `restore`. A `gift_catalogue` has the known gifts and learns from each gift;
    connections may share one. Errors of connect() and of the lookups are WebcastErrors.

    The path of an event: the reader thread (Reader) opens a transport (Fallback), passes each response to the session
    of the LIVE (LiveSession), which decodes, deduplicates and completes events, and calls the handlers (Handlers).

    Events are dicts with one shape per name: see the rows of the registry. These names have other arguments:

    - `*`: every event.
    - `raw_data`: (type, payload) of every message, decoded or not.
    - `websocket_connected`: a ConnectedSocket, as soon as messages arrive through a WebSocket.
    - `caught_up`: no argument; all events received so far have been reported, and the reader starts to wait.

    Handlers run in the reader thread, in the order of the messages. One that raises is logged and reported as an
    `error` event, at most once in 10 s. Handlers may call disconnect().

    Threads: one, `tiktok2mqtt[<room>].reader`, from connect() to disconnect() or the loss of the connection. It blocks
    only in the transport; disconnect() joins it. With a `sign_key`, another one for a short time; see GiftLists.
    """

    def __init__(
        self,
        unique_id: str,
        *,
        session_store: SessionStore | None = None,
        gift_catalogue: GiftCatalogue | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self.room = clean_room_name(unique_id)
        self.options = Options(**options)
        self.drops = Drops()
        self.gift_catalogue = gift_catalogue if gift_catalogue is not None else GiftCatalogue()
        # For the owner of the connection: called with the new name of the host; in the reader thread when the room is
        # connected, and when the reader ends, with the generation of the start.
        self.on_renamed: Callable[[str], object] = lambda _name: None
        self.on_opened: Callable[[int], object] = lambda _generation: None
        self.on_closed: Callable[[int, WebcastError | None], object] = lambda _generation, _error: None
        self._http = HttpClient(self.options)
        self._lookup = RoomLookup(self._http, self.options)
        self._lookup.on_renamed = self._host_renamed
        self._handlers = Handlers(self.room, self._handler_failed)
        self._stopping = threading.Event()
        name = f"tiktok2mqtt[{self.room}].reader"
        self._threads = ReaderThreads(self.room, name, self._stopping, self._read)
        self._reconnect_lock = threading.Lock()
        # Since the first connection, with the option `reconnect`.
        self._reconnect: Reconnect | None = None
        self._transports = Fallback(self.room, self._http, self.options, self.drops.frames, self._stopping)
        # Without a key, a sign provider has no lists.
        self._gift_lists: GiftLists | None = None
        if self.options.sign_key:
            provider = SignProvider(self._http, self.options)
            self._gift_lists = GiftLists(self.room, provider, self.gift_catalogue, self._stopping.is_set)
        self._reader = Reader(
            self.room,
            self.options,
            self._lookup,
            self._handlers,
            self._transports,
            self.drops,
            self.gift_catalogue,
            self._gift_lists,
            session_store,
        )

    # --- handlers and state ---

    def _add_handler(self, event: str, handler: Handler) -> None:
        check_event_name(event, REGISTRY.rows)
        check_handler(handler)
        if inspect.iscoroutinefunction(handler):
            raise TypeError("a coroutine function is a handler of AsyncWebcastPushConnection only")
        self._handlers.add(event, handler)

    def _remove_handler(self, event: str, handler: Handler) -> None:
        self._handlers.remove(event, handler)

    def report_failure(self, event: str, error: Exception) -> None:
        """Log that a handler of this event has failed and report it as an `error` event, at most once in 10 s.

        For handlers that other threads run on behalf of ours. Call it in the thread of the `error` handlers.
        """
        self._handlers.failed(event, error)

    def get_state(self) -> State:
        """Return an immutable snapshot of what the client knows. Its room info has no `raw` data; see get_room_info."""
        return self._reader.state

    @property
    def liveness(self) -> Liveness:
        """The liveness of the reader thread."""
        return self._reader.liveness

    @property
    def session(self) -> LiveSession | None:
        """The session of the current or last LIVE; None before the first, and once it is known to be over."""
        return self._reader.session

    # --- lookups ---

    def resolve(self) -> Resolution:
        """Look up the room id and live status. See RoomLookup.resolve for the errors."""
        with internal_errors(self.room):
            return self._lookup.resolve(self.room)

    def _host_renamed(self, name: str) -> None:
        logger.warning("%s: the host is called %s now", self.room, name)
        self._transports.host = name
        self.on_renamed(name)

    def live_status(self, last_room_id: str | None = None) -> Resolution:
        """Decide whether the room is live. See RoomLookup.live_status."""
        with internal_errors(self.room):
            return self._lookup.live_status(self.room, last_room_id)

    def drop_idle_connections(self) -> None:
        """Release the idle connections of the lookups: the next lookup will not be soon."""
        self._http.drop_idle_connections()

    def get_room_info(self, room_id: str | None = None) -> RoomInfo:
        """Return the room info of `room_id`, by default of the current LIVE, with its `raw` data; works unconnected.

        Of a room that is not live, it is that of the last LIVE, or just `live=False` if TikTok tells no more. The state
        keeps it, without its `raw` data, unless the client is connected to another LIVE. Costs one request, up to three
        when not connected. Raises RoomOffline when no room id is known, StatusUnknown, AgeRestricted, WrongRoom, and
        the errors of resolve().
        """
        with internal_errors(self.room):
            state = self._reader.state
            asked_id = room_id or (state.room_id if state.connected else None) or self._lookup.room_id(self.room)
            try:
                info = self._lookup.room_info(asked_id, keep_raw=True)
            except RoomEnded:
                info = RoomInfo(live=False)
            if room_id is None:
                self._lookup.check_host(info, self.room)
            self._reader.keep_room_info(info, asked_id)
            return info

    def get_available_gifts(self) -> list[dict[str, Any]]:
        """Return the gifts that can be sent in the room, as the service describes them; works unconnected.

        Their keys include id, name, describe, diamond_count, type (1: sent in streaks), duration (ms), icon and image
        {url_list, avg_color, is_animated}. Requires a LIVE; raises as get_room_info() does, and Blocked for most, since
        TikTok wants a signature here: see `gift_catalogue` for what is known without it. Source: protocol reference,
        section 2, "gift list".
        """
        with internal_errors(self.room):
            return self._lookup.available_gifts(self._live_room_id())

    def _live_room_id(self) -> str:
        state = self._reader.state
        return (state.room_id if state.connected else None) or self._lookup.live_room_id(self.room)

    # --- the connection ---

    def restore(self) -> None:
        """Continue the LIVE that `gift_memory` has from an earlier process, if there is one.

        Call it once, before connect() and after adding the handlers: it may report gifts.
        """
        self._reader.restore()

    def connect(self, room_id: str | None = None) -> State:
        """Look up the room, open a transport and start the reader; return the state once connected.

        With the `room_id` of its LIVE, no lookup is needed; ValueError unless it is a number. Returns or raises within
        `connect_timeout_s`. May be called as soon as `disconnected` is emitted, by its handlers too.

        Raises AlreadyConnected, RoomError (offline, ended, not found, age restricted), AccessError, NetworkError,
        SchemaError.
        """
        if room_id is not None and not is_room_id(room_id):
            raise ValueError(f"room_id must be the number of a LIVE, not {room_id!r}")
        if self._reconnect is not None:
            raise AlreadyConnected(f"{self.room} reconnects by itself; disconnect first")
        timeout_s = self.options.connect_timeout_s
        attempt = Attempt(self.get_state, self._opened, self._closed)
        # The error of the last transport comes before our own.
        deadline = time.monotonic() + _DEADLINE_SHARE * timeout_s
        run = self._threads.start(room_id, attempt.opened, attempt.closed, deadline)
        try:
            attempt.decided.wait(timeout_s)
        finally:
            # Also after Ctrl-C: nobody would know of the connection.
            if not attempt.decided.is_set() and self._threads.interrupt(run):
                self._interrupt_requests()
        if attempt.state is None:
            raise attempt.error or NetworkError(f"{self.room} was not connected within {timeout_s:g} s")
        return attempt.state

    def _opened(self, generation: int) -> None:
        """Take note that connect() has succeeded. Called in the reader thread."""
        if not self.options.reconnect:
            self.on_opened(generation)
            return
        # It imports this module.
        from tiktok2mqtt.webcast.reconnect import Reconnect  # noqa: PLC0415

        with self._reconnect_lock:
            # Otherwise, disconnect() was called meanwhile.
            if generation == self.generation:
                self._reconnect = Reconnect(self, generation)

    def _closed(self, generation: int, error: WebcastError | None) -> None:
        """Take note that the connection of connect() has ended. Called in the reader thread."""
        self.on_closed(generation, error)

    @property
    def generation(self) -> int:
        """Incremented by each start and each interrupt. What an earlier generation reports is ignored."""
        return self._threads.generation

    @property
    def busy(self) -> bool:
        """Whether a reader thread is running."""
        return self._threads.busy

    @property
    def is_handler(self) -> bool:
        """Whether the caller is a handler, in a reader thread."""
        return self._threads.is_handler

    def start(self, room_id: str) -> None:
        """Start the reader thread for a known room id and return at once; on_opened and on_closed report the result."""
        self._threads.start(room_id, self.on_opened, self.on_closed)

    def _read(self, run: Run) -> WebcastError | None:
        room_id = run.room_id
        if room_id is None:
            try:
                with internal_errors(self.room):
                    room_id = self._lookup.room_id_to_connect(self.room)
            except WebcastError as error:
                return error.without_traceback()
        threads = self._threads
        return self._reader.run(
            room_id,
            lambda: threads.is_last(run),
            lambda: threads.opened(run),
            lambda: threads.free(run),
            run.deadline,
        )

    def disconnect(self, timeout_s: float = STOP_S) -> None:
        """Disconnect; return when the reader has ended, or after `timeout_s`. Does nothing if not connected."""
        deadline = Deadline(timeout_s)
        with self._threads.disconnecting():
            self.interrupt()
            with self._reconnect_lock:
                reconnect, self._reconnect = self._reconnect, None
            if reconnect is not None:
                reconnect.stop(deadline.remaining_s())
                # It may have started the reader once more.
                self.interrupt()
            self._threads.join(deadline.remaining_s())
        if self._gift_lists is not None:
            self._gift_lists.join(deadline.remaining_s())
        if not self.busy:
            self._reader.end_session()
            self.close_streams()

    def forget_session(self) -> None:
        """End the session of a LIVE that is over: report the gifts of its open streaks, and free its memory.

        Does nothing while the reader runs.
        """
        if not self.busy:
            self._reader.end_live()

    def interrupt(self) -> None:
        """Make the reader disconnect soon, without waiting for it. What it still receives is ignored."""
        self._threads.interrupt()
        self._interrupt_requests()

    def _interrupt_requests(self) -> None:
        self._transports.interrupt()
        self._http.interrupt()

    def close(self, timeout_s: float = STOP_S) -> None:
        """Disconnect and release all resources."""
        self.disconnect(timeout_s)
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _handler_failed(self, name: str) -> None:
        reason = f"a handler of {name} failed"
        self._handlers.event(self._reader.lifecycle_event("error", code="handler", reason=reason, count=1))


__all__ = ["State", "WebcastPushConnection"]
