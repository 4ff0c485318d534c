"""Which socket is in which room; delivers a room's messages to its sockets. All on the loop's thread."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiktok2mqtt.simulator.envelope import Message
    from tiktok2mqtt.simulator.push import PushSocket
    from tiktok2mqtt.simulator.state import RoomState

_CHECK_EVERY_S: Final = 0.05
# The service sends some hundred messages in a frame at most.
HISTORY_FRAME: Final = 100


class Hub:
    """All open sockets. Messages of a held room are collected and sent as one frame on `release`.

    A frame of history has at most `history_frame` messages.
    """

    def __init__(self, history_frame: int = HISTORY_FRAME) -> None:
        self._history_frame = history_frame
        self._sockets: set[PushSocket] = set()
        self._inside: defaultdict[int, set[PushSocket]] = defaultdict(set)
        self._changed = asyncio.Event()
        self._held: dict[str, list[bytes]] = {}

    def add(self, socket: PushSocket) -> None:
        """Add a socket after its handshake."""
        self._sockets.add(socket)

    def remove(self, socket: PushSocket) -> None:
        """Remove a closed socket and report the duties it missed."""
        self._sockets.discard(socket)
        self._leave(socket)
        socket.check.overdue(time.monotonic())

    def enter(self, socket: PushSocket, state: RoomState) -> None:
        """Put the socket into the room and send it the history, or the messages that it lacks."""
        if socket.received_index is None:
            messages = [message.encode(history=True) for message in state.replay()]
        else:
            messages = [message.encode() for message in state.since(socket.received_index)]
            socket.received_index = None
        # The first frame is sent even if there is no history.
        for first in range(0, max(1, len(messages)), self._history_frame):
            socket.offer_frame(messages[first : first + self._history_frame])
        self._leave(socket)
        socket.entered_id = state.room_id
        self._inside[state.room_id].add(socket)
        self._changed.set()
        self._changed = asyncio.Event()

    def inside(self, state: RoomState) -> list[PushSocket]:
        """Return the open sockets in the room's current or last session."""
        return [socket for socket in self._inside.get(state.room_id, ()) if not socket.closed]

    def _leave(self, socket: PushSocket) -> None:
        inside = self._inside.get(socket.entered_id, set())
        inside.discard(socket)
        if not inside:
            self._inside.pop(socket.entered_id, None)

    def publish(self, state: RoomState, message: Message) -> None:
        """Record a message and queue it for all sockets in the room."""
        state.record(message)
        encoded = message.encode()
        if state.name in self._held:
            self._held[state.name].append(encoded)
            return
        for socket in self.inside(state):
            socket.offer(encoded)

    async def drain(self, sockets: Iterable[PushSocket], limit: int | None = None) -> None:
        """Back pressure: wait until each socket has fewer than `limit` messages queued."""
        for socket in sockets:
            await (socket.until_below() if limit is None else socket.until_below(limit))

    def hold(self, name: str) -> None:
        """Collect the room's messages instead of sending them."""
        self._held.setdefault(name, [])

    def release(self, state: RoomState) -> None:
        """Send the collected messages as one frame."""
        kept = self._held.pop(state.name, [])
        for socket in self.inside(state) if kept else ():
            socket.offer_frame(list(kept))

    async def wait_for(self, state: RoomState, count: int) -> None:
        """Wait until `count` sockets are in the room."""
        while len(self.inside(state)) < count:
            await self._changed.wait()

    def drop(self, state: RoomState) -> None:
        """Lose all connections for the room's session, entered or not."""
        for socket in [s for s in self._sockets if s.room_id == state.room_id]:
            socket.abort()

    async def watch(self) -> None:
        """Check the duties of all sockets until cancelled."""
        while True:
            now = time.monotonic()
            for socket in self._sockets:
                socket.check.overdue(now)
            await asyncio.sleep(_CHECK_EVERY_S)

    async def close(self) -> None:
        """Close every socket properly."""
        await asyncio.gather(*(socket.close() for socket in list(self._sockets)), return_exceptions=True)
