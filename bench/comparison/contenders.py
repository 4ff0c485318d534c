"""Who does the job: the daemon, and what people would write with a client of another project and an MQTT library.

Each publishes what happens in a room on `tiktok/<user>/<event>`. The scripts are those of `bench/peers`, run by the
environments that `make peers` installs; they follow one room in one process.
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
_OWN: Final = ("protobuf", "orjson", "websocket-client")
_NO_PROXY: Final = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
_ASK_VERSIONS: Final = "import sys; from importlib.metadata import version as v; print(*map(v, sys.argv[1:]))"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the broker, the service (web, webcast, socket and sign provider's URL) and its rooms are."""

    port: int
    urls: Sequence[str]
    room_ids: Sequence[str]


class Daemon:
    """Our daemon with its default settings, in one room or in several."""

    def __init__(self, rooms: int) -> None:
        self.rooms = rooms
        self.name = f"tiktok2mqtt, {rooms} rooms" if rooms > 1 else "tiktok2mqtt"
        self.missing = ""

    def start(self, place: Place) -> Program:
        """Run it."""
        urls = zip(("WEB_URL", "WEBCAST_URL", "SOCKET_URL"), place.urls, strict=False)
        env = {f"TIKTOK2MQTT_TIKTOK__{key}": url for key, url in urls}
        env |= {"TIKTOK2MQTT_ROOMS": ",".join(ROOMS[: self.rooms]), "TIKTOK2MQTT_LOG__LEVEL": "error"}
        return Program("tiktok2mqtt", "run", "--mqtt-port", str(place.port), env=env)

    def versions(self) -> str:
        """Return what it is made of."""
        return f"tiktok2mqtt {__version__} ({', '.join(f'{name} {version(name)}' for name in _OWN)})"


class Peer:
    """One of the scripts of `bench/peers`."""

    rooms: Final = 1

    def __init__(self, script: str, environment: str, *packages: str) -> None:
        self.name = " + ".join(packages)
        self._script = _SCRIPTS / script
        self._packages = packages
        self._folder = _ENVIRONMENTS / environment
        self._python = script.endswith(".py")
        self._interpreter = str(self._folder / "bin/python") if self._python else "node"

    @property
    def missing(self) -> str:
        """What has to be done before it can run; empty when nothing."""
        if not (self._folder / ".installed").exists():
            return f"{self.name} is not installed: `make peers` does it"
        return "" if shutil.which(self._interpreter) else "node is not installed"

    def start(self, place: Place) -> Program:
        """Run it."""
        web_url, _, _, sign_url = place.urls
        arguments = "127.0.0.1", str(place.port), ROOMS[0], web_url, sign_url
        command = self._interpreter, str(self._script)
        return Program(*arguments, command=command, folder=self._folder, env=_NO_PROXY | {"PYTHONPATH": ""})

    def versions(self) -> str:
        """Return what it is made of."""
        found = self._of_python() if self._python else self._of_node()
        return " + ".join(f"{name} {number}" for name, number in zip(self._packages, found, strict=True))

    def _of_python(self) -> list[str]:
        asked = [self._interpreter, "-c", _ASK_VERSIONS, *self._packages]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()

    def _of_node(self) -> list[str]:
        files = [self._folder / "node_modules" / name / "package.json" for name in self._packages]
        return [json.loads(file.read_text("utf-8"))["version"] for file in files]


Contender = Daemon | Peer

OURS: Final = Daemon(1)
OURS_OF_FIVE: Final = Daemon(len(ROOMS))
TIKTOKLIVE: Final = Peer("tiktoklive.py", "tiktoklive", "TikTokLive", "paho-mqtt")
PIRATETOK: Final = Peer("piratetok.py", "piratetok", "piratetok-live-py", "paho-mqtt")
CONNECTOR: Final = Peer("connector.mjs", "connector", "tiktok-live-connector", "mqtt")
CONTENDERS: Final[Sequence[Contender]] = (OURS, OURS_OF_FIVE, TIKTOKLIVE, PIRATETOK, CONNECTOR)


def bare_socket(place: Place) -> Program:
    """Run what only reads the frames of the first room."""
    return Program("bench.comparison.reader", place.urls[2], place.room_ids[0])


def bare_loop(place: Place, payloads: Path) -> Program:
    """Run what only publishes; it is no event to the subscriber of chats. `payloads` is a file, one to a line."""
    return Program("bench.paho_loop", str(place.port), f"tiktok/{ROOMS[0]}/bare", str(payloads))


def interpreters() -> Mapping[str, str]:
    """Return the versions of Python, and of node if there is one."""
    found = {"Python": sys.version.split()[0]}
    if node := shutil.which("node"):
        found["Node.js"] = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=True
        ).stdout.strip()
    return found
