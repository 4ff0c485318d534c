import threading

import pytest

from tests.simulator.client import Client, blob, integer
from tiktok2mqtt.simulator import Simulator, Viewer, messages
from tiktok2mqtt.simulator.envelope import Message
from tiktok2mqtt.simulator.flood import Plan, Template
from tiktok2mqtt.simulator.messages import Head
from tiktok2mqtt.simulator.viewers import as_viewer


def test_a_filled_template_equals_the_encoded_message() -> None:
    msg_id, now_ms = 7286185101407357702, 1_700_000_000_000
    head = Head(room_id=7286184560900803334, host=Viewer.named("alice"), msg_id=msg_id, now_ms=now_ms)
    payload = messages.chat(head, as_viewer("viewer3"), "message of viewer 3, one of many")
    template = Template(head, as_viewer("viewer3"), "message of viewer 3, one of many")
    assert template.fill(msg_id, now_ms) == Message(messages.CHAT, payload, msg_id).encode()


@pytest.mark.parametrize("plan", [(-1, None, 1), (1, 0.0, 1), (1, None, 0)])
def test_invalid_plans_are_refused(plan: tuple[int, float | None, int]) -> None:
    with pytest.raises(ValueError, match="a flood needs"):
        Plan(*plan)


def test_a_flood_arrives_completely_and_in_order(sim: Simulator) -> None:
    room = sim.room("alice")
    with Client(sim, room.go_live()) as client:
        client.enter()
        room.wait_for_client()
        thread = threading.Thread(target=room.flood, args=(255,))
        thread.start()
        found = client.messages()
        assert len(found) == 10
        while len(found) < 255:
            found += client.messages()
        thread.join(5)
    ids = [integer(message, 3) for message in found]
    assert ids == sorted(set(ids))
    assert ids[7] == integer(found[7], 2, 1, 2)
    assert blob(found[21], 2, 2, 38) == b"viewer1"
    assert (room.counters.comments, room.sent) == (255, [])


def test_a_flood_keeps_its_rate_and_can_be_stopped(sim: Simulator) -> None:
    room = sim.room("alice")
    room.go_live()
    assert 0.09 <= room.flood(20, rate=100, batch=10) < 2
    stop = threading.Event()
    stop.set()
    assert room.flood(1_000, rate=1, stop=stop) < 1
    assert room.counters.comments == 20
