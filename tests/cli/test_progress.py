import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.daemon import Tree, environment, tree
from tests.helpers import until
from tests.mqtt import TIMEOUT_S, Broker
from tiktok2mqtt.cli.progress import Progress, Stopwatch, counted, duration, size
from tiktok2mqtt.simulator import Simulator


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def terminal_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def progress_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "tiktok2mqtt.progress"]


def test_a_terminal_shows_the_progress_and_it_is_erased_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    stream = Terminal()
    with Progress(lambda: "3 events\x1b[2J", stream) as progress:
        until(lambda: "3 events" in stream.getvalue())
        progress.print("a line")
        assert stream.getvalue() == "3 events\r\x1b[K"
        until(lambda: stream.getvalue().count("3 events") > 1)
    assert stream.getvalue().endswith("3 events\r\x1b[K")
    assert capsys.readouterr().out == "a line\n"
    assert progress_threads() == []


def test_without_a_terminal_there_is_neither_progress_nor_a_thread(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    with Progress(lambda: "3 events", stream) as progress:
        assert progress_threads() == []
        progress.print("a line")
    assert stream.getvalue() == ""
    assert capsys.readouterr().out == "a line\n"


def test_a_dumb_terminal_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with Progress(lambda: "3 events", Terminal()):
        assert progress_threads() == []


def test_a_terminal_that_is_gone_is_no_error() -> None:
    class Gone(Terminal):
        def write(self, _text: str) -> int:
            written.set()
            raise OSError

    written = threading.Event()
    with Progress(lambda: "3 events", Gone()) as progress:
        assert written.wait(5)
        progress.print("a line")


@pytest.mark.parametrize(("seconds", "text"), [(0.9, "0 s"), (59, "59 s"), (60, "1:00"), (3_723, "1:02:03")])
def test_a_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (5_600_000, "5.6 MB"), (10**13, "10000.0 GB"), (1_000, "1.0 kB")]
)
def test_a_size(count: int, text: str) -> None:
    assert size(count) == text


def test_counts_and_the_stopwatch() -> None:
    assert (counted(1, "event"), counted(1234, "event")) == ("1 event", "1,234 events")
    assert re.fullmatch(r"\d s", str(Stopwatch()))


@contextmanager
def pseudo_terminal() -> Iterator[tuple[int, int]]:
    ours, theirs = os.openpty()
    try:
        yield ours, theirs
    finally:
        os.close(ours)
        os.close(theirs)


def shown_by(arguments: Sequence[str], settings: Tree, folder: Path, pattern: str) -> None:
    """Run a command whose standard error is a terminal, until it shows what matches the pattern."""
    with pseudo_terminal() as (ours, theirs):
        variables = environment(settings) | {"TERM": "xterm"}
        command = [sys.executable, "-m", "tiktok2mqtt", *arguments]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=variables, cwd=folder) as child:
            shown = ""
            try:
                while not re.search(pattern, shown):
                    shown += os.read(ours, 1_000).decode()
                child.terminate()
                assert child.wait(TIMEOUT_S) in (0, -signal.SIGTERM)
            finally:
                # After a timeout of the test as well.
                child.kill()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_record_shows_time_messages_and_size(sim: Simulator, tmp_path: Path) -> None:
    room = sim.room("alice")
    room.go_live()
    room.remember(1)
    room.chat("bob", "hello")
    settings = tree(sim, 1, rooms=())
    shown_by(["record", "alice", "live.jsonl"], settings, tmp_path, r"\d+ s, 1 message, [\d.]+ k?B")


def test_replay_shows_how_much_it_has_read(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    lines = ['{"format": "tiktok2mqtt-recording", "version": 1, "room": "alice", "room_id": "5"}']
    lines += [f'{{"at": {second}, "response": ""}}' for second in range(100)]
    (tmp_path / "live.jsonl").write_text("\n".join(lines))
    shown_by(["replay", "live.jsonl"], tree(sim, broker.port), tmp_path, r"\d+ %, \d+ s, 0 events")


@pytest.mark.parametrize(
    ("command", "pattern"), [("check", r"testing, \d+ s"), ("purge", r"clearing the retained messages of \S+, \d+ s")]
)
def test_check_and_purge_show_that_they_wait(
    sim: Simulator, silent_port: int, tmp_path: Path, command: str, pattern: str
) -> None:
    shown_by([command], tree(sim, silent_port), tmp_path, pattern)


def test_simulate_shows_messages_and_clients(sim: Simulator, tmp_path: Path) -> None:
    command = ["simulate", "--port", "0", "--rate", "20"]
    shown_by(command, tree(sim, 1), tmp_path, r"\d+ s, alice \d+ messages?, 0 clients")


def test_a_pseudo_terminal_counts_as_one() -> None:
    with pseudo_terminal() as (ours, theirs), os.fdopen(os.dup(theirs), "w") as stream:
        with Progress(lambda: "halfway", stream):
            assert os.read(ours, 100).startswith(b"halfway")
        assert os.read(ours, 100).endswith(b"\r\x1b[K")
