import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bridge.mqtt.state_rig import Disk, disk, gift, traced
from tests.helpers import until
from tiktok2mqtt.bridge.mqtt.outbox import Message, Outbox
from tiktok2mqtt.bridge.mqtt.policies import QueueClass

MANY = 1_000


def message(
    name: str, queue_class: QueueClass = QueueClass.STREAMING, qos: int = 0, payload: bytes = b"", at: float = 0.0
) -> Message:
    return Message(f"t/{name}", payload, qos, False, queue_class, at, name)


def names(messages: list[Message]) -> list[str]:
    return [message.name for message in messages]


def test_state_goes_before_priority_before_streaming() -> None:
    outbox = Outbox()
    for name, queue_class in (
        ("chat", QueueClass.STREAMING),
        ("gift", QueueClass.PRIORITY),
        ("state", QueueClass.STATE),
        ("like", QueueClass.STREAMING),
    ):
        outbox.put(message(name, queue_class))
    assert outbox.lengths() == {"state": 1, "priority": 1, "streaming": 2}
    assert names(outbox.take(3, qos1_limit=MANY, now=0.0)) == ["state", "gift", "chat"]
    assert names(outbox.take(3, qos1_limit=MANY, now=0.0)) == ["like"]
    assert outbox.take(3, qos1_limit=MANY, now=0.0) == []


def test_state_keeps_the_latest_value_of_a_topic() -> None:
    outbox = Outbox()
    for payload in (b"1", b"2"):
        outbox.put(message("a", QueueClass.STATE, payload=payload))
        outbox.put(message("b", QueueClass.STATE, payload=payload))
    assert [(m.topic, m.payload) for m in outbox.take(MANY, qos1_limit=MANY, now=0.0)] == [("t/a", b"2"), ("t/b", b"2")]


def test_the_oldest_streaming_message_is_dropped_and_counted_by_name() -> None:
    outbox = Outbox(streaming_capacity=2)
    for name in ("chat", "like", "chat", "member", "chat"):
        outbox.put(message(name))
    assert names(outbox.take(MANY, qos1_limit=MANY, now=0.0)) == ["member", "chat"]
    assert outbox.dropped == {"chat": 2, "like": 1}
    assert outbox.dropped_by_room == {"": 3}


def test_priority_messages_are_never_dropped_for_space() -> None:
    outbox = Outbox(streaming_capacity=1)
    for number in range(50):
        outbox.put(message(str(number), QueueClass.PRIORITY, 1))
    assert names(outbox.take(MANY, qos1_limit=MANY, now=0.0)) == [str(number) for number in range(50)]
    assert outbox.dropped.total() == 0


def test_what_needs_an_acknowledgement_waits_while_too_many_are_missing() -> None:
    outbox = Outbox()
    outbox.put(message("state", QueueClass.STATE, 1))
    outbox.put(message("gift", QueueClass.PRIORITY, 1))
    outbox.put(message("chat"))
    outbox.put(message("error", qos=1))
    outbox.put(message("like"))
    # A class keeps its order: `like` does not pass `error`.
    assert names(outbox.take(MANY, qos1_limit=0, now=0.0)) == ["chat"]
    assert names(outbox.take(MANY, qos1_limit=2, now=0.0)) == ["state", "gift"]
    assert names(outbox.take(MANY, qos1_limit=1, now=0.0)) == ["error", "like"]


@given(
    st.lists(st.tuples(st.sampled_from(QueueClass), st.integers(0, 1), st.integers(0, 3))),
    st.integers(1, 5),
    st.integers(0, 3),
    st.integers(1, 4),
)
def test_nothing_is_lost_but_what_is_counted(
    puts: list[tuple[QueueClass, int, int]], limit: int, qos1_limit: int, capacity: int
) -> None:
    outbox = Outbox(streaming_capacity=capacity)
    for number, (queue_class, qos, topic) in enumerate(puts):
        outbox.put(Message(f"{queue_class}/{topic}", b"", qos, False, queue_class, float(number), queue_class.name))
    taken: list[Message] = []
    while batch := outbox.take(limit, qos1_limit=qos1_limit, now=0.0):
        assert len(batch) <= limit
        assert sum(message.qos for message in batch) <= qos1_limit
        taken += batch
    left = len(outbox)
    taken += outbox.take(MANY, qos1_limit=MANY, now=0.0)
    assert qos1_limit == 0 or left == 0
    for queue_class in (QueueClass.PRIORITY, QueueClass.STREAMING):
        times = [message.created_at for message in taken if message.queue_class is queue_class]
        assert times == sorted(times)
    states = {f"{queue_class}/{topic}" for queue_class, _, topic in puts if queue_class is QueueClass.STATE}
    others = sum(queue_class is not QueueClass.STATE for queue_class, _, _ in puts)
    assert len(taken) == len(states) + others - outbox.dropped.total()
    assert outbox.dropped.total() == outbox.dropped["STREAMING"]


