"""What runs in processes of its own: programs that answer on standard output, the daemon, the broker."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from bench.soak.brokers import Mosquitto, restartable

_REPOSITORY: Final = Path(__file__).resolve().parent.parent
_CPUCLOCK_SCHED: Final = 2
_STOP_S: Final = 6.0


class Program:
    """`python -m <arguments>`, or another command, in a process of its own; ended with the `with` block.

    It runs in a temporary folder of its own unless `folder` names another.
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

    def line(self) -> str:
        """Return the next line it prints. Raises ChildProcessError when there is none."""
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        line: str = self._process.stdout.readline()
        if not line:
            raise ChildProcessError(f"{self.name} ended")
        return line.strip()

    def ask(self, request: str) -> str:
        """Write a line to its standard input and return the line it answers with."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()
        return self.line()

    def cpu_us(self) -> float:
        """Return the processor time used so far, of all threads, user and system, in microseconds."""
        # The clock that clock_getcpuclockid(3) names; /proc counts in hundredths of a second.
        return time.clock_gettime_ns(~self._process.pid << 3 | _CPUCLOCK_SCHED) / 1000

    def rss_bytes(self) -> int:
        """Return the memory held now."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def broker() -> Iterator[tuple[str, int]]:
    """Run Mosquitto, or the embedded broker where there is none; yield its name and its port."""
    with tempfile.TemporaryDirectory() as folder:
        one = restartable(Path(folder))
        one.start()
        try:
            yield "mosquitto" if isinstance(one, Mosquitto) else "embedded broker (no mosquitto found)", one.port
        finally:
            one.stop()
