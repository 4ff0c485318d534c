import itertools
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pytest

from tests.bridge.mqtt.state_rig import Disk, disk, gift, texts, traced
from tests.helpers import until
from tiktok2mqtt.bridge.mqtt.database_connection import Write
from tiktok2mqtt.bridge.mqtt.message_store import Message, MessageStore
from tiktok2mqtt.bridge.mqtt.queues import CHECK_INTERVAL_S, MAX_FAILED_READS, RETRY_S, PriorityQueue

MANY = 10_000
# Seconds that are far enough apart that failed work, and the check of the files, is due each time.
TIMES = itertools.count(0, 100)


def sync(queue: PriorityQueue) -> bool:
    """Sync at a time at which everything is due."""
    return queue.sync(float(next(TIMES)))


def drained(queue: PriorityQueue) -> list[str]:
    """Take everything, from disk as well."""
    taken: list[str] = []
    while batch := queue.take(MANY, MANY) or (sync(queue) and queue.take(MANY, MANY)):
        taken += texts(batch)
    return taken


class Model:
    """A queue, and what it and the disk must hold after each step; texts are numbers in the order of the commits."""

    def __init__(self, disk: Disk, seed: int) -> None:
        self.rng = random.Random(seed)
        self.disk = disk
        self.window = self.rng.choice((1, 2, 3, 5))
        self.queue = PriorityQueue(disk.open(), self.window)
        self.count = 0
        self.disk_works = True
        self.waiting: list[str] = []
        self.in_flight: list[Message] = []
        self.saved: list[str] = []
        self.unsaved: list[str] = []
        self.done_on_disk: list[str] = []

    def step(self) -> None:
        """Do one of all that may happen."""
        steps = (self.commit, self.take, self.done, self.sync, self.disk_changes, self.kill, self.delete)
        self.rng.choices(steps, (5, 5, 4, 4, 2, 1, 1))[0]()
        assert len(self.queue) <= self.window
        assert self.queue.unacknowledged == len(self.waiting) + len(self.in_flight)
        assert self.disk.texts() == self.saved

    def commit(self) -> None:
        new = [str(number) for number in range(self.count, self.count + self.rng.randint(1, 4))]
        self.count += len(new)
        assert self.queue.commit([gift(text) for text in new]) is self.disk_works
        self.waiting += new
        if self.disk_works:
            self.saved += new
        else:
            self.unsaved += new

    def take(self) -> None:
        limit, qos1_limit = self.rng.randint(0, 6), self.rng.randint(0, 6)
        taken = self.queue.take(limit, qos1_limit)
        assert len(taken) <= min(limit, qos1_limit)
        expected, self.waiting = self.waiting[: len(taken)], self.waiting[len(taken) :]
        assert texts(taken) == expected
        self.in_flight += taken

    def done(self) -> None:
        some = self.rng.sample(self.in_flight, self.rng.randint(0, len(self.in_flight)))
        self.queue.done(some)
        for message in some:
            self.in_flight.remove(message)
            (text,) = texts([message])
            if text in self.unsaved:
                self.unsaved.remove(text)
            else:
                self.done_on_disk.append(text)

    def sync(self) -> None:
        sync(self.queue)
        # Whatever the disk does: as long as something waits, there is something to take.
        assert len(self.queue) > 0 or not self.waiting
        if self.disk_works:
            self.saved = [text for text in (*self.saved, *self.unsaved) if text not in self.done_on_disk]
            self.saved.sort(key=int)
            self.unsaved, self.done_on_disk = [], []
            assert self.queue.retry_at is None

    def disk_changes(self) -> None:
        self.disk_works = not self.disk_works
        if self.disk_works:
            self.disk.heal()
        else:
            self.disk.fail()

    def delete(self) -> None:
        """Delete the files, which is noticed the next time."""
        if self.disk_works:
            self.disk.delete()
            self.sync()

    def kill(self) -> None:
        self.queue = PriorityQueue(self.disk.open(), self.window)
        self.disk_works = True
        self.waiting = list(self.saved)
        self.in_flight, self.unsaved, self.done_on_disk = [], [], []


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.unmeasured
def test_whatever_happens_queue_and_disk_hold_what_they_must(disk: Disk, seed: int) -> None:
    model = Model(disk, seed)
    for _ in range(100):
        model.step()
    assert drained(model.queue) == model.waiting


@pytest.fixture(name="disk")
def a_disk(tmp_path: Path) -> Iterator[Disk]:
    with disk(tmp_path) as made:
        yield made


def test_files_that_were_deleted_are_complete_again_after_the_next_check(disk: Disk) -> None:
    queue = PriorityQueue(disk.open(), window=2)
    queue.commit([gift(str(number)) for number in range(5)])
    queue.done(queue.take(1, MANY))
    queue.sync(100.0)
    disk.delete()
    queue.commit([gift("5")])
    # The check is due every two seconds.
    queue.sync(100.0 + CHECK_INTERVAL_S - 0.1)
    assert not disk.path.exists()
    queue.sync(100.0 + CHECK_INTERVAL_S)
    assert drained(PriorityQueue(disk.open())) == ["1", "2", "3", "4", "5"]


