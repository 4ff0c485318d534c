"""The envelopes: fetch responses, the messages in them, and push frames with their gzip payload."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tiktok2mqtt.simulator.fields import FETCH_RESPONSE, PUSH_FRAME, RESPONSE_MESSAGE
from tiktok2mqtt.simulator.wire import Record, WireError, build, field, pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GZIP_MAGIC: Final = b"\x1f\x8b\x08"
HEARTBEAT_MS: Final = 10_000
_IS_HISTORY: Final = field(RESPONSE_MESSAGE["is_history"], value=True)
_FASTEST: Final = 1


@dataclass(frozen=True)
class Message:
    """One message of a room: its type name, protobuf payload and id."""

    method: str
    payload: bytes
    msg_id: int
    is_history: bool = False

    def encode(self, *, history: bool = False) -> bytes:
        """Return its wire form within a fetch response; `history` marks it as history."""
        raw = build(RESPONSE_MESSAGE, method=self.method, payload=self.payload, msg_id=self.msg_id)
        # A field may be appended to an encoded message; both orders are valid.
        return raw + _IS_HISTORY if history or self.is_history else raw


@dataclass(frozen=True)
class Delivery:
    """The other fields of a fetch response. Times in ms; `route` and `push_server` offer a socket."""

    cursor: str
    internal_ext: str
    now_ms: int
    needs_ack: bool = False
    is_first: bool = False
    push_server: str = ""
    route: tuple[tuple[str, str], ...] = ()


def encode_fetch(messages: Iterable[bytes], delivery: Delivery) -> bytes:
    """Encode a FetchResponse of encoded messages."""
    listed = b"".join(field(FETCH_RESPONSE["messages"], raw) for raw in messages)
    head = build(
        FETCH_RESPONSE,
        cursor=delivery.cursor,
        fetch_interval=1_000,
        now=delivery.now_ms,
        internal_ext=delivery.internal_ext,
        fetch_type=1,
    )
    tail = build(
        FETCH_RESPONSE,
        heart_beat_duration=HEARTBEAT_MS,
        needs_ack=delivery.needs_ack,
        push_server=delivery.push_server,
        is_first=delivery.is_first,
    )
    return listed + head + pairs(FETCH_RESPONSE["route_params_map"], delivery.route) + tail


def encode_frame(
    payload_type: str,
    payload: bytes,
    *,
    seq_id: int = 0,
    log_id: int = 0,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Encode a PushFrame."""
    head = build(PUSH_FRAME, seq_id=seq_id, log_id=log_id, service=1, method=8)
    tail = build(PUSH_FRAME, payload_encoding="pb", payload_type=payload_type, payload=payload)
    return head + pairs(PUSH_FRAME["headers"], (headers or {}).items()) + tail


def encode_push(fetch: bytes, *, seq_id: int, log_id: int, compress: bool) -> bytes:
    """Encode a `msg` frame with an encoded fetch response, gzipped if `compress`."""
    if not compress:
        return encode_frame("msg", fetch, seq_id=seq_id, log_id=log_id, headers={"compress_type": "none"})
    packed = gzip.compress(fetch, compresslevel=_FASTEST, mtime=0)
    return encode_frame("msg", packed, seq_id=seq_id, log_id=log_id, headers={"compress_type": "gzip"})


def decode_frame(data: bytes) -> Record:
    """Decode a client's PushFrame. Raises `WireError`, also if it has no payload type."""
    frame = Record(PUSH_FRAME, data)
    if not frame.text("payload_type"):
        raise WireError("no payload type")
    return frame
