"""The command `report`: reads a recording and writes the page."""

import sys
from pathlib import Path

from tiktok2mqtt.bridge.privacy import PrivacyFilter
from tiktok2mqtt.cli.report.live import read_live
from tiktok2mqtt.cli.terminal import DONE, FAILED, missing_extra
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.webcast.recording import RecordingError, read_recording


def report(settings: Settings, path: Path, output: Path) -> int:
    """Write a report of a recording, with what the privacy settings leave; return the exit status."""
    try:
        from tiktok2mqtt.cli.report.page import page  # noqa: PLC0415 - takes time, and matplotlib may be missing
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] != "matplotlib":
            raise
        return missing_extra("matplotlib", "report")
    privacy = PrivacyFilter(settings.privacy)
    try:
        with path.open("rb") as file:
            recording = read_recording(file)
            live = read_live(recording.room, map(privacy.redact, recording.events(lambda _seconds: False)))
    except OSError as error:
        return _failed(f"cannot read {path}: {error.strerror}")
    except RecordingError as error:
        return _failed(f"{path}: {error}")
    try:
        output.write_text(page(live), encoding="utf-8")
    except OSError as error:
        return _failed(f"cannot write {output}: {error.strerror}")
    print(f"report written to {output}")
    return DONE


def _failed(reason: str) -> int:
    print(f"tiktok2mqtt report: {reason}", file=sys.stderr)
    return FAILED
