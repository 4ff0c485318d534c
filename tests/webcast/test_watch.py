import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import until
from tests.webcast.rig import Heard, api_answer, deaf_server, live_page, threads_of, urls
from tiktok2mqtt.common.errors import AccessError, Blocked, NetworkError, RateLimited, RoomEnded, WebcastError
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.simulator.push import PushSocket
from tiktok2mqtt.webcast.client import State as ClientState
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.lookup.rooms import Resolution
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.watch import AFTER_END_S, SETTLED_S, WatchedRoom, Watcher

INTERVAL_S = 0.2


class Shortest(random.Random):
    """No chance: the shortest delay, always."""

    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002 - the interface of Random
        return a


# --- a room that is watched, against the simulator ---


class Watched:
    """A watched room, what was told of it, and what was heard."""

    def __init__(self, sim: Simulator, watcher: Watcher, name: str = "alice", **options: Any) -> None:
        self.client = WebcastPushConnection(name, **(urls(sim) | options))
        self.heard = Heard(self.client)
        self.told: list[Connection] = []
        self.room = WatchedRoom(self.client, watcher, self.told.append, rng=Shortest())

    @property
    def states(self) -> list[State]:
        return [connection.state for connection in self.told]

    def wait(self, state: State, count: int = 1, timeout: float = 6.0) -> Connection:
        """Wait until the room came into a state for the n-th time; return what was told then."""
        until(lambda: self.states.count(state) >= count, timeout)
        return [connection for connection in self.told if connection.state is state][count - 1]


WatchedOf = Callable[..., Watched]


def planned(watched: Watched) -> float | None:
    """Return when something is to be done about the room; None: it is left alone."""
    agenda = watched.room._watcher._agenda
    assert watched.room not in agenda._waiting
    return agenda._due.get(watched.room)


@pytest.fixture
def watched_of(sim: Simulator) -> Iterator[WatchedOf]:
    """Make watched rooms: `watched_of("alice", interval_s=..., option=...)`, enabled. Nothing of them survives."""
    made: list[Watched] = []
    with ExitStack() as stack:

        def make(name: str = "alice", interval_s: float = INTERVAL_S, **options: Any) -> Watched:
            watcher = Watcher(interval_s)
            stack.callback(watcher.stop)
            watcher.start()
            watched = Watched(sim, watcher, name, **options)
            stack.callback(watched.room.close)
            made.append(watched)
            watched.room.enable()
            return watched

        yield make
    assert [thread for watched in made for thread in threads_of(watched.room.name)] == []


@pytest.fixture
def live(sim: Simulator) -> Room:
    room = sim.room("alice")
    room.go_live(title="Pottery")
    return room


def test_an_offline_room_is_watched_until_it_is_live(sim: Simulator, watched_of: WatchedOf) -> None:
    room = sim.room("alice")
    watched = watched_of()
    assert watched.room.connection.live is None
    offline = watched.wait(State.OFFLINE)
    assert (offline.live, offline.code, offline.reason) == (False, "offline", "Not live; watching")
    assert offline.retry_at is not None
    assert 0 < offline.retry_at - time.time() <= INTERVAL_S
    until(lambda: sum(request.path == "/@alice/live" for request in sim.requests) >= 2)
    room.go_live()
    connection = watched.wait(State.LIVE)
    assert (connection.live, connection.code, connection.transport) == (True, None, "direct")
    room.wait_for_client()
    room.chat("bob", "hi")
    watched.heard.wait("chat")
    told = list(dict.fromkeys(watched.states))
    assert told == [State.RESOLVING, State.OFFLINE, State.CONNECTING, State.LIVE]


