import re
import sys
from pathlib import Path

import pytest

from tiktok2mqtt.common.installation import install_hint


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("/home/me/.local/share/pipx/venvs/tiktok2mqtt", "pipx install --force"),
        ("/home/me/.local/share/uv/tools/tiktok2mqtt", "uv tool install --force"),
        ("/opt/tiktok2mqtt", "/opt/tiktok2mqtt/bin/python -m pip install"),
    ],
)
def test_an_extra_is_installed_as_the_package_was(prefix: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", prefix)
    monkeypatch.setattr(sys, "executable", f"{prefix}/bin/python")
    assert install_hint("demo") == f"run {command} '.[demo]' in a clone of its repository"


def test_no_other_place_knows_how_it_is_installed() -> None:
    root = Path(__file__).parents[2]
    texts = {path: path.read_text() for path in [*root.glob("tiktok2mqtt/**/*.py"), *root.glob("systemd/*.service")]}
    hints = {
        path.name: re.findall(r"(?:pip|pipx|tool) install [^\n]*tiktok2mqtt\b", text) for path, text in texts.items()
    }
    assert {name: found for name, found in hints.items() if found} == {}
