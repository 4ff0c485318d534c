"""The push frame envelope, sans I/O: bytes and `now` in, fetch responses and bytes to send out.

Source: protocol reference, section 3. No socket, thread or clock in here. Whatever the peer sends, nothing is raised:
what cannot be read is dropped and counted.
"""

import secrets
import zlib
from collections import Counter
from typing import Final, TypeVar

from google.protobuf.message import DecodeError, Message

from tiktok2mqtt.webcast.schema.envelope_pb2 import EnterRoom, FetchResponse, Heartbeat, PushFrame

HEARTBEAT_INTERVAL_S: Final = 10.0
MAX_PAYLOAD_BYTES: Final = 8 * 1024 * 1024
# The service sends some hundred messages at most. Each costs us memory and time far beyond its bytes, of which an empty
# one has two.
MAX_FIELDS: Final = 50_000
_GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_GZIP_WBITS: Final = 31
_VARINT, _LENGTH_DELIMITED = 0, 2
_FIXED: Final = {1: 8, 5: 4}
_VARINT_BYTES: Final = 10
M = TypeVar("M", bound=Message)


class FrameProtocol:
    """One socket's conversation with one room.

    Feed it with `receive_bytes` and `tick`; send what `data_to_send` returns. `dropped` counts by cause what could
    not be used. `closed_by_peer` is set by a frame of type `close`.
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
        """Say hello: one heartbeat, then enter the room."""
        self._heartbeat(now)
        enter = EnterRoom(
            room_id=self._room_id,
            live_id=12,
            identity="audience",
            enter_unique_id=secrets.randbits(62) + 1,
            filter_welcome_msg="0",
        )
        self._send("im_enter_room", enter.SerializeToString())

    def receive_bytes(self, data: bytes, now: float) -> FetchResponse | None:
        """Take one binary frame; return the fetch response it carried, if it did. Queues the ack it asked for."""
        self._last_received = now
        try:
            frame = _read(PushFrame(), data)
        except DecodeError:
            self.dropped["frame"] += 1
            return None
        if frame.payload_type == "msg":
            return self._message(frame)
        if frame.payload_type == "close":
            self.closed_by_peer = True
        elif frame.payload_type not in ("hb", "ack", "im_enter_room_resp"):
            self.dropped["payload_type"] += 1
        return None

    def receive_text(self, now: float) -> None:
        """Take a text frame: the service sends none that mean anything to us."""
        self._last_received = now
        self.dropped["text"] += 1

    def _message(self, frame: PushFrame) -> FetchResponse | None:
        payload = frame.payload
        if payload.startswith(_GZIP_MAGIC):
            unpacked = gunzip(payload)
            if unpacked is None:
                self.dropped["gzip"] += 1
                return None
            payload = unpacked
        try:
            response = read_response(payload)
        except DecodeError:
            self.dropped["fetch_response"] += 1
            return None
        if response.needs_ack:
            self._send("ack", response.internal_ext, log_id=frame.log_id)
        return response

    def tick(self, now: float) -> None:
        """Queue the heartbeat when it is due."""
        if now >= self._next_heartbeat:
            self._heartbeat(now)

    def seconds_to_next_tick(self, now: float) -> float:
        """Return how long there is nothing to do unless something is heard: until a heartbeat, or until it is stale."""
        return max(0.0, min(self._next_heartbeat, self._last_received + self._stale_timeout_s) - now)

    def is_stale(self, now: float) -> bool:
        """Return whether the peer has been silent, heartbeats included, for longer than the timeout."""
        return now - self._last_received > self._stale_timeout_s

    def data_to_send(self) -> list[bytes]:
        """Return the frames queued since the last call, oldest first."""
        out, self._out = self._out, []
        return out

    def _heartbeat(self, now: float) -> None:
        self._heartbeats += 1
        beat = Heartbeat(room_id=self._room_id, send_packet_seq_id=self._heartbeats)
        self._send("hb", beat.SerializeToString())
        self._next_heartbeat = now + HEARTBEAT_INTERVAL_S

    def _send(self, payload_type: str, payload: bytes, log_id: int = 0) -> None:
        frame = PushFrame(payload_encoding="pb", payload_type=payload_type, payload=payload, log_id=log_id)
        self._out.append(frame.SerializeToString())


def read_response(payload: bytes) -> FetchResponse:
    """Read a fetch response. Raises DecodeError for a broken one, and for one of more than MAX_FIELDS fields."""
    return _read(FetchResponse(), payload)


def _read(message: M, data: bytes) -> M:
    if len(data) > 2 * MAX_FIELDS and not _has_few_fields(data):
        raise DecodeError("too many fields")
    message.ParseFromString(data)
    return message


def _has_few_fields(payload: bytes) -> bool:
    """Return whether its fields are at most MAX_FIELDS; those of its messages are not counted. No groups are let pass.

    Source: the protobuf encoding, "Message Structure".
    """
    at = 0
    for _ in range(MAX_FIELDS):
        if at >= len(payload):
            return True
        key, at = _varint(payload, at)
        kind = key & 7
        if kind == _LENGTH_DELIMITED:
            length, at = _varint(payload, at)
            at += length
        elif kind == _VARINT:
            _, at = _varint(payload, at)
        elif kind in _FIXED:
            at += _FIXED[kind]
        else:
            return False
    return at >= len(payload)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at a place, and the place behind it. Of one that never ends, the first ten bytes count."""
    number = shift = 0
    for byte in data[at : at + _VARINT_BYTES]:
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follow
            break
    return number, at


def gunzip(data: bytes) -> bytes | None:
    """Unpack one gzip member; None when it is broken, cut short or larger than MAX_PAYLOAD_BYTES unpacked."""
    unpacker = zlib.decompressobj(wbits=_GZIP_WBITS)
    try:
        out = unpacker.decompress(data, MAX_PAYLOAD_BYTES)
    except zlib.error:
        return None
    return out if unpacker.eof else None
