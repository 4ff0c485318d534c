import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.helpers import until
from tests.webcast.rig import EventLog, Shortest, api_answer, deaf_server, live_page, threads_of, urls
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.simulator.push import PushSocket
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.lookup import pages
from tiktok2mqtt.webcast.net.http import HttpClient
from tiktok2mqtt.webcast.watch import WatchedRoom, Watcher

INTERVAL_S = 0.2


class Watched:
    """A watched room, its reported states, and its events."""

    def __init__(
        self, sim: Simulator, watcher: Watcher, name: str = "alice", live_grace_s: float = 60.0, **options: Any
    ) -> None:
        self.client = WebcastPushConnection(name, **(urls(sim) | options))
        self.log = EventLog(self.client)
        self.reported: list[Connection] = []
        self.room = WatchedRoom(
            self.client, watcher, lambda connection, _: self.reported.append(connection), Shortest(), live_grace_s
        )

    @property
    def states(self) -> list[State]:
        return [connection.state for connection in self.reported]

    def wait(self, state: State, count: int = 1, timeout: float = 6.0) -> Connection:
        """Wait until the room enters a state for the n-th time; return the connection reported then."""
        until(lambda: self.states.count(state) >= count, timeout)
        return [connection for connection in self.reported if connection.state is state][count - 1]


WatchedOf = Callable[..., Watched]


def due_time(watched: Watched) -> float | None:
    """Return the due time of the room, None when it is not scheduled."""
    schedule = watched.room.watcher._schedule
    assert watched.room not in schedule._queue
    return schedule._due.get(watched.room)


@pytest.fixture
def watched_of(sim: Simulator) -> Iterator[WatchedOf]:
    """Make watched rooms: `watched_of("alice", interval_s=..., option=...)`, enabled. No thread of theirs survives."""
    made: list[Watched] = []
    with ExitStack() as stack:

        def make(
            name: str = "alice", interval_s: float = INTERVAL_S, live_grace_s: float = 60.0, **options: Any
        ) -> Watched:
            watcher = Watcher(interval_s)
            stack.callback(watcher.stop)
            watcher.start()
            watched = Watched(sim, watcher, name, live_grace_s, **options)
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
    watched.log.wait("chat")
    states = list(dict.fromkeys(watched.states))
    assert states == [State.RESOLVING, State.OFFLINE, State.CONNECTING, State.LIVE]


def test_a_lost_socket_is_reconnected_and_nothing_is_reported_twice(watched_of: WatchedOf, live: Room) -> None:
    live.remember(100)
    watched = watched_of()
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.chat("bob", "one")
    live.like("bob", 15, total=500)
    live.gift_streak("bob", "Rose", 3)
    watched.log.wait("gift_streak", 3)
    live.drop_socket()
    lost = watched.wait(State.RECONNECTING)
    assert (lost.live, lost.code, lost.transport, lost.attempt) == (True, "network", None, 1)
    watched.wait(State.LIVE, 2)
    live.wait_for_client()
    live.like("carol", 5, total=0)
    live.gift_streak("bob", "Rose", 5)
    live.gift_end("bob", "Rose")
    gift = watched.log.wait("gift")
    assert (gift["count"], gift["delta"], gift["closed_by"]) == (5, 5, "end")
    assert sum(event["delta"] for event in watched.log.all("gift_streak")) == 5
    assert [event["comment"] for event in watched.log.all("chat")] == ["one"]
    assert [event["total_like_count"] for event in watched.log.all("like")] == [500, 505]
    assert len({event["id"] for event in watched.log.events}) == len(watched.log.events)


