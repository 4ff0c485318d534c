import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tiktok2mqtt import __version__
from tiktok2mqtt.cli import main as main_module
from tiktok2mqtt.cli.main import _parser, main
from tiktok2mqtt.settings import Settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that no `.env` is read."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(*arguments: str) -> Settings:
    return main_module._settings(_parser().parse_args(arguments))


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"tiktok2mqtt {__version__}\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    assert all(
        f"\n    {name} " in shown
        for name in ("run", "demo", "simulate", "check", "watch", "record", "replay", "health", "schema")
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["run", "--speed", "3"],
        ["run", "--log-level", "loud"],
        ["demo", "--rate", "0"],
        ["demo", "--duration", "-1"],
        ["demo", "--rate", "nan"],
        ["simulate", "--port", "x"],
    ],
)
def test_wrong_arguments_are_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    shown = capsys.readouterr()
    assert "tiktok2mqtt" in shown.err
    assert shown.out == ""


def test_an_interrupted_command_is_status_130_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_arguments: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(main_module, "_check", interrupt)
    assert main(["check"]) == 130


def test_arguments_become_settings() -> None:
    given = settings(
        *("run", "--room", "@Alice", "--room", "https://www.tiktok.com/@bob/live"),
        *("--mqtt-host", "broker.example", "--mqtt-port", "8883", "--log-level", "debug", "--log-format", "json"),
    )
    assert given.rooms == ["alice", "bob"]
    assert (given.mqtt.host, given.mqtt.port) == ("broker.example", 8883)
    assert (given.log.level, given.log.format) == ("debug", "json")


def test_arguments_that_are_not_given_leave_the_file_alone(folder: Path) -> None:
    config = folder / "settings.toml"
    config.write_text('rooms = ["carol"]\n[mqtt]\nport = 1884\nhost = "from.file"\n')
    given = settings("run", "--config", str(config), "--mqtt-host", "from.argument")
    assert (given.rooms, given.mqtt.port, given.mqtt.host) == (["carol"], 1884, "from.argument")


@pytest.mark.parametrize("command", ["run", "health"])
def test_wrong_settings_are_status_2_with_a_line_for_each(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main([command, "--mqtt-port", "99999", "--mqtt-host", "mqtt://broker"])
    assert status == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("; got")[0] for line in lines] == [
        "tiktok2mqtt: mqtt.host: must be a host name or an address, without mqtt:// and without a port",
        "tiktok2mqtt: mqtt.port: must be a whole number from 1 to 65535",
    ]


@pytest.mark.parametrize("setting", ["events", "exclude_events", "retain"])
def test_an_unknown_event_is_status_2(
    setting: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"TIKTOK2MQTT_{setting.upper()}", "gifts")
    assert main(["run"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"tiktok2mqtt: {setting}: no such event: gifts (did you mean gift?); ")


@pytest.mark.parametrize("name", ["run", "demo", "simulate", "health"])
def test_each_command_calls_its_function(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []

    def instead(arguments: argparse.Namespace) -> int:
        calls.append(arguments)
        return 7

    monkeypatch.setattr(main_module, f"_{name}", instead)
    assert main([name]) == 7
    assert len(calls) == 1


def test_the_command_line_answers_before_it_loads_anything() -> None:
    code = "import sys; from tiktok2mqtt.cli.main import main; main(['run', '--mqtt-port', '0']); print(*sys.modules)"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20)
    loaded = set(process.stdout.split())
    assert "tiktok2mqtt.settings" in loaded
    assert not loaded & {"paho", "websocket", "google.protobuf", "aiohttp", "iotcore"}
