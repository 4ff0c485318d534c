import threading

import pytest
import websocket

from tests.helpers import until
from tests.simulator.client import Client, blob, heartbeat, integer, mint
from tiktok2mqtt.simulator import Simulator


def test_any_message_can_be_sent(sim: Simulator) -> None:
    room = sim.room("alice")
    with Client(sim, room.go_live()) as client:
        client.enter()
        room.wait_for_client()
        first = room.send("WebcastUnknownMessage", b"\x08\x01")
        assert room.send("M", b"", msg_id=first, history=True) == first
        found = client.messages()
        while len(found) < 2:
            found += client.messages()
        assert (blob(found[0], 1), blob(found[0], 2), integer(found[0], 3)) == (
            b"WebcastUnknownMessage",
            b"\x08\x01",
            first,
        )
        assert (integer(found[1], 3), integer(found[1], 6)) == (first, 1)


def test_waiting_for_a_client_times_out(sim: Simulator) -> None:
    room = sim.room("alice")
    room.go_live()
    with pytest.raises(TimeoutError, match=r"alice: 0 of 1 clients after 0.01 s"):
        room.wait_for_client(timeout=0.01)


def test_a_room_that_was_never_live_cannot_send(sim: Simulator) -> None:
    with pytest.raises(RuntimeError, match="alice has not been live yet"):
        sim.room("alice").chat("bob", "hello")


def test_a_client_can_reconnect_after_its_socket_was_dropped(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    client = Client(sim, room_id)
    client.enter()
    client.fetch()
    room.wait_for_client()
    room.drop_socket()
    assert room.clients == 0
    with pytest.raises((ConnectionError, websocket.WebSocketConnectionClosedException)):
        client.receive()
    client.ws.shutdown()
    with Client(sim, room_id) as reconnected:
        reconnected.enter()


def test_silence_affects_only_connected_sockets_and_messages_sent_meanwhile_are_lost(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    with Client(sim, room_id) as silent, Client(sim, room_id) as later:
        silent.enter()
        silent.fetch()
        room.wait_for_client()
        room.go_silent()
        silent.send(heartbeat(room_id))
        later.enter()
        room.wait_for_client(count=2)
        room.chat("bob", "lost")
        assert blob(later.messages()[0], 2, 3) == b"lost"
        until(lambda: all(not socket.backlog for socket in room.shared.hub.inside(room.state)))
        room.resume()
        room.chat("bob", "received")
        assert blob(silent.messages()[0], 2, 3) == b"received"


def test_a_new_client_gets_the_last_remembered_messages(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    room.remember(2)
    for text in ("one", "two", "three"):
        room.chat("bob", text)
    with Client(sim, room_id, mint(sim)) as client:
        client.enter()
        assert [(blob(m, 2, 3), integer(m, 6)) for m in client.messages()] == [(b"two", 1), (b"three", 1)]


def test_verbs_may_be_called_from_several_threads(sim: Simulator) -> None:
    room = sim.room("alice")
    room.go_live()

    def send_likes() -> None:
        for _ in range(50):
            room.like("bob", count=2)

    threads = [threading.Thread(target=send_likes) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert room.counters.likes == 400
    assert len({message.msg_id for message in room.sent}) == 200
