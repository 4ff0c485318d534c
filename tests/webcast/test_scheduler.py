import itertools
import threading
import time
from collections.abc import Callable, Iterator
from math import inf

import pytest

from tests.helpers import until
from tests.webcast.rig import deaf_server, urls
from tiktok2mqtt.common.errors import AccessError, RateLimited, WebcastError
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.client import WebcastPushConnection
from tiktok2mqtt.webcast.lifecycle import State
from tiktok2mqtt.webcast.lookup.resolution import Resolution
from tiktok2mqtt.webcast.scheduler import MAX_WORKERS, Watcher
from tiktok2mqtt.webcast.watch import WatchedRoom

INTERVAL_S = 0.2
Log = list[tuple[str, float]]


class FakeRoom:
    """Records when it is looked up; `act` is what the lookup does."""

    def __init__(
        self, name: str, log: Log, act: Callable[[], WebcastError | None] = lambda: None, *, looks_up: bool = True
    ) -> None:
        self.name = name
        self.postponed: list[tuple[AccessError, float]] = []
        self._log = log
        self._act = act
        self._looks_up = looks_up

    def step(self) -> bool:
        if not self._looks_up:
            self._log.append((self.name, time.monotonic()))
            self._act()
        return self._looks_up

    def look_up(self) -> WebcastError | None:
        self._log.append((self.name, time.monotonic()))
        return self._act()

    def postpone(self, refusal: AccessError, delay_s: float) -> None:
        self.postponed.append((refusal, delay_s))


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    watcher = Watcher(INTERVAL_S)
    yield watcher
    watcher.stop()
    assert not watcher.threads


def test_rooms_are_looked_up_in_the_order_of_their_due_times(watcher: Watcher) -> None:
    log: Log = []
    now = time.monotonic()
    for name, delay in (("c", 0.3), ("a", 0.0), ("b", 0.15)):
        watcher.schedule(FakeRoom(name, log), now + delay)
    watcher.start()
    until(lambda: len(log) == 3)
    assert [name for name, _ in log] == ["a", "b", "c"]
    assert log[2][1] >= now + 0.3


def test_lookups_are_spaced(watcher: Watcher) -> None:
    log: Log = []
    now = time.monotonic()
    for name in "abcd":
        watcher.schedule(FakeRoom(name, log), now)
    watcher.start()
    until(lambda: len(log) == 4)
    assert [name for name, _ in log] == list("abcd")
    gaps = [after - before for (_, before), (_, after) in itertools.pairwise(log)]
    assert min(gaps) >= INTERVAL_S / 4 * 0.8


def test_a_room_that_needs_no_lookup_does_not_wait(watcher: Watcher) -> None:
    log: Log = []
    now = time.monotonic()
    for number in range(50):
        watcher.schedule(FakeRoom(str(number), log, looks_up=False), now)
    watcher.start()
    until(lambda: len(log) == 50)
    assert log[-1][1] - log[0][1] < 0.1


def test_a_cancelled_room_is_not_looked_up(watcher: Watcher) -> None:
    log: Log = []
    now = time.monotonic()
    room = FakeRoom("a", log)
    watcher.schedule(room, now)
    watcher.cancel(room)
    watcher.schedule(FakeRoom("b", log), now + 0.05)
    watcher.start()
    until(lambda: log)
    assert [name for name, _ in log] == ["b"]


def test_an_earlier_due_time_wakes_the_scheduler(watcher: Watcher) -> None:
    log: Log = []
    watcher.schedule(FakeRoom("far", log), time.monotonic() + 3600)
    watcher.start()
    watcher.schedule(FakeRoom("near", log), time.monotonic())
    until(lambda: log, timeout=2.0)
    assert log[0][0] == "near"


@pytest.mark.parametrize("looks_up", [True, False])
def test_an_internal_error_is_retried_and_does_not_affect_other_rooms(watcher: Watcher, looks_up: bool) -> None:
    log: Log = []
    tries = iter((True, False))

    def act() -> None:
        if next(tries, False):
            raise RuntimeError("an internal error")

    now = time.monotonic()
    watcher.schedule(FakeRoom("bad", log, act, looks_up=looks_up), now)
    watcher.schedule(FakeRoom("good", log), now + 0.01)
    watcher.start()
    until(lambda: len(log) == 3)
    assert [name for name, _ in log] == ["bad", "good", "bad"]
    assert log[2][1] - log[0][1] >= INTERVAL_S


