import errno
import logging
import os
import time
from pathlib import Path

import pytest

from bench.soak.disk import fill, free
from tests.small_disk import MIB, small_disk
from tiktok2mqtt.bridge.mqtt.database_files import Reserve, remove_set_aside


def set_aside_at(folder: Path, seconds_ago: float, name: str = "words.sqlite") -> Path:
    """Make a file as it is set aside, with an earlier time of its last change."""
    stamp = time.strftime("%Y%m%dT%H%M%S", time.localtime(time.time() - seconds_ago))
    path = folder / f"{name}.damaged-{stamp}"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").touch()
        os.utime(f"{path}{suffix}", (0, 0))
    return path


def test_files_that_were_set_aside_are_deleted_after_some_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    young, old, older = (set_aside_at(tmp_path, seconds) for seconds in (500.0, 700.0, 1e6))
    old_outbox = set_aside_at(tmp_path, 700.0, "outbox.sqlite")
    kept = {tmp_path / name for name in ("words.sqlite", "words.sqlite-wal", "x.sqlite.damaged-notes", "rooms.json")}
    for path in kept:
        path.touch()
    kept |= {Path(f"{young}{suffix}") for suffix in ("", "-wal", "-shm")}
    remove_set_aside(tmp_path, 600.0)
    assert set(tmp_path.iterdir()) == kept
    deleted = sorted(f"{path}{suffix}" for path in (old, older, old_outbox) for suffix in ("", "-wal", "-shm"))
    assert sorted(caplog.messages) == [f"deleted {path}" for path in deleted]


def not_supported(*_: int) -> None:
    raise OSError(errno.EOPNOTSUPP, "Operation not supported")


@pytest.fixture(params=["fallocate", "not supported by the file system", "no such function"])
def allocation(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How space can be reserved."""
    if request.param == "no such function":
        monkeypatch.delattr(os, "posix_fallocate")
    elif request.param == "not supported by the file system":
        monkeypatch.setattr(os, "posix_fallocate", not_supported)


@pytest.mark.usefixtures("allocation")
def test_a_reserve_takes_up_space_until_it_is_released(tmp_path: Path) -> None:
    path = tmp_path / "reserve"
    reserve = Reserve(path)
    assert (reserve.size, reserve.is_held) == (0, False)

    def on_disk() -> int:
        # In units of 512 bytes, see stat(2).
        return path.stat().st_blocks * 512

    for _ in range(2):
        assert reserve.take()
        assert (reserve.size, reserve.is_held) == (4 * MIB, True)
        assert on_disk() >= 4 * MIB
        reserve.release(keep_half=True)
        assert (reserve.size, reserve.is_held) == (2 * MIB, True)
        reserve.release(keep_half=False)
        assert (reserve.size, reserve.is_held, on_disk()) == (0, False, 0)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("allocation")
def test_a_reserve_that_does_not_fit_is_half_as_large_or_empty(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 3 * MIB) as folder:
        reserve = Reserve(folder / "reserve")
        assert reserve.take()
        assert (reserve.size, free(folder)) == (2 * MIB, MIB)
        reserve.release(keep_half=False)
        other = fill(folder)
        assert not reserve.take()
        assert (reserve.size, free(folder), reserve.error) == (0, 0, "No space left on device")
        other.unlink()
        assert reserve.take()


def test_a_folder_that_does_not_exist_has_no_reserve(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "missing" / "reserve")
    assert not reserve.take()
    assert reserve.error == "No such file or directory"
    reserve.release(keep_half=False)
    assert reserve.size == 0
