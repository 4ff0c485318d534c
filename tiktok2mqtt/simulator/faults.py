"""Planned wrong answers: for HTTP requests by a part of their path or by room, for handshakes by room."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

DEVICE_BLOCKED = "DEVICE_BLOCKED"
LOOK_EVERY_S: Final = 0.02
T = TypeVar("T")
_UNSENT_BYTES: Final = 256 * 1024


@dataclass(frozen=True)
class RawConnection:
    """The client's connection below HTTP. `closing` is set when the simulator is about to stop."""

    transport: asyncio.Transport
    closing: asyncio.Event

    @property
    def is_open(self) -> bool:
        """Whether the client is still connected."""
        return not self.transport.is_closing() and not self.closing.is_set()

    async def write(self, data: bytes) -> None:
        """Send bytes unchanged, as fast as the client reads."""
        while self.is_open and self.transport.get_write_buffer_size() > _UNSENT_BYTES:  # noqa: ASYNC110 - no event
            await asyncio.sleep(LOOK_EVERY_S)
        if self.is_open:
            self.transport.write(data)

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


@dataclass
class Fault:
    """One wrong answer, given `times` times; None means always.

    `act`, if set, handles the connection instead; the connection is closed afterwards.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    times: int | None = 1
    act: Callable[[RawConnection], Awaitable[None]] | None = None

    @property
    def blocks_device(self) -> bool:
        """Whether it makes the client get a new cookie."""
        return self.status == 415 or self.headers.get("Handshake-Msg") == DEVICE_BLOCKED  # noqa: PLR2004 - HTTP status


class Faults:
    """The planned faults, used in the order in which they were added."""

    def __init__(self) -> None:
        self._http: list[tuple[tuple[str, str | None], Fault]] = []
        self._sockets: list[tuple[str, Fault]] = []
        self._closing = asyncio.Event()

    def fail_http(self, path_part: str, fault: Fault, room_name: str | None = None) -> None:
        """Answer the next requests whose path contains `path_part`, about that room or any, with `fault`."""
        self._http.append(((path_part, room_name), fault))

    def refuse_socket(self, room_name: str, fault: Fault) -> None:
        """Answer the next handshakes for that room with `fault`."""
        self._sockets.append((room_name, fault))

    def http(self, path: str, room_name: str | None = None) -> Fault | None:
        """Take the fault for a request about a room, if one is planned."""
        return _take(self._http, lambda order: order[0] in path and order[1] in {None, room_name})

    def socket(self, room_name: str) -> Fault | None:
        """Take the fault for a handshake, if one is planned."""
        return _take(self._sockets, lambda name: name == room_name)

    async def answer(self, fault: Fault, request: web.BaseRequest) -> web.Response:
        """Return the wrong answer."""
        # Read once: the request loses it when the client disconnects.
        transport = request.transport
        if fault.act is not None and isinstance(transport, asyncio.Transport):
            await fault.act(RawConnection(transport, self._closing))
            if not transport.is_closing():
                transport.abort()
        return web.Response(status=fault.status, headers=fault.headers, body=fault.body)

    def close(self) -> None:
        """Release the connections that are kept busy."""
        self._closing.set()


def _take(orders: list[tuple[T, Fault]], matches: Callable[[T], bool]) -> Fault | None:
    for order in orders:
        if matches(order[0]):
            fault = order[1]
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    orders.remove(order)
            return fault
    return None
