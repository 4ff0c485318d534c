"""One client's socket: its queue, its frames, and the frames that the client sends. On the loop's thread."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import WebSocketError, WSMsgType

from tiktok2mqtt.simulator.envelope import Delivery, decode_frame, encode_fetch, encode_frame, encode_push
from tiktok2mqtt.simulator.fault_catalogue import Wire
from tiktok2mqtt.simulator.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import WSMessage, web

    from tiktok2mqtt.simulator.checks import SocketCheck
    from tiktok2mqtt.simulator.masks import MaskCounter
    from tiktok2mqtt.simulator.wire import Record

_FRAME_MESSAGES: Final = 100
_BACKLOG_MESSAGES: Final = 2_000


@dataclass
class RawMessage:
    """A WebSocket message that is sent unchanged."""

    data: bytes | str | Wire


@dataclass
class Batch:
    """Encoded messages for one frame; an open batch takes more messages until it is sent."""

    messages: list[bytes]
    is_open: bool = False


@dataclass(frozen=True)
class SocketConfig:
    """A socket's transport, whether it uses gzip, and for how long (s) messages are collected and may stay unread."""

    transport: asyncio.Transport
    compress: bool
    flush_s: float
    read_s: float


class PushSocket:
    """One client's socket from handshake to close.

    Messages wait in a bounded queue. `until_below` applies back pressure; a client that has read nothing for `read_s`
    is dropped.
    """

    def __init__(
        self,
        ws: web.WebSocketResponse,
        check: SocketCheck,
        config: SocketConfig,
        report: Callable[[str], None],
        first_log_id: int,
    ) -> None:
        self.check = check
        self.entered_id = 0
        # Index of the session's first message that the client lacks; None: it gets the room's history.
        self.received_index: int | None = None
        self.silent = False
        self.closed = False
        self.frames_left: int | None = None
        self.backlog = 0
        self._ws = ws
        self._config = config
        self._report = report
        self._log_id = first_log_id
        self._seq_id = 0
        self._is_first = check.begins
        self._outbox: deque[Batch | RawMessage] = deque()
        self._wake = asyncio.Event()
        self._progress = asyncio.Event()

    @property
    def room_id(self) -> int:
        """The room that the client is in, or asked for; `entered_id` is 0 until it has entered."""
        return self.check.room_id

    def offer(self, message: bytes) -> None:
        """Queue one encoded message; messages within the flush time share a frame."""
        last = self._outbox[-1] if self._outbox else None
        if isinstance(last, Batch) and last.is_open and len(last.messages) < _FRAME_MESSAGES:
            last.messages.append(message)
        else:
            self._outbox.append(Batch([message], is_open=True))
        self._queued(1)

    def offer_frame(self, messages: list[bytes]) -> None:
        """Queue messages that form exactly one frame."""
        self._outbox.append(Batch(messages))
        self._queued(len(messages))

    def offer_raw(self, data: bytes | str | Wire) -> None:
        """Queue a WebSocket message (binary or text) or plain bytes, sent unchanged."""
        self._outbox.append(RawMessage(data))
        self._queued(1)

    def answer(self, payload_type: str, payload: bytes = b"") -> None:
        """Queue a push frame of the protocol itself."""
        self._seq_id += 1
        self.offer_raw(encode_frame(payload_type, payload, seq_id=self._seq_id))

    async def until_below(self, limit: int = _BACKLOG_MESSAGES) -> None:
        """Wait until fewer than `limit` messages are queued; drop a client that does not read."""
        while self.backlog >= limit and not self.closed:
            self._progress.clear()
            try:
                await asyncio.wait_for(self._progress.wait(), self._config.read_s)
            except TimeoutError:
                self._report(f"client has read nothing for {self._config.read_s:g} s")
                self.abort()

    def abort(self) -> None:
        """Lose the connection: no close frame, nothing flushed."""
        self._end()
        self._config.transport.abort()

    async def close(self) -> None:
        """Close the socket properly."""
        self._end()
        await self._ws.close(code=1001)

    async def run(self, watch: MaskCounter, received: Callable[[PushSocket, Record], None]) -> None:
        """Read until the socket ends; `received` gets each decoded frame."""
        writer = asyncio.create_task(self._write())
        try:
            async for message in self._ws:
                self._read(message, received)
                self._report_unmasked(watch)
        finally:
            self._end()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    def _read(self, message: WSMessage, received: Callable[[PushSocket, Record], None]) -> None:
        if isinstance(message.data, WebSocketError):
            self._report(f"client broke the WebSocket protocol: {message.data}")
        elif message.type is WSMsgType.TEXT:
            self._report("client sent a text frame")
        elif message.type is WSMsgType.BINARY:
            self._decode(message.data, received)

    def _decode(self, data: bytes, received: Callable[[PushSocket, Record], None]) -> None:
        try:
            received(self, decode_frame(data))
        except WireError as error:
            self._report(f"client sent a frame that does not decode: {error}")

    def _report_unmasked(self, watch: MaskCounter) -> None:
        if watch.unmasked:
            self._report(f"client sent {watch.unmasked} unmasked frames")
            watch.unmasked = 0

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(self._config.flush_s)
            while self._outbox:
                await self._send(self._outbox.popleft())
                self._progress.set()
                # A send that does not wait does not yield to other tasks.
                await asyncio.sleep(0)
            self._wake.clear()

    async def _send(self, item: Batch | RawMessage) -> None:
        size = 1 if isinstance(item, RawMessage) else len(item.messages)
        try:
            if self.silent or self.closed:
                return
            if isinstance(item, Batch):
                await self._ws.send_bytes(self._frame(item.messages))
                self._count_down()
            elif isinstance(item.data, Wire):
                self._config.transport.write(item.data.data)
            elif isinstance(item.data, str):
                await self._ws.send_str(item.data)
            else:
                await self._ws.send_bytes(item.data)
        except ConnectionError:
            self._end()
        finally:
            self.backlog -= size

    def _count_down(self) -> None:
        if self.frames_left is not None:
            self.frames_left -= 1
            if self.frames_left <= 0:
                self.abort()

    def _frame(self, messages: list[bytes]) -> bytes:
        self._log_id += 1
        self._seq_id += 1
        now_ms = time.time_ns() // 1_000_000
        internal_ext = f"fetch_time:{now_ms}|start_time:0|fetch_id:{self._log_id}|flag:0|seq:{self._seq_id}"
        delivery = Delivery(
            cursor=f"t-{now_ms}_r-{self._log_id}_d-1_u-1",
            internal_ext=internal_ext,
            now_ms=now_ms,
            needs_ack=True,
            is_first=self._is_first,
        )
        self._is_first = False
        self.check.sent(self._log_id, internal_ext, time.monotonic())
        fetch = encode_fetch(messages, delivery)
        return encode_push(fetch, seq_id=self._seq_id, log_id=self._log_id, compress=self._config.compress)

    def _queued(self, size: int) -> None:
        self.backlog += size
        self._wake.set()

    def _end(self) -> None:
        self.closed = True
        self._progress.set()