@pytest.fixture(name="disk")
def a_disk(tmp_path: Path) -> Iterator[Disk]:
    with disk(tmp_path) as made:
        yield made


def test_priority_messages_outlive_the_process_until_they_are_done(disk: Disk) -> None:
    first = Outbox(store=disk.open())
    for number in range(5):
        first.put(gift(str(number)))
    sent = first.take(3, qos1_limit=MANY, now=time.monotonic())
    first.done(sent[:2])
    first.sync()
    assert first.lengths()["priority"] == 3
    # Killed here.
    second = Outbox(store=disk.open())
    second.put(gift("5"))
    assert second.lengths()["priority"] == 4
    assert len(second) > 0
    left = second.take(MANY, qos1_limit=MANY, now=time.monotonic())
    assert names(left) == ["2", "3", "4", "5"]
    second.done(left)
    second.sync()
    assert second.lengths()["priority"] == len(second) == 0
    third = Outbox(store=disk.open())
    assert third.take(MANY, qos1_limit=MANY, now=time.monotonic()) == []


def test_when_the_disk_fails_memory_goes_on_in_order(disk: Disk) -> None:
    outbox = Outbox(store=disk.open(), window=2)
    for number in range(5):
        outbox.put(gift(str(number)))
    disk.fail()
    for number in range(5, 8):
        outbox.put(gift(str(number)))
    assert outbox.lengths()["priority"] == 8
    taken: list[str] = []
    while batch := outbox.take(MANY, qos1_limit=MANY, now=time.monotonic()):
        taken += names(batch)
        outbox.sync()
    assert taken == [str(number) for number in range(8)]
    assert disk.database.problem is not None


@pytest.mark.parametrize("stored", [True, False])
def test_what_is_too_old_is_dropped_and_counted(disk: Disk, caplog: pytest.LogCaptureFixture, *, stored: bool) -> None:
    outbox = Outbox(store=disk.open() if stored else None, max_age_s=100.0)
    for age_s in (200, 101, 99, 0):
        outbox.put(gift(str(age_s), age_s))
    assert names(outbox.take(MANY, qos1_limit=MANY, now=time.monotonic())) == ["99", "0"]
    assert outbox.dropped == {"200": 1, "101": 1}
    assert outbox.dropped_by_room == {"alice": 2}
    assert caplog.messages == ["dropped 2 events that had waited for the broker for too long"]
    assert outbox.lengths()["priority"] == 2


@pytest.mark.parametrize("stored", [True, False])
def test_what_was_taken_and_cannot_be_sent_is_counted_and_deleted(disk: Disk, *, stored: bool) -> None:
    outbox = Outbox(store=disk.open() if stored else None)
    outbox.put(gift("0"))
    outbox.put(gift("1"))
    outbox.put(message("chat"))
    taken = outbox.take(MANY, qos1_limit=MANY, now=0.0)
    outbox.drop([taken[0], taken[2]])
    outbox.sync()
    assert outbox.dropped == {"0": 1, "chat": 1}
    assert outbox.dropped_by_room == {"alice": 1, "": 1}
    assert outbox.lengths() == {"state": 0, "priority": 1, "streaming": 0}
    if stored:
        assert disk.texts() == ["1"]


@pytest.mark.parametrize("stored", [True, False])
def test_what_was_taken_can_be_queued_behind_the_others(disk: Disk, *, stored: bool) -> None:
    outbox = Outbox(store=disk.open() if stored else None)
    for number in range(4):
        outbox.put(gift(str(number)))
    taken = outbox.take(2, qos1_limit=MANY, now=0.0)
    outbox.put_again(taken)
    outbox.sync()
    assert outbox.lengths()["priority"] == 4
    if stored:
        assert disk.texts() == ["2", "3", "0", "1"]
    rest = outbox.take(MANY, qos1_limit=MANY, now=0.0)
    assert names(rest) == ["2", "3", "0", "1"]
    assert [one.created_at for one in rest[2:]] == [one.created_at for one in taken]
    outbox.done(rest)
    outbox.sync()
    assert outbox.lengths()["priority"] == 0
    if stored:
        assert disk.texts() == []


