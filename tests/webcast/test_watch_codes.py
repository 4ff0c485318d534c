"""Each way in which a room can fail: the code and the live status of its connection."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.helpers import until
from tests.webcast.rig import deaf_server, threads_of, urls
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.lifecycle import Connection, State
from tiktok2mqtt.webcast.net.options import Options
from tiktok2mqtt.webcast.watch import WatchedRoom, Watcher

WITHIN_S = 10.0
ALICE = "alice"


@dataclass(frozen=True)
class Case:
    """`cause` makes the service fail before the room is watched, `later` once it is connected.

    A LIVE that a look-up has found is live, even if it cannot be joined.
    """

    code: str
    cause: Callable[[Simulator, Room], object] = lambda _sim, _room: None
    live: bool | None = None
    later: Callable[[Room, WatchedRoom], object] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    name: str = ALICE


def pages(fault: int | str) -> Callable[[Simulator, Room], object]:
    """Every HTTP request about the room fails."""
    return lambda _sim, room: room.fail_http(fault, times=None)


def handshake(fault: int | str) -> Callable[[Simulator, Room], object]:
    """Every handshake fails."""
    return lambda _sim, room: room.refuse(fault, times=None)


def provider(status: int) -> Callable[[Simulator, Room], object]:
    """Every answer of the sign provider has this status."""
    return lambda sim, _room: sim.fail_http("/connect", status, times=None)


BOBS_INFO = b'{"status_code":0,"data":{"status":2,"owner":{"display_id":"bob"}}}'
SIGNED = {"transports": ("signed",)}
QUICK = {"connect_timeout_s": 0.3}
SLOW = {"connect_timeout_s": 30.0}
CASES = {
    "offline": Case("offline", lambda _sim, room: room.end(announce=False), live=False),
    "no such user": Case("not_found", live=False, name="nobody"),
    "age restricted": Case("age_restricted", lambda _sim, room: room.restrict_age(), live=True),
    "403": Case("blocked", pages("blocked")),
    "socket refused": Case("blocked", handshake("blocked"), live=True),
    "device blocked": Case("blocked", handshake("device_blocked"), live=True),
    "no browser": Case("browser", options={"transports": ("browser",), "browser_url": "http://127.0.0.1:1"}, live=True),
    "another host's room": Case(
        "wrong_room", lambda sim, _room: sim.fail_http("room/info", 200, body=BOBS_INFO, times=None)
    ),
    "private account": Case("private_or_banned", lambda _sim, room: room.go_private()),
    "captcha": Case("captcha", pages("captcha")),
    "empty 200": Case("captcha", pages("empty")),
    "429": Case("rate_limited", pages("rate_limited")),
    "429 for the socket": Case("rate_limited", handshake("rate_limited"), live=True),
    "unreadable page": Case("schema", pages("broken")),
    "deep nesting": Case("schema", pages("deep")),
    "5xx": Case("network", pages("server_error")),
    "5xx for the socket": Case("network", handshake("server_error"), live=True),
    "reset": Case("network", pages("reset")),
    "reset of the handshake": Case("network", handshake("reset"), live=True),
    "hang": Case("network", pages("hang"), options=QUICK),
    "hang of the handshake": Case("network", handshake("hang"), options=QUICK, live=True),
    "drip": Case("network", pages("drip_body"), options=QUICK),
    "drip of the handshake": Case("network", handshake("drip"), options=QUICK, live=True),
    "endless headers": Case("network", pages("endless_headers")),
    "huge body": Case("network", pages("huge_body")),
    "bomb": Case("network", pages("bomb")),
    "redirect loop": Case("network", pages("redirect_loop")),
    "redirect elsewhere": Case("network", pages("redirect_elsewhere")),
    "provider fails": Case("provider_down", provider(503), options=SIGNED, live=True),
    "provider signs nothing": Case(
        "provider_down", lambda sim, _room: sim.fail_sign("stub", 9), options=SIGNED, live=True
    ),
    "provider hands out no cookies": Case(
        "provider_down", lambda sim, _room: sim.fail_sign("no cookies", 9), options=SIGNED, live=True
    ),
    "key refused": Case("provider_key", provider(401), options=SIGNED, live=True),
    "paid feature": Case("provider_key", provider(402), options=SIGNED, live=True),
    "provider's limit": Case("rate_limited", provider(429), options=SIGNED, live=True),
    "proxy away": Case("proxy", options={"proxy": "http://127.0.0.1:1"}),
    "ended": Case("ended", live=False, later=lambda room, _watched: room.end()),
    "suspended": Case("suspended", live=False, later=lambda room, _watched: room.suspend()),
    "over at the handshake": Case("ended", lambda _sim, room: room.claim_room_id("7286184560900803334"), live=False),
    "switched off": Case("disabled", later=lambda _room, watched: watched.disable()),
    "silence": Case(
        "stale", live=True, later=lambda room, _watched: room.go_silent(), options={"stale_timeout_s": 0.3}
    ),
    "a frame that never ends": Case(
        "stale", live=True, later=lambda room, _watched: room.send_garbage("cut"), options={"stale_timeout_s": 0.3}
    ),
    "an oversized frame": Case("network", live=True, later=lambda room, _watched: room.send_garbage("oversized")),
    "a socket that closes": Case(
        "network", live=True, later=lambda room, _watched: [room.close_after(1), room.chat("bob", "bye")]
    ),
}


class Watched:
    """A watched room, and its reported changes."""

    def __init__(self, name: str, watcher: Watcher, options: dict[str, Any]) -> None:
        self.reported: list[Connection] = []
        client = WebcastPushConnection(name, **options)
        self.room = WatchedRoom(client, watcher, lambda connection, _: self.reported.append(connection))

    def first(self, code: str) -> Connection:
        """Wait until a change with that code is reported; return it."""
        until(lambda: any(connection.code == code for connection in self.reported), WITHIN_S)
        return next(connection for connection in self.reported if connection.code == code)


@pytest.fixture
def sim() -> Iterator[Simulator]:
    # Clients of a failing service violate the protocol; that is not checked here.
    with Simulator() as sim:
        yield sim
    assert sim.journal.failures == []


@pytest.fixture
def watch(sim: Simulator) -> Iterator[Callable[..., Watched]]:
    with ExitStack() as stack:
        watcher = Watcher(60.0)
        stack.callback(watcher.stop)
        watcher.start()

        def make(case: Case) -> Watched:
            options = urls(sim) | {"sign_url": sim.sign_url, "transports": ("direct",)} | case.options
            watched = Watched(case.name, watcher, options)
            stack.callback(watched.room.close)
            watched.room.enable()
            return watched

        yield make
    assert threads_of(ALICE) == []


@pytest.mark.usefixtures("short_pauses")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_failure_has_its_code(sim: Simulator, watch: Callable[..., Watched], case: Case) -> None:
    room = sim.room(ALICE)
    room.go_live()
    sim.fail_http("info_by_user", 403, times=None)
    sim.fail_http("anchors", 404, times=None)
    case.cause(sim, room)
    watched = watch(case)
    if case.later is not None:
        until(lambda: watched.room.connection.state is State.LIVE)
        room.wait_for_client()
        case.later(room, watched.room)
    connection = watched.first(case.code)
    assert connection.live is case.live
    assert connection.reason


def test_a_dripping_lookup_is_reported_in_time(sim: Simulator, watch: Callable[..., Watched]) -> None:
    """Both sources drip until their common deadline, here 2 s. The default is within the promised time."""
    sim.room(ALICE).fail_http("drip_body", times=None)
    started = time.monotonic()
    watch(Case("network", options={"connect_timeout_s": 2.0})).first("network")
    assert time.monotonic() - started < 3.9
    assert Options().connect_timeout_s <= WITHIN_S


def test_a_dripping_lookup_does_not_delay_other_rooms(sim: Simulator, watch: Callable[..., Watched]) -> None:
    room, other = sim.room(ALICE), sim.room("bob")
    room.go_live()
    other.go_live()
    room.fail_http("drip_body", times=None)
    slow, quick = watch(Case("network", options=SLOW)), watch(Case("", name="bob"))
    until(lambda: quick.room.connection.state is State.LIVE)
    assert slow.room.connection.state is State.RESOLVING


def test_a_room_can_be_closed_while_its_lookup_hangs(sim: Simulator, watch: Callable[..., Watched]) -> None:
    sim.room(ALICE).go_live()
    sim.room(ALICE).fail_http("hang", times=None)
    watched = watch(Case("network", options=SLOW))
    until(lambda: sim.requests)
    started = time.monotonic()
    watched.room.close()
    # The look-up itself ends at its timeout; nobody waits for it.
    watched.room.watcher.stop(timeout_s=1.0)
    assert time.monotonic() - started < 10.0


def test_a_room_can_be_closed_while_its_handshake_hangs(watch: Callable[..., Watched], sim: Simulator) -> None:
    sim.room(ALICE).go_live()
    with deaf_server() as port:
        watched = watch(Case("network", options={"socket_url": f"ws://127.0.0.1:{port}/", **SLOW}))
        until(lambda: watched.room.connection.state is State.CONNECTING)
        until(lambda: watched.room.client.busy)
        started = time.monotonic()
        watched.room.close()
        assert time.monotonic() - started < 10.0


def test_every_documented_code_is_tested_here() -> None:
    tested = {case.code for case in CASES.values()}
    documented = "offline not_found age_restricted private_or_banned blocked captcha rate_limited provider_down"
    documented += " provider_key schema network proxy stale browser ended suspended disabled wrong_room"
    assert tested == set(documented.split())
