import re

from tiktok2mqtt.cli.stats import RoomStats, summary

NOON = 1_800_000_000.0


def gift(name: str, diamonds: object, **more: object) -> dict[str, object]:
    return {"user_id": name, "nickname": name.title(), "diamonds": diamonds, "count": 1, "delta": 1} | more


def test_the_summary_says_who_gave_most_and_the_peak() -> None:
    room = RoomStats("alice", NOON)
    room.update("state", {"live": True, "viewers": 3, "peak_viewers": 50, "likes": 1200, "diamonds": 0}, NOON)
    for person, diamonds in (("bob", 5), ("carol", 100), ("bob", 1), ("dave", 2), ("erin", 1), ("frank", None)):
        room.update("gift", gift(person, diamonds), NOON)
    room.update("gift", gift("bob", 9999, replayed=True), NOON)
    room.update("chat", {"unique_id": "eve"}, NOON)
    text = "\n".join(summary([room, RoomStats("quiet", NOON)], 65))
    assert "@alice, watched for 00:01:05" in text
    assert "50 at most, 3 at the end" in text
    assert "1,200 likes, 109 diamonds, 6 gifts" in text
    assert "Carol (100 diamonds), Bob (6 diamonds), Dave (2 diamonds)\n" in text
    assert re.search(r"wrote most +eve \(1 comment\)$", text)
    assert "quiet" not in text


def test_counters_go_on_between_two_documents_and_agree_with_the_next() -> None:
    room = RoomStats("alice", NOON)
    room.update("state", {"live": True, "likes": 100, "diamonds": 10}, NOON)
    room.update("gift", gift("bob", 5), NOON)
    room.update("like", {"total_like_count": 130}, NOON)
    room.update("like", {"total_like_count": 120}, NOON)
    assert (room.total("diamonds"), room.total("likes")) == (15, 130)
    room.update("state", {"live": True, "likes": 140, "diamonds": 15}, NOON)
    assert (room.total("diamonds"), room.total("likes")) == (15, 140)


def test_of_a_streak_that_went_on_only_the_difference_counts() -> None:
    room = RoomStats("alice", NOON)
    room.update("gift", gift("bob", 30, count=3, delta=3), NOON)
    room.update("gift", gift("bob", 50, count=5, delta=2), NOON)
    assert (room.total("diamonds"), room.total("gifts"), room.givers.first(1)) == (50, 5, [("Bob", 50)])


def test_viewers_are_sampled_once_a_second_while_known() -> None:
    room = RoomStats("alice", NOON)
    room.sample(NOON + 5)
    assert list(room.viewers) == []
    room.update("room_user", {"viewer_count": 4}, NOON + 6)
    room.sample(NOON + 6.5)
    room.sample(NOON + 7.5)
    room.update("room_user", {"viewer_count": 9}, NOON + 7.6)
    room.sample(NOON + 9)
    assert list(room.viewers) == [4, 4, 9]


def test_very_many_people_do_not_fill_the_memory() -> None:
    room = RoomStats("alice", NOON)
    for index in range(20_000):
        room.update("gift", gift(f"person{index}", 1000 if index == 3 else 1), NOON)
    assert len(room.givers._amounts) <= 5000
    assert room.givers.first(1) == [("Person3", 1000)]
