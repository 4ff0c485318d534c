import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tiktok2mqtt.cli.main import main
from tiktok2mqtt.webcast.events.registry import event_schema
from tiktok2mqtt.webcast.events.rows import REGISTRY

ROOT = Path(__file__).parents[2]


def test_one_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "question_new"]) == 0
    assert json.loads(capsys.readouterr().out) == event_schema(REGISTRY.rows["question_new"])


def test_all_schemas(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == REGISTRY.schemas()


def test_all_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--list"]) == 0
    assert capsys.readouterr().out.split() == list(REGISTRY.rows)


def test_an_unknown_event_is_status_2_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "gfit"]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "tiktok2mqtt: no such event: gfit (did you mean gift?)\n")


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30
    )


def test_it_needs_no_protobuf() -> None:
    done = run(
        "import sys; from tiktok2mqtt.cli.schema import schema; schema('chat'); "
        "print([m for m in sys.modules if 'google' in m], file=sys.stderr)"
    )
    assert (done.returncode, done.stderr) == (0, "[]\n")


@pytest.mark.parametrize(("arguments", "taken"), [([], 10), (["--list"], 0)])
def test_a_reader_that_closes_the_pipe_is_no_error(arguments: list[str], taken: int) -> None:
    """With output that exceeds the buffers, and with output that is still in them."""
    command = [sys.executable, "-m", "tiktok2mqtt", "schema", *arguments]
    buffered = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, cwd=ROOT, env=buffered, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.read(taken)
        child.stdout.close()
        assert (child.stderr.read(), child.wait(timeout=30)) == (b"", 0)
