import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.helpers import until
from tests.webcast.raw_server import OpenServer, read_frame, switch, wait_for_end
from tests.webcast.rig import deaf_server, urls
from tests.webcast.transports.rig import Wanted, asked, has_messages, next_response
from tiktok2mqtt.common.errors import Blocked, NetworkError, RateLimited, StaleConnection
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.simulator.push import PushSocket as Served
from tiktok2mqtt.webcast.lookup.rooms import RoomLookup
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.net.websocket import PushWebSocket
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.sockets import PushSocket

SOCKET_PATH = "/webcast/im/ws_proxy/ws_reuse_supplement/"


# PushFrame: log_id 300, payload_type "msg", payload: one message (msg_id 5), internal_ext "ext", needs_ack.
MESSAGE = b"\x10\xac\x02\x3a\x03msg\x42\x10\x0a\x07\x0a\x03Any\x18\x05\x2a\x03ext\x48\x01"
ACK = b"\x10\xac\x02\x32\x02pb\x3a\x03ack\x42\x03ext"


class Rig:
    """A socket into alice's room and its parts."""

    def __init__(self, room_id: str, options: Options) -> None:
        self.http = HttpClient(options)
        self.dropped: Counter[str] = Counter()
        self.interrupted = threading.Event()
        self.socket = PushSocket(room_id, self.http, options, self.dropped, self.interrupted)
        self._options = options
        self._room_id = room_id

    def open(self) -> None:
        ttwid = RoomLookup(self.http, self._options).ttwid("alice", self.interrupted.wait)
        query = urlencode(self.http.identity.socket_params(self._room_id))
        self.socket.open(f"{self._options.socket_url}?{query}", f"ttwid={ttwid}")

    def response(self, wanted: Wanted = has_messages) -> FetchResponse:
        """Return the next response that is wanted."""
        return next_response(self.socket.receive, wanted)


RigOf = Callable[..., Rig]


@pytest.fixture
def rig_of(sim: Simulator, room: Room) -> Iterator[RigOf]:
    """Make sockets into the room: `rig_of(option=...)`."""
    with ExitStack() as stack:

        def make(**options: Any) -> Rig:
            rig = Rig(str(room.state.room_id), Options(**(urls(sim) | options)))
            stack.callback(rig.http.close)
            stack.callback(rig.socket.close)
            return rig

        yield make


SocketTo = Callable[..., PushSocket]


@pytest.fixture
def socket_to() -> Iterator[SocketTo]:
    """Open the socket of a new room to a port of this machine: `socket_to(port, option=...)`."""
    with ExitStack() as stack:

        def make(port: int, **options: Any) -> PushSocket:
            made = Options(**options)
            http = HttpClient(made)
            stack.callback(http.close)
            push = PushSocket("1", http, made, Counter(), threading.Event())
            stack.callback(push.close)
            push.open(f"ws://127.0.0.1:{port}/", None)
            return push

        yield make


# --- frames ---


