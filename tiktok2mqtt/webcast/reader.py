"""What the reader thread of a client does: connect to a LIVE, pass its events on, disconnect."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from tiktok2mqtt.common.errors import RoomEnded, RoomError, RoomSuspended, WebcastError
from tiktok2mqtt.common.times import Liveness, timestamp
from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.gift_catalogue import GiftCatalogue
from tiktok2mqtt.webcast.gift_lists import GiftLists
from tiktok2mqtt.webcast.lifecycle import Handlers
from tiktok2mqtt.webcast.lookup.pages import RoomInfo
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.memory import Drops, SessionStore
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.session import LiveSession
from tiktok2mqtt.webcast.transports.base import Transport
from tiktok2mqtt.webcast.transports.fallback import Fallback

logger = logging.getLogger(__name__)
# Maximum wait for the next response: a thread that wakes needlessly costs as much as one that has work.
MAX_WAIT_S = 10.0
# What a turn may take in addition: its requests, which have their own timeouts, and the handlers of the events.
STUCK_S = 30.0


@dataclass(frozen=True, slots=True)
class State:
    """What a client knows: whether it is connected to its room, by which transport, and what the room info says.

    `room` is the user name in lower case. `room_id` is that of the last LIVE it was connected to or has tried, None
    before the first. `transport` and `room_info` are None while not connected; the latter also when it was not
    requested, or was refused.
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
        self.liveness = Liveness(f"tiktok2mqtt[{room}].reader")
        self.session: LiveSession | None = None
        self._room = room
        self._options = options
        self._lookup = lookup
        self._handlers = handlers
        self._transports = transports
        self._drops = drops
        self._gifts = gifts
        self._gift_lists = gift_lists
        # The LIVE whose gift list TikTok was asked for.
        self._listed: str | None = None
        self._store = store
        # When the session last received something, in monotonic seconds.
        self._received_at: float | None = None

    def run(self, room_id: str, wanted: Callable[[], bool], on_opened: Callable[[], object]) -> WebcastError | None:
        """Read a LIVE until the connection is lost, the LIVE is over, or it is no longer wanted.

        Returns the reason; None when it is not wanted. `on_opened()` is called once connected. Responses that arrive
        when the LIVE is no longer wanted are ignored.
        """
        error: WebcastError | None = None
        try:
            self._connect_and_read(room_id, wanted, on_opened)
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
        self.state = State(self._room, room_id=room_id)
        if was_connected:
            self._emit_disconnected(error)
        if isinstance(error, RoomEnded):
            self.forget_session()
        self._handlers.call("caught_up")
        return error

    def _connect_and_read(self, room_id: str, wanted: Callable[[], bool], on_opened: Callable[[], object]) -> None:
        info = self._lookup.room_info_to_connect(room_id) if self._options.fetch_room_info_on_connect else None
        session = self._session_for(room_id)
        try:
            transport = self._transports.open(room_id)
            if not wanted():
                return
            self.state = State(self._room, True, room_id, transport.name, info)
            if info is not None and info.host_id is not None:
                session.host_id = info.host_id
            on_opened()
            self._emit_connected(transport, info)
            if self._gift_lists is not None:
                self._gift_lists.start(room_id)
            self._read(transport, session, wanted)
        finally:
            self.liveness.pause()
            self._transports.close()

    def _read(self, transport: Transport, session: LiveSession, wanted: Callable[[], bool]) -> None:
        # One request, and the socket that its response may offer.
        turn_s = MAX_WAIT_S + STUCK_S + 2 * self._options.connect_timeout_s
        while wanted():
            self.liveness.beat(turn_s)
            if not transport.has_more:
                self._handlers.call("caught_up")
            response = transport.receive(min(MAX_WAIT_S, session.seconds_to_next_tick(time.monotonic())))
            now = time.monotonic()
            events: list[Event] = []
            if response is not None and wanted():
                self._received_at = now
                on_raw = self._raw if self._handlers.wants("raw_data") else None
                events = session.process(response, transport.name, now, on_raw)
            self._handle(session, events + session.tick(now))

    def _handle(self, session: LiveSession, events: list[Event]) -> None:
        """Pass on the events of one response. Raises RoomEnded or RoomSuspended when the LIVE is over.

        The end of the LIVE comes last, after the gifts of the streaks that still run. An end from before the LIVE was
        joined is ignored: the LIVE goes on.
        """
        end = next((event for event in events if event["event_type"] == "stream_end" and not event["replayed"]), None)
        if end is not None:
            events = [event for event in events if event is not end] + session.close() + [end]
        self._emit(*events)
        if end is not None:
            if end["reason"] == "suspended":
                raise RoomSuspended("the LIVE was suspended")
            raise RoomEnded("the LIVE has ended")

    def _emit(self, *events: Event) -> None:
        """Pass events to their handlers, in one transaction with what has changed in the session."""
        assert self.session is not None  # noqa: S101 - all events are of a session
        transaction: AbstractContextManager[object] = nullcontext()
        if self._store is not None:
            transaction = self._store.transaction(self._room, self.session.take_changes(time.monotonic()))
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
            self._emit(*self.session.tick(time.monotonic()))

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
            self._emit(*self.session.close())

    def forget_session(self) -> None:
        """Forget the session of a LIVE that is over: it takes some megabytes."""
        self.end_session()
        self.session = None
        if self._store is not None:
            self._store.end_live(self._room)

    def _emit_connected(self, transport: Transport, info: RoomInfo | None) -> None:
        if transport.has_socket:
            self._handlers.call("websocket_connected", transport)
        title = info.title if info else None
        events = [self.lifecycle_event("connected", state="live", transport=transport.name, title=title)]
        before, self._received_at = self._received_at, time.monotonic()
        if before is not None:
            seconds = self._received_at - before
            since = timestamp(time.time() - seconds)
            events.append(self.lifecycle_event("gap", seconds=round(seconds, 3), since=since))
        self._emit(*events)

    def _emit_disconnected(self, error: WebcastError | None) -> None:
        if error is None:
            self.end_session()
        code, reason = (error.code, str(error)) if error else ("disabled", "disconnected on request")
        self._emit(self.lifecycle_event("disconnected", code=code, reason=reason))

    def lifecycle_event(self, name: str, **keys: Any) -> Event:
        """Return an event of the current or last session that is not made from a message."""
        wall = time.time()
        session = self.session
        assert session is not None  # noqa: S101 - there is a session whenever such events are made
        event_id = f"{session.room_id}-{name}-{int(wall * 1000)}"
        return session.common_keys(name, event_id, timestamp(wall), self._transports.name) | keys

    def _raw(self, method: str, payload: bytes) -> None:
        self._handlers.call("raw_data", method, payload)
