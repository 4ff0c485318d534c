"""A disk that is full: what was delivered is deleted nevertheless, and everything works again when there is space."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.soak.disk import fill, free
from tests.bridge.mqtt.state_rig import MIGRATIONS, after_kill, gift
from tests.small_disk import KIB, MIB, small_disk
from tiktok2mqtt.bridge.mqtt.database import Database
from tiktok2mqtt.bridge.mqtt.database_files import Reserve
from tiktok2mqtt.bridge.mqtt.message_store import Message, MessageStore
from tiktok2mqtt.bridge.mqtt.queues import RETRY_S, PriorityQueue


@contextmanager
def limited_files(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as a quota does."""
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, unlimited[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)


class Run:
    """A queue on a database. Its clock goes on by 10 s with each step, so that what has failed is tried again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = Database(path, MIGRATIONS, consequence="it waits in memory")
        self.store = MessageStore(self.database)
        self.queue = PriorityQueue(self.store)
        self._now = 0.0
        self._count = 0

    def step(self) -> None:
        self._now += 2 * RETRY_S
        self.queue.sync(self._now)

    def put(self, count: int) -> int:
        """Queue messages of some 1.5 KB; return how many of them were saved."""
        saved = 0
        for _ in range(count):
            saved += self.queue.commit([self._message()])
        return saved

    def put_until_full(self) -> int:
        """Queue messages until ten in a row are not saved; return how many there are."""
        failed, before = 0, self._count
        while failed < 10:
            failed = 0 if self.put(1) else failed + 1
        return self._count - before

    def _message(self) -> Message:
        self._count += 1
        message = gift(str(self._count))
        message.payload += b" " * 1_500
        return message

    def deliver(self) -> int:
        """Take everything and acknowledge it; return how much it was."""
        count = 0
        for _ in range(10_000):
            taken = self.queue.take(100, 100)
            self.queue.done(taken)
            count += len(taken)
            self.step()
            if not self.queue.unacknowledged:
                break
        # The space that was used is returned in steps.
        for _ in range(100):
            self.step()
        return count

    def left(self, folder: Path) -> int:
        """Return how many messages the next process would find on the disk if this one was killed now."""
        copy = Database(after_kill(self.path, folder), MIGRATIONS, consequence="")
        count, _ = MessageStore(copy).size()
        copy.close()
        return count


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[[Path], Run]]:
    opened: list[Run] = []

    def open_it(folder: Path = tmp_path) -> Run:
        opened.append(Run(folder / "state.sqlite"))
        return opened[-1]

    yield open_it
    for one in opened:
        one.database.close()


@pytest.mark.parametrize("size", [3 * MIB, 5 * MIB, 9 * MIB])
def test_a_disk_that_the_database_has_filled_is_used_again_when_everything_was_delivered(
    tmp_path: Path, run: Callable[..., Run], size: int
) -> None:
    with small_disk(tmp_path / "disk", size) as folder:
        one = run(folder)
        for _ in range(2):
            count = one.put_until_full()
            assert not one.store.is_well
            assert one.deliver() == count
            assert one.left(tmp_path) == 0
            assert one.store.is_well
            assert one.put(5) == 5
            assert one.deliver() == 5
        one.database.close()


def test_what_was_delivered_is_deleted_although_others_have_filled_the_disk(
    tmp_path: Path, run: Callable[..., Run]
) -> None:
    with small_disk(tmp_path / "disk", 12 * MIB) as folder:
        one = run(folder)
        one.put(500)
        other = fill(folder)
        assert free(folder) < 4 * KIB
        count = 500 + one.put_until_full()
        assert one.deliver() == count
        assert one.left(tmp_path) == 0
        other.unlink()
        one.step()
        assert one.store.is_well
        assert Reserve(folder / "state.sqlite-reserve").size == Reserve.FULL_BYTES
        assert one.put(2_000) == 2_000
        one.database.close()


def test_a_start_on_a_full_disk_tells_nothing_twice(tmp_path: Path, run: Callable[..., Run]) -> None:
    with small_disk(tmp_path / "disk", 8 * MIB) as folder:
        before = run(folder)
        assert before.put(500) == 500
        before.database.close()
        fill(folder)
        one = run(folder)
        assert one.deliver() == 500
        assert one.left(tmp_path) == 0
        one.database.close()


def test_a_first_start_on_a_full_disk_works_when_there_is_space(tmp_path: Path, run: Callable[..., Run]) -> None:
    with small_disk(tmp_path / "disk", 8 * MIB) as folder:
        other = fill(folder)
        one = run(folder)
        assert one.put(3) == 0
        one.step()
        assert not one.store.is_well
        other.unlink()
        one.step()
        assert one.store.is_well
        assert one.left(tmp_path) == 3
        assert one.put(3) == 3
        assert one.deliver() == 6
        one.database.close()


def test_a_write_ahead_log_that_cannot_grow_is_written_from_its_start(tmp_path: Path, run: Callable[..., Run]) -> None:
    one = run()
    # The pages of these are used again.
    one.put(300)
    assert one.deliver() == 300
    one.database.erase()
    with limited_files(800 * KIB):
        # A third of them would fit the log, and none of the deletions.
        assert one.put(200) == 200
        assert one.deliver() == 200
        assert one.left(tmp_path) == 0
    one.step()
    assert one.store.is_well
