"""Node-RED: the one at NODERED_URL, whose flows are replaced, or a new one if `node-red` is installed."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.helpers import until
from tests.mqtt import MOSQUITTO, Mosquitto, free_port
from tests.nodered.editor import Editor

_START_S = 60.0
_SETTINGS = {
    "uiHost": "127.0.0.1",
    "flowFile": "flows.json",
    "credentialSecret": "test",
    "telemetry": {"enabled": False, "updateNotification": False},
    "editorTheme": {"tours": False, "palette": {"catalogues": []}},
}


def _responds(url: str) -> bool:
    try:
        return requests.get(f"{url}/flows", timeout=1).ok
    except requests.RequestException:
        return False


@contextmanager
def _node_red(command: str, folder: Path) -> Iterator[str]:
    """Run Node-RED without flows; yield its URL."""
    port = free_port()
    (folder / "flows.json").write_text("[]")
    (folder / "settings.js").write_text(f"module.exports = {json.dumps(_SETTINGS | {'uiPort': port})}")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [command, "-u", str(folder), "-s", str(folder / "settings.js")],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        return _responds(url)

    try:
        until(ready, _START_S)
        yield url
    finally:
        process.terminate()
        process.wait(_START_S)


@pytest.fixture(scope="session")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    url, command = os.environ.get("NODERED_URL"), shutil.which("node-red")
    if url:
        with Editor(url) as editor:
            yield editor
    elif command:
        with _node_red(command, tmp_path_factory.mktemp("node-red")) as new_url, Editor(new_url) as editor:
            yield editor
    else:
        pytest.skip("NODERED_URL is not set and node-red is not installed; see docs/development.md")


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """A broker for this module only: the flow uses the default topics."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker
