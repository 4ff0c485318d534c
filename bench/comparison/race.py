"""The race: each contender in turn, round by round, then each once at the highest rate that it holds.

Broker, simulated service and contender are processes of their own, the subscriber, in this one, hears all chats. How
old a chat is when it comes is told by its text, so it is the same for all.
"""

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

import orjson

from bench.comparison.contenders import OURS, Contender, Place, bare_loop, bare_socket
from bench.comparison.rooms import frame_size
from bench.comparison.traffic import age_ms
from bench.processes import Program, broker
from bench.subscriber import Listener

CALM: Final = 200
BUSY: Final = 500
PROOF_PART: Final = 5
_WARM_UP_S: Final = 1.0
_SETTLE_S: Final = 0.5
_QUIET_S: Final = 3.0
_FIRST_S: Final = 30.0
_PROOFS: Final = 4
_A_BIT_LESS: Final = 0.95
_LOWER: Final = 0.9
_MAY_GROW_MS: Final = 100.0
_MAY_LACK: Final = 0.98


@dataclass(frozen=True, slots=True)
class Flood:
    """Messages that were sent and the chats among them, the ages of those that came, and the processor time.

    `sending_s` is how long it took until all were sent, `seconds` until the last chat had come.
    """

    sent: int
    chats: int
    sending_s: float
    seconds: float
    cpu_us: float
    ages_ms: Sequence[float]

    @property
    def cpu_us_each(self) -> float:
        """Processor time of one message."""
        return self.cpu_us / self.sent

    @property
    def per_second(self) -> float:
        """Messages a second, until the last chat had come."""
        return self.sent / self.seconds

    def holds(self, rate: float) -> bool:
        """Whether all was sent at this rate and came, and the lag did not grow from the second fifth to the last."""
        fifth = len(self.ages_ms) // 5
        if len(self.ages_ms) < self.chats or not fifth or self.sent / self.sending_s < rate * _MAY_LACK:
            return False
        return median(self.ages_ms[-fifth:]) <= median(self.ages_ms[fifth : 2 * fifth]) + _MAY_GROW_MS


@dataclass(frozen=True, slots=True)
class Round:
    """One contender in one round. `start_s` is from the start of its process to its first event at the subscriber."""

    start_s: float
    idle_bytes: int
    busy_bytes: int
    calm: Flood
    busy: Flood


@dataclass(frozen=True, slots=True)
class Highest:
    """The highest rate that was held, for so many seconds, in messages a second; None: none was."""

    rate: int | None
    flood: Flood | None = None


@dataclass(frozen=True, slots=True)
class Floor:
    """Processor time of a message by a process that does half of the job, and how many it does a second."""

    cpu_us_each: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Race:
    """All that was measured, by contender; `published` is how many messages the daemon publishes for one received."""

    broker: str
    sizes: Mapping[str, int]
    rounds: dict[Contender, list[Round]]
    highest: dict[Contender, Highest] = field(default_factory=dict)
    socket: Floor = field(default_factory=Floor)
    loop: Floor = field(default_factory=Floor)
    published: float = 0.0


@dataclass(frozen=True, slots=True)
class _Course:
    """What all of them share: the place, the service, and the subscriber."""

    place: Place
    service: Program
    chats: Listener

    @contextlib.contextmanager
    def running(self, contender: Contender) -> Iterator[tuple[Program, float]]:
        """Run a contender; yield it, and the seconds from its start to its first event at the subscriber."""
        self.chats.expect(contender.rooms)
        start = time.time()
        with contender.start(self.place) as program:
            self.service.ask(f"first {contender.rooms}")
            _wait(self.chats, contender.rooms, _FIRST_S)
            if not self.chats.received:
                raise TimeoutError(f"{contender.name}: no event within {_FIRST_S:g} s")
            yield program, self.chats.received[0][1] - start

    def warm_up(self, program: Program, rooms: int, seconds: float) -> Flood:
        """Send a second of messages, or fewer when the measurements are shorter."""
        return self.flood(program, rooms, int(BUSY * min(_WARM_UP_S, seconds)), BUSY)

    def flood(self, program: Program, rooms: int, count: int, rate: float = 0) -> Flood:
        """Send so many messages, `rate` a second or as fast as they are read, and wait for the chats among them."""
        self.chats.expect(sys.maxsize)
        before_us, start = program.cpu_us(), time.time()
        chats, sending_s = self.service.ask(f"{rooms} {count} {rate}").split()
        _wait(self.chats, int(chats))
        cpu_us = program.cpu_us() - before_us
        if not self.chats.received:
            raise RuntimeError(f"nothing came of {chats} chats; is {program.name} well?")
        ages = [age_ms(payload, at) for payload, at in self.chats.received]
        return Flood(count, int(chats), float(sending_s), self.chats.received[-1][1] - start, cpu_us, ages)


