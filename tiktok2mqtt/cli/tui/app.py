"""The full-screen view: a panel for each room, and a log of events. Ctrl-C ends it, as it ends the plain view."""

import queue
import threading
import time
from collections.abc import Callable
from typing import ClassVar, Final

from rich.terminal_theme import SVG_EXPORT_THEME
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.widgets import Footer

from tiktok2mqtt.cli.render import Document, is_sentence, render_message
from tiktok2mqtt.cli.stats import RoomStats, is_told_twice
from tiktok2mqtt.cli.tui.log import Entry, EventLog
from tiktok2mqtt.cli.tui.panel import RoomPanel
from tiktok2mqtt.cli.view import LINES, TICK_S, MessageQueue, Rate, ViewOptions
from tiktok2mqtt.common.topics import Address, Kind, Topics

# What a panel shows, and what nobody reads line by line. `--only` shows these too.
_QUIET: Final = frozenset(
    {
        "state",
        "availability",
        "cover",
        "battle",
        "envelopes",
        "goal",
        "summary",
        "room_user",
        "gift_streak",
        "connected",
    }
)
_MAX_MESSAGES: Final = 2000
_COLUMNS_OF_A_PANEL: Final = 44
_LEVELS: Final = frozenset({"warning", "error", "critical"})


class LiveApp(App[None]):
    """Shows the messages of a queue until `stop` is set, the time is over, or the user ends it.

    `each_tick` is called about ten times a second, from the thread of the app.
    """

    CSS = """
    Screen { background: $background; }
    #rooms { height: auto; max-height: 60%; layout: grid; grid-size: 1; grid-rows: auto; grid-gutter: 0 1; }
    EventLog {
        height: 1fr; border: round $surface-lighten-3; border-title-color: $text; border-subtitle-color: $text-muted;
        background: $background; padding: 0 1; scrollbar-size-vertical: 1;
        scrollbar-background: $background; scrollbar-color: $surface-lighten-3;
    }
    EventLog:focus { background-tint: $foreground 0%; border: round $surface-lighten-3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "filter('all')", "All"),
        Binding("g", "filter('gifts')", "Gifts"),
        Binding("c", "filter('chat')", "Chat"),
        Binding("ctrl+c", "quit", "End", priority=True, key_display="Ctrl-C"),
    ]
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        address: str,
        messages: MessageQueue,
        stop: threading.Event,
        options: ViewOptions = LINES,
        each_tick: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__()
        # Calm colours: with Textual's own theme, magenta looks like an error.
        self.ansi_theme_dark = SVG_EXPORT_THEME
        self._address = address
        self._messages = messages
        self._stop = stop
        self._end = time.monotonic() + options.duration_s if options.duration_s is not None else float("inf")
        self._each_tick = each_tick
        self._only = options.only
        self._topics = Topics()
        self._rate = Rate(time.time())
        self._event_log = EventLog()
        self._area = VerticalScroll(id="rooms", can_focus=False)
        self._panels: dict[str, RoomPanel] = {}
        self.rooms: dict[str, RoomStats] = {}

    def compose(self) -> ComposeResult:
        """Yield the panels, the log and the keys."""
        yield self._area
        yield self._event_log
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Start to take messages from the queue."""
        self._event_log.focus()
        self.set_interval(TICK_S, self._tick)

    def on_resize(self, event: Resize) -> None:
        """Place the panels side by side if there is room for that."""
        self._arrange(event.size.width)

    def action_filter(self, name: str) -> None:
        """Show only the events of one filter in the log."""
        self._event_log.set_filter(name)

    async def _tick(self) -> None:
        now = time.time()
        entries = [entry for entry in map(self._received, self._waiting()) if entry]
        if entries:
            self._event_log.add(entries)
        self._event_log.border_subtitle = f"{self._rate.per_second(now):.0f} messages/s   {self._address}"
        await self._refresh_panels(now)
        self._each_tick()
        if self._stop.is_set() or time.monotonic() >= self._end:
            self.exit()

    def _waiting(self) -> list[tuple[str, bytes, bool]]:
        """Return the messages that wait, not all of them if there are very many."""
        found: list[tuple[str, bytes, bool]] = []
        while len(found) < _MAX_MESSAGES:
            try:
                found.append(self._messages.get_nowait())
            except queue.Empty:
                break
        return found

    def _received(self, message: tuple[str, bytes, bool]) -> Entry | None:
        """Take in one message; return its line of the log, if it has one."""
        topic, payload, _retained = message
        now = time.time()
        self._rate.add(now)
        address = self._topics.parse(topic)
        if address is None:
            return None
        text, colour, document = render_message(address, payload)
        if address.kind is Kind.ROOM:
            room = self.rooms.setdefault(address.room, RoomStats(address.room, now))
            room.update(address.subtopic, document, now)
        if not self._is_logged(address, document):
            return None
        if not is_sentence(address.subtopic, document) and address.kind is Kind.ROOM:
            text = f"{address.subtopic}: {text}"
        return Entry(now, address.room, address.subtopic, text, colour)

    def _is_logged(self, address: Address, document: Document) -> bool:
        if address.kind is Kind.BRIDGE:
            return not self._only and address.subtopic == "logging" and document.get("level") in _LEVELS
        if address.kind is not Kind.ROOM:
            return False
        event = address.subtopic
        if self._only:
            return event in self._only
        return event not in _QUIET and not is_told_twice(event, document) and is_sentence(event, document)

    async def _refresh_panels(self, now: float) -> None:
        for name, room in self.rooms.items():
            if name not in self._panels:
                self._panels[name] = RoomPanel(room)
                await self._area.mount(self._panels[name])
                self._arrange(self.size.width)
            room.sample(now)
            self._panels[name].refresh_room(now)

    def _arrange(self, columns: int) -> None:
        count = max(1, min(len(self._panels), columns // _COLUMNS_OF_A_PANEL))
        self._area.styles.grid_size_columns = count
