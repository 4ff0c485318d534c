"""The cost of an event with more rooms and with more events: `python -m bench.scale`, about five minutes.

More rooms are measured twice: with the same rate in each room, as a user would see it, and with the same total rate
divided between them. A frame holds ten chats.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.end_to_end import Run, Setup, start_setup
from bench.figures import spread, table

_MEBIBYTE: Final = 2**20
_ROOMS: Final = (1, 10, 50, 200)
_RATES: Final = (100, 1_000, 3_000, 10_000)
_ROOMS_RATE: Final = 1_000
_ROOM_RATE: Final = 20


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row of a table: the number of rooms, chats per second in all of them, the runs, and the memory after them."""

    rooms: int
    rate: float
    runs: Sequence[Run]
    rss_bytes: int

    @property
    def cpu_us_each(self) -> float:
        """CPU time per event, the median of the runs."""
        return median(run.cpu_us_each for run in self.runs)


def by_rooms(counts: Sequence[int], rate: Callable[[int], float], seconds: float, rounds: int) -> list[Measurement]:
    """Measure each number of rooms with a new daemon; `rate(count)` is the chats per second in all rooms."""
    measurements = []
    for count in counts:
        with start_setup(count) as setup:
            measurements.append(_measure(setup, count, rate(count), seconds, rounds))
    return measurements


def by_rate(rates: Sequence[float], seconds: float, rounds: int) -> list[Measurement]:
    """Measure each rate in one room."""
    with start_setup() as setup:
        return [_measure(setup, 1, rate, seconds, rounds) for rate in rates]


def _measure(setup: Setup, rooms: int, rate: float, seconds: float, rounds: int) -> Measurement:
    count = int(rate * seconds)
    setup.flood(count, rate)
    runs = [setup.flood(count, rate) for _ in range(rounds)]
    return Measurement(rooms, rate, runs, setup.daemon.rss_bytes())


def report(measurements: Sequence[Measurement]) -> str:
    """Return a table; its last column is the cost of an event divided by that in the first row."""
    rows = [
        (
            f"{one.rooms:,} room{'s' if one.rooms > 1 else ''}, {one.rate:,g} per second",
            f"{sum(run.arrived for run in one.runs):,} of {sum(run.sent for run in one.runs):,}",
            spread([run.cpu_us_each for run in one.runs]),
            f"{one.rss_bytes / _MEBIBYTE:.0f}",
            f"{one.cpu_us_each / measurements[0].cpu_us_each:.2f}",
        )
        for one in measurements
    ]
    return table(("", "arrived", "CPU µs per event", "MiB", "x first row"), rows)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.scale", description="Measure the cost of an event by rooms and by rate."
    )
    parser.add_argument("--rooms", type=int, nargs="+", default=_ROOMS, help="numbers of rooms (default: 1 10 50 200)")
    parser.add_argument(
        "--rates",
        type=float,
        nargs="+",
        default=_RATES,
        help="chats per second in one room (default: 100 1000 3000 10000)",
    )
    parser.add_argument("--seconds", type=float, default=5, help="duration of each run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each kind (default: %(default)s)")
    parser.add_argument(
        "--rate", type=float, default=_ROOMS_RATE, help="chats per second in all rooms (default: %(default)s)"
    )
    parser.add_argument(
        "--each", type=float, default=_ROOM_RATE, help="chats per second in each room (default: %(default)s)"
    )
    arguments = parser.parse_args(argv)
    seconds, rounds = arguments.seconds, arguments.rounds
    print(report(by_rate(arguments.rates, seconds, rounds)), "\n")
    print(report(by_rooms(arguments.rooms, lambda rooms: rooms * arguments.each, seconds, rounds)), "\n")
    print(report(by_rooms(arguments.rooms, lambda _: arguments.rate, seconds, rounds)))


if __name__ == "__main__":
    main()
