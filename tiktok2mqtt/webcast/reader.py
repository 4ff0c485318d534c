"""What the reader thread of a client does: open a room, hear it, say goodbye."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tiktok2mqtt.common.errors import RoomEnded, RoomError, RoomSuspended, WebcastError
from tiktok2mqtt.common.times import Liveness, timestamp
from tiktok2mqtt.webcast.events.registry import Event
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.handlers import Handlers
from tiktok2mqtt.webcast.lookup.pages import RoomInfo
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.memory import Drops, GiftMemory
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.session import LiveSession
from tiktok2mqtt.webcast.transports.base import Transport
from tiktok2mqtt.webcast.transports.fallback import Fallback

logger = logging.getLogger(__name__)
# The longest wait for the next response: a thread that wakes for nothing costs as much as one that hears something.
REST_S = 10.0
# What a turn may take: its requests, which are bounded by themselves, and whoever hears the events.
STUCK_S = 30.0


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


class Reader:
    """Hears one LIVE after the other, each by a call of `run`; the session of a LIVE outlives its connections.

    Used by one thread at a time; only `state` and `liveness`, which beats while a room is heard, may be read by others.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of a client
        self,
        room: str,
        options: Options,
        lookup: RoomLookup,
        handlers: Handlers,
        transports: Fallback,
        drops: Drops,
        gift_memory: GiftMemory | None = None,
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
        self._gift_memory = gift_memory
        # When the session was heard last, on the monotonic clock.
        self._heard_at: float | None = None

    def run(self, room_id: str, wanted: Callable[[], bool], on_opened: Callable[[], object]) -> WebcastError | None:
        """Hear a room until it is lost, over, or no longer wanted; return why, None when it is not wanted.

        `on_opened()` is called when the room can be heard. What arrives when it is no longer wanted is passed over.
        """
        error: WebcastError | None = None
        try:
            self._hear(room_id, wanted, on_opened)
        except WebcastError as failure:
            error = failure
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
            self._say_disconnected(error)
        if isinstance(error, RoomEnded):
            self.forget_session()
        self._handlers.call("caught_up")
        return error

    def _hear(self, room_id: str, wanted: Callable[[], bool], on_opened: Callable[[], object]) -> None:
        info = self._lookup.room_info_to_connect(room_id) if self._options.fetch_room_info_on_connect else None
        session = self._session_for(room_id)
        try:
            transport = self._transports.open(room_id)
            if not wanted():
                return
            self.state = State(self._room, True, room_id, transport.name, info)
            on_opened()
            self._say_connected(transport, info)
            self._pump(transport, session, wanted)
        finally:
            self.liveness.pause()
            self._transports.close()

    def _pump(self, transport: Transport, session: LiveSession, wanted: Callable[[], bool]) -> None:
        # One request, and the socket that its answer may offer.
        patience_s = REST_S + STUCK_S + 2 * self._options.connect_timeout_s
        while wanted():
            self.liveness.beat(patience_s)
            if not transport.has_more:
                self._handlers.call("caught_up")
            response = transport.receive(min(REST_S, session.seconds_to_next_tick(time.monotonic())))
            now = time.monotonic()
            if response is not None and wanted():
                self._heard_at = now
                on_raw = self._raw if self._handlers.wants("raw_data") else None
                self._pass_on(session, session.process(response, transport.name, now, on_raw), now)
            self._pass_on(session, session.tick(now), now)

    def _pass_on(self, session: LiveSession, events: list[Event], now: float) -> None:
        is_kept = session.remember(events, now)
        try:
            for event in events:
                if event["event_type"] == "stream_end":
                    self._end(event)
                else:
                    self._handlers.event(event)
        finally:
            if is_kept:
                session.passed_on()

    def _end(self, event: Event) -> None:
        """Tell the end of the LIVE, after all that it still owes us; one that is history was that of another."""
        if event["replayed"]:
            self._handlers.event(event)
            return
        self.end_session()
        self._handlers.event(event)
        if event["reason"] == "suspended":
            raise RoomSuspended("the LIVE was suspended")
        raise RoomEnded("the LIVE has ended")

    def _session_for(self, room_id: str) -> LiveSession:
        if self.session is None or self.session.room_id != room_id:
            self.end_session()
            self._heard_at = None
            self.session = self._new_session(room_id)
        if self._options.enable_extended_gift_info and self.session.gifts is None:
            self.session.gifts = self._lookup.gift_list(room_id)
        return self.session

    def _new_session(self, room_id: str) -> LiveSession:
        return LiveSession(
            REGISTRY,
            self._room,
            room_id,
            wall=time.time,
            drops=self._drops,
            process_history=self._options.process_initial_data,
            streak_timeout_s=self._options.streak_timeout_s,
            memory=self._gift_memory,
        )

    def restore(self) -> None:
        """Take up the LIVE that an earlier life heard last, and tell the gifts that it did not get to tell."""
        memory = self._gift_memory
        remembered = memory.load(self._room) if memory is not None else None
        if remembered is None:
            return
        session, now = self._new_session(remembered.room_id), time.monotonic()
        try:
            gifts = session.restore(remembered, now)
        except (ValueError, KeyError, TypeError):
            logger.exception("%s: what is remembered of the last LIVE cannot be read; going on without", self._room)
            return
        self.session = session
        self._pass_on(session, gifts + session.tick(now), now)

    def end_session(self) -> None:
        """Tell the gifts of the streaks that are still open: nothing more will come of this LIVE."""
        if self.session is not None:
            self._pass_on(self.session, self.session.close(), time.monotonic())

    def forget_session(self) -> None:
        """Let go of all that is remembered of a LIVE that is over: some megabytes."""
        self.end_session()
        self.session = None

    def _say_connected(self, transport: Transport, info: RoomInfo | None) -> None:
        if transport.has_socket:
            self._handlers.call("websocket_connected", transport)
        title = info.title if info else None
        self._handlers.event(self.lifecycle_event("connected", state="live", transport=transport.name, title=title))
        before, self._heard_at = self._heard_at, time.monotonic()
        if before is not None:
            seconds = self._heard_at - before
            since = timestamp(time.time() - seconds)
            self._handlers.event(self.lifecycle_event("gap", seconds=round(seconds, 3), since=since))

    def _say_disconnected(self, error: WebcastError | None) -> None:
        if error is None:
            self.end_session()
        code, reason = (error.code, str(error)) if error else ("disabled", "disconnected on request")
        self._handlers.event(self.lifecycle_event("disconnected", code=code, reason=reason))

    def lifecycle_event(self, name: str, **keys: Any) -> Event:
        """Return an event of the present or last session that comes from no message."""
        wall = time.time()
        session = self.session
        assert session is not None  # noqa: S101 - lifecycle events are made while a session exists
        event_id = f"{session.room_id}-{name}-{int(wall * 1000)}"
        return session.common_keys(name, event_id, timestamp(wall), self._transports.name) | keys

    def _raw(self, method: str, payload: bytes) -> None:
        self._handlers.call("raw_data", method, payload)