def test_state_that_was_taken_does_not_replace_a_newer_one() -> None:
    outbox = Outbox()
    old = [message(name, QueueClass.STATE, 1, b"old") for name in ("a", "b")]
    outbox.put(message("a", QueueClass.STATE, 1, b"new"))
    outbox.put_again([*old, message("error", qos=1)])
    assert [m.payload for m in outbox.take(MANY, qos1_limit=MANY, now=0.0)] == [b"new", b"old", b""]


def test_only_priority_messages_become_too_old() -> None:
    outbox = Outbox(max_age_s=100.0)
    assert outbox.is_too_old(message("gift", QueueClass.PRIORITY), 100.1)
    assert not outbox.is_too_old(message("gift", QueueClass.PRIORITY), 100.0)
    assert not outbox.is_too_old(message("state", QueueClass.STATE), 100.1)


# --- transactions ---


def test_a_transaction_is_one_commit_whose_messages_go_out_after_it(disk: Disk) -> None:
    outbox = Outbox(store=disk.open())
    disk.database.write(lambda connection: connection.execute("CREATE TABLE totals (gifts INTEGER)"))
    with traced(disk.database) as begun:
        with outbox.transaction(lambda connection: connection.execute("INSERT INTO totals VALUES (2)")) as transaction:
            outbox.put(gift("0"))
            outbox.put(message("chat"))
            outbox.put(gift("1"))
            assert names(outbox.take(MANY, qos1_limit=MANY, now=0.0)) == ["chat"]
            assert begun == []
        assert transaction.saved
        assert len(begun) == 1
    assert names(outbox.take(MANY, qos1_limit=MANY, now=0.0)) == ["0", "1"]
    assert disk.texts() == ["0", "1"]
    assert disk.database.read(lambda connection: connection.execute("SELECT gifts FROM totals").fetchall()) == [(2,)]


def test_a_transaction_in_which_nothing_lasting_is_put_touches_no_disk(disk: Disk) -> None:
    outbox = Outbox(store=disk.open())
    with traced(disk.database) as begun:
        with outbox.transaction():
            outbox.put(message("chat"))
        assert begun == []


def test_a_transaction_within_another_is_part_of_it(disk: Disk) -> None:
    outbox = Outbox(store=disk.open())
    with traced(disk.database) as begun:
        with outbox.transaction():
            outbox.put(gift("0"))
            with outbox.transaction():
                outbox.put(gift("1"))
            outbox.put(gift("2"))
        assert len(begun) == 1
    assert disk.texts() == ["0", "1", "2"]


def test_a_transaction_that_the_disk_refuses_says_so_and_its_messages_go_out(disk: Disk) -> None:
    outbox = Outbox(store=disk.open())
    disk.fail()
    with outbox.transaction() as transaction:
        outbox.put(gift("0"))
    assert not transaction.saved
    assert names(outbox.take(MANY, qos1_limit=MANY, now=0.0)) == ["0"]


def test_what_was_put_before_an_exception_is_committed(disk: Disk) -> None:
    outbox = Outbox(store=disk.open())

    def broken() -> None:
        with outbox.transaction():
            outbox.put(gift("0"))
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    outbox.put(gift("1"))
    assert disk.texts() == ["0", "1"]


def test_transactions_of_other_threads_are_their_own(disk: Disk) -> None:
    outbox = Outbox(store=disk.open())
    with outbox.transaction():
        outbox.put(gift("0"))
        other = threading.Thread(target=outbox.put, args=(gift("1"),))
        other.start()
        other.join(5)
        assert disk.texts() == ["1"]
    assert disk.texts() == ["1", "0"]


# --- the thread ---


def test_the_thread_empties_the_disk_and_brings_what_is_beyond_the_window(disk: Disk) -> None:
    outbox = Outbox(store=disk.open(), window=3)
    for number in range(20):
        outbox.put(gift(str(number)))
    flushed = threading.Event()
    outbox.start(flushed.set)
    taken: list[str] = []

    def all_taken() -> bool:
        batch = outbox.take(MANY, qos1_limit=2, now=time.monotonic())
        taken.extend(names(batch))
        outbox.done(batch)
        return len(taken) >= 20

    until(all_taken)
    assert taken == [str(number) for number in range(20)]
    assert flushed.is_set()
    until(lambda: disk.texts() == [])
    outbox.stop()


