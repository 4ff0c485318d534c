"""How long the chats of quiet rooms take while another room floods, is broken or reconnects.

Once a daemon follows them all, once the troublesome room has a daemon of its own: what the machine, the simulator and
the broker suffer is the same, and the difference is what the rooms of one process do to each other. Simulator, daemons
and broker are processes of their own; the subscriber, in this one, hears the quiet rooms alone.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from bench import isolation_service as crowd
from bench.end_to_end import SETTINGS, age_ms, urls_of
from bench.figures import p99, spread, table
from bench.processes import Program, broker
from bench.subscriber import Listener

_OTHER: Final = {"TIKTOK2MQTT_MQTT__BASE_TOPIC": "other", "TIKTOK2MQTT_MQTT__CLIENT_ID": "other"}
_WARM_UP_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Period:
    """A while of the quiet rooms: chats sent, and how old each was that arrived, in ms; and the other room's chats."""

    sent: int
    others_per_s: float
    ages_ms: list[float]


@dataclass(slots=True)
class Isolation:
    """Periods by trouble, with the troublesome room in the same daemon and in one of its own."""

    together: dict[str, list[Period]] = field(default_factory=lambda: {name: [] for name in crowd.TROUBLES})
    apart: dict[str, list[Period]] = field(default_factory=lambda: {name: [] for name in crowd.TROUBLES})

    def ratios(self, trouble: str) -> list[float]:
        """Return p99 as a multiple of p99 while the other room is quiet, in the same daemon, round by round."""
        pairs = zip(self.together[trouble], self.together[crowd.NONE], strict=True)
        return [p99(troubled.ages_ms) / p99(quiet.ages_ms) for troubled, quiet in pairs]

    def shares(self, trouble: str) -> list[float]:
        """Return p99 in the same daemon as a multiple of p99 in two, round by round."""
        pairs = zip(self.together[trouble], self.apart[trouble], strict=True)
        return [p99(together.ages_ms) / p99(apart.ages_ms) for together, apart in pairs]


def measure(rounds: int, seconds: float) -> Isolation:
    """Let the troublesome room do each of its troubles for so many seconds, in one daemon and in two, in turns."""
    result = Isolation()
    for _ in range(rounds):
        for daemons, periods in (
            ([(*crowd.QUIET, crowd.NOISY)], result.together),
            ([crowd.QUIET, (crowd.NOISY,)], result.apart),
        ):
            with _stage(daemons) as (simulator, chats):
                _period(simulator, chats, crowd.NONE, _WARM_UP_S)
                for trouble, measured in periods.items():
                    measured.append(_period(simulator, chats, trouble, seconds))
    return result


@contextlib.contextmanager
def _stage(daemons: Sequence[Sequence[str]]) -> Iterator[tuple[Program, Listener]]:
    """Run one or two daemons for these rooms; the first of them is heard."""
    with contextlib.ExitStack() as stack:
        _, port = stack.enter_context(broker())
        simulator = stack.enter_context(Program("bench.isolation_service"))
        urls = urls_of(simulator)
        chats = stack.enter_context(Listener(port, *(f"tiktok/{room}/chat" for room in crowd.QUIET)))
        for rooms, more in zip(daemons, ({}, _OTHER), strict=False):
            stack.enter_context(_daemon(port, urls, rooms, more))
        yield simulator, chats


def _daemon(port: int, urls: dict[str, str], rooms: Sequence[str], more: dict[str, str]) -> Program:
    env = SETTINGS | urls | more | {"TIKTOK2MQTT_ROOMS": ",".join(rooms), "TIKTOK2MQTT_LOG__LEVEL": "error"}
    return Program("tiktok2mqtt", "run", "--mqtt-port", str(port), env=env)


def _period(simulator: Program, chats: Listener, trouble: str, seconds: float) -> Period:
    chats.expect(round(crowd.CHATS_PER_S * seconds) * len(crowd.QUIET))
    sent, others_per_s = simulator.ask(f"{trouble} {seconds}").split()
    chats.wait()
    if not chats.received:
        raise RuntimeError(f"nothing came of {sent} chats")
    return Period(int(sent), float(others_per_s), [age_ms(payload, at) for payload, at in chats.received])


def report(result: Isolation) -> str:
    """Return the table: one row for each trouble."""
    head = ("the other room", "its chats/s", "arrived", "p99 ms", "x quiet", "p99 ms, two daemons", "x two daemons")
    return table(head, [_row(result, name) for name in crowd.TROUBLES])


def _row(result: Isolation, trouble: str) -> tuple[str, ...]:
    together, apart = result.together[trouble], result.apart[trouble]
    arrived = sum(len(period.ages_ms) for period in (*together, *apart))
    sent = sum(period.sent for period in (*together, *apart))
    ratios, shares = spread(result.ratios(trouble), 2), spread(result.shares(trouble), 2)
    others = f"{median(period.others_per_s for period in (*together, *apart)):,.0f}"
    return trouble, others, f"{arrived:,} of {sent:,}", _p99s(together), ratios, _p99s(apart), shares


def _p99s(periods: Sequence[Period]) -> str:
    return spread([p99(period.ages_ms) for period in periods])


def worst(result: Isolation) -> float:
    """Return the highest of the troubles' ratios, each the median of its rounds."""
    return max(median(result.ratios(trouble)) for trouble in crowd.TROUBLES)
