"""Events as the webcast side emits them, and a fake connection of a room."""

from typing import Any

from tiktok2mqtt.webcast.lifecycle import Connection

Json = dict[str, Any]


def event(event_type: str, **keys: Any) -> Json:
    """Return an event by the user bob; `keys` are added to its common keys."""
    common = {"v": 1, "event_type": event_type, "id": "7", "ts": "2026-01-02T03:04:05.678Z", "room": "alice"}
    common |= {
        "room_id": "55",
        "session_id": "55",
        "source": "direct",
        "replayed": False,
        "late": False,
        "delayed": False,
    }
    return common | person("bob") | keys


def person(username: str) -> Json:
    """Return the keys of a user."""
    picture = f"https://pictures.example/{username}"
    return {
        "user_id": f"id of {username}",
        "unique_id": username,
        "nickname": username.title(),
        "profile_picture_url": picture,
    }


def gift(count: int, delta: int, price: int | None = 5, **keys: Any) -> Json:
    """Return a final gift event: Roses at `price` diamonds."""
    details = {"gift_id": "5655", "name": "Rose", "diamond_count": price, "image": "https://pictures.example/rose"}
    total = None if price is None else count * price
    return event("gift", gift=details, gift_id="5655", count=count, delta=delta, diamonds=total, **keys)


class FakeConnection:
    """A room's connection that connects to nothing; `calls` are the methods that were called."""

    def __init__(self) -> None:
        self.connection = Connection()
        self.enabled = False
        self.has_account = False
        self.calls: list[str] = []

    def enable(self) -> None:
        self.calls.append("enable")
        self.enabled = True

    def disable(self) -> None:
        self.calls.append("disable")
        self.enabled = False

    def presume_live(self, confirmed_at: float) -> None:
        self.calls.append(f"presume_live {confirmed_at:.0f}")

    def interrupt(self) -> None:
        self.calls.append("interrupt")

    def close(self, _timeout_s: float = 5.0) -> None:
        self.calls.append("close")
