"""Nothing is lost: the broker away, the daemon killed, the LIVE over meanwhile, the disk unwilling."""

import resource
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.soak.run import Plan, soak
from tests.daemon import Daemon, DaemonClient, Tree, command, listening, running, tree
from tests.end_to_end.test_outages import hold
from tests.helpers import until
from tests.mqtt import MOSQUITTO, TIMEOUT_S, Broker, Mosquitto, Received, free_port
from tiktok2mqtt.bridge.bridge import Bridge
from tiktok2mqtt.bridge.mqtt.outbox import STREAMING_CAPACITY
from tiktok2mqtt.bridge.session_store import SAVE_INTERVAL_S
from tiktok2mqtt.cli.broker import EmbeddedBroker
from tiktok2mqtt.simulator import Room, Simulator

pytestmark = pytest.mark.unmeasured
needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")
PRIORITY = ("gift", "follow", "share", "question_new")
ROUNDS = 150
FLOOD = 5_500


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker of this test alone; one that keeps whatever waits for a slow listener, if it is Mosquitto."""
    started: Broker = Mosquitto(tmp_path, "max_queued_messages 0") if MOSQUITTO else EmbeddedBroker(free_port())
    started.start()
    yield started
    started.stop()


def lasting(sim: Simulator, broker: Broker, folder: Path, *rooms: str, **more: Any) -> Tree:
    return tree(
        sim, broker.port, rooms or ("alice",), commands_per_minute=6000, state_dir=str(folder / "state"), **more
    )


@pytest.fixture
def settings(sim: Simulator, broker: Broker, tmp_path: Path) -> Tree:
    """Settings of a daemon that follows alice and keeps what must not be lost."""
    return lasting(sim, broker, tmp_path)


@contextmanager
def life(settings: Tree, folder: Path) -> Iterator[tuple[DaemonClient, Any]]:
    """Run the daemon as a process; it is killed at the end of the block."""
    with listening(settings) as listener, command("run", settings=settings, folder=folder) as child:
        yield DaemonClient(settings, listener), child


def age(bridge: Bridge, by_s: float) -> None:
    """Make the messages that wait for the broker older."""
    outbox = bridge.outbox
    with outbox._lock:
        for message in (*outbox._priority._window, *outbox._streaming):
            message.created_at -= by_s


def kill(child: Any, *rooms: Room) -> None:
    child.kill()
    child.wait(TIMEOUT_S)
    until(lambda: not any(room.clients for room in rooms))


def on_disk(folder: Path, query: str = "SELECT count(*) FROM messages") -> int:
    """Return what is in the database. The daemon has locked it, so this reads a copy."""
    paths = [folder / "state" / name for name in ("state.sqlite", "state.sqlite-wal")]
    before: list[bytes] = []
    # The same twice in a row: then nothing was written in between.
    while (files := [path.read_bytes() if path.exists() else b"" for path in paths]) != before:
        before = files
    with tempfile.TemporaryDirectory() as copies:
        for path, content in zip(paths, files, strict=True):
            (Path(copies) / path.name).write_bytes(content)
        with closing(sqlite3.connect(Path(copies) / paths[0].name)) as connection:
            (number,) = connection.execute(query).fetchone() or (0,)
            return int(number)


def traffic(room: Room, rounds: int) -> list[str]:
    """Let viewers do all that must not be lost; return the ids of the events, in order."""
    ids = []
    # The service sends some hundred messages in a frame at most.
    for first in range(0, rounds, 25):
        with room.batch():
            for number in range(first, min(first + 25, rounds)):
                name = f"viewer{number}"
                ids += [room.gift(name, "Galaxy"), room.follow(name), room.share(name), room.question(name, "why?")]
    return [str(one) for one in ids]


def heard(client: DaemonClient, room: str, names: tuple[str, ...] = PRIORITY) -> list[Received]:
    topics = {client.topics.room(room, name) for name in names}
    return [message for message in list(client.listener.messages) if message.topic in topics]


def ids_of(client: DaemonClient, room: str) -> list[str]:
    """Return the ids in the order in which they came first."""
    return list(dict.fromkeys(message.json["id"] for message in heard(client, room)))


@pytest.mark.parametrize("kept", [True, False], ids=["state_dir", "memory"])
def test_ten_minutes_without_a_broker(
    sim: Simulator, broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    rooms = [sim.room("alice"), sim.room("bob")]
    for room in rooms:
        room.go_live()
    settings = lasting(sim, broker, tmp_path, "alice", "bob")
    if not kept:
        del settings["state_dir"]
    with running(settings) as daemon:
        for room in rooms:
            room.wait_for_client()
        may_connect = hold(daemon.bridge, monkeypatch)
        broker.stop()
        until(lambda: not daemon.bridge.link.connected)
        sent = {}
        for room in rooms:
            room.chat("first", "the oldest is shed")
            sent[room.name] = traffic(room, ROUNDS)
            room.flood(FLOOD, batch=100)
            room.chat("last", "the newest is kept")
        # Follows and shares make a `social` each besides; and each room is connected.
        until(lambda: daemon.bridge.actions.health()["events"] == 2 * (FLOOD + 2 + 6 * ROUNDS + 1), 20.0)
        age(daemon.bridge, 600.0)
        if kept:
            with daemon.bridge.outbox.transaction(
                lambda connection: connection.execute("UPDATE messages SET created_at = created_at - 600")
            ):
                pass
        broker.start()
        with listening(settings) as listener:
            daemon.listener = listener
            may_connect.set()
            for room in rooms:
                until(lambda room=room: len(ids_of(daemon, room.name)) == 4 * ROUNDS)  # type: ignore[misc]
                assert ids_of(daemon, room.name) == sent[room.name]
                assert all(message.json["delayed"] for message in heard(daemon, room.name))
            until(lambda: queued(daemon) == {"state": 0, "priority": 0, "streaming": 0})
            for room in rooms:
                daemon.received("chat", room.name, unique_id="last", delayed=True)
            health = daemon.bridge.actions.health()
            assert not health["dropped_by_event"].keys() & set(PRIORITY)
            # A line of the log waits there as well.
            assert health["dropped"] >= 2 * (FLOOD + 2 + 2 * ROUNDS) - STREAMING_CAPACITY
            for room in rooms:
                streamed = [message.json["unique_id"] for message in heard(daemon, room.name, ("chat", "social"))]
                dropped = health["per_room"][room.name]["dropped"]
                assert len(streamed) + dropped == FLOOD + 2 + 2 * ROUNDS
                # The oldest goes first.
                assert ("first" in streamed) is (dropped == 0)


def queued(daemon: Daemon) -> dict[str, int]:
    return dict(daemon.bridge.actions.health()["queue"])


def test_what_was_accepted_before_a_kill_arrives_in_order(
    room: Room, broker: Broker, settings: Tree, tmp_path: Path
) -> None:
    with life(settings, tmp_path) as (client, child):
        room.wait_for_client()
        client.wait_until_online()
        early = traffic(room, 5)
        until(lambda: ids_of(client, "alice") == early and on_disk(tmp_path) == 0)
        broker.stop()
        late = traffic(room, 300)
        until(lambda: on_disk(tmp_path) >= len(late))
        kill(child, room)
    broker.start()
    # Nothing is replayed: what arrives now has been on disk.
    with life(settings, tmp_path) as (client, _):
        until(lambda: late[-1] in ids_of(client, "alice"))
        assert [one for one in ids_of(client, "alice") if one not in early] == late
        until(lambda: on_disk(tmp_path) == 0)


def gifts(client: DaemonClient, giver: str) -> list[tuple[int, int]]:
    """Return count and delta of each gift, however often it came."""
    told = {m.json["id"]: m.json for m in heard(client, "alice", ("gift",)) if m.json["unique_id"] == giver}
    return [(gift["count"], gift["delta"]) for gift in told.values()]


def test_streaks_counters_and_the_live_go_on_after_a_kill(room: Room, settings: Tree, tmp_path: Path) -> None:
    room.remember(100)
    with life(settings, tmp_path) as (client, child):
        room.wait_for_client()
        client.bridge_event("live_started")
        room.gift("erin", "Galaxy")
        room.gift_streak("bob", "Rose", 3)
        room.gift_streak("carol", "Rose", 2)
        client.event("gift_streak", unique_id="carol", count=2)
        client.received("state", diamonds=1000)
        # What the daemon does not know to be delivered would come again.
        until(lambda: on_disk(tmp_path) == 0)
        kill(child, room)
    room.gift_streak("bob", "Rose", 5)
    room.gift_end("bob", "Rose")
    with life(settings, tmp_path) as (client, child):
        room.wait_for_client()
        client.event("gift", unique_id="bob")
        room.gift_streak("carol", "Rose", 4)
        room.gift_end("carol", "Rose")
        client.event("gift", unique_id="carol")
        assert (gifts(client, "bob"), gifts(client, "carol"), gifts(client, "erin")) == ([(5, 5)], [(4, 4)], [])
        client.listener.wait(
            client.topics.room("alice", "state"), lambda m: not m.retain and m.json["diamonds"] == 1009
        )
        told = [message.json["event_type"] for message in client.listener.on(client.topics.bridge("event"))]
        assert "live_started" not in told


def test_a_live_that_ended_while_the_daemon_was_down_is_finished(room: Room, settings: Tree, tmp_path: Path) -> None:
    with life(settings, tmp_path) as (client, child):
        room.wait_for_client()
        session_id = client.bridge_event("live_started")["session_id"]
        room.gift("erin", "Galaxy")
        room.gift_streak("bob", "Rose", 3)
        client.event("gift_streak", unique_id="bob", count=3)
        client.received("state", diamonds=1000, live=True)
        # `gift_streak` has QoS 0, so it does not wait for the disk.
        until(lambda: on_disk(tmp_path, "SELECT count(*) FROM streaks") == 1)
        kill(child, room)
    room.end()
    with life(settings, tmp_path) as (client, child):
        assert client.event("gift", unique_id="bob")["delta"] == 3
        assert client.bridge_event("live_ended")["session_id"] == session_id
        assert client.event("summary")["diamonds"] == 1003
        assert gifts(client, "bob") == [(3, 3)]


def test_kills_at_random_moments(capsys: pytest.CaptureFixture[str]) -> None:
    plan = Plan(None, kills=6, room_fault_s=0.5, broker_fault_s=1.0, max_outage_s=1.5, max_uptime_s=1.1, history=200)
    assert soak(plan, seed=1, rooms=("alice", "bob"), rate=100) == []
    assert " 6 kills" in capsys.readouterr().out


@needs_mosquitto
def test_what_the_broker_denies_is_counted_in_health(sim: Simulator, room: Room, tmp_path: Path) -> None:
    access = tmp_path / "acl"
    access.write_text("topic readwrite #\ntopic deny +/alice/gift\n")
    access.chmod(0o600)
    with Mosquitto(tmp_path, f"acl_file {access}") as mosquitto:
        settings = lasting(sim, mosquitto, tmp_path, mqtt={"protocol": "5"})
        with running(settings) as daemon:
            daemon.wait_until_online()
            room.wait_for_client()
            room.gift("bob", "Galaxy")
            room.follow("bob")
            daemon.event("follow")
            health = daemon.request("health_check", {})["data"]
            assert health["denied_by_topic"] == {daemon.topics.room("alice", "gift"): 1}
            assert health["queue"]["priority"] <= 1


def disk(client: DaemonClient) -> Any:
    return client.request("health_check", {})["data"]["outbox"]


def test_a_full_disk_is_reported_and_gifts_go_on(room: Room, settings: Tree, tmp_path: Path) -> None:
    with life(settings, tmp_path) as (client, child):
        room.wait_for_client()
        client.wait_until_online()
        assert disk(client) == {"on_disk": True, "problem": None}
        unlimited = resource.prlimit(child.pid, resource.RLIMIT_FSIZE)
        # As when the disk is full: no file can grow.
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (1, unlimited[1]))
        room.gift("bob", "Galaxy")
        client.event("gift", unique_id="bob")
        said = disk(client)
        assert not said["on_disk"]
        assert "cannot be used: " in said["problem"]
        line = client.listener.wait(client.topics.bridge("logging"), lambda m: m.json["level"] == "error").json
        assert "are kept in memory only" in line["message"]
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, unlimited)
        room.gift("carol", "Galaxy")
        client.event("gift", unique_id="carol")
        until(lambda: disk(client) == {"on_disk": True, "problem": None})


def folder_in_its_place(path: Path) -> None:
    path.mkdir()


def no_database(path: Path) -> None:
    path.write_bytes(b"?" * 9_000)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(folder_in_its_place, "cannot be used: unable to open"), (no_database, "is damaged")],
    ids=["folder", "damaged"],
)
def test_a_database_that_cannot_be_used_is_reported_and_gifts_go_on(
    room: Room, settings: Tree, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    (tmp_path / "state").mkdir()
    spoil(tmp_path / "state" / "state.sqlite")
    with life(settings, tmp_path) as (client, child):
        room.wait_for_client()
        client.wait_until_online()
        room.gift("bob", "Galaxy")
        client.event("gift", unique_id="bob")
        said = disk(client)
        # A damaged file is set aside, and another one takes its place.
        assert said["on_disk"] is (spoil is no_database)
        assert words in said["problem"]
        child.terminate()
        assert words in child.communicate(timeout=TIMEOUT_S)[1]


def test_after_a_live_the_disk_knows_no_viewer(room: Room, settings: Tree, tmp_path: Path) -> None:
    def stored() -> bytes:
        return b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())

    with running(settings) as daemon:
        room.wait_for_client()
        room.gift_streak("bob", "Rose", 3)
        daemon.event("gift_streak", count=3)
        room.gift("carol", "Rose", 2)
        ids = [daemon.event("gift", unique_id="carol")["user_id"].encode()]
        until(lambda: on_disk(tmp_path, "SELECT count(*) FROM streaks") == 2)
        assert ids[0] in stored()
        room.end()
        ids.append(daemon.event("gift", unique_id="bob")["user_id"].encode())
        daemon.bridge_event("live_ended")
        until(lambda: on_disk(tmp_path) == on_disk(tmp_path, "SELECT count(*) FROM streaks") == 0)
        assert on_disk(tmp_path, "SELECT json_array_length(CAST(recent_ids AS TEXT), '$[0]') FROM lives") > 0
    # The last messages may have been deleted after the end of the LIVE; then they are still in the log that SQLite
    # writes ahead, until it is emptied.
    assert not any(one in stored() for one in ids)


def test_a_gift_takes_two_transactions(
    room: Room, settings: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    connect = sqlite3.connect

    def traced(*args: Any, **more: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **more)
        connection.set_trace_callback(lambda statement: begun.append(statement) if "BEGIN" in statement else None)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    with running(settings) as daemon:
        room.wait_for_client()
        daemon.bridge_event("live_started")
        daemon.event("connected")
        until(lambda: on_disk(tmp_path) == 0)
        begun.clear()
        room.gift("bob", "Galaxy")
        daemon.event("gift")
        until(lambda: on_disk(tmp_path) == 0)
        # One with the message and the id of the gift, one when the broker has acknowledged it.
        assert len(begun) == 2


def test_a_slow_disk_holds_up_no_chat(room: Room, sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    other = sim.room("bob")
    other.go_live()
    release, holding = threading.Event(), threading.Event()

    def hold(_connection: object) -> None:
        holding.set()
        release.wait(TIMEOUT_S)

    with running(lasting(sim, broker, tmp_path, "alice", "bob")) as daemon:
        for one in (room, other):
            one.wait_for_client()
        daemon.bridge_event("live_started")
        daemon.bridge_event("live_started", "bob")
        database = daemon.bridge._state._database
        assert database is not None
        slow = threading.Thread(target=database.write, args=(hold,), daemon=True)
        slow.start()
        assert holding.wait(TIMEOUT_S)
        room.gift("carol", "Galaxy")
        # For longer than what is not urgent waits to be saved.
        started_at = time.monotonic()
        while time.monotonic() < started_at + SAVE_INTERVAL_S + 0.5:
            other.chat("dave", comment := f"{time.monotonic() - started_at:.3f}")
            daemon.received("chat", "bob", comment=comment)
        assert not heard(daemon, "alice", ("gift",))
        release.set()
        slow.join(TIMEOUT_S)
        daemon.event("gift", unique_id="carol")
