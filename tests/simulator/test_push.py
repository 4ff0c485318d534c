import random

from tests.helpers import until
from tests.simulator.client import Client, blob, mint
from tiktok2mqtt.simulator import Limits, Simulator


def test_messages_in_quick_succession_share_frames_and_keep_their_order() -> None:
    with Simulator(flush_s=0.02) as sim:
        room = sim.room("alice")
        with Client(sim, room.go_live()) as client:
            client.enter()
            client.fetch()
            room.wait_for_client()
            for number in range(250):
                room.chat("bob", str(number))
            sizes: list[int] = []
            texts: list[bytes] = []
            while len(texts) < 250:
                found = client.messages()
                sizes.append(len(found))
                texts += [blob(message, 2, 3) for message in found]
        assert texts == [str(number).encode() for number in range(250)]
        assert 1 < max(sizes) <= 100
    sim.check()


def test_raw_frames_and_text_keep_their_order(sim: Simulator) -> None:
    room = sim.room("alice")
    with Client(sim, room.go_live()) as client:
        client.enter()
        client.fetch()
        room.wait_for_client()
        room.send_frame(b"\xff\xfe")
        room.send_text("garbage")
        room.chat("bob", "hello")
        assert client.receive() == b"\xff\xfe"
        assert client.ws.recv() == "garbage"
        assert blob(client.messages()[0], 2, 3) == b"hello"


def test_a_client_that_does_not_read_is_dropped_and_memory_is_bounded() -> None:
    with Simulator(limits=Limits(ack_s=60, read_s=0.3)) as sim:
        room = sim.room("alice")
        with Client(sim, room.go_live()) as client:
            client.enter()
            room.wait_for_client()
            (socket,) = room.shared.hub.inside(room.state)
            # gzip cannot compress these 40 kB, so the buffers of the kernel fill up.
            payload = random.Random(1).randbytes(40_000)
            for _ in range(100_000):
                room.send("WebcastNoise", payload)
                if not room.clients:
                    break
                assert socket.backlog <= 2_001
            assert room.clients == 0
        assert sim.violations == ["alice: client has read nothing for 0.3 s"]


def test_stop_closes_the_websocket() -> None:
    with Simulator() as sim:
        room = sim.room("alice")
        client = Client(sim, room.go_live(), mint(sim))
        client.enter()
        client.fetch()
        room.wait_for_client()
    assert client.ws.recv() in ("", b"")
    client.close()
    sim.check()


def test_closed_and_aborted_connections_are_detected(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    first, second = Client(sim, room_id), Client(sim, room_id)
    for client in (first, second):
        client.enter()
    room.wait_for_client(count=2)
    first.abort()
    until(lambda: room.clients == 1)
    second.close()
    until(lambda: room.clients == 0)
