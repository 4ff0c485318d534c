import subprocess
import sys

import pytest

from tiktok2mqtt.cli import run as heap

# The heap of a further thread is a place of 64 MiB: a part that is in use, and the rest, which may not be touched yet.
MANY_THREADS = """
import sys, threading
from pathlib import Path
from tiktok2mqtt.cli.run import share_one_heap

if sys.argv[1:]:
    share_one_heap()
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
        pytest.skip("this C library gives threads no heaps of their own")
    assert heaps("shared") == 0


def test_a_library_without_the_call_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda _name: object())
    heap.share_one_heap()
