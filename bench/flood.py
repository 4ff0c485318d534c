"""The simulated service of one LIVE room, as a program: prints its URLs, then floods the room on request.

A line of standard input, `<count> <events a second, or 0 for as fast as they are read> <events to a frame>`, is
answered with the seconds it took.
"""

import sys

from tiktok2mqtt.simulator import Simulator

ROOM = "alice"
_ENTER_S = 30.0


def main() -> None:
    with Simulator(flush_s=0) as simulator:
        room = simulator.room(ROOM)
        room.go_live()
        print(simulator.web_url, simulator.webcast_url, simulator.socket_url, flush=True)
        for line in sys.stdin:
            count, rate, batch = line.split()
            room.wait_for_client(_ENTER_S)
            print(room.flood(int(count), float(rate) or None, int(batch)), flush=True)


if __name__ == "__main__":
    main()
