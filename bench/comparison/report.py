"""What was measured, as Markdown."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Final

from bench.comparison.contenders import CONNECTOR, OURS, OURS_OF_FIVE, PIRATETOK, TIKTOKLIVE, Contender
from bench.comparison.race import BUSY, CALM, PROOF_PART, Flood, Floor, Race, Round
from bench.comparison.rooms import FRAMES_PER_S, MOST_IN_FRAME
from bench.comparison.traffic import PASSERS_BY, REGULARS
from bench.figures import p99, spread

_MEBIBYTE: Final = 2**20
_BEHIND: Final = " (falls behind)"
_TARGET_P50_MS, _TARGET_P99_MS, _TARGET_MIB, _TARGET_START_S = 5, 50, 80, 1
# How many times the daemon's processor time each takes, at least.
_TARGET_RATIOS: Final = {TIKTOKLIVE: 10, PIRATETOK: 10, CONNECTOR: 2}

# What is compared, and whether less is better; of the same number of rooms.
_Figure = Callable[[Race, Contender], float]


def _busy_cpu(race: Race, contender: Contender) -> float:
    return median(one.busy.cpu_us_each for one in race.rounds[contender])


def _rate(race: Race, contender: Contender) -> float:
    return -(race.highest[contender].rate or 0)


def _p50(race: Race, contender: Contender) -> float:
    return median(median(one.busy.ages_ms) for one in race.rounds[contender])


def _p99(race: Race, contender: Contender) -> float:
    return median(p99(one.busy.ages_ms) for one in race.rounds[contender])


def _start(race: Race, contender: Contender) -> float:
    return median(one.start_s for one in race.rounds[contender])


def _idle(race: Race, contender: Contender) -> float:
    return median(one.idle_bytes for one in race.rounds[contender])


_FIGURES: Final[Mapping[str, _Figure]] = {
    "processor time": _busy_cpu,
    "highest rate": _rate,
    f"median latency at {BUSY}": _p50,
    f"p99 at {BUSY}": _p99,
    "idle memory": _idle,
    "start": _start,
}


def report(race: Race, seconds: float, versions: Sequence[str]) -> str:
    """Return the whole section: the scenario, the table of contenders, who is better in what, and the targets."""
    parts = _scenario(race, seconds, versions), _table(race), _better(race), _targets(race)
    return "\n\n".join(part for part in parts if part)


def _scenario(race: Race, seconds: float, versions: Sequence[str]) -> str:
    short = {name.removeprefix("Webcast").removesuffix("Message"): size for name, size in race.sizes.items()}
    rounds = max(map(len, race.rounds.values()), default=0)
    parts = ", ".join(f"{name} {size:,}" for name, size in short.items())
    return (
        f"{'; '.join((*versions, race.broker))}.\n\n"
        "A busy room: 30 % joins, 30 % likes, 30 % chats, 5 % viewer counts, 5 % gifts (most in streaks), follows and "
        f"shares, by {REGULARS} regulars and {PASSERS_BY} passers-by of its own. Mean size of a message in bytes: "
        f"{parts}. Each room sends {FRAMES_PER_S} gzip frames a second, of at most {MOST_IN_FRAME} messages; so the "
        "same messages in five rooms come in more frames, and each frame is a wake-up. For one message tiktok2mqtt "
        f"publishes {race.published:.2f}, the scripts one. Median (lowest to highest) of {rounds} rounds in turns, "
        f"{seconds:g} s at each rate. The highest rate was held for {seconds * PROOF_PART:g} s without growing lag, "
        "beside simulator, broker and subscriber on the same processors."
    )


def _table(race: Race) -> str:
    head = (
        "",
        f"CPU µs per message, {BUSY}/s",
        "x tiktok2mqtt",
        "highest rate, messages/s",
        "CPU µs there",
        f"latency ms at {CALM}/s: p50, p99",
        f"at {BUSY}/s: p50, p99",
        "MiB idle, busy",
        "first event, s",
    )
    floors = _floor("floor: socket read, frames unopened", race.socket), _floor("floor: bare paho loop", race.loop)
    return markdown(head, [*(_row(race, one) for one in race.rounds), *floors])


def _row(race: Race, contender: Contender) -> tuple[str, ...]:
    rounds, highest = race.rounds[contender], race.highest[contender]
    pairs = zip(rounds, race.rounds[OURS], strict=True)
    return (
        contender.name,
        spread([one.busy.cpu_us_each for one in rounds]),
        "" if contender is OURS else spread([one.busy.cpu_us_each / ours.busy.cpu_us_each for one, ours in pairs]),
        "not found" if highest.rate is None else f"{highest.rate:,}",
        "" if highest.flood is None else f"{highest.flood.cpu_us_each:.1f}",
        _latency([one.calm for one in rounds], CALM),
        _latency([one.busy for one in rounds], BUSY),
        f"{_mebibytes(rounds, 'idle_bytes')}, {_mebibytes(rounds, 'busy_bytes')}",
        spread([one.start_s for one in rounds], 2),
    )


def _latency(floods: Sequence[Flood], rate: int) -> str:
    held = sum(flood.holds(rate) for flood in floods) * 2 >= len(floods)
    middle, high = spread([median(flood.ages_ms) for flood in floods]), spread([p99(flood.ages_ms) for flood in floods])
    return f"{middle}, {high}{'' if held else _BEHIND}"


def _mebibytes(rounds: Sequence[Round], name: str) -> str:
    return f"{median(getattr(one, name) for one in rounds) / _MEBIBYTE:.0f}"


def _floor(name: str, floor: Floor) -> tuple[str, ...]:
    return name, spread(floor.cpu_us_each), "", f"{median(floor.rate):,.0f}", "", "", "", "", ""


def _better(race: Race) -> str:
    """Return a sentence for each figure in which another does better in one room than the daemon."""
    others = [one for one in race.rounds if one not in (OURS, OURS_OF_FIVE)]
    found = []
    for name, figure in _FIGURES.items():
        ours = figure(race, OURS)
        if better := [one.name for one in others if figure(race, one) < ours]:
            found.append(f"{name}: {' and '.join(better)}")
    return (
        f"Better than tiktok2mqtt: {'; '.join(found)}." if found else "None is better than tiktok2mqtt in any of these."
    )


def _targets(race: Race) -> str:
    rows = [
        (f"processor time of {peer.name}, x tiktok2mqtt", _ratio(race, peer), f"{target} at least", target)
        for peer, target in _TARGET_RATIOS.items()
        if peer in race.rounds
    ]
    verdicts = [(name, f"{value:.1f}", target, _verdict(value >= limit)) for name, value, target, limit in rows]
    many = OURS_OF_FIVE if OURS_OF_FIVE in race.rounds else OURS
    for name, value, limit, unit in (
        (f"{many.name}, {BUSY}/s in all: median latency", _p50(race, many), _TARGET_P50_MS, "ms"),
        (f"{many.name}, {BUSY}/s in all: p99", _p99(race, many), _TARGET_P99_MS, "ms"),
        ("memory of the daemon in one idle room", _idle(race, OURS) / _MEBIBYTE, _TARGET_MIB, "MiB"),
        ("start to first event", _start(race, OURS), _TARGET_START_S, "s"),
    ):
        verdicts.append((name, f"{value:.1f} {unit}", f"{limit} {unit} at most", _verdict(value <= limit)))
    return markdown(("target", "measured", "wanted", ""), verdicts)


def _ratio(race: Race, peer: Contender) -> float:
    return _busy_cpu(race, peer) / _busy_cpu(race, OURS)


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "missed"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
