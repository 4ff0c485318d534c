import subprocess
import sys
from pathlib import Path

import pytest

from tiktok2mqtt.webcast.events.names import no_such_event
from tiktok2mqtt.webcast.events.types import EVENT_NAMES

ROOT = Path(__file__).parents[3]


def test_events_are_fine() -> None:
    assert no_such_event([]) is None
    assert no_such_event(EVENT_NAMES) is None


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["chat", "gifts"], "no such event: gifts (did you mean gift?)"),
        (["questionnew"], "no such event: questionnew (did you mean question_new?)"),
        (["xyz", "likes", "xyz"], "no such event: likes (did you mean like?), xyz"),
        ([""], "no such event: "),
    ],
)
def test_other_names_come_back_with_what_is_like_them(names: list[str], sentence: str) -> None:
    assert no_such_event(names) == sentence


def test_knowing_the_names_costs_no_protobuf() -> None:
    probe = "import sys, tiktok2mqtt.webcast.events.names; print(*sorted(m for m in sys.modules if 'google' in m))"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "\n"
