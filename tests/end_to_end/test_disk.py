"""The daemon on a disk that is full, with files that are deleted meanwhile, and with a clock that is set."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.soak.clock import VARIABLE, set_clock
from bench.soak.disk import fill, free
from bench.soak.mqtt_proxy import MqttProxy
from tests import helpers
from tests.daemon import DaemonClient, Tree, command, listening, tree
from tests.end_to_end.test_durability import on_disk
from tests.mqtt import MOSQUITTO, TIMEOUT_S, Mosquitto
from tests.small_disk import KIB, MIB, small_disk
from tiktok2mqtt.simulator import Room, Simulator

pytestmark = [
    pytest.mark.unmeasured,
    pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed"),
]
WELL = {"on_disk": True, "problem": None}
DAY_S = 24 * 3600.0
# Each test has several daemons, one after the other, on what may be a busy machine.
until = partial(helpers.until, timeout=60.0)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[MqttProxy]:
    """A broker of this test alone, behind a proxy. While the proxy does not read, the broker seems to hang."""
    with Mosquitto(tmp_path, "max_queued_messages 0") as mosquitto, MqttProxy(mosquitto.port) as proxy:
        yield proxy


class Life:
    """A daemon, from its start until it is killed."""

    def __init__(self, client: DaemonClient, child: Any, room: Room) -> None:
        self.client = client
        self._child = child
        self._room = room

    def start(self) -> None:
        """Wait until it receives commands and events."""
        self.client.wait_until_online()
        self.client.event("connected")

    def health(self) -> Any:
        return self.client.request("health_check", {})["data"]

    def disk(self) -> Any:
        return self.health()["outbox"]

    def is_idle(self) -> bool:
        return bool(self.health()["queue"]["priority"] == 0)

    def gifts(self) -> list[str]:
        """Return the ids of the gifts that it has published."""
        topic = self.client.topics.room("alice", "gift")
        return [message.json["id"] for message in self.client.listener.on(topic)]

    def kill(self) -> None:
        self._child.kill()
        self._child.wait(TIMEOUT_S)
        until(lambda: not self._room.clients)


Lives = Callable[..., AbstractContextManager[Life]]


@pytest.fixture
def live(sim: Simulator, room: Room, broker: MqttProxy, tmp_path: Path) -> Lives:
    """Runs one daemon after the other with the same settings; its state is in the folder `state`."""
    settings: Tree = tree(sim, broker.port, state_dir=str(tmp_path / "state"), commands_per_minute=6000)

    @contextmanager
    def life(module: str = "tiktok2mqtt") -> Iterator[Life]:
        with (
            listening(settings, broker.target) as listener,
            command("run", settings=settings, folder=tmp_path, module=module) as child,
        ):
            yield Life(DaemonClient(settings, listener), child, room)

    return life


def give(room: Room, count: int) -> set[str]:
    """Let one viewer give gifts, some hundred in a frame; return their ids."""
    ids: set[str] = set()
    while count:
        with room.batch():
            ids |= {str(room.gift("bob", "Galaxy")) for _ in range(min(count, 100))}
        count -= min(count, 100)
    return ids


# Ids of gifts: the last ones are in the row of the LIVE.
SEEN = """
SELECT count(*) + (SELECT coalesce(sum(json_array_length(recent_ids, '$[0]')), 0) FROM lives) FROM seen
"""


@pytest.mark.parametrize("others", [False, True], ids=["by the database", "by others"])
def test_a_full_disk_is_used_again_and_no_restart_tells_again_what_was_delivered(
    live: Lives, room: Room, broker: MqttProxy, tmp_path: Path, *, others: bool
) -> None:
    room.remember(500)
    with small_disk(tmp_path / "state", 5 * MIB) as folder:
        with live() as life:
            life.start()
            assert life.disk() == WELL
            if others:
                fill(folder)
            broker.reading.clear()
            sent = give(room, 2_000)
            until(lambda: free(folder) < 64 * KIB)
            sent |= give(room, 300)
            broker.reading.set()
            until(lambda: set(life.gifts()) == sent)
            until(lambda: life.disk() == WELL and life.is_idle())
            until(lambda: on_disk(tmp_path) == 0 and on_disk(tmp_path, SEEN) >= len(sent))
            life.kill()
        for _ in range(4):
            with live() as life:
                life.start()
                assert life.disk() == WELL
                (last,) = give(room, 1)
                until(lambda life=life, last=last: last in life.gifts())  # type: ignore[misc]
                assert life.gifts() == [last]
                until(lambda: on_disk(tmp_path) == 0)
                life.kill()


def delete_database(folder: Path) -> None:
    (folder / "state.sqlite").unlink()


def delete_log(folder: Path) -> None:
    (folder / "state.sqlite-wal").unlink()


@pytest.mark.parametrize("delete", [delete_database, delete_log, shutil.rmtree])
def test_files_that_are_deleted_while_they_are_in_use_cost_nothing(
    live: Lives, room: Room, broker: MqttProxy, tmp_path: Path, delete: Callable[[Path], None]
) -> None:
    with live() as life:
        life.start()
        delete(tmp_path / "state")
        until(lambda: life.disk()["problem"] is not None)
        until(lambda: life.disk()["on_disk"])
        assert "was deleted while it was in use: created again with all its content" in life.disk()["problem"]
        broker.reading.clear()
        sent = give(room, 30)
        until(lambda: on_disk(tmp_path, SEEN) >= 30)
        delete(tmp_path / "state")
        sent |= give(room, 20)
        until(lambda: (tmp_path / "state" / "state.sqlite").exists() and on_disk(tmp_path, SEEN) >= 50)
        assert life.gifts() == []
        life.kill()
    broker.reading.set()
    # Nothing is replayed: what arrives now has been on disk.
    with live() as life:
        until(lambda: set(life.gifts()) == sent)


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that says how fast the clock of a daemon is, if it is run by bench.soak.clock."""
    path = tmp_path / "clock"
    monkeypatch.setenv(VARIABLE, str(path))
    return path


@pytest.mark.parametrize("days", [(0, 3), (0, -3), (-30 * 365, 0), (30, 0)])
def test_a_clock_that_is_set_during_an_outage_costs_nothing(
    live: Lives, room: Room, broker: MqttProxy, clock: Path, days: tuple[int, int]
) -> None:
    set_clock(clock, days[0] * DAY_S)
    with live("bench.soak.clock") as life:
        life.start()
        broker.reading.clear()
        sent = give(room, 30)
        until(lambda: on_disk(clock.parent, SEEN) >= 30)
        set_clock(clock, days[1] * DAY_S)
        sent |= give(room, 20)
        until(lambda: on_disk(clock.parent, SEEN) >= 50)
        assert life.gifts() == []
        life.kill()
    broker.reading.set()
    with live("bench.soak.clock") as life:
        life.start()
        until(lambda: set(life.gifts()) == sent)
        assert life.health()["dropped"] == 0
