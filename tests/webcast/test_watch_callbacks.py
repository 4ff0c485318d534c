"""Late callbacks and delays of a watched room, without a network."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import cast
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webcast.rig import Shortest
from tiktok2mqtt.common.errors import AccessError, Blocked, NetworkError, RateLimited, RoomEnded, WebcastError
from tiktok2mqtt.webcast.client import State as ClientState
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.lifecycle import Connection, FoundLive, State
from tiktok2mqtt.webcast.lookup.resolution import Resolution
from tiktok2mqtt.webcast.watch import AFTER_END_S, STABLE_S, WatchedRoom, Watcher

INTERVAL_S = 0.2


class FakeWatcher:
    """Records its calls: the times for which the room is scheduled, None when it is cancelled."""

    interval_s = 60.0

    def __init__(self) -> None:
        self.scheduled: list[float | None] = []
        self.refusals: list[AccessError] = []

    def schedule(self, _room: WatchedRoom, at: float) -> None:
        self.scheduled.append(at)

    def cancel(self, _room: WatchedRoom) -> None:
        self.scheduled.append(None)

    def pause_lookups(self, refusal: AccessError) -> None:
        self.refusals.append(refusal)

    def take_slot(self, _room: WatchedRoom) -> bool:
        return True

    def release_slot(self, _room: WatchedRoom) -> None:
        pass


@pytest.fixture
def idle() -> Iterator[tuple[WatchedRoom, list[Connection], FakeWatcher]]:
    """A room that is not connected, its reported changes, and its watcher."""
    reported: list[Connection] = []
    watcher = FakeWatcher()
    with WebcastPushConnection("alice") as client:
        room = WatchedRoom(
            client, cast("Watcher", watcher), lambda connection, _: reported.append(connection), Shortest()
        )
        yield room, reported, watcher


Idle = tuple[WatchedRoom, list[Connection], FakeWatcher]


@pytest.mark.parametrize(
    "late",
    [
        lambda room: room.client.on_opened(room.client.generation),
        lambda room: room.client.on_closed(room.client.generation, None),
        lambda room: room.client.on_closed(room.client.generation, NetworkError("late")),
        lambda room: room.client.on_closed(room.client.generation, RoomEnded("late")),
    ],
    ids=["opened", "closed on request", "lost", "ended"],
)
def test_late_callbacks_of_an_old_connection_change_nothing(idle: Idle, late: Callable[[WatchedRoom], object]) -> None:
    room, reported, _watcher = idle
    room.enable()
    room.disable()
    before, count = room.connection, len(reported)
    late(room)
    assert room.connection is before
    assert len(reported) == count
    assert not room.step()
    assert room.look_up() is None
    assert len(reported) == count


ACTIONS = st.sampled_from(["enable", "disable", "step", "look_up", "start"]) | st.tuples(
    st.sampled_from(["opened", "lost", "ended", "left"]), st.integers(0, 6)
)
CLOSED: dict[str, WebcastError | None] = {"lost": NetworkError("lost"), "ended": RoomEnded("over"), "left": None}


@given(st.lists(ACTIONS, max_size=25))
def test_callbacks_of_an_earlier_start_change_nothing(actions: list[str | tuple[str, int]]) -> None:
    """Whatever happens in whatever order, only callbacks of the latest start count."""
    client, watcher = FakeClient(), FakeWatcher()
    room = WatchedRoom(cast("WebcastPushConnection", client), cast("Watcher", watcher), lambda *_: None)
    for action in actions:
        if isinstance(action, str):
            client.do(room, action)
            continue
        kind, generation = action
        before, count = room.connection, len(watcher.scheduled)
        if kind == "opened":
            room.client.on_opened(generation)
        else:
            room.client.on_closed(generation, CLOSED[kind])
        if generation != client.generation or (before.state is State.DISABLED and kind != "opened"):
            assert room.connection is before
            assert len(watcher.scheduled) == count
    assert (room.connection.state is State.DISABLED) == (not room.enabled)


class FakeClient:
    """A client without a reader."""

    room = "alice"
    busy = False
    session = None

    def __init__(self) -> None:
        self.generation = 0

    def do(self, room: WatchedRoom, action: str) -> None:
        if action == "start":
            self.start("7")
        else:
            getattr(room, action)()

    def start(self, _room_id: str) -> None:
        self.generation += 1

    def interrupt(self) -> None:
        self.generation += 1

    disconnect = interrupt

    def live_status(self, _last_room_id: str | None) -> Resolution:
        return Resolution("7", self.generation % 2 == 0, 2)

    def get_state(self) -> ClientState:
        return ClientState("alice", True, "7", "direct")

    def drop_idle_connections(self) -> None:
        pass

    forget_session = drop_idle_connections


def test_changes_are_reported_in_order_though_another_thread_is_reporting() -> None:
    """A room that is disabled while the reader reports LIVE must not be live in the end."""
    client, reported = FakeClient(), list[State]()
    reporting, release = threading.Event(), threading.Event()

    def on_connection(connection: Connection, _known: ClientState) -> None:
        if connection.state is State.LIVE:
            reporting.set()
            assert release.wait(5)
        reported.append(connection.state)

    room = WatchedRoom(cast("WebcastPushConnection", client), cast("Watcher", FakeWatcher()), on_connection)
    room.enable()
    room.look_up()
    reader = threading.Thread(target=room.client.on_opened, args=(client.generation,))
    reader.start()
    assert reporting.wait(5)
    room.disable()
    assert room.connection.state is State.DISABLED
    release.set()
    reader.join(5)
    assert reported == [State.RESOLVING, State.CONNECTING, State.LIVE, State.DISABLED]


def test_a_change_that_could_not_be_handled_stops_no_thread_and_no_further_report(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client, reported = FakeClient(), list[State]()

    def on_connection(connection: Connection, known: ClientState) -> None:
        reported.append(connection.state)
        assert known == client.get_state()
        if connection.state is State.CONNECTING:
            raise RuntimeError("disk full")

    room = WatchedRoom(cast("WebcastPushConnection", client), cast("Watcher", FakeWatcher()), on_connection)
    room.enable()
    assert room.look_up() is None
    room.client.on_opened(client.generation)
    assert reported == [State.RESOLVING, State.CONNECTING, State.LIVE]
    assert "alice: a change of the connection could not be handled" in caplog.text


def test_a_lookup_that_ends_after_an_interrupt_is_not_reported(idle: Idle, monkeypatch: pytest.MonkeyPatch) -> None:
    room, reported, _watcher = idle
    room.enable()
    count = len(reported)

    def interrupted(_last_room_id: str | None) -> Resolution:
        room.interrupt()
        raise NetworkError("late")

    monkeypatch.setattr(room.client, "live_status", interrupted)
    room.look_up()
    assert len(reported) == count


@pytest.mark.parametrize("outcome", [Resolution("7", True, 2), Resolution(None, False, 2), NetworkError("interrupted")])
def test_the_result_of_an_outdated_lookup_is_ignored(
    idle: Idle, monkeypatch: pytest.MonkeyPatch, outcome: Resolution | WebcastError
) -> None:
    room, reported, watcher = idle
    room.enable()

    def outdated(_last_room_id: str | None) -> Resolution:
        room.disable()
        room.enable()
        reported.clear()
        watcher.scheduled.clear()
        if isinstance(outcome, WebcastError):
            raise outcome
        return outcome

    monkeypatch.setattr(room.client, "live_status", outdated)
    monkeypatch.setattr(room.client, "start", fail_to_start)
    room.look_up()
    assert room.connection.state is State.RESOLVING
    assert (reported, watcher.scheduled) == ([], [])


def test_after_the_end_of_a_live_the_room_is_looked_up_again(idle: Idle, monkeypatch: pytest.MonkeyPatch) -> None:
    room, reported, _watcher = idle
    room.found, room.found_until = FoundLive("7400000000000000001"), time.monotonic() + 60
    lose(room, RoomEnded("over"), after_s=1)
    monkeypatch.setattr(room.client, "start", fail_to_start)
    monkeypatch.setattr(room.client, "live_status", lambda _last_room_id: Resolution(None, False, 2))
    assert room.step()
    assert room.look_up() is None
    assert [connection.state for connection in reported] == [State.ENDED, State.OFFLINE]


def test_the_first_lookup_after_the_end_of_a_live_comes_early_once(idle: Idle) -> None:
    room, _reported, watcher = idle

    def seconds_after_the_end_of(room_id: str) -> float:
        room._last_id = room_id
        lose(room, RoomEnded("over"), after_s=1)
        at = watcher.scheduled[-1]
        assert at is not None
        return round((at - time.monotonic()) / 0.9)

    room.enable()
    delays = [seconds_after_the_end_of(room_id) for room_id in ("1", "1", "1", "2")]
    assert delays == [AFTER_END_S, watcher.interval_s, watcher.interval_s, AFTER_END_S]
    watcher.interval_s = 5.0
    assert seconds_after_the_end_of("3") == watcher.interval_s


@pytest.mark.parametrize(
    ("error", "last_id", "delay_s"),
    [
        (NetworkError("no answer"), "1", NetworkError.min_delay_s),
        (NetworkError("no answer"), None, 54),
        (Blocked("no"), "1", 54),
    ],
)
def test_a_lost_live_is_looked_up_soon_when_the_network_failed(
    idle: Idle, monkeypatch: pytest.MonkeyPatch, error: WebcastError, last_id: str | None, delay_s: float
) -> None:
    room, _reported, watcher = idle
    room.enable()
    room._last_id = last_id
    monkeypatch.setattr(room.client, "live_status", Mock(side_effect=error))
    room.look_up()
    at = watcher.scheduled[-1]
    assert at is not None
    assert round(at - time.monotonic()) == delay_s


def fail_to_start(_room_id: str) -> None:
    raise AssertionError("a room that is over was started")


def lose(room: WatchedRoom, error: WebcastError, *, after_s: float) -> Connection:
    """Lose the connection of the room after it was live for `after_s`."""
    room._state.connection = Connection(State.LIVE, live=True)
    room._opened_at = time.monotonic() - after_s
    room.client.on_closed(room.client.generation, error)
    return room.connection


def test_a_stable_connection_resets_the_backoff(idle: Idle) -> None:
    room, _reported, _watcher = idle
    attempts = [lose(room, NetworkError("lost"), after_s=seconds).attempt for seconds in (1, 1, 1, STABLE_S + 1, 1)]
    assert attempts == [1, 2, 3, 1, 2]


class ProviderLimited(RateLimited):
    """A limit that is not TikTok's."""


@pytest.mark.parametrize(
    ("error", "pauses"),
    [
        (RateLimited("too many"), True),
        (ProviderLimited("too many"), False),
        (Blocked("REGION_LOCKED"), False),
        (NetworkError("lost"), False),
    ],
)
def test_a_rate_limited_socket_pauses_all_lookups(idle: Idle, error: WebcastError, pauses: bool) -> None:
    room, _reported, watcher = idle
    lose(room, error, after_s=1)
    assert watcher.refusals == ([error] if pauses else [])


def test_retry_after_is_obeyed(idle: Idle) -> None:
    room, _reported, watcher = idle
    now = time.time()
    connection = lose(room, NetworkError("lost", retry_after_s=77), after_s=1)
    assert connection.retry_at is not None
    assert now + 77 <= connection.retry_at < now + 78
    assert watcher.scheduled[-1] is not None
    assert watcher.scheduled[-1] - time.monotonic() == pytest.approx(77, abs=1)
