from __future__ import annotations

import gzip
import socket
import time
import zlib
from typing import TYPE_CHECKING

import pytest
import requests
import websocket

from tests.helpers import until
from tests.simulator.client import HEADERS, Client, blob, mint
from tiktok2mqtt.simulator.fault_catalogue import FAULTS, GARBAGE, Wire, fault_of, garbage_named

if TYPE_CHECKING:
    from tiktok2mqtt.simulator import Room, Simulator

STREAMS = [name for name in FAULTS if FAULTS[name]().act is not None]


@pytest.fixture
def room(sim: Simulator) -> Room:
    room = sim.room("alice")
    room.go_live()
    return room


def get(sim: Simulator, path: str, timeout: float = 5.0) -> requests.Response:
    return requests.get(sim.web_url + path, headers=HEADERS, timeout=timeout, allow_redirects=False, stream=True)


def raw(sim: Simulator, path: str = "/@alice") -> socket.socket:
    """Return a connection on which a valid request was sent."""
    peer = socket.create_connection((sim.host, sim.port), 5.0)
    lines = [f"GET {path} HTTP/1.1", "Host: x", *(f"{name}: {value}" for name, value in HEADERS.items())]
    peer.sendall("\r\n".join([*lines, "", ""]).encode())
    return peer


# --- look-up ---


def test_a_fault_is_given_by_status_or_by_name() -> None:
    assert (fault_of(429, {"a": "b"}, b"x", 3).status, fault_of(403).times) == (429, 1)
    named = fault_of("captcha", times=None)
    assert (named.status, named.times, named.headers["X-TT-System-Error"]) == (200, None, "3")
    assert fault_of("device_blocked").blocks_device
    with pytest.raises(ValueError, match=r"no fault 'typo'; there are blocked, captcha,"):
        fault_of("typo")
    with pytest.raises(ValueError, match=r"no garbage 'typo'; there is bomb,"):
        garbage_named("typo")


@pytest.mark.parametrize("name", FAULTS)
def test_each_lookup_returns_a_new_fault(name: str) -> None:
    first = fault_of(name)
    first.times = 0
    assert fault_of(name).times == 1


# --- HTTP ---


@pytest.mark.parametrize(
    ("name", "status", "header"),
    [
        ("blocked", 403, {}),
        ("captcha", 200, {"X-TT-System-Error": "3"}),
        ("empty", 200, {"Content-Length": "0"}),
        ("rate_limited", 429, {"Retry-After": "120"}),
        ("redirect_elsewhere", 302, {"Location": "https://www.example.org/"}),
        ("server_error", 503, {}),
    ],
)
def test_http_faults(sim: Simulator, name: str, status: int, header: dict[str, str]) -> None:
    sim.fail_http("/@alice", name)
    response = get(sim, "/@alice")
    assert response.status_code == status
    assert header.items() <= response.headers.items()
    response.close()


def test_a_fault_without_a_limit_stays(sim: Simulator) -> None:
    sim.fail_http("/@alice", "blocked", times=None)
    assert {get(sim, "/@alice/live").status_code for _ in range(3)} == {403}


def test_a_fault_of_one_room_does_not_affect_others(sim: Simulator, room: Room) -> None:
    sim.room("bob").go_live()
    room_id, other = room.state.room_id, sim.room("bob").state.room_id
    room.fail_http(503, times=None)
    paths = ("/@{}", "/@{}/live", "/api-live/user/room?uniqueId={}")
    for path in paths:
        assert get(sim, path.format("alice")).status_code == 503
        assert get(sim, path.format("bob")).status_code == 200
    assert get(sim, f"/webcast/room/info/?room_id={room_id}").status_code == 503
    assert get(sim, f"/webcast/room/info/?room_id={other}").status_code == 200


def test_a_gzip_bomb_is_small_until_it_is_decompressed(sim: Simulator) -> None:
    sim.fail_http("/", "bomb")
    response = get(sim, "/@alice")
    packed = response.raw.read(decode_content=False)
    assert len(packed) < 100_000
    assert len(gzip.decompress(packed)) == 64 * 1024 * 1024


@pytest.mark.parametrize("name", ["drip", "drip_body"])
def test_a_response_can_drip(sim: Simulator, name: str) -> None:
    sim.fail_http("/", name)
    with raw(sim) as peer:
        got = b""
        while got.count(b".") < 5:
            data = peer.recv(4096)
            assert data
            got += data
    assert (b"\r\n\r\n" in got) == (name == "drip_body")


