import io
import os
import pty
import termios
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.cli.terminal import (
    ERASE_LINE,
    RESET,
    Screen,
    display_width,
    is_terminal,
    pad,
    sanitize,
    truncate,
    wants_colour,
)

TERMINAL = {"TERM": "xterm"}


class FakeTerminal(io.StringIO):
    """A terminal without a window size, for which 80 columns are assumed. Keeps each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.writes.append(text)
        return super().write(text)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("hello", "hello"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x1b[2J\x1b[1;1Hb", "ab"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP1$r0m\x1b\\after", "after"),
        ("\x1bcreset", "reset"),
        ("cut off \x1b[3", "cut off"),
        ("\x1b\x1b[m[31mx", "[31mx"),
        ("one\r\ntwo\tthree\x85four\u2028five", "one two three four five"),
        ("bell\x07 back\x08space null\x00", "bell backspace null"),
        ("abc\u202edcb\u202c \u2066x\u2069 \u200ey\u061c", "abcdcb x y"),
        ("\ud800lone", "lone"),
        ("a\u200bb\ufeffc", "abc"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("   ", ""),
    ],
)
def test_untrusted_text_is_sanitized(raw: str, clean: str) -> None:
    assert sanitize(raw, 100) == clean


def test_long_text_is_truncated() -> None:
    assert sanitize("x" * 100, 10) == "x" * 9 + "…"


@given(st.text(st.characters() | st.sampled_from("\x1b[]P\\m\x07\x9b;0\u202e\r\n"), max_size=200), st.integers(1, 50))
def test_any_text_becomes_one_printable_line(raw: str, limit: int) -> None:
    clean = sanitize(raw, limit)
    assert len(clean) <= limit
    assert all(char.isprintable() or char in "\u200c\u200d" or ord(char) > 0x2FF for char in clean)
    assert not set(clean) & set(map(chr, [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), 0x2028, 0x2029]))
    clean.encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("abc", 3), ("日本", 4), ("e\u0301", 1), ("🎁", 2), ("❤\ufe0f", 2), ("👩\u200d🚀", 4), ("", 0)],
)
def test_display_width(text: str, expected: int) -> None:
    assert display_width(text) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_truncate(text: str, limit: int, expected: str) -> None:
    assert truncate(text, limit) == expected


@given(st.text(), st.integers(0, 20))
def test_truncated_text_fits(text: str, limit: int) -> None:
    assert display_width(truncate(text, limit)) <= limit


def test_pad_counts_columns() -> None:
    assert pad("日本", 6) + "|" == "日本  |"
    assert pad("longer", 3) == "longer"


@pytest.mark.parametrize(
    ("environ", "terminal", "colour"),
    [
        (TERMINAL, True, True),
        (TERMINAL | {"NO_COLOR": ""}, True, True),
        (TERMINAL | {"NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({}, False, False),
    ],
)
def test_colours_need_a_terminal_and_no_no_color(environ: dict[str, str], terminal: bool, colour: bool) -> None:
    assert is_terminal(FakeTerminal(), environ) is terminal
    assert wants_colour(FakeTerminal(), environ) is colour
    assert not is_terminal(io.StringIO(), environ)
    assert not wants_colour(io.StringIO(), environ)


def test_lines_and_status_line_are_one_write() -> None:
    stream = FakeTerminal()
    screen = Screen(stream, live=True)
    screen.show([], "first")
    screen.show(["one", "two"], "second")
    screen.close()
    screen.close()
    assert stream.writes == ["first", f"{ERASE_LINE}one\ntwo\nsecond", ERASE_LINE]


def test_nothing_is_written_when_nothing_changed() -> None:
    stream = FakeTerminal()
    screen = Screen(stream, live=True)
    screen.show([], "same")
    screen.show([], "same")
    assert stream.writes == ["same"]


def test_no_status_line_without_a_terminal() -> None:
    stream = io.StringIO()
    screen = Screen(stream, live=False)
    screen.show(["line"], "status")
    screen.show([], "other")
    screen.close()
    assert stream.getvalue() == "line\n"


def test_the_status_line_leaves_the_last_column_free() -> None:
    stream = FakeTerminal()
    Screen(stream, live=True, style="\x1b[7m").show([], "日" * 60)
    assert stream.writes == ["\x1b[7m" + "日" * 39 + "…" + RESET]


def test_the_width_is_that_of_the_terminal() -> None:
    ours, theirs = pty.openpty()
    try:
        os.set_blocking(ours, False)
        with closing(os.fdopen(theirs, "w", encoding="utf-8", closefd=False)) as stream:
            termios.tcsetwinsize(theirs, (24, 10))
            Screen(stream, live=True).show([], "0123456789abc")
        assert os.read(ours, 100).decode() == "01234567…"
    finally:
        os.close(theirs)
        os.close(ours)


def test_characters_that_the_stream_cannot_encode_are_replaced() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="\n")
    Screen(stream, live=False).show(["caf\u00e9 🎁"], "")
    assert raw.getvalue() == b"caf? ?\n"
