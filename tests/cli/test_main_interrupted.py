"""No command ends in a traceback when its output is closed or when it is interrupted while it starts."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemon import command, tree
from tests.mqtt import TIMEOUT_S, free_port
from tiktok2mqtt.simulator import Simulator

COMMANDS = ["run", "demo", "simulate", "check", "watch", "record", "replay", "health", "purge", "schema"]
ARGUMENTS = {"watch": ["alice"], "record": ["alice", "live.jsonl"], "replay": ["absent.jsonl"], "demo": ["--port", "0"]}
ARGUMENTS |= {"simulate": ["--port", "0"]}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["schema"],
        ["schema", "--list"],
        ["check", "--room", "alice"],
        ["watch", "alice"],
        ["demo", "--port", "0"],
    ],
    ids=" ".join,
)
def test_the_reader_of_the_output_may_go_away(arguments: list[str], sim: Simulator, tmp_path: Path) -> None:
    sim.room("alice").go_live()
    with command(*arguments, settings=tree(sim, free_port(), rooms=()), folder=tmp_path) as child:
        assert child.stdout is not None
        assert child.stdout.readline()
        child.stdout.close()
        child.stdout = None
        _, errors = child.communicate(timeout=TIMEOUT_S)
    assert errors == ""
    assert child.returncode in {0, 1}


# Sends the signal from within an import, as if the user had pressed Ctrl-C at that moment.
INTERRUPTED = """
import builtins, os, signal, sys
real, armed = builtins.__import__, True
def interrupted(name, *rest, **more):
    global armed
    if armed and name == "argparse":
        armed = False
        os.kill(os.getpid(), signal.SIGINT)
    return real(name, *rest, **more)
builtins.__import__ = interrupted
sys.argv = sys.argv[1:]
from tiktok2mqtt.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_an_early_interrupt_is_no_traceback(name: str, tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", INTERRUPTED, "tiktok2mqtt", name, *ARGUMENTS.get(name, [])]
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert (done.stdout, done.stderr) == ("", "")
    assert done.returncode == (0 if name == "run" else 128 + signal.SIGINT)
