"""Nothing lost: rooms under load, faults on every side, and at the end the books. `python -m bench.soak --help`.

Needs Linux.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.figures import table
from bench.soak.daemon import Vitals
from bench.soak.faults import Disasters
from bench.soak.ledger import KNOWN_BY_ID, STREAMED, Verdict
from bench.soak.setup import STEP_S, Stage, chance, staged
from bench.soak.traffic import Traffic

ROOMS: Final = [f"room{number}" for number in range(10)]
RATE: Final = 500.0
_UP_S: Final = 60.0
_RETURN_S: Final = 180.0
_SILENCE_S: Final = 20.0
# While a room is half-open, some 350 messages go to nobody.
_MAY_SILENCE: Final = 500
_MEBIBYTE: Final = 2**20


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of what: the soak ends after so many seconds, kills or reconnects, whichever is set.

    A room is struck every `room_s` seconds on the average, the broker every `broker_s`, for at most `away_s`. Whoever
    enters a room is told its last `history` messages again.
    """

    seconds: float | None
    kills: int = 0
    reconnects: int | None = None
    room_s: float = 2.0
    broker_s: float = 8.0
    away_s: float = 30.0
    history: int = 500
    life_s: float = 4.0

    @classmethod
    def of(cls, minutes: float | None, kills: int | None, reconnects: int | None) -> "Plan":
        """Return the plan for what was asked for: by default 10 minutes with two kills in each."""
        if reconnects is not None:
            return cls(None, 0, reconnects, room_s=0.1, broker_s=15.0, away_s=5.0, history=1_000)
        if minutes is None and kills is not None:
            # Outages are longer than the history: what the outbox loses nobody tells again.
            return cls(None, kills, room_s=1.0, broker_s=4.0, away_s=12.0, history=200)
        minutes = minutes or 10.0
        return cls(60.0 * minutes, round(2 * minutes) if kills is None else kills)


class Soak:
    """One run of a plan on a stage."""

    def __init__(self, stage: Stage, plan: Plan, seed: int) -> None:
        self.stage = stage
        self.disasters = Disasters(
            chance(seed, "disasters"),
            stage.simulator,
            stage.broker,
            stage.proxy,
            may_silence=plan.history >= _MAY_SILENCE,
        )
        self._plan = plan
        self._rng = chance(seed, "times")
        self._begun = time.monotonic()
        self._next_room = self._next_broker = self._begun
        self._kills_at: list[float] = []

    def run(self, rate: float) -> None:
        """Strike until the plan is fulfilled, then let everything become well again and the LIVEs end."""
        self.stage.wait_until_heard(_UP_S)
        traffic = Traffic(self.stage.audiences, rate)
        traffic.start()
        try:
            self._begun = time.monotonic()
            self._plan_kills()
            while not self._is_over():
                self._step(time.monotonic())
                time.sleep(STEP_S)
        finally:
            traffic.stop()
        self.disasters.end()
        # What sockets that are lost now have not told is told again to whoever comes back before the end.
        self.stage.wait_until_heard(_RETURN_S)
        self._sample("end")
        for audience in self.stage.audiences:
            audience.leave()
        self._wait_for_the_rest()

    def _step(self, now: float) -> None:
        self.disasters.tend(now)
        if now >= self._next_room:
            self._next_room = now + self._rng.expovariate(1 / self._plan.room_s)
            self.disasters.strike_room([audience.room for audience in self.stage.audiences if audience.is_heard])
        if now >= self._next_broker:
            self._next_broker = now + self._rng.expovariate(1 / self._plan.broker_s)
            self.disasters.strike_broker(now, self._plan.away_s)
        if self._kills_at and now >= self._kills_at[0]:
            self._kill(now)
        self.stage.call_back(now)
        self._watch()

    def _share(self) -> float:
        """Return how much of the plan is done."""
        if self._plan.reconnects is not None:
            return self.stage.returns() / self._plan.reconnects
        if self._plan.seconds is not None:
            return (time.monotonic() - self._begun) / self._plan.seconds
        return self.stage.lives.kills / self._plan.kills

    def _is_over(self) -> bool:
        return self._share() >= 1.0

    def _plan_kills(self) -> None:
        """Spread the kills over the time there is, or begin with the first of a quick succession."""
        if self._plan.seconds is None:
            self._kills_at = [self._after_a_life(self._begun)] if self._plan.kills else []
        else:
            times = (self._rng.uniform(0.0, self._plan.seconds) for _ in range(self._plan.kills))
            self._kills_at = sorted(self._begun + time_s for time_s in times)

    def _after_a_life(self, now: float) -> float:
        """Return when a life that begins now is to end: before it is up, or when it has heard rooms for a while."""
        return now + self._rng.uniform(0.2, self._plan.life_s)

    def _kill(self, now: float) -> None:
        lives = self.stage.lives
        self.stage.ledger.promise(lives.kill())
        self.stage.ledger.end_life()
        self.stage.samples.clear()
        lives.begin()
        del self._kills_at[0]
        if self._plan.seconds is None:
            self._kills_at = [self._after_a_life(now)]

    def _watch(self) -> None:
        """Take the vitals of the present life when all rooms are heard, and in the middle of the soak."""
        samples = self.stage.samples
        if "start" not in samples:
            if all(audience.is_heard for audience in self.stage.audiences):
                self._sample("start")
        elif "middle" not in samples and self._share() >= 0.5 and self.stage.lives.kills == 0:  # noqa: PLR2004 - half
            self._sample("middle")

    def _sample(self, when: str) -> None:
        self.stage.samples[when] = self.stage.lives.vitals()

    def _wait_for_the_rest(self) -> None:
        """Return when all has arrived, or nothing has for a while."""
        before, since = -1, time.monotonic()
        while time.monotonic() - since < _SILENCE_S:
            if self.stage.ledger.is_settled() and self.stage.ledger.queued == 0:
                return
            if (progress := self.stage.ledger.progress()) > before:
                before, since = progress, time.monotonic()
            time.sleep(STEP_S)


