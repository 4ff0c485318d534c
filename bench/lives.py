"""The daemon of the soak: one process after the other, on the same folder."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from tiktok2mqtt.simulator import Simulator

_REPOSITORY: Final = Path(__file__).resolve().parent.parent
_LAST_WORDS: Final = 20
_STOP_S: Final = 6.0
_STATE: Final = "state.sqlite"


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a process holds at a moment."""

    rss_bytes: int
    threads: int
    descriptors: int


def environment(simulator: Simulator, port: int, rooms: list[str], folder: Path) -> dict[str, str]:
    """Return the daemon's settings. Its patience is short, because faults come every few seconds."""
    return {
        "TIKTOK2MQTT_ROOMS": ",".join(rooms),
        "TIKTOK2MQTT_STATE_DIR": str(folder / "state"),
        "TIKTOK2MQTT_MQTT__HOST": "127.0.0.1",
        "TIKTOK2MQTT_MQTT__PORT": str(port),
        "TIKTOK2MQTT_COMMANDS_PER_MINUTE": "6000",
        "TIKTOK2MQTT_HEALTH_INTERVAL": "1",
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


class Lives:
    """Begins and ends the daemon; a context manager. What it logs from level error on is in `errors`."""

    def __init__(self, env: Mapping[str, str], folder: Path) -> None:
        self.kills = 0
        self._folder = folder
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("TIKTOK2MQTT_")}
        self._env = {**inherited, "PYTHONPATH": str(_REPOSITORY), **env}
        self._errors = (folder / "errors.log").open("w+b")
        self._daemon: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start the daemon; returns at once."""
        command = [sys.executable, "-m", "tiktok2mqtt", "run"]
        self._daemon = subprocess.Popen(command, cwd=self._folder, env=self._env, stderr=self._errors)

    @property
    def _present(self) -> subprocess.Popen[bytes]:
        if self._daemon is None:
            raise RuntimeError("the daemon does not run")
        return self._daemon

    def kill(self) -> list[tuple[str, bytes]]:
        """End it with SIGKILL; return topics and payloads of what its outbox holds on disk."""
        self._present.kill()
        self._present.wait()
        self.kills += 1
        return self._left()

    def _left(self) -> list[tuple[str, bytes]]:
        with tempfile.TemporaryDirectory() as folder:
            # A copy: whoever opens the file itself also repairs it.
            for path in (self._folder / "state").glob(f"{_STATE}*"):
                shutil.copy(path, folder)
            with closing(sqlite3.connect(Path(folder) / _STATE)) as database:
                # It may have been killed before it made the table.
                with suppress(sqlite3.OperationalError):
                    return database.execute("SELECT topic, payload FROM messages ORDER BY number").fetchall()
                return []

    def vitals(self) -> Vitals:
        """Return what the process holds now. See proc(5)."""
        process = Path(f"/proc/{self._present.pid}")
        pages = int((process / "statm").read_text("ascii").split()[1])
        threads, descriptors = (len(list((process / name).iterdir())) for name in ("task", "fd"))
        return Vitals(pages * os.sysconf("SC_PAGE_SIZE"), threads, descriptors)

    def errors(self) -> list[str]:
        """Return the last errors that it has logged."""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").splitlines()[-_LAST_WORDS:]

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._present.terminate()
        try:
            self._present.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._present.kill()
            self._present.wait()
        self._errors.close()
