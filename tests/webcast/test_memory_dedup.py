from hypothesis import given
from hypothesis import strategies as st

from tiktok2mqtt.webcast.memory import DEFAULT_CAPACITY, Dedup

IDS = st.integers(min_value=-(2**63), max_value=2**63 - 1).filter(bool)


def test_an_id_is_new_once() -> None:
    dedup = Dedup()
    assert [dedup.is_new(message_id) for message_id in (7, 8, 7, 7, 8, 9)] == [True, True, False, False, False, True]


def test_zero_is_no_id() -> None:
    dedup = Dedup(capacity=1)
    assert dedup.is_new(5)
    assert all(dedup.is_new(0) for _ in range(10))
    assert not dedup.is_new(5)


def test_the_oldest_id_is_forgotten_first() -> None:
    dedup = Dedup(capacity=3)
    for message_id in (1, 2, 3, 4):
        assert dedup.is_new(message_id)
    assert not dedup.is_new(4)
    assert not dedup.is_new(2)
    assert dedup.is_new(1)


def test_by_default_many_more_ids_are_kept_than_a_history_repeats() -> None:
    dedup = Dedup()
    for message_id in range(1, DEFAULT_CAPACITY + 1):
        dedup.is_new(message_id)
    assert not dedup.is_new(1)
    assert DEFAULT_CAPACITY >= 10_000


@given(st.lists(st.integers(1, 12), max_size=60), st.integers(1, 6))
def test_none_of_the_last_ids_comes_twice_and_memory_is_bounded(ids: list[int], capacity: int) -> None:
    dedup = Dedup(capacity)
    accepted: list[int] = []
    for message_id in ids:
        is_new = dedup.is_new(message_id)
        assert is_new == (message_id not in accepted[-capacity:])
        if is_new:
            accepted.append(message_id)
        assert len(dedup._seen) <= capacity


@given(st.lists(IDS, unique=True, max_size=50))
def test_all_64_bit_ids_are_distinct(ids: list[int]) -> None:
    dedup = Dedup()
    assert [dedup.is_new(message_id) for message_id in ids] == [True] * len(ids)
    assert not any(dedup.is_new(message_id) for message_id in ids)
