"""The log of events below the panels, with filters."""

import time
from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.table import Table
from rich.text import Text
from textual.events import Resize
from textual.widgets import RichLog

from tiktok2mqtt.cli.terminal import RESET

FILTERS: Final = {
    "all": frozenset[str](),
    "gifts": frozenset({"gift", "gift_streak"}),
    "chat": frozenset({"chat", "question_new", "emote"}),
}
"""The filters, and the events that each lets pass; empty for all."""
_KEPT: Final = 1000
_MAX_AT_ONCE: Final = 100


class Entry(NamedTuple):
    """One line of the log. `colour` is an SGR sequence, `at` a Unix time in seconds."""

    at: float
    room: str
    event: str
    text: str
    colour: str


class EventLog(RichLog):
    """Shows the last entries that pass the filter. At most 100 are added at a time; earlier ones are skipped."""

    def __init__(self) -> None:
        super().__init__(max_lines=_KEPT, wrap=True, min_width=0, auto_scroll=True)
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._filter = "all"
        self._rooms: set[str] = set()
        self.border_title = "all events"

    def add(self, entries: Sequence[Entry]) -> None:
        """Append entries."""
        self._entries.extend(entries)
        rooms = len(self._rooms)
        self._rooms.update(entry.room for entry in entries if entry.room)
        if rooms == 1 and len(self._rooms) > 1:
            self._redraw()
        else:
            self._show(entries[-_MAX_AT_ONCE:])

    def set_filter(self, name: str) -> None:
        """Show only the events of one of FILTERS."""
        self._filter = name
        self.border_title = "all events" if name == "all" else name
        self._redraw()

    def on_resize(self, _event: Resize) -> None:
        """Wrap the lines anew."""
        self._redraw()

    def _redraw(self) -> None:
        self.clear()
        self._show(list(self._entries)[-_MAX_AT_ONCE:] if self._filter == "all" else self._entries)

    def _show(self, entries: Sequence[Entry] | deque[Entry]) -> None:
        names = FILTERS[self._filter]
        for entry in entries:
            if not names or entry.event in names:
                self.write(self._line(entry), expand=True)

    def _line(self, entry: Entry) -> Table:
        line = Table.grid(padding=(0, 1, 0, 0), expand=True)
        line.add_column(width=8, no_wrap=True)
        cells = [Text(time.strftime("%H:%M:%S", time.localtime(entry.at)), "dim")]
        if len(self._rooms) > 1:
            line.add_column(width=min(12, max(map(len, self._rooms))), no_wrap=True, overflow="ellipsis")
            cells.append(Text(entry.room, "dim"))
        line.add_column(ratio=1, overflow="fold")
        cells.append(Text.from_ansi(f"{entry.colour}{entry.text}{RESET}"))
        line.add_row(*cells)
        return line
