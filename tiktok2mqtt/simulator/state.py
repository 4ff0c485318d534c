"""The state of the simulated service: rooms, LIVE sessions, counters, messages. No wire format, no clock, no I/O."""

from __future__ import annotations

import random
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tiktok2mqtt.simulator.viewers import Viewer

if TYPE_CHECKING:
    from tiktok2mqtt.simulator.battles import Battle
    from tiktok2mqtt.simulator.envelope import Message
    from tiktok2mqtt.simulator.gifts import Gift

KEPT_MESSAGES: Final = 1_000
_USERNAME: Final = re.compile(r"[\w.]{1,32}")


@dataclass
class Streak:
    """An open gift streak: its group and the count so far."""

    group_id: int
    count: int = 0


@dataclass
class Counters:
    """The counters of one LIVE session."""

    viewers: int = 0
    total_users: int = 0
    likes: int = 0
    diamonds: int = 0
    gifts: int = 0
    comments: int = 0
    shares: int = 0
    scores: Counter[Viewer] = field(default_factory=Counter)


@dataclass
class RoomState:
    """One host: the current or last LIVE session, and what lasts longer. `room_id` is 0 before the first session."""

    name: str
    host: Viewer
    followers: int
    room_id: int = 0
    live: bool = False
    title: str = ""
    started_at: float = 0.0
    ended_at: float = 0.0
    age_restricted: bool = False
    private: bool = False
    paused: bool = False
    counters: Counters = field(default_factory=Counters)
    streaks: dict[tuple[Viewer, Gift], Streak] = field(default_factory=dict)
    battle: Battle | None = None
    last_battle_id: int = 0
    boxes: list[int] = field(default_factory=list)
    viewers: dict[str, Viewer] = field(default_factory=dict)
    comment_id: int = 0
    history: list[Message] = field(default_factory=list)
    remembered: int = 0
    last_group: int = 0
    claimed_id: int = 0
    sent: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT_MESSAGES))
    sent_total: int = 0

    @property
    def status(self) -> int:
        """TikTok's code: 2 live, 3 paused, 4 ended or offline."""
        if not self.live:
            return 4
        return 3 if self.paused else 2

    def start(self, room_id: int, title: str, viewers: int, now: float) -> None:
        """Start a new LIVE session with new counters."""
        self.room_id, self.title, self.live, self.started_at = room_id, title, True, now
        self.paused = False
        self.counters = Counters(viewers=viewers, total_users=viewers)
        self.streaks.clear()
        self.battle = None
        self.boxes.clear()
        self.comment_id = 0
        self.sent.clear()
        self.sent_total = 0

    def stop(self, now: float) -> None:
        """End the session."""
        self.live, self.ended_at = False, now

    def record(self, message: Message) -> None:
        """Keep a message for polling clients and for replays."""
        self.sent.append(message)
        self.sent_total += 1

    def since(self, index: int) -> list[Message]:
        """The kept messages after the first `index` of the session."""
        fresh = min(self.sent_total - index, len(self.sent))
        return list(self.sent)[-fresh:] if fresh > 0 else []

    def replay(self) -> list[Message]:
        """Messages that a newly connected client gets as history, oldest first."""
        return self.history + (list(self.sent)[-self.remembered :] if self.remembered else [])

    def new_group(self, now: float) -> int:
        """Return a group id for a streak. On the service it looks like a time in ms; here quick streaks must differ."""
        self.last_group = max(self.last_group + 1, int(now * 1000))
        return self.last_group

    def count_gift(self, viewer: Viewer, gift: Gift, count: int) -> None:
        """Add `count` gifts to the counters."""
        self.counters.gifts += count
        self.counters.diamonds += count * gift.diamonds
        self.counters.scores[viewer] += count * gift.diamonds


class World:
    """All rooms, by name and by every room id they ever had."""

    def __init__(self) -> None:
        self.rooms: dict[str, RoomState] = {}
        self._names_by_id: dict[int, str] = {}
        self._last_id = 0

    def room(self, name: str) -> RoomState:
        """Return the room of a username (case and a leading `@` are ignored); a new room is offline.

        Raises ValueError for an invalid username.
        """
        name = name.removeprefix("@").lower()
        if not _USERNAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a username: 1 to 32 letters, digits, '.' and '_'")
        if name not in self.rooms:
            host = Viewer.named(name)
            self.rooms[name] = RoomState(name=name, host=host, followers=host.followers)
        return self.rooms[name]

    def find(self, name: str) -> RoomState | None:
        """The room of a username, or None: no such user."""
        return self.rooms.get(name.lower())

    def by_user_id(self, text: str) -> RoomState | None:
        """The room of the user with this number, or None. Profile pages are found by it too."""
        return next((state for state in self.rooms.values() if str(state.host.user_id) == text), None)

    def by_id(self, room_id: int) -> RoomState | None:
        """The host that has or had this room id."""
        return self.rooms.get(self._names_by_id.get(room_id, ""))

    def remove(self, name: str) -> None:
        """Remove a user; its room ids become unknown."""
        self.rooms.pop(name, None)

    def new_room_id(self, state: RoomState, now: float) -> int:
        """Return a room id for a new session of this host."""
        room_id = self.new_id(now)
        self._names_by_id[room_id] = state.name
        return room_id

    def new_id(self, now: float) -> int:
        """Return a unique, growing id of 19 digits. As on the service, the upper half is the Unix time in seconds."""
        # A random start keeps two simulators, or two runs within one second, apart.
        base = self._last_id or (int(now) << 32) + random.getrandbits(31)
        self._last_id = max(base + 1, int(now) << 32)
        return self._last_id
