"""A broker that can be restarted, and then has forgotten everything."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

from tiktok2mqtt.cli.broker import EmbeddedBroker

_STOP_S: Final = 6.0
_READY_S: Final = 10.0
# Without the limit of queued messages Mosquitto would drop; with Nagle's algorithm it would be measured instead of us.
_CONFIG: Final = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
set_tcp_nodelay true
"""


class Mosquitto:
    """Mosquitto at a free port, without persistence, its configuration in `folder`."""

    def __init__(self, executable: str, folder: Path) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        config = folder / "mosquitto.conf"
        config.write_text(_CONFIG.format(port=self.port))
        self._command = [executable, "-c", str(config)]

    def start(self) -> None:
        """Start the process and wait until it listens."""
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _READY_S
        while not self._listens():
            if time.monotonic() > deadline:
                raise TimeoutError(f"mosquitto does not listen on port {self.port}")
            time.sleep(0.02)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """End the process. May be called again."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(_STOP_S)


def restartable(folder: Path) -> Mosquitto | EmbeddedBroker:
    """Return Mosquitto, or the embedded broker where there is none; not started yet."""
    mosquitto = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    return Mosquitto(mosquitto, folder) if mosquitto else EmbeddedBroker(port=0)
