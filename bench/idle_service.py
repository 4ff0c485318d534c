"""A simulator with rooms that are offline, as a program: says what it was asked, and answers wrongly on order.

Its argument is the number of rooms. It prints its web URL, then answers each line of standard input with one line:
`asked` with the requests so far and the rooms they were about, a fault's name with `done`.
"""

import sys
from typing import Final

from tiktok2mqtt.simulator import Simulator

FOREVER: Final = 10**9
# Status, headers, body.
FAULTS: Final[dict[str, tuple[int, dict[str, str], bytes]]] = {
    "403": (403, {}, b""),
    "429": (429, {}, b""),
    "captcha": (200, {"X-TT-System-Error": "3"}, b"<html><title>slide to continue</title></html>"),
    "garbage": (200, {}, b"\x00\xff<{["),
}


def room_names(count: int) -> list[str]:
    return [f"user{number}" for number in range(count)]


def main() -> None:
    with Simulator() as simulator:
        for name in room_names(int(sys.argv[1])):
            simulator.room(name)
        print(simulator.web_url, flush=True)
        for line in sys.stdin:
            print(_answer(simulator, line.strip()), flush=True)


def _answer(simulator: Simulator, order: str) -> str:
    if order == "asked":
        paths = [request.path for request in simulator.requests]
        return f"{len(paths)} {len({path for path in paths if path.startswith('/@')})}"
    status, headers, body = FAULTS[order]
    simulator.fail_http("/", status, headers, body, times=FOREVER)
    return "done"


if __name__ == "__main__":
    main()
