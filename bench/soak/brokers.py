"""A broker without persistence that can be restarted."""

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
# By default Mosquitto drops messages when its queue is full, and Nagle's algorithm would add to the measured latency.
_CONFIG: Final = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
set_tcp_nodelay true
"""


class Mosquitto:
    """Mosquitto on a free port, without persistence. Its configuration file is in `folder`."""

    def __init__(self, executable: str, folder: Path) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._config = folder / "mosquitto.conf"
        self._command = [executable, "-c", str(self._config)]

    def start(self, max_packet_bytes: int | None = None) -> None:
        """Start the process and wait until it listens. Raises TimeoutError after ten seconds.

        It closes the connection of a client that sends a larger packet than `max_packet_bytes`; with MQTT 5 it tells
        the client before.
        """
        limit = f"max_packet_size {max_packet_bytes}\n" if max_packet_bytes else ""
        self._config.write_text(_CONFIG.format(port=self.port) + limit)
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _READY_S
        while not self._is_listening():
            if time.monotonic() > deadline:
                raise TimeoutError(f"mosquitto does not listen on port {self.port}")
            time.sleep(0.02)

    def _is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """Stop the process. May be called twice."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(_STOP_S)


Broker = Mosquitto | EmbeddedBroker


def create_broker(folder: Path) -> Broker:
    """Return Mosquitto, or the embedded broker if it is not installed. It is not started yet."""
    mosquitto = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    return Mosquitto(mosquitto, folder) if mosquitto else EmbeddedBroker(port=0)
