from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
import requests
import websocket

from tests.helpers import until
from tests.simulator.client import (
    HEADERS,
    QUERY,
    Client,
    ack,
    blob,
    chunk,
    enter_room,
    heartbeat,
    integer,
    mint,
    varint,
)

if TYPE_CHECKING:
    from tiktok2mqtt.simulator import Simulator


def refused(sim: Simulator, room_id: str, ttwid: str | None, query: str = QUERY) -> tuple[int, str | None]:
    """Return status and Handshake-Msg of a refused handshake."""
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        Client(sim, room_id, ttwid, query)
    return caught.value.status_code, (caught.value.resp_headers or {}).get("handshake-msg")


def test_a_correct_client_gets_messages(sim: Simulator) -> None:
    room = sim.room("alice")
    with Client(sim, room.go_live()) as client:
        assert room.clients == 0
        client.enter()
        room.wait_for_client()
        assert room.clients == 1
        assert integer(client.fetch(), 11) == 1
        room.chat("bob", "hello")
        message = client.messages()[0]
        assert blob(message, 1) == b"WebcastChatMessage"
        assert blob(message, 2, 3) == b"hello"
        assert integer(message, 3) == integer(message, 2, 1, 2)
    until(lambda: room.clients == 0)


def test_a_client_without_compression_that_sends_enter_room_first_is_accepted(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    with Client(sim, room_id, query=QUERY.replace("compress=gzip&", "")) as client:
        client.send(enter_room(room_id))
        assert blob(client.receive(), 7) == b"im_enter_room_resp"
        client.send(b"\x3a\x02hb" + heartbeat(room_id)[8:-1] + b"\x00")
        client.fetch()
        room.chat("bob", "hello")
        frame = client.receive()
        while blob(frame, 7) != b"msg":
            frame = client.receive()
        assert b"hello" in blob(frame, 8)
        client.send(ack(integer(frame, 2), blob(frame, 8, 5)))


def test_a_client_gets_no_messages_before_enter_room(sim: Simulator) -> None:
    room = sim.room("alice")
    with Client(sim, room.go_live()) as client:
        room.chat("bob", "missed")
        client.enter()
        room.wait_for_client()
        room.chat("bob", "seen")
        assert [blob(message, 2, 3) for message in client.messages()] == [b"seen"]


def test_a_client_can_switch_rooms(sim: Simulator) -> None:
    alice, bob = sim.room("alice"), sim.room("bob")
    with Client(sim, alice.go_live()) as client:
        client.enter()
        client.send(enter_room(bob.go_live()))
        bob.wait_for_client()
        assert alice.clients == 0
        bob.chat("carol", "hello")
        assert blob(client.messages()[0], 2, 3) == b"hello"


def test_a_subprotocol_is_echoed(sim: Simulator) -> None:
    room = sim.room("alice")
    with Client(sim, room.go_live(), subprotocols=["echo-protocol"]) as client:
        assert client.ws.getsubprotocol() == "echo-protocol"
        assert room.clients == 0
        client.enter()
        room.wait_for_client()


def test_a_client_of_2022_gets_messages(sim: Simulator) -> None:
    room = sim.room("alice")
    ws = websocket.create_connection(
        f"{sim.socket_url}?room_id={room.go_live()}&aid=1988", subprotocols=["echo-protocol"], timeout=5
    )
    try:
        assert ws.getsubprotocol() == "echo-protocol"
        room.wait_for_client()
        ws.send_binary(b"\x3a\x02hb")
        room.chat("bob", "hello")
        for _ in range(3):
            frame = ws.recv()
            assert isinstance(frame, bytes)
            if blob(frame, 7) == b"msg":
                ws.send_binary(b"\x10" + varint(integer(frame, 2)) + b"\x3a\x03ack")
            if b"hello" in frame:
                break
        else:
            pytest.fail("the chat did not come")
    finally:
        ws.close()


@pytest.mark.parametrize(
    ("ttwid", "sentence"),
    [("", "no ttwid cookie"), ("1%7Cmade-up", "a ttwid cookie that was not minted here")],
)
def test_a_handshake_needs_a_valid_ttwid(strict: Simulator, ttwid: str, sentence: str) -> None:
    room_id = strict.room("alice").go_live()
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        websocket.create_connection(
            f"{strict.socket_url}?{QUERY}{room_id}", header={**HEADERS, "Cookie": f"ttwid={ttwid}" if ttwid else "a=b"}
        )
    assert caught.value.status_code == 403
    assert strict.violations == [f"alice: {sentence}"]


def test_a_blocked_ttwid_stays_blocked(strict: Simulator) -> None:
    room = strict.room("alice")
    room_id = room.go_live()
    room.refuse(status=415, headers={"Handshake-Msg": "DEVICE_BLOCKED"})
    ttwid = mint(strict)
    assert refused(strict, room_id, ttwid) == (415, "DEVICE_BLOCKED")
    assert strict.violations == []
    assert refused(strict, room_id, ttwid) == (415, "DEVICE_BLOCKED")
    assert strict.violations == ["alice: client came back with the ttwid cookie that was blocked"]
    with Client(strict, room_id, mint(strict)) as client:
        client.enter()


def test_a_handshake_can_be_refused_with_status_200(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    ttwid = mint(sim)
    room.refuse(status=200, headers={"Handshake-Msg": "BUSY"})
    assert refused(sim, room_id, ttwid) == (200, "BUSY")
    Client(sim, room_id, ttwid).close()


def test_missing_query_parameters_are_reported(strict: Simulator) -> None:
    query = QUERY.replace("&aid=1988", "").replace("&did_rule=3", "")
    Client(strict, strict.room("alice").go_live(), query=query).close()
    assert strict.violations == ["alice: socket query lacks aid, did_rule"]


def test_a_request_without_upgrade_is_reported(strict: Simulator) -> None:
    url = strict.socket_url.replace("ws:", "http:")
    assert requests.get(url, params={"room_id": "3"}, headers=HEADERS, timeout=5).status_code == 400
    assert strict.violations == ["room id 3: socket path asked for without a WebSocket upgrade"]


def test_handshakes_for_rooms_that_are_not_live_are_refused(strict: Simulator) -> None:
    room = strict.room("alice")
    room_id = room.go_live()
    ttwid = mint(strict)
    assert refused(strict, "3", ttwid) == (200, "ROOM_NOT_LIVE")
    room.end()
    assert refused(strict, room_id, ttwid) == (200, "ROOM_NOT_LIVE")
    assert strict.violations == ["room id 3: socket asked for an unknown room"]
    room.state.ended_at -= 60
    refused(strict, room_id, ttwid)
    assert strict.violations[1:] == ["alice: socket asked for a room that is not live"]


def test_missing_enter_room_and_heartbeat_are_reported(strict: Simulator) -> None:
    query = QUERY.replace("heartbeat_duration=10000", "heartbeat_duration=300")
    with Client(strict, strict.room("alice").go_live(), query=query):
        until(lambda: len(strict.violations) == 2)
    assert strict.violations == ["alice: no enter-room within 0.2 s", "alice: no heartbeat within 0.4 s"]


def test_frames_for_another_room_are_reported(strict: Simulator) -> None:
    room_id = strict.room("alice").go_live()
    with Client(strict, room_id) as client:
        client.send(heartbeat("5"))
        client.send(enter_room("6"))
        until(lambda: len(strict.violations) == 2)
    assert strict.violations == [
        f"alice: heartbeat names room id 5, the socket is in {room_id}",
        f"alice: enter-room names room id 6, expected {room_id}",
    ]


def test_a_missing_ack_is_reported(strict: Simulator) -> None:
    with Client(strict, strict.room("alice").go_live()) as client:
        client.enter()
        log_id = integer(client.receive(), 2)
        until(lambda: strict.violations)
    assert strict.violations == [f"alice: no ack of log id {log_id} within 0.2 s"]


def test_wrong_acks_are_reported(strict: Simulator) -> None:
    with Client(strict, strict.room("alice").go_live()) as client:
        client.enter()
        client.send(ack(5, b"x"))
        client.send(ack(integer(client.receive(), 2), b"x"))
        until(lambda: len(strict.violations) == 2)
    assert strict.violations[0] == "alice: ack of log id 5, which waits for none"
    assert "carries b'x' instead of internal_ext 'fetch_time:" in strict.violations[1]


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (b"\xff\xff", "does not decode: ends within a varint"),
        (b"\x10\x01", "does not decode: no payload type"),
        (chunk(b"\x3a", b"hb") + chunk(b"\x42", b"\x08"), "does not decode: ends within a varint"),
    ],
)
def test_frames_that_cannot_be_decoded_are_reported(strict: Simulator, frame: bytes, sentence: str) -> None:
    with Client(strict, strict.room("alice").go_live()) as client:
        client.send(frame)
        until(lambda: strict.violations)
    assert strict.violations == [f"alice: client sent a frame that {sentence}"]


def test_text_frames_and_websocket_errors_are_reported(strict: Simulator) -> None:
    with Client(strict, strict.room("alice").go_live()) as client:
        client.ws.send("hello")
        until(lambda: strict.violations)
        client.send_raw(b"\xf3\x80\x00\x00\x00\x00")
        until(lambda: len(strict.violations) > 1)
    assert strict.violations[0] == "alice: client sent a text frame"
    assert strict.violations[1].startswith("alice: client broke the WebSocket protocol: ")


def test_unmasked_frames_are_reported(strict: Simulator) -> None:
    room_id = strict.room("alice").go_live()
    with Client(strict, room_id) as client:
        frame = heartbeat(room_id)
        client.send_raw(b"\x82" + bytes([len(frame)]) + frame)
        assert blob(client.receive(), 7) == b"hb"
        until(lambda: strict.violations)
    assert strict.violations == ["alice: client sent 1 unmasked frames"]


def test_a_client_may_close_the_connection_during_the_handshake(sim: Simulator) -> None:
    with socket.create_connection((sim.host, sim.port)) as peer:
        peer.sendall(b"GET /webcast/im/ws_proxy/ws_reuse_supplement/ HTTP/1.1\r\n")
    assert sim.room("alice").clients == 0
