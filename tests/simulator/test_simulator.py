import subprocess
import sys
import threading

import pytest
import requests

from tests.simulator.client import HEADERS
from tiktok2mqtt.simulator import Simulator


def test_urls_contain_host_and_port(sim: Simulator) -> None:
    assert sim.port > 0
    assert sim.web_url == f"http://127.0.0.1:{sim.port}"
    assert sim.webcast_url == f"http://127.0.0.1:{sim.port}/webcast/"
    assert sim.sign_url == f"http://127.0.0.1:{sim.port}/sign"
    assert sim.socket_url == f"ws://127.0.0.1:{sim.port}/webcast/im/ws_proxy/ws_reuse_supplement/"


def test_a_port_in_use_is_an_error(sim: Simulator) -> None:
    other = Simulator(port=sim.port)
    with pytest.raises(OSError, match="in use"):
        other.start()
    other.stop()


def test_stop_releases_port_and_thread() -> None:
    with Simulator() as first:
        port = first.port
        requests.get(first.web_url, headers=HEADERS, timeout=5)
    first.stop()
    assert "tiktok2mqtt simulator" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(RuntimeError, match="not running"):
        first.room("alice")
    with Simulator(port=port) as second:
        assert second.port == port
    assert [request.path for request in first.requests] == ["/"]


def test_a_room_is_the_same_object_until_it_is_removed(sim: Simulator) -> None:
    room = sim.room("@Alice")
    assert room is sim.room("alice")
    assert room.name == "alice"
    sim.remove_room("alice")
    assert sim.room("alice") is not room
    sim.remove_room("unknown")
    with pytest.raises(ValueError, match="is not a username"):
        sim.room("a/b")


def test_an_invalid_fetch_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="fetch is one of polling, upgrade, empty"):
        Simulator(fetch="socket")


def test_the_simulator_does_not_import_the_code_it_tests() -> None:
    code = (
        "import sys, tiktok2mqtt.simulator.serve\n"
        "wrong = ('google.protobuf', 'paho', 'tiktok2mqtt.webcast', 'tiktok2mqtt.bridge', 'tiktok2mqtt.settings')\n"
        "print([name for name in sys.modules if name.startswith(wrong)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.strip() == "[]"
