import io
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.helpers import until
from tiktok2mqtt.cli.progress import Progress, Stopwatch, counted, duration, size


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


def test_a_pseudo_terminal_counts_as_one() -> None:
    with pseudo_terminal() as (ours, theirs), os.fdopen(os.dup(theirs), "w") as stream:
        with Progress(lambda: "halfway", stream):
            assert os.read(ours, 100).startswith(b"halfway")
        assert os.read(ours, 100).endswith(b"\r\x1b[K")
