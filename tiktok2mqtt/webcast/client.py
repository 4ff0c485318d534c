"""One connection to one room: connect, disconnect, state, room info, event callbacks."""

import threading
from collections.abc import Callable
from typing import Any, Self

from tiktok2mqtt.common.errors import AlreadyConnected, NetworkError, RoomOffline, StatusUnknown, WebcastError
from tiktok2mqtt.common.names import clean_room_name
from tiktok2mqtt.common.times import Liveness
from tiktok2mqtt.webcast.handlers import Handler, Handlers
from tiktok2mqtt.webcast.lookup.pages import RoomInfo
from tiktok2mqtt.webcast.lookup.rooms import Resolution, Rooms
from tiktok2mqtt.webcast.memory import Drops, SessionStore
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.reader import Reader, State
from tiktok2mqtt.webcast.session import LiveSession
from tiktok2mqtt.webcast.transports.fallback import Fallback

STOP_S = 5.0


class WebcastPushConnection:
    """Hears one TikTok LIVE room.

    ::

        connection = WebcastPushConnection("alice")
        connection.on("chat", lambda event: print(event["unique_id"], event["comment"]))
        connection.connect()

    `unique_id` is a user name, with or without @, or the URL of a LIVE; ValueError when it is neither. Keyword
    arguments are those of Options; TypeError for others. `session_store` saves the session, so that no gift is
    lost or repeated when the process ends during a LIVE; see `restore`.

    Events are dicts, one shape for each name: see the registry's rows. Beside them there are `websocket_connected`,
    whose handler gets the transport when that is a socket, `raw_data`, whose handler gets (type, payload) of every
    message, read or not, `*`, which is every event, and `caught_up`, whose handler gets nothing: all that was received
    has been passed on, and the reader begins to wait. Handlers run in the reader thread, in the order of the messages;
    one that raises is logged and reported as an `error` event, once in 10 s. They may call disconnect().
    Errors of connect() and of the look-ups are WebcastErrors.

    Threads: one, `tiktok2mqtt[<room>].reader`, from connect() to disconnect() or the loss of the room. It blocks in
    the transport only; disconnect() joins it.
    """

    def __init__(self, unique_id: str, *, session_store: SessionStore | None = None, **options: Any) -> None:
        self.room = clean_room_name(unique_id)
        self.options = Options(**options)
        self.drops = Drops()
        # Counts starts and interruptions: what was begun under an earlier number is of no interest any more.
        self.generation = 0
        # For whoever keeps the room alive: told in the reader thread, before and after the room is heard, with the
        # generation of the start.
        self.on_opened: Callable[[int], object] = lambda _generation: None
        self.on_closed: Callable[[int, WebcastError | None], object] = lambda _generation, _error: None
        self._http = HttpClient(self.options)
        self._rooms = Rooms(self._http, self.options)
        self._handlers = Handlers(self.room, self._handler_failed)
        self._lock = threading.Lock()
        self._connecting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._transports = Fallback(self.room, self._http, self.options, self.drops.frames, self._stopping)
        self._reader = Reader(
            self.room, self.options, self._rooms, self._handlers, self._transports, self.drops, session_store
        )

    def on(self, event: str, handler: Handler) -> Self:
        """Call `handler(event)` for every event of that name, after the handlers that are there already.

        `event` is a dict; for `raw_data` and `websocket_connected` see above. Returns the connection.
        """
        self._handlers.add(event, handler)
        return self

    def off(self, event: str, handler: Handler) -> Self:
        """Take back an `on` with the same handler. Raises ValueError when there was none. Returns the connection."""
        self._handlers.remove(event, handler)
        return self

    def get_state(self) -> State:
        """Return what the client knows now: a snapshot, which does not change."""
        return self._reader.state

    @property
    def liveness(self) -> Liveness:
        """The reader thread's sign of life."""
        return self._reader.liveness

    @property
    def session(self) -> LiveSession | None:
        """The session of the LIVE heard now or last; None before the first, and when that is over."""
        return self._reader.session

    def restore(self) -> None:
        """Continue the session that an earlier process has saved in `session_store`, if there is one.

        To be called once, before connect(), when the handlers are there: they may be told gifts.
        """
        self._reader.restore()

    def resolve(self) -> Resolution:
        """Ask for the room id and live status. See Rooms.resolve for the errors."""
        return self._rooms.resolve(self.room)

    def look_up(self, heard_id: str | None = None) -> Resolution:
        """Decide whether the room is live. See Rooms.look_up."""
        return self._rooms.look_up(self.room, heard_id)

    def drop_idle_connections(self) -> None:
        """Let go of what the look-ups need and is costly to keep: the next one is far off."""
        self._http.drop_idle_connections()

    def get_room_info(self, room_id: str | None = None) -> RoomInfo:
        """Ask for the room info, connected or not: of the room with that id, else of the LIVE heard now or found now.

        Costs one request, up to three when not connected. Raises RoomOffline when there is no LIVE to ask about,
        StatusUnknown, RoomEnded, AgeRestricted, and the errors of resolve().
        """
        return self._rooms.room_info(room_id or self._heard_room_id() or self._live_room_id())

    def get_available_gifts(self) -> list[dict[str, Any]]:
        """Ask for the gifts that can be sent in the room: dicts as the service describes them.

        Among their keys are id, name, describe, diamond_count, type (1 comes in streaks), duration (ms), icon and image
        {url_list, avg_color, is_animated}. Needs a LIVE, connected or not; raises as get_room_info() does. Source:
        protocol reference, section 2, "gift list".
        """
        return self._rooms.gift_list(self._heard_room_id() or self._live_room_id())

    def _heard_room_id(self) -> str | None:
        state = self._reader.state
        return state.room_id if state.connected else None

    def _live_room_id(self) -> str:
        resolution = self.resolve()
        if resolution.live is False:
            raise RoomOffline(f"{self.room} is not live")
        if resolution.room_id is None:
            raise StatusUnknown(f"TikTok named no room of {self.room}")
        return resolution.room_id

    def connect(self) -> State:
        """Find the room, open the transport, begin to hear; return the state.

        Raises AlreadyConnected, RoomError (offline, ended, not found, age restricted), AccessError, NetworkError,
        SchemaError.
        """
        if self.busy or not self._connecting.acquire(blocking=False):
            raise AlreadyConnected(f"{self.room} is connected already; disconnect first")
        try:
            return self._connect(self._live_room_id())
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
        state = self._reader.state
        if outcome and not state.connected:
            raise outcome[0] or NetworkError("disconnected while connecting")
        return state

    @property
    def busy(self) -> bool:
        """Whether a reader thread is running."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, room_id: str) -> None:
        """Open a known room in the reader thread and return at once; on_opened and on_closed tell what became of it."""
        with self._lock:
            if self.busy:
                raise AlreadyConnected(f"{self.room} is connected already; disconnect first")
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
        """Leave the room; returns when the reader has ended or after `timeout_s`. Does nothing when not connected."""
        self.interrupt()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)
        if not self.busy:
            self._reader.end_session()

    def forget_session(self) -> None:
        """The LIVE that was lost is over: tell the gifts of the streaks it left open, and forget it.

        Does nothing while a reader runs.
        """
        if not self.busy:
            self._reader.forget_session()

    def interrupt(self) -> None:
        """Make the reader leave the room soon, without waiting for it; what it still receives counts no more."""
        with self._lock:
            self.generation += 1
            self._stopping.set()
        self._transports.interrupt()
        self._http.interrupt()

    def close(self, timeout_s: float = STOP_S) -> None:
        """Disconnect and let go of everything."""
        self.disconnect(timeout_s)
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _handler_failed(self, name: str) -> None:
        reason = f"a handler of {name} failed"
        self._handlers.event(self._reader.lifecycle_event("error", code="handler", reason=reason))


__all__ = ["State", "WebcastPushConnection"]
