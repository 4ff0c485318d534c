import asyncio
import threading

import pytest

from tiktok2mqtt.simulator.loop import LoopThread


async def add(left: int, right: int) -> int:
    return left + right


def test_a_coroutine_can_be_called_from_another_thread() -> None:
    failures: list[BaseException] = []
    loop = LoopThread("tested loop")
    loop.start(failures.append)
    assert loop.call(add(1, 2)) == 3
    assert not loop.inside
    loop.stop()
    assert "tested loop" not in {thread.name for thread in threading.enumerate()}
    assert failures == []
    loop.stop()


def test_a_call_without_start_is_refused() -> None:
    with pytest.raises(RuntimeError, match="is not running"):
        LoopThread("never started").call(add(1, 2))


def test_a_call_from_the_loop_itself_is_refused() -> None:
    loop = LoopThread("tested loop")
    loop.start(lambda _error: None)

    async def nested() -> int:
        return loop.call(add(1, 2))

    with pytest.raises(RuntimeError, match="its own thread"):
        loop.call(nested())
    loop.stop()


def test_stop_ends_waiting_calls() -> None:
    loop = LoopThread("tested loop")
    loop.start(lambda _error: None)
    waiting, ended = threading.Event(), threading.Event()

    async def wait() -> None:
        waiting.set()
        await asyncio.Event().wait()

    def call() -> None:
        with pytest.raises(RuntimeError, match="was stopped"):
            loop.call(wait())
        ended.set()

    thread = threading.Thread(target=call)
    thread.start()
    assert waiting.wait(5)
    loop.stop()
    thread.join(5)
    assert ended.is_set()


def test_failures_of_callbacks_are_reported_except_lost_connections() -> None:
    failures: list[BaseException] = []
    reported = threading.Event()
    loop = LoopThread("tested loop")

    def report(error: BaseException) -> None:
        failures.append(error)
        reported.set()

    loop.start(report)

    def fail(error: BaseException) -> None:
        raise error

    async def plan() -> None:
        asyncio.get_running_loop().call_soon(fail, ConnectionResetError())
        asyncio.get_running_loop().call_soon(fail, ValueError("a bug"))

    loop.call(plan())
    assert reported.wait(5)
    loop.stop()
    assert [str(error) for error in failures] == ["a bug"]
