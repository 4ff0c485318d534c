"""What runs in processes of its own: programs that answer on standard output, the daemon, the broker."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Self

from tiktok2mqtt.cli.broker import EmbeddedBroker

_REPOSITORY: Final = Path(__file__).resolve().parent.parent
_CLOCK_TICK_US: Final = 1e6 / os.sysconf("SC_CLK_TCK")
_STOP_S: Final = 6.0
_BROKER_READY_S: Final = 10.0
# Without the limit of queued messages Mosquitto would drop; with Nagle's algorithm it would be measured instead of us.
_MOSQUITTO: Final = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
set_tcp_nodelay true
"""


class Program:
    """`python -m <arguments>` in a process of its own, in a folder of its own; ended with the `with` block."""

    def __init__(self, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory()
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("TIKTOK2MQTT_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self._folder.name,
            env={**inherited, "PYTHONPATH": str(_REPOSITORY), **(env or {})},
            text=True,
        )
        self.name = " ".join(arguments)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.communicate(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        self._folder.cleanup()

    def line(self) -> str:
        """Return the next line it prints. Raises ChildProcessError when there is none."""
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        line: str = self._process.stdout.readline()
        if not line:
            raise ChildProcessError(f"{self.name} ended")
        return line.strip()

    def ask(self, request: str) -> str:
        """Write a line to its standard input and return the line it answers with."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()
        return self.line()

    def cpu_us(self) -> float:
        """Return the processor time used so far, of all threads, user and system, in microseconds. See proc(5)."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * _CLOCK_TICK_US

    def rss_bytes(self) -> int:
        """Return the memory held now."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def broker() -> Iterator[tuple[str, int]]:
    """Run Mosquitto, or the embedded broker where there is none; yield its name and its port."""
    mosquitto = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if mosquitto is None:
        with EmbeddedBroker(port=0) as embedded:
            yield "embedded broker (no mosquitto found)", embedded.port
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "mosquitto.conf"
        config.write_text(_MOSQUITTO.format(port=port))
        process = subprocess.Popen([mosquitto, "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            _wait_for_port(port)
            yield "mosquitto", port
        finally:
            process.terminate()
            process.wait(_STOP_S)


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + _BROKER_READY_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
