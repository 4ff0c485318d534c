import itertools
import os
from collections.abc import Iterator

import pytest

from tests.mqtt import MOSQUITTO, Listener, Mosquitto
from tests.web.rig import Web, serving, web_settings

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as running:
        yield running


@pytest.fixture
def base() -> str:
    """A base topic of its own."""
    return f"w{os.getpid()}n{next(NUMBERS)}"


@pytest.fixture
def web(mosquitto: Mosquitto, base: str) -> Iterator[Web]:
    """The program with the default settings: no token, loopback only."""
    with serving(web_settings(mosquitto.port, base)) as running:
        yield running


@pytest.fixture
def daemon(mosquitto: Mosquitto) -> Iterator[Listener]:
    """A client that publishes what a daemon would, and hears what it would."""
    with Listener(mosquitto.port) as listener:
        yield listener
