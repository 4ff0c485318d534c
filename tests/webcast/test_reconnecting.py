"""What a program may do when a connection is lost, and what its handlers may do at any time."""

import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.helpers import until
from tests.webcast.conftest import ClientOf
from tests.webcast.raw_server import OpenServer, read_request
from tests.webcast.rig import EventLog, connected, threads_of
from tiktok2mqtt.common.errors import AlreadyConnected, NetworkError, WebcastError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.client import State

# --- connect() after `disconnected` ---


def drop(room: Room) -> None:
    room.drop_socket()


def next_live(room: Room) -> None:
    room.end()
    room.go_live()


@pytest.mark.parametrize("lose", [drop, next_live])
def test_a_handler_of_disconnected_connects_again(
    client_of: ClientOf, room: Room, lose: Callable[[Room], object]
) -> None:
    client = client_of()
    states: list[State] = []

    def again(event: dict[str, Any]) -> None:
        if event["code"] != "disabled":
            until(lambda: room.state.live)
            states.append(client.connect())

    client.on("disconnected", again)
    log = connected(client, room)
    for losses in (1, 2, 3):
        lose(room)
        log.wait("connected", losses + 1)
        room.wait_for_client()
        room.chat("bob", str(losses))
        log.wait("chat", losses)
    assert [state.connected for state in states] == [True] * 3
    assert [chat["comment"] for chat in log.all("chat")] == ["1", "2", "3"]
    assert [name for name in log.names if "connected" in name] == ["connected", "disconnected"] * 3 + ["connected"]
    client.disconnect()
    assert log.names[-1] == "disconnected"
    assert threads_of("alice") == []


