"""The simulated service of quiet rooms and a troublesome one, as a program: prints its URLs, then acts on request.

A line of standard input, `<trouble> <seconds>`, is answered with the number of chats that the quiet rooms sent
meanwhile, and how many a second the troublesome one sent.
"""

import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from tiktok2mqtt.simulator import Room, Simulator

QUIET: Final = ("alice", "bob", "carol", "dave")
NOISY: Final = "noisy"
NONE: Final = "nothing"
CHATS_PER_S: Final = 25
FLOOD_PER_S: Final = 20_000
BROKEN_PER_S: Final = 2_000
_FLOOD_FRAME: Final = 20
_BROKEN_FRAME: Final = 20
_ENTER_S: Final = 30.0


def _flood(noisy: Room, over: threading.Event) -> None:
    noisy.flood(sys.maxsize, FLOOD_PER_S, _FLOOD_FRAME, over)


def _break(noisy: Room, over: threading.Event) -> None:
    """Send messages that are no messages."""
    while not over.wait(_BROKEN_FRAME / BROKEN_PER_S):
        with noisy.batch():
            for _ in range(_BROKEN_FRAME):
                noisy.send("WebcastChatMessage", b"\xff")


def _drop(noisy: Room, over: threading.Event) -> None:
    """Lose each connection as soon as it is there."""
    while not over.wait(0.05):
        noisy.drop_socket()


TROUBLES: Final[Mapping[str, Callable[[Room, threading.Event], object]]] = {
    NONE: lambda _noisy, over: over.wait(),
    "floods": _flood,
    "sends rubbish": _break,
    "reconnects": _drop,
}


def main() -> None:
    with Simulator(flush_s=0) as simulator:
        rooms = {name: simulator.room(name) for name in (*QUIET, NOISY)}
        for room in rooms.values():
            room.go_live()
        print(simulator.web_url, simulator.webcast_url, simulator.socket_url, flush=True)
        for line in sys.stdin:
            trouble, seconds = line.rsplit(maxsplit=1)
            for room in rooms.values():
                room.wait_for_client(_ENTER_S)
            print(_act(rooms, TROUBLES[trouble], float(seconds)), flush=True)


def _act(rooms: Mapping[str, Room], trouble: Callable[[Room, threading.Event], object], seconds: float) -> str:
    over, counters, began = threading.Event(), rooms[NOISY].state.counters, time.monotonic()
    before = counters.comments
    troubling = threading.Thread(target=trouble, args=(rooms[NOISY], over))
    troubling.start()
    count = round(CHATS_PER_S * seconds)
    talking = [threading.Thread(target=rooms[name].flood, args=(count, CHATS_PER_S, 1)) for name in QUIET]
    for thread in talking:
        # Not all of them in the same moment.
        time.sleep(1 / CHATS_PER_S / len(QUIET))
        thread.start()
    for thread in talking:
        thread.join()
    over.set()
    troubling.join()
    return f"{count * len(QUIET)} {(counters.comments - before) / (time.monotonic() - began)}"


if __name__ == "__main__":
    main()
