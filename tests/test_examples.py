"""The examples of the library run against the simulator, as they are."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.webcast.rig import urls
from tiktok2mqtt.simulator import Room, Simulator

LIBRARY = Path(__file__).parent.parent / "examples" / "library"
# An example knows TikTok's addresses only: this runs one with others, as `python EXAMPLE ARGUMENTS` would.
WRAPPER = """
import functools, json, runpy, sys
from tiktok2mqtt.webcast import client
client.Options = functools.partial(client.Options, **json.loads(sys.argv[1]))
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def started(sim: Simulator, example: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRAPPER, json.dumps(urls(sim)), str(LIBRARY / example), *arguments]
    return subprocess.Popen(
        command, cwd=LIBRARY.parent.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def outcome(example: str, play: Callable[[Room], object], end: Callable[[Room], object]) -> tuple[int, str, str]:
    """Run an example on alice's LIVE while `play` happens and then `end`; return its status, output and errors."""
    with Simulator() as sim:
        room = sim.room("alice")
        room.go_live()
        with started(sim, example, "@alice") as process:
            try:
                room.wait_for_client(timeout=20)
                play(room)
                end(room)
                output, errors = process.communicate(timeout=20)
            finally:
                process.kill()
        sim.check()
    return process.returncode, output, errors


def test_every_example_is_tried_here() -> None:
    assert {path.name for path in LIBRARY.glob("*.py")} == {"chat_printer.py", "gifts.py"}


def test_the_chat_printer_prints_chat_until_the_live_is_over() -> None:
    def play(room: Room) -> None:
        room.member("bob")
        room.chat("bob", "hello there")
        room.chat("carol", "héllo 🌹")

    status, output, errors = outcome("chat_printer.py", play, Room.end)
    assert (status, output, errors) == (0, "Bob: hello there\nCarol: héllo 🌹\n", "")


def test_the_chat_printer_is_short() -> None:
    lines = (LIBRARY / "chat_printer.py").read_text().splitlines()
    assert len([line for line in lines if line]) <= 10


def test_gifts_are_printed_with_what_the_list_says_of_them() -> None:
    def play(room: Room) -> None:
        room.gift("bob", "Rose", 3)
        room.gift_streak("carol", "Finger Heart", 2)
        room.gift("bob", "Galaxy")

    status, output, errors = outcome("gifts.py", play, Room.end)
    assert (status, errors) == (0, "")
    said = [line for line in output.splitlines() if not line.startswith("  picture: https://")]
    assert said == [
        "Bob: 3 x Rose (Sent Rose), 3 diamonds so far",
        "Bob: 1 x Galaxy (Sent Galaxy), 1003 diamonds so far",
        "Carol: 2 x Finger Heart (Sent Finger Heart), 10 diamonds so far",
    ]
    assert len(output.splitlines()) == 2 * len(said)


def test_an_offline_room_is_told_in_a_sentence() -> None:
    with Simulator() as sim:
        sim.room("alice")
        with started(sim, "gifts.py", "alice") as process:
            output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (1, "", "alice is not live\n")


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_an_interrupt_ends_it() -> None:
    with Simulator() as sim:
        room = sim.room("alice")
        room.go_live()
        with started(sim, "gifts.py", "alice") as process:
            try:
                room.wait_for_client(timeout=20)
                room.gift("bob", "Galaxy")
                assert process.stdout is not None
                assert process.stdout.readline().startswith("Bob: 1 x Galaxy")
                process.send_signal(signal.SIGINT)
                output, errors = process.communicate(timeout=20)
            finally:
                process.kill()
    assert (process.returncode, errors) == (0, "")
    assert output.endswith("bye\n")
