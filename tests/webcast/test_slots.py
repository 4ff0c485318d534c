import math

from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.webcast.slots import ConnectionSlots


def test_a_slot_that_is_released_goes_to_the_longest_wait() -> None:
    slots: ConnectionSlots[str] = ConnectionSlots(2)
    assert [slots.take(room) for room in "abcdca"] == [True, True, False, False, False, True]
    assert slots.release("a") == "c"
    assert slots.take("c")
    assert not slots.take("a")
    assert slots.release("b") == "d"
    assert slots.release("c") == "a"


def test_a_room_that_stops_waiting_gets_no_slot() -> None:
    slots: ConnectionSlots[str] = ConnectionSlots(1)
    assert [slots.take(room) for room in "abc"] == [True, False, False]
    assert slots.release("b") is None
    assert slots.release("a") == "c"
    assert slots.release("c") is None
    assert slots.release("c") is None
    assert slots.take("b")


def test_without_a_limit_every_room_has_a_slot() -> None:
    slots: ConnectionSlots[int] = ConnectionSlots()
    assert all(slots.take(room) for room in range(10_000))
    assert slots.release(5) is None
    assert slots.limit == math.inf


@given(st.integers(1, 4), st.lists(st.tuples(st.booleans(), st.integers(0, 7)), max_size=60))
def test_no_slot_is_lost_and_none_is_given_twice(limit: int, calls: list[tuple[bool, int]]) -> None:
    slots: ConnectionSlots[int] = ConnectionSlots(limit)
    holders, waiting = set[int](), set[int]()
    for takes, room in calls:
        if takes:
            took = slots.take(room)
            (holders if took else waiting).add(room)
            assert took == (room in holders)
        else:
            following = slots.release(room)
            assert (following is not None) == (room in holders and bool(waiting - {room}))
            holders.discard(room)
            waiting.discard(room)
            if following is not None:
                waiting.remove(following)
                holders.add(following)
        assert len(holders) <= limit
        assert not waiting & holders
        assert len(holders) == limit or not waiting
