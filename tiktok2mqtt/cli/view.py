"""The live view: every MQTT message as one readable line, and a status line with the sums.

No MQTT here, and in View neither thread nor clock. Whoever owns the subscription to `<base>/#` puts its messages into a
queue and calls `look_on`, or calls `View.feed` for each and `View.tick` about ten times a second, from one thread.
"""

import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, TextIO

from tiktok2mqtt.cli.gist import Document, gist, number
from tiktok2mqtt.cli.terminal import RESET, Screen, harmless, is_terminal, pad, wants_colour
from tiktok2mqtt.common.topics import Kind, Topics

Lines = queue.SimpleQueue[tuple[str, bytes, bool]]
"""Topic, payload, and whether it was retained."""

TICK_S: Final = 0.1
_REDRAW_S: Final = 0.1
_RATE_BUCKETS: Final = 5
_TOPIC_COLUMNS: Final = 28
_TOPIC_LIMIT: Final = 80
_NOTE_LIMIT: Final = 300
_ADDED_UP: Final = ("viewers", "likes", "diamonds")

_DIM: Final = "\x1b[2m"
_REVERSE: Final = "\x1b[7m"


class View:
    """Shows MQTT messages on a stream: coloured and with a status line on a terminal, else plain lines.

    `broker_address` is shown as it is; `colour` is the caller's decision (`terminal.wants_colour`). `now` is Unix time
    in seconds here and in all methods. Lines are written in batches, at most ten times a second.
    """

    def __init__(
        self, broker_address: str, stream: TextIO, colour: bool, now: float, topics: Topics | None = None
    ) -> None:
        self._address = broker_address
        self._colour = colour
        self._topics = topics or Topics()
        self._screen = Screen(stream, live=is_terminal(stream, os.environ), style=_REVERSE if colour else "")
        self._lines: list[str] = []
        self._shown_at = float("-inf")
        self._live_rooms: dict[str, Document] = {}
        self._rate = _Rate(now)

    def feed(self, topic: str, payload: bytes, retained: bool, now: float) -> None:
        """Take one message. Never raises on what it holds; an unreadable payload is shown as cleaned text."""
        self._rate.add(now)
        address = self._topics.parse(topic)
        text, colour, document = gist(address, payload)
        if address and address.kind is Kind.ROOM and address.subtopic == "state":
            self._remember(address.room, document)
        text += " [retained]" * retained
        self._lines.append(self._line(now, harmless(topic, _TOPIC_LIMIT), text, colour))
        self.tick(now)

    def note(self, text: str, now: float) -> None:
        """Print a line of our own among the messages, for example from a log."""
        self._lines.append(self._line(now, "", harmless(text, _NOTE_LIMIT), ""))
        self.tick(now)

    def tick(self, now: float) -> None:
        """Write what has gathered and redraw the status line, unless that was less than 0.1 s ago."""
        if 0 <= now - self._shown_at < _REDRAW_S:
            return
        self._shown_at = now
        self._screen.show(self._lines, self._status(now))
        self._lines.clear()

    def close(self) -> None:
        """Write what is left and erase the status line. May be called again."""
        if self._lines:
            self._screen.show(self._lines, "")
            self._lines.clear()
        self._screen.close()

    def _remember(self, room: str, state: Document) -> None:
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
        sums = [f"{sum(number(state, key) for state in rooms):,} {key}" for key in _ADDED_UP]
        live = f"{len(rooms)} room{'' if len(rooms) == 1 else 's'} live"
        parts = [live, *sums, f"{self._rate.per_second(now):.0f} msg/s", self._address]
        return " " + " | ".join(parts) + " "


def look_on(
    address: str,
    lines: Lines,
    stop: threading.Event,
    duration_s: float | None = None,
    each_tick: Callable[[], object] = lambda: None,
) -> None:
    """Show what comes, on standard output, until `stop` or for `duration_s`; what has come by then is shown as well.

    `address` stands in the status line; `each_tick` is called about ten times a second, from the same thread.
    """
    end = time.monotonic() + duration_s if duration_s is not None else float("inf")
    view = View(address, sys.stdout, wants_colour(sys.stdout, os.environ), time.time())
    try:
        while not stop.is_set() and (left_s := end - time.monotonic()) > 0:
            try:
                topic, payload, retained = lines.get(timeout=min(TICK_S, left_s))
            except queue.Empty:
                view.tick(time.time())
            else:
                view.feed(topic, payload, retained, time.time())
            each_tick()
        while not lines.empty():
            view.feed(*lines.get(), time.time())
    finally:
        view.close()


class _Rate:
    """Messages per second over the current second and the four before it."""

    def __init__(self, now: float) -> None:
        self._started = now
        self._buckets: deque[list[int]] = deque(maxlen=_RATE_BUCKETS)  # [second, count]

    def add(self, now: float) -> None:
        if not self._buckets or self._buckets[-1][0] != int(now):
            self._buckets.append([int(now), 0])
        self._buckets[-1][1] += 1

    def per_second(self, now: float) -> float:
        first = int(now) - _RATE_BUCKETS + 1
        count = sum(count for second, count in self._buckets if first <= second <= now)
        return count / max(now - max(first, self._started), 1)
