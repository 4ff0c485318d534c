"""An MQTT broker for trying things out: `iotcore` (rumqttd) in a child process, reachable from this machine alone.

The child is this very file, run as a program: it holds the broker and ends when its standard input does. The parent
holds the other end, so the child also ends when the parent is killed.
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
    """The embedded broker cannot be started; the text says why, in words for the user."""


class EmbeddedBroker:
    """A broker on `host`, at `port` or the next free one after it; 0 takes any free port.

    A context manager. After entering, `port` is the port it listens on. It keeps nothing on disk, prints nothing, and a
    Ctrl-C on the terminal does not reach it, so that clients can say goodbye first.
    """

    def __init__(self, port: int = 1883, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the child while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the child and wait until it accepts MQTT connections.

        Raises BrokerError: `iotcore` is not installed, no port is free, or the child does not come up.
        """
        if importlib.util.find_spec("iotcore") is None:
            raise BrokerError("the embedded broker is not installed: pip install 'tiktok2mqtt[demo]'")
        # The place is held until the broker has it: the system would give a free port to any connection.
        with _held_port(self.host, self.port) as place, tempfile.TemporaryFile() as errors:
            self.port = place.getsockname()[1]
            self._process = _spawn(self.host, self.port, errors)
            try:
                self._wait_until_ready(errors)
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """End the child, within 2 s. May be called again."""
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
                raise BrokerError(f"the embedded broker ended at once: {_last_line(errors)}")
            if time.monotonic() > deadline:
                raise BrokerError(f"the embedded broker does not answer on {self.host}:{self.port}")
            time.sleep(_PROBE_INTERVAL_S)


def _held_port(host: str, wanted: int) -> socket.socket:
    """Return a socket that is bound to the first free port, and which does not keep the broker from it."""
    for port in range(wanted, min(wanted + _PORTS_TRIED, _LAST_PORT + 1)):
        place = socket.socket()
        # As the broker does: a port whose last connections are still in TIME_WAIT is free.
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            place.bind((host, port))
            return place
        place.close()
    raise BrokerError(f"no port is free on {host} from {wanted} on")


def _spawn(host: str, port: int, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    # -P: neither the folder of this file nor the working folder takes part in the child's imports. A session of its own
    # keeps the terminal's signals away.
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
    return next((line.strip() for line in reversed(lines) if line.strip()), "it left no message")


def _serve(host: str, port: int) -> None:
    """Run the broker in this process until standard input ends: the child's whole life."""
    from iotcore import IotCoreBroker  # noqa: PLC0415 (an optional dependency, and only of the child)

    logging.disable()  # rumqttd logs every packet as an error
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    IotCoreBroker(listen=host, port=port, max_payload_size=_MAX_PAYLOAD_BYTES).run_forever()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
