import io
import re

import orjson
import pytest

from tests.cli.test_terminal import FakeTerminal
from tiktok2mqtt.cli.terminal import ERASE_LINE
from tiktok2mqtt.cli.view import View

NOON = 1_800_000_000.0
ADDRESS = "[::1]:1883"
CHAT = orjson.dumps({"nickname": "Bob", "comment": "hi"})


def state(**document: object) -> bytes:
    return orjson.dumps({"live": True, "viewers": 0, "likes": 0, "diamonds": 0} | document)


def status(terminal: FakeTerminal) -> str:
    return terminal.writes[-1].removeprefix(ERASE_LINE).split("\n")[-1]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> FakeTerminal:
    monkeypatch.setenv("TERM", "xterm")
    return FakeTerminal()


def test_a_pipe_gets_only_plain_lines() -> None:
    stream = io.StringIO()
    view = View(ADDRESS, stream, colour=False, now=NOON)
    view.feed("tiktok/alice/chat", CHAT, retained=False, now=NOON)
    view.feed("tiktok/alice/state", state(viewers=3), retained=True, now=NOON + 1)
    view.tick(NOON + 2)
    view.close()
    chat, snapshot = stream.getvalue().splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d  tiktok/alice/chat {13}Bob: hi", chat)
    assert re.fullmatch(r"\d\d:\d\d:\d\d  tiktok/alice/state {12}live, 3 viewers, .* \[retained\]", snapshot)


def test_colours_are_per_kind_and_end_with_the_line() -> None:
    stream = io.StringIO()
    view = View(ADDRESS, stream, colour=True, now=NOON)
    view.feed("tiktok/alice/chat", CHAT, retained=False, now=NOON)
    view.feed("tiktok/alice/follow", CHAT, retained=False, now=NOON)
    view.close()
    chat, follow = stream.getvalue().splitlines()
    assert chat.endswith("\x1b[36mBob: hi\x1b[0m")
    assert follow.endswith("\x1b[32mBob followed\x1b[0m")


def test_a_hostile_topic_is_sanitized() -> None:
    stream = io.StringIO()
    view = View(ADDRESS, stream, colour=False, now=NOON)
    view.feed("tiktok/\x1b[2Jal\u202eice/chat", CHAT, retained=False, now=NOON)
    assert "  tiktok/alice/chat  " in stream.getvalue()


def test_the_status_line_has_the_totals_of_the_live_rooms(terminal: FakeTerminal) -> None:
    view = View(ADDRESS, terminal, colour=False, now=NOON)
    view.feed("tiktok/alice/state", state(viewers=1000, likes=10, diamonds=7), retained=True, now=NOON)
    view.feed("tiktok/bob/state", state(viewers=234, likes="many"), retained=True, now=NOON)
    view.feed("tiktok/carol/state", state(live=False, viewers=99), retained=True, now=NOON)
    view.tick(NOON + 1)
    expected = f" 2 rooms live | 1,234 viewers | 10 likes | 7 diamonds | 3 msg/s | {ADDRESS} "
    assert status(terminal) == expected
    view.feed("tiktok/alice/state", b"", retained=False, now=NOON + 2)
    view.tick(NOON + 3)
    assert status(terminal).startswith(" 1 room live | 234 viewers | 0 likes")


def test_the_rate_is_of_the_last_seconds(terminal: FakeTerminal) -> None:
    view = View("", terminal, colour=False, now=NOON)
    for index in range(1000):
        view.feed("tiktok/alice/chat", CHAT, retained=False, now=NOON + index / 100)
    view.tick(NOON + 10.5)
    assert "89 msg/s" in status(terminal)  # 400 in the last 4.5 s
    view.tick(NOON + 20)
    assert "| 0 msg/s" in status(terminal)


def test_a_burst_is_written_in_at_most_ten_batches_a_second(terminal: FakeTerminal) -> None:
    view = View(ADDRESS, terminal, colour=False, now=NOON)
    for index in range(5000):
        view.feed("tiktok/alice/chat", CHAT, retained=False, now=NOON + index / 5000)
    view.close()
    assert len(terminal.writes) <= 10 + 2
    assert terminal.getvalue().count("Bob: hi") == 5000
    assert all(write.startswith(ERASE_LINE) for write in terminal.writes[1:])


def test_close_writes_waiting_lines_and_erases_the_status_line(terminal: FakeTerminal) -> None:
    view = View(ADDRESS, terminal, colour=False, now=NOON)
    view.tick(NOON)
    view.feed("tiktok/alice/chat", CHAT, retained=False, now=NOON + 0.01)
    view.close()
    view.close()
    assert terminal.writes[-1].startswith(ERASE_LINE)
    assert terminal.writes[-1].endswith("Bob: hi\n")


def test_setting_the_clock_back_is_no_problem(terminal: FakeTerminal) -> None:
    view = View(ADDRESS, terminal, colour=False, now=NOON)
    view.tick(NOON)
    view.feed("tiktok/alice/chat", CHAT, retained=False, now=NOON - 3600)
    assert "Bob: hi" in terminal.getvalue()


def test_only_some_events_are_shown_but_all_are_counted(terminal: FakeTerminal) -> None:
    view = View(ADDRESS, terminal, colour=False, now=NOON, only=frozenset({"gift"}))
    view.feed("tiktok/alice/state", state(viewers=3), retained=True, now=NOON)
    view.feed("tiktok/alice/chat", CHAT, retained=False, now=NOON)
    view.feed("tiktok/alice/gift", CHAT, retained=False, now=NOON)
    view.tick(NOON + 1)
    assert "Bob sent" in terminal.getvalue()
    assert "Bob: hi" not in terminal.getvalue()
    assert status(terminal).startswith(" 1 room live | 3 viewers")
