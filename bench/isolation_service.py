"""A simulator with four quiet rooms and a noisy one, as a program: prints its URLs, then runs scenarios on request.

Each line of standard input, `<scenario> <seconds>`, is answered with the number of chats that the quiet rooms sent in
that time, and the number per second that the noisy one sent.
"""

import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from tiktok2mqtt.simulator import Room, Simulator

QUIET_ROOMS: Final = ("alice", "bob", "carol", "dave")
NOISY_ROOM: Final = "noisy"
QUIET: Final = "quiet"
CHATS_PER_S: Final = 25
FLOOD_PER_S: Final = 20_000
INVALID_PER_S: Final = 2_000
_FLOOD_FRAME: Final = 20
_INVALID_FRAME: Final = 20
_JOIN_TIMEOUT_S: Final = 30.0
Scenario = Callable[[Room, threading.Event], object]


def _flood(noisy: Room, stop: threading.Event) -> None:
    noisy.flood(sys.maxsize, FLOOD_PER_S, _FLOOD_FRAME, stop)


def _send_invalid(noisy: Room, stop: threading.Event) -> None:
    """Send messages that cannot be decoded."""
    while not stop.wait(_INVALID_FRAME / INVALID_PER_S):
        with noisy.batch():
            for _ in range(_INVALID_FRAME):
                noisy.send("WebcastChatMessage", b"\xff")


def _drop_connections(noisy: Room, stop: threading.Event) -> None:
    """Drop each connection as soon as it is established."""
    while not stop.wait(0.05):
        noisy.drop_socket()


SCENARIOS: Final[Mapping[str, Scenario]] = {
    QUIET: lambda _noisy, stop: stop.wait(),
    "floods": _flood,
    "sends invalid messages": _send_invalid,
    "reconnects": _drop_connections,
}


def main() -> None:
    with Simulator(flush_s=0) as simulator:
        rooms = {name: simulator.room(name) for name in (*QUIET_ROOMS, NOISY_ROOM)}
        for room in rooms.values():
            room.go_live()
        print(simulator.web_url, simulator.webcast_url, simulator.socket_url, flush=True)
        for line in sys.stdin:
            scenario, seconds = line.rsplit(maxsplit=1)
            for room in rooms.values():
                room.wait_for_client(_JOIN_TIMEOUT_S)
            print(_run(rooms, SCENARIOS[scenario], float(seconds)), flush=True)


def _run(rooms: Mapping[str, Room], scenario: Scenario, seconds: float) -> str:
    stop, counters, start = threading.Event(), rooms[NOISY_ROOM].state.counters, time.monotonic()
    before = counters.comments
    noisy = threading.Thread(target=scenario, args=(rooms[NOISY_ROOM], stop))
    noisy.start()
    count = round(CHATS_PER_S * seconds)
    quiet = [threading.Thread(target=rooms[name].flood, args=(count, CHATS_PER_S, 1)) for name in QUIET_ROOMS]
    for thread in quiet:
        # The rooms do not send at the same moment.
        time.sleep(1 / CHATS_PER_S / len(QUIET_ROOMS))
        thread.start()
    for thread in quiet:
        thread.join()
    stop.set()
    noisy.join()
    return f"{count * len(QUIET_ROOMS)} {(counters.comments - before) / (time.monotonic() - start)}"


if __name__ == "__main__":
    main()
