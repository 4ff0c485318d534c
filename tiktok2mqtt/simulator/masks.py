"""Whether a client masks its WebSocket frames (RFC 6455, section 5.1), which aiohttp does not check."""

from __future__ import annotations

from typing import Final

_MASKED: Final = 0x80
_SHORT_MAX, _TWO_BYTES = 125, 126


class MaskCounter:
    """Parses the frame headers in the bytes that a client sends. No I/O."""

    def __init__(self) -> None:
        self.unmasked = 0
        self._pending = b""
        self._skip = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes and count frames without a mask in `unmasked`."""
        while data:
            if self._skip:
                passed = min(self._skip, len(data))
                self._skip -= passed
                data = data[passed:]
                continue
            self._pending += data[:1]
            data = data[1:]
            self._end_header()

    def _end_header(self) -> None:
        header = self._pending
        if len(header) < 2:  # noqa: PLR2004 - flags and length come first
            return
        flag = header[1] & 0x7F
        extra = 0 if flag <= _SHORT_MAX else 2 if flag == _TWO_BYTES else 8
        masked = bool(header[1] & _MASKED)
        if len(header) < 2 + extra:
            return
        length = int.from_bytes(header[2:], "big") if extra else flag
        self.unmasked += not masked
        self._pending = b""
        self._skip = length + 4 * masked
