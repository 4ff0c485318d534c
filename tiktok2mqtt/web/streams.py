"""The streams: `/api/stream` for the dashboard, `/events` for overlays and programs, as SSE or WebSocket."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import orjson
from aiohttp import WSMsgType, web
from aiohttp_sse import EventSourceResponse

from tiktok2mqtt.common.text import is_room_name
from tiktok2mqtt.web.app import WebProgram
from tiktok2mqtt.web.dashboard import INTERVAL_S, Dashboard, detail
from tiktok2mqtt.web.feed import Client, FeedFull, Filter
from tiktok2mqtt.web.middleware import error, peer_of

PROGRAM: Final = web.AppKey("program", WebProgram)
# A client that takes nothing for this long is dropped.
SEND_TIMEOUT_S: Final = 10.0
PING_S: Final = 15.0
MAX_BUFFER_BYTES: Final = 65_536
# Of the room, for a page that has just been opened.
FIRST_EVENTS: Final = 100
MAX_WEBSOCKET_BYTES: Final = 1_024


def _sse(program: WebProgram, **headers: str) -> EventSourceResponse:
    return EventSourceResponse(
        headers=program.security.headers() | headers, ping_interval=PING_S, send_timeout=SEND_TIMEOUT_S
    )


@asynccontextmanager
async def _prepared(response: EventSourceResponse, request: web.Request) -> AsyncIterator[None]:
    """Begin an SSE response; the end of the connection ends the block quietly."""
    with contextlib.suppress(ConnectionResetError, TimeoutError):
        await response.prepare(request)
        if request.transport is not None:
            request.transport.set_write_buffer_limits(high=MAX_BUFFER_BYTES)
        async with response:
            yield
            response.stop_streaming()


async def stream(request: web.Request) -> web.StreamResponse:
    """Send the dashboard its picture and the changes."""
    program = request.app[PROGRAM]
    try:
        program.feed.reserve()
    except FeedFull as full:
        return error(503, str(full))
    dashboard = Dashboard(program.state, request.query.get("room"))
    program.dashboards.add(dashboard)
    response = _sse(program)
    try:
        async with _prepared(response, request):
            await response.send(
                orjson.dumps(
                    dashboard.first(program.connection(), program.feed.latest(dashboard.room, FIRST_EVENTS))
                ).decode()
            )
            while not program.stopping.is_set() and response.is_connected():
                await asyncio.sleep(INTERVAL_S)
                if (batch := dashboard.batch(program.connection())) is not None:
                    await response.send(orjson.dumps(batch).decode())
    finally:
        program.dashboards.discard(dashboard)
        program.feed.release()
    return response


async def events(request: web.Request) -> web.StreamResponse:
    """Send the events that a client wants, first those that it has missed.

    `room`, `only` (types, separated by commas), `replay` (seconds), `token` (of an overlay, which needs `room`),
    `all=0` (without what is ignored). With `documents=1`, a WebSocket also sends the time and the documents of the
    room; each message is then {"type": "hello" | "room" | "event", "id", "data"}.
    """
    program, query = request.app[PROGRAM], request.query
    room = query.get("room") or None
    if room is not None and not is_room_name(room):
        return error(400, "room is not the name of a room")
    if (token := query.get("token")) is not None:
        address = peer_of(request).address
        if room is None or not program.security.is_overlay_token(token, room, address, time.monotonic()):
            return error(401, "the token is not that of the room")
    only = frozenset(query["only"].split(",")) if query.get("only") else None
    wanted = Filter(room, only, query.get("all") != "0")
    last_id = request.headers.get("Last-Event-ID") or query.get("last_event_id") or None
    try:
        client = program.feed.open(wanted, last_id, _seconds(query.get("replay")))
    except FeedFull as full:
        return error(503, str(full))
    try:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await _websocket(request, program, client)
        return await _events(request, program, client)
    finally:
        program.feed.remove(client)


def _seconds(text: str | None) -> float:
    return float(text) if text and text.isdecimal() and len(text) <= 6 else 0.0  # noqa: PLR2004 - digits


async def _events(request: web.Request, program: WebProgram, client: Client) -> web.StreamResponse:
    origin = request.headers.get("Origin")
    is_other = origin is not None and origin.lower() in program.settings.web.origins
    allow = {"Access-Control-Allow-Origin": str(origin), "Vary": "Origin"} if is_other else {}
    if is_other:
        allow |= {"Cross-Origin-Resource-Policy": "cross-origin"}
    response = _sse(program, **allow)
    async with _prepared(response, request):
        await response.send(orjson.dumps({"now": time.time()}).decode(), event="hello", retry=2_000)
        while (entries := await client.next()) is not None:
            for entry in entries:
                await response.send(entry.data, id=entry.id)
        _abort_if_slow(request, client)
    return response


def _abort_if_slow(request: web.Request, client: Client) -> None:
    if client.is_slow and request.transport is not None:
        request.transport.abort()


async def _websocket(request: web.Request, program: WebProgram, client: Client) -> web.StreamResponse:
    socket = web.WebSocketResponse(heartbeat=PING_S, max_msg_size=MAX_WEBSOCKET_BYTES, timeout=2.0)
    socket.headers.update(program.security.headers())
    await socket.prepare(request)
    room = client.wanted.room if request.query.get("documents") == "1" else None
    tasks = [asyncio.create_task(_until_closed(socket, client))]
    if room is not None:
        tasks.append(asyncio.create_task(_documents(program, socket, room)))
    try:
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            while (entries := await client.next()) is not None:
                for entry in entries:
                    head = f'{{"type":"event","id":"{entry.id}","data":'
                    await _send(socket, entry.data if room is None else f"{head}{entry.data}}}")
        _abort_if_slow(request, client)
    finally:
        for task in tasks:
            task.cancel()
        await socket.close()
    return socket


async def _send(socket: web.WebSocketResponse, text: str) -> None:
    async with asyncio.timeout(SEND_TIMEOUT_S):
        await socket.send_str(text)


async def _documents(program: WebProgram, socket: web.WebSocketResponse, name: str) -> None:
    """Send the time and the documents of a room now, and the documents whenever they change."""
    watcher = Dashboard(program.state, name)
    program.watchers.add(watcher)
    try:
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            # The clock of the browser may be wrong: overlays compare times with this one.
            await _send(socket, orjson.dumps({"type": "hello", "data": {"now": time.time()}}).decode())
            watcher.changed({name}, set())
            while not socket.closed:
                batch, room = watcher.batch({}), program.state.rooms.get(name)
                if batch is not None and room is not None:
                    document = room.summary() | {"detail": detail(room)}
                    await _send(socket, orjson.dumps({"type": "room", "data": document}).decode())
                await asyncio.sleep(INTERVAL_S)
    finally:
        program.watchers.discard(watcher)


async def _until_closed(socket: web.WebSocketResponse, client: Client) -> None:
    """Read, and ignore, what a client sends; it ends when the client has gone."""
    async for message in socket:
        if message.type is WSMsgType.ERROR:
            break
    client.close()
