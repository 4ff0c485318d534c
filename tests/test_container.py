"""What the container promises, without a container engine: no privileges, a root that cannot be written to."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import DaemonClient, Tree, environment, listening, tree
from tests.mqtt import TIMEOUT_S, Broker
from tests.test_packaging import dockerfile
from tiktok2mqtt.settings.model import ROWS
from tiktok2mqtt.simulator import Simulator

BWRAP = shutil.which("bwrap")
SANDBOX = (
    "--ro-bind / / --dev /dev --unshare-user --unshare-pid --uid 10001 --gid 10001 --cap-drop ALL --die-with-parent"
)


def sandboxed(folder: Path) -> list[str]:
    """Return the beginning of a command that may write to a folder and to nothing else."""
    assert BWRAP is not None
    return [BWRAP, *SANDBOX.split(), "--bind", str(folder), str(folder), "--chdir", str(folder)]


def works() -> bool:
    """Whether processes may be put into a sandbox here."""
    if BWRAP is None:
        return False
    probe = subprocess.run([*sandboxed(Path("/dev/shm")), "true"], capture_output=True, check=False, timeout=10)
    return probe.returncode == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The place of the container's volume."""
    made = tmp_path / "data"
    made.mkdir()
    return made


def start(words: list[str], settings: Tree, folder: Path) -> subprocess.Popen[str]:
    """Start what the image starts, in the sandbox."""
    # Coverage would write its figures where nothing can be written.
    env = {name: value for name, value in environment(settings).items() if not name.startswith("COV")}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    program = [sys.executable, "-m", *words]
    return subprocess.Popen(
        [*sandboxed(folder), *program], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.skipif(not works(), reason="needs bubblewrap (bwrap) and user namespaces")
@pytest.mark.parametrize("broker", ["embedded"], indirect=True)
def test_it_runs_without_privileges_on_a_read_only_root(broker: Broker, folder: Path) -> None:
    instructions = dict(dockerfile())
    entry, command = json.loads(instructions["ENTRYPOINT"]), json.loads(instructions["CMD"])
    check = json.loads(instructions["HEALTHCHECK"].partition(" CMD ")[2])
    with Simulator() as simulator:
        room = simulator.room("alice")
        room.go_live()
        state: dict[str, Any] = {"state_dir": folder} if "state_dir" in ROWS else {}
        settings = tree(simulator, broker.port, **state)
        with listening(settings) as listener, start(entry + command, settings, folder) as daemon:
            client = DaemonClient(settings, listener)
            client.wait_until_online()
            room.wait_for_client()
            room.gift("bob", "Rose", 3)
            assert client.received("gift").json["count"] == 3
            with start(check, settings, folder) as healthcheck:
                output, errors = healthcheck.communicate(timeout=TIMEOUT_S)
            assert (healthcheck.returncode, errors) == (0, "")
            assert output.startswith("healthy: ")
            # bwrap passes no signal on; the daemon ends with it, and the last will speaks.
            daemon.terminate()
            _, errors = daemon.communicate(timeout=TIMEOUT_S)
        assert "Traceback" not in errors
        assert "ERROR" not in errors


@pytest.mark.skipif(not works(), reason="needs bubblewrap (bwrap) and user namespaces")
def test_the_sandbox_of_this_test_is_one(folder: Path) -> None:
    forbidden = Path(__file__).with_suffix(".written")
    script = f"id -u; grep CapEff /proc/self/status; touch {folder}/may; touch {forbidden}"
    result = subprocess.run(
        [*sandboxed(folder), "sh", "-c", script], capture_output=True, text=True, timeout=10, check=False
    )
    assert result.stdout.split() == ["10001", "CapEff:", "0000000000000000"]
    assert "Read-only file system" in result.stderr
    assert (folder / "may").exists()
    assert not forbidden.exists()
