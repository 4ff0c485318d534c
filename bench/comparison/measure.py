"""Measures all candidates in turn, round by round, then each once at the highest rate that it sustains.

Broker, simulator and candidate are separate processes; the subscriber, in this one, receives all chats. The latency of
a chat is computed from its text, which contains the time it was sent, so it means the same for all candidates.
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

from bench.comparison.candidates import DAEMON, Candidate, Endpoints, start_bare_loop, start_bare_socket
from bench.comparison.rooms import frame_size
from bench.comparison.traffic import latency_ms
from bench.processes import Program, broker
from bench.subscriber import Subscriber

# Messages per second.
LOW_RATE: Final = 200
HIGH_RATE: Final = 500
# The highest rate is held this many times longer than the other two.
HIGHEST_RATE_FACTOR: Final = 5
_WARM_UP_S: Final = 1.0
_SETTLE_S: Final = 0.5
_SILENCE_S: Final = 3.0
_FIRST_EVENT_S: Final = 30.0
_ATTEMPTS: Final = 4
_BELOW_LIMIT: Final = 0.95
_STEP_DOWN: Final = 0.9
_MAX_LAG_GROWTH_MS: Final = 100.0
_MIN_RATE_SHARE: Final = 0.98
Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LoadRun:
    """One run: messages sent and chats among them, latencies of the received chats, CPU time of the candidate.

    `sending_s` is the time until all messages were sent, `seconds` the time until the last chat was received.
    """

    sent: int
    chats: int
    sending_s: float
    seconds: float
    cpu_us: float
    latencies_ms: Sequence[float]

    @property
    def cpu_us_each(self) -> float:
        """CPU time per message."""
        return self.cpu_us / self.sent

    @property
    def per_second(self) -> float:
        """Messages per second, until the last chat was received."""
        return self.sent / self.seconds

    def sustains(self, rate: float) -> bool:
        """Whether all chats were sent at this rate and received, and latency did not grow after the first fifth."""
        fifth = len(self.latencies_ms) // 5
        if len(self.latencies_ms) < self.chats or not fifth or self.sent / self.sending_s < rate * _MIN_RATE_SHARE:
            return False
        return median(self.latencies_ms[-fifth:]) <= median(self.latencies_ms[fifth : 2 * fifth]) + _MAX_LAG_GROWTH_MS


@dataclass(frozen=True, slots=True)
class Round:
    """One candidate in one round. `start_s` is the time from process start to its first event at the subscriber."""

    start_s: float
    idle_bytes: int
    busy_bytes: int
    low: LoadRun
    high: LoadRun


@dataclass(frozen=True, slots=True)
class HighestRate:
    """The highest sustained rate in messages per second, with its run; None if no rate was sustained."""

    rate: int | None
    run: LoadRun | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """CPU time per message and messages per second of a process that only reads or only publishes."""

    cpu_us_each: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Comparison:
    """All results by candidate. `published` is the number of messages that the daemon publishes per received one."""

    broker: str
    sizes: Mapping[str, int]
    rounds: dict[Candidate, list[Round]]
    highest: dict[Candidate, HighestRate] = field(default_factory=dict)
    socket: Baseline = field(default_factory=Baseline)
    loop: Baseline = field(default_factory=Baseline)
    published: float = 0.0


@dataclass(frozen=True, slots=True)
class _Setup:
    """What all candidates share: the endpoints, the simulator, and the subscriber."""

    endpoints: Endpoints
    simulator: Program
    chats: Subscriber

    @contextlib.contextmanager
    def running(self, candidate: Candidate) -> Iterator[tuple[Program, float]]:
        """Run a candidate; yield it, and the seconds from its start to its first event at the subscriber."""
        self.chats.expect(candidate.rooms)
        start = time.time()
        with candidate.start(self.endpoints) as program:
            self.simulator.request(f"first {candidate.rooms}")
            _wait(self.chats, candidate.rooms, _FIRST_EVENT_S)
            if not self.chats.received:
                raise TimeoutError(f"{candidate.name}: no event within {_FIRST_EVENT_S:g} s")
            yield program, self.chats.received[0][1] - start

    def warm_up(self, program: Program, rooms: int, seconds: float) -> LoadRun:
        """Send messages for a second, or for `seconds` if that is shorter."""
        return self.load(program, rooms, int(HIGH_RATE * min(_WARM_UP_S, seconds)), HIGH_RATE)

    def load(self, program: Program, rooms: int, count: int, rate: float = 0) -> LoadRun:
        """Send `count` messages, `rate` per second or as fast as they are read, and wait for the chats among them."""
        self.chats.expect(sys.maxsize)
        before_us, start = program.cpu_us(), time.time()
        chats, sending_s = self.simulator.request(f"{rooms} {count} {rate}").split()
        _wait(self.chats, int(chats))
        cpu_us = program.cpu_us() - before_us
        if not self.chats.received:
            raise RuntimeError(f"none of {chats} chats arrived from {program.name}")
        latencies = [latency_ms(payload, at) for payload, at in self.chats.received]
        return LoadRun(count, int(chats), float(sending_s), self.chats.received[-1][1] - start, cpu_us, latencies)


def _wait(chats: Subscriber, count: int, silence_s: float = _SILENCE_S) -> None:
    """Return when `count` messages have been received, or none for `silence_s`."""
    seen, deadline = 0, time.monotonic() + silence_s
    while len(chats.received) < count and time.monotonic() < deadline:
        if len(chats.received) > seen:
            seen, deadline = len(chats.received), time.monotonic() + silence_s
        time.sleep(0.005)


def run(candidates: Sequence[Candidate], rounds: int, seconds: float, log: Log) -> Comparison:
    """Measure `rounds` times, for `seconds` at each rate, and five times as long at the highest one."""
    with (
        broker() as (name, port),
        Program("bench.comparison.rooms") as simulator,
        Subscriber(port, "tiktok/+/chat") as chats,
    ):
        endpoints = Endpoints(port, simulator.read_line().split(), simulator.read_line().split())
        setup = _Setup(endpoints, simulator, chats)
        sizes = orjson.loads(simulator.read_line())
        result = Comparison(name, sizes, {candidate: [] for candidate in candidates})
        with tempfile.TemporaryDirectory() as folder:
            payloads = Path(folder) / "payloads"
            result.published = _save_payloads(setup, payloads, seconds)
            for number in range(rounds):
                for candidate in candidates:
                    log(f"round {number + 1} of {rounds}: {candidate.name}")
                    result.rounds[candidate].append(_round(setup, candidate, seconds))
                log(f"round {number + 1} of {rounds}: bare socket, bare paho loop")
                _bare_socket(setup, result.socket, seconds)
                _bare_loop(setup, result.loop, payloads, seconds)
        for candidate in candidates:
            log(f"highest rate: {candidate.name}")
            result.highest[candidate] = _highest_rate(setup, candidate, seconds, log)
    return result


def _save_payloads(setup: _Setup, payloads: Path, seconds: float) -> float:
    """Save the daemon's payloads for the bare loop; return how many messages it publishes per received one."""
    count = int(HIGH_RATE * seconds)
    with Subscriber(setup.endpoints.port, "tiktok/+/+") as everything, setup.running(DAEMON) as (program, _):
        everything.expect(sys.maxsize)
        setup.load(program, DAEMON.rooms, count, HIGH_RATE)
        time.sleep(_SETTLE_S)
        payloads.write_bytes(b"\n".join(payload for payload, _ in everything.received))
        return len(everything.received) / count


