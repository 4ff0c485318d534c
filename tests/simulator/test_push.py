import random

from tests.simulator.client import Client, blob, mint, until
from tiktok2mqtt.simulator import Limits, Simulator


def test_what_comes_quickly_shares_frames_in_order() -> None:
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


def test_raw_frames_and_text_keep_their_place(sim: Simulator) -> None:
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


def test_a_client_that_does_not_read_is_dropped_and_memory_stays_bounded() -> None:
    with Simulator(limits=Limits(ack_s=60, read_s=0.3)) as sim:
        room = sim.room("alice")
        with Client(sim, room.go_live()) as client:
            client.enter()
            room.wait_for_client()
            (socket,) = room.shared.hub.inside(room.state)
            # 40 kB that gzip cannot shrink: the kernel takes but some of them.
            payload = random.Random(1).randbytes(40_000)
            for _ in range(100_000):
                room.send("WebcastNoise", payload)
                if not room.clients:
                    break
                assert socket.backlog <= 2_001
            assert room.clients == 0
        assert sim.violations == ["alice: client has read nothing for 0.3 s"]


def test_stopping_says_goodbye() -> None:
    with Simulator() as sim:
        room = sim.room("alice")
        client = Client(sim, room.go_live(), mint(sim))
        client.enter()
        client.fetch()
        room.wait_for_client()
    assert client.ws.recv() in ("", b"")
    client.close()
    sim.check()


def test_abort_and_leaving_are_noticed(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    first, second = Client(sim, room_id), Client(sim, room_id)
    for client in (first, second):
        client.enter()
    room.wait_for_client(count=2)
    first.vanish()
    until(lambda: room.clients == 1)
    second.close()
    until(lambda: room.clients == 0)