@pytest.mark.parametrize(("name", "minimum"), [("endless_headers", 1_000_000), ("huge_body", 20_000_000)])
def test_a_response_can_be_endless(sim: Simulator, name: str, minimum: int) -> None:
    sim.fail_http("/", name)
    count = 0
    with raw(sim) as peer:
        while count < minimum:
            data = peer.recv(1_000_000)
            assert data
            count += len(data)


def test_a_response_can_hang(sim: Simulator) -> None:
    sim.fail_http("/", "hang")
    with raw(sim) as peer:
        peer.settimeout(0.2)
        with pytest.raises(TimeoutError):
            peer.recv(1)


def test_a_connection_can_be_reset(sim: Simulator) -> None:
    sim.fail_http("/", "reset")
    with raw(sim) as peer, pytest.raises(ConnectionResetError):
        peer.recv(1)


@pytest.mark.parametrize("name", STREAMS)
def test_the_simulator_stops_during_a_slow_response(strict: Simulator, name: str) -> None:
    strict.fail_http("/", name)
    with raw(strict):
        until(lambda: strict.requests)
        start = time.monotonic()
        strict.stop()
        assert time.monotonic() - start < 10.0


# --- sockets ---


@pytest.mark.parametrize("name", ["blocked", "rate_limited", "device_blocked"])
def test_a_handshake_can_be_refused(sim: Simulator, room: Room, name: str) -> None:
    room.refuse(name)
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        Client(sim, str(room.state.room_id))
    assert caught.value.status_code == FAULTS[name]().status
    with Client(sim, str(room.state.room_id), mint(sim)) as client:
        client.enter()


@pytest.mark.parametrize("name", [name for name in GARBAGE if not isinstance(GARBAGE[name](), Wire)])
def test_garbage_in_websocket_messages(sim: Simulator, room: Room, name: str) -> None:
    with Client(sim, str(room.state.room_id)) as client:
        client.enter()
        room.wait_for_client()
        client.fetch()
        room.send_garbage(name)
        got = client.ws.recv()
    if name == "text":
        assert got == "hello"
    elif name == "bomb":
        assert isinstance(got, bytes)
        assert len(zlib.decompress(blob(got, 8), 31)) == 64 * 1024 * 1024
    elif name == "truncated_gzip":
        assert isinstance(got, bytes)
        with pytest.raises(EOFError):
            gzip.decompress(blob(got, 8))
    elif name == "undecodable":
        assert isinstance(got, bytes)
        assert blob(got, 8) == b"\x0a\xff\xff\xff\x7f"


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("oversized", b"\x82\x7f\x00\x00\x00\x00\x05\xf5\xe1\x00"),
        ("cut", b"\x82\x7f\x00\x00\x00\x00\x00\x00\x03\xe8the rest"),
        ("endless", b"\x02\x7f\x00\x00\x00\x00\x00\x10\x00\x00"),
    ],
)
def test_garbage_in_websocket_frames(sim: Simulator, room: Room, name: str, head: bytes) -> None:
    with Client(sim, str(room.state.room_id)) as client:
        client.enter()
        room.wait_for_client()
        client.fetch()
        room.send_garbage(name)
        assert client.ws.sock is not None
        got = b""
        while len(got) < len(head):
            got += client.ws.sock.recv(len(head) - len(got))
        assert got == head
        client.abort()


def test_a_socket_can_be_closed_after_some_frames(sim: Simulator, room: Room) -> None:
    with Client(sim, str(room.state.room_id)) as client:
        client.enter()
        room.wait_for_client()
        client.fetch()
        room.close_after(2)
        room.chat("bob", "one")
        assert len(client.messages()) == 1
        room.chat("bob", "two")
        assert len(client.messages()) == 1
        with pytest.raises((websocket.WebSocketException, OSError)):
            client.messages()
    until(lambda: room.clients == 0)


def test_pages_can_have_another_room_id(sim: Simulator, room: Room) -> None:
    room.claim_room_id("7286184560900803334")
    for path in ("/@alice/live", "/api-live/user/room?uniqueId=alice"):
        assert '"roomId":"7286184560900803334"' in get(sim, path).text
    room.claim_room_id(None)
    assert f'"roomId":"{room.state.room_id}"' in get(sim, "/@alice/live").text
