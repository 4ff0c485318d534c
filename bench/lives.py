"""Measures what a daemon keeps in memory after many LIVEs: `python -m bench.lives`.

One room goes live again and again. Each LIVE has events of all kinds by viewers that no other LIVE has, ten times as
fast as in a busy room, and ends with a summary.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.figures import table
from bench.soak.brokers import create_broker
from bench.soak.daemon import DaemonRunner, ProcessStats, environment
from bench.subscriber import Subscriber
from tiktok2mqtt.simulator import Room, Simulator
from tiktok2mqtt.simulator.gifts import CATALOGUE, Gift

_ROOM: Final = "alice"
_VERBS: Final = ("chat", "chat", "chat", "like", "like", "member", "member", "follow", "share", "question", "room_user")
_GIFTS: Final = 0.2
_TIMEOUT_S: Final = 120.0
_MEBIBYTE: Final = 2**20


@dataclass(frozen=True, slots=True)
class Plan:
    """How many LIVEs, events in each and events per second, and after how many LIVEs memory is measured."""

    lives: int
    events: int
    rate: float
    every: int


def play(room: Room, number: int, events: int) -> Iterator[None]:
    """Send the events of one LIVE, one for each `next`."""
    dice = random.Random(number)  # noqa: S311 - the same each time
    for event in range(events):
        viewer = f"viewer{number}.{dice.randrange(event + 1)}"
        if dice.random() < _GIFTS:
            _send_gift(room, viewer, dice.choice(CATALOGUE), dice.randint(1, 5))
        else:
            _send(room, viewer, dice.choice(_VERBS), event)
        yield


def _send(room: Room, viewer: str, verb: str, event: int) -> None:
    match verb:
        case "chat" | "question":
            getattr(room, verb)(viewer, f"What is the name of song {event}?")
        case "room_user":
            room.room_user(event)
        case _:
            getattr(room, verb)(viewer)


def _send_gift(room: Room, viewer: str, gift: Gift, count: int) -> None:
    if gift.streakable and count == 1:
        # The end of this streak never comes.
        room.gift_streak(viewer, gift, 1)
        room.gift_abandon(viewer, gift)
    else:
        room.gift(viewer, gift, count)


def measure(plan: Plan) -> Iterator[tuple[int, ProcessStats]]:
    """Play the LIVEs; yield the number of LIVEs so far, from 0 on, and what the daemon uses then."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = create_broker(folder)
        stack.callback(broker.stop)
        broker.start()
        simulator = stack.enter_context(Simulator())
        room = simulator.room(_ROOM)
        subscriber = stack.enter_context(Subscriber(broker.port, f"tiktok/{_ROOM}/summary"))
        settings = environment(simulator, broker.port, [_ROOM], folder)
        daemon = stack.enter_context(DaemonRunner(settings, folder))
        _wait_until_watched(simulator)
        yield 0, daemon.stats()
        for number in range(1, plan.lives + 1):
            subscriber.expect(1)
            _play_live(room, number, plan)
            subscriber.wait()
            if not subscriber.received:
                raise TimeoutError(f"no summary of LIVE {number}")
            if number % plan.every == 0:
                yield number, daemon.stats()


def _wait_until_watched(simulator: Simulator) -> None:
    deadline = time.monotonic() + _TIMEOUT_S
    while not simulator.requests:
        if time.monotonic() > deadline:
            raise TimeoutError("the daemon does not look up the room")
        time.sleep(0.1)


def _play_live(room: Room, number: int, plan: Plan) -> None:
    room.go_live(f"LIVE {number}")
    room.wait_for_client(_TIMEOUT_S)
    start = time.monotonic()
    for sent, _ in enumerate(play(room, number, plan.events), 1):
        time.sleep(max(0.0, start + sent / plan.rate - time.monotonic()))
    room.end()


def row(lives: int, stats: ProcessStats) -> tuple[str, ...]:
    """Return the cells of one measurement."""
    sizes = (f"{size / _MEBIBYTE:.1f}" for size in (stats.rss_bytes, stats.heap_bytes))
    return f"{lives}", *sizes, f"{stats.threads}", f"{stats.descriptors}"


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.lives", description="Measure memory over many LIVEs.")
    parser.add_argument("--lives", type=int, default=300, help="LIVEs in a row; default %(default)s")
    parser.add_argument("--events", type=int, default=300, help="events in each; default %(default)s")
    parser.add_argument("--rate", type=float, default=100, help="events per second; default %(default)s")
    parser.add_argument("--every", type=int, default=20, help="measure after so many LIVEs; default %(default)s")
    arguments = parser.parse_args(argv)
    if sys.platform != "linux":
        parser.error("needs Linux: memory is read from /proc")
    rows = []
    for lives, stats in measure(Plan(arguments.lives, arguments.events, arguments.rate, arguments.every)):
        rows.append(row(lives, stats))
        print(*rows[-1], file=sys.stderr, flush=True)
    print(table(("LIVEs", "RSS, MiB", "heap, MiB", "threads", "files and sockets"), rows))


if __name__ == "__main__":
    main()
