"""Every shell command of README and docs is run as it is written, as a new user would: in a clone, with an empty home.

The commands run in a network of their own, so that they find their ports free and reach nobody; those that install
something need a package index and run when CI is set. Blocks that others test, or that need what a test does not have,
are listed with the reason.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.helpers import until
from tests.mqtt import MOSQUITTO

ROOT: Final = Path(__file__).parent.parent
PAGES: Final = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md"])
# By their first lines.
INSTALLING: Final = frozenset({"pipx install .", "python3 -m venv venv", "pipx install --force '.[demo]'"})
ELSEWHERE: Final = {
    "python3 -m venv /opt/tiktok2mqtt": "tests/docs/test_running.py",
    "install -m 600 /dev/null /etc/tiktok2mqtt/mqtt_password": "tests/docs/test_running.py",
    "systemctl daemon-reload": "tests/docs/test_running.py",
    "systemctl stop tiktok2mqtt": "tests/docs/test_running.py",
    "/opt/tiktok2mqtt/bin/pip install --upgrade .": "tests/docs/test_running.py",
    "export TIKTOK2MQTT_ROOMS=someuser": "tests/docs/test_running.py",
    "export TIKTOK2MQTT_ROOMS=alice": "the same commands as in docs/running.md",
    "docker build -t tiktok2mqtt .": "tests/test_container.py",
    "docker run --rm -d --name node-red --network host nodered/node-red": "needs an image from a registry",
    "mkdir homeassistant": "needs an image from a registry",
    "export HA_URL=http://127.0.0.1:8123 HA_TOKEN=... HA_LOG=homeassistant.log "
    "HA_RESTART='docker restart homeassistant'": "has a token of the user",
    "mosquitto_pub -h 192.168.1.10 -u ... -P ... -t tiktok/bridge/request/simulate "
    """-m '{"room": "alice", "event": "gift"}'""": "has the address of the user's broker",
    'chromium --remote-debugging-port=9222 --user-data-dir="$HOME/.config/chromium-tiktok"': "tests/browser",
}


def blocks(page: Path) -> list[str]:
    """Return the shell blocks of a page; in lists they are indented."""
    found = re.findall(r"^( *)```sh\n(.*?)^ *```$", page.read_text(), re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def first_line(block: str) -> str:
    return block.splitlines()[0].removesuffix(" \\")


ALL: Final = {first_line(block): block for page in PAGES for block in blocks(page)}
RUN: Final = sorted(ALL.keys() - INSTALLING - ELSEWHERE.keys())


def test_the_list_of_exceptions_has_no_others() -> None:
    assert sorted((INSTALLING | ELSEWHERE.keys()) - ALL.keys()) == []
    assert len(RUN) >= 3


def has_own_network() -> bool:
    unshare = shutil.which("unshare")
    return (
        unshare is not None
        and subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0
    )


needs_programs = pytest.mark.skipif(
    not (MOSQUITTO and shutil.which("mosquitto_sub") and shutil.which("jq") and has_own_network()),
    reason="needs mosquitto, its clients, jq and unshare",
)
# What a user has besides: a broker, and for one block a gift to write down.
BEFORE: Final = """
ip link set lo up 2>/dev/null || ifconfig lo up
printf 'listener 1883\\nallow_anonymous true\\nuser root\\n' >mosquitto.conf
mosquitto -c mosquitto.conf >broker.log 2>&1 &
for _ in $(seq 100); do mosquitto_pub -t started -m 1 2>/dev/null && break; sleep 0.1; done
"""
GIFT: Final = """mosquitto_pub -r -t tiktok/alice/gift -m '{"nickname": "Bob", "gift": {"name": "Rose"}}'\n"""
# Without the net, the look-up of the room fails; mosquitto_sub ends with 27 when its time is over.
ALLOWED: Final = {
    "tiktok2mqtt check --room alice --mqtt-host localhost": (1, "broker localhost:1883\n  connect                  ok"),
    "tiktok2mqtt run alice --mqtt-host localhost &": (27, "tiktok/alice/connection {"),
    "tiktok2mqtt simulate --port 8500 --room alice --scenario party &": (0, "tiktok/alice/state {"),
    "mosquitto_sub -t 'tiktok/alice/gift' | jq --unbuffered -r '\"\\(.nickname) sent \\(.gift.name)\"' |": (None, ""),
}


@needs_programs
@pytest.mark.parametrize("name", RUN)
def test_a_block_runs_as_written(name: str, tmp_path: Path) -> None:
    status, expected = ALLOWED[name]
    home, clone = tmp_path / "home", tmp_path / "clone"
    home.mkdir()
    clone.mkdir()
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin", "HOME": str(home)}
    before = BEFORE + GIFT * ("gift" in name)
    (tmp_path / "block").write_text(ALL[name])
    with (tmp_path / "output").open("wb") as output:
        process = subprocess.Popen(
            ["unshare", "-rn", "bash", "-c", f"{before}cd {clone}; bash -e {tmp_path}/block"],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            if status is None:
                file = clone / "last-gift.txt"
                until(lambda: file.exists() and file.read_text() == "Bob sent Rose\n", 60)
            else:
                assert process.wait(80) == status, (tmp_path / "output").read_text()
        finally:
            kill(process)
    text = (tmp_path / "output").read_text()
    assert expected in text
    assert not re.search(r"Traceback|command not found|No such file", text), text


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process group, and wait until it is gone."""

    def ended() -> bool:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return True
        process.poll()
        return False

    until(ended)


@pytest.mark.skipif("CI" not in os.environ, reason="fetches packages: set CI=1 to run it")
@pytest.mark.parametrize("name", sorted(INSTALLING))
def test_the_installation(name: str, tmp_path: Path) -> None:
    program = name.split(maxsplit=1)[0]
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}")
    clone, home = tmp_path / "tiktok2mqtt", tmp_path / "home"
    home.mkdir()
    ignore = shutil.ignore_patterns(".git", ".venv", "*_cache", "__pycache__", ".peers", "build")
    shutil.copytree(ROOT, clone, ignore=ignore)
    variables = {key: value for key, value in os.environ.items() if key.startswith(("PIP_", "UV_"))}
    path = f"{home}/.local/bin:{Path(sys.base_prefix)}/bin:{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", "-e", "-c", f"{ALL[name]}\ntiktok2mqtt --version"],
        cwd=clone,
        env=variables | {"PATH": path, "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].startswith("tiktok2mqtt ")