def test_messages_in_memory_are_saved_again_when_a_damaged_file_was_set_aside(disk: Disk) -> None:
    queue = PriorityQueue(disk.open(), window=2)
    queue.commit([gift("0"), gift("1"), gift("lost with the file")])
    disk.damage()
    queue.commit([gift("3")])
    sync(queue)
    assert disk.texts() == ["0", "1", "3"]
    assert drained(queue) == ["0", "1", "3"]


@pytest.mark.parametrize("window", [1, 2, 100])
def test_what_is_in_a_file_that_can_only_be_opened_later_is_sent_too(
    disk: Disk, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.database_connection._BUSY_TIMEOUT_S", 0.0)
    before = PriorityQueue(disk.open())
    before.commit([gift("old 0"), gift("old 1"), gift("old 2")])
    before.done(before.take(1, MANY))
    sync(before)
    with disk.in_use():
        queue = PriorityQueue(disk.open(), window)
        assert not queue.commit([gift("0"), gift("1"), gift("2")])
        sync(queue)
        assert texts(queue.take(1, MANY)) == ["0"]
    sync(queue)
    queue.commit([gift("3")])
    assert queue.unacknowledged == 6
    assert sorted(disk.texts()) == ["0", "1", "2", "3", "old 1", "old 2"]
    assert drained(queue) == ["1", "2", "old 1", "old 2", "3"]
    sync(queue)


def test_without_a_store_everything_is_in_memory() -> None:
    queue = PriorityQueue(None, window=2)
    queue.commit([gift(str(number)) for number in range(5)])
    assert len(queue) == queue.unacknowledged == 5
    taken = queue.take(MANY, MANY)
    assert texts(taken) == ["0", "1", "2", "3", "4"]
    assert queue.unacknowledged == 5
    queue.done(taken)
    assert (queue.unacknowledged, queue.has_work.is_set()) == (0, False)


def test_the_next_messages_are_asked_for_before_the_window_is_empty(disk: Disk) -> None:
    queue = PriorityQueue(disk.open(), window=4)
    queue.commit([gift(str(number)) for number in range(8)])
    queue.take(1, MANY)
    assert not queue.has_work.is_set()
    queue.take(1, MANY)
    assert queue.has_work.is_set()
    assert sync(queue)
    assert len(queue) == 4


def test_old_messages_are_dropped_from_the_disk_too(disk: Disk) -> None:
    queue = PriorityQueue(disk.open(), window=2)
    queue.commit([gift(str(age_s), age_s) for age_s in (9, 8, 7, 0)])
    limit = time.monotonic() - 5
    assert texts(queue.drop_older_than(limit)) == ["9", "8"]
    assert sync(queue)
    assert texts(queue.drop_older_than(limit)) == ["7"]
    sync(queue)
    assert disk.texts() == ["0"]
    assert queue.unacknowledged == 1


def test_what_a_failing_disk_did_not_take_is_saved_later(disk: Disk) -> None:
    queue = PriorityQueue(disk.open(), window=2)
    disk.fail()
    assert not queue.commit([gift("0"), gift("1"), gift("2")])
    queue.done(queue.take(1, MANY))
    assert queue.has_work.is_set()
    queue.sync(100.0)
    assert queue.retry_at == 100.0 + RETRY_S
    disk.heal()
    queue.sync(100.0 + RETRY_S - 0.1)
    assert disk.texts() == []
    queue.sync(100.0 + RETRY_S)
    assert disk.texts() == ["1", "2"]
    assert queue.retry_at is None


def test_a_disk_that_takes_no_writes_is_still_read(disk: Disk) -> None:
    queue = PriorityQueue(disk.open(), window=1)
    queue.commit([gift("0"), gift("1"), gift("2")])
    disk.fail()
    for text in ("0", "1", "2"):
        taken = queue.take(MANY, MANY)
        assert texts(taken) == [text]
        queue.done(taken)
        queue.sync(100.0)
    assert disk.texts() == ["0", "1", "2"]
    disk.heal()
    queue.sync(100.0 + RETRY_S)
    assert disk.texts() == []


class Script(MessageStore):
    """A store whose reads fail as often as it is told, and whose writes can be held up."""

    def __init__(self, disk: Disk) -> None:
        disk.open()
        super().__init__(disk.database)
        self.failing_reads = 0
        self.on_read: Callable[[], object] = lambda: None
        self.writing = threading.Event()
        self.may_write = threading.Event()
        self.may_write.set()

    def hold(self) -> None:
        self.may_write.clear()
        self.writing.clear()

    def add(self, messages: Sequence[Message], writes: Sequence[Write] = ()) -> bool:
        self.writing.set()
        assert self.may_write.wait(10)
        return super().add(messages, writes)

    def between(self, after: int, last: int, limit: int) -> list[Message] | None:
        self.failing_reads -= 1
        found = super().between(after, last, limit)
        self.on_read()
        return None if self.failing_reads >= 0 else found


def test_a_read_that_fails_is_tried_again(disk: Disk) -> None:
    store = Script(disk)
    queue = PriorityQueue(store, window=1)
    queue.commit([gift("0"), gift("1")])
    store.failing_reads = MAX_FAILED_READS - 1
    assert texts(queue.take(MANY, MANY)) == ["0"]
    for _ in range(MAX_FAILED_READS - 1):
        assert not sync(queue)
        # Not before it is due.
        assert queue.retry_at is not None
        assert not queue.sync(queue.retry_at - 1)
    assert drained(queue) == ["1"]


def test_messages_that_cannot_be_read_do_not_hold_up_others_for_ever(
    disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    store = Script(disk)
    queue = PriorityQueue(store, window=1)
    queue.commit([gift("0"), gift("unreadable")])
    disk.fail()
    queue.commit([gift("2"), gift("3")])
    assert texts(queue.take(MANY, MANY)) == ["0"]
    store.failing_reads = MANY
    for _ in range(MAX_FAILED_READS):
        assert texts(queue.take(MANY, MANY)) == []
        sync(queue)
    assert texts(queue.take(MANY, MANY)) == ["2"]
    store.failing_reads = 0
    assert drained(queue) == ["3"]
    # On their way; the unreadable one is not among them.
    assert queue.unacknowledged == 3
    assert caplog.messages[-1] == (
        "messages on disk cannot be read: they wait for the next start, and newer ones go first"
    )
    assert drained(PriorityQueue(disk.open())) == ["0", "unreadable"]


def test_a_message_that_is_committed_while_others_are_loaded_comes_after_them(disk: Disk) -> None:
    store = Script(disk)
    queue = PriorityQueue(store, window=4)
    queue.commit([gift(str(number)) for number in range(6)])
    assert texts(queue.take(MANY, MANY)) == ["0", "1", "2", "3"]
    store.on_read = lambda: queue.commit([gift("6")])
    sync(queue)
    store.on_read = lambda: None
    assert queue.unacknowledged == 7
    assert queue.has_work.is_set()
    assert drained(queue) == ["4", "5", "6"]


def test_what_was_acknowledged_without_ever_being_on_disk_is_not_saved(disk: Disk) -> None:
    queue = PriorityQueue(disk.open())
    disk.fail()
    queue.commit([gift("0")])
    queue.done(queue.take(1, 1))
    disk.heal()
    with traced(disk.database) as begun:
        sync(queue)
        assert begun == []


def test_a_message_that_is_acknowledged_while_it_is_saved_is_deleted(disk: Disk) -> None:
    store = Script(disk)
    queue = PriorityQueue(store)
    disk.fail()
    queue.commit([gift("0")])
    disk.heal()
    store.hold()
    saving = threading.Thread(target=sync, args=(queue,))
    saving.start()
    assert store.writing.wait(5)
    queue.done(queue.take(1, MANY))
    store.may_write.set()
    saving.join(5)
    sync(queue)
    assert disk.texts() == []


def test_nobody_but_who_commits_waits_for_a_slow_disk(disk: Disk) -> None:
    store = Script(disk)
    queue = PriorityQueue(store)
    queue.commit([gift("0"), gift("1")])
    store.hold()
    slow = threading.Thread(target=queue.commit, args=([gift("2")],))
    slow.start()
    assert store.writing.wait(5)
    # All of this in this thread, which the disk would hold up for ever.
    taken = queue.take(MANY, MANY)
    assert texts(taken) == ["0", "1"]
    queue.done(taken)
    assert queue.unacknowledged == len(queue) == 0
    store.may_write.set()
    slow.join(5)
    assert drained(queue) == ["2"]


@pytest.mark.parametrize("window", [1, 3, 1000])
def test_rooms_at_the_same_time(disk: Disk, window: int) -> None:
    queue = PriorityQueue(disk.open(), window)
    rooms, count = 4, 60
    taken: list[Message] = []
    stop = threading.Event()

    def write(room: int) -> None:
        rng = random.Random(room)
        gifts = iter([gift(f"{room}.{number}") for number in range(count)])
        while batch := list(islice(gifts, rng.randint(1, 3))):
            queue.commit(batch)

    def work() -> None:
        while not stop.is_set():
            queue.has_work.wait(0.01)
            sync(queue)

    threads = [threading.Thread(target=write, args=(room,), daemon=True) for room in range(rooms)]
    worker = threading.Thread(target=work, daemon=True)
    for thread in (*threads, worker):
        thread.start()

    def all_taken() -> bool:
        batch = queue.take(7, 7)
        taken.extend(batch)
        queue.done(batch[::-1])
        return len(taken) >= rooms * count

    until(all_taken, 20)
    for thread in threads:
        thread.join(5)
    until(lambda: disk.texts() == [])
    stop.set()
    worker.join(5)
    numbers = [message.number or 0 for message in taken]
    assert numbers == sorted(set(numbers))
    by_room = defaultdict(list)
    for text in texts(taken):
        room, number = text.split(".")
        by_room[room].append(int(number))
    assert by_room == {str(room): list(range(count)) for room in range(rooms)}
    assert queue.unacknowledged == 0
