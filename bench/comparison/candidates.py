"""The candidates: the daemon, and scripts that a user could write with another client and an MQTT library.

Each publishes the events of a room on `tiktok/<user>/<event>`. The scripts are in `bench/peers` and run in the
environments that `make peers` installs. A script connects to one room.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench.comparison.rooms import ROOMS
from bench.processes import Program
from tiktok2mqtt import __version__

_REPOSITORY: Final = Path(__file__).resolve().parents[2]
_ENVIRONMENTS: Final = _REPOSITORY / ".peers"
_SCRIPTS: Final = _REPOSITORY / "bench" / "peers"
_DEPENDENCIES: Final = ("protobuf", "orjson", "websocket-client")
_NO_PROXY: Final = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
_PRINT_VERSIONS: Final = "import sys; from importlib.metadata import version as v; print(*map(v, sys.argv[1:]))"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Port of the broker; URLs of the simulator (web, webcast, socket, sign provider); ids of its rooms."""

    port: int
    urls: Sequence[str]
    room_ids: Sequence[str]


class Daemon:
    """Our daemon with its default settings, in one room or in several."""

    def __init__(self, rooms: int) -> None:
        self.rooms = rooms
        self.name = f"tiktok2mqtt, {rooms} rooms" if rooms > 1 else "tiktok2mqtt"
        self.missing = ""

    def start(self, endpoints: Endpoints) -> Program:
        """Start the daemon."""
        urls = zip(("WEB_URL", "WEBCAST_URL", "SOCKET_URL"), endpoints.urls, strict=False)
        env = {f"TIKTOK2MQTT_TIKTOK__{key}": url for key, url in urls}
        env |= {"TIKTOK2MQTT_ROOMS": ",".join(ROOMS[: self.rooms]), "TIKTOK2MQTT_LOG__LEVEL": "error"}
        return Program("tiktok2mqtt", "run", "--mqtt-port", str(endpoints.port), env=env)

    def versions(self) -> str:
        """Return its version and those of its dependencies."""
        return f"tiktok2mqtt {__version__} ({', '.join(f'{name} {version(name)}' for name in _DEPENDENCIES)})"


class PeerScript:
    """One of the scripts in `bench/peers`."""

    rooms: Final = 1

    def __init__(self, script: str, environment: str, *packages: str) -> None:
        self.name = " + ".join(packages)
        self._script = _SCRIPTS / script
        self._packages = packages
        self._folder = _ENVIRONMENTS / environment
        self._is_python = script.endswith(".py")
        self._interpreter = str(self._folder / "bin/python") if self._is_python else "node"

    @property
    def missing(self) -> str:
        """What must be installed before it can run; empty if nothing."""
        if not (self._folder / ".installed").exists():
            return f"{self.name} is not installed: run `make peers`"
        return "" if shutil.which(self._interpreter) else "node is not installed"

    def start(self, endpoints: Endpoints) -> Program:
        """Start the script."""
        web_url, _, _, sign_url = endpoints.urls
        arguments = "127.0.0.1", str(endpoints.port), ROOMS[0], web_url, sign_url
        command = self._interpreter, str(self._script)
        return Program(*arguments, command=command, folder=self._folder, env=_NO_PROXY | {"PYTHONPATH": ""})

    def versions(self) -> str:
        """Return the versions of its packages."""
        found = self._python_versions() if self._is_python else self._node_versions()
        return " + ".join(f"{name} {number}" for name, number in zip(self._packages, found, strict=True))

    def _python_versions(self) -> list[str]:
        command = [self._interpreter, "-c", _PRINT_VERSIONS, *self._packages]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    def _node_versions(self) -> list[str]:
        files = [self._folder / "node_modules" / name / "package.json" for name in self._packages]
        return [json.loads(file.read_text("utf-8"))["version"] for file in files]


Candidate = Daemon | PeerScript

DAEMON: Final = Daemon(1)
DAEMON_5_ROOMS: Final = Daemon(len(ROOMS))
TIKTOKLIVE: Final = PeerScript("tiktoklive.py", "tiktoklive", "TikTokLive", "paho-mqtt")
PIRATETOK: Final = PeerScript("piratetok.py", "piratetok", "piratetok-live-py", "paho-mqtt")
CONNECTOR: Final = PeerScript("connector.mjs", "connector", "tiktok-live-connector", "mqtt")
CANDIDATES: Final[Sequence[Candidate]] = (DAEMON, DAEMON_5_ROOMS, TIKTOKLIVE, PIRATETOK, CONNECTOR)


def start_bare_socket(endpoints: Endpoints) -> Program:
    """Start a process that only reads the frames of the first room."""
    return Program("bench.comparison.bare_socket", endpoints.urls[2], endpoints.room_ids[0])


def start_bare_loop(endpoints: Endpoints, payloads: Path) -> Program:
    """Start a process that only publishes the lines of the file `payloads`, on a topic that is not a chat."""
    return Program("bench.paho_loop", str(endpoints.port), f"tiktok/{ROOMS[0]}/bare", str(payloads))


def interpreters() -> Mapping[str, str]:
    """Return the versions of Python, and of Node.js if it is installed."""
    found = {"Python": sys.version.split()[0]}
    if node := shutil.which("node"):
        found["Node.js"] = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=True
        ).stdout.strip()
    return found
