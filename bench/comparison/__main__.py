"""Runs the comparison and prints the section for docs/performance.md; progress is printed to standard error."""

import argparse
import os
import sys
import time
from collections.abc import Sequence

from bench.comparison import candidates, measure
from bench.comparison.candidates import CANDIDATES, DAEMON_5_ROOMS
from bench.comparison.report import report


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.comparison",
        description="Compare the daemon with scripts that use other clients. Takes about 12 minutes by default.",
    )
    parser.add_argument(
        "--rounds", type=int, default=5, help="rounds; each measures all candidates in turn (default: %(default)s)"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=4,
        help="duration at each rate, five times as long at the highest one (default: %(default)s)",
    )
    arguments = parser.parse_args(argv)
    if sys.platform != "linux":
        parser.error("needs Linux: CPU times and memory are read from /proc")
    start = time.monotonic()

    def log(text: str) -> None:
        print(f"{time.monotonic() - start:5.0f} s  {text}", file=sys.stderr, flush=True)

    installed = []
    for candidate in CANDIDATES:
        if candidate.missing:
            log(f"skipped: {candidate.missing}")
        else:
            installed.append(candidate)
    before = os.getloadavg()
    result = measure.run(installed, arguments.rounds, arguments.seconds, log)
    versions = [candidate.versions() for candidate in installed if candidate is not DAEMON_5_ROOMS]
    versions += [f"{name} {number}" for name, number in candidates.interpreters().items()]
    print(report(result, arguments.seconds, versions))
    load = f"before: {_load(before)}; after: {_load(os.getloadavg())}"
    print(f"\n{os.cpu_count()} processors; load average over 1, 5 and 15 min {load}.")


def _load(average: Sequence[float]) -> str:
    return ", ".join(f"{value:.1f}" for value in average)


if __name__ == "__main__":
    main()
