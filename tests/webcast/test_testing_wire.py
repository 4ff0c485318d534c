"""Captured messages against the schema, byte by byte, by a program that shares no code with the product.

Neither the captures nor the program are part of the repository: without them, nothing is tested.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.webcast.test_captures import FOLDER

PROGRAM = FOLDER.parent / "tools" / "wire" / "wire.py"
CAPTURES = sorted(FOLDER.glob("*.jsonl*"))
REPOSITORY = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    not (CAPTURES and PROGRAM.exists()), reason=f"no captured messages in {FOLDER}, or no {PROGRAM}"
)


@pytest.fixture(scope="module")
def findings() -> dict[str, str]:
    """What the program prints, by the word before the colon; its last line under the name "summary"."""
    command = [sys.executable, str(PROGRAM), *map(str, CAPTURES)]
    result = subprocess.run(
        command, cwd=REPOSITORY, env={"PYTHONPATH": "."}, capture_output=True, text=True, check=False
    )
    *lines, summary = result.stdout.splitlines() or [result.stderr]
    return dict(line.split(": ", 1) for line in lines if ": " in line) | {"summary": summary}


def test_no_field_contradicts_the_wire(findings: dict[str, str]) -> None:
    assert findings["contradictions"] == "0 {}"


def test_every_captured_message_makes_valid_events(findings: dict[str, str]) -> None:
    counts = [part.strip() for part in findings["summary"].split(",")]
    assert {"exceptions 0", "dropped 0", "silent 0", "invalid 0", "unknown 0"} <= set(counts)


def test_every_event_has_content_in_some_message(findings: dict[str, str]) -> None:
    assert findings["always empty"] == "[]"
