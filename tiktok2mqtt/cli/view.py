"""The live view: each MQTT message as one line of text, and a status line with totals."""

import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, TextIO

from tiktok2mqtt.cli.render import Document, number, render_message
from tiktok2mqtt.cli.terminal import RESET, Screen, discard_output, is_terminal, pad, sanitize, wants_colour
from tiktok2mqtt.common.topics import Kind, Topics

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


def show_messages(
    address: str,
    messages: MessageQueue,
    stop: threading.Event,
    duration_s: float | None = None,
    each_tick: Callable[[], object] = lambda: None,
) -> None:
    """Show messages on standard output until `stop` is set or for `duration_s`, then those that are still queued.

    Sets `stop` and returns if the reader of the output has closed it. `address` is shown in the status line;
    `each_tick` is called about ten times a second, from this thread.
    """
    end = time.monotonic() + duration_s if duration_s is not None else float("inf")
    view = View(address, sys.stdout, wants_colour(sys.stdout, os.environ), time.time())
    try:
        try:
            _show_until(view, messages, stop, end, each_tick)
        finally:
            view.close()
    except BrokenPipeError:
        discard_output()
        stop.set()


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

    `address` is the broker's, for the status line. `now` is Unix time in seconds, here and in all methods. Lines are
    written in batches, at most ten times a second. Not thread-safe.
    """

    def __init__(self, address: str, stream: TextIO, colour: bool, now: float, topics: Topics | None = None) -> None:
        self._address = address
        self._colour = colour
        self._topics = topics or Topics()
        self._screen = Screen(stream, live=is_terminal(stream, os.environ), style=_REVERSE if colour else "")
        self._lines: list[str] = []
        self._shown_at = float("-inf")
        self._live_rooms: dict[str, Document] = {}
        self._rate = _Rate(now)

    def feed(self, topic: str, payload: bytes, retained: bool, now: float) -> None:
        """Show one message. Never raises, whatever it contains; a payload that is not JSON is shown as text."""
        self._rate.add(now)
        address = self._topics.parse(topic)
        text, colour, document = render_message(address, payload)
        if address and address.kind is Kind.ROOM and address.subtopic == "state":
            self._update_totals(address.room, document)
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

    def _update_totals(self, room: str, state: Document) -> None:
        if state.get("live") is True:
            self._live_rooms[room] = state
        else:
            self._live_rooms.pop(room, None)

    def _line(self, now: float, topic: str, text: str, colour: str) -> str:
        clock = time.strftime("%H:%M:%S", time.localtime(now))
        topic = pad(topic, _TOPIC_COLUMNS)
        if self._colour:
            return f"{_DIM}{clock}{RESET}  {topic}  {colour}{text}{RESET}"
        return f"{clock}  {topic}  {text}"

    def _status(self, now: float) -> str:
        rooms = self._live_rooms.values()
        totals = [f"{sum(number(state, key) for state in rooms):,} {key}" for key in _TOTALS]
        live = f"{len(rooms)} room{'' if len(rooms) == 1 else 's'} live"
        parts = [live, *totals, f"{self._rate.per_second(now):.0f} msg/s", self._address]
        return " " + " | ".join(parts) + " "


class _Rate:
    """Messages per second, over the current second and the four before it."""

    def __init__(self, now: float) -> None:
        self._started = now
        self._buckets: deque[list[int]] = deque(maxlen=_RATE_WINDOW_S)  # [second, count]

    def add(self, now: float) -> None:
        if not self._buckets or self._buckets[-1][0] != int(now):
            self._buckets.append([int(now), 0])
        self._buckets[-1][1] += 1

    def per_second(self, now: float) -> float:
        first = int(now) - _RATE_WINDOW_S + 1
        count = sum(count for second, count in self._buckets if first <= second <= now)
        return count / max(now - max(first, self._started), 1)
