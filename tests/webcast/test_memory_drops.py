from collections import Counter

import pytest

from tiktok2mqtt.webcast.memory import MAX_COUNTED_TYPES, Drops, count_type


@pytest.mark.parametrize(
    ("method", "counted_as"),
    [
        ("WebcastNewMessage", "WebcastNewMessage"),
        ("LinkMicMethod", "LinkMicMethod"),
        ("a_1", "a_1"),
        ("a" * 64, "a" * 64),
        ("a" * 65, "other"),
        ("", "other"),
        ("a b", "other"),
        ("tiktok/+/#", "other"),
        ("name\n", "other"),
        ("Nachrichtä", "other"),
        ("٣", "other"),
    ],
)
def test_types_are_counted_by_name_if_the_name_is_well_formed(method: str, counted_as: str) -> None:
    counter: Counter[str] = Counter()
    count_type(counter, method)
    count_type(counter, method)
    assert counter == {counted_as: 2}


def test_too_many_types_are_counted_together() -> None:
    counter: Counter[str] = Counter()
    for number in range(MAX_COUNTED_TYPES + 50):
        count_type(counter, f"Type{number}")
    assert len(counter) == MAX_COUNTED_TYPES + 1
    assert counter["other"] == 50
    count_type(counter, "Type0")
    assert counter["Type0"] == 2


def test_rooms_do_not_share_counters() -> None:
    first, second = Drops(), Drops()
    first.frames["gzip"] += 1
    first.unknown["A"] += 1
    first.undecodable["B"] += 1
    assert second == Drops(Counter(), Counter(), Counter())
