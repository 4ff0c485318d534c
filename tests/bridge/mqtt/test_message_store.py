import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiktok2mqtt.bridge.mqtt.message_store import SqliteMessageStore
from tiktok2mqtt.bridge.mqtt.outbox import Message
from tiktok2mqtt.bridge.mqtt.policies import QueueClass


def message(text: str, age_s: float = 0.0) -> Message:
    at = time.monotonic() - age_s
    return Message(
        f"tiktok/alice/{text}", text.encode(), 1, text == "kept", QueueClass.PRIORITY, at, text, room="alice"
    )


def texts(spool: SqliteMessageStore, number: int = 0, limit: int = -1) -> list[str]:
    return [message.payload.decode() for message in spool.after(number, limit)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


@pytest.fixture
def spool(path: Path) -> Iterator[SqliteMessageStore]:
    opened = SqliteMessageStore(path)
    yield opened
    opened.close()


def test_what_was_added_is_there_when_the_file_is_opened_again(path: Path) -> None:
    first = SqliteMessageStore(path)
    sent = [message("gift", age_s=7), message("kept")]
    for one in sent:
        one.number = first.add(one)
    # Not closed: that is how a killed process leaves it.
    second = SqliteMessageStore(path)
    found = second.after(0, -1)
    assert [one.at for one in found] == pytest.approx([one.at for one in sent], abs=0.5)
    for one, other in zip(found, sent, strict=True):
        one.at = other.at
    assert found == sent
    first.close()
    second.close()


def test_it_is_read_in_steps_and_in_order(spool: SqliteMessageStore) -> None:
    numbers = [spool.add(message(str(number))) for number in range(5)]
    assert texts(spool, 0, 2) == ["0", "1"]
    assert texts(spool, numbers[1] or 0, 2) == ["2", "3"]
    assert texts(spool, numbers[1] or 0) == ["2", "3", "4"]
    assert spool.count() == 5


def test_no_number_is_given_twice(spool: SqliteMessageStore) -> None:
    last = 0
    for _ in range(3):
        number = spool.add(message("gift"))
        assert number is not None
        assert number > last
        last = number
        spool.remove([number])
        assert spool.count() == 0


def test_a_clock_that_was_set_back_makes_nothing_younger_than_now(
    spool: SqliteMessageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.add(message("gift"))
    wall = time.time()
    monkeypatch.setattr(time, "time", lambda: wall - 3600)
    assert spool.after(0, 1)[0].at <= time.monotonic()


def test_where_the_disk_fails_nothing_is_kept_and_nothing_raises(tmp_path: Path) -> None:
    # A folder is no file.
    spool = SqliteMessageStore(tmp_path)
    assert spool.trouble == f"{tmp_path} cannot be used: unable to open database file"
    assert spool.add(message("gift")) is None
    assert (spool.after(0, -1), spool.count()) == ([], 0)
    spool.remove([1])
    spool.close()


def test_a_damaged_file_that_is_replaced_gives_no_number_twice(path: Path, spool: SqliteMessageStore) -> None:
    before = [spool.add(message(text)) for text in ("lost", "lost too")]
    for file in path.parent.glob(f"{path.name}*"):
        file.write_bytes(b"no database" * 1000)
    # The first one finds out, and is kept by nobody but its owner.
    while (number := spool.add(message("gift"))) is None:
        pass
    assert number > max(one or 0 for one in before)
    assert texts(spool, max(one or 0 for one in before)) == ["gift"]
    spool.remove(one for one in before if one is not None)
    assert texts(spool) == ["gift"]
