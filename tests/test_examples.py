"""The examples of the library run against the simulator, as a user would run them."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers import until
from tiktok2mqtt.simulator import Room, Simulator

LIBRARY = Path(__file__).parent.parent / "examples" / "library"
EXAMPLES = sorted(path.name for path in LIBRARY.glob("*.py"))
# Besides the user and the server.
ARGUMENTS = {"chat_to_file.py": ["chat.jsonl"]}


def started(sim: Simulator, folder: Path, example: str, *users: str) -> "subprocess.Popen[str]":
    arguments = [*users, *ARGUMENTS.get(example, []), "--server", sim.web_url]
    return subprocess.Popen(
        [sys.executable, str(LIBRARY / example), *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcome(
    folder: Path, example: str, play: Callable[[Room], object], end: Callable[[Room], object] = Room.end
) -> tuple[int, str, str]:
    """Run an example on alice's LIVE while `play` happens and then `end`; return its status, output and errors."""
    with Simulator() as sim:
        room = sim.room("alice")
        room.go_live(title="Pottery")
        with started(sim, folder, example, "@alice") as process:
            try:
                room.wait_for_client(timeout=20)
                play(room)
                end(room)
                output, errors = process.communicate(timeout=20)
            finally:
                process.kill()
        sim.check()
    return process.returncode, output, errors


def chats(room: Room) -> None:
    room.member("bob")
    room.chat("bob", "hello there")
    room.chat("carol", "héllo 🌹")


def test_every_example_is_tried_here() -> None:
    assert [
        *("asyncio_bot.py", "chat_printer.py", "chat_to_file.py", "gifts.py", "room_info.py", "two_rooms.py")
    ] == EXAMPLES


def test_the_chat_printer_prints_chat_until_the_live_is_over(tmp_path: Path) -> None:
    status, output, errors = outcome(tmp_path, "chat_printer.py", chats)
    assert (status, output, errors) == (0, "Bob: hello there\nCarol: héllo 🌹\n", "")


def test_the_chat_is_written_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "chat.jsonl").write_text("{}\n")
    assert outcome(tmp_path, "chat_to_file.py", chats) == (0, "", "")
    _, *lines = [json.loads(line) for line in (tmp_path / "chat.jsonl").read_text().splitlines()]
    assert [(line["user"], line["comment"]) for line in lines] == [("bob", "hello there"), ("carol", "héllo 🌹")]


def test_the_bot_answers(tmp_path: Path) -> None:
    def play(room: Room) -> None:
        chats(room)
        room.gift("carol", "Rose", 3)

    status, output, errors = outcome(tmp_path, "asyncio_bot.py", play)
    said = ["Welcome, Bob!", "Thank you for 3 x Rose, Carol!", "the LIVE has ended"]
    assert (status, output.splitlines(), errors) == (0, said, "")


def test_gifts_are_printed_with_what_the_list_says_of_them(tmp_path: Path) -> None:
    def play(room: Room) -> None:
        room.gift("bob", "Rose", 3)
        room.gift_streak("carol", "Finger Heart", 2)
        room.gift("bob", "Galaxy")

    status, output, errors = outcome(tmp_path, "gifts.py", play)
    assert (status, errors) == (0, "")
    said = [line for line in output.splitlines() if not line.startswith("  picture: https://")]
    assert said == [
        "Bob: 3 x Rose (Sent Rose), 3 diamonds so far",
        "Bob: 1 x Galaxy (Sent Galaxy), 1003 diamonds so far",
        "Carol: 2 x Finger Heart (Sent Finger Heart), 10 diamonds so far",
        "1013 diamonds",
    ]
    assert len(output.splitlines()) == 2 * len(said) - 1


def test_several_rooms_at_once(tmp_path: Path) -> None:
    with Simulator() as sim:
        rooms = [sim.room("alice"), sim.room("bob")]
        for room in rooms:
            room.go_live()
        sim.room("carol")
        with started(sim, tmp_path, "two_rooms.py", "alice", "carol", "bob") as process:
            try:
                for room in rooms:
                    room.wait_for_client(timeout=20)
                    room.chat("dave", f"hello {room.name}")
                    room.end()
                output, errors = process.communicate(timeout=20)
            finally:
                process.kill()
    assert (process.returncode, errors) == (0, "[carol] carol is not live\n")
    assert sorted(output.splitlines()) == [
        "[alice] Dave: hello alice",
        "[alice] the LIVE has ended",
        "[bob] Dave: hello bob",
        "[bob] the LIVE has ended",
    ]


def test_the_room_info(tmp_path: Path) -> None:
    with Simulator() as sim:
        room = sim.room("alice")
        room.go_live(title="Pottery")
        with started(sim, tmp_path, "room_info.py", "alice") as process:
            output, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")
    first, second, *streams = output.splitlines()
    assert first == f"{room.state.host.nickname} (@alice, {room.state.followers} followers): Pottery"
    assert second.startswith("live: True, since 20")
    assert len(streams) == 4


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_room_that_is_offline_or_does_not_exist_is_told_in_a_sentence(tmp_path: Path, example: str) -> None:
    with Simulator() as sim:
        sim.room("alice")
        for user, reason in (("alice", "alice is not live"), ("nobody.there", "TikTok knows no user of that name")):
            with started(sim, tmp_path, example, user) as process:
                output, errors = process.communicate(timeout=20)
            assert reason in output + errors
            assert len((output + errors).splitlines()) == 1
            assert process.returncode in {0, 1}


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
@pytest.mark.parametrize("example", [name for name in EXAMPLES if name != "room_info.py"])
def test_an_interrupt_ends_it(tmp_path: Path, example: str) -> None:
    with Simulator() as sim:
        room = sim.room("alice")
        room.go_live()
        with started(sim, tmp_path, example, "alice") as process:
            try:
                room.wait_for_client(timeout=20)
                room.member("bob")
                room.chat("bob", "hi")
                room.gift("bob", "Galaxy")
                assert process.stdout is not None
                if example == "chat_to_file.py":
                    until((tmp_path / "chat.jsonl").read_text)
                else:
                    assert "Bob" in process.stdout.readline()
                process.send_signal(signal.SIGINT)
                _, errors = process.communicate(timeout=20)
            finally:
                process.kill()
    assert (process.returncode, errors) == (0, "")
