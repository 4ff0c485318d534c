"""Opens push sockets and handles the frames of their clients."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from aiohttp import web

from tiktok2mqtt.simulator.checks import Kind, SocketCheck, handshake_faults
from tiktok2mqtt.simulator.cookies import parse
from tiktok2mqtt.simulator.faults import DEVICE_BLOCKED
from tiktok2mqtt.simulator.masks import MaskCounter
from tiktok2mqtt.simulator.push import PushSocket, SocketConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tiktok2mqtt.simulator.faults import Fault
    from tiktok2mqtt.simulator.shared import Shared
    from tiktok2mqtt.simulator.state import RoomState
    from tiktok2mqtt.simulator.wire import Record

LEGACY_PROTOCOL: Final = "echo-protocol"
_ENDED_GRACE_S: Final = 10.0
_CLOSE_TIMEOUT_S: Final = 1.0


class MaskCheckingHandler(web.RequestHandler):
    """aiohttp's connection; it also passes the received bytes to a `MaskCounter`."""

    watch: MaskCounter | None = None

    def data_received(self, data: bytes) -> None:
        """The transport received bytes."""
        if self.watch is not None:
            self.watch.feed(data)
        super().data_received(data)


class MaskCheckingServer(web.Server):
    """aiohttp's low-level server with `MaskCheckingHandler` connections."""

    def __call__(self) -> web.RequestHandler:
        """The protocol of a new connection."""
        return MaskCheckingHandler(self, loop=self._loop, **self._kwargs)


class HandshakeHandler:
    """Checks handshakes, then runs the sockets."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Handle a request for the socket; returns when the socket has ended."""
        text = request.query.get("room_id", "")
        state = self._shared.world.by_id(int(text)) if text.isdecimal() else None
        report = self._reporter(state.name if state else f"room id {text or 'missing'}")
        if "Upgrade" not in request.headers:
            report("socket path asked for without a WebSocket upgrade")
            return web.Response(status=400)
        fault = self._shared.faults.socket(state.name) if state else None
        if fault is not None:
            return await self._fail(request, fault)
        refused = self._refusal(request, state, report)
        if refused is not None:
            return refused
        kind = self._kind(request)
        for sentence in handshake_faults(kind, request.query, request.headers):
            report(sentence)
        grant = self._shared.grants.find(request.query)
        for sentence in grant.deviations(request.query, parse(request.headers.get("Cookie", ""))) if grant else ():
            report(sentence)
        return await self._run(request, kind, report)

    def _reporter(self, name: str) -> Callable[[str], None]:
        return lambda sentence: self._shared.journal.violation(f"{name}: {sentence}")

    def _kind(self, request: web.BaseRequest) -> Kind:
        if self._shared.grants.find(request.query):
            return Kind.SIGNED
        # A current client may offer it as well, but announces that it enters.
        offers = request.headers.get("Sec-WebSocket-Protocol", "")
        if LEGACY_PROTOCOL in offers and "client_enter" not in request.query:
            return Kind.LEGACY
        return Kind.UPGRADED if request.query.get("imprp") == self._shared.upgrade_token else Kind.DIRECT

    async def _fail(self, request: web.BaseRequest, fault: Fault) -> web.Response:
        if fault.blocks_device:
            self._shared.cookies.block(parse(request.headers.get("Cookie", "")))
        return await self._shared.faults.answer(fault, request)

    def _refusal(
        self, request: web.BaseRequest, state: RoomState | None, report: Callable[[str], None]
    ) -> web.Response | None:
        if self._kind(request) in (Kind.DIRECT, Kind.SIGNED):
            refused = self._cookie_refusal(parse(request.headers.get("Cookie", "")), report)
            if refused is not None:
                return refused
        return self._room_refusal(request.query, state, report)

    def _cookie_refusal(self, ttwid: str | None, report: Callable[[str], None]) -> web.Response | None:
        cookies = self._shared.cookies
        if cookies.blocked(ttwid):
            report("client came back with the ttwid cookie that was blocked")
            return web.Response(status=415, headers={"Handshake-Msg": DEVICE_BLOCKED})
        if not cookies.known(ttwid):
            report("no ttwid cookie" if ttwid is None else "a ttwid cookie that was not minted here")
            return web.Response(status=403, headers={"Handshake-Msg": "TTWID_INVALID"})
        return None

    def _room_refusal(
        self, query: Mapping[str, str], state: RoomState | None, report: Callable[[str], None]
    ) -> web.Response | None:
        if state is not None and state.live and str(state.room_id) == query.get("room_id"):
            return None
        # A LIVE may end between a client's look-up and its handshake.
        just_ended = state is not None and time.time() - state.ended_at < _ENDED_GRACE_S
        if not just_ended:
            report("socket asked for a room that is not live" if state else "socket asked for an unknown room")
        return web.Response(status=200, headers={"Handshake-Msg": "ROOM_NOT_LIVE", "Handshake-Status": "404"})

    async def _run(self, request: web.BaseRequest, kind: Kind, report: Callable[[str], None]) -> web.StreamResponse:
        shared, behaviour = self._shared, self._shared.behaviour
        ws = web.WebSocketResponse(protocols=(LEGACY_PROTOCOL,), compress=False, timeout=_CLOSE_TIMEOUT_S)
        await ws.prepare(request)
        watch, transport = MaskCounter(), request.transport
        if isinstance(request.protocol, MaskCheckingHandler):
            request.protocol.watch = watch
        if not isinstance(transport, asyncio.Transport):
            return ws  # lost while the handshake was answered
        compress = request.query.get("compress") == "gzip"
        socket = PushSocket(
            ws,
            SocketCheck(kind, request.query, behaviour.limits, report, time.monotonic()),
            SocketConfig(transport, compress, behaviour.flush_s, behaviour.limits.read_s),
            report,
            first_log_id=shared.world.new_id(time.time()),
        )
        grant = shared.grants.find(request.query)
        socket.received_index = grant.index if grant else None
        shared.hub.add(socket)
        try:
            if kind is Kind.LEGACY:
                self._enter(socket)
            await socket.run(watch, self._received)
        finally:
            shared.hub.remove(socket)
        return ws

    def _received(self, socket: PushSocket, frame: Record) -> None:
        payload_type, payload, now = frame.text("payload_type"), frame.blob("payload"), time.monotonic()
        if payload_type == "hb":
            socket.check.heartbeat(payload, now)
            socket.answer("hb")
        elif payload_type == "ack":
            socket.check.ack(frame, now)
        elif payload_type == "im_enter_room" and socket.check.enter(payload, self._is_live):
            socket.answer("im_enter_room_resp")
            self._enter(socket)

    def _is_live(self, room_id: int) -> bool:
        state = self._shared.world.by_id(room_id)
        # As for the handshake: it may have just ended.
        return state is not None and state.room_id == room_id

    def _enter(self, socket: PushSocket) -> None:
        state = self._shared.world.by_id(socket.room_id)
        if state is not None:
            self._shared.hub.enter(socket, state)
