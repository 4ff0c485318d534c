import logging
import os
import stat
from pathlib import Path

import orjson
import pytest

from tiktok2mqtt.bridge.rooms_file import FILE, LOCK_FILE, MAX_FILE_BYTES, RoomsFile, SavedRooms, StateDirInUse

KEPT = SavedRooms(("bob", "carol"), ("alice",))
NOT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def reopened(store: RoomsFile, folder: Path) -> RoomsFile:
    store.close()
    return RoomsFile(folder)


def test_the_next_process_loads_what_was_saved(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "by us"
    store = RoomsFile(folder)
    assert store.load() == SavedRooms()
    store.save(KEPT)
    assert reopened(store, folder).load() == KEPT
    assert (mode(folder), mode(folder / FILE), mode(folder / LOCK_FILE)) == (0o700, 0o600, 0o600)
    assert {path.name for path in folder.iterdir()} == {FILE, LOCK_FILE}
    assert store.health() == {"lasting": True, "problem": None}


def test_the_file_can_be_read_by_people(tmp_path: Path) -> None:
    RoomsFile(tmp_path).save(KEPT)
    text = '{\n  "version": 1,\n  "rooms": [\n    "bob",\n    "carol"\n  ],\n  "disconnected": [\n    "alice"\n  ]\n}\n'
    assert (tmp_path / FILE).read_text() == text


def test_without_a_folder_nothing_is_saved_and_that_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    store = RoomsFile(None)
    with caplog.at_level(logging.INFO):
        assert store.load() == SavedRooms()
    words = "state_dir is not set: rooms added by command are forgotten when the daemon ends"
    assert caplog.messages == [words]
    store.save(KEPT)
    assert store.health() == {"lasting": False, "problem": words}
    store.close()


def test_a_second_daemon_is_kept_out_until_the_first_has_ended(tmp_path: Path) -> None:
    first = RoomsFile(tmp_path)
    with pytest.raises(StateDirInUse) as caught:
        RoomsFile(tmp_path)
    assert str(caught.value) == f"state_dir: {tmp_path} is in use by another tiktok2mqtt; give each its own"
    first.close()
    first.close()
    RoomsFile(tmp_path).close()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Input is a zero-length, empty document"),
        (b'{"version": 1, "rooms": ["bob"', "unexpected end"),
        (b"\x00\xff", "str is not valid UTF-8"),
        (b"[]", "it is not an object of version 1"),
        (b'{"version": 2, "rooms": [], "disconnected": []}', "it is not an object of version 1"),
        (b'{"version": 1, "rooms": "bob", "disconnected": []}', "its rooms is not a list of names"),
        (b'{"version": 1, "rooms": ["bob"]}', "its disconnected is not a list of names"),
        (b'{"version": 1, "rooms": [5], "disconnected": []}', "its rooms is not a list of names"),
        (b'{"version": 1, "rooms": ["a b"], "disconnected": []}', "a room must be a TikTok user name"),
        (b" " * (MAX_FILE_BYTES + 1), f"it has more than {MAX_FILE_BYTES} bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_set_aside(
    tmp_path: Path, content: bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / FILE
    path.write_bytes(content)
    store = RoomsFile(tmp_path)
    assert store.load() == SavedRooms()
    [aside] = tmp_path.glob(f"{FILE}.corrupt-*")
    assert aside.read_bytes() == content
    assert not path.exists()
    problem = store.health()["problem"]
    assert problem.startswith(f"state_dir: {path} could not be used ({reason}")
    assert problem.endswith(f"; it is kept as {aside.name}")
    assert caplog.messages == [problem]
    store.save(KEPT)
    assert reopened(store, tmp_path).load() == KEPT
    assert store.health() == {"lasting": True, "problem": problem}


def test_a_file_that_cannot_be_renamed_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).write_bytes(b"{")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    store = RoomsFile(tmp_path)
    monkeypatch.setattr(Path, "rename", refuse)
    assert store.load() == SavedRooms()
    store.save(KEPT)
    assert (tmp_path / FILE).read_bytes() == b"{"
    assert not store.health()["lasting"]
    assert "cannot be set aside" in caplog.text


@pytest.mark.parametrize("step", ["open", "fsync"])
def test_a_failed_write_leaves_the_old_file_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: str
) -> None:
    store = RoomsFile(tmp_path)
    store.save(KEPT)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, step, fail)
        store.save(SavedRooms(("dave",)))
    problem = f"state_dir: {tmp_path / FILE} cannot be written (No space left on device)"
    assert caplog.messages == [f"{problem}; rooms added by command may be forgotten when the daemon ends"]
    assert store.health() == {"lasting": False, "problem": problem}
    assert orjson.loads((tmp_path / FILE).read_bytes())["rooms"] == ["bob", "carol"]
    store.save(SavedRooms(("dave",)))
    assert store.health() == {"lasting": True, "problem": None}
    assert reopened(store, tmp_path).load() == SavedRooms(("dave",))


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "folder"
    store = RoomsFile(folder)
    assert store.load() == SavedRooms()
    store.save(KEPT)
    assert not store.health()["lasting"]
    assert all(line.startswith(f"state_dir: {folder}") for line in caplog.messages)
    assert len(caplog.messages) == 2


@NOT_ROOT
def test_a_read_only_folder_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    store = RoomsFile(tmp_path)
    store.save(KEPT)
    assert not store.health()["lasting"]


def test_nothing_is_written_when_nothing_has_changed(tmp_path: Path) -> None:
    store = RoomsFile(tmp_path)
    store.save(KEPT)
    before = (tmp_path / FILE).stat()
    store.save(KEPT)
    assert (tmp_path / FILE).stat() == before
