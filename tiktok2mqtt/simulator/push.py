"""One client's socket: its outbox, its frames, and the reading of what the client sends. On the loop's thread."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import WebSocketError, WSMsgType

from tiktok2mqtt.simulator.envelope import Delivery, decode_frame, encode_fetch, encode_frame, encode_push
from tiktok2mqtt.simulator.misdeeds import Wire
from tiktok2mqtt.simulator.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import WSMessage, web

    from tiktok2mqtt.simulator.checks import SocketCheck
    from tiktok2mqtt.simulator.masks import MaskWatch
    from tiktok2mqtt.simulator.wire import Record

_FRAME_MESSAGES: Final = 100
_BACKLOG_MESSAGES: Final = 2_000


@dataclass
class Raw:
    """A WebSocket message to send as it is."""

    data: bytes | str | Wire


@dataclass
class Bundle:
    """Encoded messages for one frame; an open one takes further messages until it is sent."""

    messages: list[bytes]
    is_open: bool = False


@dataclass(frozen=True)
class Line:
    """What a socket runs on: its transport, gzip or not, and how long (s) messages gather and may stay unread."""

    transport: asyncio.Transport
    compress: bool
    flush_s: float
    read_s: float


class PushSocket:
    """One client's socket from handshake to close.

    Messages wait in a bounded outbox; `until_below` is the back pressure: it waits for aiohttp's drain, and a client
    that has read nothing for `read_s` is dropped.
    """

    def __init__(
        self,
        ws: web.WebSocketResponse,
        check: SocketCheck,
        line: Line,
        report: Callable[[str], None],
        first_log_id: int,
    ) -> None:
        self.check = check
        self.entered_id = 0
        # So many of the session's messages the client has already; None: it gets what the room replays.
        self.heard: int | None = None
        self.silent = False
        self.closed = False
        self.frames_left: int | None = None
        self.backlog = 0
        self._ws = ws
        self._line = line
        self._report = report
        self._log_id = first_log_id
        self._seq_id = 0
        self._is_first = check.begins
        self._outbox: deque[Bundle | Raw] = deque()
        self._wake = asyncio.Event()
        self._progress = asyncio.Event()

    @property
    def room_id(self) -> int:
        """The room that the client is in, or asked for; `entered_id` is 0 until it has entered."""
        return self.check.room_id

    def offer(self, message: bytes) -> None:
        """Queues one encoded message; what is offered within the flush time shares a frame."""
        last = self._outbox[-1] if self._outbox else None
        if isinstance(last, Bundle) and last.is_open and len(last.messages) < _FRAME_MESSAGES:
            last.messages.append(message)
        else:
            self._outbox.append(Bundle([message], is_open=True))
        self._queued(1)

    def offer_frame(self, messages: list[bytes]) -> None:
        """Queues messages that make up one frame exactly."""
        self._outbox.append(Bundle(messages))
        self._queued(len(messages))

    def offer_raw(self, data: bytes | str | Wire) -> None:
        """Queues a WebSocket message, binary or text, or bare bytes, as it is."""
        self._outbox.append(Raw(data))
        self._queued(1)

    def answer(self, payload_type: str, payload: bytes = b"") -> None:
        """Queues a push frame of the protocol itself."""
        self._seq_id += 1
        self.offer_raw(encode_frame(payload_type, payload, seq_id=self._seq_id))

    async def until_below(self, limit: int = _BACKLOG_MESSAGES) -> None:
        """Waits until fewer than `limit` messages are queued; drops a client that does not read."""
        while self.backlog >= limit and not self.closed:
            self._progress.clear()
            try:
                await asyncio.wait_for(self._progress.wait(), self._line.read_s)
            except TimeoutError:
                self._report(f"client has read nothing for {self._line.read_s:g} s")
                self.abort()

    def abort(self) -> None:
        """The connection is lost: no close frame, nothing flushed."""
        self._end()
        self._line.transport.abort()

    async def close(self) -> None:
        """The service goes away in good order."""
        self._end()
        await self._ws.close(code=1001)

    async def run(self, watch: MaskWatch, received: Callable[[PushSocket, Record], None]) -> None:
        """Reads until the socket ends; `received` gets each decoded frame."""
        writer = asyncio.create_task(self._write())
        try:
            async for message in self._ws:
                self._read(message, received)
                self._judge_masks(watch)
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

    def _judge_masks(self, watch: MaskWatch) -> None:
        if watch.unmasked:
            self._report(f"client sent {watch.unmasked} unmasked frames")
            watch.unmasked = 0

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(self._line.flush_s)
            while self._outbox:
                await self._send(self._outbox.popleft())
                self._progress.set()
                # A send that need not wait does not let others run by itself.
                await asyncio.sleep(0)
            self._wake.clear()

    async def _send(self, item: Bundle | Raw) -> None:
        size = 1 if isinstance(item, Raw) else len(item.messages)
        try:
            if self.silent or self.closed:
                return
            if isinstance(item, Bundle):
                await self._ws.send_bytes(self._frame(item.messages))
                self._count_down()
            elif isinstance(item.data, Wire):
                self._line.transport.write(item.data.data)
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
        return encode_push(fetch, seq_id=self._seq_id, log_id=self._log_id, compress=self._line.compress)

    def _queued(self, size: int) -> None:
        self.backlog += size
        self._wake.set()

    def _end(self) -> None:
        self.closed = True
        self._progress.set()
