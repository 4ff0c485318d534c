"""The envelope of push frames, sans I/O: bytes and `now` in, fetch responses and bytes to send out.

Source: protocol reference, section 3. There is no socket, thread or clock in this module. No data of the peer raises an
error: what cannot be decoded is dropped and counted.
"""

import secrets
import zlib
from collections import Counter
from typing import Final, TypeVar

from google.protobuf.message import DecodeError, Message

from tiktok2mqtt.webcast.schema.envelope_pb2 import EnterRoom, FetchResponse, Heartbeat, PushFrame

HEARTBEAT_INTERVAL_S: Final = 10.0
MAX_PAYLOAD_BYTES: Final = 8 * 1024 * 1024
# The service sends at most some hundred messages at once. An empty one has two bytes, but decoding it takes much more
# memory and time.
MAX_FIELDS: Final = 50_000
_GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_GZIP_WBITS: Final = 31
_VARINT, _LENGTH_DELIMITED = 0, 2
_FIXED: Final = {1: 8, 5: 4}
_VARINT_BYTES: Final = 10
M = TypeVar("M", bound=Message)


class FrameProtocol:
    """The state of one socket in one room: heartbeats, acknowledgements, and when the peer was heard from last.

    The caller passes in what it receives by `receive_bytes` and `receive_text`, calls `tick`, and sends what
    `data_to_send` returns. `dropped` counts unusable frames by cause. `closed_by_peer` is set by a frame of type
    `close`.
    """

    def __init__(
        self, room_id: str, now: float, *, stale_timeout_s: float = 60.0, dropped: Counter[str] | None = None
    ) -> None:
        self._room_id = int(room_id)
        self._stale_timeout_s = stale_timeout_s
        self._last_received = now
        self._next_heartbeat = now
        self._heartbeats = 0
        self._out: list[bytes] = []
        self.dropped: Counter[str] = Counter() if dropped is None else dropped
        self.closed_by_peer = False

    def start(self, now: float) -> None:
        """Queue the first two frames: a heartbeat, and the request to enter the room."""
        self._queue_heartbeat(now)
        enter = EnterRoom(
            room_id=self._room_id,
            live_id=12,
            identity="audience",
            enter_unique_id=secrets.randbits(62) + 1,
            filter_welcome_msg="0",
        )
        self._queue("im_enter_room", enter.SerializeToString())

    def receive_bytes(self, data: bytes, now: float) -> FetchResponse | None:
        """Process a binary frame. Return its fetch response, if it has one; queue an ack if that asks for it."""
        self._last_received = now
        try:
            frame = _decode(PushFrame(), data)
        except DecodeError:
            self.dropped["frame"] += 1
            return None
        if frame.payload_type == "msg":
            return self._receive_message(frame)
        if frame.payload_type == "close":
            self.closed_by_peer = True
        elif frame.payload_type not in ("hb", "ack", "im_enter_room_resp"):
            self.dropped["payload_type"] += 1
        return None

    def receive_text(self, now: float) -> None:
        """Process a text frame: the service sends none, so it is only counted."""
        self._last_received = now
        self.dropped["text"] += 1

    def _receive_message(self, frame: PushFrame) -> FetchResponse | None:
        payload = frame.payload
        if payload.startswith(_GZIP_MAGIC):
            decompressed = gunzip(payload)
            if decompressed is None:
                self.dropped["gzip"] += 1
                return None
            payload = decompressed
        try:
            response = read_response(payload)
        except DecodeError:
            self.dropped["fetch_response"] += 1
            return None
        if response.needs_ack:
            self._queue("ack", response.internal_ext, log_id=frame.log_id)
        return response

    def tick(self, now: float) -> None:
        """Queue a heartbeat if one is due."""
        if now >= self._next_heartbeat:
            self._queue_heartbeat(now)

    def seconds_to_next_tick(self, now: float) -> float:
        """Return the time until the next heartbeat is due or the connection becomes stale, whichever is first."""
        return max(0.0, min(self._next_heartbeat, self._last_received + self._stale_timeout_s) - now)

    def is_stale(self, now: float) -> bool:
        """Return whether nothing, heartbeats included, has been received for longer than the timeout."""
        return now - self._last_received > self._stale_timeout_s

    def data_to_send(self) -> list[bytes]:
        """Return the frames that were queued since the last call, oldest first."""
        out, self._out = self._out, []
        return out

    def _queue_heartbeat(self, now: float) -> None:
        self._heartbeats += 1
        heartbeat = Heartbeat(room_id=self._room_id, send_packet_seq_id=self._heartbeats)
        self._queue("hb", heartbeat.SerializeToString())
        self._next_heartbeat = now + HEARTBEAT_INTERVAL_S

    def _queue(self, payload_type: str, payload: bytes, log_id: int = 0) -> None:
        frame = PushFrame(payload_encoding="pb", payload_type=payload_type, payload=payload, log_id=log_id)
        self._out.append(frame.SerializeToString())


def read_response(payload: bytes) -> FetchResponse:
    """Decode a fetch response. Raises DecodeError if it is invalid or has more than MAX_FIELDS fields."""
    return _decode(FetchResponse(), payload)


def _decode(message: M, data: bytes) -> M:
    if len(data) > 2 * MAX_FIELDS and not _has_few_fields(data):
        raise DecodeError("too many fields")
    message.ParseFromString(data)
    return message


def _has_few_fields(payload: bytes) -> bool:
    """Return whether a message has at most MAX_FIELDS fields, not counting those of messages inside it, and no groups.

    Source: the protobuf encoding, "Message Structure".
    """
    offset = 0
    for _ in range(MAX_FIELDS):
        if offset >= len(payload):
            return True
        key, offset = _varint(payload, offset)
        wire_type = key & 7
        if wire_type == _LENGTH_DELIMITED:
            length, offset = _varint(payload, offset)
            offset += length
        elif wire_type == _VARINT:
            _, offset = _varint(payload, offset)
        elif wire_type in _FIXED:
            offset += _FIXED[wire_type]
        else:
            return False
    return offset >= len(payload)


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    """Return the number at an offset, and the offset after it. At most ten bytes are read."""
    number = shift = 0
    for byte in data[offset : offset + _VARINT_BYTES]:
        offset += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the highest bit means that more bytes follow
            break
    return number, offset


def gunzip(data: bytes) -> bytes | None:
    """Decompress one gzip member. Return None if it is invalid, truncated, or larger than MAX_PAYLOAD_BYTES."""
    decompressor = zlib.decompressobj(wbits=_GZIP_WBITS)
    try:
        out = decompressor.decompress(data, MAX_PAYLOAD_BYTES)
    except zlib.error:
        return None
    return out if decompressor.eof else None