def test_another_thread_connects_as_soon_as_it_knows(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    lost = threading.Event()
    calls: list[str] = []

    def slow(_event: object) -> None:
        calls.append("slow begins")
        time.sleep(0.05)
        calls.append("slow ends")

    client.on("disconnected", lambda _event: lost.set())
    client.on("disconnected", slow)
    client.on("connected", lambda _event: calls.append("connected"))
    log = connected(client, room)
    for losses in range(1, 11):
        room.drop_socket()
        assert lost.wait(5)
        lost.clear()
        assert client.connect().connected
        log.wait("connected", losses + 1)
        room.wait_for_client()
    # The handlers of two connections never run at the same time.
    assert calls == ["connected"] + ["slow begins", "slow ends", "connected"] * 10


def test_a_handler_cannot_connect_while_another_thread_disconnects(
    client_of: ClientOf, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of()
    errors: list[WebcastError] = []

    def again(_event: object) -> None:
        try:
            client.connect()
        except WebcastError as error:
            errors.append(error)
            raise

    client.on("disconnected", again)
    connected(client, room)
    with caplog.at_level(logging.ERROR):
        client.disconnect()
    assert [str(error) for error in errors] == ["alice is being disconnected"]
    assert not client.busy


def test_a_handler_of_another_event_cannot_connect(client_of: ClientOf, room: Room) -> None:
    client = client_of()
    errors: list[type[WebcastError]] = []

    def again(_event: object) -> None:
        for act in (client.connect, client.disconnect, client.connect):
            try:
                act()
            except WebcastError as error:
                errors.append(type(error))

    client.on("chat", again)
    log = connected(client, room)
    room.chat("bob", "hi")
    log.wait("disconnected")
    until(lambda: not client.busy)
    assert errors == [AlreadyConnected, AlreadyConnected]


# --- the option ---


def test_a_lost_connection_is_opened_again(client_of: ClientOf, room: Room) -> None:
    client = client_of(reconnect=True)
    log = connected(client, room)
    with pytest.raises(AlreadyConnected, match="alice reconnects by itself"):
        client.connect()
    room.chat("bob", "one")
    log.wait("chat")
    room.drop_socket()
    log.wait("gap")
    room.wait_for_client()
    room.chat("bob", "two")
    log.wait("chat", 2)
    assert log.names == ["connected", "chat", "disconnected", "connected", "gap", "chat"]
    client.disconnect()
    assert not client.get_state().connected
    assert not any("tiktok2mqtt.watcher" in thread.name for thread in threading.enumerate())
    client.connect()
    log.wait("connected", 3)


def test_the_next_live_is_connected_to(client_of: ClientOf, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok2mqtt.webcast.watch.AFTER_END_S", 0.1)
    client = client_of(reconnect=True, watch_interval_s=0.2)
    log = connected(client, room)
    first = client.get_state().room_id
    room.end()
    log.wait("disconnected")
    room.go_live()
    assert log.wait("connected", 2)["room_id"] != first


def test_a_first_connection_that_fails_is_not_repeated(client_of: ClientOf, room: Room) -> None:
    room.end(announce=False)
    client = client_of(reconnect=True, watch_interval_s=0.1)
    with pytest.raises(WebcastError, match="alice is not live"):
        client.connect()
    until(lambda: not client.busy)
    room.go_live()
    assert client.connect().connected


def test_a_handler_ends_the_reconnecting(client_of: ClientOf, room: Room) -> None:
    client = client_of(reconnect=True)
    client.on("disconnected", lambda _event: client.disconnect())
    log = connected(client, room)
    room.drop_socket()
    log.wait("disconnected")
    until(lambda: not client.busy)
    with pytest.raises(ValueError, match="room_id must be the number"):
        client.connect("alice")
    client.connect(str(room.state.room_id))


# --- connect() ---


def test_connect_returns_in_time_whatever_the_service_does(client_of: ClientOf, serve: OpenServer) -> None:
    def drip(peer: socket.socket) -> None:
        """Send a header that takes two seconds: each byte comes before the timeout of its read."""
        read_request(peer)
        peer.sendall(b"HTTP/1.1 200 OK\r\nX-")
        for _ in range(20):
            peer.sendall(b".")
            time.sleep(0.1)

    port = serve(drip)
    client = client_of(web_url=f"http://127.0.0.1:{port}", connect_timeout_s=0.6)
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(NetworkError):
            client.connect()
        assert time.monotonic() - began < 1.0
    until(lambda: not client.busy)


@pytest.mark.usefixtures("short_pauses")
def test_a_socket_that_does_not_answer_leaves_time_for_the_next_transport(
    client_of: ClientOf, room: Room, serve: OpenServer
) -> None:
    del room
    port = serve(lambda _peer: time.sleep(2.0))
    client = client_of(socket_url=f"ws://127.0.0.1:{port}/", connect_timeout_s=1.5)
    began = time.monotonic()
    assert client.connect().transport == "polling"
    assert time.monotonic() - began < 1.5


def test_a_known_room_id_needs_no_lookup(sim: Simulator, client_of: ClientOf, room: Room) -> None:
    client = client_of(fetch_room_info_on_connect=False)
    sim.fail_http("/live", 500)
    sim.fail_http("api-live", 500)
    assert client.connect(room_id=str(room.state.room_id)).room_id == str(room.state.room_id)


# --- handlers that fail ---


def fail(*_: object) -> None:
    raise RuntimeError("no")


@pytest.mark.parametrize("mistake", [fail, lambda *_: sys.exit()], ids=["raises", "exits"])
@pytest.mark.parametrize("name", ["caught_up", "raw_data", "websocket_connected", "connected", "chat", "*", "error"])
def test_no_handler_ends_the_reader(client_of: ClientOf, room: Room, name: str, mistake: Callable[..., object]) -> None:
    client = client_of()
    client.on(name, mistake)
    log = connected(client, room)
    for number in (1, 2):
        room.chat("bob", "hi")
        log.wait("chat", number)
    room.end()
    log.wait("disconnected")
    until(lambda: not client.busy)
    room.go_live()
    assert client.connect().connected


def test_a_live_that_ends_within_a_handler_does_not_hold_up_connect(client_of: ClientOf, room: Room) -> None:
    client = client_of(connect_timeout_s=5.0)

    def end() -> None:
        room.end()
        fail()

    client.on("caught_up", end)
    log = EventLog(client)
    client.connect()
    log.wait("disconnected")
    until(lambda: not client.busy)
    room.go_live()
    client.off("caught_up", end)
    assert client.connect().connected
