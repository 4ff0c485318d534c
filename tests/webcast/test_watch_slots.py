"""More rooms are live than may be connected at the same time."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.helpers import until
from tests.webcast.rig import threads_of
from tests.webcast.test_watch import INTERVAL_S, Watched
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.watch import Watcher

NAMES = ("alice", "bob", "carol")
WAITING = "Live, but as many rooms are connected as the limit of open files allows: 1"


@pytest.fixture
def rooms(sim: Simulator) -> Iterator[dict[str, Watched]]:
    """Three rooms that are live, of which one may be connected: alice is, the others wait in their order."""
    with ExitStack() as stack:
        watcher = Watcher(INTERVAL_S, max_connected=1)
        stack.callback(watcher.stop)
        watcher.start()
        made: dict[str, Watched] = {}
        for name in NAMES:
            sim.room(name).go_live()
            watched = made[name] = Watched(sim, watcher, name, transports=["direct"])
            stack.callback(watched.room.close)
            watched.room.enable()
            watched.wait(State.LIVE if name == "alice" else State.DEGRADED)
        yield made
    assert [thread for name in NAMES for thread in threads_of(name)] == []


Rooms = dict[str, Watched]


def shown(watched: Watched) -> tuple[State, str | None, bool | None]:
    connection: Connection = watched.room.connection
    return connection.state, connection.code, connection.live


def test_a_room_that_waits_says_so_and_is_looked_up(rooms: Rooms, sim: Simulator) -> None:
    waiting = rooms["bob"].wait(State.DEGRADED)
    assert (waiting.code, waiting.live, waiting.reason) == ("connection_limit", True, WAITING)
    assert waiting.retry_at is not None
    before = len(sim.requests)
    until(lambda: sum(request.path == "/@bob/live" for request in sim.requests[before:]) >= 2)
    assert shown(rooms["bob"]) == (State.DEGRADED, "connection_limit", True)
    assert [name for name in NAMES if sim.room(name).clients] == ["alice"]
    sim.room("bob").end(announce=False)
    assert rooms["bob"].wait(State.OFFLINE).live is False


@pytest.mark.parametrize(
    "leave",
    [
        lambda sim, _alice: sim.room("alice").end(),
        lambda _sim, alice: alice.room.disable(),
        lambda _sim, alice: alice.room.close(),
    ],
    ids=["the LIVE ends", "disabled", "removed"],
)
def test_the_room_that_has_waited_longest_follows_at_once(
    rooms: Rooms, sim: Simulator, leave: Callable[[Simulator, Watched], object]
) -> None:
    leave(sim, rooms["alice"])
    rooms["bob"].wait(State.LIVE)
    sim.room("bob").wait_for_client()
    assert shown(rooms["carol"]) == (State.DEGRADED, "connection_limit", True)
    rooms["bob"].room.disable()
    rooms["carol"].wait(State.LIVE)
    assert sim.room("bob").clients == 0


def test_a_room_that_loses_its_connection_stays_ahead_of_the_others(rooms: Rooms, sim: Simulator) -> None:
    alice = sim.room("alice")
    for count in (2, 3):
        alice.wait_for_client()
        # The first attempt to come back fails.
        alice.refuse(503)
        alice.drop_socket()
        rooms["alice"].wait(State.LIVE, count)
    assert State.LIVE not in rooms["bob"].states + rooms["carol"].states


def test_a_room_that_cannot_connect_lets_the_next_one_try(rooms: Rooms, sim: Simulator) -> None:
    sim.room("bob").refuse(503, times=None)
    rooms["alice"].room.disable()
    rooms["carol"].wait(State.LIVE)
    assert State.LIVE not in rooms["bob"].states


def test_a_room_that_is_disabled_while_it_waits_is_passed_over(rooms: Rooms) -> None:
    rooms["bob"].room.disable()
    rooms["alice"].room.disable()
    rooms["carol"].wait(State.LIVE)
    rooms["bob"].room.enable()
    rooms["bob"].wait(State.DEGRADED, 2)
    rooms["carol"].room.disable()
    rooms["bob"].wait(State.LIVE)
