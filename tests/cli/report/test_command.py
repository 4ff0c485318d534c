import sys
from pathlib import Path

import pytest

from tests.cli.test_recordings_replay import path as recording
from tiktok2mqtt.cli.main import main

__all__ = ["recording"]


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_recording_becomes_a_page(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(recording), "-o", "page.html"]) == 0
    assert capsys.readouterr().out == "report written to page.html\n"
    assert "<b>3</b>comments" in Path("page.html").read_text()


def test_the_privacy_settings_apply(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOK2MQTT_PRIVACY__NAMES", "false")
    assert main(["report", str(recording)]) == 0
    assert "somebody" in Path("report.html").read_text()


@pytest.mark.parametrize("content", [None, b"", b"hello\n"])
def test_another_file_is_an_error(content: bytes | None, capsys: pytest.CaptureFixture[str]) -> None:
    if content is not None:
        Path("file").write_bytes(content)
    assert main(["report", "file"]) == 1
    assert capsys.readouterr().err.startswith("tiktok2mqtt report: ")
    assert not Path("report.html").exists()


def test_a_page_that_cannot_be_written(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(recording), "-o", "none/page.html"]) == 1
    assert "cannot write none/page.html: No such file or directory" in capsys.readouterr().err


def test_without_matplotlib_it_says_what_to_install(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "tiktok2mqtt.cli.report.page", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["report", str(recording)]) == 1
    assert "this needs matplotlib: run " in capsys.readouterr().err
