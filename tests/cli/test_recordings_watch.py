import re
import signal
from pathlib import Path

import pytest

from tests.daemon import command, tree
from tests.mqtt import TIMEOUT_S, free_port
from tiktok2mqtt.cli.main import main
from tiktok2mqtt.simulator import Simulator


def test_a_room_is_shown_when_it_goes_live(sim: Simulator, tmp_path: Path) -> None:
    room = sim.room("alice")
    with command(
        "watch", "@Alice", "--duration", "20", settings=tree(sim, free_port(), rooms=()), folder=tmp_path
    ) as child:
        assert child.stdout is not None
        lines = iter(child.stdout.readline, "")
        assert any("tiktok/alice/connection" in line and "offline" in line for line in lines)
        room.go_live(title="Cooking")
        room.wait_for_client()
        room.chat("bob", "hello\x1b[2J")
        assert any(re.search(r"tiktok/alice/chat +Bob: hello \[2J$", line) for line in lines)
        child.send_signal(signal.SIGINT)
        shown, errors = child.communicate(timeout=TIMEOUT_S)
    assert (child.returncode, errors) == (0, "")
    assert "\x1b" not in shown


def test_an_invalid_room_name_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["watch", "a b"])
    assert caught.value.code == 2
    assert "argument USER: a room must be a TikTok user name" in capsys.readouterr().err


def test_wrong_settings_are_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIKTOK2MQTT_EVENTS", "gifts")
    assert main(["watch", "alice"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("tiktok2mqtt: events: no such event: gifts (did you mean gift?)")
