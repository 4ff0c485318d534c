import logging
import threading
from collections.abc import Callable
from math import inf

import pytest

from tiktok2mqtt.bridge import control_loop
from tiktok2mqtt.bridge.control_loop import MAX_JOBS_PER_TURN, MAX_WAITING_JOBS, TICK_S, ControlLoop


class Rig:
    """A loop with two tasks, which append their names to `done`. `failing` are the tasks that raise."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failing: set[str] = set()
        self.seconds_to_next: Callable[[float], float] = lambda _now: 0.0
        tasks = {name: lambda _now, name=name: self._run(name) for name in ("flush", "feed")}
        self.loop = ControlLoop()
        self.loop.set_tasks(tasks, lambda now: self.seconds_to_next(now))  # noqa: PLW0108 - a test replaces it

    def _run(self, name: str) -> None:
        if name in self.failing:
            raise RuntimeError(name)
        self.done.append(name)

    def turn(self) -> list[str]:
        """Run one turn; return what was done."""
        self.done.clear()
        self.loop.run_jobs()
        self.loop.run_tasks(0.0)
        return self.done


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_turn_runs_the_jobs_in_their_order_and_then_the_tasks(rig: Rig) -> None:
    for name in ("one", "two"):
        rig.loop.put(lambda name=name: rig.done.append(name))  # type: ignore[misc]
    assert rig.turn() == ["one", "two", "flush", "feed"]
    assert rig.turn() == ["flush", "feed"]


def test_a_flood_of_jobs_does_not_delay_the_tasks(rig: Rig) -> None:
    """Each job adds two: the queue never becomes empty."""
    ran: list[int] = []

    def job() -> None:
        ran.append(1)
        rig.loop.put(job)
        rig.loop.put(job)

    rig.loop.put(job)
    for turn in range(1, 4):
        assert rig.turn() == ["flush", "feed"]
        assert len(ran) == turn * MAX_JOBS_PER_TURN


def test_slow_jobs_end_a_turn_early(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_loop, "MAX_TURN_S", 0.0)
    for name in ("one", "two"):
        rig.loop.put(lambda name=name: rig.done.append(name))  # type: ignore[misc]
    assert rig.turn() == ["one", "flush", "feed"]
    assert rig.turn() == ["two", "flush", "feed"]


@pytest.mark.parametrize(("failing", "done"), [("flush", ["feed"]), ("feed", ["flush"])])
def test_a_task_that_fails_is_logged_once_in_a_row_and_the_others_go_on(
    rig: Rig, failing: str, done: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    rig.failing = {failing}
    for _ in range(3):
        assert rig.turn() == done
    assert caplog.messages == [f"failed to {failing}"]
    rig.failing = set()
    assert rig.turn() == ["flush", "feed"]
    rig.failing = {failing}
    rig.turn()
    assert caplog.messages == [f"failed to {failing}"] * 2


def test_a_job_that_fails_is_logged_and_the_next_one_runs(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.loop.put(lambda: 1 // 0)
    rig.loop.put(lambda: rig.done.append("next"))
    assert rig.turn() == ["next", "flush", "feed"]
    assert caplog.messages == ["failed to run a job"]


def test_a_log_job_that_fails_does_not_log_itself_for_ever(rig: Rig) -> None:
    """A record of the loop's own failure becomes a job, as it does in the bridge; that job fails as well."""

    class ToJob(logging.Handler):
        def emit(self, _record: logging.LogRecord) -> None:
            rig.loop.put(lambda: 1 // 0)

    handler = ToJob(logging.INFO)
    control_loop.logger.addHandler(handler)
    try:
        handler.handle(logging.LogRecord("name", logging.INFO, "file", 1, "text", None, None))
        for _ in range(3):
            rig.turn()
        assert not rig.loop.waiting
    finally:
        control_loop.logger.removeHandler(handler)


def test_a_wrong_time_of_the_next_task_is_logged_and_the_loop_goes_on(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(control_loop, "TICK_S", 0.01)

    def fail(_now: float) -> float:
        raise RuntimeError("no time")

    rig.seconds_to_next = fail
    assert rig.turn() == ["flush", "feed"]
    assert caplog.messages == ["failed to find out when documents are due"]


def test_stop_ends_the_loop_before_jobs_that_are_waiting(rig: Rig) -> None:
    assert TICK_S == 1.0
    rig.seconds_to_next = lambda _now: inf
    running, release = threading.Event(), threading.Event()

    def job() -> None:
        running.set()
        assert release.wait(5)

    rig.loop.put(job)
    thread = threading.Thread(target=rig.loop.run)
    thread.start()
    assert running.wait(5)
    rig.loop.put(lambda: rig.done.append("late"))
    rig.loop.stop()
    release.set()
    thread.join(5)
    assert not thread.is_alive()
    assert "late" not in rig.done


def test_the_loop_is_overloaded_with_too_many_waiting_jobs(rig: Rig) -> None:
    for _ in range(MAX_WAITING_JOBS):
        rig.loop.put(lambda: None)
    assert not rig.loop.is_overloaded
    rig.loop.put(lambda: None)
    assert rig.loop.is_overloaded
