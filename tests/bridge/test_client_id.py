from pathlib import Path

import pytest

from tiktok2mqtt.bridge.client_id import FILE, default_client_id


def test_it_is_kept(tmp_path: Path) -> None:
    first = default_client_id(tmp_path)
    assert first.startswith("tiktok2mqtt-")
    # MQTT 3.1.1 lets a broker refuse more than 23 characters.
    assert len(first) <= 23
    assert default_client_id(tmp_path) == first
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_each_installation_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    ids = {default_client_id(folder) for folder in (tmp_path, tmp_path / "other", None, None)}
    assert len(ids) == 4


@pytest.mark.parametrize("content", ["", "[]", '{"version": 1, "client_id": "a/b"}', '{"version": 2}'])
def test_a_damaged_file_is_replaced(content: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(content)
    client_id = default_client_id(tmp_path)
    assert default_client_id(tmp_path) == client_id


def test_a_folder_that_cannot_be_written_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert default_client_id(tmp_path / "none").startswith("tiktok2mqtt-")
    assert "the next start uses another client id" in caplog.text
