import subprocess
import sys
from pathlib import Path

import pytest

from tiktok2mqtt import __version__
from tiktok2mqtt.__main__ import main as program
from tiktok2mqtt.cli.main import _load_settings, build_parser, main
from tiktok2mqtt.settings import Settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that no `.env` is read."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(*arguments: str) -> Settings:
    return _load_settings(build_parser().parse_args(arguments))


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
        for name in (
            "run",
            "demo",
            "simulate",
            "check",
            "watch",
            "record",
            "replay",
            "health",
            "purge",
            "schema",
            "files",
        )
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


def test_an_interrupted_command_is_status_130_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_settings: Settings) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("tiktok2mqtt.cli.check.check", interrupt)
    monkeypatch.setattr("sys.argv", ["tiktok2mqtt", "check"])
    assert program() == 130


@pytest.mark.parametrize(
    ("argument", "hint"),
    [("--rooom", " (did you mean --room?)"), ("--rooom=bob", " (did you mean --room?)"), ("b", "")],
)
def test_an_unknown_option_is_reported_with_the_one_that_is_meant(
    argument: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", argument])
    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith(f"tiktok2mqtt check: error: unrecognized arguments: {argument}{hint}\n")


@pytest.mark.parametrize("port", ["99999", "-1", "1.5", "²"])
@pytest.mark.parametrize("command", ["simulate", "demo"])
def test_a_port_that_does_not_exist_is_an_error(command: str, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, f"--port={port}"])
    assert caught.value.code == 2
    assert f"argument --port: must be a number from 0 to 65535, not {port}\n" in capsys.readouterr().err


def test_run_takes_rooms_as_watch_does() -> None:
    assert settings("run", "Alice", "@bob", "--room", "carol").rooms == ["alice", "bob", "carol"]
    assert settings("run", "--room", "carol").rooms == ["carol"]
    assert settings("run").rooms == []


def test_arguments_become_settings() -> None:
    given = settings(
        *("run", "--room", "@Alice", "--room", "https://www.tiktok.com/@bob/live"),
        *("--mqtt-host", "broker.example", "--mqtt-port", "8883", "--log-level", "debug", "--log-format", "json"),
    )
    assert given.rooms == ["alice", "bob"]
    assert (given.mqtt.host, given.mqtt.port) == ("broker.example", 8883)
    assert (given.log.level, given.log.format) == ("debug", "json")


def test_arguments_that_are_not_given_override_nothing(folder: Path) -> None:
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


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("run.run", ["run"]),
        ("demo.demo", ["demo"]),
        ("demo.simulate", ["simulate"]),
        ("check.check", ["check"]),
        ("check.health", ["health"]),
        ("recordings.watch", ["watch", "alice"]),
        ("recordings.record", ["record", "alice", "file"]),
        ("recordings.replay", ["replay", "file"]),
        ("purge.purge", ["purge"]),
        ("schema.schema", ["schema"]),
    ],
)
def test_each_command_calls_its_function(function: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"tiktok2mqtt.cli.{function}", lambda *_, **__: 7)
    assert main(arguments) == 7


def test_wrong_settings_are_reported_before_the_libraries_are_loaded() -> None:
    code = "import sys; from tiktok2mqtt.cli.main import main; main(['run', '--mqtt-port', '0']); print(*sys.modules)"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20)
    loaded = set(process.stdout.split())
    assert "tiktok2mqtt.settings" in loaded
    assert not loaded & {"paho", "websocket", "google.protobuf", "aiohttp", "iotcore"}