def test_a_lost_socket_is_reconnected_and_nothing_is_told_twice(watched_of: WatchedOf, live: Room) -> None:
    live.remember(100)
    watched = watched_of()
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.chat("bob", "one")
    live.like("bob", 15, total=500)
    live.gift_streak("bob", "Rose", 3)
    watched.heard.wait("gift_streak", 3)
    live.drop_socket()
    lost = watched.wait(State.RECONNECTING)
    assert (lost.live, lost.code, lost.transport, lost.attempt) == (True, "network", None, 1)
    watched.wait(State.LIVE, 2)
    live.wait_for_client()
    live.like("carol", 5, total=0)
    live.gift_streak("bob", "Rose", 5)
    live.gift_end("bob", "Rose")
    gift = watched.heard.wait("gift")
    assert (gift["count"], gift["delta"], gift["closed_by"]) == (5, 5, "end")
    assert sum(event["delta"] for event in watched.heard.all("gift_streak")) == 5
    assert [event["comment"] for event in watched.heard.all("chat")] == ["one"]
    assert [event["total_like_count"] for event in watched.heard.all("like")] == [500, 505]
    assert len({event["id"] for event in watched.heard.events}) == len(watched.heard.events)


def test_a_room_found_live_is_not_looked_up_again_for_a_reconnect(
    sim: Simulator, watched_of: WatchedOf, live: Room
) -> None:
    watched = watched_of(interval_s=60.0)
    watched.wait(State.LIVE)
    live.wait_for_client()
    for count in (2, 3):
        live.drop_socket()
        watched.wait(State.LIVE, count)
        live.wait_for_client()
    assert sum(request.path == "/@alice/live" for request in sim.requests) == 1


