"""Percentiles, ranges and plain-text tables."""

from collections.abc import Sequence
from statistics import median, quantiles


def p90(values: Sequence[float]) -> float:
    """Return the 90th percentile; of one value, that value."""
    return quantiles(values, n=10, method="inclusive")[-1] if len(values) > 1 else values[0]


def p99(values: Sequence[float]) -> float:
    """Return the 99th percentile; of one value, that value."""
    return quantiles(values, n=100, method="inclusive")[-1] if len(values) > 1 else values[0]


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Return "median (lowest to highest)"."""
    middle, low, high = (f"{value:,.{digits}f}" for value in (median(values), min(values), max(values)))
    return f"{middle} ({low} to {high})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; the first column is aligned to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(_line(row, widths) for row in (head, ["-" * width for width in widths], *rows))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]).rstrip()
