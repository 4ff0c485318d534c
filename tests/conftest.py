import gc
import importlib
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import pytest
from hypothesis import settings

from tests.mqtt import MOSQUITTO, Broker, Mosquitto
from tiktok2mqtt.cli.broker import EmbeddedBroker
from tiktok2mqtt.simulator import Simulator

# No test fails because it is slow. Half of the default examples: each run has different ones, and `make fuzz` far more.
settings.register_profile("no_deadline", deadline=None, max_examples=50)
settings.load_profile("no_deadline")


@pytest.fixture(scope="module", params=["embedded", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A running broker: the embedded one, and Mosquitto if it is installed."""
    if request.param == "mosquitto" and MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    started: Broker = (
        EmbeddedBroker(port=0) if request.param == "embedded" else Mosquitto(tmp_path_factory.mktemp("mosquitto"))
    )
    started.start()
    yield started
    started.stop()


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """A simulator; the test fails if a client violates the protocol."""
    with Simulator() as simulator:
        yield simulator
    simulator.check()


@contextmanager
def unmeasured() -> Iterator[None]:
    """Turn off coverage in this thread, in the threads it starts, and in child processes."""
    tracer, thread_tracer = sys.gettrace(), threading.gettrace()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        threading.settrace(None)
        sys.settrace(None)
        try:
            yield
        finally:
            sys.settrace(tracer)
            threading.settrace(thread_tracer)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    with unmeasured() if item.get_closest_marker("unmeasured") else nullcontext():
        return (yield)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each worker import a share of the tests first, so that in a new checkout not every worker compiles all."""
    config = session.config
    worker = getattr(config, "workerinput", None)
    if worker and config.args == config.getini("testpaths"):
        files = sorted(Path(__file__).parent.rglob("test_*.py"))
        for file in files[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
            # Errors in a file are reported when it is collected.
            with suppress(Exception, pytest.skip.Exception):
                importlib.import_module(".".join(file.relative_to(config.rootpath).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Exclude the thousands of collected tests from garbage collection: they live until the end."""
    gc.freeze()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Escape test ids to ASCII, because a lone surrogate cannot be sent between workers."""
    return val.encode("ascii", "backslashreplace").decode() if isinstance(val, str) and not val.isascii() else None