def test_a_reconnect_needs_no_new_lookup(sim: Simulator, watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of(interval_s=60.0)
    watched.wait(State.LIVE)
    live.wait_for_client()
    for count in (2, 3):
        live.drop_socket()
        watched.wait(State.LIVE, count)
        live.wait_for_client()
    assert sum(request.path == "/@alice/live" for request in sim.requests) == 1


def test_after_a_live_ends_the_next_one_is_connected(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of()
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.like("bob", 15, total=500)
    watched.log.wait("like")
    live.end()
    ended = watched.wait(State.ENDED)
    assert (ended.live, ended.code, ended.reason) == (False, "ended", "the LIVE has ended")
    watched.wait(State.OFFLINE)
    second = live.go_live()
    watched.wait(State.LIVE, 2)
    live.wait_for_client()
    live.like("bob", 15, total=15)
    like = watched.log.wait("like", 2)
    assert (like["session_id"], like["room_id"], like["total_like_count"]) == (second, second, 15)
    assert watched.log.all("like")[0]["session_id"] != second


def test_a_live_that_ends_without_a_control_message(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of(interval_s=60.0)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.gift_streak("bob", "Rose", 2)
    watched.log.wait("gift_streak", 2)
    live.end(announce=False)
    live.drop_socket()
    ended = watched.wait(State.ENDED)
    assert (ended.live, ended.code) == (False, "ended")
    assert watched.states[-2:] == [State.RECONNECTING, State.ENDED]
    assert watched.log.wait("gift")["count"] == 2


async def abort(socket: PushSocket) -> None:
    socket.abort()


def test_a_new_live_is_a_new_session_even_if_the_end_was_missed(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of()
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.chat("bob", "first")
    watched.log.wait("chat")
    (socket,) = live.shared.hub.inside(live.state)
    second = live.go_live()
    live.loop.call(abort(socket))
    watched.wait(State.LIVE, 2)
    live.wait_for_client()
    live.chat("bob", "second")
    assert watched.log.wait("chat", 2)["session_id"] == second
    assert watched.log.all("chat")[0]["session_id"] != second


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
def test_a_refusal_makes_the_live_status_unknown(  # noqa: PLR0913, PLR0917 - a table's columns
    sim: Simulator,
    watched_of: WatchedOf,
    answer: tuple[int, dict[str, str], bytes],
    state: State,
    code: str,
    at_least_s: float,
) -> None:
    for page in (*PAGES, "info_by_user"):
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
    # The live page says so.
    assert (connection.code, connection.live) == ("age_restricted", True)
    assert "adults who are logged in" in connection.reason


@pytest.mark.usefixtures("short_pauses")
def test_a_refused_socket_is_blocked_with_the_reason_in_its_header(watched_of: WatchedOf, live: Room) -> None:
    live.refuse(200, {"Handshake-Msg": "REGION_LOCKED"}, times=2)
    connection = watched_of(transports=("direct",)).wait(State.BLOCKED)
    assert connection.code == "blocked"
    assert connection.reason == "TikTok refused the socket with status 200: REGION_LOCKED"


def test_contradicting_sources_make_the_live_status_unknown(sim: Simulator, watched_of: WatchedOf, live: Room) -> None:
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
    assert (unknown.code, unknown.live) == ("unknown", True)
    assert unknown.confirmed_at is not None
    assert unknown.reason == "only the room info says that the LIVE is over"
    assert State.ENDED not in watched.states
    assert watched.room._last_id == str(live.state.room_id)


def test_a_lookup_ends_a_live_when_two_sources_agree(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of(fetch_room_info_on_connect=False)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.gift_streak("bob", "Rose", 2)
    watched.log.wait("gift_streak", 2)
    until(lambda: time.monotonic() > watched.room.found_until)
    live.end(announce=False)
    live.drop_socket()
    ended = watched.wait(State.ENDED)
    assert (ended.live, ended.code) == (False, "ended")
    gift = watched.log.wait("gift")
    assert (gift["count"], gift["closed_by"]) == (2, "disconnect")
    assert watched.client.session is None


def test_a_suspended_live_has_its_own_code(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of(interval_s=60.0)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.suspend()
    ended = watched.wait(State.ENDED)
    assert (ended.live, ended.code, ended.reason) == (False, "suspended", "the LIVE was suspended")
    assert watched.log.wait("stream_end")["reason"] == "suspended"


def test_a_private_account_is_blocked(watched_of: WatchedOf, live: Room) -> None:
    live.go_private()
    connection = watched_of().wait(State.BLOCKED)
    assert (connection.code, connection.live) == ("private_or_banned", None)


def test_a_reconnect_reports_the_gap(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of(interval_s=60.0)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.drop_socket()
    assert watched.log.wait("gap")["seconds"] >= 0
    assert watched.log.names == ["connected", "disconnected", "connected", "gap"]


def test_a_room_enabled_while_it_reconnects_is_not_scheduled_once_live(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of(interval_s=60.0)
    watched.wait(State.LIVE)
    live.wait_for_client()
    live.drop_socket()
    watched.wait(State.RECONNECTING)
    watched.room.enable()
    watched.wait(State.LIVE, 2)
    assert due_time(watched) is None


def test_an_offline_room_drops_its_idle_connections(
    sim: Simulator, watched_of: WatchedOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop, dropped = HttpClient.drop_idle_connections, []

    def recorded(http: HttpClient) -> None:
        dropped.append(http)
        drop(http)

    monkeypatch.setattr(HttpClient, "drop_idle_connections", recorded)
    sim.room("alice")
    watched = watched_of(interval_s=60.0)
    watched.wait(State.OFFLINE)
    assert dropped == [watched.client._http]


def test_a_mistake_in_a_parser_does_not_leave_the_room_in_its_state(
    sim: Simulator, watched_of: WatchedOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim.room("alice").go_live()

    def fail(_page: str, _asked: pages.Host) -> None:
        raise KeyError("roomId")

    with monkeypatch.context() as patched:
        patched.setattr(pages, "live_page", fail)
        watched = watched_of()
        failed = watched.wait(State.DEGRADED)
        assert (failed.code, failed.reason) == ("error", "internal error: KeyError")
        assert failed.retry_at is not None
    watched.wait(State.LIVE)


def test_room_info_decides_when_the_pages_disagree(sim: Simulator, watched_of: WatchedOf, live: Room) -> None:
    sim.fail_http("/live", 200, body=live_page(str(live.state.room_id), status=4))
    watched = watched_of()
    watched.wait(State.LIVE)
    assert State.DEGRADED not in watched.states


# --- disabling and closing ---


def test_disabling_a_live_room_and_enabling_it_again(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of()
    watched.wait(State.LIVE)
    live.wait_for_client()
    watched.room.disable()
    assert not watched.client.busy
    assert watched.log.names == ["connected", "disconnected"]
    assert watched.log.events[1]["code"] == "disabled"
    last = watched.reported[-1]
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
    assert due_time(watched) is None


def test_disabling_while_connecting(watched_of: WatchedOf, live: Room) -> None:
    with deaf_server() as port:
        watched = watched_of(socket_url=f"ws://127.0.0.1:{port}/", connect_timeout_s=0.5)
        watched.wait(State.CONNECTING)
        until(lambda: watched.client.busy)
        watched.room.disable()
        assert not watched.client.busy
    assert watched.states == [State.RESOLVING, State.CONNECTING, State.DISABLED]
    assert watched.log.names == []
    assert due_time(watched) is None
    assert live.clients == 0


def test_disabling_at_the_moment_of_the_start(
    watched_of: WatchedOf, live: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner disables the room when the worker has found it live and is about to start it."""
    start = WebcastPushConnection.start
    made = threading.Event()

    def disable_first(client: WebcastPushConnection, room_id: str) -> None:
        made.wait(5)
        watched.room.disable()
        start(client, room_id)

    monkeypatch.setattr(WebcastPushConnection, "start", disable_first)
    watched = watched_of()
    made.set()
    watched.wait(State.DISABLED)
    watched.log.wait("disconnected")
    until(lambda: not watched.client.busy and live.clients == 0)
    assert watched.reported[-1].state is State.DISABLED


def test_closing_reports_nothing_more(watched_of: WatchedOf, live: Room) -> None:
    watched = watched_of()
    watched.wait(State.LIVE)
    live.wait_for_client()
    reported = list(watched.reported)
    watched.room.interrupt()
    watched.room.close()
    assert watched.reported == reported
    assert threads_of("alice") == []
    assert watched.log.wait("disconnected")["code"] == "disabled"


# --- live does not flicker ---


@pytest.mark.usefixtures("short_pauses")
def test_failed_look_ups_leave_a_live_live_until_the_grace_period_ends(
    sim: Simulator, watched_of: WatchedOf, live: Room
) -> None:
    watched = watched_of(live_grace_s=0.6, transports=("direct",))
    watched.wait(State.LIVE)
    live.wait_for_client()
    for path in ("/live", "api-live", "room/info"):
        sim.fail_http(path, 403, times=None)
    live.refuse(403, times=None)
    live.drop_socket()
    until(lambda: watched.reported[-1].live is None)
    # The status became unknown by the clock: the next attempt is not due for half a minute.
    assert watched.reported[-1].state is State.BLOCKED
    lives = [connection.live for connection in watched.reported if connection.state is not State.RESOLVING]
    assert lives == [True] * (len(lives) - 1) + [None]
    assert next(connection.live for connection in watched.reported if connection.state is State.BLOCKED) is True
    due = due_time(watched)
    assert due is not None
    assert due - time.monotonic() > 10


def test_a_paused_live_is_joined_and_joined_again(watched_of: WatchedOf, live: Room) -> None:
    live.pause()
    watched = watched_of()
    watched.wait(State.LIVE)
    live.wait_for_client()
    info = watched.client.get_state().room_info
    assert info is not None
    assert info.paused
    live.drop_socket()
    watched.wait(State.LIVE, 2)
    live.wait_for_client()
    live.unpause()
    assert watched.log.wait("resumed")["state"] == "resumed"
    live.pause()
    assert watched.log.wait("paused")["state"] == "paused"
    live.chat("bob", "still here")
    watched.log.wait("chat")
    assert {connection.live for connection in watched.reported[1:]} == {True}
