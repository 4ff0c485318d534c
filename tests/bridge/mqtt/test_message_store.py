import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bridge.mqtt.state_rig import Disk, disk, gift, texts
from tiktok2mqtt.bridge.mqtt.message_store import Message, MessageStore
from tiktok2mqtt.bridge.mqtt.outbox import Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass

ALL = (0, 2**62, -1)


def numbered(text: str, number: int, age_s: float = 0.0) -> Message:
    return dataclasses.replace(gift(text, age_s), number=number)


@pytest.fixture(name="disk")
def a_disk(tmp_path: Path) -> Iterator[Disk]:
    with disk(tmp_path) as made:
        yield made


def test_an_event_that_waited_says_so() -> None:
    payload = b'{"id":"1","delayed":false,"comment":"\\"delayed\\":false"}'
    delayed = b'{"id":"1","delayed":true,"comment":"\\"delayed\\":false"}'
    event = Message("t", payload, 0, False, QueueClass.STREAMING, 100.0)
    assert event.payload_at(105.0) == payload
    assert event.payload_at(105.1) == delayed
    # Nothing could be sent when it was created.
    assert event.payload_at(103.0, waited_until=100.0) == payload
    assert event.payload_at(103.0, waited_until=100.1) == delayed


def test_a_state_document_is_never_delayed() -> None:
    state = Message("t", b'{"delayed":false}', 1, True, QueueClass.STATE, 100.0)
    assert state.payload_at(1000.0) == b'{"delayed":false}'


def test_the_next_process_finds_the_messages_as_they_were(disk: Disk) -> None:
    sent = [numbered("gift", 3, age_s=7), dataclasses.replace(numbered("kept", 5), retain=True, room="bob")]
    assert disk.open().add(sent)
    found = disk.open().between(*ALL) or []
    assert [one.created_at for one in found] == pytest.approx([one.created_at for one in sent], abs=0.5)
    for one, other in zip(found, sent, strict=True):
        one.created_at = other.created_at
    assert found == sent


def test_messages_are_read_in_parts_and_in_order(disk: Disk) -> None:
    store = disk.open()
    store.add([numbered(str(number), number) for number in (4, 2, 9, 7)])
    assert texts(store.between(0, 9, 2)) == ["2", "4"]
    assert texts(store.between(4, 9, 2)) == ["7", "9"]
    assert texts(store.between(2, 7, -1)) == ["4", "7"]
    assert store.size() == (4, 9)
    assert store.remove([9, 4])
    assert texts(store.between(*ALL)) == ["2", "7"]
    assert store.size() == (2, 7)


def test_messages_and_further_writes_are_one_transaction(disk: Disk) -> None:
    store = disk.open()
    assert not store.add(
        [numbered("gift", 1)], [lambda connection: connection.execute("INSERT INTO nowhere VALUES (1)")]
    )
    assert store.size() == (0, 0)


def test_a_clock_that_is_set_changes_no_age(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    store = disk.open()
    store.add([numbered("gift", 1, age_s=10)])
    wall = time.time()
    for offset_s in (3600, -3600):
        monkeypatch.setattr(time, "time", lambda offset_s=offset_s: wall + offset_s)
        (found,) = store.between(*ALL) or []
        assert time.monotonic() - found.created_at == pytest.approx(10, abs=1)


HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


def ages(store: MessageStore) -> list[float]:
    return [time.monotonic() - message.created_at for message in store.between(*ALL) or ()]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the system's clock forward by seconds, compared with the real one."""
    wall = time.time
    return lambda by_s: monkeypatch.setattr(time, "time", lambda: wall() + by_s)


@pytest.mark.parametrize("by_s", [3 * DAY_S, -3 * DAY_S, -HOUR_S, 40 * 365 * DAY_S, -40 * 365 * DAY_S])
def test_a_clock_that_was_set_between_two_runs_makes_no_message_too_old(
    disk: Disk, set_clock: Callable[[float], None], by_s: float, caplog: pytest.LogCaptureFixture
) -> None:
    disk.open().add([numbered("first", 1, age_s=50), numbered("second", 2, age_s=20)])
    set_clock(by_s)
    store = disk.open()
    assert ages(store) == pytest.approx([30, 0], abs=1)
    assert len(caplog.messages) == 1
    store.add([numbered("third", 3, age_s=5)])
    # It is set back again.
    set_clock(0)
    assert max(ages(disk.open())) < 2 * HOUR_S


def test_the_time_between_two_runs_counts_if_it_is_at_most_a_day(
    disk: Disk, set_clock: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    disk.open().add([numbered("first", 1, age_s=50), numbered("second", 2, age_s=20)])
    set_clock(0.9 * DAY_S)
    assert ages(disk.open()) == pytest.approx([0.9 * DAY_S + 50, 0.9 * DAY_S + 20], abs=1)
    # A clock that has been corrected by a little.
    set_clock(0.9 * DAY_S - 60)
    assert ages(disk.open()) == pytest.approx([0.9 * DAY_S - 10, 0.9 * DAY_S - 40], abs=1)
    assert caplog.messages == []


def test_no_message_is_dropped_because_the_clock_was_set(disk: Disk, set_clock: Callable[[float], None]) -> None:
    for number, by_s in enumerate((3 * DAY_S, -20 * 365 * DAY_S, 0)):
        outbox = Outbox(store=disk.open(), max_age_s=DAY_S)
        outbox.put(gift(f"{number} in memory"))
        set_clock(by_s)
        outbox.put(gift(f"{number} later"))
    outbox = Outbox(store=disk.open(), max_age_s=DAY_S)
    assert len(outbox.take(100, qos1_limit=100, now=time.monotonic())) == 6
    assert outbox.dropped == {}


def test_without_a_file_nothing_is_saved_and_nothing_raises(tmp_path: Path) -> None:
    # A folder is no file.
    folder = Disk(tmp_path)
    store = folder.open()
    assert not store.add([numbered("gift", 1)])
    assert not store.remove([1])
    assert (store.between(*ALL), store.size()) == ([], (0, 0))
    folder.close()


def test_a_read_that_fails_is_told_from_an_empty_table(disk: Disk) -> None:
    store: MessageStore = disk.open()
    disk.database.read(lambda connection: connection.execute("ALTER TABLE messages RENAME TO elsewhere"))
    assert store.between(*ALL) is None
    assert store.size() == (0, 0)
