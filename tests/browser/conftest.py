"""A real Chromium, headless, with a profile of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.helpers import until
from tests.mqtt import free_port
from tiktok2mqtt.simulator import Simulator

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Nothing of the browser's own on the net.
QUIET = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Browser:
    """Chromium that listens for DevTools on a port of 127.0.0.1."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it listens. May be called again after `kill`."""
        assert CHROMIUM is not None
        arguments = [*QUIET, f"--remote-debugging-port={self.port}", f"--user-data-dir={self._profile}", "about:blank"]
        if os.geteuid() == 0:
            arguments.insert(0, "--no-sandbox")
        self._process = subprocess.Popen(
            [CHROMIUM, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        until(self._is_listening, 30)

    def _is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def pages(self) -> dict[str, str]:
        """Return the address of each open tab, by its id."""
        with urlopen(f"{self.url}/json/list") as answer:
            return {one["id"]: one["url"] for one in json.load(answer) if one["type"] == "page"}

    def memory_mib(self) -> float:
        """Return the memory of all its processes, each shared page counted once (PSS)."""
        assert self._process is not None
        total_kib = 0
        for folder in Path("/proc").glob("[0-9]*"):
            # A process may end meanwhile.
            with suppress(OSError):
                if os.getsid(int(folder.name)) == self._process.pid:
                    lines = (folder / "smaps_rollup").read_text().splitlines()
                    total_kib += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total_kib / 1024

    def close_pages(self, part: str) -> None:
        """Close the tabs with this text in their address, as the user would."""
        for page, url in self.pages().items():
            if part in url:
                urlopen(f"{self.url}/json/close/{page}").close()

    def kill(self) -> None:
        """End it at once, as a crash would. May be called twice."""
        process, self._process = self._process, None
        if process is not None:
            # With its renderers, which would keep the profile locked for a while.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


@contextmanager
def browsing(profile: Path) -> Iterator[Browser]:
    browser = Browser(profile)
    browser.start()
    try:
        yield browser
    finally:
        browser.kill()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    if CHROMIUM is None:
        if "REQUIRE_CHROMIUM" in os.environ:
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")
    with browsing(tmp_path / "profile") as running:
        yield running


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(port=0) as simulator:
        yield simulator
        simulator.check()
