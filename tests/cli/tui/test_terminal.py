"""The commands on a terminal, as a user sees them: a pseudo-terminal around the real program."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from struct import pack
from termios import TIOCSWINSZ

import pytest

from tests.mqtt import free_port
from tiktok2mqtt.cli.main import main

ALTERNATE_SCREEN = "\x1b[?1049h"
CTRL_C = b"\x03"


class Terminal:
    """The other end of a pseudo-terminal of 80 columns."""

    def __init__(self, descriptor: int, process: subprocess.Popen[bytes]) -> None:
        self._descriptor = descriptor
        self.process = process
        self.output = ""

    def wait_for(self, text: str, timeout: float = 60) -> None:
        end = time.monotonic() + timeout
        while text not in self.output:
            assert time.monotonic() < end, self.output[-2000:]
            self._read(1)

    def finish(self) -> int:
        """Read until the program has ended; return its exit status."""
        while self._read(60):
            pass
        return self.process.wait(60)

    def type(self, keys: bytes) -> None:
        os.write(self._descriptor, keys)

    def _read(self, timeout: float) -> bool:
        if not select.select([self._descriptor], [], [], timeout)[0]:
            return True
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:  # Linux: the other end is closed
            return False
        self.output += data.decode(errors="replace")
        return bool(data)


@contextmanager
def on_terminal(*arguments: str, folder: Path) -> Iterator[Terminal]:
    ours, theirs = os.openpty()
    ioctl(theirs, TIOCSWINSZ, pack("HHHH", 24, 80, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "HOME": str(folder)}
    with subprocess.Popen(
        [sys.executable, "-m", "tiktok2mqtt", *arguments],
        cwd=Path(__file__).parents[3],
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        try:
            yield Terminal(ours, process)
        finally:
            process.kill()
            os.close(ours)


def test_the_demo_is_full_screen_and_ctrl_c_ends_it_with_a_summary(tmp_path: Path) -> None:
    with on_terminal("demo", "--port", str(free_port()), "--rate", "20", folder=tmp_path) as terminal:
        terminal.wait_for(ALTERNATE_SCREEN)
        terminal.wait_for("diamonds)")
        terminal.type(CTRL_C)
        assert terminal.finish() == 0
        assert "Traceback" not in terminal.output
        assert "@alice, watched for 00:" in terminal.output
        assert "gave most" in terminal.output


def test_plain_lines_if_asked_for(tmp_path: Path) -> None:
    arguments = ["demo", "--plain", "--only", "gift", "--port", str(free_port()), "--rate", "20"]
    with on_terminal(*arguments, folder=tmp_path) as terminal:
        terminal.wait_for("tiktok/alice/gift ")
        terminal.wait_for("2 rooms live")
        terminal.process.terminate()
        assert terminal.finish() == 0
        assert ALTERNATE_SCREEN not in terminal.output
        assert "tiktok/alice/chat" not in terminal.output
        assert "@alice, watched for 00:" in terminal.output


def test_an_event_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["watch", "alice", "--only", "gifts"])
    assert caught.value.code == 2
    assert "no such event: gifts (did you mean gift?)" in capsys.readouterr().err


def test_without_textual_there_are_plain_lines() -> None:
    script = (
        "import sys; sys.modules['textual'] = None\n"
        "from tiktok2mqtt.cli import view\n"
        "sys.stdin.isatty = sys.stderr.isatty = lambda: True\n"
        "assert view._full_screen() is None"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_only_the_full_screen_view_imports_textual() -> None:
    script = (
        "import sys, tiktok2mqtt.cli.demo, tiktok2mqtt.cli.recordings; print({'textual', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
