"""A WebSocket that asks the system for more than it needs next: one call for many frames, not three for each."""

from typing import Final

import websocket

_READ_AHEAD_BYTES: Final = 16_384


class BufferedWebSocket(websocket.WebSocket):
    """websocket-client's WebSocket. Its frame buffer keeps what it has not asked for, and looks there first."""

    def _recv(self, bufsize: int) -> bytes:
        data: bytes = super()._recv(max(bufsize, _READ_AHEAD_BYTES))
        return data