def _round(setup: _Setup, candidate: Candidate, seconds: float) -> Round:
    with setup.running(candidate) as (program, start_s):
        time.sleep(_SETTLE_S)
        idle_bytes = program.rss_bytes()
        setup.warm_up(program, candidate.rooms, seconds)
        low, high = (setup.load(program, candidate.rooms, int(rate * seconds), rate) for rate in (LOW_RATE, HIGH_RATE))
        return Round(start_s, idle_bytes, program.rss_bytes(), low, high)


def _highest_rate(setup: _Setup, candidate: Candidate, seconds: float, log: Log) -> HighestRate:
    """Estimate the rate from a run at maximum speed, then lower it until it is sustained."""
    with setup.running(candidate) as (program, _):
        warm = setup.warm_up(program, candidate.rooms, seconds)
        short = setup.load(program, candidate.rooms, warm.sent)
        estimate = setup.load(program, candidate.rooms, max(short.sent, int(short.per_second * seconds)))
        rate = int(estimate.per_second * _BELOW_LIMIT)
        for _ in range(_ATTEMPTS):
            log(f"highest rate: {candidate.name}, {rate:,} per second")
            attempt = setup.load(program, candidate.rooms, int(rate * seconds * HIGHEST_RATE_FACTOR), rate)
            if attempt.sustains(rate):
                return HighestRate(rate, attempt)
            rate = int(min(rate * _STEP_DOWN, attempt.per_second * _BELOW_LIMIT))
    return HighestRate(None)


def _bare_socket(setup: _Setup, baseline: Baseline, seconds: float) -> None:
    """Measure a process that only reads: at 500 messages per second, then as fast as they are sent."""
    with start_bare_socket(setup.endpoints) as program:
        setup.simulator.request("first 1")
        for rate, count in ((HIGH_RATE, int(HIGH_RATE * seconds)), (0, int(10 * HIGH_RATE * seconds))):
            before_us = program.cpu_us()
            sending_s = float(setup.simulator.request(f"1 {count} {rate}").split()[1])
            if rate:
                baseline.cpu_us_each.append((program.cpu_us() - before_us) / count)
            else:
                baseline.rate.append(count / sending_s)


def _bare_loop(setup: _Setup, baseline: Baseline, payloads: Path, seconds: float) -> None:
    """Measure a process that only publishes, at the same rates."""
    with start_bare_loop(setup.endpoints, payloads) as program:
        program.read_line()
        for rate, count in ((HIGH_RATE, int(HIGH_RATE * seconds)), (0, int(10 * HIGH_RATE * seconds))):
            before_us, start = program.cpu_us(), time.monotonic()
            program.request(f"{count} {rate} {frame_size(rate)}")
            if rate:
                baseline.cpu_us_each.append((program.cpu_us() - before_us) / count)
            else:
                baseline.rate.append(count / (time.monotonic() - start))