def test_the_thread_tries_again_what_has_failed(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok2mqtt.bridge.mqtt.queues.RETRY_S", 0.01)
    outbox = Outbox(store=disk.open())
    disk.fail()
    outbox.start(lambda: None)
    outbox.put(gift("0"))
    assert disk.texts() == []
    disk.heal()
    until(lambda: disk.texts() == ["0"])
    outbox.stop()


def test_at_the_end_the_disk_knows_what_was_acknowledged(disk: Disk) -> None:
    outbox = Outbox(store=disk.open())
    outbox.start(lambda: None)
    for number in range(50):
        outbox.put(gift(str(number)))
        outbox.done(outbox.take(1, qos1_limit=1, now=time.monotonic()))
    outbox.stop()
    assert disk.texts() == []
    assert not [thread for thread in threading.enumerate() if thread.name == "tiktok2mqtt.outbox"]


def test_a_slow_disk_holds_up_no_streaming_message(disk: Disk) -> None:
    outbox = Outbox(store=disk.open())
    release = threading.Event()
    holding = threading.Event()

    def hold(_connection: object) -> None:
        holding.set()
        release.wait(10)

    slow = threading.Thread(target=disk.database.write, args=(hold,))
    slow.start()
    assert holding.wait(5)
    outbox.start(lambda: None)
    gifts = threading.Thread(target=outbox.put, args=(gift("slow"),))
    gifts.start()
    # All of this in this thread, which the disk would hold up for ever.
    outbox.put(Message("t/bob/chat", b"", 0, False, QueueClass.STREAMING, 0.0, "chat", "bob"))
    outbox.put(message("state", QueueClass.STATE, 1))
    taken = outbox.take(MANY, qos1_limit=MANY, now=0.0)
    assert names(taken) == ["state", "chat"]
    outbox.done(taken)
    assert outbox.lengths() == {"state": 0, "priority": 0, "streaming": 0}
    assert gifts.is_alive()
    release.set()
    for thread in (slow, gifts):
        thread.join(5)
    assert names(outbox.take(MANY, qos1_limit=MANY, now=0.0)) == ["slow"]
    outbox.stop()


def test_a_room_that_floods_drops_no_chat_of_another_and_lets_it_pass() -> None:
    outbox = Outbox(streaming_capacity=10)
    for topic, count in (("t/quiet/chat", 3), ("t/noisy/chat", 100)):
        for number in range(count):
            outbox.put(Message(topic, b"%d" % number, 0, False, QueueClass.STREAMING, 0.0, topic, room=topic))
    assert outbox.dropped == {"t/noisy/chat": 93}
    taken = outbox.take(6, qos1_limit=0, now=0.0)
    assert [(one.topic, one.payload) for one in taken if "quiet" in one.topic] == [
        ("t/quiet/chat", b"0"),
        ("t/quiet/chat", b"1"),
        ("t/quiet/chat", b"2"),
    ]


def test_events_of_qos_1_are_held_until_they_are_released() -> None:
    outbox = Outbox()
    outbox.hold(130.0)
    for held in (
        message("gift", QueueClass.PRIORITY, qos=1),
        message("battle", qos=1),
        message("response", qos=1),
        message("chat"),
        message("state", QueueClass.STATE, qos=1),
    ):
        outbox.put(held)
    assert names(outbox.take(MANY, qos1_limit=MANY, now=100.0)) == ["state", "response", "chat"]
    outbox.put(message("envelope", qos=1))
    outbox.put(message("follow", QueueClass.PRIORITY, qos=1))
    assert outbox.take(MANY, qos1_limit=MANY, now=129.9) == []
    outbox.release(129.9)
    assert outbox.waited_until == 129.9
    assert names(outbox.take(3, qos1_limit=3, now=130.0)) == ["gift", "follow", "battle"]
    assert names(outbox.take(3, qos1_limit=3, now=130.0)) == ["envelope"]
    outbox.release(200.0)
    assert outbox.waited_until == 129.9


def test_events_are_held_for_a_limited_time_and_in_limited_number() -> None:
    outbox = Outbox(streaming_capacity=2)
    outbox.hold(130.0)
    for number in range(3):
        outbox.put(message(f"battle{number}", qos=1))
        assert outbox.take(MANY, qos1_limit=MANY, now=100.0) == []
    assert outbox.dropped == {"battle0": 1}
    assert names(outbox.take(MANY, qos1_limit=MANY, now=130.0)) == ["battle1", "battle2"]
    assert outbox.waited_until == 130.0


def test_at_the_end_only_what_is_not_on_disk_is_released(disk: Disk) -> None:
    for outbox, taken in ((Outbox(), ["gift"]), (Outbox(store=disk.open()), [])):
        outbox.hold(time.monotonic() + 1000)
        outbox.put(message("gift", QueueClass.PRIORITY, qos=1))
        assert len(outbox) == 0
        outbox.release_unsaved(0.0)
        assert names(outbox.take(MANY, qos1_limit=MANY, now=1.0)) == taken
