"""Runs the benchmarks and prints plain-text tables. Needs Linux, because it reads the CPU time of other processes."""

import argparse
import sys
from collections.abc import Sequence
from statistics import median

from bench import codec, commands, end_to_end, idle, isolation
from bench.end_to_end import Comparison, Result, Run
from bench.figures import p99, spread, table
from bench.flood import MANY_VIEWERS
from bench.isolation import Isolation
from bench.samples import captured, captures_folder, simulated

_CODEC_ROUNDS = 20
_MEBIBYTE = 2**20
_FAULT_S = 20.0
_TARGET_RATIO = 2.0
_TARGET_RSS_MIB = 80
_ISOLATION_ROUNDS = 3


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure the daemon. Takes less than two minutes by default."
    )
    parser.add_argument(
        "--messages", type=int, default=500, help="number of simulated messages to decode (default: %(default)s)"
    )
    parser.add_argument(
        "--chats",
        type=int,
        default=30_000,
        help="chats in each run at maximum rate; runs at a fixed rate have 1/30 of them (default: %(default)s)",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=7,
        help="number of alternating runs of daemon and bare loop (default: %(default)s)",
    )
    parser.add_argument(
        "--seconds", type=float, default=2, help="duration of each isolation scenario (default: %(default)s)"
    )
    parser.add_argument(
        "--rate", type=float, default=500, help="chats per second in runs at a fixed rate (default: %(default)s)"
    )
    parser.add_argument(
        "--idle",
        type=int,
        metavar="ROOMS",
        help="measure this number of rooms that are not live instead; takes about five minutes",
    )
    parser.add_argument(
        "--interval", type=float, default=60, help="seconds between two checks of an idle room (default: %(default)s)"
    )
    arguments = parser.parse_args(argv)
    if sys.platform != "linux":
        parser.error("needs Linux: CPU times are read from /proc")
    if arguments.idle:
        _idle(arguments.idle, arguments.interval)
        return
    _codec(arguments.messages)
    _end_to_end(end_to_end.measure(arguments.chats, arguments.rounds, arguments.rate), arguments.rate)
    rounds = min(_ISOLATION_ROUNDS, arguments.rounds)
    _isolation(isolation.measure(rounds, arguments.seconds))
    print("\nLatency of chats to a subscriber, while another client sends commands\n")
    print(commands.report(commands.measure(rounds, arguments.seconds)))


def _idle(rooms: int, interval_s: float) -> None:
    cost = idle.measure_cost(rooms, interval_s)
    print(idle.report(cost, idle.count_requests(rooms, interval_s, min(interval_s, _FAULT_S))))


def _codec(messages: int) -> None:
    print("Payload to JSON, µs per message; and as a multiple of orjson reading and writing the same JSON\n")
    print(codec.report("simulated", codec.measure(simulated(messages), _CODEC_ROUNDS)), "\n")
    if real := captured(captures_folder()):
        print(codec.report("captured", codec.measure(real, _CODEC_ROUNDS)), "\n")


def _end_to_end(result: Result, rate: float) -> None:
    print(
        f"Chat, QoS 0, {result.broker}: daemon (socket to broker) and a bare paho loop that publishes the same bytes\n"
    )
    print(_comparison("maximum rate", result.max_rate), "\n")
    print(_comparison(f"maximum rate, {MANY_VIEWERS:,} viewers in turn", result.many_viewers), "\n")
    print(_comparison(f"{rate:g} per second", result.fixed_rate), "\n")
    latencies = result.latencies_ms
    print(f"latency at {rate:g} per second, simulator to subscriber: ", end="")
    print(f"median {median(latencies):.1f} ms, p99 {p99(latencies):.1f} ms, max {max(latencies):.1f} ms")
    print(f"CPU time, daemon / bare loop: {spread(result.max_rate.ratios, 2)}; target: at most {_TARGET_RATIO:g}")
    print(f"memory of the daemon with one idle room: {result.rss_bytes / _MEBIBYTE:.0f} MiB; ", end="")
    print(f"target: at most {_TARGET_RSS_MIB} MiB")
    print(f"dropped by the daemon in all runs: {result.dropped}")


def _isolation(result: Isolation) -> None:
    print("\nLatency of chats from four quiet rooms to a subscriber, next to a fifth room with different behaviour, in")
    print("the same daemon or in a separate one\n")
    print(isolation.report(result), "\n")
    print(f"p99 / p99 next to a quiet room: {isolation.worst_ratio(result):.2f} at worst; ", end="")
    print(f"target: at most {_TARGET_RATIO:g}")


def _comparison(title: str, comparison: Comparison) -> str:
    head = (title, "arrived", "events/s", "CPU µs per event")
    ratio = ("ratio", "", "", spread(comparison.ratios, 2))
    return table(head, [_row("daemon", comparison.daemon), _row("bare paho", comparison.bare), ratio])


def _row(name: str, runs: Sequence[Run]) -> tuple[str, ...]:
    arrived, sent = sum(run.arrived for run in runs), sum(run.sent for run in runs)
    rates = spread([run.per_second for run in runs], 0)
    return name, f"{arrived:,} of {sent:,}", rates, spread([run.cpu_us_each for run in runs])


if __name__ == "__main__":
    main()
