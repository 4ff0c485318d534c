"""How this installation gets an extra. No package index has the package, so it is installed from its source."""

import sys
from pathlib import PurePath


def install_hint(extra: str) -> str:
    """Return what to do to install an extra, in the way in which the package was installed."""
    return f"run {_command()} '.[{extra}]' in a clone of its repository"


def _command() -> str:
    parts = PurePath(sys.prefix).parts
    if "pipx" in parts:
        return "pipx install --force"
    if "uv" in parts and "tools" in parts:
        return "uv tool install --force"
    return f"{sys.executable} -m pip install"
