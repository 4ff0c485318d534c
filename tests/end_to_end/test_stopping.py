"""The daemon ends in time, whatever hangs: ten rooms, each in the same place, for longer than the test waits."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import tree
from tests.end_to_end.test_process import one_broker, process
from tests.helpers import until
from tests.mqtt import Broker
from tiktok2mqtt.simulator import Simulator
from tiktok2mqtt.webcast.scheduler import MAX_WORKERS

pytestmark = [pytest.mark.unmeasured, one_broker]
ROOMS = tuple(f"room{number}" for number in range(10))
# Stopping takes 5 s at most; on a busy machine, the test allows for more.
HANG_S, STOP_TIMEOUT_S = 60, 30.0
COMPILER = shutil.which("cc")
each_adapter = pytest.mark.parametrize(
    "browser",
    [
        pytest.param("", id="requests"),
        pytest.param(
            "chrome",
            id="curl_cffi",
            marks=pytest.mark.skipif(find_spec("curl_cffi") is None, reason="needs the extra impersonate"),
        ),
    ],
)


def stops(settings: dict[str, Any], folder: Path, is_hanging: Callable[[], object]) -> None:
    """Run a daemon until its rooms hang, and stop it."""
    with process(settings, folder) as (child, client):
        until(is_hanging, STOP_TIMEOUT_S)
        child.terminate()
        _, errors = child.communicate(timeout=STOP_TIMEOUT_S)
        assert (child.returncode, "Traceback" in errors) == (0, False)
        assert client.retained_payloads()[client.topics.bridge_state] == b'{"state":"offline"}'


@each_adapter
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_lookups_that_hang(sim: Simulator, broker: Broker, tmp_path: Path, browser: str, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent, ExitStack() as connections:
        silent.setblocking(False)
        accepted: list[socket.socket] = []

        def all_hang() -> bool:
            try:
                accepted.append(connections.enter_context(silent.accept()[0]))
            except BlockingIOError:
                return False
            return len(accepted) == MAX_WORKERS

        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"
        tiktok = {"web_url": url, "connect_timeout": HANG_S, "impersonate": browser}
        stops(tree(sim, broker.port, rooms=ROOMS, tiktok=tiktok), tmp_path, all_hang)


@each_adapter
@pytest.mark.parametrize("path", ["room/info", "im/fetch"])
def test_readers_that_hang(sim: Simulator, broker: Broker, tmp_path: Path, browser: str, path: str) -> None:
    for name in ROOMS:
        sim.room(name).go_live()
    sim.fail_http(path, "hang", times=None)

    def all_hang() -> bool:
        return sum(path in request.path for request in sim.requests) == len(ROOMS)

    tiktok = {"transports": ["polling"], "connect_timeout": HANG_S, "impersonate": browser}
    stops(tree(sim, broker.port, rooms=ROOMS, tiktok=tiktok), tmp_path, all_hang)


def test_handshakes_that_hang(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    rooms = [sim.room(name) for name in ROOMS]
    for room in rooms:
        room.go_live()
        room.refuse("hang", times=None)

    def all_hang() -> bool:
        return sum("ws_reuse_supplement" in request.path for request in sim.requests) == len(ROOMS)

    tiktok = {"transports": ["direct"], "connect_timeout": HANG_S}
    stops(tree(sim, broker.port, rooms=ROOMS, tiktok=tiktok), tmp_path, all_hang)


# --- DNS ---

# Looking up a host that begins with `hang.` takes longer than the test. Each look-up adds a byte to a file.
SLOW_RESOLVER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    if (host && strncmp(host, "hang.", 5) == 0) {
        int file = open(getenv("SLOW_LOOKUPS"), O_WRONLY | O_APPEND | O_CREAT, 0600);
        if (write(file, "x", 1) == 1)
            sleep(60);
        return EAI_AGAIN;
    }
    int (*resolve)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    *(void **)&resolve = dlsym(RTLD_NEXT, "getaddrinfo");
    return resolve(host, service, hints, found);
}
"""


@pytest.fixture
def slow_lookups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Make child processes use the slow resolver; return a function that counts the look-ups that have begun."""
    if COMPILER is None or sys.platform != "linux":
        pytest.skip("needs Linux and a C compiler")
    source, library, lookups = (tmp_path / name for name in ("slow.c", "slow.so", "lookups"))
    source.write_text(SLOW_RESOLVER)
    lookups.touch()
    subprocess.run([COMPILER, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("SLOW_LOOKUPS", str(lookups))
    return lambda: lookups.stat().st_size


@each_adapter
def test_dns_that_hangs_for_lookups(
    sim: Simulator, broker: Broker, tmp_path: Path, browser: str, slow_lookups: Callable[[], int]
) -> None:
    tiktok = {"web_url": "https://hang.example.org", "connect_timeout": HANG_S, "impersonate": browser}
    settings = tree(sim, broker.port, rooms=ROOMS, tiktok=tiktok)
    stops(settings, tmp_path, lambda: slow_lookups() >= MAX_WORKERS)


def test_dns_that_hangs_for_sockets(
    sim: Simulator, broker: Broker, tmp_path: Path, slow_lookups: Callable[[], int]
) -> None:
    for name in ROOMS:
        sim.room(name).go_live()
    tiktok = {"socket_url": "wss://hang.example.org/", "transports": ["direct"], "connect_timeout": HANG_S}
    settings = tree(sim, broker.port, rooms=ROOMS, tiktok=tiktok)
    stops(settings, tmp_path, lambda: slow_lookups() >= len(ROOMS))
