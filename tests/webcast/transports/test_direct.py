import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.helpers import until
from tests.webcast.rig import urls
from tests.webcast.transports.rig import TransportRig, asked, interrupted
from tiktok2mqtt.common.errors import Blocked, NetworkError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.transports.direct import DirectTransport

SOCKET_PATH = "/webcast/im/ws_proxy/ws_reuse_supplement/"

RigOf = Callable[..., TransportRig]


@pytest.fixture
def rig_of(sim: Simulator, room: Room) -> Iterator[RigOf]:
    """Make transports for the room: `rig_of(option=...)`."""
    with ExitStack() as stack:

        def make(**options: Any) -> TransportRig:
            rig = TransportRig(DirectTransport, str(room.state.room_id), Options(**(urls(sim) | options)))
            stack.callback(rig.close)
            return rig

        yield make


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


# --- the cookie ---


@pytest.mark.usefixtures("short_pauses")
def test_the_cookie_is_requested_until_it_is_set() -> None:
    with Simulator(ttwid_on_try=3) as sim, _opened(sim) as room:
        room.wait_for_client()
    assert (asked(sim, "/@alice"), asked(sim, "/@tiktok")) == (2, 1)
    sim.check()


@pytest.mark.usefixtures("short_pauses")
def test_no_cookie_after_eight_tries_is_blocked() -> None:
    with Simulator(ttwid_on_try=99) as sim, pytest.raises(Blocked, match="no ttwid cookie in 8 tries"), _opened(sim):
        pass
    assert (asked(sim, "/@alice"), asked(sim, "/@tiktok")) == (4, 4)
    assert asked(sim, SOCKET_PATH) == 0


@contextmanager
def _opened(sim: Simulator) -> Iterator[Room]:
    room = sim.room("alice")
    room.go_live()
    rig = TransportRig(DirectTransport, str(room.state.room_id), Options(**urls(sim)))
    try:
        rig.transport.open()
        yield room
    finally:
        rig.close()


def test_the_cookie_is_reused(sim: Simulator, room: Room, rig_of: RigOf) -> None:
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
def test_a_refusal_is_retried_once_with_a_new_identity(
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
def test_a_second_refusal_is_blocked_with_its_reason(
    sim: Simulator, room: Room, rig_of: RigOf, answer: tuple[int, dict[str, str]], reason: str
) -> None:
    room.refuse(*answer, times=2)
    with pytest.raises(Blocked) as caught:
        rig_of().transport.open()
    assert (str(caught.value), caught.value.code, caught.value.status) == (reason, "blocked", answer[0])
    assert asked(sim, SOCKET_PATH) == 2


# --- the end ---


def test_an_interrupt_ends_a_receive_at_once(room: Room, rig_of: RigOf) -> None:
    rig = rig_of()
    rig.transport.open()
    room.wait_for_client()
    rig.response(lambda response: response.is_first)
    assert interrupted(rig.transport) < 5.0
    with pytest.raises(NetworkError, match="the socket is closed"):
        rig.transport.receive(0.1)


def test_an_interrupt_ends_the_pause_after_a_refusal(sim: Simulator, room: Room, rig_of: RigOf) -> None:
    room.refuse(415)
    rig = rig_of()
    rig.transport.interrupt()
    with pytest.raises((Blocked, NetworkError)):
        rig.transport.open()
    assert asked(sim, SOCKET_PATH) <= 1


def test_receiving_before_opening_is_an_error(rig_of: RigOf) -> None:
    rig = rig_of()
    with pytest.raises(NetworkError, match="the socket is closed"):
        rig.transport.receive(0.1)
    rig.transport.close()
