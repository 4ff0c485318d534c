from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.bridge.mqtt.queues import FairQueue


def drained(queue: FairQueue[str]) -> list[str]:
    return [queue.pop() for _ in range(len(queue))]


def test_lanes_take_turns_and_keep_their_order() -> None:
    queue: FairQueue[str] = FairQueue(100)
    for number in range(3):
        queue.put("noisy", f"n{number}")
    queue.put("quiet", "q0")
    assert queue.head() == "n0"
    assert queue.pop() == "n0"
    queue.put("quiet", "q1")
    assert drained(queue) == ["q0", "n1", "q1", "n2"]
    assert (queue.head(), len(queue)) == (None, 0)


def test_a_flood_drops_only_its_own_items() -> None:
    queue: FairQueue[str] = FairQueue(10)
    for number in range(4):
        queue.put("quiet", f"q{number}")
    shed = [queue.put("noisy", f"n{number}") for number in range(100)]
    assert shed == [None] * 6 + [f"n{number}" for number in range(94)]
    assert [item for item in drained(queue) if item[0] == "q"] == ["q0", "q1", "q2", "q3"]


def test_a_new_lane_takes_the_place_of_the_longest() -> None:
    queue: FairQueue[str] = FairQueue(4)
    for name in ("a0", "b0", "b1", "b2"):
        queue.put(name[0], name)
    assert queue.put("c", "c0") == "b0"
    assert sorted(queue) == ["a0", "b1", "b2", "c0"]


def test_with_room_for_one_item_the_last_one_stays() -> None:
    queue: FairQueue[str] = FairQueue(1)
    assert (queue.put("a", "a0"), queue.put("b", "b0"), queue.put("b", "b1")) == (None, "a0", "b0")
    assert drained(queue) == ["b1"]


@given(st.lists(st.one_of(st.sampled_from("abcd"), st.none()), max_size=60), st.integers(1, 8))
def test_every_dropped_item_is_returned_and_lanes_keep_their_order(steps: list[str | None], capacity: int) -> None:
    queue: FairQueue[tuple[str, int]] = FairQueue(capacity)
    put: Counter[str] = Counter()
    out: defaultdict[str, list[int]] = defaultdict(list)
    for lane in steps:
        if lane is None:
            gone = queue.pop() if queue else None
        else:
            put[lane] += 1
            gone = queue.put(lane, (lane, put[lane]))
        if gone is not None:
            out[gone[0]].append(gone[1])
        assert len(queue) == len(list(queue)) <= capacity
    while queue:
        name, number = queue.pop()
        out[name].append(number)
    assert out == {name: list(range(1, count + 1)) for name, count in put.items()}
