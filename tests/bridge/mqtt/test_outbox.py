import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiktok2mqtt.bridge.mqtt.message_store import SqliteMessageStore
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


def test_streaming_sheds_the_oldest_and_counts_it_by_name() -> None:
    outbox = Outbox(streaming_capacity=2)
    for name in ("chat", "like", "chat", "member", "chat"):
        outbox.put(message(name))
    assert names(outbox.take(MANY, qos1_limit=MANY, now=0.0)) == ["member", "chat"]
    assert outbox.dropped == {"chat": 2, "like": 1}
    assert outbox.dropped_of == {"": 3}


def test_priority_is_never_shed() -> None:
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


def test_an_event_that_waited_for_more_than_five_seconds_says_so() -> None:
    payload = b'{"id":"1","delayed":false,"comment":"\\"delayed\\":false"}'
    delayed = b'{"id":"1","delayed":true,"comment":"\\"delayed\\":false"}'
    event = message("chat", payload=payload, at=100.0)
    assert event.payload_at(105.0) == payload
    assert event.payload_at(105.1) == delayed


def test_a_state_document_is_never_late() -> None:
    state = message("state", QueueClass.STATE, payload=b'{"delayed":false}', at=100.0)
    assert state.payload_at(1000.0) == b'{"delayed":false}'


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
    rest = len(outbox)
    taken += outbox.take(MANY, qos1_limit=MANY, now=0.0)
    assert qos1_limit == 0 or rest == 0
    for queue_class in (QueueClass.PRIORITY, QueueClass.STREAMING):
        times = [message.at for message in taken if message.queue_class is queue_class]
        assert times == sorted(times)
    states = {f"{queue_class}/{topic}" for queue_class, _, topic in puts if queue_class is QueueClass.STATE}
    others = sum(queue_class is not QueueClass.STATE for queue_class, _, _ in puts)
    assert len(taken) == len(states) + others - outbox.dropped.total()
    assert outbox.dropped.total() == outbox.dropped["STREAMING"]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], SqliteMessageStore]]:
    """Opens the same file again and again; a process that was killed did not close it before."""
    spools: list[SqliteMessageStore] = []

    def open_it() -> SqliteMessageStore:
        spools.append(SqliteMessageStore(tmp_path / "outbox.sqlite"))
        return spools[-1]

    yield open_it
    for spool in spools:
        spool.close()


def gift(text: str, at: float | None = None) -> Message:
    return message(text, QueueClass.PRIORITY, 1, text.encode(), time.monotonic() if at is None else at)


def test_priority_messages_outlive_the_process_until_they_are_done(opened: Callable[[], SqliteMessageStore]) -> None:
    first = Outbox(keeper=opened())
    for number in range(5):
        first.put(gift(str(number)))
    on_their_way = first.take(3, qos1_limit=MANY, now=time.monotonic())
    first.done(on_their_way[:2])
    assert first.lengths()["priority"] == 3
    # Killed here.
    second = Outbox(keeper=opened())
    second.put(gift("5"))
    assert second.lengths()["priority"] == 4
    assert len(second) > 0
    rest = second.take(MANY, qos1_limit=MANY, now=time.monotonic())
    assert names(rest) == ["2", "3", "4", "5"]
    second.done(rest)
    assert second.lengths()["priority"] == len(second) == 0
    third = Outbox(keeper=opened())
    assert third.take(MANY, qos1_limit=MANY, now=time.monotonic()) == []


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(1, 4)), max_size=40), st.integers(1, 4))
def test_with_a_keeper_memory_is_bounded_and_order_kept(steps: list[int | None], window: int) -> None:
    with TemporaryDirectory() as folder:
        spool = SqliteMessageStore(Path(folder) / "outbox.sqlite")
        outbox = Outbox(keeper=spool, window=window)
        put = 0
        taken: list[str] = []
        for step in steps:
            if step is None:
                outbox.put(gift(str(put)))
                put += 1
            else:
                taken += names(outbox.take(step, qos1_limit=MANY, now=time.monotonic()))
            assert len(outbox._priority) <= window
        taken += names(outbox.take(MANY, qos1_limit=MANY, now=time.monotonic()))
        assert taken == [str(number) for number in range(put)]
        spool.close()


def test_when_the_disk_fails_memory_goes_on_in_order(opened: Callable[[], SqliteMessageStore]) -> None:
    spool = opened()
    outbox = Outbox(keeper=spool, window=2)
    for number in range(5):
        outbox.put(gift(str(number)))
    spool._database.read(lambda connection: connection.execute("PRAGMA query_only = ON"))
    for number in range(5, 8):
        outbox.put(gift(str(number)))
    assert outbox.lengths()["priority"] == 8
    taken = outbox.take(MANY, qos1_limit=MANY, now=time.monotonic())
    assert names(taken) == [str(number) for number in range(8)]
    assert spool.trouble is not None


@pytest.mark.parametrize("kept", [True, False])
def test_what_is_too_old_is_dropped_and_counted(
    opened: Callable[[], SqliteMessageStore], caplog: pytest.LogCaptureFixture, *, kept: bool
) -> None:
    outbox = Outbox(keeper=opened() if kept else None, max_age_s=100.0)
    now = time.monotonic()
    for age_s in (200, 101, 99, 0):
        outbox.put(gift(str(age_s), now - age_s))
    assert names(outbox.take(MANY, qos1_limit=MANY, now=now)) == ["99", "0"]
    assert outbox.dropped == {"200": 1, "101": 1}
    assert caplog.messages == ["dropped 2 events that had waited for the broker for too long"]
    assert outbox.lengths()["priority"] == (2 if kept else 0)


def test_a_room_that_floods_pushes_out_no_chat_of_another_and_lets_it_pass() -> None:
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