def test_rooms_that_hang_do_not_delay_others(watcher: Watcher) -> None:
    log: Log = []
    released = threading.Event()

    def hang() -> None:
        released.wait(5)

    now = time.monotonic()
    for number in range(MAX_WORKERS - 1):
        watcher.schedule(FakeRoom(f"hanging {number}", log, hang), now)
    for number in range(10):
        watcher.schedule(FakeRoom(f"good {number}", log), now + 0.01)
    watcher.start()
    until(lambda: len(log) == MAX_WORKERS - 1 + 10, timeout=3.0)
    assert not released.is_set()
    lookups = [f"tiktok2mqtt.lookup-{number}" for number in range(1, MAX_WORKERS + 1)]
    assert watcher.threads == ["tiktok2mqtt.watcher", *lookups]
    released.set()


def test_workers_are_started_when_they_are_needed(watcher: Watcher) -> None:
    log: Log = []
    watcher.start()
    done = threading.Semaphore(0)
    for number in range(5):
        watcher.schedule(FakeRoom(str(number), log, done.release), time.monotonic())
        assert done.acquire(timeout=5)
        until(lambda: watcher._idle_workers == 1)
    assert watcher.threads == ["tiktok2mqtt.watcher", "tiktok2mqtt.lookup-1"]


def test_a_refusal_postpones_all_rooms(watcher: Watcher) -> None:
    log: Log = []
    refusal = RateLimited("too many requests", retry_after_s=300)
    refused = FakeRoom("refused", log, lambda: refusal)
    others = [FakeRoom(str(number), log) for number in range(20)]
    watcher.start()
    watcher.schedule(refused, time.monotonic())
    until(lambda: watcher._schedule.limiter.refusal)
    for room in others:
        watcher.schedule(room, time.monotonic())
    until(lambda: all(room.postponed for room in others))
    assert [name for name, _ in log] == ["refused"]
    for room in others:
        ((error, delay_s),) = room.postponed
        assert error is refusal
        assert 299 < delay_s <= 300 + INTERVAL_S


def test_a_refusal_elsewhere_postpones_all_rooms(watcher: Watcher) -> None:
    log: Log = []
    refusal = RateLimited("too many requests", retry_after_s=300)
    room = FakeRoom("a", log)
    watcher.start()
    watcher.pause_lookups(refusal)
    watcher.schedule(room, time.monotonic())
    until(lambda: room.postponed)
    assert room.postponed[0][0] is refusal
    assert log == []


