"""Runs the race and prints the section of docs/performance.md; what it is doing goes to standard error."""

import argparse
import os
import sys
import time
from collections.abc import Sequence

from bench.comparison import contenders, race
from bench.comparison.contenders import CONTENDERS, OURS_OF_FIVE
from bench.comparison.report import report


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.comparison",
        description="Compares the daemon with scripts on other clients; takes about 12 minutes.",
    )
    parser.add_argument("--rounds", type=int, default=5, help="of all in turns; default 5")
    parser.add_argument(
        "--seconds", type=float, default=4, help="at each rate, five times as long at the highest one; default 4"
    )
    arguments = parser.parse_args(argv)
    if sys.platform != "linux":
        parser.error("needs Linux: processor times and memory are read from /proc")
    start = time.monotonic()

    def say(sentence: str) -> None:
        print(f"{time.monotonic() - start:5.0f} s  {sentence}", file=sys.stderr, flush=True)

    present = []
    for one in CONTENDERS:
        if one.missing:
            say(f"going on without {one.missing}")
        else:
            present.append(one)
    before = os.getloadavg()
    result = race.run(present, arguments.rounds, arguments.seconds, say)
    versions = [one.versions() for one in present if one is not OURS_OF_FIVE]
    versions += [f"{name} {number}" for name, number in contenders.interpreters().items()]
    print(report(result, arguments.seconds, versions))
    load = f"before: {_load(before)}; after: {_load(os.getloadavg())}"
    print(f"\n{os.cpu_count()} processors; load average over 1, 5 and 15 min {load}.")


def _load(average: Sequence[float]) -> str:
    return ", ".join(f"{value:.1f}" for value in average)


if __name__ == "__main__":
    main()
