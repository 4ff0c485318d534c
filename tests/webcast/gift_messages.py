"""Gift messages as the registry decodes them, and what tests want to know of the events made from them."""

from typing import Any

from tiktok2mqtt.webcast.streaks import Streaks

END = 1
Event = dict[str, Any]


def gift(  # noqa: PLR0913 - one fact of the message each
    count: int,
    end: int = 0,
    *,
    user: str | None = "5",
    name: str | None = "bob",
    nickname: str | None = "Bob",
    gift_id: str = "5655",
    title: str | None = "Rose",
    group: str | None = "77",
    sort: int | None = 1,
    price: int | None = 10,
    replayed: bool = False,
) -> Event:
    return {
        "event_type": "gift",
        "id": f"{group}-{count}-{end}",
        "replayed": replayed,
        "user_id": user,
        "unique_id": name,
        "nickname": nickname,
        "gift_id": gift_id,
        "gift": {
            "name": title,
            "gift_type": sort,
            "diamond_count": price,
            "image": None,
            "repeat_count": count,
            "repeat_end": end,
            "group_id": group,
        },
    }


def counts(events: list[Event]) -> list[tuple[Any, ...]]:
    """What a reader of the events needs to know: name, count, delta, diamonds, closed_by."""
    return [
        (event["event_type"], event["count"], event["delta"], event["diamonds"], event.get("closed_by"))
        for event in events
    ]


def feed(streaks: Streaks, *events: Event, now: float = 0.0) -> list[tuple[Any, ...]]:
    return counts([out for event in events for out in streaks.feed(event, now)])
