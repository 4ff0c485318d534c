"""Gift messages as the registry decodes them, for the tests of streaks."""

from typing import Any

from tiktok2mqtt.webcast.streaks import Streaks

END = 1
Event = dict[str, Any]


def gift(  # noqa: PLR0913 - the fields of a message
    count: int,
    end: int = 0,
    *,
    user: str | None = "5",
    name: str | None = "bob",
    nickname: str | None = "Bob",
    gift_id: str = "5655",
    title: str | None = "Rose",
    group: str | None = "77",
    gift_type: int | None = 1,
    price: int | None = 10,
    replayed: bool = False,
    to: str | None = None,
) -> Event:
    return {
        "event_type": "gift",
        "id": f"{group}-{count}-{end}",
        "replayed": replayed,
        "user_id": user,
        "unique_id": name,
        "nickname": nickname,
        "gift_id": gift_id,
        "recipient": None if to is None else {"user_id": to, "unique_id": f"guest{to}", "nickname": None},
        "to_host": None if to is None else False,
        "gift": {
            "name": title,
            "gift_type": gift_type,
            "diamond_count": price,
            "image": None,
            "repeat_count": count,
            "repeat_end": end,
            "group_id": group,
            "to_user_id": to,
        },
    }


def counts(events: list[Event]) -> list[tuple[Any, ...]]:
    """Return of each event: name, count, delta, diamonds, closed_by."""
    return [
        (event["event_type"], event["count"], event["delta"], event["diamonds"], event.get("closed_by"))
        for event in events
    ]


def feed(streaks: Streaks, *events: Event, now: float = 0.0) -> list[tuple[Any, ...]]:
    """Feed messages to the streaks; return the resulting events as `counts` does."""
    return counts([out for event in events for out in streaks.feed(event, now)])
