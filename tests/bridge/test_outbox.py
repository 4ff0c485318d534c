from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.bridge.outbox import Message, Outbox
from tiktok2mqtt.bridge.policies import Box

MANY = 1_000


def message(name: str, box: Box = Box.STREAMING, qos: int = 0, payload: bytes = b"", at: float = 0.0) -> Message:
    return Message(f"t/{name}", payload, qos, False, box, at, name)


def names(messages: list[Message]) -> list[str]:
    return [message.name for message in messages]


def test_state_goes_before_priority_before_streaming() -> None:
    outbox = Outbox()
    for name, box in (("chat", Box.STREAMING), ("gift", Box.PRIORITY), ("state", Box.STATE), ("like", Box.STREAMING)):
        outbox.put(message(name, box))
    assert outbox.lengths() == {"state": 1, "priority": 1, "streaming": 2}
    assert names(outbox.take(3, qos1_limit=MANY)) == ["state", "gift", "chat"]
    assert names(outbox.take(3, qos1_limit=MANY)) == ["like"]
    assert outbox.take(3, qos1_limit=MANY) == []


def test_state_keeps_the_latest_value_of_a_topic() -> None:
    outbox = Outbox()
    for payload in (b"1", b"2"):
        outbox.put(message("a", Box.STATE, payload=payload))
        outbox.put(message("b", Box.STATE, payload=payload))
    assert [(m.topic, m.payload) for m in outbox.take(MANY, qos1_limit=MANY)] == [("t/a", b"2"), ("t/b", b"2")]


def test_streaming_sheds_the_oldest_and_counts_it_by_name() -> None:
    outbox = Outbox(streaming_capacity=2)
    for name in ("chat", "like", "chat", "member", "chat"):
        outbox.put(message(name))
    assert names(outbox.take(MANY, qos1_limit=MANY)) == ["member", "chat"]
    assert outbox.dropped == {"chat": 2, "like": 1}
    assert outbox.dropped_of == {"": 3}


def test_priority_is_never_shed() -> None:
    outbox = Outbox(streaming_capacity=1)
    for number in range(50):
        outbox.put(message(str(number), Box.PRIORITY, 1))
    assert names(outbox.take(MANY, qos1_limit=MANY)) == [str(number) for number in range(50)]
    assert outbox.dropped.total() == 0


def test_what_needs_an_acknowledgement_waits_while_too_many_are_missing() -> None:
    outbox = Outbox()
    outbox.put(message("state", Box.STATE, 1))
    outbox.put(message("gift", Box.PRIORITY, 1))
    outbox.put(message("chat"))
    outbox.put(message("error", qos=1))
    outbox.put(message("like"))
    # A class keeps its order: `like` does not pass `error`.
    assert names(outbox.take(MANY, qos1_limit=0)) == ["chat"]
    assert names(outbox.take(MANY, qos1_limit=2)) == ["state", "gift"]
    assert names(outbox.take(MANY, qos1_limit=1)) == ["error", "like"]


def test_an_event_that_waited_for_more_than_five_seconds_says_so() -> None:
    payload = b'{"id":"1","delayed":false,"comment":"\\"delayed\\":false"}'
    delayed = b'{"id":"1","delayed":true,"comment":"\\"delayed\\":false"}'
    event = message("chat", payload=payload, at=100.0)
    assert event.payload_at(105.0) == payload
    assert event.payload_at(105.1) == delayed


def test_a_state_document_is_never_late() -> None:
    state = message("state", Box.STATE, payload=b'{"delayed":false}', at=100.0)
    assert state.payload_at(1000.0) == b'{"delayed":false}'


@given(
    st.lists(st.tuples(st.sampled_from(Box), st.integers(0, 1), st.integers(0, 3))),
    st.integers(1, 5),
    st.integers(0, 3),
    st.integers(1, 4),
)
def test_nothing_is_lost_but_what_is_counted(
    puts: list[tuple[Box, int, int]], limit: int, qos1_limit: int, capacity: int
) -> None:
    outbox = Outbox(streaming_capacity=capacity)
    for number, (box, qos, topic) in enumerate(puts):
        outbox.put(Message(f"{box}/{topic}", b"", qos, False, box, float(number), box.name))
    taken: list[Message] = []
    while batch := outbox.take(limit, qos1_limit=qos1_limit):
        assert len(batch) <= limit
        assert sum(message.qos for message in batch) <= qos1_limit
        taken += batch
    rest = len(outbox)
    taken += outbox.take(MANY, qos1_limit=MANY)
    assert qos1_limit == 0 or rest == 0
    for box in (Box.PRIORITY, Box.STREAMING):
        times = [message.at for message in taken if message.box is box]
        assert times == sorted(times)
    states = {f"{box}/{topic}" for box, _, topic in puts if box is Box.STATE}
    others = sum(box is not Box.STATE for box, _, _ in puts)
    assert len(taken) == len(states) + others - outbox.dropped.total()
    assert outbox.dropped.total() == outbox.dropped["STREAMING"]
