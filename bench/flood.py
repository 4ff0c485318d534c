"""The simulated service of live rooms, as a program: prints its URLs, then floods the rooms on request.

Its argument is the number of rooms. A line of standard input, `<count> <events a second, or 0 for as fast as they are
read> <events to a frame> <few or crowd>`, is for all rooms together and answered with the seconds it took.
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

# More than the daemon remembers, so that each is a stranger whenever it writes.
CROWD: Final = 3_000
# Rooms are looked up one after the other.
_ENTER_S: Final = 120.0


def room_names(count: int) -> list[str]:
    return [f"host{number}" for number in range(count)]


@cache
def viewers(who: str) -> tuple[Viewer, ...]:
    """Return who takes turns in writing: a few, or a crowd.

    A chat of one of the few takes 2.3 kB; one of the crowd, who have a badge for everything, 3.3 kB. Those captured in
    2023 took 2.1 kB in the median, 3.2 kB on average and 6.6 kB at most.
    """
    if who == "few":
        return FEW
    strangers = (Viewer.named(f"stranger{number}") for number in range(CROWD))
    return tuple(replace(viewer, fans_level=7, is_moderator=True, is_subscriber=True) for viewer in strangers)


def main() -> None:
    with Simulator(flush_s=0) as simulator:
        rooms = [simulator.room(name) for name in room_names(int(sys.argv[1]))]
        for room in rooms:
            room.go_live()
        print(simulator.web_url, simulator.webcast_url, simulator.socket_url, flush=True)
        with ThreadPoolExecutor(len(rooms)) as pool:
            for line in sys.stdin:
                for room in rooms:
                    room.wait_for_client(_ENTER_S)
                print(_flood(pool, rooms, line.split()), flush=True)


def _flood(pool: ThreadPoolExecutor, rooms: list[Room], words: list[str]) -> float:
    count, rate, batch, who = int(words[0]), float(words[1]), int(words[2]), viewers(words[3])
    share, more = divmod(count, len(rooms))
    shares = [share + (number < more) for number in range(len(rooms))]
    each = rate / len(rooms) or None

    # One room after the other, as a single one would send its frames: real rooms do not speak in unison.
    delays = [number * batch / rate if rate else 0.0 for number in range(len(rooms))]

    def flood(room: Room, part: int, delay_s: float) -> float:
        time.sleep(delay_s)
        return room.flood(part, each, batch, viewers=who)

    return max(pool.map(flood, rooms, shares, delays))


if __name__ == "__main__":
    main()
