"""The envelope of push frames, sans I/O: bytes and `now` in, fetch responses and bytes to send out.

Source: protocol reference, section 3. There is no socket, thread or clock in this module. No data of the peer raises an
error: what cannot be decoded is dropped and counted. A bad field costs that field, or the message that it is in.
"""

import secrets
import zlib
from collections import Counter
from typing import Final, TypeVar

from google.protobuf.message import DecodeError, Message

from tiktok2mqtt.webcast.events.limits import FLAT, IS_PURE_PYTHON, TooLargeError, count_fields
from tiktok2mqtt.webcast.events.repair import repair
from tiktok2mqtt.webcast.schema.envelope_pb2 import EnterRoom, FetchResponse, Heartbeat, PushFrame

HEARTBEAT_INTERVAL_S: Final = 10.0
LOST_HEARTBEAT: Final = "heartbeat"
# Limit of a fetch response. The first one has the history of a LIVE, some hundred messages at once: captured ones
# (2023) have 1,330 bytes on average, those of today 2,000 to 6,000.
MAX_PAYLOAD_BYTES: Final = 4 * 1024 * 1024
# Limit of a push frame: a payload that is not compressed, and the other fields.
MAX_FRAME_BYTES: Final = MAX_PAYLOAD_BYTES + 64 * 1024
# The service sends at most some hundred messages at once.
MAX_MESSAGES: Final = 2_000
# Limit of the fields of a frame or a response, without those of its messages.
MAX_FIELDS: Final = 2 * MAX_MESSAGES
# Fields are not counted in shorter ones. An empty message has two bytes and takes 50 ns, in pure Python 4 µs.
_UNCOUNTED_BYTES: Final = 4 * 1024 if IS_PURE_PYTHON else 64 * 1024
_GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_GZIP_WBITS: Final = 31
M = TypeVar("M", bound=Message)


class FrameProtocol:
    """The state of one socket in one room: heartbeats, acknowledgements, and when the peer last sent something.

    The caller passes in what it receives by `receive_bytes` and `receive_text`, calls `tick`, and sends what
    `data_to_send` returns. `dropped` counts unusable frames by cause, unusable fields of frames by name, and heartbeats
    that the peer did not answer.
    `closed_by_peer` is set by a frame of type `close`.
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
            frame = _decode(PushFrame, data, MAX_FRAME_BYTES, self.dropped)
        except DecodeError as error:
            self._drop("frame", error)
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
        payload, cause = frame.payload, "fetch_response"
        try:
            if payload.startswith(_GZIP_MAGIC):
                cause = "gzip"
                payload = gunzip(payload)
                cause = "fetch_response"
            response = read_response(payload, self.dropped)
        except DecodeError as error:
            self._drop(cause, error)
            return None
        if response.needs_ack:
            self._queue("ack", response.internal_ext, log_id=frame.log_id)
        return response

    def _drop(self, cause: str, error: DecodeError) -> None:
        self.dropped["too_large" if isinstance(error, TooLargeError) else cause] += 1

    def tick(self, now: float) -> None:
        """Queue a heartbeat if one is due. The last one counts as lost if nothing has come since the one before it."""
        if now >= self._next_heartbeat:
            if now - self._last_received >= 2 * HEARTBEAT_INTERVAL_S:
                self.dropped[LOST_HEARTBEAT] += 1
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


def read_response(payload: bytes, bad_fields: Counter[str] | None = None) -> FetchResponse:
    """Decode a fetch response. Fields that cannot be read are left out and counted in `bad_fields`.

    Raises DecodeError, and TooLargeError for too many bytes or messages.
    """
    response = _decode(FetchResponse, payload, MAX_PAYLOAD_BYTES, bad_fields)
    if len(response.messages) > MAX_MESSAGES:
        raise TooLargeError(f"{len(response.messages)} messages")
    return response


def _decode(kind: type[M], data: bytes, max_bytes: int, bad_fields: Counter[str] | None) -> M:
    if len(data) > max_bytes:
        raise TooLargeError(f"{len(data)} bytes")
    if len(data) > _UNCOUNTED_BYTES:
        count_fields(data, FLAT, MAX_FIELDS)
    try:
        return kind.FromString(data)
    except (DecodeError, UnicodeDecodeError):
        # UnicodeDecodeError is raised by protobuf in pure Python only.
        return kind.FromString(repair(data, kind.DESCRIPTOR, Counter() if bad_fields is None else bad_fields))


def gunzip(data: bytes) -> bytes:
    """Decompress one gzip member. Raises DecodeError if it is invalid or truncated, TooLargeError if it is too long."""
    decompressor = zlib.decompressobj(wbits=_GZIP_WBITS)
    try:
        decompressed = decompressor.decompress(data, MAX_PAYLOAD_BYTES)
    except zlib.error as error:
        raise DecodeError("invalid gzip") from error
    if decompressor.eof:
        return decompressed
    if len(decompressed) == MAX_PAYLOAD_BYTES:
        raise TooLargeError(f"more than {MAX_PAYLOAD_BYTES} bytes")
    raise DecodeError("truncated gzip")
