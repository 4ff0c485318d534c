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

# No test fails for being slow. Half of the usual examples: each run draws others, and `make fuzz` goes far beyond.
settings.register_profile("patient", deadline=None, max_examples=50)
settings.load_profile("patient")


@pytest.fixture(scope="module", params=["embedded", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A running broker: the embedded one, and Mosquitto where it is installed."""
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
    """A simulator whose clients are right: a violation fails the test."""
    with Simulator() as simulator:
        yield simulator
    simulator.check()


@contextmanager
def unmeasured() -> Iterator[None]:
    """Measure no coverage, neither in this thread and those it starts, nor in child processes."""
    tracer, tracer_of_threads = sys.gettrace(), threading.gettrace()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        threading.settrace(None)
        sys.settrace(None)
        try:
            yield
        finally:
            sys.settrace(tracer)
            threading.settrace(tracer_of_threads)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    with unmeasured() if item.get_closest_marker("unmeasured") else nullcontext():
        return (yield)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each worker compile its share of the tests before it loads all: on a new checkout, each would compile all."""
    config = session.config
    worker = getattr(config, "workerinput", None)
    if worker and config.args == config.getini("testpaths"):
        files = sorted(Path(__file__).parent.rglob("test_*.py"))
        for file in files[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
            # What is wrong with a file is told when it is collected.
            with suppress(Exception, pytest.skip.Exception):
                importlib.import_module(".".join(file.relative_to(config.rootpath).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Let no garbage collection look at the tests themselves: they are thousands, and live until the end."""
    gc.freeze()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a test after its text in ASCII: a lone surrogate cannot be sent from worker to worker."""
    return val.encode("ascii", "backslashreplace").decode() if isinstance(val, str) and not val.isascii() else None
