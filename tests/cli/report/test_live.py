from typing import Any

from tiktok2mqtt.cli.report.live import Live, read_live


def event(kind: str, second: Any = 0, **more: Any) -> dict[str, Any]:
    return {"event_type": kind, "ts": f"2026-11-24T18:30:{second:02}.000Z"} | more


def gift(person: str, diamonds: int | None, count: int = 1, **more: Any) -> dict[str, Any]:
    name = more.pop("name", "Rose")
    document = {"user_id": person, "nickname": person, "gift": {"name": name}, "diamonds": diamonds}
    return event("gift", **document | {"count": count, "delta": count} | more)


def test_what_the_events_add_up_to() -> None:
    live = read_live(
        "alice",
        [
            event("connected", title="Cooking"),
            event("room_user", 1, viewer_count=5),
            event("room_user", 2, viewer_count=9),
            event("room_user", 3, viewer_count=4),
            event("like", 4, total_like_count=100),
            event("like", 5, total_like_count=90),
            gift("bob", 10, 10),
            gift("carol", 500, name="Galaxy"),
            gift("bob", None, 2, name=""),
            event("chat", user_id="1", nickname="Bob"),
            event("share"),
            event("follow", nickname="Dave"),
            event("gap", 50, since="2026-11-24T18:30:40Z", seconds=10),
        ],
    )
    assert (live.title, live.peak_viewers) == ("Cooking", 9)
    assert [value for _, value in live.likes] == [100, 100]
    assert [value for _, value in live.diamonds] == [10, 510, 510]
    assert live.counts == {"gifts": 13, "comments": 1, "shares": 1, "new_followers": 1, "unpriced_gifts": 2}
    assert live.gifts == {"Rose": 10, "Galaxy": 1, "a gift without a name": 2}
    assert live.givers.first(2) == [("carol", 500), ("bob", 10)]
    assert live.followers == ["Dave"]
    assert [(end - start).total_seconds() for start, end in live.gaps] == [10]
    assert live.start is not None
    assert live.end is not None
    assert (live.end - live.start).total_seconds() == 50


def test_of_a_streak_that_went_on_only_the_difference_counts() -> None:
    live = read_live("alice", [gift("bob", 30, 3), gift("bob", 50, 5, delta=2)])
    assert (live.counts["gifts"], live.diamonds_by_gift["Rose"], live.givers.first(1)) == (5, 50, [("bob", 50)])


def test_what_happened_before_the_live_was_joined_is_not_counted() -> None:
    live = read_live("alice", [gift("bob", 10, replayed=True), event("chat", replayed=True)])
    assert (live.start, live.counts) == (None, {})


def test_hostile_events_are_harmless() -> None:
    live = Live("alice")
    for document in (
        {},
        {"event_type": "gift", "ts": "soon"},
        event("gift", gift=[], diamonds="x", delta=None, user_id={}),
        event("room_user", viewer_count="many"),
        event("gap", since=7),
        event("connected", title=["x"]),
    ):
        live.add(document)
    assert live.last(live.diamonds) == 0


def test_a_thousand_kinds_of_gifts_are_the_most() -> None:
    live = read_live("alice", [gift("bob", 1, name=f"gift {number}") for number in range(3000)])
    assert len(live.gifts) == 1001
    assert live.gifts["other gifts"] == 2000
