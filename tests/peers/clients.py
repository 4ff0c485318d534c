"""The clients that test the simulator, each in its own environment, and the limits of what they report."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tiktok2mqtt.simulator import Simulator

_ENVIRONMENTS: Final = Path(__file__).resolve().parents[2] / ".peers"
_DRIVERS: Final = Path(__file__).resolve().parent / "drivers"
_TIMEOUT_S: Final = 30.0
Event = dict[str, Any]


@dataclass(frozen=True)
class Peer:
    """A client with one of its transports.

    `fetch` is the fetch mode of the simulator, `missing_keys` are keys of events that the client does not report, and
    `reasons` are its errors for a room that was never live, a room whose LIVE has ended, and an unknown user.
    """

    environment: str
    driver: str
    transport: str
    reasons: tuple[str, str, str]
    fetch: str = "empty"
    missing_keys: frozenset[str] = frozenset()

    @property
    def folder(self) -> Path:
        return _ENVIRONMENTS / self.environment

    @property
    def interpreter(self) -> str:
        return str(self.folder / "bin/python") if self.driver.endswith(".py") else "node"

    @property
    def missing(self) -> str:
        """What must be installed before it can run; empty if nothing."""
        if not (self.folder / ".installed").exists():
            return f"{self.environment} is not installed: run `make peers`"
        return "" if shutil.which(self.interpreter) else "node is not installed"

    def reported(self, event: Event) -> Event:
        """Return the keys of an event that the client reports."""
        return {key: value for key, value in event.items() if key not in self.missing_keys}


# The library of 2022 reports none of these.
_NEWER: Final = frozenset(
    {"picture", "gifter_level", "name", "diamonds", "group_id", "total_users", "top", "present", "followers", "shares"}
)
_NO_ROOM: Final = "Failed to retrieve room_id from page source. User might be offline."
_NO_ROOM_ID: Final = "InvalidResponseCompositeError"
_OF_2022: Final = (_NO_ROOM, "LIVE has ended", _NO_ROOM)

PEERS: Final = (
    Peer("piratetok", "piratetok.py", "direct", ("HostNotOnlineError", "HostNotOnlineError", "UserNotFoundError")),
    Peer("tiktoklive", "tiktoklive.py", "signed", ("UserOfflineError", "UserOfflineError", "UserNotFoundError")),
    Peer("connector", "connector.mjs", "signed", (_NO_ROOM_ID, "UserOfflineError", _NO_ROOM_ID)),
    Peer("legacy", "legacy.cjs", "polling", _OF_2022, fetch="polling", missing_keys=_NEWER),
    Peer("legacy", "legacy.cjs", "upgrade", _OF_2022, fetch="upgrade", missing_keys=_NEWER),
)


class Driver:
    """A running driver; it is killed after 30 s, or at the end of the `with` block of `running`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def next(self) -> Event:
        """Return the next event it prints. Raises AssertionError if it has ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the client has ended"
        event: Event = json.loads(line)
        return event

    def remaining(self) -> list[Event]:
        """Return all further events. Raises AssertionError if it ends with an error, or does not end."""
        assert self._process.stdout is not None
        events = [json.loads(line) for line in self._process.stdout]
        assert self._process.wait() == 0
        return events


@contextmanager
def running(peer: Peer, simulator: Simulator, user: str, errors: Path) -> Iterator[Driver]:
    """Run a client for the room of `user`; its standard error is written to the file `errors`."""
    command = [peer.interpreter, str(_DRIVERS / peer.driver), user, simulator.web_url, simulator.sign_url]
    environment = os.environ | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    with (
        errors.open("w") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=peer.folder, env=environment
        ) as process,
    ):
        timer = threading.Timer(_TIMEOUT_S, process.kill)
        timer.start()
        try:
            yield Driver(process)
        finally:
            timer.cancel()
            process.kill()
