"""Child processes of the benchmarks: programs that answer on standard output, and the broker."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from bench.soak.brokers import Mosquitto, create_broker

_REPOSITORY: Final = Path(__file__).resolve().parent.parent
_CPUCLOCK_SCHED: Final = 2
_STOP_S: Final = 6.0


class Program:
    """`python -m <arguments>`, or another command, as a child process that ends with the `with` block.

    Its working directory is a new temporary folder, or `folder`.
    """

    def __init__(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        command: Sequence[str] = (sys.executable, "-m"),
        folder: Path | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory()
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("TIKTOK2MQTT_")}
        self._process = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder or self._folder.name,
            env={**inherited, "PYTHONPATH": str(_REPOSITORY), **(env or {})},
            text=True,
        )
        self.name = " ".join((*command, *arguments))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.communicate(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        self._folder.cleanup()

    def read_line(self) -> str:
        """Return the next line it prints. Raises ChildProcessError if it has ended."""
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        line: str = self._process.stdout.readline()
        if not line:
            raise ChildProcessError(f"{self.name} ended")
        return line.strip()

    def request(self, text: str) -> str:
        """Write a line to its standard input and return the line that it answers."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()
        return self.read_line()

    def cpu_us(self) -> float:
        """Return the CPU time used so far in microseconds: all threads, user and system."""
        # The clock id of clock_getcpuclockid(3). /proc counts only in hundredths of a second.
        return time.clock_gettime_ns(~self._process.pid << 3 | _CPUCLOCK_SCHED) / 1000

    def rss_bytes(self) -> int:
        """Return the resident set size."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def broker() -> Iterator[tuple[str, int]]:
    """Run Mosquitto, or the embedded broker if it is not installed; yield name and port."""
    with tempfile.TemporaryDirectory() as folder:
        started = create_broker(Path(folder))
        started.start()
        try:
            name = "mosquitto" if isinstance(started, Mosquitto) else "embedded broker (no mosquitto found)"
            yield name, started.port
        finally:
            started.stop()
