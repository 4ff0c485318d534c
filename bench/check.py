"""Compares what is measured with the budget, `budget.toml`: `python -m bench.check`, exit status 1 when over it."""

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
class Line:
    """One ratio: its budget, how much it may be at most, and what was measured, if anything was."""

    name: str
    budget: float
    limit: float
    measured: float | None

    @property
    def verdict(self) -> str:
        """What to make of it."""
        if self.measured is None:
            return "not measured"
        return "over" if self.measured > self.limit else "ok"


def read_budget(path: Path = BUDGET) -> tuple[float, dict[str, float]]:
    """Return the tolerance and the ratios of a budget. Raises KeyError, TOMLDecodeError."""
    budget = tomllib.loads(path.read_text("utf-8"))
    return budget["tolerance"], budget["ratios"]


def merge_findings(tolerance: float, ratios: Mapping[str, float], measured: Mapping[str, float]) -> list[Line]:
    """Return a line for each ratio of the budget. Raises KeyError when something was measured that has none."""
    if unknown := measured.keys() - ratios.keys():
        raise KeyError(f"no budget for {', '.join(sorted(unknown))}")
    return [Line(name, budget, budget * (1 + tolerance), measured.get(name)) for name, budget in ratios.items()]


def measure(chats: int, rounds: int, rate: float) -> dict[str, float]:
    """Return the ratios, medians all of them."""
    result = end_to_end.measure(chats, rounds, rate)
    ratios = {
        "chat": median(result.flat_out.ratios),
        "chat_of_a_crowd": median(result.crowd.ratios),
        "chat_paced": median(result.paced.ratios),
        "codec_simulated": _codec(codec.measure(simulated(_MESSAGES), _CODEC_ROUNDS)),
    }
    if real := captured(captures_folder()):
        ratios["codec_captured"] = _codec(codec.measure(real, _CODEC_ROUNDS))
    return ratios


def _codec(figures: Sequence[Figure]) -> float:
    return median(figure.us / figure.orjson_us for figure in figures)


def report(lines: Sequence[Line]) -> str:
    """Return the table of all ratios."""
    rows = [
        (
            line.name,
            "-" if line.measured is None else f"{line.measured:.2f}",
            f"{line.budget:.2f}",
            f"{line.limit:.2f}",
            line.verdict,
        )
        for line in lines
    ]
    return table(("ratio", "measured", "budget", "at most", ""), rows)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.check", description="Compare with bench/budget.toml.")
    parser.add_argument("--chats", type=int, default=20_000, help="chats in each flood; default 20000")
    parser.add_argument("--rounds", type=int, default=5, help="floods of each kind; default 5")
    parser.add_argument("--rate", type=float, default=500, help="chats a second of the slow floods; default 500")
    arguments = parser.parse_args(argv)
    lines = merge_findings(*read_budget(), measure(arguments.chats, arguments.rounds, arguments.rate))
    print(report(lines))
    return int(any(line.verdict == "over" for line in lines))


if __name__ == "__main__":
    sys.exit(main())
