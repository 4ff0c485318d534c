"""The full-screen view, driven by Textual's own pilot."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from textual.pilot import Pilot

from tiktok2mqtt.cli.tui.app import LiveApp
from tiktok2mqtt.cli.tui.log import EventLog
from tiktok2mqtt.cli.tui.panel import RoomPanel
from tiktok2mqtt.cli.view import LINES, MessageQueue, ViewOptions

STATE = {"live": True, "viewers": 7, "likes": 5, "diamonds": 40, "gifts": 2, "title": "Cooking"}
BOB = {"user_id": "1", "nickname": "Bob"}


class Screen:
    """The app under test, and what it shows."""

    def __init__(self, size: tuple[int, int], options: ViewOptions) -> None:
        self.size = size
        self.messages, self.stop = MessageQueue(), threading.Event()
        self.app = LiveApp("mqtt://[::1]:1883", self.messages, self.stop, options)
        self.pilot: Pilot[None]

    async def receive(self, topic: str, **document: Any) -> None:
        self.messages.put((f"tiktok/{topic}", orjson.dumps({"event_type": topic.split("/")[1]} | document), False))

    async def shows(self, text: str) -> None:
        """Wait until the screen contains a text."""
        async with asyncio.timeout(10):
            while text not in self.text():
                await self.pilot.pause(0.05)

    def text(self) -> str:
        width, height = self.app.size
        lines = self.app.screen._compositor.render_strips()
        assert len(lines) == height
        return "\n".join("".join(segment.text for segment in line)[:width] for line in lines)


@asynccontextmanager
async def screen(size: tuple[int, int] = (100, 30), options: ViewOptions = LINES) -> AsyncIterator[Screen]:
    shown = Screen(size, options)
    async with shown.app.run_test(size=size) as shown.pilot:
        yield shown


def test_a_panel_shows_viewers_totals_goal_and_last_gift() -> None:
    async def scenario() -> None:
        async with screen() as shown:
            await shown.receive("alice/connection", state="live", reason="Connected")
            await shown.receive("alice/state", **STATE, goal=100, started_at="2020-01-01T00:00:00Z")
            for viewers in (9, 30, 12):
                await shown.receive("alice/room_user", viewer_count=viewers)
            await shown.shows("12 viewers  peak 30")
            await shown.shows("5 likes   40 diamonds   2 gifts")
            await shown.shows("goal 40% of 100")
            await shown.shows("no gift yet")
            await shown.shows("● live ")
            await shown.receive("alice/gift_streak", **BOB, gift={"name": "Rose"}, count=2, diamonds=2)
            await shown.shows("Bob is sending 2 x Rose")
            assert "2 gifts" in shown.text()
            await shown.receive("alice/gift", **BOB, gift={"name": "Rose"}, count=3, delta=3, diamonds=3)
            await shown.shows("Bob sent 3 x Rose (3 diamonds)")
            # Before the next `state`.
            await shown.shows("5 likes   43 diamonds   5 gifts")

    asyncio.run(scenario())


def test_a_room_that_is_not_live_says_why() -> None:
    async def scenario() -> None:
        async with screen() as shown:
            await shown.receive("alice/state", live=None)
            await shown.receive("alice/connection", state="blocked", reason="TikTok shows a captcha", code="captcha")
            await shown.shows("TikTok shows a captcha")
            await shown.shows(" blocked ")
            assert not shown.app.query_one(RoomPanel).has_class("live")

    asyncio.run(scenario())


def test_keys_filter_the_log() -> None:
    async def scenario() -> None:
        async with screen() as shown:
            await shown.receive("alice/chat", **BOB, comment="hello there")
            await shown.receive("alice/gift", **BOB, gift={"name": "Rose"}, count=1, delta=1, diamonds=1)
            await shown.receive("alice/follow", **BOB)
            await shown.shows("Bob followed")
            await shown.pilot.press("g")
            await shown.shows("─ gifts ─")
            assert "hello there" not in shown.text()
            assert "Bob followed" not in shown.text()
            await shown.pilot.press("c")
            await shown.shows("hello there")
            assert shown.text().count("Bob sent") == 1, "in the panel alone"
            await shown.pilot.press("a")
            await shown.shows("Bob followed")

    asyncio.run(scenario())


def test_a_follow_is_shown_once_and_state_not_at_all() -> None:
    async def scenario() -> None:
        async with screen() as shown:
            await shown.receive("alice/state", **STATE)
            await shown.receive("alice/social", **BOB, action_name="follow", label="{0:user} followed the host")
            await shown.receive("alice/follow", **BOB)
            await shown.receive("alice/social", **BOB, action_name=None, label="{0:user} did a dance")
            await shown.shows("Bob did a dance")
            assert shown.text().count("followed") == 1
            assert "live, 7 viewers" not in shown.text()

    asyncio.run(scenario())


def test_what_is_no_sentence_is_shown_only_if_asked_for() -> None:
    async def scenario(options: ViewOptions) -> str:
        async with screen(options=options) as shown:
            await shown.receive("alice/game_setting", game_id="77")
            await shown.receive("alice/barrage", text="Bob has reached level 5")
            await shown.receive("alice/gift", **BOB, gift={"name": "Rose"}, count=1, delta=1, diamonds=1)
            await shown.shows("Bob sent 1 x Rose")
            return shown.text()

    text = asyncio.run(scenario(LINES))
    assert "Bob has reached level 5" in text
    assert "game_id" not in text
    assert "game_setting: " in asyncio.run(scenario(ViewOptions(only=frozenset({"game_setting"}))))


def test_only_some_events_are_logged() -> None:
    async def scenario() -> None:
        async with screen(options=ViewOptions(only=frozenset({"room_user", "follow"}))) as shown:
            await shown.receive("alice/chat", **BOB, comment="hello there")
            await shown.receive("alice/room_user", viewer_count=9, total_user_count=20)
            await shown.receive("alice/follow", **BOB)
            await shown.shows("Bob followed")
            assert "9 viewers (20 in all)" in shown.text()
            assert "hello there" not in shown.text()

    asyncio.run(scenario())


@pytest.mark.parametrize(("columns", "side_by_side"), [(60, False), (100, True)])
def test_panels_fit_the_terminal(columns: int, side_by_side: bool) -> None:
    async def scenario() -> None:
        async with screen((columns, 24)) as shown:
            for room in ("alice", "bob"):
                await shown.receive(f"{room}/state", **STATE | {"title": "A title of very many words " * 9})
                await shown.receive(f"{room}/chat", **BOB, comment="long " * 30 + "end")
            await shown.shows("end")
            await shown.shows("@bob")
            first, second = (panel.region for panel in shown.app.query(RoomPanel))
            assert (first.y == second.y) is side_by_side
            assert all(panel.region.right <= columns for panel in shown.app.query(RoomPanel))
            # Whole: no line is wider than the terminal, and the log keeps some lines.
            assert "5 likes   40 diamonds   2 gifts" in shown.text()
            assert shown.app.query_one(EventLog).region.height >= 6
            assert "c Chat" in shown.text()

    asyncio.run(scenario())


def test_hostile_text_is_neither_markup_nor_an_escape_sequence() -> None:
    async def scenario() -> None:
        async with screen() as shown:
            nickname, gift = "[red]Eve[/]\x1b[2J", {"name": "[b]Rose\x1b]0;owned\x07"}
            await shown.receive("alice/connection", state="[x]", reason="[/]")
            await shown.receive("alice/state", live=True, title="[bold", started_at="never")
            await shown.receive("alice/chat", nickname=nickname, comment="[/red] [link=x]")
            await shown.receive("alice/gift", nickname=nickname, gift=gift, count="x", delta=None, diamonds=[1])
            await shown.shows("[red]Eve[/]: [/red] [link=x]")
            await shown.shows("[red]Eve[/] sent 0 x [b]Rose")
            assert "\x1b" not in shown.text()

    asyncio.run(scenario())


def test_a_flood_is_shown_in_part_and_counted_in_full() -> None:
    async def scenario() -> None:
        async with screen() as shown:
            for index in range(5000):
                await shown.receive("alice/gift", **BOB, gift={"name": "Rose"}, count=index, delta=1, diamonds=1)
            await shown.shows("Bob sent 4,999 x Rose")
            await shown.shows("5,000 gifts")

    asyncio.run(scenario())


@pytest.mark.parametrize("way", ["key", "stop", "duration"])
def test_it_ends(way: str) -> None:
    async def scenario() -> None:
        options = ViewOptions(duration_s=0.2) if way == "duration" else LINES
        async with screen(options=options) as shown:
            if way == "key":
                await shown.pilot.press("ctrl+c")
            elif way == "stop":
                shown.stop.set()
            async with asyncio.timeout(10):
                while shown.app.is_running and shown.app._exit is False:
                    await shown.pilot.pause(0.05)
        assert shown.app.return_code == 0

    asyncio.run(scenario())
