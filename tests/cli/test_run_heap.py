import subprocess
import sys

import pytest

from tiktok2mqtt.cli.run import limit_heaps

# The heap of another thread is a region of 64 MiB: a part in use, and the rest without access rights.
MANY_THREADS = """
import sys, threading
from pathlib import Path
from tiktok2mqtt.cli.run import limit_heaps

if sys.argv[1:]:
    limit_heaps()
barrier = threading.Barrier(5)

def hold() -> None:
    held = [bytes(1_000) for _ in range(1_000)]
    barrier.wait()
    barrier.wait()

threads = [threading.Thread(target=hold) for _ in range(4)]
for thread in threads:
    thread.start()
barrier.wait()
lines = [line.split() for line in Path("/proc/self/maps").read_text().splitlines()]
barrier.wait()
used = [int(line[0].split("-")[0], 16) for line in lines if line[1] == "rw-p"]
untouched = {int(line[0].split("-")[1], 16) for line in lines if line[1] == "---p"}
print(sum(start % (1 << 26) == 0 and start + (1 << 26) in untouched for start in used))
"""


def heaps(*arguments: str) -> int:
    command = [sys.executable, "-c", MANY_THREADS, *arguments]
    return int(subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
def test_threads_share_one_heap() -> None:
    if heaps() == 0:
        pytest.skip("this C library does not give threads their own heaps")
    assert heaps("shared") == 0


def test_a_c_library_without_mallopt_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda _name: object())
    limit_heaps()
