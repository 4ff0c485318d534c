"""A WebSocket with fewer steps for each frame: what is received is read ahead, acks are framed at once."""

import os
from collections.abc import Callable, Iterable
from typing import Any, Final

import websocket

_READ_AHEAD_BYTES: Final = 16_384
# RFC 6455, section 5.2: a binary message in one frame, masked, with its length in 7, 16 or 64 bits.
_BINARY: Final = 0x82
_BINARY_HEAD: Final = bytes((_BINARY,))
_MASKED: Final = 0x80
_MAX_7_BITS: Final = 125
_16_BITS_FOLLOW: Final = 126
_64_BITS_FOLLOW: Final = 127
_MAX_16_BITS: Final = 0xFFFF
_HEAD_BYTES: Final = 2
_LENGTH_BYTES: Final = {_16_BITS_FOLLOW: 2, _64_BITS_FOLLOW: 8}
_MASK_BYTES: Final = 4


class ReadAheadBuffer(websocket.frame_buffer):
    """websocket-client's parser of frames, but that it asks the system for more than it needs next."""

    def __init__(self, recv_fn: Callable[[int], bytes], skip_utf8_validation: bool) -> None:
        super().__init__(recv_fn, skip_utf8_validation)
        self._ahead = bytearray()

    @property
    def holds_frame(self) -> bool:
        """Whether a whole frame has been read ahead."""
        return self._frame() is not None

    def _frame(self) -> tuple[int, int] | None:
        """Return where the payload of the next frame begins and ends, or None when not all of it is here.

        None too when the library is in the middle of a frame. Source: RFC 6455, section 5.2.
        """
        ahead = self._ahead
        if len(ahead) < _HEAD_BYTES or not self.needs_header():
            return None
        length = ahead[1] & ~_MASKED
        begin = _HEAD_BYTES + _LENGTH_BYTES.get(length, 0)
        if begin > _HEAD_BYTES:
            length = int.from_bytes(ahead[_HEAD_BYTES:begin], "big")
        begin += _MASK_BYTES if ahead[1] & _MASKED else 0
        return (begin, begin + length) if begin + length <= len(ahead) else None

    def take_binary(self) -> bytes | None:
        """Take out the next frame, if that is a binary message of its own and all of it is here or comes at once.

        For every other frame, None is returned and nothing is taken: it is the library's. Raises what `recv_fn` does.
        """
        ahead = self._ahead
        if not ahead:
            ahead += self.recv(_READ_AHEAD_BYTES)
        if ahead[:1] != _BINARY_HEAD or (frame := self._frame()) is None or ahead[1] & _MASKED:
            return None
        data = bytes(ahead[frame[0] : frame[1]])
        del ahead[: frame[1]]
        return data

    def recv_strict(self, bufsize: int) -> bytes:
        """Return the next `bufsize` bytes. What has come is kept when `recv_fn` raises."""
        while len(self._ahead) < bufsize:
            self._ahead += self.recv(_READ_AHEAD_BYTES)
        data = bytes(self._ahead[:bufsize])
        del self._ahead[:bufsize]
        return data


class BufferedWebSocket(websocket.WebSocket):
    """websocket-client's WebSocket, but for the steps that are taken for every frame: they are fewer."""

    frame_buffer: ReadAheadBuffer

    def __init__(self, *, skip_utf8_validation: bool = False, **options: Any) -> None:
        super().__init__(skip_utf8_validation=skip_utf8_validation, **options)
        self.frame_buffer = ReadAheadBuffer(self._recv, skip_utf8_validation)

    @property
    def holds_frame(self) -> bool:
        """Whether the next frame has been read ahead, and need not be waited for."""
        return self.frame_buffer.holds_frame

    def send_binaries(self, payloads: Iterable[bytes]) -> None:
        """Send binary messages in one system call. To be called by one thread at a time."""
        if self.sock is None:
            raise websocket.WebSocketConnectionClosedException("the socket is closed")
        self.sock.sendall(b"".join(binary_frame(payload, os.urandom(_MASK_BYTES)) for payload in payloads))


def binary_frame(payload: bytes, mask: bytes) -> bytes:
    """Return the frame of a binary message. Source: RFC 6455, sections 5.2 and 5.3."""
    size = len(payload)
    if size <= _MAX_7_BITS:
        head = bytes((_BINARY, _MASKED | size))
    elif size <= _MAX_16_BITS:
        head = bytes((_BINARY, _MASKED | _16_BITS_FOLLOW)) + size.to_bytes(2, "big")
    else:
        head = bytes((_BINARY, _MASKED | _64_BITS_FOLLOW)) + size.to_bytes(8, "big")
    masks = mask * (size // _MASK_BYTES + 1)
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(masks[:size], "big")
    return b"".join((head, mask, masked.to_bytes(size, "big")))
