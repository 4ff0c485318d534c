"""Runs the daemon of the soak test, and starts it again in the same folder after each kill."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Final, Self

from tiktok2mqtt.simulator import Simulator

_REPOSITORY: Final = Path(__file__).resolve().parents[2]
_MAX_ERROR_LINES: Final = 20
_STOP_S: Final = 6.0
_WITHOUT_NAME: Final = 4
_STATE: Final = "state.sqlite"


@dataclass(frozen=True, slots=True)
class ProcessStats:
    """Memory, threads and open file descriptors of a process. `heap_bytes` belongs to no file."""

    rss_bytes: int
    threads: int
    descriptors: int
    heap_bytes: int = 0


def environment(simulator: Simulator, port: int, rooms: list[str], folder: Path) -> dict[str, str]:
    """Return the daemon's settings. Timeouts are short, because there is a fault every few seconds."""
    return {
        "TIKTOK2MQTT_ROOMS": ",".join(rooms),
        "TIKTOK2MQTT_STATE_DIR": str(folder / "state"),
        "TIKTOK2MQTT_MQTT__HOST": "127.0.0.1",
        "TIKTOK2MQTT_MQTT__PORT": str(port),
        "TIKTOK2MQTT_COMMANDS_PER_MINUTE": "6000",
        "TIKTOK2MQTT_HEALTH_INTERVAL": "1",
        "TIKTOK2MQTT_STATE_INTERVAL": "1",
        # Shorter than the silence after which nothing more is expected.
        "TIKTOK2MQTT_HOMEASSISTANT__WAIT_FOR_BIRTH": "5",
        "TIKTOK2MQTT_LOG__LEVEL": "error",
        "TIKTOK2MQTT_TIKTOK__WEB_URL": simulator.web_url,
        "TIKTOK2MQTT_TIKTOK__WEBCAST_URL": simulator.webcast_url,
        "TIKTOK2MQTT_TIKTOK__SOCKET_URL": simulator.socket_url,
        "TIKTOK2MQTT_TIKTOK__SIGN_URL": simulator.sign_url,
        "TIKTOK2MQTT_TIKTOK__TRANSPORTS": "direct,signed",
        "TIKTOK2MQTT_TIKTOK__CONNECT_TIMEOUT": "5",
        "TIKTOK2MQTT_TIKTOK__STALE_TIMEOUT": "5",
        "TIKTOK2MQTT_TIKTOK__WATCH_INTERVAL": "1",
    }


def _heap_bytes(process: Path) -> int:
    """Return the resident bytes of the heap and of all mappings without a file, see proc(5)."""
    total, is_heap = 0, False
    for line in (process / "smaps").read_text("ascii", "replace").splitlines():
        name, *values = line.split()
        if "-" in name:
            # A mapping: its addresses, then permissions, offset, device, inode and perhaps a name.
            is_heap = len(values) == _WITHOUT_NAME or values[-1] == "[heap]"
        elif is_heap and name == "Rss:":
            total += int(values[0]) * 1024
    return total


class DaemonRunner:
    """Starts and kills the daemon; a context manager. `kills` counts the kills, `started_at` is a monotonic time.

    `module` is the one to run. The daemon has each of the MQTT `versions` in turn. `ends` has a sentence for each time
    that it has ended by itself.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        folder: Path,
        *,
        module: str = "tiktok2mqtt",
        versions: Sequence[str] = ("3.1.1",),
    ) -> None:
        self.kills = 0
        self.ends: list[str] = []
        self._module = module
        self._versions = cycle(versions)
        self.started_at = 0.0
        self._folder = folder
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("TIKTOK2MQTT_")}
        self._env = {**inherited, "PYTHONPATH": str(_REPOSITORY), **env}
        self._log = (folder / "errors.log").open("w+b")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the daemon; does not wait until it is connected."""
        command = [sys.executable, "-m", self._module, "run"]
        env = self._env | {"TIKTOK2MQTT_MQTT__PROTOCOL": next(self._versions)}
        self._process = subprocess.Popen(command, cwd=self._folder, env=env, stderr=self._log)
        self.started_at = time.monotonic()

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the daemon is not running")
        return self._process

    def has_open(self, path: Path) -> bool:
        """Return whether the daemon has a file open, under its present name."""
        files = Path(f"/proc/{self._running.pid}/fd")
        with suppress(OSError):
            return any(file.readlink() == path for file in files.iterdir())
        return False

    def restart_if_ended(self) -> None:
        """Start the daemon again if it has ended, and note that in `ends`."""
        if (status := self._running.poll()) is not None:
            self.ends.append(f"the daemon has ended by itself with status {status}")
            self.start()

    def kill(self) -> list[tuple[str, bytes]]:
        """Send SIGKILL; return topic and payload of each message that is left in the outbox on disk."""
        self._running.kill()
        self._running.wait()
        self.kills += 1
        return self._outbox()

    def _outbox(self) -> list[tuple[str, bytes]]:
        with tempfile.TemporaryDirectory() as folder:
            # A copy: whoever opens the file itself also repairs it.
            for path in (self._folder / "state").glob(f"{_STATE}*"):
                if not path.name.endswith("-reserve"):
                    shutil.copy(path, folder)
            with closing(sqlite3.connect(Path(folder) / _STATE)) as database:
                # It may have been killed before it made the table.
                with suppress(sqlite3.OperationalError):
                    return database.execute("SELECT topic, payload FROM messages ORDER BY number").fetchall()
                return []

    def stats(self) -> ProcessStats:
        """Return the resources that the process uses now, see proc(5)."""
        process = Path(f"/proc/{self._running.pid}")
        pages = int((process / "statm").read_text("ascii").split()[1])
        threads, descriptors = (len(list((process / name).iterdir())) for name in ("task", "fd"))
        return ProcessStats(pages * os.sysconf("SC_PAGE_SIZE"), threads, descriptors, _heap_bytes(process))

    def errors(self) -> list[str]:
        """Return the last lines that all daemons have logged; only errors are logged."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace").splitlines()[-_MAX_ERROR_LINES:]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.terminate()
        try:
            self._running.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        self._log.close()
