"""Measures the time from a message's payload to the JSON of its events, in microseconds, by event.

The pipeline is the one of the daemon: LiveSession, then orjson. Right after each call, orjson reads and writes the same
JSON. The ratio of the two times is comparable between machines and runs; the times themselves are not.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter_ns, time

import orjson

from bench.figures import p90, table
from bench.samples import Sample
from tiktok2mqtt.webcast.events.rows import REGISTRY
from tiktok2mqtt.webcast.memory import Drops
from tiktok2mqtt.webcast.schema.envelope_pb2 import FetchMessage, FetchResponse
from tiktok2mqtt.webcast.session import LiveSession

_ROOM_ID = "7000000000000000001"


@dataclass(frozen=True, slots=True)
class Figure:
    """One message: its events, the time to make them, and the time orjson takes to read and write their JSON."""

    events: str
    us: float
    orjson_us: float


def measure(samples: Sequence[Sample], rounds: int) -> list[Figure]:
    """Return a figure for each message that makes events: the median of `rounds` interleaved measurements."""
    times: list[list[tuple[float, float]]] = [[] for _ in samples]
    names = [""] * len(samples)
    for _ in range(rounds):
        for number, sample in enumerate(samples):
            names[number], *pair = _once(sample, number + 1)
            times[number].append((pair[0], pair[1]))
    return [
        Figure(name, median(us for us, _ in pairs), median(us for _, us in pairs))
        for name, pairs in zip(names, times, strict=True)
        if name
    ]


def _once(sample: Sample, msg_id: int) -> tuple[str, float, float]:
    """Return the names of the events, and both times in microseconds."""
    method, payload = sample
    response = FetchResponse(messages=[FetchMessage(method=method, payload=payload, msg_id=msg_id)])
    # A new session each time, or the second round would consist of duplicates.
    session = LiveSession(REGISTRY, "alice", _ROOM_ID, wall=time, drops=Drops())
    start = perf_counter_ns()
    events = session.process(response, "direct", 0.0)
    output = [orjson.dumps(event) for event in events]
    between = perf_counter_ns()
    for text in output:
        orjson.dumps(orjson.loads(text))
    end = perf_counter_ns()
    return " + ".join(event["event_type"] for event in events), (between - start) / 1e3, (end - between) / 1e3


def report(title: str, figures: Sequence[Figure]) -> str:
    """Return a table of the figures by event, and of all of them."""
    by_events: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        by_events[figure.events].append(figure)
    rows = [_row(name, by_events[name]) for name in sorted(by_events)]
    head = (title, "n", "median µs", "p90 µs", "x orjson")
    return table(head, [*rows, _row("all", figures)])


def _row(name: str, figures: Sequence[Figure]) -> tuple[str, ...]:
    us = [figure.us for figure in figures]
    ratio = median(figure.us / figure.orjson_us for figure in figures)
    return name, f"{len(figures)}", f"{median(us):.1f}", f"{p90(us):.1f}", f"{ratio:.1f}"
