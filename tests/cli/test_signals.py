"""Signals to the daemon at any moment of its start."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import Tree, command
from tests.mqtt import TIMEOUT_S, free_port

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
STOPPING = [signal.SIGTERM, signal.SIGINT]
# Sends the process a signal when it begins to import the module in which everything else is imported.
IMPORTING = """
import os, signal, sys
from tiktok2mqtt.__main__ import main
# It is ignored below nohup.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
class Finder:
    def find_spec(self, name, *_):
        if name == "tiktok2mqtt.cli.main":
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Finder())
sys.argv = ["tiktok2mqtt", "{command}", "--config", "absent.toml"]
sys.exit(main())
"""


def signalled_while_importing(number: signal.Signals, name: str = "run") -> subprocess.CompletedProcess[str]:
    code = IMPORTING.format(number=int(number), command=name)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=TIMEOUT_S, check=False)


@pytest.mark.parametrize("number", STOPPING)
def test_a_daemon_that_is_stopped_while_it_imports_its_modules_exits_cleanly(number: signal.Signals) -> None:
    done = signalled_while_importing(number)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_daemon_survives_sighup_while_it_imports_its_modules() -> None:
    done = signalled_while_importing(signal.SIGHUP)
    assert (done.returncode, done.stderr) == (2, "tiktok2mqtt: --config: absent.toml does not exist or is not a file\n")


def test_other_commands_end_with_their_terminal() -> None:
    assert signalled_while_importing(signal.SIGHUP, "check").returncode == -signal.SIGHUP


class SilentBroker:
    """Accepts connections and says nothing: the daemon waits for it before it has a bridge."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", free_port()))
        self._server.settimeout(TIMEOUT_S)
        self._accepted: list[socket.socket] = []
        self.settings: Tree = {"mqtt": {"host": "127.0.0.1", "port": self._server.getsockname()[1]}}

    def wait_for_client(self) -> None:
        self._accepted.append(self._server.accept()[0])

    def close(self) -> None:
        for one in (*self._accepted, self._server):
            one.close()


@pytest.fixture
def broker() -> Iterator[SilentBroker]:
    silent = SilentBroker()
    yield silent
    silent.close()


@pytest.mark.parametrize("number", STOPPING)
def test_a_daemon_that_is_stopped_while_it_waits_for_the_broker_exits_cleanly(
    number: signal.Signals, broker: SilentBroker, tmp_path: Path
) -> None:
    with command("run", settings=broker.settings, folder=tmp_path) as daemon:
        broker.wait_for_client()
        daemon.send_signal(number)
        _, errors = daemon.communicate(timeout=TIMEOUT_S)
    assert (daemon.returncode, errors) == (0, "")


def test_a_sighup_before_the_daemon_can_reload_is_not_lost(broker: SilentBroker, tmp_path: Path) -> None:
    with command("run", settings=broker.settings, folder=tmp_path) as daemon:
        broker.wait_for_client()
        daemon.send_signal(signal.SIGHUP)
        assert daemon.stderr is not None
        lines = iter(daemon.stderr.readline, "")
        assert any("settings reloaded; changed: nothing" in line for line in lines)
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=TIMEOUT_S)
    assert daemon.returncode == 0
