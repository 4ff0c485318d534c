import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon import command, tree
from tests.mqtt import TIMEOUT_S, Broker, free_port
from tiktok2mqtt.cli.check import check
from tiktok2mqtt.settings import Settings
from tiktok2mqtt.simulator import Simulator


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator() as simulator:
        simulator.room("alice").go_live(title="Coo\x1b[2Jking")
        yield simulator


def test_everything_works(sim: Simulator, broker: Broker, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.model_validate(tree(sim, broker.port))
    assert check(settings) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"settings: ok, rooms: alice\n\nbroker 127.0.0.1:{broker.port}\n  connect ")
    assert re.search(r"\n  connection +ok +\d+ ms  works with direct", shown)
    assert shown.endswith("\nall checks passed\n")
    assert "\x1b" not in shown


def test_a_broker_that_is_away_is_status_1_and_the_rooms_are_tested(
    sim: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(Settings.model_validate(tree(sim, free_port()))) == 1
    shown = capsys.readouterr().out
    assert re.search(r"\n  connect +FAILED +\d+ ms  cannot reach the broker: ", shown)
    assert "works with direct" in shown
    assert shown.endswith("\na check failed, see above\n")


@pytest.mark.parametrize("broker", ["embedded"], indirect=True)
def test_the_command_shows_no_secrets(sim: Simulator, broker: Broker, tmp_path: Path) -> None:
    secret = {"proxies": f"bob=http://u:s3cret@127.0.0.1:{free_port()}", "cookies": "sessionid=s3cret"}
    settings = tree(sim, broker.port, tiktok=secret)
    rooms = ("--room", "alice", "--room", "bob")
    with command("check", *rooms, settings=settings, folder=tmp_path) as child:
        shown, errors = child.communicate(timeout=TIMEOUT_S)
    assert (child.returncode, errors) == (1, "")
    assert "(proxy)" in shown
    assert "s3cret" not in shown


def test_what_should_be_changed_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.model_validate({"mqtt": {"host": "127.0.0.1", "port": free_port()}})
    settings.warnings.append("chmod something")
    check(settings)
    assert capsys.readouterr().out.splitlines()[1] == "warning: chmod something"


def test_wrong_settings_are_status_2(sim: Simulator, tmp_path: Path) -> None:
    with command("check", settings=tree(sim, 1883, max_rooms=0), folder=tmp_path) as child:
        shown, errors = child.communicate(timeout=TIMEOUT_S)
    assert (child.returncode, shown) == (2, "")
    assert errors.startswith("tiktok2mqtt: max_rooms: must be ")