def test_nothing_within_the_timeout_is_none(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.open()
    room.wait_for_client()
    rig.response(lambda response: response.is_first)
    started = time.monotonic()
    while rig.socket.receive(0.2) is not None:
        started = time.monotonic()
    assert 0.1 < time.monotonic() - started < 10.0


def test_a_frame_in_pieces_is_read_completely(room: Room, rig_of: RigOf) -> None:
    """A read that times out in the middle of a frame loses nothing."""
    rig = rig_of()
    rig.open()
    room.wait_for_client()
    rig.response(lambda response: response.is_first)
    (push,) = room.shared.hub.inside(room.state)
    frame = b"\x3a\x03msg\x42\x16\x0a\x14\x0a\x0bSomeMessage\x12\x03abc\x18\x07"
    whole = bytes((0x82, len(frame))) + frame
    room.loop.call(_write(push, whole[:9]))
    for _ in range(4):
        assert not (rig.socket.receive(0.02) or FetchResponse()).messages
    room.loop.call(_write(push, whole[9:]))
    (message,) = rig.response().messages
    assert (message.method, message.payload, message.msg_id) == ("SomeMessage", b"abc", 7)


def test_a_response_is_acknowledged_before_the_next_is_waited_for(serve: OpenServer, socket_to: SocketTo) -> None:
    received: list[bytes] = []

    def handle(peer: socket.socket) -> None:
        switch(peer)
        for _ in range(2):
            read_frame(peer)
        for _ in range(2):
            peer.sendall(bytes((0x82, len(MESSAGE))) + MESSAGE)
        received.extend(read_frame(peer) for _ in range(2))
        wait_for_end(peer)

    push = socket_to(serve(handle))
    for _ in range(2):
        assert next_response(push.receive, has_messages).messages[0].msg_id == 5
    assert push.receive(0.1) is None
    until(lambda: len(received) == 2)
    assert received == [ACK, ACK]


async def _write(push: Served, data: bytes) -> None:
    push._config.transport.write(data)


def test_pings_are_answered_and_delay_nothing(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.open()
    room.wait_for_client()
    (push,) = room.shared.hub.inside(room.state)
    stop = threading.Event()

    def ping() -> None:
        for _ in range(200):
            if stop.wait(0.02):
                return
            room.loop.call(_write(push, b"\x89\x02hi"))

    pinging = threading.Thread(target=ping, daemon=True)
    pinging.start()
    try:
        started = time.monotonic()
        for _ in range(5):
            rig.socket.receive(0.2)
        assert time.monotonic() - started < 3.5
        assert pinging.is_alive()
    finally:
        stop.set()
        pinging.join()
    room.chat("bob", "hi")
    rig.response()


# --- the handshake ---


def test_a_room_does_not_send_the_cookies_of_another(serve: OpenServer, socket_to: SocketTo) -> None:
    requests: list[str] = []
    cookie = b"Set-Cookie: ttwid=1; Domain=127.0.0.1\r\n"
    port = serve(lambda peer: requests.append(switch(peer, cookie)))
    for _ in range(2):
        with suppress(NetworkError):
            socket_to(port)
    until(lambda: len(requests) == 2)
    assert not any("Cookie:" in request for request in requests)


def test_what_is_sent_can_be_replaced(serve: OpenServer, socket_to: SocketTo) -> None:
    requests: list[str] = []
    port = serve(lambda peer: requests.append(switch(peer)))
    with suppress(NetworkError):
        socket_to(port, websocket_headers={"user-agent": "Mine", "X-Y": "z"})
    until(lambda: requests)
    lines = requests[0].lower().split("\r\n")
    assert [line for line in lines if line.startswith("user-agent:")] == ["user-agent: mine"]
    assert "x-y: z" in lines
    assert "origin: https://www.tiktok.com" in lines


# --- refusals ---


def test_too_many_requests_have_a_retry_time(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    room.refuse(429, {"Retry-After": "120"})
    with pytest.raises(RateLimited) as caught:
        rig_of().open()
    assert (caught.value.retry_after_s, caught.value.status) == (120.0, 429)
    assert asked(sim, SOCKET_PATH) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((415, {}), "status 415: DEVICE_BLOCKED"),
        ((200, {"handshake-msg": "ROOM_NOT_LIVE"}), "status 200: ROOM_NOT_LIVE"),
        ((403, {}), "status 403"),
    ],
)
def test_a_refusal_has_its_reason_and_a_retry_may_succeed(
    room: Room, rig_of: RigOf, answer: tuple[int, dict[str, str]], reason: str
) -> None:
    room.refuse(*answer)
    rig = rig_of()
    with pytest.raises(Blocked) as caught:
        rig.open()
    assert (str(caught.value), caught.value.status) == (f"TikTok refused the socket with {reason}", answer[0])
    rig.http.renew_identity()
    rig.open()
    room.wait_for_client()


def test_a_server_error_is_not_a_refusal(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    room.refuse(503)
    with pytest.raises(NetworkError, match="the socket failed with status 503"):
        rig_of().open()
    assert asked(sim, SOCKET_PATH) == 1


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_not_followed(sim: Simulator, room: Room, rig_of: RigOf, status: int) -> None:
    """The cookie would be sent to the host that it names."""
    room.refuse(status, {"Location": f"{sim.socket_url}?elsewhere=1"})
    with pytest.raises(NetworkError, match="the socket could not be opened"):
        rig_of().open()
    assert asked(sim, SOCKET_PATH) == 1


def test_a_redirect_without_location_is_a_network_error(room: Room, rig_of: RigOf) -> None:
    room.refuse(302)
    with pytest.raises(NetworkError):
        rig_of().open()


def test_a_server_that_never_answers_times_out(rig_of: RigOf) -> None:
    with deaf_server() as port, pytest.raises(NetworkError, match="timed out"):
        rig_of(socket_url=f"ws://127.0.0.1:{port}/", connect_timeout_s=0.1).open()


def test_a_closed_port_is_a_network_error(rig_of: RigOf) -> None:
    with deaf_server() as port:
        pass
    with pytest.raises(NetworkError, match="the connection was refused"):
        rig_of(socket_url=f"ws://127.0.0.1:{port}/").open()


# --- the end ---


def test_a_lost_socket_is_a_network_error(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.open()
    room.wait_for_client()
    room.drop_socket()
    with pytest.raises(NetworkError, match="the socket was lost"):
        rig.response()


def test_what_cannot_be_sent_is_a_network_error(room: Room, rig_of: RigOf, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise BrokenPipeError("Broken pipe")

    monkeypatch.setattr("tiktok2mqtt.webcast.net.frames.HEARTBEAT_INTERVAL_S", 0.0)
    rig = rig_of()
    rig.open()
    room.wait_for_client()
    monkeypatch.setattr(PushWebSocket, "send_binaries", fail)
    with pytest.raises(NetworkError, match=r"the socket was lost: .*Broken pipe"):
        rig.response()


def test_a_close_frame_of_the_socket_is_a_network_error(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.open()
    room.wait_for_client()
    (push,) = room.shared.hub.inside(room.state)
    room.loop.call(_write(push, b"\x88\x02\x03\xe9"))
    with pytest.raises(NetworkError, match="the service closed the socket"):
        rig.response()


def test_a_frame_of_type_close_is_a_network_error(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.open()
    room.wait_for_client()
    room.send_frame(b"\x3a\x05close")
    with pytest.raises(NetworkError, match="the service closed the connection"):
        rig.response()


def test_silence_is_detected(room: Room, rig_of: RigOf) -> None:
    rig = rig_of(stale_timeout_s=0.2)
    rig.open()
    room.wait_for_client()
    room.go_silent()
    with pytest.raises(StaleConnection, match=r"nothing was received for 0\.2 s"):
        rig.response()


@pytest.mark.parametrize("sent", [b"\x3a\x07mystery", "text"], ids=["binary", "text"])
def test_any_frame_ends_the_silence(room: Room, rig_of: RigOf, sent: bytes | str) -> None:
    rig = rig_of(stale_timeout_s=1.0)
    rig.open()
    room.wait_for_client()
    started = time.monotonic()
    while time.monotonic() - started < 1.5:
        if isinstance(sent, str):
            room.send_text(sent)
        else:
            room.send_frame(sent)
        rig.socket.receive(0.05)
    assert sum(rig.dropped.values()) > 0


def test_calls_fail_after_an_interrupt(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.open()
    room.wait_for_client()
    rig.interrupted.set()
    rig.socket.interrupt()
    with pytest.raises(NetworkError, match="the socket is closed"):
        rig.socket.receive(1.0)
    rig.socket.close()
    rig.socket.close()
    until(lambda: room.clients == 0)


# --- hostile services ---


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("hang", "could not be opened: .*timed out"),
        ("drip", "could not be opened: .*timed out"),
        ("endless_headers", "could not be opened: the answer is too long"),
        ("reset", "could not be opened: .*[Rr]eset"),
        ("redirect_elsewhere", r"could not be opened: it redirects, which is not followed \(status 302\)"),
        ("server_error", "failed with status 503"),
    ],
)
def test_a_hostile_handshake(room: Room, rig_of: RigOf, fault: str, words: str) -> None:
    rig = rig_of(connect_timeout_s=0.3 if "timed out" in words else 5.0)
    room.refuse(fault)
    started = time.monotonic()
    with pytest.raises(NetworkError, match=words):
        rig.open()
    assert time.monotonic() - started < 10.0
    rig.open()
    room.wait_for_client()


@pytest.mark.parametrize("garbage", ["bomb", "random", "text", "truncated_gzip", "undecodable"])
def test_a_bad_frame_drops_only_itself(room: Room, rig_of: RigOf, garbage: str) -> None:
    rig = rig_of()
    rig.open()
    room.wait_for_client()
    rig.response(lambda response: response.is_first)
    room.send_garbage(garbage)
    room.chat("bob", "hi")
    (message,) = rig.response().messages
    assert message.method == "WebcastChatMessage"
    assert sum(rig.dropped.values()) == 1


@pytest.mark.parametrize("garbage", ["oversized", "endless"])
def test_a_frame_that_is_too_long_ends_the_connection(room: Room, rig_of: RigOf, garbage: str) -> None:
    rig = rig_of()
    rig.open()
    room.wait_for_client()
    room.send_garbage(garbage)
    with pytest.raises(NetworkError, match="a message of more than 8388608 bytes"):
        rig.response()


def test_a_frame_that_never_ends_counts_as_silence(room: Room, rig_of: RigOf) -> None:
    rig = rig_of(stale_timeout_s=0.3)
    rig.open()
    room.wait_for_client()
    room.send_garbage("cut")
    with pytest.raises(StaleConnection):
        rig.response()


def test_a_handshake_is_interrupted(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    room.refuse("hang")
    failures: list[NetworkError] = []

    def wait() -> None:
        with pytest.raises(NetworkError) as caught:
            rig.open()
        failures.append(caught.value)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    until(lambda: asked(sim, SOCKET_PATH))
    rig.interrupted.set()
    rig.socket.interrupt()
    waiting.join(3.0)
    assert failures
