import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.helpers import until
from tests.webcast.rig import deaf_server, urls
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.simulator.push import PushSocket
from tiktok2mqtt.webcast.errors import Blocked, NetworkError, RateLimited, StaleConnection
from tiktok2mqtt.webcast.http import HttpClient
from tiktok2mqtt.webcast.options import Options
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchResponse
from tiktok2mqtt.webcast.transports.direct import DirectTransport

SOCKET_PATH = "/webcast/im/ws_proxy/ws_reuse_supplement/"


@pytest.fixture
def room(sim: Simulator) -> Room:
    room = sim.room("alice")
    room.go_live()
    return room


class Rig:
    """A transport and what it was made of."""

    def __init__(self, room_id: str, options: Options) -> None:
        self.http = HttpClient(options)
        self.dropped: Counter[str] = Counter()
        self.transport = DirectTransport("alice", room_id, self.http, options, self.dropped)

    def response(
        self, wanted: Callable[[FetchResponse], bool] = lambda response: bool(response.messages)
    ) -> FetchResponse:
        """Return the next response that is wanted."""
        deadline = time.monotonic() + 5.0
        while time.monotonic() < deadline:
            response = self.transport.receive(0.1)
            if response is not None and wanted(response):
                return response
        raise AssertionError("no response came")


RigOf = Callable[..., Rig]


@pytest.fixture
def rig_of(sim: Simulator, room: Room) -> Iterator[RigOf]:
    """Make transports into the room: `rig_of(option=...)`."""
    with ExitStack() as stack:

        def make(**options: Any) -> Rig:
            rig = Rig(str(room.state.room_id), Options(**(urls(sim) | options)))
            stack.callback(rig.http.close)
            stack.callback(rig.transport.close)
            return rig

        yield make


def asked(sim: Simulator, path: str) -> int:
    return sum(request.path == path for request in sim.requests)


# --- the good case ---


