"""The results as Markdown."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Final

from bench.comparison.candidates import CONNECTOR, DAEMON, DAEMON_5_ROOMS, PIRATETOK, TIKTOKLIVE, Candidate
from bench.comparison.measure import (
    HIGH_RATE,
    HIGHEST_RATE_FACTOR,
    LOW_RATE,
    Baseline,
    Comparison,
    LoadRun,
    Round,
)
from bench.comparison.rooms import FRAMES_PER_S, MAX_FRAME_SIZE
from bench.comparison.traffic import OCCASIONAL, REGULARS
from bench.figures import p99, spread

_MEBIBYTE: Final = 2**20
_OVERLOADED: Final = " (falls behind)"
_TARGET_P50_MS, _TARGET_P99_MS, _TARGET_MIB, _TARGET_START_S = 5, 50, 80, 1
# The CPU time of each divided by that of the daemon, at least.
_TARGET_RATIOS: Final = {TIKTOKLIVE: 10, PIRATETOK: 10, CONNECTOR: 2}

# A value of a candidate; lower is better.
_Metric = Callable[[Comparison, Candidate], float]


def _cpu(comparison: Comparison, candidate: Candidate) -> float:
    return median(one.high.cpu_us_each for one in comparison.rounds[candidate])


def _highest_rate(comparison: Comparison, candidate: Candidate) -> float:
    return -(comparison.highest[candidate].rate or 0)


def _p50(comparison: Comparison, candidate: Candidate) -> float:
    return median(median(one.high.latencies_ms) for one in comparison.rounds[candidate])


def _p99(comparison: Comparison, candidate: Candidate) -> float:
    return median(p99(one.high.latencies_ms) for one in comparison.rounds[candidate])


def _start(comparison: Comparison, candidate: Candidate) -> float:
    return median(one.start_s for one in comparison.rounds[candidate])


def _idle_memory(comparison: Comparison, candidate: Candidate) -> float:
    return median(one.idle_bytes for one in comparison.rounds[candidate])


_METRICS: Final[Mapping[str, _Metric]] = {
    "CPU time": _cpu,
    "highest rate": _highest_rate,
    f"median latency at {HIGH_RATE}/s": _p50,
    f"p99 at {HIGH_RATE}/s": _p99,
    "idle memory": _idle_memory,
    "start": _start,
}


def report(comparison: Comparison, seconds: float, versions: Sequence[str]) -> str:
    """Return the whole section: scenario, table of candidates, metrics in which another is better, targets."""
    parts = _scenario(comparison, seconds, versions), _table(comparison), _better(comparison), _targets(comparison)
    return "\n\n".join(part for part in parts if part)


def _scenario(comparison: Comparison, seconds: float, versions: Sequence[str]) -> str:
    sizes = {name.removeprefix("Webcast").removesuffix("Message"): size for name, size in comparison.sizes.items()}
    rounds = max(map(len, comparison.rounds.values()), default=0)
    size_list = ", ".join(f"{name} {size:,}" for name, size in sizes.items())
    return (
        f"{'; '.join((*versions, comparison.broker))}.\n\n"
        "A busy room: 30 % joins, 30 % likes, 30 % chats, 5 % viewer counts, 5 % gifts (most in streaks), follows and "
        f"shares, from {REGULARS} regular and {OCCASIONAL} occasional viewers per room. Mean size of a message in "
        f"bytes: {size_list}. Each room sends {FRAMES_PER_S} gzip frames per second of at most {MAX_FRAME_SIZE} "
        "messages, so the same messages from five rooms arrive in more frames, and each frame is a wake-up. For each "
        f"message, tiktok2mqtt publishes {comparison.published:.2f} messages, the scripts one. Median (lowest to "
        f"highest) of {rounds} rounds that measure all candidates in turn, {seconds:g} s at each rate. The highest "
        f"rate was held for {seconds * HIGHEST_RATE_FACTOR:g} s without growing latency. Simulator, broker and "
        "subscriber share the processors with the candidate."
    )


def _table(comparison: Comparison) -> str:
    head = (
        "",
        f"CPU µs per message, {HIGH_RATE}/s",
        "x tiktok2mqtt",
        "highest rate, messages/s",
        "CPU µs per message at that rate",
        f"latency ms at {LOW_RATE}/s: p50, p99",
        f"at {HIGH_RATE}/s: p50, p99",
        "MiB idle, busy",
        "first event, s",
    )
    baselines = (
        _baseline("baseline: socket read, frames not decoded", comparison.socket),
        _baseline("baseline: bare paho loop", comparison.loop),
    )
    return markdown(head, [*(_row(comparison, candidate) for candidate in comparison.rounds), *baselines])


def _row(comparison: Comparison, candidate: Candidate) -> tuple[str, ...]:
    rounds, highest = comparison.rounds[candidate], comparison.highest[candidate]
    pairs = zip(rounds, comparison.rounds[DAEMON], strict=True)
    ratios = [one.high.cpu_us_each / daemon.high.cpu_us_each for one, daemon in pairs]
    return (
        candidate.name,
        spread([one.high.cpu_us_each for one in rounds]),
        "" if candidate is DAEMON else spread(ratios),
        "not found" if highest.rate is None else f"{highest.rate:,}",
        "" if highest.run is None else f"{highest.run.cpu_us_each:.1f}",
        _latency([one.low for one in rounds], LOW_RATE),
        _latency([one.high for one in rounds], HIGH_RATE),
        f"{_mebibytes(rounds, 'idle_bytes')}, {_mebibytes(rounds, 'busy_bytes')}",
        spread([one.start_s for one in rounds], 2),
    )


def _latency(runs: Sequence[LoadRun], rate: int) -> str:
    is_sustained = sum(run.sustains(rate) for run in runs) * 2 >= len(runs)
    p50s, p99s = spread([median(run.latencies_ms) for run in runs]), spread([p99(run.latencies_ms) for run in runs])
    return f"{p50s}, {p99s}{'' if is_sustained else _OVERLOADED}"


def _mebibytes(rounds: Sequence[Round], name: str) -> str:
    return f"{median(getattr(one, name) for one in rounds) / _MEBIBYTE:.0f}"


def _baseline(name: str, baseline: Baseline) -> tuple[str, ...]:
    return name, spread(baseline.cpu_us_each), "", f"{median(baseline.rate):,.0f}", "", "", "", "", ""


def _better(comparison: Comparison) -> str:
    """Return a sentence that lists the metrics in which a script is better than the daemon in one room."""
    scripts = [one for one in comparison.rounds if one not in (DAEMON, DAEMON_5_ROOMS)]
    found = []
    for name, metric in _METRICS.items():
        of_daemon = metric(comparison, DAEMON)
        if better := [script.name for script in scripts if metric(comparison, script) < of_daemon]:
            found.append(f"{name}: {' and '.join(better)}")
    return (
        f"Better than tiktok2mqtt: {'; '.join(found)}." if found else "None is better than tiktok2mqtt in any metric."
    )


def _targets(comparison: Comparison) -> str:
    rows = [
        (f"CPU time of {script.name}, x tiktok2mqtt", _ratio(comparison, script), f"at least {target}", target)
        for script, target in _TARGET_RATIOS.items()
        if script in comparison.rounds
    ]
    cells = [(name, f"{value:.1f}", target, _verdict(value >= limit)) for name, value, target, limit in rows]
    many = DAEMON_5_ROOMS if DAEMON_5_ROOMS in comparison.rounds else DAEMON
    for name, value, limit, unit in (
        (f"{many.name}, {HIGH_RATE}/s in total: median latency", _p50(comparison, many), _TARGET_P50_MS, "ms"),
        (f"{many.name}, {HIGH_RATE}/s in total: p99", _p99(comparison, many), _TARGET_P99_MS, "ms"),
        ("memory of the daemon with one idle room", _idle_memory(comparison, DAEMON) / _MEBIBYTE, _TARGET_MIB, "MiB"),
        ("start to first event", _start(comparison, DAEMON), _TARGET_START_S, "s"),
    ):
        cells.append((name, f"{value:.1f} {unit}", f"at most {limit} {unit}", _verdict(value <= limit)))
    return markdown(("", "measured", "target", ""), cells)


def _ratio(comparison: Comparison, candidate: Candidate) -> float:
    return _cpu(comparison, candidate) / _cpu(comparison, DAEMON)


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "missed"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
