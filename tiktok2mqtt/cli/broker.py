"""An MQTT broker for demos and tests: `iotcore` (rumqttd) in a child process, reachable only from this machine.

The child process runs this file as a program, and ends at the end of its standard input. The parent holds the other end
of that pipe, so the child also ends when the parent is killed.
"""

import contextlib
import importlib.util
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from types import TracebackType
from typing import IO, Final, Self

from tiktok2mqtt.common.installation import install_hint

_READY_TIMEOUT_S: Final = 10.0
_PROBE_TIMEOUT_S: Final = 1.0
_PROBE_INTERVAL_S: Final = 0.02
_STOP_TIMEOUT_S: Final = 1.0
_PORTS_TRIED: Final = 100
_LAST_PORT: Final = 65535
_MAX_PAYLOAD_BYTES: Final = 1 << 20  # rumqttd's default of 20 KiB is less than a large discovery document

# MQTT 3.1.1 sections 3.1 and 3.2: clean session, keep alive 10 s, client id "probe"; accepted; disconnect.
_CONNECT: Final = b"\x10\x11\x00\x04MQTT\x04\x02\x00\x0a\x00\x05probe"
_CONNACK: Final = b"\x20\x02\x00\x00"
_DISCONNECT: Final = b"\xe0\x00"


class BrokerError(Exception):
    """The embedded broker cannot be started; `str()` says why."""


class EmbeddedBroker:
    """A broker on `host`, on `port` or the next free port after it; 0 takes any free port.

    Use it as a context manager; inside, `port` is the port it listens on. It stores nothing on disk and prints nothing.
    Ctrl-C on the terminal does not reach it, so that clients can disconnect first.
    """

    def __init__(self, port: int = 1883, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the child, while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the child and wait until it accepts MQTT connections.

        Raises BrokerError: `iotcore` is not installed, no port is free, or the child does not start.
        """
        if importlib.util.find_spec("iotcore") is None:
            raise BrokerError(f"the embedded broker is not installed: {install_hint('demo')}")
        # The port stays reserved until the broker listens on it: the system could give a free one to any connection.
        with _reserve_port(self.host, self.port) as reserved, tempfile.TemporaryFile() as errors:
            self.port = reserved.getsockname()[1]
            self._process = _spawn(self.host, self.port, errors)
            try:
                self._wait_until_ready(errors)
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """End the child within 2 s. May be called again."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_STOP_TIMEOUT_S)
        if process.stdin:
            process.stdin.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_until_ready(self, errors: IO[bytes]) -> None:
        deadline = time.monotonic() + _READY_TIMEOUT_S
        while not _accepts_mqtt(self.host, self.port):
            if self._process is None or self._process.poll() is not None:
                raise BrokerError(f"the embedded broker ended immediately: {_last_line(errors)}")
            if time.monotonic() > deadline:
                raise BrokerError(f"the embedded broker does not answer on {self.host}:{self.port}")
            time.sleep(_PROBE_INTERVAL_S)


def _reserve_port(host: str, wanted: int) -> socket.socket:
    """Return a socket bound to the first free port; the broker can still listen on that port."""
    for port in range(wanted, min(wanted + _PORTS_TRIED, _LAST_PORT + 1)):
        candidate = socket.socket()
        # Like the broker, so that a port with old connections in TIME_WAIT counts as free.
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            candidate.bind((host, port))
            return candidate
        candidate.close()
    raise BrokerError(f"no free port on {host} at or above {wanted}")


def _spawn(host: str, port: int, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    # -P keeps the directory of this file and the working directory out of the child's imports. In its own session, it
    # does not get the terminal's signals.
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", __file__, host, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        start_new_session=True,
    )


def _accepts_mqtt(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), _PROBE_TIMEOUT_S) as connection:
            connection.sendall(_CONNECT)
            accepted = connection.recv(len(_CONNACK)) == _CONNACK
            connection.sendall(_DISCONNECT)
            return accepted
    except OSError:
        return False


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "no error message")


def _serve(host: str, port: int) -> None:
    """Run the broker in this process until the end of standard input."""
    from iotcore import IotCoreBroker  # noqa: PLC0415 (an optional dependency, needed only in the child)

    logging.disable()  # rumqttd logs every packet as an error
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    IotCoreBroker(listen=host, port=port, max_payload_size=_MAX_PAYLOAD_BYTES).run_forever()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
