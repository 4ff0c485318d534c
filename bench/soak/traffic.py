"""Simulated viewers: a steady stream of events in several rooms, all of which are recorded."""

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Final

from bench.soak.ledger import Live
from bench.soak.records import Records, Streak
from tiktok2mqtt.simulator import Room
from tiktok2mqtt.simulator.gifts import CATALOGUE, Gift

TICK_S: Final = 0.1
_MIX: Final = {"chat": 50, "like": 15, "member": 5, "gift": 18, "follow": 5, "share": 4, "question_new": 3}
_MAX_OPEN_STREAKS: Final = 10
_MAX_DIAMONDS: Final = 1_000
_GIFTS: Final = [gift for gift in CATALOGUE if gift.diamonds <= _MAX_DIAMONDS]


@dataclass(slots=True)
class _OpenStreak:
    """A streak that has not ended."""

    streak: Streak
    gift: Gift
    count: int = 0


@dataclass(slots=True)
class RoomTraffic:
    """The viewers of one room. Each streak has its own viewer, so that it can be identified by its sender.

    They send nothing while no client is connected. `connects` counts how often a client has connected.
    """

    room: Room
    records: Records
    rng: random.Random
    connects: int = 0
    is_connected: bool = False
    disconnected_at: float = 0.0
    _followers_before: int = field(init=False)
    _viewers: int = 0
    _open: list[_OpenStreak] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._followers_before = self.room.state.followers

    def books(self) -> dict[Live, dict[str, int]]:
        """Return what the simulator has counted in the LIVE."""
        counters, state = self.room.counters, self.room.state
        counted = {
            "gifts": counters.gifts,
            "diamonds": counters.diamonds,
            "new_followers": state.followers - self._followers_before,
            "shares": counters.shares,
            "comments": counters.comments,
        }
        return {Live(self.room.name, str(state.room_id)): counted}

    def update(self, now: float) -> None:
        """Check whether a client is connected."""
        was_connected, self.is_connected = self.is_connected, self.room.clients > 0
        if self.is_connected and not was_connected:
            self.connects += 1
        elif was_connected and not self.is_connected:
            self.disconnected_at = now

    def send_event(self) -> None:
        """Send one random event."""
        (name,) = self.rng.choices(list(_MIX), list(_MIX.values()))
        if name == "gift":
            self._send_gift()
        else:
            self.records.add_sent(name, self._send(name))

    def _send(self, name: str) -> int:
        room, user = self.room, self._new_viewer()
        match name:
            case "chat":
                return room.chat(user, "hello")
            case "like":
                return room.like(user)
            case "member":
                return room.member(user)
            case "follow":
                return room.follow(user)
            case "share":
                return room.share(user)
        return room.question(user, "why?")

    def _new_viewer(self) -> str:
        self._viewers += 1
        return f"v{self._viewers}"

    def _send_gift(self) -> None:
        """Start, continue, end or abandon a streak."""
        if len(self._open) < self.rng.randint(1, _MAX_OPEN_STREAKS):
            self._start_streak()
            return
        streak = self.rng.choice(self._open)
        choice = self.rng.random()
        if choice < 0.6:  # noqa: PLR2004 - most go on
            self._continue_streak(streak)
        else:
            self._open.remove(streak)
            if choice < 0.9:  # noqa: PLR2004 - a few never end
                self.room.gift_end(streak.streak.sender, streak.gift)
            else:
                self.room.gift_abandon(streak.streak.sender, streak.gift)

    def _start_streak(self) -> None:
        streak, gift = Streak(self.room.name, self._new_viewer()), self.rng.choice(_GIFTS)
        if gift.streakable:
            started = _OpenStreak(streak, gift)
            self._open.append(started)
            self._continue_streak(started)
        else:
            self.records.add_sent_gift(streak, gift.diamonds)
            self.room.gift(streak.sender, gift)

    def _continue_streak(self, streak: _OpenStreak) -> None:
        streak.count += 1
        self.records.add_sent_gift(streak.streak, streak.gift.diamonds)
        self.room.gift_streak(streak.streak.sender, streak.gift, streak.count)

    def end_live(self) -> None:
        """End the LIVE and its open streaks."""
        self._open.clear()
        self.room.end()


class TrafficThread:
    """Sends events in all connected rooms, `rate` per second in total, from `start` until `stop`, which joins it."""

    def __init__(self, rooms: list[RoomTraffic], rate: float) -> None:
        self._rooms = rooms
        self._events_per_tick = rate * TICK_S / len(rooms)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)
        self._failure: Exception | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and join the thread. Raises the exception that it failed with."""
        self._stopping.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        remainder, due = 0.0, time.monotonic()
        try:
            while not self._stopping.wait(max(0.0, due - time.monotonic())):
                due = max(due + TICK_S, time.monotonic() - 1.0)
                remainder += self._events_per_tick
                count, remainder = int(remainder), remainder % 1.0
                for traffic in self._rooms:
                    traffic.update(time.monotonic())
                    if traffic.is_connected:
                        for _ in range(count):
                            traffic.send_event()
        except Exception as failure:  # noqa: BLE001 - raised by stop
            self._failure = failure
