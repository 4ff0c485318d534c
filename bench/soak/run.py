"""Soak test: rooms under load with faults on all sides; at the end, what was sent is compared with what was delivered.

`python -m bench.soak --help`. Needs Linux.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.figures import table
from bench.soak.daemon import ProcessStats
from bench.soak.faults import FaultInjector
from bench.soak.ledger import DOCUMENTS
from bench.soak.machine_faults import MachineFaults
from bench.soak.records import STREAMED, TRACKED_BY_ID, Result
from bench.soak.setup import POLL_S, Setup, seeded, start_setup
from bench.soak.traffic import TrafficThread

ROOMS: Final = [f"room{number}" for number in range(10)]
RATE: Final = 500.0
_START_S: Final = 60.0
_RECONNECT_S: Final = 180.0
_SILENCE_S: Final = 20.0
# Rooms may still count as connected for a moment after the daemon was killed.
_SAMPLE_AFTER_S: Final = 1.0
# While a socket is half-open, about 350 messages are lost and must be replayed.
_MIN_HISTORY_HALF_OPEN: Final = 500
_MAX_FAILURE_LINES: Final = 40
_MEBIBYTE: Final = 2**20


@dataclass(frozen=True, slots=True)
class Plan:
    """The soak test ends after `reconnects`, `seconds` or `kills`: the first of them that is set, in this order.

    On average there is a fault in a room every `room_fault_s` seconds, one at the broker every `broker_fault_s`
    seconds, which lasts at most `max_outage_s`, and one of the machine every `machine_fault_s` seconds. Without
    `seconds`, each daemon is killed after at most `max_uptime_s`.
    A client that connects to a room gets its last `history` messages again.
    """

    seconds: float | None
    kills: int = 0
    reconnects: int | None = None
    room_fault_s: float = 2.0
    broker_fault_s: float = 8.0
    max_outage_s: float = 30.0
    machine_fault_s: float = 10.0
    history: int = 500
    max_uptime_s: float = 4.0

    @classmethod
    def from_arguments(cls, minutes: float | None, kills: int | None, reconnects: int | None) -> "Plan":
        """Return the plan for the command-line arguments; the default is 10 minutes with two kills per minute."""
        if reconnects is not None:
            return cls(None, 0, reconnects, room_fault_s=0.1, broker_fault_s=15.0, max_outage_s=5.0, history=1_000)
        if minutes is None and kills is not None:
            # Outages are longer than the history, so events that the outbox loses are not replayed.
            return cls(None, kills, room_fault_s=1.0, broker_fault_s=4.0, max_outage_s=12.0, history=200)
        minutes = minutes or 10.0
        return cls(60.0 * minutes, round(2 * minutes) if kills is None else kills)


class SoakTest:
    """One run of a plan."""

    def __init__(self, setup: Setup, plan: Plan, seed: int) -> None:
        self.faults = FaultInjector(
            seeded(seed, "faults"),
            setup.simulator,
            setup.broker,
            setup.proxy,
            half_open_sockets=plan.history >= _MIN_HISTORY_HALF_OPEN,
        )
        self.machine_faults = MachineFaults(
            seeded(seed, "machine"),
            self.faults.count,
            setup.records,
            setup.client.publish,
            setup.daemon.has_open,
            state=setup.state,
            clock=setup.clock,
            is_small_disk=setup.no_small_disk is None,
        )
        self._setup = setup
        self._plan = plan
        self._rng = seeded(seed, "times")
        self._start = time.monotonic()
        self._next_room_fault = self._next_broker_fault = self._next_machine_fault = self._start
        self._kill_times: list[float] = []

    def run(self, rate: float) -> None:
        """Inject faults until the plan is complete, then end them and the LIVEs, and wait for what is still queued."""
        self._setup.wait_until_connected(_START_S)
        traffic = TrafficThread(self._setup.rooms, rate)
        traffic.start()
        try:
            self._start = time.monotonic()
            self._plan_kills()
            while self._progress() < 1.0:
                self._step(time.monotonic())
                time.sleep(POLL_S)
        finally:
            traffic.stop()
        self.faults.end_all()
        self.machine_faults.end_all()
        # The history replays what was lost with the last sockets, so the daemon must reconnect before the LIVEs end.
        self._setup.wait_until_connected(_RECONNECT_S)
        self._sample("end")
        for room in self._setup.rooms:
            room.end_live()
        self._wait_for_delivery()

    def _step(self, now: float) -> None:
        self.faults.end_expired(now)
        self.machine_faults.end_expired(now)
        self._setup.daemon.restart_if_ended()
        if now >= self._next_room_fault:
            self._next_room_fault = now + self._rng.expovariate(1 / self._plan.room_fault_s)
            self.faults.inject_room_fault([traffic.room for traffic in self._setup.rooms if traffic.is_connected])
        if now >= self._next_broker_fault:
            self._next_broker_fault = now + self._rng.expovariate(1 / self._plan.broker_fault_s)
            self.faults.inject_broker_fault(now, self._plan.max_outage_s)
        if now >= self._next_machine_fault:
            self._next_machine_fault = now + self._rng.expovariate(1 / self._plan.machine_fault_s)
            self.machine_faults.inject(now)
        if self._kill_times and now >= self._kill_times[0] and self.machine_faults.allows_kill():
            self._kill(now)
        self._setup.request_reconnects(now)
        self._take_samples(now)

    def _progress(self) -> float:
        """Return the completed share of the plan; 1 is complete."""
        if self._plan.reconnects is not None:
            return self._setup.reconnects() / self._plan.reconnects
        if self._plan.seconds is not None:
            return (time.monotonic() - self._start) / self._plan.seconds
        return self._setup.daemon.kills / self._plan.kills

    def _plan_kills(self) -> None:
        """Distribute the kills over the duration; without a duration, plan only the first one."""
        if self._plan.seconds is None:
            self._kill_times = [self._next_kill(self._start)] if self._plan.kills else []
        else:
            times = (self._rng.uniform(0.0, self._plan.seconds) for _ in range(self._plan.kills))
            self._kill_times = sorted(self._start + time_s for time_s in times)

    def _next_kill(self, now: float) -> float:
        """Return when to kill a daemon that starts now: while it starts, or after it has been connected for a while."""
        return now + self._rng.uniform(0.2, self._plan.max_uptime_s)

    def _kill(self, now: float) -> None:
        self._setup.records.add_outbox(self._setup.daemon.kill())
        self._setup.records.daemon_ended()
        self._setup.samples.clear()
        self._setup.daemon.start()
        del self._kill_times[0]
        if self._plan.seconds is None:
            self._kill_times = [self._next_kill(now)]

    def _take_samples(self, now: float) -> None:
        """Take a sample of the running daemon once it is connected to all rooms, and one in the middle of the test."""
        samples = self._setup.samples
        if "start" not in samples:
            is_up = now - self._setup.daemon.started_at >= _SAMPLE_AFTER_S
            if is_up and all(traffic.is_connected for traffic in self._setup.rooms):
                self._sample("start")
        elif "middle" not in samples and self._progress() >= 0.5 and self._setup.daemon.kills == 0:  # noqa: PLR2004
            self._sample("middle")

    def _sample(self, name: str) -> None:
        self._setup.samples[name] = self._setup.daemon.stats()

    def _wait_for_delivery(self) -> None:
        """Return when everything has been delivered, or when nothing has been delivered for a while."""
        records = self._setup.records
        before, since = -1, time.monotonic()
        while time.monotonic() - since < _SILENCE_S:
            books = self._setup.books()
            if records.is_complete() and records.queued == 0 and not records.ledger.differences(books):
                return
            if (count := records.delivered_count()) > before:
                before, since = count, time.monotonic()
            time.sleep(POLL_S)


def report(result: Result, samples: dict[str, ProcessStats]) -> str:
    """Return the result as a table."""
    rows: list[Sequence[str]] = []
    for name in ("gift", *TRACKED_BY_ID, *STREAMED):
        columns = (result.sent, result.delivered, result.repeated, result.dropped)
        rows.append((name, *(f"{column.get(name, 0):,}" for column in columns), _lost(result, name)))
    for room, sent in result.diamonds_sent.items():
        delivered = result.diamonds_delivered.get(room, 0)
        rows.append((f"diamonds of {room}", f"{sent:,}", f"{delivered:,}", "", "", f"{sent - delivered:,}"))
    for name, stats in samples.items():
        size = f"{stats.rss_bytes / _MEBIBYTE:.0f}"
        rows.append((f"{name}: RSS MiB, threads, files", size, str(stats.threads), str(stats.descriptors), "", ""))
    return table(("event", "sent", "delivered", "repeated, same id", "dropped", "lost"), rows)


def _lost(result: Result, name: str) -> str:
    if name in STREAMED:
        # With QoS 0, messages in flight are lost with their connection or process.
        return "-"
    return f"{sum(one.startswith(name) for one in result.lost):,}"


def soak(plan: Plan, seed: int, *, rooms: Sequence[str] = ROOMS, rate: float = RATE) -> list[str]:
    """Run a plan and print the result; return one sentence per broken promise."""
    with start_setup(seed, rooms, plan.history) as setup:
        test = SoakTest(setup, plan, seed)
        start = time.monotonic()
        test.run(rate)
        result, seconds = setup.records.result(), time.monotonic() - start
        ledger, books = setup.records.ledger, setup.books()
        failures = result.failures() + ledger.differences(books) + setup.daemon.ends
        print(
            f"{len(rooms)} rooms, {rate:g} events/s, seed {seed}: {seconds:.0f} s, {setup.daemon.kills} kills, ", end=""
        )
        print(f"{setup.reconnects()} reconnects with {plan.history} messages of history each")
        print("; ".join(f"{count} x {name}" for name, count in test.faults.count.most_common()), "\n")
        if setup.no_small_disk is not None:
            print(f"the disk was never full: no file system can be mounted ({setup.no_small_disk})\n")
        print(report(result, setup.samples), "\n")
        print(table((f"all {len(books)} LIVEs", "events", *DOCUMENTS, "simulator"), ledger.totals(books)), "\n")
        print(f"gifts duplicated with different ids: {len(result.duplicated)}; ", end="")
        print(f"priority events lost: {len(result.lost)}; ", end="")
        print(f"left in the outbox by a kill, and delivered later: {result.from_outbox:,}")
        for sentence in failures[:_MAX_FAILURE_LINES]:
            print("FAILED:", sentence)
        for line in setup.daemon.errors():
            print("daemon:", line)
    return failures


def main(argv: Sequence[str] | None = None) -> int:
    """Run the soak test; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.soak", description="Inject faults and kill the daemon, then check that nothing was lost."
    )
    parser.add_argument("--minutes", type=float, help="duration; default 10, unless --kills or --reconnects is given")
    parser.add_argument(
        "--kills", type=int, metavar="N", help="kill the daemon N times; without --minutes, end after the last one"
    )
    parser.add_argument(
        "--reconnects",
        type=int,
        metavar="N",
        help="do not kill the daemon; end after it has reconnected to rooms N times",
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of the random generators (default: %(default)s)")
    arguments = parser.parse_args(argv)
    if sys.platform != "linux":
        parser.error("needs Linux: threads and files of the daemon are read from /proc")
    plan = Plan.from_arguments(arguments.minutes, arguments.kills, arguments.reconnects)
    return 1 if soak(plan, arguments.seed) else 0
