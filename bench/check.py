"""Compares measured ratios with `budget.toml`: `python -m bench.check`. Exits with 1 if one is over its budget."""

import argparse
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench import codec, end_to_end
from bench.codec import Figure
from bench.figures import table
from bench.samples import captured, captures_folder, simulated

BUDGET: Final = Path(__file__).with_name("budget.toml")
_CODEC_ROUNDS: Final = 5
_MESSAGES: Final = 300


@dataclass(frozen=True, slots=True)
class RatioCheck:
    """One ratio: its budget, the limit with tolerance, and the measured value, if there is one."""

    name: str
    budget: float
    limit: float
    measured: float | None

    @property
    def status(self) -> str:
        """One of "ok", "over" and "not measured"."""
        if self.measured is None:
            return "not measured"
        return "over" if self.measured > self.limit else "ok"


def read_budget(path: Path = BUDGET) -> tuple[float, dict[str, float]]:
    """Return the tolerance and the ratios of a budget. Raises KeyError, TOMLDecodeError."""
    budget = tomllib.loads(path.read_text("utf-8"))
    return budget["tolerance"], budget["ratios"]


def compare(tolerance: float, ratios: Mapping[str, float], measured: Mapping[str, float]) -> list[RatioCheck]:
    """Return a check for each ratio of the budget. Raises KeyError if a measured ratio is not in the budget."""
    if unknown := measured.keys() - ratios.keys():
        raise KeyError(f"no budget for {', '.join(sorted(unknown))}")
    return [RatioCheck(name, budget, budget * (1 + tolerance), measured.get(name)) for name, budget in ratios.items()]


def measure(chats: int, rounds: int, rate: float) -> dict[str, float]:
    """Return the median of each ratio."""
    result = end_to_end.measure(chats, rounds, rate)
    ratios = {
        "chat_max_rate": median(result.max_rate.ratios),
        "chat_many_viewers": median(result.many_viewers.ratios),
        "chat_fixed_rate": median(result.fixed_rate.ratios),
        "codec_simulated": _codec(codec.measure(simulated(_MESSAGES), _CODEC_ROUNDS)),
    }
    if real := captured(captures_folder()):
        ratios["codec_captured"] = _codec(codec.measure(real, _CODEC_ROUNDS))
    return ratios


def _codec(figures: Sequence[Figure]) -> float:
    return median(figure.us / figure.orjson_us for figure in figures)


def report(checks: Sequence[RatioCheck]) -> str:
    """Return a table of all ratios."""
    rows = [
        (
            check.name,
            "-" if check.measured is None else f"{check.measured:.2f}",
            f"{check.budget:.2f}",
            f"{check.limit:.2f}",
            check.status,
        )
        for check in checks
    ]
    return table(("ratio", "measured", "budget", "limit", ""), rows)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.check", description="Compare measured ratios with bench/budget.toml."
    )
    parser.add_argument("--chats", type=int, default=20_000, help="chats in each run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each kind (default: %(default)s)")
    parser.add_argument(
        "--rate", type=float, default=500, help="chats per second in runs at a fixed rate (default: %(default)s)"
    )
    arguments = parser.parse_args(argv)
    checks = compare(*read_budget(), measure(arguments.chats, arguments.rounds, arguments.rate))
    print(report(checks))
    return int(any(check.status == "over" for check in checks))


if __name__ == "__main__":
    sys.exit(main())
