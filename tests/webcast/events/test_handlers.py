"""What a type checker, and so an editor, knows of the events of a connection."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
pytestmark = [pytest.mark.unmeasured, pytest.mark.timeout(300)]
# What mypy says of a line is in the comment behind it; nothing without one.
PROGRAM = """
from collections.abc import Mapping
from typing import Any

from tiktok2mqtt import AsyncWebcastPushConnection, WebcastPushConnection
from tiktok2mqtt.webcast.events.types import ChatEvent, GiftEvent

connection = WebcastPushConnection("alice")
connection.on("gift", lambda event: print(event["gift"]["name"])).on("caught_up", lambda: None)


def on_chat(event: ChatEvent) -> None:
    reveal_type(event["comment"])  # "str | None"


def on_any(event: dict[str, Any]) -> None: ...
def on_mapping(event: Mapping[str, Any]) -> None: ...


@connection.on("gift")
def on_gift(event: GiftEvent) -> int:
    return event["gift"]["diamond_count"] or 0


reveal_type(on_gift)  # def (event: TypedDict(tiktok2mqtt.webcast.events.types.GiftEvent
reveal_type(connection.on("chat", on_chat))  # WebcastPushConnection"
connection.on("gift", on_chat)  # incompatible type "Callable[[ChatEvent], None]"
connection.on("raw_data", on_chat)  # incompatible type "Callable[[ChatEvent], None]"
connection.on("chat", on_any).on("gift", on_mapping).off("chat", on_any)

for event in connection.events():
    if event["event_type"] == "gift":
        reveal_type(event["gift"]["name"])  # "str | None"
    elif event["event_type"] == "like":
        reveal_type(event["total_like_count"])  # "int | None"


async def main() -> None:
    async with AsyncWebcastPushConnection("alice") as client:

        @client.on("chat")
        async def on_chat_later(event: ChatEvent) -> None: ...

        reveal_type(await client.connect())  # State"
        async for event in client:
            if event["event_type"] == "follow":
                reveal_type(event["nickname"])  # "str | None"
"""


def test_a_type_checker_knows_every_event(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--hide-error-context"]
    result = subprocess.run([*command, str(program)], cwd=ROOT, capture_output=True, text=True, check=False)
    said: dict[int, str] = {}
    for line in result.stdout.splitlines():
        if found := re.match(r".*program\.py:(\d+): \w+: (.*)", line):
            said[int(found[1])] = said.get(int(found[1]), "") + found[2]
    lines = PROGRAM.splitlines()
    expected = {number: line.rpartition("  # ")[2] for number, line in enumerate(lines, 1) if "  # " in line}
    assert said.keys() == expected.keys(), result.stdout
    for number, words in expected.items():
        assert words in said[number]
