"""docs/home-assistant.md: what its tables must not leave out."""

import re
from collections.abc import Iterator
from pathlib import Path

from tiktok2mqtt.common.errors import AlreadyConnected, WebcastError

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/home-assistant.md").read_text()


def errors(kind: type[WebcastError] = WebcastError) -> Iterator[type[WebcastError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from errors(below)


def test_every_code_has_a_row_that_says_what_to_do() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", TEXT, re.MULTILINE))
    # The root has no code of its own; the other one is the caller's mistake, and never seen in `connection`.
    seen = {kind.code for kind in errors()} - {WebcastError.code, AlreadyConnected.code}
    assert seen | {"disabled"} <= rows.keys()


def test_what_it_points_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / target).exists(), target


def test_every_blueprint_is_listed() -> None:
    listed = re.findall(r"^\| \[(\w+\.yaml)\]", TEXT, re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in (ROOT / "examples/homeassistant").rglob("tiktok2mqtt/*.yaml"))
