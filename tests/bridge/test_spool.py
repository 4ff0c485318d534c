import logging
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiktok2mqtt.bridge.outbox import Message
from tiktok2mqtt.bridge.policies import Box
from tiktok2mqtt.bridge.spool import Spool


def message(text: str, age_s: float = 0.0) -> Message:
    at = time.monotonic() - age_s
    return Message(f"tiktok/alice/{text}", text.encode(), 1, text == "kept", Box.PRIORITY, at, text)


def texts(spool: Spool, number: int = 0, limit: int = -1) -> list[str]:
    return [message.payload.decode() for message in spool.after(number, limit)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


@pytest.fixture
def spool(path: Path) -> Iterator[Spool]:
    opened = Spool(path)
    yield opened
    opened.close()


def test_what_was_added_is_there_when_the_file_is_opened_again(path: Path) -> None:
    first = Spool(path)
    sent = [message("gift", age_s=7), message("kept")]
    for one in sent:
        one.number = first.add(one)
    # Not closed: that is how a killed process leaves it.
    second = Spool(path)
    found = second.after(0, -1)
    assert [one.at for one in found] == pytest.approx([one.at for one in sent], abs=0.5)
    for one, other in zip(found, sent, strict=True):
        one.at = other.at
    assert found == sent
    first.close()
    second.close()


def test_it_is_read_in_steps_and_in_order(spool: Spool) -> None:
    numbers = [spool.add(message(str(number))) for number in range(5)]
    assert texts(spool, 0, 2) == ["0", "1"]
    assert texts(spool, numbers[1] or 0, 2) == ["2", "3"]
    assert texts(spool, numbers[1] or 0) == ["2", "3", "4"]
    assert spool.count() == 5


def test_no_number_is_given_twice(spool: Spool) -> None:
    last = 0
    for _ in range(3):
        number = spool.add(message("gift"))
        assert number is not None
        assert number > last
        last = number
        spool.remove([number])
        assert spool.count() == 0


def test_a_clock_that_was_set_back_makes_nothing_younger_than_now(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.add(message("gift"))
    wall = time.time()
    monkeypatch.setattr(time, "time", lambda: wall - 3600)
    assert spool.after(0, 1)[0].at <= time.monotonic()


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"this is no database, however long it may be" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096),
        lambda path: sqlite3.connect(path).execute("PRAGMA user_version = 99").connection.close(),
    ],
    ids=["no database", "broken page", "newer version"],
)
def test_a_damaged_file_is_kept_aside(path: Path, damage: object, caplog: pytest.LogCaptureFixture) -> None:
    before = Spool(path)
    before.add(message("gift"))
    before.close()
    assert callable(damage)
    damage(path)
    content = path.read_bytes()
    after = Spool(path)
    assert after.trouble is None
    assert after.add(message("follow")) is not None
    assert texts(after) == ["follow"]
    after.close()
    (aside,) = path.parent.glob("outbox.sqlite.damaged-*")
    assert aside.read_bytes() == content
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert aside.name in caplog.text


def test_where_no_file_can_be_it_says_so_and_keeps_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spool = Spool(tmp_path)
    assert spool.trouble == f"{tmp_path} cannot be used: unable to open database file"
    assert spool.add(message("gift")) is None
    assert (spool.after(0, -1), spool.count()) == ([], 0)
    spool.remove([1])
    spool.close()
    assert len(caplog.records) == 1


def test_a_full_disk_is_said_once_and_its_end_too(spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    database = spool._database
    assert database is not None
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages}")
    big = message("x" * 10_000)
    assert [spool.add(big) for _ in range(3)] == [None] * 3
    assert spool.trouble is not None
    assert "full" in spool.trouble
    database.execute("PRAGMA max_page_count = 1000000")
    assert spool.add(big) is not None
    assert spool.trouble is None
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.INFO]


def test_a_file_that_goes_bad_meanwhile_is_put_aside(path: Path, spool: Spool) -> None:
    class Broken:
        def execute(self, *_: object) -> object:
            raise sqlite3.DatabaseError("database disk image is malformed")

        def close(self) -> None:
            pass

    working = spool._database
    assert working is not None
    working.close()
    spool._database = Broken()  # type: ignore[assignment]
    assert spool.add(message("gift")) is None
    assert spool.add(message("follow")) is not None
    assert texts(spool) == ["follow"]
    assert len(list(path.parent.glob("outbox.sqlite.damaged-*"))) == 1


def test_closing_twice_is_harmless(path: Path) -> None:
    spool = Spool(path)
    spool.close()
    spool.close()
