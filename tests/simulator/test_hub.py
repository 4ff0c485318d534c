import asyncio

import pytest

from tests.simulator.client import Client, blob, integer
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.simulator.envelope import Message
from tiktok2mqtt.simulator.hub import Hub
from tiktok2mqtt.simulator.state import World


def test_messages_are_recorded_without_clients() -> None:
    async def scenario() -> None:
        hub, state = Hub(), World().room("alice")
        hub.publish(state, Message("M", b"", 1))
        await hub.drain(hub.inside(state))
        assert [message.msg_id for message in state.sent] == [1]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(hub.wait_for(state, 1), 0.01)

    asyncio.run(scenario())


def test_messages_go_to_all_clients_of_the_room_only(sim: Simulator) -> None:
    alice, bob = sim.room("alice"), sim.room("bob")
    alice_id, bob_id = alice.go_live(), bob.go_live()
    with Client(sim, alice_id) as first, Client(sim, alice_id) as second, Client(sim, bob_id) as third:
        for client in (first, second, third):
            client.enter()
        alice.wait_for_client(count=2)
        bob.wait_for_client()
        alice.chat("carol", "for alice")
        bob.chat("carol", "for bob")
        assert [blob(client.messages()[0], 2, 3) for client in (first, second, third)] == [
            b"for alice",
            b"for alice",
            b"for bob",
        ]


def test_history_is_sent_first_and_marked(sim: Simulator) -> None:
    room = sim.room("alice")
    room_id = room.go_live()
    room.chat("bob", "old")
    room.history = room.sent
    for _ in range(2):
        with Client(sim, room_id) as client:
            client.enter()
            (message,) = client.messages()
            assert (blob(message, 2, 3), integer(message, 6)) == (b"old", 1)


def test_a_batch_is_sent_in_one_frame(sim: Simulator) -> None:
    room = sim.room("alice")
    with Client(sim, room.go_live()) as client:
        client.enter()
        room.wait_for_client()
        with room.batch():
            for number in range(150):
                room.chat("bob", str(number))
        assert len(client.messages()) == 150
        with room.batch():
            pass
        room.chat("bob", "next")
        assert len(client.messages()) == 1


def test_history_comes_in_frames_or_in_one_however_large() -> None:
    for frame, sizes in ((100, [100, 100, 50]), (1_000, [250])):
        with Simulator(history_frame=frame) as sim:
            room = sim.room("alice")
            room_id = room.go_live()
            room.remember(1_000)
            for number in range(250):
                room.chat("bob", str(number))
            with Client(sim, room_id) as client:
                client.enter()
                assert [len(client.messages()) for _ in sizes] == sizes
