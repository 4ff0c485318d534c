"""One connection to one room: connect, disconnect, state, room info, event callbacks."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from tiktok2mqtt.webcast.drops import Drops
from tiktok2mqtt.webcast.errors import (
    AlreadyConnected,
    NetworkError,
    RoomEnded,
    RoomError,
    RoomOffline,
    StatusUnknown,
    WebcastError,
)
from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.handlers import Handler, Handlers
from tiktok2mqtt.webcast.http import HttpClient
from tiktok2mqtt.webcast.names import clean_room_name
from tiktok2mqtt.webcast.options import Options
from tiktok2mqtt.webcast.pages import RoomInfo
from tiktok2mqtt.webcast.rooms import Resolution, Rooms
from tiktok2mqtt.webcast.session import LiveSession
from tiktok2mqtt.webcast.times import timestamp
from tiktok2mqtt.webcast.transports.base import Transport
from tiktok2mqtt.webcast.transports.fallback import Fallback

logger = logging.getLogger(__name__)
TICK_S = 1.0
STOP_S = 5.0


@dataclass(frozen=True, slots=True)
class State:
    """What a client knows: whether it hears its room, by which transport, and what the service told about the room.

    `room` is the user name in lower case. `room_id` is that of the LIVE heard or tried last, None before the first.
    `transport` and `room_info` are None while not connected; the latter also when it was not asked for, or refused.
    """

    room: str
    connected: bool = False
    room_id: str | None = None
    transport: str | None = None
    room_info: RoomInfo | None = None


class WebcastPushConnection:
    """Hears one TikTok LIVE room.

    ::

        connection = WebcastPushConnection("alice")
        connection.on("chat", lambda event: print(event["unique_id"], event["comment"]))
        connection.connect()

    `unique_id` is a user name, with or without @, or the URL of a LIVE; ValueError when it is neither. Keyword
    arguments are those of Options; TypeError for others.

    Events are dicts, one shape for each name: see the registry's rows. Beside them there are `websocket_connected`,
    whose handler gets the transport when that is a socket, `raw_data`, whose handler gets (type, payload) of every
    message, read or not, and `*`, which is every event. Handlers run in the reader thread, in the order of the
    messages; one that raises is logged and reported as an `error` event. They may call disconnect(). Errors of
    connect() and of the look-ups are WebcastErrors.

    Threads: one, `tiktok2mqtt[<room>].reader`, from connect() to disconnect() or the loss of the room. It blocks in
    the transport only; disconnect() joins it.
    """

    def __init__(self, unique_id: str, **options: Any) -> None:
        self.room = clean_room_name(unique_id)
        self.options = Options(**options)
        self.session: LiveSession | None = None
        self.drops = Drops()
        # For whoever keeps the room alive: told in the reader thread, before and after the room is heard.
        self.on_opened: Callable[[], object] = lambda: None
        self.on_closed: Callable[[WebcastError | None], object] = lambda _error: None
        self._http = HttpClient(self.options)
        self._rooms = Rooms(self._http, self.options)
        self._handlers = Handlers(self.room, self._handler_failed)
        self._lock = threading.Lock()
        self._connecting = threading.Lock()
        self._reader: threading.Thread | None = None
        self._stopping = threading.Event()
        self._transports = Fallback(self.room, self._http, self.options, self.drops.frames, self._stopping)
        self._state = State(self.room)

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
        return self._state

    def resolve(self) -> Resolution:
        """Ask for the room id and live status. See Rooms.resolve for the errors."""
        return self._rooms.resolve(self.room)

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
        state = self._state
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
        self.on_opened = opened.set

        def closed(error: WebcastError | None) -> None:
            outcome.append(error)
            opened.set()

        self.on_closed = closed
        self.start(room_id)
        opened.wait()
        if outcome and not self._state.connected:
            raise outcome[0] or NetworkError("disconnected while connecting")
        return self._state

    @property
    def busy(self) -> bool:
        """Whether a reader thread is running."""
        return self._reader is not None and self._reader.is_alive()

    def start(self, room_id: str) -> None:
        """Open a known room in the reader thread and return at once; on_opened and on_closed tell what became of it."""
        with self._lock:
            if self.busy:
                raise AlreadyConnected(f"{self.room} is connected already; disconnect first")
            self._stopping.clear()
            self._reader = threading.Thread(
                target=self._read, args=(room_id,), name=f"tiktok2mqtt[{self.room}].reader", daemon=True
            )
            self._reader.start()

    def disconnect(self, timeout_s: float = STOP_S) -> None:
        """Leave the room; returns when the reader has ended or after `timeout_s`. Does nothing when not connected."""
        self.interrupt()
        reader = self._reader
        if reader is not None and reader is not threading.current_thread():
            reader.join(timeout_s)
        if not self.busy:
            self._close_session()

    def interrupt(self) -> None:
        """Make the reader leave the room soon, without waiting for it."""
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

    # --- the reader thread ---

    def _read(self, room_id: str) -> None:
        error: WebcastError | None = None
        try:
            self._hear(room_id)
        except WebcastError as failure:
            error = failure
        except Exception as failure:
            logger.exception("%s: the reader failed", self.room)
            error = WebcastError(f"internal error: {type(failure).__name__}")
        if isinstance(error, RoomError):
            self._close_session()
        was_connected = self._state.connected
        self._state = State(self.room, room_id=room_id)
        if self._stopping.is_set() and not isinstance(error, RoomError):
            error = None
        if was_connected:
            self._say_disconnected(error)
        self.on_closed(error)

    def _hear(self, room_id: str) -> None:
        info = self._rooms.info_to_connect(room_id) if self.options.fetch_room_info_on_connect else None
        session = self._session_for(room_id)
        try:
            transport = self._transports.open(room_id)
            self._state = State(self.room, True, room_id, transport.name, info)
            self.on_opened()
            if transport.has_socket:
                self._handlers.call("websocket_connected", transport)
            title = info.title if info else None
            self._handlers.event(
                self._lifecycle_event("connected", state="live", transport=transport.name, title=title)
            )
            self._pump(transport, session)
        finally:
            self._transports.close()

    def _pump(self, transport: Transport, session: LiveSession) -> None:
        while not self._stopping.is_set():
            response = transport.receive(TICK_S)
            now = time.monotonic()
            if response is not None:
                on_raw = self._raw if self._handlers.wants("raw_data") else None
                for event in session.process(response, transport.name, now, on_raw):
                    self._deliver(event)
            for event in session.tick(now):
                self._handlers.event(event)

    def _deliver(self, event: Event) -> None:
        if event["event_type"] != "stream_end" or event["replayed"]:
            self._handlers.event(event)
            return
        self._close_session()
        self._handlers.event(event)
        raise RoomEnded("the LIVE was suspended" if event["reason"] == "suspended" else "the LIVE has ended")

    def _session_for(self, room_id: str) -> LiveSession:
        if self.session is None or self.session.room_id != room_id:
            self._close_session()
            self.session = LiveSession(
                REGISTRY,
                self.room,
                room_id,
                wall=time.time,
                drops=self.drops,
                gifts=self._rooms.gifts(room_id) if self.options.enable_extended_gift_info else None,
                process_history=self.options.process_initial_data,
                streak_timeout_s=self.options.streak_timeout_s,
            )
        return self.session

    def _close_session(self) -> None:
        """Tell the gifts of the streaks that were still open: nothing more will come of this LIVE."""
        for gift in self.session.close() if self.session is not None else ():
            self._handlers.event(gift)

    def _say_disconnected(self, error: WebcastError | None) -> None:
        if error is None:
            self._close_session()
        code, reason = (error.code, str(error)) if error else ("disabled", "disconnected on request")
        self._handlers.event(self._lifecycle_event("disconnected", code=code, reason=reason))

    def _lifecycle_event(self, name: str, **keys: Any) -> Event:
        wall = time.time()
        session = self.session
        assert session is not None  # noqa: S101 - lifecycle events are made while a session exists
        event_id = f"{session.room_id}-{name}-{int(wall * 1000)}"
        return session.common_keys(name, event_id, timestamp(wall), self._transports.name) | keys

    def _raw(self, method: str, payload: bytes) -> None:
        self._handlers.call("raw_data", method, payload)

    def _handler_failed(self, name: str) -> None:
        reason = f"a handler of {name} failed"
        self._handlers.event(self._lifecycle_event("error", code="handler", reason=reason))
