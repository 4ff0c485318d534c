"""What the verbs of a room are built on: its state, its sockets, and calls from any thread."""

from __future__ import annotations

import asyncio
import functools
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from tiktok2mqtt.simulator.envelope import Message
from tiktok2mqtt.simulator.fault_catalogue import fault_of, garbage_named
from tiktok2mqtt.simulator.messages import Head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tiktok2mqtt.simulator.loop import LoopThread
    from tiktok2mqtt.simulator.shared import Shared
    from tiktok2mqtt.simulator.state import Counters, RoomState

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S", bound="Channel")


def verb(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Run a method of a channel on the loop, from any thread, and return when the sockets can take more.

    Called from another verb, which runs on the loop already, it is a plain call.
    """

    @functools.wraps(method)
    def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if self.loop.inside:
            return method(self, *args, **kwargs)

        async def act() -> T:
            result = method(self, *args, **kwargs)
            await self.shared.hub.drain(self.shared.hub.inside(self.state))
            return result

        return self.loop.call(act())

    return call


class Channel:
    """One room and its clients. Everything here may be called from any thread."""

    def __init__(self, state: RoomState, shared: Shared, loop: LoopThread) -> None:
        self.state = state
        self.shared = shared
        self.loop = loop

    @property
    def name(self) -> str:
        """The username, lower case, without `@`."""
        return self.state.name

    @property
    def counters(self) -> Counters:
        """A copy of the counters of the current or last session."""
        return self._counters()

    @verb
    def _counters(self) -> Counters:
        return replace(self.state.counters, scores=self.state.counters.scores.copy())

    @property
    def clients(self) -> int:
        """Number of sockets in the room."""
        return len(self._inside())

    @verb
    def _inside(self) -> list[object]:
        return list(self.shared.hub.inside(self.state))

    @property
    def total_sent(self) -> int:
        """Number of messages of the current or last session."""
        return self.state.sent_total

    def wait_for_client(self, timeout: float = 5.0, count: int = 1) -> None:
        """Wait until `count` sockets have entered. Raises TimeoutError after `timeout` seconds."""

        async def entered() -> None:
            await asyncio.wait_for(self.shared.hub.wait_for(self.state, count), timeout)

        try:
            self.loop.call(entered())
        except TimeoutError:
            raise TimeoutError(f"{self.name}: {self.clients} of {count} clients after {timeout:g} s") from None

    @verb
    def send(self, method: str, payload: bytes, msg_id: int | None = None, *, history: bool = False) -> int:
        """Send any message, marked as history or not, and return its id (a new one unless given)."""
        message = Message(method, payload, msg_id or self._new_id(), history)
        self.shared.hub.publish(self.state, message)
        return message.msg_id

    def _post(self, method: str, compose: Callable[[Head], bytes]) -> int:
        """Compose a message with a new id, send it and return the id. On the loop."""
        if not self.state.room_id:
            raise RuntimeError(f"{self.name} has not been live yet: call go_live() first")
        head = self.head()
        return self.send(method, compose(head), head.msg_id)

    def head(self) -> Head:
        """The head of a new message."""
        state = self.state
        slim = self.shared.behaviour.slim
        return Head(state.room_id, state.host, self._new_id(), time.time_ns() // 1_000_000, slim)

    def _new_id(self) -> int:
        return self.shared.world.new_id(time.time())

    @property
    def sent(self) -> list[Message]:
        """The last 1,000 messages of the session, oldest first."""
        return self._sent()

    @verb
    def _sent(self) -> list[Message]:
        return list(self.state.sent)

    @property
    def history(self) -> list[Message]:
        """Messages that every client gets as history when it enters; may be assigned."""
        return list(self.state.history)

    @history.setter
    def history(self, messages: Iterable[Message]) -> None:
        self._set_history(list(messages))

    @verb
    def _set_history(self, messages: list[Message]) -> None:
        self.state.history = messages

    @verb
    def remember(self, count: int) -> None:
        """From now on, replay the last `count` messages of the session to every client that enters."""
        self.state.remembered = count

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Send everything from within the `with` block as one frame at its end."""
        self._hold()
        try:
            yield
        finally:
            self._release()

    @verb
    def _hold(self) -> None:
        self.shared.hub.hold(self.name)

    @verb
    def _release(self) -> None:
        self.shared.hub.release(self.state)

    @verb
    def drop_socket(self) -> None:
        """Lose all connections of the room: no close frame, nothing flushed."""
        self.shared.hub.drop(self.state)

    @verb
    def refuse(self, status: int | str = 415, headers: Mapping[str, str] | None = None, times: int | None = 1) -> None:
        """Answer the next handshakes with this HTTP status, or with a fault of `fault_catalogue.FAULTS`.

        415 and `Handshake-Msg: DEVICE_BLOCKED` also invalidate the cookie. `times` None means always.
        """
        self.shared.faults.refuse_socket(self.name, fault_of(status, headers, times=times))

    @verb
    def fail_http(
        self,
        status: int | str = 500,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        times: int | None = 1,
    ) -> None:
        """Fail the next HTTP requests about this room; see `Simulator.fail_http`."""
        self.shared.faults.fail_http("", fault_of(status, headers, body, times), self.name)

    @verb
    def claim_room_id(self, room_id: str | None) -> None:
        """From now on the pages show this room id instead of the real one; None ends that."""
        self.state.claimed_id = int(room_id or 0)

    @verb
    def go_silent(self) -> None:
        """Keep the current sockets open but send nothing, as if they were half-open. Messages are lost meanwhile.

        A socket that is opened later is not silent.
        """
        for socket in self.shared.hub.inside(self.state):
            socket.silent = True

    @verb
    def resume(self) -> None:
        """Send messages to silent sockets again."""
        for socket in self.shared.hub.inside(self.state):
            socket.silent = False

    @verb
    def close_after(self, frames: int) -> None:
        """Drop each current socket after this many more frames with messages."""
        for socket in self.shared.hub.inside(self.state):
            socket.frames_left = frames

    @verb
    def send_garbage(self, name: str) -> None:
        """Send invalid data: a name of `fault_catalogue.GARBAGE`, such as "random"."""
        data = garbage_named(name)
        for socket in self.shared.hub.inside(self.state):
            socket.offer_raw(data)

    @verb
    def send_frame(self, data: bytes) -> None:
        """Send a binary WebSocket message unchanged."""
        for socket in self.shared.hub.inside(self.state):
            socket.offer_raw(data)

    @verb
    def send_text(self, text: str) -> None:
        """Send a text WebSocket message."""
        for socket in self.shared.hub.inside(self.state):
            socket.offer_raw(text)
