import re
import shlex
import signal
import socket
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import program
from tests.mqtt import TIMEOUT_S
from tiktok2mqtt.cli.main import main
from tiktok2mqtt.webcast import WebcastPushConnection

Process = subprocess.Popen[str]


def simulate(*arguments: str) -> AbstractContextManager[Process]:
    return program("simulate", *arguments)


def urls(process: Process) -> dict[str, str]:
    """Return the URLs in the printed instructions, by the name of the library's option."""
    assert process.stdout is not None
    exports = [shlex.split(process.stdout.readline()) for _ in range(4)]
    assert [words[0] for words in exports] == ["export"] * 4
    pairs = [words[1].split("=", 1) for words in exports]
    return {name.removeprefix("TIKTOK2MQTT_TIKTOK__").lower(): url for name, url in pairs}


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.unmeasured)])
def test_it_serves_its_rooms_until_a_signal(number: signal.Signals) -> None:
    with simulate("--port", "0", "--room", "alice", "--room", "Bob", "--rate", "50", "--seed", "1") as process:
        assert process.stdout is not None
        greeting = process.stdout.readline()
        assert greeting == "Simulated TikTok LIVE of alice, bob (party); point the daemon at it with:\n"
        options: dict[str, Any] = urls(process)
        for name in ("alice", "bob"):
            with WebcastPushConnection(name, **options) as connection:
                assert connection.connect().connected
        process.send_signal(number)
        out, errors = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, out, errors) == (0, "", "")


def test_the_default_room_is_alice_and_the_scenario_may_be_a_file(tmp_path: Path) -> None:
    scenario = tmp_path / "roses.toml"
    scenario.write_text('name = "roses"\n[[steps]]\nverb = "gift"\nuser = "bob"\ngift = "Rose"\n')
    with simulate("--port", "0", "--scenario", str(scenario)) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Simulated TikTok LIVE of alice (roses); ")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--scenario", "disco"], r"disco"),
        (["--scenario", "missing.toml"], r"missing\.toml"),
        (["--room", "not a name"], r"'not a name' is not a username"),
        (["--fault", "typo"], r"there is no fault 'typo'; there are blocked, captcha, "),
        (["--fault", "captcha:bob"], r"a fault is for one of the rooms, alice, not 'bob'"),
    ],
)
def test_wrong_rooms_and_scenarios_are_status_2(
    arguments: list[str], error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "--port", "0", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(rf"tiktok2mqtt simulate: [^\n]*{error}[^\n]*\n", shown.err)


def test_a_taken_port_is_status_1() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with simulate("--port", str(port)) as process:
            out, errors = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, out) == (1, "")
    assert re.fullmatch(rf"tiktok2mqtt simulate: cannot listen on port {port}: [^\n]*in use[^\n]*\n", errors)
