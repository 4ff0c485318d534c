"""What an event costs with more rooms, and with more events: `python -m bench.scale`, some five minutes.

More rooms come once as a user gets them, each as busy as the first, so that there are more events too; and once with
the same events in all of them, spread ever thinner. Ten chats to a frame throughout.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.end_to_end import Run, Stage, stage
from bench.figures import spread, table

_MEBIBYTE: Final = 2**20
_ROOMS: Final = (1, 10, 50, 200)
_RATES: Final = (100, 1_000, 3_000, 10_000)
_ROOMS_RATE: Final = 1_000
_ROOM_RATE: Final = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of a table: how many rooms, chats a second in all of them, its runs, and the memory held after them."""

    rooms: int
    rate: float
    runs: Sequence[Run]
    rss_bytes: int

    @property
    def cpu_us_each(self) -> float:
        """Processor time of an event, the median of the runs."""
        return median(run.cpu_us_each for run in self.runs)


def by_rooms(counts: Sequence[int], rate: Callable[[int], float], seconds: float, rounds: int) -> list[Cell]:
    """Measure numbers of rooms, each with a daemon of its own, with `rate(count)` chats a second in all of them."""
    cells = []
    for count in counts:
        with stage(count) as running:
            cells.append(_cell(running, count, rate(count), seconds, rounds))
    return cells


def by_rate(rates: Sequence[float], seconds: float, rounds: int) -> list[Cell]:
    """Measure rates, in one room."""
    with stage() as running:
        return [_cell(running, 1, rate, seconds, rounds) for rate in rates]


def _cell(running: Stage, rooms: int, rate: float, seconds: float, rounds: int) -> Cell:
    count = int(rate * seconds)
    running.flood(count, rate)
    runs = [running.flood(count, rate) for _ in range(rounds)]
    return Cell(rooms, rate, runs, running.daemon.rss_bytes())


def report(cells: Sequence[Cell]) -> str:
    """Return a table; its last column compares the cost of an event with that in the first row."""
    rows = [
        (
            f"{cell.rooms:,} room{'s' if cell.rooms > 1 else ''}, {cell.rate:,g} a second",
            f"{sum(run.arrived for run in cell.runs):,} of {sum(run.sent for run in cell.runs):,}",
            spread([run.cpu_us_each for run in cell.runs]),
            f"{cell.rss_bytes / _MEBIBYTE:.0f}",
            f"{cell.cpu_us_each / cells[0].cpu_us_each:.2f}",
        )
        for cell in cells
    ]
    return table(("", "arrived", "CPU µs per event", "MiB", "x the first"), rows)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="Cost by rooms and by rate.")
    parser.add_argument("--rooms", type=int, nargs="+", default=_ROOMS, help="numbers of rooms; default 1 10 50 200")
    parser.add_argument(
        "--rates", type=float, nargs="+", default=_RATES, help="chats a second in one room; default 100 to 10000"
    )
    parser.add_argument("--seconds", type=float, default=5, help="length of each flood; default 5")
    parser.add_argument("--rounds", type=int, default=3, help="floods of each kind; default 3")
    parser.add_argument("--rate", type=float, default=_ROOMS_RATE, help="chats a second in all rooms; default 1000")
    parser.add_argument("--each", type=float, default=_ROOM_RATE, help="chats a second in each room; default 20")
    arguments = parser.parse_args(argv)
    seconds, rounds = arguments.seconds, arguments.rounds
    print(report(by_rate(arguments.rates, seconds, rounds)), "\n")
    print(report(by_rooms(arguments.rooms, lambda rooms: rooms * arguments.each, seconds, rounds)), "\n")
    print(report(by_rooms(arguments.rooms, lambda _: arguments.rate, seconds, rounds)))


if __name__ == "__main__":
    main()
