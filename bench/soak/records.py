"""Records what was sent and what was delivered during the soak test. Thread-safe.

A message counts as delivered when the broker has acknowledged it. What the broker does with it is not checked.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from bench.soak.ledger import DOCUMENTS, EVENTS, Ledger

TRACKED_BY_ID: Final = ("follow", "share", "question_new")
STREAMED: Final = ("chat", "like", "member")
# Only the daemon knows how many of these there are.
_MADE_BY_DAEMON: Final = ("gift", "connected", "disconnected", "gap", "stream_end")
_PRIORITY: Final = frozenset((*TRACKED_BY_ID, *_MADE_BY_DAEMON))
_EVENTS: Final = frozenset((*_PRIORITY, *STREAMED))
_HEALTH: Final = ["bridge", "health"]


@dataclass(frozen=True, slots=True)
class Streak:
    """Identifies a streak of gifts. In the soak test each streak has its own sender."""

    room: str
    sender: str


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome for everything that was sent: counts by event name, diamonds by room.

    `lost` and `duplicated` have one sentence per event. `from_outbox` is the number of messages that were in the
    outbox when the daemon was killed.
    """

    sent: dict[str, int]
    delivered: dict[str, int]
    repeated: dict[str, int]
    dropped: dict[str, int]
    lost: list[str]
    duplicated: list[str]
    from_outbox: int
    diamonds_sent: dict[str, int]
    diamonds_delivered: dict[str, int]

    def failures(self) -> list[str]:
        """Return one sentence per broken promise."""
        sentences = [f"lost: {one}" for one in self.lost] + [f"duplicated: {one}" for one in self.duplicated]
        sentences += [
            f"{room}: {count} diamonds sent, {self.diamonds_delivered.get(room, 0)} delivered"
            for room, count in self.diamonds_sent.items()
            if count != self.diamonds_delivered.get(room, 0)
        ]
        for name, dropped in self.dropped.items():
            if name in _PRIORITY:
                sentences.append(f"{dropped} {name} dropped")
            elif dropped > (missing := self.sent.get(name, 0) - self.delivered.get(name, 0)) and name in self.sent:
                sentences.append(f"{dropped} {name} reported as dropped, {missing} missing")
        return sentences


class Records:
    """Collects what the simulated viewers send, and what the proxy in front of the broker sees."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self._lock = threading.Lock()
        self._sent: Counter[str] = Counter()
        self._expected: set[tuple[str, str]] = set()
        self._diamonds_sent: Counter[Streak] = Counter()
        self._diamonds_delivered: Counter[Streak] = Counter()
        # By name and id: the content that must be the same in each repetition.
        self._delivered: dict[tuple[str, str], Any] = {}
        self._repeated: Counter[str] = Counter()
        self._conflicts: list[str] = []
        self._from_outbox = 0
        self._health: dict[str, Any] = {}
        self._good_reports = 0
        self._dropped: Counter[str] = Counter()

    def add_sent(self, name: str, event_id: int) -> None:
        """Record an event that was sent. It must be delivered, unless it is one of STREAMED."""
        with self._lock:
            self._sent[name] += 1
            if name in TRACKED_BY_ID:
                self._expected.add((name, str(event_id)))

    def add_sent_gift(self, streak: Streak, diamonds: int) -> None:
        """Record a gift message that was sent, with the diamonds that it adds to a streak."""
        with self._lock:
            self._sent["gift"] += 1
            self._diamonds_sent[streak] += diamonds

    def add_delivered(self, topic: str, payload: bytes) -> None:
        """Record a message that the broker received, and acknowledged if it has QoS 1."""
        levels = topic.split("/")[1:]
        if levels == _HEALTH:
            with self._lock:
                self._health = orjson.loads(payload)
                self._good_reports = self._good_reports + 1 if self._health["outbox"]["on_disk"] else 0
        elif levels[-1] in _EVENTS:
            self._add_event(levels[-1], orjson.loads(payload))
        elif levels[-1] in DOCUMENTS and levels[0] != "bridge" and payload:
            self.ledger.add_document(levels[-1], levels[0], orjson.loads(payload))

    def add_outbox(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Record the messages in the outbox of a killed daemon, which must be delivered."""
        for topic, payload in messages:
            name = topic.rpartition("/")[2]
            if name in _EVENTS:
                with self._lock:
                    self._expected.add((name, orjson.loads(payload)["id"]))
                    self._from_outbox += 1

    def _add_event(self, name: str, event: dict[str, Any]) -> None:
        content = (event["delta"], event["unique_id"], event["gift"]["group_id"]) if name == "gift" else None
        key = name, event["id"]
        with self._lock:
            if key in self._delivered:
                self._repeated[name] += 1
                if self._delivered[key] != content:
                    self._conflicts.append(f"{name} {event['id']} arrived as {self._delivered[key]} and as {content}")
                return
            self._delivered[key] = content
            if name in EVENTS:
                self.ledger.add_event(name, event)
            if name == "gift":
                streak = Streak(event["room"], event["unique_id"])
                self._diamonds_delivered[streak] += event["delta"] * event["gift"]["diamond_count"]

    def daemon_ended(self) -> None:
        """Keep the counters of a daemon that was killed: those of the next one start at 0."""
        with self._lock:
            self._dropped.update(self._health.get("dropped_by_event", {}))
            self._health = {}

    @property
    def good_reports(self) -> int:
        """How many health messages in a row have said that events are saved on disk, since `forget_reports`."""
        with self._lock:
            return self._good_reports

    def forget_reports(self) -> None:
        """Count health messages anew."""
        with self._lock:
            self._good_reports = 0

    @property
    def queued(self) -> int | None:
        """Number of queued priority events in the last health message; None if there is none yet."""
        with self._lock:
            return self._health["queue"]["priority"] if self._health else None

    def is_complete(self) -> bool:
        """Whether everything has been delivered."""
        with self._lock:
            return self._expected <= self._delivered.keys() and self._diamonds_sent == self._diamonds_delivered

    def delivered_count(self) -> int:
        """Return the number of different events that have been delivered."""
        with self._lock:
            return len(self._delivered)

    def result(self) -> Result:
        """Return the outcome so far."""
        with self._lock:
            delivered = Counter(name for name, _ in self._delivered)
            missing = [
                f"gift from {s.sender} in {s.room}: {sent - self._diamonds_delivered[s]} of {sent} diamonds"
                for s, sent in self._diamonds_sent.items()
                if self._diamonds_delivered[s] < sent
            ]
            excess = [
                f"gift from {s.sender} in {s.room}: {count} diamonds instead of {self._diamonds_sent[s]}"
                for s, count in self._diamonds_delivered.items()
                if count > self._diamonds_sent[s]
            ]
            return Result(
                dict(self._sent),
                dict(delivered),
                dict(self._repeated),
                dict(self._dropped + Counter(self._health.get("dropped_by_event", {}))),
                [f"{name} {event_id}" for name, event_id in sorted(self._expected - self._delivered.keys())] + missing,
                excess + self._conflicts,
                self._from_outbox,
                _by_room(self._diamonds_sent),
                _by_room(self._diamonds_delivered),
            )


def _by_room(diamonds: Counter[Streak]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for streak, count in diamonds.items():
        total[streak.room] += count
    return dict(sorted(total.items()))
