"""How a socket is closed: what was received is acknowledged, then comes a close frame with code 1000."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.helpers import until
from tests.webcast.certificates import needs_openssl, trusted
from tests.webcast.conftest import ClientOf
from tests.webcast.raw_server import OpenServer, switch, wait_for_end
from tests.webcast.rig import EventLog
from tiktok2mqtt.common.errors import NetworkError
from tiktok2mqtt.simulator import Room
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse, PushFrame
from tiktok2mqtt.webcast.schema.messages_pb2 import WebcastControlMessage
from tiktok2mqtt.webcast.transports.sockets import PushSocket

NORMAL = b"\x03\xe8"
# The end of the LIVE, in a response that is to be acknowledged.
END = FetchResponse(
    needs_ack=True,
    internal_ext=b"position",
    messages=[
        FetchMessage(
            method="WebcastControlMessage", payload=WebcastControlMessage(action=3).SerializeToString(), msg_id=1
        )
    ],
)
Frame = tuple[int, bytes]


def push_frame(response: FetchResponse) -> bytes:
    payload = PushFrame(payload_type="msg", payload=response.SerializeToString(), log_id=7).SerializeToString()
    return bytes((0x82, len(payload))) + payload


def read_exactly(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += (part := peer.recv(size - len(data)))
        if not part:
            raise ConnectionError
    return data


def read_frame(peer: socket.socket) -> Frame:
    """Read a masked frame of at most 125 bytes; return its opcode and payload (RFC 6455, section 5.2)."""
    head = read_exactly(peer, 6)
    payload = read_exactly(peer, head[1] & 0x7F)
    return head[0] & 0x0F, bytes(byte ^ head[2 + index % 4] for index, byte in enumerate(payload))


class Peer:
    """A server that sends `data` after the frames of the entrance, and keeps what it receives then."""

    def __init__(self, data: bytes = b"", *, answers: bool = True) -> None:
        self.frames: list[Frame] = []
        self.entered = threading.Event()
        self.ended = threading.Event()
        self._data = data
        self._answers = answers

    def __call__(self, peer: socket.socket) -> None:
        switch(peer)
        # A heartbeat and the request to enter the room.
        for _ in range(2):
            read_frame(peer)
        peer.sendall(self._data)
        self.entered.set()
        try:
            while not self.frames or self.frames[-1][0] != 8:
                self.frames.append(read_frame(peer))
            if self._answers:
                peer.sendall(b"\x88\x02" + NORMAL)
            else:
                wait_for_end(peer)
        finally:
            self.ended.set()


def types(frames: list[Frame]) -> list[str | bytes]:
    """Return the payload types of push frames, and the payloads of close frames."""
    return [data if opcode == 8 else PushFrame.FromString(data).payload_type for opcode, data in frames]


@pytest.fixture
def socket_to() -> Iterator[Callable[[int, str], PushSocket]]:
    with ExitStack() as stack:

        def make(port: int, scheme: str = "ws") -> PushSocket:
            options = Options()
            http = HttpClient(options)
            stack.callback(http.close)
            push = PushSocket("1", http, options, Counter(), threading.Event())
            stack.callback(push.close)
            push.open(f"{scheme}://127.0.0.1:{port}/", None)
            return push

        yield make


SocketTo = Callable[..., PushSocket]


def test_what_was_received_is_acknowledged_before_the_close_frame(serve: OpenServer, socket_to: SocketTo) -> None:
    peer = Peer(push_frame(END))
    push = socket_to(serve(peer))
    until(lambda: push.receive(1.0))
    push.close()
    push.close()
    assert peer.ended.wait(5)
    assert types(peer.frames) == ["ack", NORMAL]


@pytest.mark.parametrize("scheme", ["ws", pytest.param("wss", marks=needs_openssl)])
def test_an_interrupted_wait_ends_with_a_close_frame(serve: OpenServer, socket_to: SocketTo, scheme: str) -> None:
    peer = Peer()
    with trusted():
        push = socket_to(serve(peer, tls=scheme == "wss"), scheme)
    assert peer.entered.wait(5)
    interrupt = threading.Timer(0.1, push.interrupt)
    interrupt.start()
    began = time.monotonic()
    with pytest.raises(NetworkError):
        push.receive(8.0)
    push.close()
    assert time.monotonic() - began < 5.0
    assert peer.ended.wait(5)
    assert types(peer.frames) == [NORMAL]
    interrupt.join()


def test_a_peer_that_does_not_answer_costs_a_quarter_of_a_second(serve: OpenServer, socket_to: SocketTo) -> None:
    peer = Peer(answers=False)
    push = socket_to(serve(peer))
    assert peer.entered.wait(5)
    began = time.monotonic()
    push.close()
    assert 0.2 < time.monotonic() - began < 2.0
    until(lambda: types(peer.frames) == [NORMAL])


def test_a_close_frame_of_the_peer_is_answered_once(serve: OpenServer, socket_to: SocketTo) -> None:
    received: list[Frame] = []

    def close(peer: socket.socket) -> None:
        switch(peer)
        for _ in range(2):
            read_frame(peer)
        peer.sendall(b"\x88\x02" + NORMAL)
        try:
            while True:
                received.append(read_frame(peer))
        except OSError:
            received.append((-1, b""))

    push = socket_to(serve(close))
    with pytest.raises(NetworkError, match="the service closed the socket"):
        until(lambda: push.receive(1.0))
    push.close()
    until(lambda: (-1, b"") in received)
    assert received == [(8, NORMAL), (-1, b"")]


@pytest.mark.parametrize("data", [b"", push_frame(END)], ids=["disconnect", "the end of the LIVE"])
def test_a_client_closes_its_socket(client_of: ClientOf, room: Room, serve: OpenServer, data: bytes) -> None:
    peer = Peer(data)
    client = client_of(socket_url=f"ws://127.0.0.1:{serve(peer)}/", transports=("direct",))
    log = EventLog(client)
    client.connect(str(room.state.room_id))
    assert peer.entered.wait(5)
    if data:
        log.wait("disconnected")
    else:
        client.disconnect()
        assert not client.busy
    assert peer.ended.wait(5)
    assert types(peer.frames) == (["ack", NORMAL] if data else [NORMAL])
