import signal
import stat
from pathlib import Path

from tests.daemon import command, tree
from tests.helpers import until
from tests.mqtt import TIMEOUT_S, free_port
from tiktok2mqtt.simulator import Simulator


def test_a_room_is_recorded_until_a_signal_comes(sim: Simulator, tmp_path: Path) -> None:
    room = sim.room("alice")
    room.go_live()
    path = tmp_path / "alice.jsonl"
    with command("record", "alice", path.name, settings=tree(sim, free_port(), rooms=()), folder=tmp_path) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "recording alice (direct) to alice.jsonl; Ctrl-C to stop\n"
        room.wait_for_client()
        room.chat("bob", "hello")
        until(lambda: path.read_bytes().count(b"\n") >= 2)
        child.send_signal(signal.SIGINT)
        shown, errors = child.communicate(timeout=TIMEOUT_S)
    assert (child.returncode, errors) == (0, "")
    assert shown == "1 message recorded\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_offline_room_is_status_1_and_leaves_no_file(sim: Simulator, tmp_path: Path) -> None:
    sim.room("alice")
    with command("record", "alice", "x", settings=tree(sim, free_port(), rooms=()), folder=tmp_path) as child:
        shown, errors = child.communicate(timeout=TIMEOUT_S)
    assert (child.returncode, shown) == (1, "")
    assert errors == "tiktok2mqtt record: alice is not live\nnothing was recorded\n"
    assert not (tmp_path / "x").exists()


def test_no_file_is_overwritten(sim: Simulator, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("precious")
    with command("record", "alice", "x", settings=tree(sim, free_port(), rooms=()), folder=tmp_path) as child:
        _, errors = child.communicate(timeout=TIMEOUT_S)
    assert (child.returncode, errors) == (1, "tiktok2mqtt record: cannot create x: File exists\n")
    assert (tmp_path / "x").read_text() == "precious"
