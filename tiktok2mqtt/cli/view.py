"""The live view: each MQTT message as one line of text, and a status line with totals."""

import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, TextIO

from tiktok2mqtt.cli.render import render_message
from tiktok2mqtt.cli.stats import RoomStats, summary
from tiktok2mqtt.cli.terminal import RESET, Screen, discard_output, is_terminal, pad, sanitize, wants_colour
from tiktok2mqtt.common.topics import Kind, Topics

if TYPE_CHECKING:
    from tiktok2mqtt.cli.tui.app import LiveApp

MessageQueue = queue.SimpleQueue[tuple[str, bytes, bool]]
"""Topic, payload, and whether the message was retained."""

TICK_S: Final = 0.1
_REDRAW_S: Final = 0.1
_RATE_WINDOW_S: Final = 5
_TOPIC_COLUMNS: Final = 28
_TOPIC_LIMIT: Final = 80
_TOTALS: Final = ("viewers", "likes", "diamonds")

_DIM: Final = "\x1b[2m"
_REVERSE: Final = "\x1b[7m"


class ViewOptions(NamedTuple):
    """How to show messages: for how long, full screen if that is possible, and only some events, empty for all.

    `summary` prints one at the end, on a terminal.
    """

    duration_s: float | None = None
    full_screen: bool = False
    only: frozenset[str] = frozenset()
    summary: bool = False


LINES: Final = ViewOptions()


def show_messages(
    address: str,
    messages: MessageQueue,
    stop: threading.Event,
    options: ViewOptions = LINES,
    each_tick: Callable[[], object] = lambda: None,
) -> None:
    """Show messages on standard output until `stop` is set or the time is over, then those that are still queued.

    Sets `stop` and returns if the user ends the full-screen view, or if the reader of the output has closed it.
    `address` is shown in the status line; `each_tick` is called about ten times a second, from this thread.
    """
    began = time.time()
    on_terminal = is_terminal(sys.stdout, os.environ)
    try:
        if options.full_screen and on_terminal and (app := _full_screen()):
            shown = app(address, messages, stop, options, each_tick)
            # Without mouse, text can be selected as usual, and the wheel scrolls in most terminals.
            shown.run(mouse=False)
            stop.set()
            rooms = shown.rooms
        else:
            rooms = _show_lines(address, messages, stop, options, each_tick)
        if on_terminal and options.summary:
            print(*summary(rooms.values(), time.time() - began), sep="\n", flush=True)
    except BrokenPipeError:
        discard_output()
        stop.set()


def _full_screen() -> "type[LiveApp] | None":
    """Return the full-screen view, or None if Textual is not installed or has no terminal to use.

    It reads standard input and draws on standard error.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    try:
        from tiktok2mqtt.cli.tui.app import LiveApp  # noqa: PLC0415 - takes time, and Textual may be missing
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in {"rich", "textual"}:
            raise
        return None
    return LiveApp


def _show_lines(
    address: str,
    messages: MessageQueue,
    stop: threading.Event,
    options: ViewOptions,
    each_tick: Callable[[], object],
) -> "dict[str, RoomStats]":
    end = time.monotonic() + options.duration_s if options.duration_s is not None else float("inf")
    view = View(address, sys.stdout, wants_colour(sys.stdout, os.environ), time.time(), options.only)
    try:
        _show_until(view, messages, stop, end, each_tick)
    finally:
        view.close()
    return view.rooms


def _show_until(
    view: "View", messages: MessageQueue, stop: threading.Event, end: float, each_tick: Callable[[], object]
) -> None:
    while not stop.is_set() and (left_s := end - time.monotonic()) > 0:
        try:
            topic, payload, retained = messages.get(timeout=min(TICK_S, left_s))
        except queue.Empty:
            view.tick(time.time())
        else:
            view.feed(topic, payload, retained, time.time())
        each_tick()
    while not messages.empty():
        view.feed(*messages.get(), time.time())


class View:
    """Shows MQTT messages on a stream: with colours and a status line on a terminal, otherwise as plain lines.

    `address` is the broker's, for the status line; `only` are the events to show, empty for all. `now` is Unix time in
    seconds, here and in all methods. Lines are written in batches, at most ten times a second. Not thread-safe.
    """

    def __init__(
        self,
        address: str,
        stream: TextIO,
        colour: bool,
        now: float,
        only: frozenset[str] = frozenset(),
    ) -> None:
        self._address = address
        self._only = only
        self._colour = colour
        self._topics = Topics()
        self._screen = Screen(stream, live=is_terminal(stream, os.environ), style=_REVERSE if colour else "")
        self._lines: list[str] = []
        self._shown_at = float("-inf")
        self._rate = Rate(now)
        self.rooms: dict[str, RoomStats] = {}

    def feed(self, topic: str, payload: bytes, retained: bool, now: float) -> None:
        """Show one message. Never raises, whatever it contains; a payload that is not JSON is shown as text."""
        self._rate.add(now)
        address = self._topics.parse(topic)
        text, colour, document = render_message(address, payload)
        if address and address.kind is Kind.ROOM:
            room = self.rooms.setdefault(address.room, RoomStats(address.room, now))
            room.update(address.subtopic, document, now)
        if not self._only or (address and address.kind is Kind.ROOM and address.subtopic in self._only):
            text += " [retained]" * retained
            self._lines.append(self._line(now, sanitize(topic, _TOPIC_LIMIT), text, colour))
        self.tick(now)

    def tick(self, now: float) -> None:
        """Write the waiting lines and redraw the status line, unless that was done less than 0.1 s ago."""
        if 0 <= now - self._shown_at < _REDRAW_S:
            return
        self._shown_at = now
        self._screen.show(self._lines, self._status(now))
        self._lines.clear()

    def close(self) -> None:
        """Write the waiting lines and erase the status line. May be called again."""
        if self._lines:
            self._screen.show(self._lines, "")
            self._lines.clear()
        self._screen.close()

    def _line(self, now: float, topic: str, text: str, colour: str) -> str:
        clock = time.strftime("%H:%M:%S", time.localtime(now))
        topic = pad(topic, _TOPIC_COLUMNS)
        if self._colour:
            return f"{_DIM}{clock}{RESET}  {topic}  {colour}{text}{RESET}"
        return f"{clock}  {topic}  {text}"

    def _status(self, now: float) -> str:
        rooms = [room for room in self.rooms.values() if room.is_live]
        totals = [f"{sum(room.total(key) for room in rooms):,} {key}" for key in _TOTALS]
        live = f"{len(rooms)} room{'' if len(rooms) == 1 else 's'} live"
        parts = [live, *totals, f"{self._rate.per_second(now):.0f} msg/s", self._address]
        return " " + " | ".join(parts) + " "


class Rate:
    """Messages per second, over the current second and the four before it. Times are Unix times in seconds."""

    def __init__(self, now: float) -> None:
        self._started = now
        self._buckets: deque[list[int]] = deque(maxlen=_RATE_WINDOW_S)  # [second, count]

    def add(self, now: float) -> None:
        """Count a message."""
        if not self._buckets or self._buckets[-1][0] != int(now):
            self._buckets.append([int(now), 0])
        self._buckets[-1][1] += 1

    def per_second(self, now: float) -> float:
        """Return the rate."""
        first = int(now) - _RATE_WINDOW_S + 1
        count = sum(count for second, count in self._buckets if first <= second <= now)
        return count / max(now - max(first, self._started), 1)
