import re
import signal
from pathlib import Path

import pytest

from tests.daemon import command, tree
from tests.mqtt import TIMEOUT_S, free_port
from tiktok2mqtt.simulator import Simulator


def test_a_room_is_watched_heard_and_left(sim: Simulator, tmp_path: Path) -> None:
    room = sim.room("alice")
    with command(
        "watch", "@Alice", "--duration", "20", settings=tree(sim, free_port(), rooms=()), folder=tmp_path
    ) as child:
        assert child.stdout is not None
        lines = iter(child.stdout.readline, "")
        assert any("tiktok/alice/connection" in line and "offline" in line for line in lines)
        room.go_live(title="Cooking")
        room.wait_for_client()
        room.chat("bob", "hello\x1b[2J")
        assert any(re.search(r"tiktok/alice/chat +Bob: hello$", line) for line in lines)
        child.send_signal(signal.SIGINT)
        shown, errors = child.communicate(timeout=TIMEOUT_S)
    assert (child.returncode, errors) == (0, "")
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("arguments", "settings", "reason"),
    [
        (["a b"], {}, "argument USER: a room must be a TikTok user name"),
        (["alice"], {"events": ["gifts"]}, "tiktok2mqtt: events: no such event: gifts (did you mean gift?)"),
    ],
)
def test_wrong_arguments_and_settings_are_status_2(
    sim: Simulator, tmp_path: Path, arguments: list[str], settings: dict[str, list[str]], reason: str
) -> None:
    with command("watch", *arguments, settings=tree(sim, 1883, rooms=(), **settings), folder=tmp_path) as child:
        shown, errors = child.communicate(timeout=TIMEOUT_S)
    assert (child.returncode, shown) == (2, "")
    assert reason in errors