def test_an_interval_that_cannot_be_kept_is_logged_once(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tiktok2mqtt.webcast.scheduler.MIN_SPACING_S", 0.1)
    log: Log = []
    for number in range(8):
        watcher.schedule(FakeRoom(str(number), log), time.monotonic())
    watcher.start()
    until(lambda: len(log) == 8)
    until(lambda: caplog.records)
    (record,) = caplog.records
    assert "rooms are too many for a lookup every 0.2 s" in record.getMessage()


def test_many_rooms_at_the_start_are_not_logged_as_too_many(caplog: pytest.LogCaptureFixture) -> None:
    """They are late once, at the start of the daemon."""
    watcher = Watcher(0.1)
    log: Log = []
    for number in range(8):
        watcher.schedule(FakeRoom(str(number), log), time.monotonic())
    watcher.start()
    until(lambda: len(log) == 8)
    watcher.stop()
    assert log[-1][1] - log[0][1] > 0.15
    assert not caplog.records


def test_stop_does_not_wait_for_rooms_that_are_due_later() -> None:
    watcher = Watcher()
    watcher.start()
    assert watcher.threads == ["tiktok2mqtt.watcher"]
    watcher.schedule(FakeRoom("far", []), time.monotonic() + 3600)
    watcher.stop()
    assert not watcher.threads


def test_stop_waits_no_longer_than_its_timeout(watcher: Watcher) -> None:
    released, started_step = threading.Event(), threading.Event()

    def hang() -> None:
        started_step.set()
        released.wait(5)

    watcher.schedule(FakeRoom("hanging", [], hang), time.monotonic())
    watcher.start()
    assert started_step.wait(5)
    started = time.monotonic()
    watcher.stop(0.2)
    assert time.monotonic() - started < 4.0
    released.set()
    watcher.stop()


def test_a_watcher_that_was_not_started_can_be_stopped() -> None:
    Watcher().stop()


# --- real rooms ---


def test_a_room_that_goes_live_among_500_is_connected_within_an_interval(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are answered without a request, so that only the wait for the lookup is measured."""
    monkeypatch.setattr("tiktok2mqtt.webcast.scheduler.MIN_SPACING_S", 0.001)
    interval_s = 1.5
    live_status = WebcastPushConnection.live_status
    asked: list[float] = []

    def mostly_offline(client: WebcastPushConnection, last_room_id: str | None = None) -> Resolution:
        asked.append(time.monotonic())
        return live_status(client, last_room_id) if client.room == "alice" else Resolution(None, False, 2)

    monkeypatch.setattr(WebcastPushConnection, "live_status", mostly_offline)
    room = sim.room("alice")
    watcher = Watcher(interval_s)
    names = ["alice", *(f"user{number}" for number in range(499))]
    rooms = [WatchedRoom(WebcastPushConnection(name, **urls(sim)), watcher, lambda *_: None) for name in names]
    try:
        for watched in rooms:
            watched.enable()
        watcher.start()
        until(lambda: all(watched.connection.state is State.OFFLINE for watched in rooms))
        room.go_live()
        live_at = time.monotonic()
        room.wait_for_client()
        assert time.monotonic() - live_at < interval_s * 1.1 + 5.0
        seconds = asked[-1] - asked[0]
        assert len(asked) <= 500 * (seconds / interval_s) * 1.05 + 1
    finally:
        watcher.stop()
        for watched in rooms:
            watched.close()


@pytest.mark.parametrize(
    ("fault", "requests"),
    [
        ((403, b""), 3),
        ((429, b""), 1),
        ((200, b"<html>slide to continue</html>"), 3),
        ((500, b""), 3),
        ((200, b"\xff\x00"), 3),
    ],
    ids=["403", "429", "captcha", "500", "garbage"],
)
def test_faults_do_not_increase_the_request_rate(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch, fault: tuple[int, bytes], requests: int
) -> None:
    """When TikTok refuses us, only one room sends requests, otherwise each room once. The next ones come much later."""
    monkeypatch.setattr("tiktok2mqtt.webcast.scheduler.MAX_SPACING_S", 0.1)
    for page in ("/live", "api-live", "info_by_user"):
        sim.fail_http(page, fault[0], body=fault[1], times=100)
    watcher = Watcher(60.0)
    rooms = [WatchedRoom(WebcastPushConnection(name, **urls(sim)), watcher, lambda *_: None) for name in "abc"]
    try:
        watcher.start()
        for watched in rooms:
            watched.enable()
        until(lambda: all(watched.connection.state in (State.BLOCKED, State.DEGRADED) for watched in rooms))
        asking = 1 if rooms[1].connection.state is State.BLOCKED else 3
        assert len(sim.requests) == requests * asking
        for watched in rooms:
            assert watched.connection.live is None
            assert watched.connection.retry_at is not None
            assert watched.connection.retry_at - time.time() > 29
    finally:
        watcher.stop()
        for watched in rooms:
            watched.close()


def test_a_server_that_hangs_is_reported_within_the_connect_timeout() -> None:
    with deaf_server() as port:
        url = f"http://127.0.0.1:{port}"
        client = WebcastPushConnection("alice", web_url=url, webcast_url=f"{url}/webcast/", connect_timeout_s=2.0)
        watcher = Watcher(60.0)
        watched = WatchedRoom(client, watcher, lambda *_: None)
        watcher.start()
        started = time.monotonic()
        watched.enable()
        until(lambda: watched.connection.code == "network")
        assert time.monotonic() - started < 3.9
        watcher.stop()
        watched.close()


def test_the_liveness_is_reported_when_idle_and_overdue_when_a_step_hangs(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiktok2mqtt.webcast.scheduler.WAKEUP_S", 0.05)
    monkeypatch.setattr("tiktok2mqtt.webcast.scheduler.STUCK_S", 1.0)
    watcher.start()
    next_by = watcher.liveness.next_by
    until(lambda: next_by < watcher.liveness.next_by < inf)
    release = threading.Event()

    def hang() -> None:
        release.wait(10)

    watcher.schedule(FakeRoom("alice", [], hang, looks_up=False), 0.0)
    until(lambda: watcher.liveness.is_overdue(time.monotonic()))
    release.set()
    until(lambda: not watcher.liveness.is_overdue(time.monotonic()))
    watcher.stop()
    assert not watcher.liveness.is_overdue(inf)