def test_the_end_of_a_live_and_the_next_one(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of()
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.like("bob", 15, total=500)
    watched.heard.wait("like")
    live.end()
    ended = watched.wait(State.ENDED)
    assert (ended.live, ended.code, ended.reason) == (False, "ended", "the LIVE has ended")
    watched.wait(State.OFFLINE)
    second = live.go_live()
    watched.wait(State.LIVE, 2)
    live.wait_for_client()
    live.like("bob", 15, total=15)
    like = watched.heard.wait("like", 2)
    assert (like["session_id"], like["room_id"], like["total_like_count"]) == (second, second, 15)
    assert watched.heard.all("like")[0]["session_id"] != second


def test_a_live_that_ends_without_a_word(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of(interval_s=60.0)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.gift_streak("bob", "Rose", 2)
    watched.heard.wait("gift_streak", 2)
    live.end(announce=False)
    live.drop_socket()
    ended = watched.wait(State.ENDED)
    assert (ended.live, ended.code) == (False, "ended")
    assert watched.states[-2:] == [State.RECONNECTING, State.ENDED]
    assert watched.heard.wait("gift")["count"] == 2


async def abort(socket: PushSocket) -> None:
    socket.abort()


def test_a_new_live_that_began_unseen_is_a_new_session(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of()
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.chat("bob", "first")
    watched.heard.wait("chat")
    (socket,) = live.shared.hub.inside(live.state)
    second = live.go_live()
    live.loop.call(abort(socket))
    watched.wait(State.LIVE, 2)
    live.wait_for_client()
    live.chat("bob", "second")
    assert watched.heard.wait("chat", 2)["session_id"] == second
    assert watched.heard.all("chat")[0]["session_id"] != second


def test_a_half_open_socket_is_reconnected(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of(stale_timeout_s=0.3)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.go_silent()
    assert watched.wait(State.RECONNECTING).code == "stale"
    watched.wait(State.LIVE, 2)


PAGES = ("/live", "api-live")


@pytest.mark.parametrize(
    ("answer", "state", "code", "at_least_s"),
    [
        ((429, {}, b""), State.BLOCKED, "rate_limited", 60),
        ((429, {"Retry-After": "300"}, b""), State.BLOCKED, "rate_limited", 300),
        ((403, {}, b""), State.BLOCKED, "blocked", 30),
        ((200, {"X-TT-System-Error": "3"}, b"<html>slide to continue</html>"), State.BLOCKED, "captcha", 60),
        ((200, {}, b""), State.BLOCKED, "captcha", 60),
        ((500, {}, b""), State.DEGRADED, "network", 1),
    ],
    ids=["429", "429 with Retry-After", "403", "captcha", "empty 200", "500"],
)
@pytest.mark.usefixtures("live")
def test_a_service_that_refuses_leaves_the_room_unknown(  # noqa: PLR0913, PLR0917 - a table's columns
    sim: Simulator,
    watched_of: WatchedOf,
    answer: tuple[int, dict[str, str], bytes],
    state: State,
    code: str,
    at_least_s: float,
) -> None:
    for page in PAGES:
        sim.fail_http(page, *answer)
    connection = watched_of(interval_s=0.9).wait(state)
    assert (connection.code, connection.live, connection.attempt) == (code, None, 1)
    assert connection.retry_at is not None
    assert at_least_s - 1 < connection.retry_at - time.time() <= at_least_s


def test_a_user_who_does_not_exist_is_not_live(watched_of: WatchedOf) -> None:
    connection = watched_of("nobody").wait(State.DEGRADED)
    assert (connection.code, connection.live) == ("not_found", False)


def test_an_age_restricted_room_is_blocked(watched_of: WatchedOf, live: Room) -> None:
    live.restrict_age()
    connection = watched_of().wait(State.BLOCKED)
    assert (connection.code, connection.live) == ("age_restricted", None)
    assert "logged-in adults" in connection.reason


@pytest.mark.usefixtures("short_pauses")
def test_a_refused_socket_is_blocked_with_the_reason_of_its_header(watched_of: WatchedOf, live: Room) -> None:
    live.refuse(200, {"Handshake-Msg": "REGION_LOCKED"}, times=2)
    connection = watched_of(transports=("direct",)).wait(State.BLOCKED)
    assert connection.code == "blocked"
    assert connection.reason == "TikTok refused the socket with status 200: REGION_LOCKED"


def test_sources_that_disagree_leave_the_room_unknown(sim: Simulator, watched_of: WatchedOf, live: Room) -> None:
    room_id = str(live.state.room_id)
    live.end(announce=False)
    sim.fail_http("api-live", 200, body=api_answer(room_id))
    watched = watched_of(interval_s=0.9)
    connection = watched.wait(State.DEGRADED)
    assert (connection.code, connection.live) == ("unknown", None)
    assert connection.reason == "TikTok's pages disagree whether the room is live"
    assert State.OFFLINE not in watched.states


@pytest.mark.parametrize("check", [(403, b""), (200, b"")], ids=["refused", "empty"])
def test_one_source_alone_does_not_end_a_live(
    sim: Simulator, watched_of: WatchedOf, live: Room, check: tuple[int, bytes]
) -> None:
    watched = watched_of(interval_s=60.0)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.end(announce=False)
    sim.fail_http("check_alive", check[0], body=check[1])
    live.drop_socket()
    unknown = watched.wait(State.DEGRADED)
    assert (unknown.code, unknown.live) == ("unknown", None)
    assert unknown.reason == "only the room's info says that the LIVE is over"
    assert State.ENDED not in watched.states
    assert watched.room._heard_id == str(live.state.room_id)


def test_a_look_up_ends_a_live_when_two_sources_agree(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of(fetch_room_info_on_connect=False)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.gift_streak("bob", "Rose", 2)
    watched.heard.wait("gift_streak", 2)
    until(lambda: time.monotonic() > watched.room._fresh_until)
    live.end(announce=False)
    live.drop_socket()
    ended = watched.wait(State.ENDED)
    assert (ended.live, ended.code) == (False, "ended")
    gift = watched.heard.wait("gift")
    assert (gift["count"], gift["closed_by"]) == (2, "disconnect")
    assert watched.client.session is None


def test_a_suspended_live_says_so(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of(interval_s=60.0)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.suspend()
    ended = watched.wait(State.ENDED)
    assert (ended.live, ended.code, ended.reason) == (False, "suspended", "the LIVE was suspended")
    assert watched.heard.wait("stream_end")["reason"] == "suspended"


def test_an_account_that_is_shown_to_nobody_is_blocked(watched_of: WatchedOf, live: Room) -> None:
    live.go_private()
    connection = watched_of().wait(State.BLOCKED)
    assert (connection.code, connection.live) == ("private_or_banned", None)


def test_a_reconnect_tells_the_gap(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of(interval_s=60.0)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.drop_socket()
    assert watched.heard.wait("gap")["seconds"] >= 0
    assert watched.heard.names == ["connected", "disconnected", "connected", "gap"]


def test_a_room_that_is_enabled_while_it_reconnects_is_left_alone_once_it_is_live(
    watched_of: WatchedOf, live: Room
) -> None:
    watched = watched_of(interval_s=60.0)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.drop_socket()
    watched.wait(State.RECONNECTING)
    watched.room.enable()
    watched.wait(State.LIVE, 2)
    assert planned(watched) is None


def test_an_idle_room_lets_go_of_what_is_costly(
    sim: Simulator, watched_of: WatchedOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest, rested = HttpClient.drop_idle_connections, []

    def noted(http: HttpClient) -> None:
        rested.append(http)
        rest(http)

    monkeypatch.setattr(HttpClient, "drop_idle_connections", noted)
    sim.room("alice")
    watched = watched_of(interval_s=60.0)
    watched.wait(State.OFFLINE)
    assert rested == [watched.client._http]


def test_room_info_decides_when_the_sources_disagree(sim: Simulator, watched_of: WatchedOf, live: Room) -> None:
    sim.fail_http("/live", 200, body=live_page(str(live.state.room_id), status=4))
    watched = watched_of()
    watched.wait(State.LIVE)
    assert State.DEGRADED not in watched.states


# --- letting go ---


def test_disabling_a_live_room_and_enabling_it_again(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of()
    watched.wait(State.LIVE)
    live.wait_for_client()
    watched.room.disable()
    assert not watched.client.busy
    assert watched.heard.names == ["connected", "disconnected"]
    assert watched.heard.events[1]["code"] == "disabled"
    last = watched.told[-1]
    assert (last.state, last.live, last.code) == (State.DISABLED, None, "disabled")
    assert not watched.room.enabled
    until(lambda: live.clients == 0)
    watched.room.enable()
    watched.wait(State.LIVE, 2)


def test_enabling_a_live_room_changes_nothing(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of()
    connection = watched.wait(State.LIVE)
    live.wait_for_client()
    watched.room.enable()
    assert watched.room.connection is connection
    assert planned(watched) is None


def test_disabling_while_connecting(watched_of: WatchedOf, live: Room) -> None:
    with deaf_server() as port:
        watched = watched_of(socket_url=f"ws://127.0.0.1:{port}/", connect_timeout_s=0.5)
        watched.wait(State.CONNECTING)
        until(lambda: watched.client.busy)
        watched.room.disable()
        assert not watched.client.busy
    assert watched.states == [State.RESOLVING, State.CONNECTING, State.DISABLED]
    assert watched.heard.names == []
    assert planned(watched) is None
    assert live.clients == 0


def test_disabling_in_the_moment_of_the_start(
    watched_of: WatchedOf, live: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler has found the room live and is about to start it, and the owner disables it."""
    start = WebcastPushConnection.start
    made = threading.Event()

    def disabled_before(client: WebcastPushConnection, room_id: str) -> None:
        made.wait(5)
        watched.room.disable()
        start(client, room_id)

    monkeypatch.setattr(WebcastPushConnection, "start", disabled_before)
    watched = watched_of()
    made.set()
    watched.wait(State.DISABLED)
    watched.heard.wait("disconnected")
    until(lambda: not watched.client.busy and live.clients == 0)
    assert watched.told[-1].state is State.DISABLED


def test_closing_says_nothing_more(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of()
    watched.wait(State.LIVE)
    live.wait_for_client()
    told = list(watched.told)
    watched.room.interrupt()
    watched.room.close()
    assert watched.told == told
    assert threads_of("alice") == []
    assert watched.heard.wait("disconnected")["code"] == "disabled"


# --- signals that come late, and delays, without a network ---


class FakeWatcher:
    """Notes what is asked of it."""

    interval_s = 60.0

    def __init__(self) -> None:
        self.wakes: list[float | None] = []
        self.holds: list[AccessError] = []

    def wake(self, _room: WatchedRoom, at: float | None) -> None:
        self.wakes.append(at)

    def hold(self, refusal: AccessError) -> None:
        self.holds.append(refusal)


@pytest.fixture
def idle() -> Iterator[tuple[WatchedRoom, list[Connection], FakeWatcher]]:
    """A room that nobody attempts."""
    told: list[Connection] = []
    watcher = FakeWatcher()
    with WebcastPushConnection("alice") as client:
        yield WatchedRoom(client, cast("Watcher", watcher), told.append, rng=Shortest()), told, watcher


Idle = tuple[WatchedRoom, list[Connection], FakeWatcher]


@pytest.mark.parametrize(
    "late",
    [
        lambda room: room._opened(room.client.generation),
        lambda room: room._closed(room.client.generation, None),
        lambda room: room._closed(room.client.generation, NetworkError("late")),
        lambda room: room._closed(room.client.generation, RoomEnded("late")),
    ],
    ids=["opened", "closed on request", "lost", "ended"],
)
def test_late_signals_of_an_old_connection_change_nothing(idle: Idle, late: Callable[[WatchedRoom], object]) -> None:
    room, told, _watcher = idle
    room.enable()
    room.disable()
    before, count = room.connection, len(told)
    late(room)
    assert room.connection is before
    assert len(told) == count
    assert not room.step()
    assert room.look_up() is None
    assert len(told) == count


ACTS = st.sampled_from(["enable", "disable", "step", "look_up", "start"]) | st.tuples(
    st.sampled_from(["opened", "lost", "ended", "left"]), st.integers(0, 6)
)
CLOSED: dict[str, WebcastError | None] = {"lost": NetworkError("lost"), "ended": RoomEnded("over"), "left": None}


@given(st.lists(ACTS, max_size=25))
def test_what_an_earlier_start_has_to_say_changes_nothing(acts: list[str | tuple[str, int]]) -> None:
    """Whatever happens to a room, in whatever order, callbacks count only from the start that is the latest."""
    client, watcher = FakeClient(), FakeWatcher()
    room = WatchedRoom(cast("WebcastPushConnection", client), cast("Watcher", watcher), lambda _told: None)
    for act in acts:
        if isinstance(act, str):
            client.do(room, act)
            continue
        kind, generation = act
        before, wakes = room.connection, len(watcher.wakes)
        if kind == "opened":
            room._opened(generation)
        else:
            room._closed(generation, CLOSED[kind])
        if generation != client.generation or (before.state is State.DISABLED and kind != "opened"):
            assert room.connection is before
            assert len(watcher.wakes) == wakes
    assert (room.connection.state is State.DISABLED) == (not room.enabled)


class FakeClient:
    """A client whose reader does nothing by itself."""

    room = "alice"
    busy = False
    session = None

    def __init__(self) -> None:
        self.generation = 0

    def do(self, room: WatchedRoom, act: str) -> None:
        if act == "start":
            self.start("7")
        else:
            getattr(room, act)()

    def start(self, _room_id: str) -> None:
        self.generation += 1

    def interrupt(self) -> None:
        self.generation += 1

    disconnect = interrupt

    def look_up(self, _heard_id: str | None) -> Resolution:
        return Resolution("7", self.generation % 2 == 0, 2)

    def get_state(self) -> ClientState:
        return ClientState("alice", True, "7", "direct")

    def drop_idle_connections(self) -> None:
        pass

    forget_session = drop_idle_connections


def test_a_look_up_that_ends_after_the_room_was_let_go_is_not_told(idle: Idle) -> None:
    room, told, _watcher = idle
    room.enable()
    count = len(told)
    room.interrupt()
    room._failed(NetworkError("late"), 0.0)
    assert len(told) == count


@pytest.mark.parametrize("outcome", [Resolution("7", True, 2), Resolution(None, False, 2), NetworkError("interrupted")])
def test_a_look_up_that_was_overtaken_says_nothing(
    idle: Idle, monkeypatch: pytest.MonkeyPatch, outcome: Resolution | WebcastError
) -> None:
    room, told, watcher = idle
    room.enable()

    def overtaken(_heard: str | None) -> Resolution:
        room.disable()
        room.enable()
        told.clear()
        watcher.wakes.clear()
        if isinstance(outcome, WebcastError):
            raise outcome
        return outcome

    monkeypatch.setattr(room.client, "look_up", overtaken)
    monkeypatch.setattr(room.client, "start", fail_to_start)
    room.look_up()
    assert room.connection.state is State.RESOLVING
    assert (told, watcher.wakes) == ([], [])


def test_a_live_that_is_over_is_looked_up_anew(idle: Idle, monkeypatch: pytest.MonkeyPatch) -> None:
    room, told, _watcher = idle
    room._room_id, room._fresh_until = "7400000000000000001", time.monotonic() + 60
    lose(room, RoomEnded("over"), after_s=1)
    monkeypatch.setattr(room.client, "start", fail_to_start)
    monkeypatch.setattr(room.client, "look_up", lambda _heard: Resolution(None, False, 2))
    assert room.step()
    assert room.look_up() is None
    assert [connection.state for connection in told] == [State.ENDED, State.OFFLINE]


def test_after_a_live_is_over_the_next_one_is_looked_for_soon_but_only_once(idle: Idle) -> None:
    room, _told, watcher = idle

    def seconds_after_the_end_of(room_id: str) -> float:
        room._heard_id = room_id
        lose(room, RoomEnded("over"), after_s=1)
        at = watcher.wakes[-1]
        assert at is not None
        return round((at - time.monotonic()) / 0.9)

    room.enable()
    delays = [seconds_after_the_end_of(room_id) for room_id in ("1", "1", "1", "2")]
    assert delays == [AFTER_END_S, watcher.interval_s, watcher.interval_s, AFTER_END_S]
    watcher.interval_s = 5.0
    assert seconds_after_the_end_of("3") == watcher.interval_s


def fail_to_start(_room_id: str) -> None:
    raise AssertionError("a room that is over was started")


def lose(room: WatchedRoom, error: WebcastError, *, after_s: float) -> Connection:
    """The room was live for so long, and is lost."""
    room.connection = Connection(State.LIVE, live=True)
    room._opened_at = time.monotonic() - after_s
    room._closed(room.client.generation, error)
    return room.connection


def test_a_session_that_lasted_begins_the_delays_anew(idle: Idle) -> None:
    room, _told, _watcher = idle
    attempts = [lose(room, NetworkError("lost"), after_s=seconds).attempt for seconds in (1, 1, 1, SETTLED_S + 1, 1)]
    assert attempts == [1, 2, 3, 1, 2]


class ProviderLimited(RateLimited):
    """A limit that is not TikTok's."""


@pytest.mark.parametrize(
    ("error", "held"),
    [
        (RateLimited("too many"), True),
        (ProviderLimited("too many"), False),
        (Blocked("REGION_LOCKED"), False),
        (NetworkError("lost"), False),
    ],
)
def test_a_socket_that_is_told_to_stop_asking_holds_back_all_rooms(idle: Idle, error: WebcastError, held: bool) -> None:
    room, _told, watcher = idle
    lose(room, error, after_s=1)
    assert watcher.holds == ([error] if held else [])


def test_what_the_service_asks_for_is_obeyed(idle: Idle) -> None:
    room, _told, watcher = idle
    now = time.time()
    connection = lose(room, NetworkError("lost", retry_after_s=77), after_s=1)
    assert connection.retry_at is not None
    assert now + 77 <= connection.retry_at < now + 78
    assert watcher.wakes[-1] is not None
    assert watcher.wakes[-1] - time.monotonic() == pytest.approx(77, abs=1)
