"""A simulator with live rooms, as a program: prints its URLs, then floods the rooms on request.

Its argument is the number of rooms. It reads requests from standard input, one per line: `<count> <events per second,
or 0 for as fast as they are read> <events per frame> <few or many viewers>`. Count and rate are totals for all rooms.
The answer is the number of seconds it took.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import Final

from tiktok2mqtt.simulator import Simulator, Viewer
from tiktok2mqtt.simulator.flood import FEW
from tiktok2mqtt.simulator.room import Room

# More than the daemon caches, so that each chat has a user that is not in the cache.
MANY_VIEWERS: Final = 3_000
# Rooms are looked up one after the other.
_JOIN_TIMEOUT_S: Final = 120.0


def room_names(count: int) -> list[str]:
    return [f"host{number}" for number in range(count)]


@cache
def viewers(kind: str) -> tuple[Viewer, ...]:
    """Return the viewers that chat in turn; `kind` is "few" or "many".

    A chat from one of the few has 2.3 kB. One from the many, who have every badge, has 3.3 kB. Chats captured in 2023
    had 2.1 kB in the median, 3.2 kB on average and at most 6.6 kB.
    """
    if kind == "few":
        return FEW
    newcomers = (Viewer.named(f"newcomer{number}") for number in range(MANY_VIEWERS))
    return tuple(replace(viewer, fans_level=7, is_moderator=True, is_subscriber=True) for viewer in newcomers)


def main() -> None:
    with Simulator(flush_s=0) as simulator:
        rooms = [simulator.room(name) for name in room_names(int(sys.argv[1]))]
        for room in rooms:
            room.go_live()
        print(simulator.web_url, simulator.webcast_url, simulator.socket_url, flush=True)
        with ThreadPoolExecutor(len(rooms)) as pool:
            for line in sys.stdin:
                for room in rooms:
                    room.wait_for_client(_JOIN_TIMEOUT_S)
                print(_flood(pool, rooms, line.split()), flush=True)


def _flood(pool: ThreadPoolExecutor, rooms: list[Room], words: list[str]) -> float:
    count, rate, batch, authors = int(words[0]), float(words[1]), int(words[2]), viewers(words[3])
    share, remainder = divmod(count, len(rooms))
    shares = [share + (number < remainder) for number in range(len(rooms))]
    rate_per_room = rate / len(rooms) or None

    # Rooms start one after the other: real rooms do not send their frames at the same moment.
    delays = [number * batch / rate if rate else 0.0 for number in range(len(rooms))]

    def flood(room: Room, part: int, delay_s: float) -> float:
        time.sleep(delay_s)
        return room.flood(part, rate_per_room, batch, viewers=authors)

    return max(pool.map(flood, rooms, shares, delays))


if __name__ == "__main__":
    main()
