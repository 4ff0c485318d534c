"""The steps of docs/running.md and docs/upgrading.md do what it says, on a root folder of their own."""

import re
import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.test_packaging import ROOT, executable, unit_setting
from tiktok2mqtt.cli.main import build_parser
from tiktok2mqtt.settings import RoomSettings, load_settings
from tiktok2mqtt.settings.model import ROOM_PREFIX, ROWS

TEXT = (ROOT / "docs/running.md").read_text()
UPGRADING = (ROOT / "docs/upgrading.md").read_text()
# Notes how it was called.
NOTED = '#!/bin/sh\necho "${0##*/} $*" >> "$ROOT/calls"\n'


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root folder; `calls` in it has what was asked of systemctl, docker and the installed pip."""
    for folder in ("etc/systemd/system", "opt", "var/lib/private/tiktok2mqtt", "commands", "home"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("systemctl", "docker"):
        executable(tmp_path / "commands" / name, NOTED)
    pip = f"cp {tmp_path}/commands/systemctl $3/bin/pip"
    executable(tmp_path / "commands/python3", f"#!/bin/sh\nmkdir -p $3/bin\n{pip}\n")
    shutil.copytree(ROOT / "systemd", tmp_path / "home/systemd")
    return tmp_path


def follow(script: str, root: Path) -> list[str]:
    """Run the lines of a block in the checkout below the root folder; return what was called."""
    text = re.sub(r"(?<![\w.])/(?=(etc|opt|var)/)", f"{root}/", script)
    path = f"{root}/commands:/usr/bin:/bin"
    env = {"PATH": path, "ROOT": str(root)}
    result = subprocess.run(
        ["bash", "-euc", text], cwd=root / "home", env=env, capture_output=True, text=True, timeout=30, check=False
    )
    assert result.returncode == 0, result.stderr
    calls = root / "calls"
    return calls.read_text().splitlines() if calls.exists() else []


def test_the_service_from_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install, password, start = blocks("sh")[:3]
    assert follow(install, root) == ["pip install ."]
    assert follow(password + start, root)[1:] == [
        "systemctl daemon-reload",
        "systemctl enable --now tiktok2mqtt",
        "systemctl status tiktok2mqtt",
    ]
    etc = root / "etc/tiktok2mqtt"
    for name in ("tiktok2mqtt.env", "mqtt_password"):
        assert (etc / name).stat().st_mode & 0o777 == 0o600
    # The unit reads what was written, and so does the daemon.
    assert unit_setting("EnvironmentFile") == ["-/etc/tiktok2mqtt/tiktok2mqtt.env"]
    assert unit_setting("ExecStart")[0].startswith("/opt/tiktok2mqtt/bin/tiktok2mqtt run")
    more = ConfigParser(delimiters="=")
    more.read(root / "etc/systemd/system/tiktok2mqtt.service.d/password.conf")
    name, file = more["Service"]["LoadCredential"].split(":")
    assert name in {row.secret_file for row in ROWS.values()}
    monkeypatch.chdir(root)
    (root / "credentials").mkdir()
    shutil.copy(file, root / "credentials" / name)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(root / "credentials"))
    settings = load_settings(env_file=etc / "tiktok2mqtt.env")
    assert (settings.rooms, settings.mqtt.username) == (["someuser"], "tiktok2mqtt")
    assert settings.mqtt.password is not None
    assert settings.mqtt.password.get_secret_value() == "the password"


def test_backup_and_upgrade(root: Path) -> None:
    (root / "var/lib/private/tiktok2mqtt/state").write_text("precious")
    upgrade, backup = re.findall(r"```sh\n(.*?)```", UPGRADING, re.DOTALL)
    assert follow(backup, root) == ["systemctl stop tiktok2mqtt", "systemctl start tiktok2mqtt"]
    listed = subprocess.run(
        ["tar", "-tzf", root / "home/tiktok2mqtt-state.tar.gz"], capture_output=True, text=True, check=True
    )
    assert "tiktok2mqtt/state" in listed.stdout.splitlines()
    follow(blocks("sh")[0], root)
    assert follow(upgrade, root)[-3:] == [
        "pip install --upgrade .",
        "systemctl daemon-reload",
        "systemctl restart tiktok2mqtt",
    ]


def test_the_container(root: Path) -> None:
    (script,) = re.findall(r"```sh\n(.*?)```", section("Container"), re.DOTALL)
    for call in follow(script, root):
        words = shlex.split(call)
        assert words[:3] == ["docker", "compose", "-f"]
        assert (ROOT / words[3]).is_file()


def test_a_reload_is_a_hangup_and_its_command_is_understood() -> None:
    assert unit_setting("ExecReload") == ["/bin/kill -HUP $MAINPID"]
    (override,) = blocks("ini")
    command = override.splitlines()[-1].partition("=")[2]
    assert command.startswith(unit_setting("ExecStart")[0])
    build_parser().parse_args(shlex.split(command)[1:])


def test_what_is_named_exists() -> None:
    for path in re.findall(r"\]\(([^)#]+)", TEXT + UPGRADING):
        assert (ROOT / "docs" / path).resolve().is_file(), path
    variables = {row.variable for row in ROWS.values()}
    variables |= {f"{ROOM_PREFIX}ALICE__{key.upper()}" for key in RoomSettings.model_fields}
    assert set(re.findall(r"TIKTOK2MQTT_\w+", TEXT)) <= variables
    for name in re.findall(r"`(log\.\w+)", TEXT):
        assert name in ROWS
