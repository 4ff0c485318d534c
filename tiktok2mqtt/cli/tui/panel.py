"""The panel of one room: live or why not, viewers over time, totals, goal and last gift."""

import time
from datetime import datetime
from typing import Final

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import ProgressBar, Sparkline, Static

from tiktok2mqtt.cli.render import Document, number, person_name
from tiktok2mqtt.cli.stats import RoomStats
from tiktok2mqtt.cli.terminal import sanitize

_TEXT_LIMIT: Final = 200


class RoomPanel(Vertical):
    """Shows a room. It is redrawn by `refresh_room`."""

    DEFAULT_CSS = """
    RoomPanel {
        border: round $surface-lighten-3; border-title-style: bold; border-title-color: $text;
        height: auto; padding: 0 1;
    }
    RoomPanel.live { border: round $success; }
    RoomPanel Static { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    RoomPanel .row { height: 1; }
    RoomPanel .viewers { width: 26; }
    RoomPanel Sparkline { width: 1fr; height: 1; }
    RoomPanel Sparkline > .sparkline--max-color, RoomPanel Sparkline > .sparkline--min-color { color: $success; }
    RoomPanel .goal { display: none; }
    RoomPanel .goal Static { width: 1fr; }
    RoomPanel .goal ProgressBar { width: 1fr; }
    RoomPanel .goal Bar { width: 1fr; }
    RoomPanel.with-goal .goal { display: block; layout: horizontal; }
    """

    def __init__(self, room: RoomStats) -> None:
        super().__init__()
        self._room = room
        self._title, self._viewers, self._totals = Static(), Static(classes="viewers"), Static()
        self._curve = Sparkline([], summary_function=max)
        self._goal, self._goal_bar = Static(), ProgressBar(show_eta=False, show_percentage=False)
        self._gift = Static()
        self.border_title = f"@{room.name}"

    def compose(self) -> ComposeResult:
        """Yield the lines of the panel."""
        yield self._title
        with Horizontal(classes="row"):
            yield self._viewers
            yield self._curve
        yield self._totals
        with Horizontal(classes="row goal"):
            yield self._goal
            yield self._goal_bar
        yield self._gift

    def refresh_room(self, now: float) -> None:
        """Show what is known of the room. `now` is Unix time in seconds."""
        room = self._room
        self.set_class(room.is_live, "live")
        self.border_subtitle = _status(room, now)
        self._title.update(_title(room))
        viewers = "no viewers yet" if room.current_viewers is None else f"{room.current_viewers:,} viewers"
        peak = f"  peak {room.peak_viewers:,}" if room.peak_viewers else ""
        self._viewers.update(Text.assemble((viewers, "bold"), (peak, "dim")))
        self._curve.data = list(room.viewers)
        self._totals.update(_totals(room))
        self._gift.update(_gift(room.gift))
        self._show_goal(room)

    def _show_goal(self, room: RoomStats) -> None:
        self.set_class(room.goal is not None, "with-goal")
        if room.goal is not None:
            diamonds = room.total("diamonds")
            self._goal.update(Text(f"goal {diamonds / room.goal:.0%} of {room.goal:,}"))
            self._goal_bar.update(total=room.goal, progress=min(diamonds, room.goal))


def _status(room: RoomStats, now: float) -> str:
    """Return whether the room is live and for how long, or the state of its connection."""
    if not room.is_live:
        return str(room.connection.get("state") or "connecting").replace("_", " ")[:20]
    started = room.state.get("started_at")
    try:
        seconds = now - datetime.fromisoformat(str(started)).timestamp()
    except ValueError:
        return "● live"
    return f"● live {time.strftime('%H:%M:%S', time.gmtime(max(seconds, 0)))}"


def _title(room: RoomStats) -> Text:
    """Return the title of a LIVE, or why there is none."""
    if room.is_live and room.connection.get("state") in {None, "live"}:
        return Text(_clean(room.state, "title"), "italic")
    return Text(_clean(room.connection, "reason") or "Connecting", "yellow")


def _totals(room: RoomStats) -> Text:
    parts = [(f"{room.total(key):,}", f" {key}") for key in ("likes", "diamonds", "gifts")]
    return Text("   ").join(Text.assemble((count, "bold"), word) for count, word in parts)


def _gift(event: Document) -> Text:
    if not event:
        return Text("no gift yet", "dim")
    gift = event.get("gift")
    name = _clean(gift, "name") if isinstance(gift, dict) else ""
    verb = "is sending" if event.get("event_type") == "gift_streak" else "sent"
    price = f" ({number(event, 'diamonds'):,} diamonds)" if event.get("diamonds") is not None else ""
    what = f"{number(event, 'count'):,} x {name or 'a gift'}"
    return Text.assemble((person_name(event), "bold"), f" {verb} ", (what, "bold yellow"), (price, "dim"))


def _clean(document: Document, key: str) -> str:
    value = document.get(key)
    return sanitize(value, _TEXT_LIMIT) if isinstance(value, str) else ""
