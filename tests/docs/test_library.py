"""docs/library.md: its programs and README's run as they are printed, and its tables are complete."""

import ast
import inspect
import json
import re
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from tests.docs.test_promises import functions
from tests.helpers import until
from tests.webcast.rig import urls
from tiktok2mqtt import webcast
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.webcast.events.types import EVENT_NAMES
from tiktok2mqtt.webcast.net.options import Options

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/library.md").read_text()
SIMULATOR = "http://127.0.0.1:8500"
# The programs know TikTok's addresses only: this runs one with others, as `python PROGRAM` would.
WRAPPER = """
import functools, json, runpy, sys
from tiktok2mqtt.webcast import client
client.Options = functools.partial(client.Options, **json.loads(sys.argv[1]))
runpy.run_path(sys.argv[2], run_name="__main__")
"""
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# docs/adding-an-event.md has parts of a module, which are indented.
PROGRAMS = [
    pytest.param(text, id=f"{page.name}-{number}")
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for number, text in enumerate(BLOCK.findall(page.read_text()))
]


def section(title: str) -> str:
    (text,) = re.findall(rf"^##+ {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return str(text)


def rows(text: str) -> list[list[str]]:
    """Return the cells of the rows of tables, without their heads."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line] for line in lines]


def started(folder: Path, sim: Simulator, program: str) -> "subprocess.Popen[str]":
    path = folder / "program.py"
    path.write_text(program.replace(SIMULATOR, sim.web_url))
    # What a program says itself wins over the wrapper.
    options = {} if SIMULATOR in program else urls(sim)
    return subprocess.Popen(
        [sys.executable, "-u", "-c", WRAPPER, json.dumps(options), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def play(room: Room) -> None:
    room.wait_for_client(timeout=20)
    room.chat("bob", "hello there")
    room.gift("bob", "Galaxy")
    room.end()


def lose(room: Room) -> None:
    """Let the connection to a LIVE be lost, and wait for another one."""
    room.wait_for_client(timeout=20)
    room.drop_socket()
    until(lambda: not room.clients)
    room.wait_for_client(timeout=20)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_runs_as_printed(tmp_path: Path, program: str) -> None:
    with Simulator() as sim:
        room = sim.room("alice")
        room.go_live(title="Pottery")
        with started(tmp_path, sim, program) as process:
            try:
                if "reconnect" in program:
                    lose(room)
                    if "run()" in program:
                        process.send_signal(signal.SIGINT)
                elif "get_room_info" not in program:
                    play(room)
                output, errors = process.communicate("\n", timeout=20)
            finally:
                process.kill()
        sim.check()
    assert process.returncode == 0
    if "reconnect=True" in program:
        # The log: a program without handlers of its own has warnings on stderr.
        assert re.fullmatch(r"alice: the socket was lost: .+; next try in \d+ s\n", errors)
    else:
        assert errors == ""
    if '"chat"' in program:
        assert "hello there" in output
    if '"gift"' in program:
        assert "Bob Galaxy 1" in output
    if "reconnect" in program:
        assert "the socket was lost" in output or "input" in program
    elif '"disconnected"' in program:
        assert output.splitlines()[-1] == "the LIVE has ended"
    if "get_room_info" in program:
        assert output.startswith("Pottery ")


def test_the_programs_were_found() -> None:
    assert len(PROGRAMS) >= 7


def test_errors_are_caught_as_shown(tmp_path: Path) -> None:
    (program,) = [param.values[0] for param in PROGRAMS if "except RoomError" in str(param.values[0])]
    with Simulator() as sim:
        sim.room("alice")
        with started(tmp_path, sim, str(program)) as process:
            output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (0, "no LIVE: alice is not live\n", "")


def test_every_option_is_there_with_its_default() -> None:
    table = {name.strip("`"): ast.literal_eval(default.strip("`")) for name, default, _ in rows(section("Options"))[1:]}
    assert table == {option.name: getattr(Options(), option.name) for option in fields(Options)}


def test_every_error_is_there_with_its_code() -> None:
    table = {name.strip("`"): code.strip("`") for name, code, _ in rows(section("Errors"))[1:]}
    groups = ("RoomError", "AccessError")
    kinds = {name: getattr(webcast, name) for name in webcast.__all__}
    errors = {name: kind for name, kind in kinds.items() if hasattr(kind, "min_delay_s")}
    assert table == {name: "" if name in groups else kind.code for name, kind in errors.items()}


def test_what_is_listed_exists() -> None:
    methods = {name for cell, _ in rows(section("Methods"))[1:] for name in re.findall(r"(\w+)\(", cell)}
    assert {"connect", "disconnect", "run", "events", "on", "off", "get_state", "get_room_info"} <= methods
    assert [name for name in methods if not callable(getattr(webcast.WebcastPushConnection, name, None))] == []
    names = [name for cell, *_ in rows(section("Events"))[1:] for name in re.findall(r"`([a-z_*]+)`", cell)]
    others = {"*", "raw_data", "caught_up", "websocket_connected"}
    assert set(names) - set(EVENT_NAMES) == others
    for _, _, cell in rows(section("Names in other libraries"))[1:]:
        for name in re.findall(r"`([a-z_]+)`", cell):
            assert name in {*EVENT_NAMES, *others, *Options.__slots__} or "_" in name or name in {"nickname", "count"}


def test_the_asynchronous_connection_has_the_listed_methods() -> None:
    kind = webcast.AsyncWebcastPushConnection
    for name in ("connect", "disconnect", "run", "get_room_info", "get_available_gifts", "close"):
        assert inspect.iscoroutinefunction(getattr(kind, name))
    for name in ("on", "off", "get_state"):
        assert not inspect.iscoroutinefunction(getattr(kind, name))


def test_every_row_has_tests_that_exist() -> None:
    table = rows(section("Every row and its test"))[1:]
    assert len(table) > 30
    for interface, cell in table:
        tests = re.findall(r"`([^`]+)`", cell)
        assert tests, interface
        for test in tests:
            file, _, name = test.partition("::")
            assert name in functions(ROOT / file), test
