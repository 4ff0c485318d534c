from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.webcast.raw_server import serve
from tests.webcast.rig import threads_of, urls
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection

__all__ = ["serve"]
ClientOf = Callable[..., WebcastPushConnection]


@pytest.fixture
def client_of(sim: Simulator) -> Iterator[ClientOf]:
    """Make clients of the simulator: `client_of("alice", option=...)`. No thread of theirs survives the test."""
    rooms = set()
    with ExitStack() as stack:

        def make(name: str = "alice", **options: Any) -> WebcastPushConnection:
            client = stack.enter_context(WebcastPushConnection(name, **(urls(sim) | options)))
            rooms.add(client.room)
            return client

        yield make
    assert [thread for room in rooms for thread in threads_of(room)] == []


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> float:
    """Shorten the pauses between two requests for a cookie and after a refusal; return the latter in seconds."""
    monkeypatch.setattr("tiktok2mqtt.webcast.lookup.rooms.TTWID_PAUSE_S", 0.02)
    monkeypatch.setattr("tiktok2mqtt.webcast.transports.direct._BLOCKED_PAUSE_S", 0.05)
    return 0.05


@pytest.fixture
def room(sim: Simulator) -> Room:
    """A room that is live."""
    room = sim.room("alice")
    room.go_live(title="Pottery")
    return room
