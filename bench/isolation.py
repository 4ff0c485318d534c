"""Latency of quiet rooms next to a room that floods, sends invalid messages or reconnects.

Each scenario runs twice: with all rooms in one daemon, and with the noisy room in a separate daemon. The load on the
machine, the simulator and the broker is the same, so the difference is what rooms in one process do to each other.
Simulator, daemons and broker are separate processes. The subscriber, in this process, receives only the quiet rooms.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from bench import isolation_service as service
from bench.end_to_end import SETTINGS, latency_ms, simulator_settings
from bench.figures import p99, spread, table
from bench.processes import Program, broker
from bench.subscriber import Subscriber

_SEPARATE: Final = {"TIKTOK2MQTT_MQTT__BASE_TOPIC": "other", "TIKTOK2MQTT_MQTT__CLIENT_ID": "other"}
_WARM_UP_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Period:
    """One period: chats sent by the quiet rooms and latency of those received, and the rate of the noisy room."""

    sent: int
    noisy_per_s: float
    latencies_ms: list[float]


@dataclass(slots=True)
class Isolation:
    """Periods by scenario, with the noisy room in the same daemon and in a separate one."""

    shared: dict[str, list[Period]] = field(default_factory=lambda: {name: [] for name in service.SCENARIOS})
    separate: dict[str, list[Period]] = field(default_factory=lambda: {name: [] for name in service.SCENARIOS})

    def ratios_to_quiet(self, scenario: str) -> list[float]:
        """Return p99 divided by p99 next to a quiet room, in the same daemon, for each round."""
        pairs = zip(self.shared[scenario], self.shared[service.QUIET], strict=True)
        return [p99(noisy.latencies_ms) / p99(quiet.latencies_ms) for noisy, quiet in pairs]

    def ratios_to_separate(self, scenario: str) -> list[float]:
        """Return p99 in one daemon divided by p99 in two, for each round."""
        pairs = zip(self.shared[scenario], self.separate[scenario], strict=True)
        return [p99(shared.latencies_ms) / p99(separate.latencies_ms) for shared, separate in pairs]


def measure(rounds: int, seconds: float) -> Isolation:
    """Run each scenario for `seconds`, alternately with one daemon and with two."""
    result = Isolation()
    for _ in range(rounds):
        for daemons, periods in (
            ([(*service.QUIET_ROOMS, service.NOISY_ROOM)], result.shared),
            ([service.QUIET_ROOMS, (service.NOISY_ROOM,)], result.separate),
        ):
            with _start(daemons) as (simulator, chats):
                _period(simulator, chats, service.QUIET, _WARM_UP_S)
                for scenario, measured in periods.items():
                    measured.append(_period(simulator, chats, scenario, seconds))
    return result


@contextlib.contextmanager
def _start(daemons: Sequence[Sequence[str]]) -> Iterator[tuple[Program, Subscriber]]:
    """Run one or two daemons with these rooms; yield the simulator and a subscriber of the quiet rooms."""
    with contextlib.ExitStack() as stack:
        _, port = stack.enter_context(broker())
        simulator = stack.enter_context(Program("bench.isolation_service"))
        urls = simulator_settings(simulator)
        chats = stack.enter_context(Subscriber(port, *(f"tiktok/{room}/chat" for room in service.QUIET_ROOMS)))
        for rooms, extra in zip(daemons, ({}, _SEPARATE), strict=False):
            stack.enter_context(_daemon(port, urls, rooms, extra))
        yield simulator, chats


def _daemon(port: int, urls: dict[str, str], rooms: Sequence[str], extra: dict[str, str]) -> Program:
    env = SETTINGS | urls | extra | {"TIKTOK2MQTT_ROOMS": ",".join(rooms), "TIKTOK2MQTT_LOG__LEVEL": "error"}
    return Program("tiktok2mqtt", "run", "--mqtt-port", str(port), env=env)


def _period(simulator: Program, chats: Subscriber, scenario: str, seconds: float) -> Period:
    chats.expect(round(service.CHATS_PER_S * seconds) * len(service.QUIET_ROOMS))
    sent, noisy_per_s = simulator.request(f"{scenario} {seconds}").split()
    chats.wait()
    if not chats.received:
        raise RuntimeError(f"none of {sent} chats arrived")
    return Period(int(sent), float(noisy_per_s), [latency_ms(payload, at) for payload, at in chats.received])


def report(result: Isolation) -> str:
    """Return a table with one row per scenario."""
    head = ("fifth room", "its chats/s", "arrived", "p99 ms", "x quiet", "p99 ms, two daemons", "x two daemons")
    return table(head, [_row(result, name) for name in service.SCENARIOS])


def _row(result: Isolation, scenario: str) -> tuple[str, ...]:
    shared, separate = result.shared[scenario], result.separate[scenario]
    arrived = sum(len(period.latencies_ms) for period in (*shared, *separate))
    sent = sum(period.sent for period in (*shared, *separate))
    to_quiet, to_separate = spread(result.ratios_to_quiet(scenario), 2), spread(result.ratios_to_separate(scenario), 2)
    noisy_rate = f"{median(period.noisy_per_s for period in (*shared, *separate)):,.0f}"
    return scenario, noisy_rate, f"{arrived:,} of {sent:,}", _p99s(shared), to_quiet, _p99s(separate), to_separate


def _p99s(periods: Sequence[Period]) -> str:
    return spread([p99(period.latencies_ms) for period in periods])


def worst_ratio(result: Isolation) -> float:
    """Return the highest ratio to quiet of all scenarios; each is the median of its rounds."""
    return max(median(result.ratios_to_quiet(scenario)) for scenario in service.SCENARIOS)
