"""Runs the measurements and prints plain tables. Needs Linux, for the processor time of other processes."""

import argparse
import sys
from collections.abc import Sequence
from statistics import median

from bench import codec, end_to_end, idle, isolation
from bench.end_to_end import Contest, Result, Run
from bench.figures import p99, spread, table
from bench.flood import CROWD
from bench.isolation import Isolation
from bench.samples import captured, captures_folder, simulated

_CODEC_ROUNDS = 20
_MEBIBYTE = 2**20
_PRESSURE_S = 20.0
_TARGET_RATIO = 2.0
_TARGET_RSS_MIB = 80
_ISOLATION_ROUNDS = 3


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the daemon; under two minutes.")
    parser.add_argument("--messages", type=int, default=500, help="simulated messages to decode; default 500")
    parser.add_argument(
        "--chats",
        type=int,
        default=30_000,
        help="chats in each fast flood, 30 times as many as in each slow one; default 30000",
    )
    parser.add_argument("--rounds", type=int, default=7, help="floods of daemon and bare loop in turns; default 7")
    parser.add_argument(
        "--seconds", type=float, default=2, help="of each trouble of a room beside quiet ones, twice a round; default 2"
    )
    parser.add_argument("--rate", type=float, default=500, help="chats a second of the slow floods; default 500")
    parser.add_argument(
        "--idle", type=int, metavar="ROOMS", help="measure so many rooms that are not live instead; some five minutes"
    )
    parser.add_argument(
        "--interval", type=float, default=60, help="seconds between two looks at such a room; default 60"
    )
    arguments = parser.parse_args(argv)
    if sys.platform != "linux":
        parser.error("needs Linux: processor times are read from /proc")
    if arguments.idle:
        _idle(arguments.idle, arguments.interval)
        return
    _codec(arguments.messages)
    _end_to_end(end_to_end.measure(arguments.chats, arguments.rounds, arguments.rate), arguments.rate)
    _isolation(isolation.measure(min(_ISOLATION_ROUNDS, arguments.rounds), arguments.seconds))


def _idle(rooms: int, interval_s: float) -> None:
    cost = idle.cost(rooms, interval_s)
    print(idle.report(cost, idle.pressure(rooms, interval_s, min(interval_s, _PRESSURE_S))))


def _codec(messages: int) -> None:
    print("Payload to JSON, µs per message; and as a multiple of orjson reading and writing the same JSON\n")
    print(codec.report("simulated", codec.measure(simulated(messages), _CODEC_ROUNDS)), "\n")
    if real := captured(captures_folder()):
        print(codec.report("captured", codec.measure(real, _CODEC_ROUNDS)), "\n")


def _end_to_end(result: Result, rate: float) -> None:
    print(f"Chat, QoS 0, {result.broker}: daemon (socket to broker) and a bare paho loop publishing the same bytes\n")
    print(_contest("as fast as it goes", result.flat_out), "\n")
    print(_contest(f"the same of {CROWD:,} viewers in turn", result.crowd), "\n")
    print(_contest(f"{rate:g} a second", result.paced), "\n")
    ages = result.latencies_ms
    print(f"latency at {rate:g} a second, simulator to subscriber: ", end="")
    print(f"median {median(ages):.1f} ms, p99 {p99(ages):.1f} ms, most {max(ages):.1f} ms")
    print(f"processor time, daemon / bare loop: {spread(result.flat_out.ratios, 2)}; target {_TARGET_RATIO:g} at most")
    print(f"memory of the daemon with one idle room: {result.rss_bytes / _MEBIBYTE:.0f} MiB; ", end="")
    print(f"target {_TARGET_RSS_MIB} MiB at most")
    print(f"shed by the daemon in all floods: {result.dropped}")


def _isolation(result: Isolation) -> None:
    print("\nChats of four quiet rooms, simulator to subscriber, while a fifth makes trouble in the same daemon or in ")
    print("one of its own\n")
    print(isolation.report(result), "\n")
    print(f"p99 / p99 while it is quiet: {isolation.worst(result):.2f} at worst; target {_TARGET_RATIO:g} at most")


def _contest(title: str, contest: Contest) -> str:
    head = (title, "arrived", "events/s", "CPU µs per event")
    ratio = ("ratio", "", "", spread(contest.ratios, 2))
    return table(head, [_runs("daemon", contest.daemon), _runs("bare paho", contest.bare), ratio])


def _runs(name: str, runs: Sequence[Run]) -> tuple[str, ...]:
    arrived, sent = sum(run.arrived for run in runs), sum(run.sent for run in runs)
    rates = spread([run.per_second for run in runs], 0)
    return name, f"{arrived:,} of {sent:,}", rates, spread([run.cpu_us_each for run in runs])


if __name__ == "__main__":
    main()
