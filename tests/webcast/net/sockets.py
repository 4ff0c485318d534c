"""WebSockets of the tests: opened to a port of this machine, and read to their end."""

import time
from contextlib import ExitStack

import websocket

from tiktok2mqtt.webcast.net.websocket import PushWebSocket

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Sockets:
    """Opens WebSockets to a port of this machine, and closes them at the end."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def new(self, timeout_s: float = 5.0) -> PushWebSocket:
        made = PushWebSocket(None, time.monotonic() + timeout_s)
        self._stack.callback(made.shutdown)
        return made

    def open(
        self, port: int, headers: dict[str, str] | None = None, timeout_s: float = 5.0, scheme: str = "ws"
    ) -> PushWebSocket:
        made = self.new(timeout_s)
        made.open(f"{scheme}://127.0.0.1:{port}/path?x=1", headers or {})
        return made


def receive_next(one: PushWebSocket, timeout_s: float = 5.0) -> tuple[int, bytes]:
    """Receive a message, also one that takes longer than a call waits for it."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            return one.receive(deadline - time.monotonic())
        except websocket.WebSocketTimeoutException:
            assert time.monotonic() < deadline


def receive_all(one: PushWebSocket) -> tuple[list[tuple[int, bytes]], Exception]:
    """Receive until the connection ends; return the messages and the error that ended it."""
    received = []
    while True:
        try:
            received.append(receive_next(one))
        except websocket.WebSocketException as error:
            return received, error
