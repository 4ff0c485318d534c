import os
from pathlib import Path

import pytest

from tiktok2mqtt.settings import sources


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without the machine's own variables and secrets."""
    for variable in list(os.environ):
        if variable.startswith("TIKTOK2MQTT_"):
            monkeypatch.delenv(variable)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setattr(sources, "CONTAINER_SECRETS", tmp_path / "container")
    monkeypatch.chdir(tmp_path)
    return tmp_path
