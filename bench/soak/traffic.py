"""Viewers at work: a steady stream of events in many rooms, and the books of what was sent."""

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Final

from bench.soak.ledger import Ledger, Streak
from tiktok2mqtt.simulator import Room
from tiktok2mqtt.simulator.gifts import CATALOGUE, Gift

TICK_S: Final = 0.1
_MIX: Final = {"chat": 50, "like": 15, "member": 5, "gift": 18, "follow": 5, "share": 4, "question_new": 3}
_OPEN_STREAKS: Final = 10
_DEAREST: Final = 1_000
_GIFTS: Final = [gift for gift in CATALOGUE if gift.diamonds <= _DEAREST]


@dataclass(slots=True)
class _Running:
    """A streak that goes on."""

    streak: Streak
    gift: Gift
    count: int = 0


@dataclass(slots=True)
class Audience:
    """The viewers of one room. Each streak has a viewer of its own, which makes it easy to find again.

    They wait while nobody listens. `returns` counts how often somebody listened again.
    """

    room: Room
    ledger: Ledger
    rng: random.Random
    returns: int = 0
    is_heard: bool = False
    unheard_since: float = 0.0
    _number: int = 0
    _running: list[_Running] = field(default_factory=list)

    def look(self, now: float) -> None:
        """See whether somebody listens."""
        was_heard, self.is_heard = self.is_heard, self.room.clients > 0
        if self.is_heard and not was_heard:
            self.returns += 1
        elif was_heard and not self.is_heard:
            self.unheard_since = now

    def act(self) -> None:
        """Do one thing."""
        (name,) = self.rng.choices(list(_MIX), list(_MIX.values()))
        if name == "gift":
            self._give()
        else:
            self.ledger.send(name, self._say(name))

    def _say(self, name: str) -> int:
        room, user = self.room, self._viewer()
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

    def _viewer(self) -> str:
        self._number += 1
        return f"v{self._number}"

    def _give(self) -> None:
        """Begin a streak, carry one on, end one, or leave one without an end."""
        if len(self._running) < self.rng.randint(1, _OPEN_STREAKS):
            self._begin()
            return
        running = self.rng.choice(self._running)
        fate = self.rng.random()
        if fate < 0.6:  # noqa: PLR2004 - most go on
            self._go_on(running)
        else:
            self._running.remove(running)
            if fate < 0.9:  # noqa: PLR2004 - a few never end
                self.room.gift_end(running.streak.giver, running.gift)
            else:
                self.room.gift_abandon(running.streak.giver, running.gift)

    def _begin(self) -> None:
        streak, gift = Streak(self.room.name, self._viewer()), self.rng.choice(_GIFTS)
        if gift.streakable:
            running = _Running(streak, gift)
            self._running.append(running)
            self._go_on(running)
        else:
            self.ledger.send_gifts(streak, gift.diamonds)
            self.room.gift(streak.giver, gift)

    def _go_on(self, running: _Running) -> None:
        running.count += 1
        self.ledger.send_gifts(running.streak, running.gift.diamonds)
        self.room.gift_streak(running.streak.giver, running.gift, running.count)

    def leave(self) -> None:
        """End the LIVE, with the streaks that still run."""
        self._running.clear()
        self.room.end()


class Traffic:
    """Lets the audiences act, `rate` times a second in all, from `start` to `stop`, in a thread of its own."""

    def __init__(self, audiences: list[Audience], rate: float) -> None:
        self._audiences = audiences
        self._each = rate * TICK_S / len(audiences)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)
        self.failure: Exception | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and raise what went wrong."""
        self._stopping.set()
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        owed, due = 0.0, time.monotonic()
        try:
            while not self._stopping.wait(max(0.0, due - time.monotonic())):
                due = max(due + TICK_S, time.monotonic() - 1.0)
                owed += self._each
                turns, owed = int(owed), owed % 1.0
                for audience in self._audiences:
                    audience.look(time.monotonic())
                    if audience.is_heard:
                        self._act(audience, turns)
        except Exception as failure:  # noqa: BLE001 - raised by stop
            self.failure = failure

    def _act(self, audience: Audience, turns: int) -> None:
        for _ in range(turns):
            audience.act()