def test_open_receive_close(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    room.wait_for_client()
    message_id = room.chat("bob", "hi")
    (message,) = rig.response().messages
    assert (message.method, message.msg_id) == ("WebcastChatMessage", message_id)
    rig.transport.close()
    rig.transport.close()
    until(lambda: room.clients == 0)
    assert rig.dropped == {}
    assert asked(sim, "/@alice") == 1


def test_the_handshake_looks_like_a_browser(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    query = sim.requests[-1].query
    assert query["room_id"] == str(room.state.room_id)
    assert {key: query[key] for key in ("aid", "compress", "ws_direct", "heartbeat_duration", "version_code")} == {
        "aid": "1988",
        "compress": "gzip",
        "ws_direct": "1",
        "heartbeat_duration": "10000",
        "version_code": "180800",
    }
    assert "Mozilla/" + query["browser_version"] == rig.http.identity.user_agent


def test_nothing_within_the_timeout_is_none(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    room.wait_for_client()
    rig.response(lambda response: response.is_first)
    began = time.monotonic()
    while rig.transport.receive(0.2) is not None:
        began = time.monotonic()
    assert 0.1 < time.monotonic() - began < 0.5


def test_a_frame_in_pieces_is_put_together(room: Room, rig_of: RigOf) -> None:
    """A read that times out in the middle of a frame loses nothing."""
    rig = rig_of()
    rig.transport.open()
    room.wait_for_client()
    rig.response(lambda response: response.is_first)
    (push,) = room.service.hub.inside(room.state)
    frame = b"\x3a\x03msg\x42\x16\x0a\x14\x0a\x0bSomeMessage\x12\x03abc\x18\x07"
    whole = bytes((0x82, len(frame))) + frame
    room.loop.call(_write(push, whole[:9]))
    for _ in range(4):
        assert not (rig.transport.receive(0.02) or FetchResponse()).messages
    room.loop.call(_write(push, whole[9:]))
    (message,) = rig.response().messages
    assert (message.method, message.payload, message.msg_id) == ("SomeMessage", b"abc", 7)


async def _write(push: PushSocket, data: bytes) -> None:
    push._line.transport.write(data)


def test_pings_are_answered_and_hold_up_nothing(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    room.wait_for_client()
    (push,) = room.service.hub.inside(room.state)
    stop = threading.Event()

    def ping() -> None:
        for _ in range(200):
            if stop.wait(0.02):
                return
            room.loop.call(_write(push, b"\x89\x02hi"))

    pinging = threading.Thread(target=ping, daemon=True)
    pinging.start()
    try:
        began = time.monotonic()
        for _ in range(5):
            rig.transport.receive(0.2)
        assert time.monotonic() - began < 1.5
        assert pinging.is_alive()
    finally:
        stop.set()
        pinging.join()
    room.chat("bob", "hi")
    rig.response()


# --- the cookie ---


@pytest.mark.usefixtures("short_pauses")
def test_the_cookie_is_minted_only_on_the_third_try() -> None:
    with Simulator(ttwid_on_try=3) as sim, _opened(sim) as room:
        room.wait_for_client()
    assert asked(sim, "/@alice") == 3
    sim.check()


@pytest.mark.usefixtures("short_pauses")
def test_no_cookie_at_all_is_blocked_and_not_tried_for_ever() -> None:
    with Simulator(ttwid_on_try=99) as sim, pytest.raises(Blocked, match="no ttwid cookie in 8 tries"), _opened(sim):
        pass
    assert asked(sim, "/@alice") == 8
    assert asked(sim, SOCKET_PATH) == 0


@contextmanager
def _opened(sim: Simulator) -> Iterator[Room]:
    room = sim.room("alice")
    room.go_live()
    rig = Rig(str(room.state.room_id), Options(**urls(sim)))
    try:
        rig.transport.open()
        yield room
    finally:
        rig.transport.close()
        rig.http.close()


def test_a_held_cookie_is_used_again(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    rig.transport.close()
    second = DirectTransport("alice", str(room.state.room_id), rig.http, Options(**urls(sim)), Counter())
    second.open()
    second.close()
    assert asked(sim, "/@alice") == 1


# --- refusals ---


@pytest.mark.parametrize(
    "answer",
    [(415, {}), (200, {"Handshake-Msg": "DEVICE_BLOCKED"}), (403, {}), (200, {"Handshake-Msg": "TRY_LATER"})],
    ids=["415", "DEVICE_BLOCKED", "403", "another reason"],
)
def test_a_refusal_is_tried_once_more_as_somebody_else(
    sim: Simulator, room: Room, rig_of: RigOf, short_pauses: float, answer: tuple[int, dict[str, str]]
) -> None:
    room.refuse(*answer)
    rig = rig_of()
    first = rig.http.identity
    began = time.monotonic()
    rig.transport.open()
    assert time.monotonic() - began >= short_pauses
    room.wait_for_client()
    assert rig.http.identity.device_id != first.device_id
    assert asked(sim, "/@alice") == 2
    queries = [request.query for request in sim.requests if request.path == SOCKET_PATH]
    assert queries[-1]["browser_version"] == rig.http.identity.user_agent.removeprefix("Mozilla/")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((415, {}), "TikTok refused the socket with status 415: DEVICE_BLOCKED"),
        ((200, {"Handshake-Msg": "DEVICE_BLOCKED"}), "TikTok refused the socket with status 200: DEVICE_BLOCKED"),
        ((200, {"handshake-msg": "ROOM_NOT_LIVE"}), "TikTok refused the socket with status 200: ROOM_NOT_LIVE"),
        ((200, {}), "TikTok refused the socket with status 200"),
        ((403, {}), "TikTok refused the socket with status 403"),
        ((404, {"Handshake-Msg": "x" * 200}), "TikTok refused the socket with status 404: " + "x" * 79 + "…"),
    ],
)
@pytest.mark.usefixtures("short_pauses")
def test_a_lasting_refusal_is_blocked_with_its_reason(
    sim: Simulator, room: Room, rig_of: RigOf, answer: tuple[int, dict[str, str]], reason: str
) -> None:
    room.refuse(*answer, times=2)
    with pytest.raises(Blocked) as caught:
        rig_of().transport.open()
    assert (str(caught.value), caught.value.code, caught.value.status) == (reason, "blocked", answer[0])
    assert asked(sim, SOCKET_PATH) == 2


def test_too_many_requests_say_when_to_come_back(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    room.refuse(429, {"Retry-After": "120"})
    with pytest.raises(RateLimited) as caught:
        rig_of().transport.open()
    assert (caught.value.retry_after_s, caught.value.status) == (120.0, 429)
    assert asked(sim, SOCKET_PATH) == 1


def test_a_fault_of_the_server_is_no_refusal(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    room.refuse(503)
    with pytest.raises(NetworkError, match="the socket failed with status 503"):
        rig_of().transport.open()
    assert asked(sim, SOCKET_PATH) == 1


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_socket_that_points_elsewhere_is_not_followed(sim: Simulator, room: Room, rig_of: RigOf, status: int) -> None:
    """The cookie would go to whoever is named there."""
    room.refuse(status, {"Location": f"{sim.socket_url}?elsewhere=1"})
    with pytest.raises(NetworkError, match="the socket could not be opened"):
        rig_of().transport.open()
    assert asked(sim, SOCKET_PATH) == 1


def test_a_redirect_to_nowhere_is_no_crash(room: Room, rig_of: RigOf) -> None:
    room.refuse(302)
    with pytest.raises(NetworkError):
        rig_of().transport.open()


def test_a_server_that_never_answers_times_out(rig_of: RigOf) -> None:
    with deaf_server() as port, pytest.raises(NetworkError, match="timed out"):
        rig_of(socket_url=f"ws://127.0.0.1:{port}/", connect_timeout_s=0.1).transport.open()


def test_a_closed_port_is_a_network_error(rig_of: RigOf) -> None:
    with deaf_server() as port:
        pass
    with pytest.raises(NetworkError, match="Connection refused"):
        rig_of(socket_url=f"ws://127.0.0.1:{port}/").transport.open()


# --- the end ---


def test_a_lost_socket_is_a_network_error(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    room.wait_for_client()
    room.drop_socket()
    with pytest.raises(NetworkError, match="the socket was lost"):
        rig.response()


def test_a_close_frame_of_the_socket_is_a_network_error(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    room.wait_for_client()
    (push,) = room.service.hub.inside(room.state)
    room.loop.call(_write(push, b"\x88\x02\x03\xe9"))
    with pytest.raises(NetworkError, match="the service closed the socket"):
        rig.response()


def test_a_frame_of_type_close_is_a_network_error(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    room.wait_for_client()
    room.send_frame(b"\x3a\x05close")
    with pytest.raises(NetworkError, match="the service closed the connection"):
        rig.response()


def test_silence_is_found(room: Room, rig_of: RigOf) -> None:
    rig = rig_of(stale_timeout_s=0.2)
    rig.transport.open()
    room.wait_for_client()
    room.go_silent()
    with pytest.raises(StaleConnection, match=r"nothing was received for 0\.2 s"):
        rig.response()


@pytest.mark.parametrize("sent", [b"\x3a\x07mystery", "text"], ids=["binary", "text"])
def test_whatever_is_received_is_no_silence(room: Room, rig_of: RigOf, sent: bytes | str) -> None:
    rig = rig_of(stale_timeout_s=0.15)
    rig.transport.open()
    room.wait_for_client()
    began = time.monotonic()
    while time.monotonic() - began < 0.4:
        if isinstance(sent, str):
            room.send_text(sent)
        else:
            room.send_frame(sent)
        rig.transport.receive(0.05)
    assert sum(rig.dropped.values()) > 0


def test_an_interrupt_from_another_thread_ends_a_receive_at_once(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    room.wait_for_client()
    rig.response(lambda response: response.is_first)
    failures: list[Exception] = []

    def read() -> None:
        try:
            while True:
                rig.transport.receive(30.0)
        except NetworkError as error:
            failures.append(error)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    began = time.monotonic()
    rig.transport.interrupt()
    reader.join(5.0)
    assert not reader.is_alive()
    assert time.monotonic() - began < 1.0
    assert len(failures) == 1
    with pytest.raises(NetworkError, match="the socket is closed"):
        rig.transport.receive(0.1)


def test_an_interrupt_during_the_pause_after_a_refusal(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    room.refuse(415)
    rig = rig_of()
    rig.transport.interrupt()
    began = time.monotonic()
    with pytest.raises((Blocked, NetworkError)):
        rig.transport.open()
    assert time.monotonic() - began < 1.0
    assert asked(sim, SOCKET_PATH) <= 1


def test_receiving_before_opening_is_an_error(rig_of: RigOf) -> None:
    rig = rig_of()
    with pytest.raises(NetworkError, match="the socket is closed"):
        rig.transport.receive(0.1)
    rig.transport.close()


def test_small_frames_are_not_held_back(rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    assert rig.transport._socket is not None
    assert rig.transport._socket.sock is not None
    assert rig.transport._socket.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
