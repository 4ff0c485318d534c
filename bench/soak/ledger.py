"""What must arrive, and what has: the books of the soak. Thread-safe.

Delivered is what the broker has acknowledged; what becomes of it there is no matter of the daemon's.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson

KNOWN_BY_ID: Final = ("follow", "share", "question_new")
STREAMED: Final = ("chat", "like", "member")
# Of these the daemon alone knows how many there are.
_OF_ITS_OWN: Final = ("gift", "connected", "disconnected", "gap", "stream_end")
_MUST_ARRIVE: Final = frozenset((*KNOWN_BY_ID, *_OF_ITS_OWN))
_EVENTS: Final = frozenset((*KNOWN_BY_ID, *STREAMED, *_OF_ITS_OWN))
_HEALTH: Final = ["bridge", "health"]


@dataclass(frozen=True, slots=True)
class Streak:
    """Whose gifts these are; in the books each streak has a giver of its own."""

    room: str
    giver: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of all that was sent, most of it by name of event, diamonds by room.

    `lost` and `doubled` are sentences, one for each event, `promised` is what the outbox held when it was killed.
    """

    sent: dict[str, int]
    delivered: dict[str, int]
    repeated: dict[str, int]
    shed: dict[str, int]
    lost: list[str]
    doubled: list[str]
    promised: int
    diamonds_sent: dict[str, int]
    diamonds_told: dict[str, int]

    def broken(self) -> list[str]:
        """Return the promises that were not kept, a sentence each."""
        words = [f"lost: {one}" for one in self.lost] + [f"doubled: {one}" for one in self.doubled]
        words += [
            f"{room}: {count} diamonds sent, {self.diamonds_told.get(room, 0)} told"
            for room, count in self.diamonds_sent.items()
            if count != self.diamonds_told.get(room, 0)
        ]
        for name, shed in self.shed.items():
            if name in _MUST_ARRIVE:
                words.append(f"{shed} {name} shed")
            elif shed > (missing := self.sent.get(name, 0) - self.delivered.get(name, 0)) and name in self.sent:
                words.append(f"{shed} {name} said to be shed, {missing} missing")
        return words


class Ledger:
    """Takes what is sent from whoever sends it, and what arrives from the proxy before the broker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: Counter[str] = Counter()
        self._awaited: set[tuple[str, str]] = set()
        self._gifts: Counter[Streak] = Counter()
        self._told: Counter[Streak] = Counter()
        # By name and id: what was said of it, to compare it with its repetitions.
        self._arrived: dict[tuple[str, str], Any] = {}
        self._repeated: Counter[str] = Counter()
        self._unlike: list[str] = []
        self._promised = 0
        self._health: dict[str, Any] = {}
        self._shed: Counter[str] = Counter()

    def send(self, name: str, event_id: int) -> None:
        """An event was sent that must arrive, or, when it is one of STREAMED, may."""
        with self._lock:
            self._sent[name] += 1
            if name in KNOWN_BY_ID:
                self._awaited.add((name, str(event_id)))

    def send_gifts(self, streak: Streak, diamonds: int) -> None:
        """More gifts of a streak were sent."""
        with self._lock:
            self._sent["gift"] += 1
            self._gifts[streak] += diamonds

    def arrive(self, topic: str, payload: bytes) -> None:
        """The broker has a message, acknowledged if it is one of QoS 1."""
        levels = topic.split("/")[1:]
        if levels == _HEALTH:
            with self._lock:
                self._health = orjson.loads(payload)
        elif levels[-1] in _EVENTS:
            self._event(levels[-1], orjson.loads(payload))

    def promise(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """A daemon that was killed had these in its outbox: they must arrive."""
        for topic, payload in messages:
            name = topic.rpartition("/")[2]
            if name in _EVENTS:
                with self._lock:
                    self._awaited.add((name, orjson.loads(payload)["id"]))
                    self._promised += 1

    def _event(self, name: str, event: dict[str, Any]) -> None:
        facts = (event["delta"], event["unique_id"], event["gift"]["group_id"]) if name == "gift" else None
        key = name, event["id"]
        with self._lock:
            if key in self._arrived:
                self._repeated[name] += 1
                if self._arrived[key] != facts:
                    self._unlike.append(f"{name} {event['id']} came as {self._arrived[key]} and as {facts}")
                return
            self._arrived[key] = facts
            if name == "gift":
                self._told[Streak(event["room"], event["unique_id"])] += event["delta"] * event["gift"]["diamond_count"]

    def end_life(self) -> None:
        """The daemon was ended; its counters begin anew."""
        with self._lock:
            self._shed.update(self._health.get("dropped_by_event", {}))
            self._health = {}

    @property
    def queued(self) -> int | None:
        """How many priority events waited when the daemon said so last; None when it has not."""
        with self._lock:
            return self._health["queue"]["priority"] if self._health else None

    def is_settled(self) -> bool:
        """Whether all has arrived."""
        with self._lock:
            return self._awaited <= self._arrived.keys() and self._gifts == self._told

    def progress(self) -> int:
        """Return a number that grows with whatever arrives that was not there."""
        with self._lock:
            return len(self._arrived)

    def verdict(self) -> Verdict:
        """Return what became of everything."""
        with self._lock:
            delivered = Counter(name for name, _ in self._arrived)
            short = [
                f"gift of {s.giver} in {s.room}: {self._gifts[s] - self._told[s]} diamonds of {self._gifts[s]}"
                for s in self._gifts
                if self._told[s] < self._gifts[s]
            ]
            over = [
                f"gift of {s.giver} in {s.room}: {self._told[s]} diamonds instead of {self._gifts[s]}"
                for s in self._told
                if self._told[s] > self._gifts[s]
            ]
            return Verdict(
                dict(self._sent),
                dict(delivered),
                dict(self._repeated),
                dict(self._shed + Counter(self._health.get("dropped_by_event", {}))),
                [f"{name} {event_id}" for name, event_id in sorted(self._awaited - self._arrived.keys())] + short,
                over + self._unlike,
                self._promised,
                _by_room(self._gifts),
                _by_room(self._told),
            )


def _by_room(diamonds: Counter[Streak]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for streak, count in diamonds.items():
        total[streak.room] += count
    return dict(sorted(total.items()))
