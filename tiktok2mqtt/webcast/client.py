"""One connection to one room: connect, disconnect, state, room info, event handlers."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from tiktok2mqtt.common.errors import AlreadyConnected, NetworkError, WebcastError
from tiktok2mqtt.common.text import clean_room_name
from tiktok2mqtt.common.times import Liveness
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.gift_lists import GiftLists
from tiktok2mqtt.webcast.lifecycle import Handler, Handlers
from tiktok2mqtt.webcast.lookup.pages import RoomInfo
from tiktok2mqtt.webcast.lookup.provider import SignProvider
from tiktok2mqtt.webcast.lookup.rooms import Resolution, RoomLookup
from tiktok2mqtt.webcast.memory import Drops, SessionStore
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.reader import Reader, State
from tiktok2mqtt.webcast.session import LiveSession
from tiktok2mqtt.webcast.transports.fallback import Fallback

logger = logging.getLogger(__name__)
STOP_S = 5.0


class WebcastPushConnection:
    """A client of one TikTok LIVE room.

    ::

        connection = WebcastPushConnection("alice")
        connection.on("chat", lambda event: print(event["unique_id"], event["comment"]))
        connection.connect()

    `unique_id` is a user name, with or without @, or the URL of a LIVE; ValueError otherwise. Keyword arguments are the
    fields of Options; TypeError for others. A `session_store` keeps gifts from being lost or reported twice when the
    process ends during a LIVE; see `restore`. A `gift_catalogue` has the known gifts and learns from each gift;
    connections may share one. Errors of connect() and of the lookups are WebcastErrors.

    The path of an event: the reader thread (Reader) opens a transport (Fallback), passes each response to the session
    of the LIVE (LiveSession), which decodes, deduplicates and completes events, and calls the handlers (Handlers).

    Events are dicts with one shape per name: see the rows of the registry. These names have other arguments:

    - `*`: every event.
    - `raw_data`: (type, payload) of every message, decoded or not.
    - `websocket_connected`: the transport, if it is a socket.
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
        self.room = clean_room_name(unique_id)
        self.options = Options(**options)
        self.drops = Drops()
        self.gift_catalogue = gift_catalogue if gift_catalogue is not None else GiftCatalogue()
        # Incremented by each start and each interrupt. What an earlier generation reports is ignored.
        self.generation = 0
        # For the owner of the connection: called in the reader thread when the room is connected, and when the reader
        # ends, with the generation of the start.
        self.on_opened: Callable[[int], object] = lambda _generation: None
        self.on_closed: Callable[[int, WebcastError | None], object] = lambda _generation, _error: None
        self._http = HttpClient(self.options)
        self._lookup = RoomLookup(self._http, self.options)
        self._handlers = Handlers(self.room, self._handler_failed)
        self._lock = threading.Lock()
        self._connecting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
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

    def on(self, event: str, handler: Handler) -> Self:
        """Call `handler(event)` for every event of that name, after the handlers added before; return the connection.

        `event` is a dict; the class docstring lists the exceptions.
        """
        self._handlers.add(event, handler)
        return self

    def off(self, event: str, handler: Handler) -> Self:
        """Remove a handler; return the connection. Raises ValueError when it was not added."""
        self._handlers.remove(event, handler)
        return self

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
        with _internal_errors(self.room):
            return self._lookup.resolve(self.room)

    def live_status(self, last_room_id: str | None = None) -> Resolution:
        """Decide whether the room is live. See RoomLookup.live_status."""
        with _internal_errors(self.room):
            return self._lookup.live_status(self.room, last_room_id)

    def drop_idle_connections(self) -> None:
        """Release the idle connections of the lookups: the next lookup will not be soon."""
        self._http.drop_idle_connections()

    def get_room_info(self, room_id: str | None = None) -> RoomInfo:
        """Return the room info of `room_id`, by default of the current LIVE, with its `raw` data; works unconnected.

        Costs one request, up to three when not connected. Raises RoomOffline when there is no LIVE, StatusUnknown,
        RoomEnded, AgeRestricted, and the errors of resolve().
        """
        with _internal_errors(self.room):
            return self._lookup.room_info(room_id or self._live_room_id(), keep_raw=True)

    def get_available_gifts(self) -> list[dict[str, Any]]:
        """Return the gifts that can be sent in the room, as the service describes them; works unconnected.

        Their keys include id, name, describe, diamond_count, type (1: sent in streaks), duration (ms), icon and image
        {url_list, avg_color, is_animated}. Requires a LIVE; raises as get_room_info() does, and Blocked for most, since
        TikTok wants a signature here: see `gift_catalogue` for what is known without it. Source: protocol reference,
        section 2, "gift list".
        """
        with _internal_errors(self.room):
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

    def connect(self) -> State:
        """Look up the room, open a transport and start the reader; return the state once connected.

        Raises AlreadyConnected, RoomError (offline, ended, not found, age restricted), AccessError, NetworkError,
        SchemaError.
        """
        if self.busy or not self._connecting.acquire(blocking=False):
            raise AlreadyConnected(f"{self.room} is already connected; disconnect first")
        try:
            with _internal_errors(self.room):
                room_id = self._lookup.live_room_id(self.room)
            return self._connect(room_id)
        finally:
            self._connecting.release()

    def _connect(self, room_id: str) -> State:
        opened = threading.Event()
        outcome: list[WebcastError | None] = []
        self.on_opened = lambda _generation: opened.set()

        def closed(_generation: int, error: WebcastError | None) -> None:
            outcome.append(error)
            opened.set()

        self.on_closed = closed
        self.start(room_id)
        opened.wait()
        # `closed` would keep a later error.
        self.on_closed = lambda _generation, _error: None
        state = self._reader.state
        if outcome and not state.connected:
            raise outcome.pop() or NetworkError("disconnected while connecting")
        return state

    @property
    def busy(self) -> bool:
        """Whether a reader thread is running."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, room_id: str) -> None:
        """Start the reader thread for a known room id and return at once; on_opened and on_closed report the result."""
        with self._lock:
            if self.busy:
                raise AlreadyConnected(f"{self.room} is already connected; disconnect first")
            self.generation += 1
            self._stopping.clear()
            self._thread = threading.Thread(
                target=self._read, args=(room_id, self.generation), name=self.liveness.name, daemon=True
            )
            self._thread.start()

    def _read(self, room_id: str, generation: int) -> None:
        error = self._reader.run(room_id, lambda: self.generation == generation, lambda: self.on_opened(generation))
        self.on_closed(generation, error)

    def disconnect(self, timeout_s: float = STOP_S) -> None:
        """Disconnect; return when the reader has ended, or after `timeout_s`. Does nothing if not connected."""
        self.interrupt()
        deadline = time.monotonic() + timeout_s
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)
        if self._gift_lists is not None:
            self._gift_lists.join(max(0.0, deadline - time.monotonic()))
        if not self.busy:
            self._reader.end_session()

    def forget_session(self) -> None:
        """End the session of a LIVE that is over: report the gifts of its open streaks, and free its memory.

        Does nothing while the reader runs.
        """
        if not self.busy:
            self._reader.forget_session()

    def interrupt(self) -> None:
        """Make the reader disconnect soon, without waiting for it. What it still receives is ignored."""
        with self._lock:
            self.generation += 1
            self._stopping.set()
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
        self._handlers.event(self._reader.lifecycle_event("error", code="handler", reason=reason))


@contextmanager
def _internal_errors(room: str) -> Iterator[None]:
    """Log any exception that is not a WebcastError and raise it as one: a bug must not stop a room."""
    try:
        yield
    except WebcastError:
        raise
    except Exception as error:
        logger.exception("%s: a lookup failed", room)
        raise WebcastError(f"internal error: {type(error).__name__}") from error


__all__ = ["State", "WebcastPushConnection"]
