"""Makes docs/screenshots/terminal.png: the full-screen view of `tiktok2mqtt demo`, with a made-up LIVE.

python docs/terminal_picture.py    # needs Chromium; CHROMIUM names it if it is not /usr/bin/chromium
"""

import asyncio
import os
import random
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final

import orjson

from tiktok2mqtt.cli.tui.app import LiveApp
from tiktok2mqtt.cli.view import MessageQueue

PICTURE: Final = Path(__file__).parent / "screenshots" / "terminal.png"
COLUMNS, ROWS = 100, 26
WIDTH, HEIGHT = 1000, 556
NAMES: Final = ("Dave", "Erin", "Grace", "Heidi", "Ivan", "Judy")
COMMENTS: Final = ("hello from Lisbon", "what is this song?", "so nice", "turn the lamp red!", "good evening")
GIFTS: Final = (("Rose", 1), ("Doughnut", 30), ("Hand Hearts", 100), ("Galaxy", 1000))


def messages(room: str, seed: int) -> list[tuple[str, dict[str, Any]]]:
    """Return topics and documents of a LIVE of some minutes."""
    chance = random.Random(seed)  # noqa: S311 - the same picture each time
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 754))
    state: dict[str, Any] = {"live": True, "title": "Evening session", "started_at": started, "viewers": 48}
    state |= {"likes": 900, "diamonds": 6100, "gifts": 40, "goal": 25_000}
    found = [("connection", {"state": "live"}), ("state", state)]
    for likes in range(910, 1080, 10):
        nickname = chance.choice(NAMES)
        gift, price = chance.choice(GIFTS)
        count = chance.choice((1, 2, 5))
        given = {"gift": {"name": gift}, "count": count, "delta": count, "diamonds": count * price}
        events: list[tuple[str, dict[str, Any]]] = [
            ("chat", {"comment": chance.choice(COMMENTS)}),
            ("chat", {"comment": chance.choice(COMMENTS)}),
            ("gift", given),
            ("gift", given),
            ("like", {"like_count": 10, "total_like_count": likes}),
            ("follow", {}),
        ]
        event, document = chance.choice(events)
        found.append((event, {"event_type": event, "nickname": nickname} | document))
    return [(f"tiktok/{room}/{event}", document) for event, document in found]


async def screenshot() -> str:
    """Return the view as an SVG."""
    source = MessageQueue()
    app = LiveApp("mqtt://127.0.0.1:1883", source, threading.Event())
    async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
        for pair in zip(messages("alice", 1), messages("bob", 2), strict=True):
            for topic, document in pair:
                source.put((topic, orjson.dumps(document), False))
                await pilot.pause(0.4)
        for seed, room in enumerate(app.rooms.values()):
            chance = random.Random(seed)  # noqa: S311 - the same picture each time
            viewers = 20
            for _ in range(200):
                viewers = max(5, viewers + chance.choice((-6, -3, 0, 2, 4, 5)))
                room.update("room_user", {"viewer_count": viewers}, time.time())
                room.viewers.append(viewers)
        await pilot.pause(0.3)
        return app.export_screenshot(title="tiktok2mqtt demo", simplify=True)


def main() -> None:
    """Write the picture."""
    svg = asyncio.run(screenshot())
    style = f"<style>body{{margin:0;background:#fff}}svg{{width:{WIDTH}px;display:block}}</style>"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(f"<!doctype html><meta charset=utf-8>{style}{svg}", encoding="utf-8")
        command = [os.environ.get("CHROMIUM", "/usr/bin/chromium"), "--headless", "--no-sandbox", "--disable-gpu"]
        command += ["--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={PICTURE}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=60)  # noqa: S603 - the browser


if __name__ == "__main__":
    main()
