"""The history of a LIVE comes in the first response, all of it in one body or frame: some megabytes."""

from collections.abc import Callable, Iterator

import pytest

from tests.daemon import Daemon, running, tree
from tests.helpers import until
from tests.mqtt import Broker
from tiktok2mqtt.simulator import Room, Simulator, Viewer

MIB = 2**20
MESSAGES = 500
# Each with every badge that there is.
VIEWERS = [Viewer.named(f"viewer{number}") for number in range(MESSAGES)]


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """A simulator that sends all history in one frame."""
    with Simulator(history_frame=1_000) as simulator:
        yield simulator
    simulator.check()


def play(room: Room, kind: str) -> None:
    """Send as many messages of one kind, or of all kinds, as a history may have."""
    kinds: dict[str, list[Callable[[Viewer], object]]] = {
        "gifts": [lambda viewer: room.gift(viewer, "Galaxy")],
        "members": [room.member],
        "all kinds": [
            lambda viewer: room.gift(viewer, "Galaxy"),
            room.member,
            lambda viewer: room.chat(viewer, "hello"),
            room.like,
            room.follow,
        ],
    }
    verbs = kinds[kind]
    for number, viewer in enumerate(VIEWERS):
        verbs[number % len(verbs)](viewer)
    room.remember(1_000)


def ids_of(daemon: Daemon, names: set[str]) -> list[str]:
    """Return the ids of the events received so far."""
    topics = {daemon.topics.room("alice", name) for name in names}
    return [message.json["id"] for message in list(daemon.listener.messages) if message.topic in topics]


@pytest.mark.unmeasured
@pytest.mark.parametrize("broker", ["embedded"], indirect=True)
@pytest.mark.parametrize("way", ["direct", "signed", "polling"])
@pytest.mark.parametrize("kind", ["gifts", "members", "all kinds"])
def test_no_event_of_a_long_history_is_lost(sim: Simulator, broker: Broker, room: Room, way: str, kind: str) -> None:
    play(room, kind)
    sent = {str(message.msg_id) for message in room.sent}
    assert len(sent) == MESSAGES
    assert MIB < sum(len(message.payload) for message in room.sent) < 4 * MIB
    with running(tree(sim, broker.port, tiktok={"transports": [way], "sign_url": sim.sign_url})) as daemon:
        # A follow is a social event as well, with the same id.
        names = {"gift", "member", "chat", "like", "follow"}
        until(lambda: len(ids_of(daemon, names)) >= MESSAGES)
        assert sorted(ids_of(daemon, names)) == sorted(sent)
        health = daemon.request("health_check", {})["data"]
        assert (health["dropped"], health["decode_errors"]) == (0, 0)
