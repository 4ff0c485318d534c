"""What the reader thread of a client does: connect to a LIVE, pass its events on, disconnect."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Final

from tiktok2mqtt.common.errors import RoomEnded, RoomError, RoomSuspended, WebcastError
from tiktok2mqtt.common.times import Liveness, timestamp
from tiktok2mqtt.webcast.error_reports import ErrorReports, Report
from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.gift_lists import GiftLists
from tiktok2mqtt.webcast.lifecycle import Handlers
from tiktok2mqtt.webcast.lookup.room_info import RoomInfo, RoomOwner
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.memory import Drops, SessionStore
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.session import LiveSession, common_keys
from tiktok2mqtt.webcast.transports.base import ConnectedSocket, Transport
from tiktok2mqtt.webcast.transports.fallback import Fallback
from tiktok2mqtt.webcast.transports.polling import PollingTransport

logger = logging.getLogger(__name__)
# Maximum wait for the next response: a thread that wakes needlessly costs as much as one that has work.
MAX_WAIT_S = 10.0
# The transport in the state while a socket that a poll has offered is in use.
WEBSOCKET: Final = "websocket"
# What a turn may take in addition: its requests, which have their own timeouts, and the handlers of the events.
STUCK_S = 30.0


@dataclass(frozen=True, slots=True)
class State:
    """What a client knows: whether it is connected to its room, by which transport, and what the room info says.

    `room` is the user name in lower case. `room_id` is that of the last LIVE it was connected to, has tried or has
    asked about, None before the first. `transport` is the one through which it is connected, or `websocket` while
    `polling` uses a socket that was offered to it; None while not connected. `room_info` is the last one of that LIVE,
    None while none was received; it stays after a disconnect.
    """

    room: str
    connected: bool = False
    room_id: str | None = None
    transport: str | None = None
    room_info: RoomInfo | None = None


class Reader:
    """Reads one LIVE after the other, each in a call of `run`; the session of a LIVE outlives its connections.

    Used by one thread at a time; only `state` and `liveness`, which beats while connected, may be read by others.

    With a `store`, what changes in the session is saved, in one transaction with what the handlers make of its events.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of a client
        self,
        room: str,
        options: Options,
        lookup: RoomLookup,
        handlers: Handlers,
        transports: Fallback,
        drops: Drops,
        gifts: GiftCatalogue,
        gift_lists: GiftLists | None = None,
        store: SessionStore | None = None,
    ) -> None:
        self.state = State(room)
        self._state_lock = threading.Lock()
        self.liveness = Liveness(f"tiktok2mqtt[{room}].reader")
        self.session: LiveSession | None = None
        self._room = room
        self._options = options
        self._lookup = lookup
        self._handlers = handlers
        self._transports = transports
        self._drops = drops
        self._errors = ErrorReports(drops)
        self._gifts = gifts
        self._gift_lists = gift_lists
        # The LIVE whose gift list TikTok was asked for.
        self._listed: str | None = None
        self._store = store
        # Whether what TikTok says about the LIVE that is read has named its host.
        self._host_confirmed = False
        # When the session last received something, in monotonic seconds.
        self._received_at: float | None = None

    def run(
        self,
        room_id: str,
        wanted: Callable[[], bool],
        on_opened: Callable[[], object],
        on_free: Callable[[], object],
        deadline: float | None = None,
    ) -> WebcastError | None:
        """Read a LIVE until the connection is lost, the LIVE is over, or it is no longer wanted.

        Returns the reason; None when it is not wanted. `on_opened()` is called once connected, before `deadline`
        (monotonic, in seconds) if there is one. `on_free()` is called before `disconnected` is emitted: from then on
        another thread may run the reader. Responses that arrive when the LIVE is no longer wanted are ignored.
        """
        error: WebcastError | None = None
        try:
            self._connect_and_read(room_id, wanted, on_opened, deadline)
        except WebcastError as failure:
            error = failure.without_traceback()
        except Exception as failure:
            logger.exception("%s: the reader failed", self._room)
            error = WebcastError(f"internal error: {type(failure).__name__}")
        if isinstance(error, RoomError):
            self.end_session()
        elif not wanted():
            error = None
        was_connected = self.state.connected
        if was_connected and error is None:
            self.end_session()
        session, is_over = self.session, isinstance(error, RoomEnded)
        self._set_state(room_id, connected=False, transport=None)
        if is_over:
            self.forget_session()
        on_free()
        if was_connected and session is not None:
            code, reason = (error.code, str(error)) if error else ("disabled", "disconnected on request")
            self._emit(session, self._event_of(session, "disconnected", code=code, reason=reason))
        if is_over and self._store is not None:
            self._store.end_live(self._room)
        self._handlers.call("caught_up")
        return error

    def _connect_and_read(
        self, room_id: str, wanted: Callable[[], bool], on_opened: Callable[[], object], deadline: float | None
    ) -> None:
        info = None
        if self._options.fetch_room_info_on_connect:
            info = self._lookup.room_info_to_connect(room_id, self._room)
        self._host_confirmed = info is not None and self._lookup.check_host(info, self._room)
        if info is not None:
            self.keep_room_info(info, room_id)
        session = self._session_for(room_id)
        try:
            transport = self._transports.open(room_id, deadline)
            if not wanted():
                return
            self._set_state(room_id, connected=True, transport=transport.name)
            if info is not None and info.host_id is not None:
                session.host_id = info.host_id
            on_opened()
            self._note_socket(transport, None)
            self._emit_connected(session, transport, info)
            self._emit_errors(
                session, self._errors.fallback(self._transports.failures, transport.name, time.monotonic())
            )
            if self._gift_lists is not None:
                self._gift_lists.start(room_id)
            self._read(transport, session, wanted)
        finally:
            self.liveness.pause()
            self._transports.close()

    def keep_room_info(self, info: RoomInfo, room_id: str) -> None:
        """Put a room info into the state, without its `raw` data. May be called by any thread.

        Ignored while connected to another LIVE than `room_id`.
        """
        with self._state_lock:
            if not self.state.connected or self.state.room_id == room_id:
                self.state = replace(self.state, room_id=room_id, room_info=replace(info, raw=None))

    def _set_state(self, room_id: str, **changes: Any) -> None:
        with self._state_lock:
            info = self.state.room_info if self.state.room_id == room_id else None
            self.state = replace(self.state, room_id=room_id, room_info=info, **changes)

    def _read(self, transport: Transport, session: LiveSession, wanted: Callable[[], bool]) -> None:
        # One request, and the socket that its response may offer.
        turn_s = MAX_WAIT_S + STUCK_S + 2 * self._options.connect_timeout_s
        socket = transport.socket
        while wanted():
            self.liveness.beat(turn_s)
            if transport.socket is not socket:
                socket = self._note_socket(transport, socket)
            if not transport.has_more:
                self._handlers.call("caught_up")
            response = transport.receive(min(MAX_WAIT_S, session.seconds_to_next_tick(time.monotonic())))
            now = time.monotonic()
            events: list[Event] = []
            if response is not None and wanted():
                self._received_at = now
                on_raw = self._raw if self._handlers.wants("raw_data") else None
                events = session.process(response, transport.name, now, on_raw)
                if not self._host_confirmed:
                    self._confirm_host(events)
            self._handle(session, events + session.tick(now))
            self._emit_errors(session, self._errors.dropped(now))

    def _emit_errors(self, session: LiveSession, reports: list[Report]) -> None:
        if reports:
            self._emit(session, *(self._event_of(session, "error", **report) for report in reports))

    def _note_socket(self, transport: Transport, before: ConnectedSocket | None) -> ConnectedSocket | None:
        """Keep the state up to date when messages begin to arrive through a socket, or no longer do."""
        socket = transport.socket
        is_upgraded = socket is not None and transport.name == PollingTransport.name
        name = WEBSOCKET if is_upgraded else transport.name
        if name != self.state.transport:
            with self._state_lock:
                self.state = replace(self.state, transport=name)
        if socket is not None and socket is not before:
            self._handlers.call("websocket_connected", socket)
        return socket

    def _confirm_host(self, events: list[Event]) -> None:
        """Without a room info, the host's introduction says whose room it is. Raises WrongRoom if it is another's."""
        for event in events:
            if event["event_type"] == "live_intro" and (event["user_id"] or event["unique_id"]):
                self._lookup.check_host(RoomInfo(owner=RoomOwner(event["user_id"], event["unique_id"])), self._room)
                self._host_confirmed = True

    def _handle(self, session: LiveSession, events: list[Event]) -> None:
        """Pass on the events of one response. Raises RoomEnded or RoomSuspended when the LIVE is over.

        The end of the LIVE comes last, after the gifts of the streaks that still run. An end from before the LIVE was
        joined is ignored: the LIVE goes on.
        """
        end = next((event for event in events if event["event_type"] == "stream_end" and not event["replayed"]), None)
        if end is not None:
            events = [event for event in events if event is not end] + session.close() + [end]
        self._emit(session, *events)
        if end is not None:
            if end["reason"] == "suspended":
                raise RoomSuspended("the LIVE was suspended")
            raise RoomEnded("the LIVE has ended")

    def _emit(self, session: LiveSession, *events: Event) -> None:
        """Pass events of a session to their handlers, in one transaction with what has changed in it."""
        transaction: AbstractContextManager[object] = nullcontext()
        if self._store is not None:
            transaction = self._store.transaction(self._room, session.take_changes(time.monotonic()))
        with transaction:
            for event in events:
                self._handlers.event(event)

    def _session_for(self, room_id: str) -> LiveSession:
        if self.session is None or self.session.room_id != room_id:
            self.end_session()
            self._received_at = None
            # There is a saved one if this LIVE was wrongly considered over.
            self.session = self._saved_session(room_id) or self._new_session(room_id)
        if self._options.enable_extended_gift_info and self._listed != room_id:
            self._listed = room_id
            self._gifts.add_list(self._lookup.gift_list(room_id), replaces=True)
        return self.session

    def _new_session(self, room_id: str) -> LiveSession:
        return LiveSession(
            REGISTRY,
            self._room,
            room_id,
            wall=time.time,
            drops=self._drops,
            gifts=self._gifts,
            extended_gift_info=self._options.enable_extended_gift_info,
            process_history=self._options.process_initial_data,
            streak_timeout_s=self._options.streak_timeout_s,
            tracks_changes=self._store is not None,
        )

    def restore(self) -> None:
        """Continue the session that an earlier process has saved; emit the gifts of streaks that have ended since."""
        self.session = self._saved_session()
        if self.session is not None:
            self._emit(self.session, *self.session.tick(time.monotonic()))

    def _saved_session(self, room_id: str | None = None) -> LiveSession | None:
        """Return the saved session, if there is one; with `room_id`, only that of this LIVE."""
        saved = self._store.load(self._room, room_id) if self._store is not None else None
        if saved is None:
            return None
        session = self._new_session(saved.room_id)
        try:
            session.restore(saved, time.monotonic())
        except (ValueError, KeyError, TypeError):
            logger.exception("%s: the saved state of the last LIVE cannot be read; continuing without it", self._room)
            return None
        return session

    def end_session(self) -> None:
        """Emit the gifts of the streaks that still run: nothing more will come of this LIVE."""
        if self.session is not None:
            self._emit(self.session, *self.session.close())

    def forget_session(self) -> None:
        """Forget the session of a LIVE that is over: it takes some megabytes."""
        self.end_session()
        self.session = None

    def end_live(self) -> None:
        """Forget a LIVE that is over, on disk too."""
        self.forget_session()
        if self._store is not None:
            self._store.end_live(self._room)

    def _emit_connected(self, session: LiveSession, transport: Transport, info: RoomInfo | None) -> None:
        title = info.title if info else None
        events = [self._event_of(session, "connected", state="live", transport=transport.name, title=title)]
        before, self._received_at = self._received_at, time.monotonic()
        if before is not None:
            seconds = self._received_at - before
            since = timestamp(time.time() - seconds)
            events.append(self._event_of(session, "gap", seconds=round(seconds, 3), since=since))
        self._emit(session, *events)

    def lifecycle_event(self, name: str, **keys: Any) -> Event:
        """Return an event of the current or last session that is not made from a message."""
        return self._event_of(self.session, name, **keys)

    def _event_of(self, session: LiveSession | None, name: str, **keys: Any) -> Event:
        wall = time.time()
        room_id = session.room_id if session is not None else self.state.room_id or ""
        event_id = f"{room_id}-{name}-{int(wall * 1000)}"
        return common_keys(self._room, room_id, name, event_id, timestamp(wall), self._transports.name) | keys

    def _raw(self, method: str, payload: bytes) -> None:
        self._handlers.call("raw_data", method, payload)
