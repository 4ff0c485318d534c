"""The mechanics below the verbs: one room's truth, its sockets, and calls from any thread."""

from __future__ import annotations

import asyncio
import functools
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from tiktok2mqtt.simulator.envelope import Message
from tiktok2mqtt.simulator.messages import Head
from tiktok2mqtt.simulator.misdeeds import fault_of, garbage_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tiktok2mqtt.simulator.loop import LoopThread
    from tiktok2mqtt.simulator.shared import Shared
    from tiktok2mqtt.simulator.state import Counters, RoomState

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S", bound="Stage")


def verb(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Runs a method of a stage on the loop, from any thread; it returns when the sockets can take more.

    Within another verb, that is on the loop already, it is a plain call.
    """

    @functools.wraps(method)
    def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if self.loop.inside:
            return method(self, *args, **kwargs)

        async def act() -> T:
            result = method(self, *args, **kwargs)
            await self.shared.hub.settle(self.shared.hub.inside(self.state))
            return result

        return self.loop.call(act())

    return call


class Stage:
    """One room's line to its clients. Everything here may be called from any thread."""

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
        """What the present or last session has counted, as it is now."""
        return self._counters()

    @verb
    def _counters(self) -> Counters:
        return replace(self.state.counters, scores=self.state.counters.scores.copy())

    @property
    def clients(self) -> int:
        """How many sockets are in the room now."""
        return len(self._inside())

    @verb
    def _inside(self) -> list[object]:
        return list(self.shared.hub.inside(self.state))

    def wait_for_client(self, timeout: float = 5.0, count: int = 1) -> None:
        """Waits until `count` sockets have entered; TimeoutError after `timeout` seconds."""

        async def entered() -> None:
            await asyncio.wait_for(self.shared.hub.wait_for(self.state, count), timeout)

        try:
            self.loop.call(entered())
        except TimeoutError:
            raise TimeoutError(f"{self.name}: {self.clients} of {count} clients after {timeout:g} s") from None

    @verb
    def send(self, method: str, payload: bytes, msg_id: int | None = None, *, history: bool = False) -> int:
        """Sends any message, marked as history or not; returns its id (a new one unless given)."""
        message = Message(method, payload, msg_id or self._new_id(), history)
        self.shared.hub.publish(self.state, message)
        return message.msg_id

    def _post(self, method: str, compose: Callable[[Head], bytes]) -> int:
        """Composes a message for a new id, sends it and returns the id. On the loop."""
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
        """The session's last 1,000 messages, oldest first."""
        return self._sent()

    @verb
    def _sent(self) -> list[Message]:
        return list(self.state.sent)

    @property
    def history(self) -> list[Message]:
        """Messages replayed, marked as history, to every client that enters; may be assigned."""
        return list(self.state.history)

    @history.setter
    def history(self, messages: Iterable[Message]) -> None:
        self._set_history(list(messages))

    @verb
    def _set_history(self, messages: list[Message]) -> None:
        self.state.history = messages

    @verb
    def remember(self, count: int) -> None:
        """From now on the last `count` messages of the session are replayed to every client that enters."""
        self.state.remembered = count

    @contextmanager
    def batch(self) -> Iterator[None]:
        """What is sent within the `with` block goes out as one frame at its end."""
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
        """All connections of the room are lost: no close frame, nothing flushed."""
        self.shared.hub.drop(self.state)

    @verb
    def refuse(self, status: int | str = 415, headers: Mapping[str, str] | None = None, times: int | None = 1) -> None:
        """The next handshakes get this HTTP status, or one of `misdeeds.FAULTS` by name ("hang", "reset").

        415 or `Handshake-Msg: DEVICE_BLOCKED` also void the cookie. `times` None is for ever.
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
        """The next HTTP requests about this room get this; see `Simulator.fail_http`."""
        self.shared.faults.fail_http("", fault_of(status, headers, body, times), self.name)

    @verb
    def claim_room_id(self, room_id: str | None) -> None:
        """The pages name this room id from now on, whatever the truth; None ends the lie."""
        self.state.claimed_id = int(room_id or 0)

    @verb
    def go_silent(self) -> None:
        """The present sockets stay open and get nothing any more, as if half-open; messages meanwhile are lost.

        A socket opened later is not silent.
        """
        for socket in self.shared.hub.inside(self.state):
            socket.silent = True

    @verb
    def resume(self) -> None:
        """Silent sockets get messages again."""
        for socket in self.shared.hub.inside(self.state):
            socket.silent = False

    @verb
    def close_after(self, frames: int) -> None:
        """The present sockets are lost when each has got so many more frames with messages."""
        for socket in self.shared.hub.inside(self.state):
            socket.frames_left = frames

    @verb
    def send_garbage(self, name: str) -> None:
        """Sends what no service should: one of `misdeeds.GARBAGE` by name ("random", "oversized", "truncated_gzip")."""
        data = garbage_named(name)
        for socket in self.shared.hub.inside(self.state):
            socket.offer_raw(data)

    @verb
    def send_frame(self, data: bytes) -> None:
        """Sends a binary WebSocket message as it is."""
        for socket in self.shared.hub.inside(self.state):
            socket.offer_raw(data)

    @verb
    def send_text(self, text: str) -> None:
        """Sends a text WebSocket message."""
        for socket in self.shared.hub.inside(self.state):
            socket.offer_raw(text)
