"""What one LIVE has brought so far: charts per minute, gifters, the latest gifts. Pure; bounded."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tiktok2mqtt.common.counts import gift_diamonds, is_count

Json = dict[str, Any]
# Four hours of charts.
MAX_MINUTES: Final = 240
MAX_GIFTERS: Final = 2_000
SHOWN_GIFTERS: Final = 20
SHOWN_GIFTS: Final = 30


@dataclass(slots=True)
class Minute:
    """One minute of a LIVE; `viewers` is the last number that was seen in it."""

    at: int
    viewers: int | None = None
    diamonds: int = 0


@dataclass(slots=True)
class Live:
    """One LIVE as this program has seen it. `session_id` is None until an event names one."""

    session_id: str | None = None
    minutes: deque[Minute] = field(default_factory=lambda: deque(maxlen=MAX_MINUTES))
    gifts: deque[Json] = field(default_factory=lambda: deque(maxlen=SHOWN_GIFTS))
    gifters: dict[str, Json] = field(default_factory=dict)

    def apply(self, event: Mapping[str, Any], now: float) -> None:
        """Count an event. `now` is Unix time in seconds."""
        session = event.get("session_id")
        if isinstance(session, str) and session != self.session_id:
            self.reset(session)
        if event.get("replayed"):
            return
        match event.get("event_type"):
            case "room_user":
                self.set_viewers(event.get("viewer_count"), now)
            case "gift":
                self._gift(event, now)

    def reset(self, session_id: str | None) -> None:
        """Begin a new LIVE."""
        self.session_id = session_id
        self.minutes.clear()
        self.gifts.clear()
        self.gifters.clear()

    def set_viewers(self, count: Any, now: float) -> None:
        """Note the number of viewers."""
        if is_count(count):
            self._minute(now).viewers = count

    def _gift(self, event: Mapping[str, Any], now: float) -> None:
        diamonds = gift_diamonds(event)
        self._minute(now).diamonds += diamonds
        gift = event.get("gift")
        name = gift.get("name") if isinstance(gift, dict) else None
        who = {key: event.get(key) for key in ("user_id", "unique_id", "nickname", "profile_picture_url")}
        entry = {"id": event.get("id"), "ts": event.get("ts"), "name": name, "count": event.get("delta")}
        self.gifts.append(entry | {"diamonds": diamonds} | who)
        key = str(event.get("user_id") or event.get("unique_id") or "")
        if not key:
            return
        if key not in self.gifters and len(self.gifters) >= MAX_GIFTERS:
            del self.gifters[min(self.gifters, key=lambda one: self.gifters[one]["diamonds"])]
        total = self.gifters.get(key, {"diamonds": 0})["diamonds"] + diamonds
        self.gifters[key] = who | {"diamonds": total}

    def _minute(self, now: float) -> Minute:
        at = int(now // 60) * 60
        if not self.minutes or self.minutes[-1].at < at:
            self.minutes.append(Minute(at))
        return self.minutes[-1]

    def document(self) -> Json:
        """Return charts, top gifters and latest gifts as JSON."""
        top = sorted(self.gifters.values(), key=lambda one: -one["diamonds"])[:SHOWN_GIFTERS]
        minutes = [[one.at, one.viewers, one.diamonds] for one in self.minutes]
        return {"session_id": self.session_id, "minutes": minutes, "gifters": top, "gifts": list(self.gifts)[::-1]}