def report(verdict: Verdict, samples: dict[str, Vitals]) -> str:
    """Return the books as one table."""
    rows: list[Sequence[str]] = []
    for name in ("gift", *KNOWN_BY_ID, *STREAMED):
        counts = [column.get(name, 0) for column in (verdict.sent, verdict.delivered, verdict.repeated, verdict.shed)]
        rows.append((name, *(f"{count:,}" for count in counts), _lost(verdict, name)))
    for room, sent in verdict.diamonds_sent.items():
        told = verdict.diamonds_told.get(room, 0)
        rows.append((f"diamonds of {room}", f"{sent:,}", f"{told:,}", "", "", f"{sent - told:,}"))
    for when, one in samples.items():
        size = f"{one.rss_bytes / _MEBIBYTE:.0f}"
        rows.append((f"{when}: RSS MiB, threads, files", size, str(one.threads), str(one.descriptors), "", ""))
    return table(("event", "sent", "delivered", "repeated, same id", "shed", "lost"), rows)


def _lost(verdict: Verdict, name: str) -> str:
    if name in STREAMED:
        # QoS 0: what was under way when a connection or a process ended is gone as well.
        return "-"
    return f"{sum(one.startswith(name) for one in verdict.lost):,}"


def soak(plan: Plan, seed: int, *, rooms: Sequence[str] = ROOMS, rate: float = RATE) -> list[str]:
    """Run a plan and print what came of it; return the promises that were broken, a sentence each."""
    with staged(seed, rooms, plan.history) as stage:
        run = Soak(stage, plan, seed)
        begun = time.monotonic()
        run.run(rate)
        verdict, seconds = stage.ledger.verdict(), time.monotonic() - begun
        broken = verdict.broken()
        print(
            f"{len(rooms)} rooms, {rate:g} events/s, seed {seed}: {seconds:.0f} s, {stage.lives.kills} kills, ", end=""
        )
        print(f"{stage.returns()} reconnects with {plan.history} messages of history each")
        print("; ".join(f"{count} x {name}" for name, count in run.disasters.count.most_common()), "\n")
        print(report(verdict, stage.samples), "\n")
        print(
            f"gifts doubled under different ids: {len(verdict.doubled)}; priority events lost: {len(verdict.lost)}; ",
            end="",
        )
        print(f"found in the outbox after a kill, and delivered: {verdict.promised:,}")
        for sentence in broken[:40]:
            print("BROKEN:", sentence)
        for line in stage.lives.errors():
            print("daemon:", line)
    return broken


def main(argv: Sequence[str] | None = None) -> int:
    """Run; the exit status is 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description="Nothing lost: faults, kills, and books.")
    parser.add_argument("--minutes", type=float, help="how long; default 10, unless one of the others is given")
    parser.add_argument("--kills", type=int, metavar="N", help="kill the daemon N times; alone: quickly, and then end")
    parser.add_argument(
        "--reconnects", type=int, metavar="N", help="no kills; end when rooms were joined again N times"
    )
    parser.add_argument("--seed", type=int, default=1, help="of everything that is left to chance; default 1")
    arguments = parser.parse_args(argv)
    if sys.platform != "linux":
        parser.error("needs Linux: threads and files of the daemon are read from /proc")
    return 1 if soak(Plan.of(arguments.minutes, arguments.kills, arguments.reconnects), arguments.seed) else 0
