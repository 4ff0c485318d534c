from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bridge.doubles import gift
from tiktok2mqtt.bridge.store import GiftStore
from tiktok2mqtt.webcast import memory as dedup
from tiktok2mqtt.webcast.memory import GiftChanges, Remembered


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], GiftStore]]:
    """Opens the same file again and again; a process that was killed did not close it before."""
    stores: list[GiftStore] = []

    def open_it() -> GiftStore:
        stores.append(GiftStore(tmp_path / "gifts.sqlite"))
        return stores[-1]

    yield open_it
    for store in stores:
        store.close()


def test_nothing_is_remembered_of_a_room_that_had_no_gifts(opened: Callable[[], GiftStore]) -> None:
    assert opened().load("alice") is None


def test_what_was_saved_is_loaded_in_the_next_life(opened: Callable[[], GiftStore]) -> None:
    ids = [7, 2**64 - 1, 5]
    store = opened()
    store.save("alice", GiftChanges("55", ids[:2], {"a": {"count": 1}, "b": {"count": 2}}))
    store.save("bob", GiftChanges("66", [1]))
    store.save("alice", GiftChanges("55", ids[2:], {"a": None, "b": {"count": 3}}, [gift(3, 3)]))
    later = opened()
    assert later.load("alice") == Remembered("55", ids, {"b": {"count": 3}}, [gift(3, 3)])
    assert later.load("bob") == Remembered("66", [1], {}, [])


def test_events_that_were_passed_on_are_not_told_again(opened: Callable[[], GiftStore]) -> None:
    store = opened()
    for room in ("alice", "bob"):
        store.save(room, GiftChanges("55", [7], {}, [gift(3, 3)]))
    store.delivered("alice")
    assert opened().load("alice") == Remembered("55", [7], {}, [])
    assert opened().load("bob") == Remembered("55", [7], {}, [gift(3, 3)])


def test_another_live_replaces_what_there_was(opened: Callable[[], GiftStore]) -> None:
    store = opened()
    store.save("alice", GiftChanges("55", [7], {"a": {"count": 1}}, [gift(3, 3)]))
    store.save("alice", GiftChanges("56", [8]))
    assert store.load("alice") == Remembered("56", [8], {}, [])


def test_a_long_live_leaves_no_more_ids_than_are_looked_at(
    opened: Callable[[], GiftStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiktok2mqtt.bridge.store.DEFAULT_CAPACITY", 3)
    store = opened()
    store.save("bob", GiftChanges("66", [1, 2, 3, 4]))
    store.save("alice", GiftChanges("55", [1, 2, 3, 4, 5]))
    remembered = store.load("alice")
    assert remembered is not None
    assert remembered.message_ids == [3, 4, 5]
    assert dedup.DEFAULT_CAPACITY > 3


def test_a_room_can_be_forgotten(opened: Callable[[], GiftStore]) -> None:
    store = opened()
    store.save("alice", GiftChanges("55", [7], {"a": {"count": 1}}, [gift(3, 3)]))
    store.save("bob", GiftChanges("66", [8]))
    store.forget("alice")
    assert store.load("alice") is None
    assert store.load("bob") is not None


def test_a_file_that_cannot_be_used_remembers_nothing_and_raises_nothing(tmp_path: Path) -> None:
    store = GiftStore(tmp_path)
    store.save("alice", GiftChanges("55", [7]))
    store.delivered("alice")
    assert store.load("alice") is None
    assert store.trouble is not None
    store.close()