def _wait(chats: Listener, count: int, quiet_s: float = _QUIET_S) -> None:
    """Return when so many have come, or none for `quiet_s`."""
    seen, deadline = 0, time.monotonic() + quiet_s
    while len(chats.received) < count and time.monotonic() < deadline:
        if len(chats.received) > seen:
            seen, deadline = len(chats.received), time.monotonic() + quiet_s
        time.sleep(0.005)


def run(contenders: Sequence[Contender], rounds: int, seconds: float, say: Callable[[str], None]) -> Race:
    """Let them race: `rounds` times, at each rate for so many seconds, and five times as long at the highest one."""
    with (
        broker() as (name, port),
        Program("bench.comparison.rooms") as service,
        Listener(port, "tiktok/+/chat") as chats,
    ):
        course = _Course(Place(port, service.line().split(), service.line().split()), service, chats)
        race = Race(name, orjson.loads(service.line()), {contender: [] for contender in contenders})
        with tempfile.TemporaryDirectory() as folder:
            payloads = Path(folder) / "payloads"
            race.published = _record(course, payloads, seconds)
            for number in range(rounds):
                for contender in contenders:
                    say(f"round {number + 1} of {rounds}: {contender.name}")
                    race.rounds[contender].append(_round(course, contender, seconds))
                say(f"round {number + 1} of {rounds}: bare socket, bare paho loop")
                _bare_socket(course, race.socket, seconds)
                _bare_loop(course, race.loop, payloads, seconds)
        for contender in contenders:
            say(f"highest rate: {contender.name}")
            race.highest[contender] = _highest(course, contender, seconds, say)
    return race


def _record(course: _Course, payloads: Path, seconds: float) -> float:
    """Write down what the daemon publishes, for the bare loop; return how many messages it publishes for one."""
    count = int(BUSY * seconds)
    with Listener(course.place.port, "tiktok/+/+") as everything, course.running(OURS) as (program, _):
        everything.expect(sys.maxsize)
        course.flood(program, OURS.rooms, count, BUSY)
        time.sleep(_SETTLE_S)
        payloads.write_bytes(b"\n".join(payload for payload, _ in everything.received))
        return len(everything.received) / count


def _round(course: _Course, contender: Contender, seconds: float) -> Round:
    with course.running(contender) as (program, start_s):
        time.sleep(_SETTLE_S)
        idle_bytes = program.rss_bytes()
        course.warm_up(program, contender.rooms, seconds)
        calm, busy = (course.flood(program, contender.rooms, int(rate * seconds), rate) for rate in (CALM, BUSY))
        return Round(start_s, idle_bytes, program.rss_bytes(), calm, busy)


def _highest(course: _Course, contender: Contender, seconds: float, say: Callable[[str], None]) -> Highest:
    """Guess the rate from a flood as fast as it goes, then lower it until it is held."""
    with course.running(contender) as (program, _):
        warm = course.warm_up(program, contender.rooms, seconds)
        short = course.flood(program, contender.rooms, warm.sent)
        guess = course.flood(program, contender.rooms, max(short.sent, int(short.per_second * seconds)))
        rate = int(guess.per_second * _A_BIT_LESS)
        for _ in range(_PROOFS):
            say(f"highest rate: {contender.name}, {rate:,} a second")
            proof = course.flood(program, contender.rooms, int(rate * seconds * PROOF_PART), rate)
            if proof.holds(rate):
                return Highest(rate, proof)
            rate = int(min(rate * _LOWER, proof.per_second * _A_BIT_LESS))
    return Highest(None)


def _bare_socket(course: _Course, floor: Floor, seconds: float) -> None:
    """Let somebody only read: at 500 messages a second, then as fast as they are sent."""
    with bare_socket(course.place) as program:
        course.service.ask("first 1")
        for rate, count in ((BUSY, int(BUSY * seconds)), (0, int(10 * BUSY * seconds))):
            before_us = program.cpu_us()
            sending_s = float(course.service.ask(f"1 {count} {rate}").split()[1])
            if rate:
                floor.cpu_us_each.append((program.cpu_us() - before_us) / count)
            else:
                floor.rate.append(count / sending_s)


def _bare_loop(course: _Course, floor: Floor, payloads: Path, seconds: float) -> None:
    """Let somebody only publish, likewise."""
    with bare_loop(course.place, payloads) as program:
        program.line()
        for rate, count in ((BUSY, int(BUSY * seconds)), (0, int(10 * BUSY * seconds))):
            before_us, start = program.cpu_us(), time.monotonic()
            program.ask(f"{count} {rate} {frame_size(rate)}")
            if rate:
                floor.cpu_us_each.append((program.cpu_us() - before_us) / count)
            else:
                floor.rate.append(count / (time.monotonic() - start))
