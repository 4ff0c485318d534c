"""The clients that judge the simulator, each in its own environment, and what they are able to tell."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tiktok2mqtt.simulator import Simulator

ENVIRONMENTS: Final = Path(__file__).resolve().parents[2] / ".peers"
_DRIVERS: Final = Path(__file__).resolve().parent / "drivers"
_PATIENCE_S: Final = 30.0
Event = dict[str, Any]


@dataclass(frozen=True)
class Peer:
    """One way to use a client. `fetch` is the simulator's; `lacks` are keys that it does not tell."""

    environment: str
    driver: str
    way: str
    fetch: str = "polling"
    lacks: frozenset[str] = frozenset()

    @property
    def folder(self) -> Path:
        return ENVIRONMENTS / self.environment

    @property
    def installed(self) -> bool:
        return (self.folder / ".installed").exists()

    @property
    def command(self) -> list[str]:
        """The driver under the environment's interpreter."""
        interpreter = str(self.folder / "bin/python") if self.driver.endswith(".py") else "node"
        return [interpreter, str(_DRIVERS / self.driver)]

    def told(self, event: Event) -> Event:
        """Return what the client can tell of an event."""
        return {key: value for key, value in event.items() if key not in self.lacks}


# The library of 2022 knows neither of these.
_NEWER: Final = frozenset({"name", "diamonds", "group_id", "total_users"})

PEERS: Final = (
    Peer("piratetok", "piratetok.py", "direct"),
    Peer("legacy", "legacy.cjs", "polling", lacks=_NEWER),
    Peer("legacy", "legacy.cjs", "upgrade", fetch="upgrade", lacks=_NEWER),
)


class Running:
    """A driver at work; killed after 30 s or at the end of the `with` block of `running`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def next(self) -> Event:
        """Return the next event it prints; AssertionError when it has ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the client has ended"
        event: Event = json.loads(line)
        return event

    def rest(self) -> list[Event]:
        """Return all further events; AssertionError when it ends with an error, or does not end."""
        assert self._process.stdout is not None
        events = [json.loads(line) for line in self._process.stdout]
        assert self._process.wait() == 0
        return events


@contextmanager
def running(peer: Peer, simulator: Simulator, user: str, errors: Path) -> Iterator[Running]:
    """Run a client in the room of `user`; its standard error goes to the file `errors`."""
    environment = os.environ | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    command = [*peer.command, user, simulator.web_url]
    with (
        errors.open("w") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=peer.folder, env=environment
        ) as process,
    ):
        bound = threading.Timer(_PATIENCE_S, process.kill)
        bound.start()
        try:
            yield Running(process)
        finally:
            bound.cancel()
            process.kill()
