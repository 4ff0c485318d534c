"""A simulator with offline rooms, as a program: counts the requests it gets, and returns a fault if asked to.

Its argument is the number of rooms. It prints its web URL, then answers each line of standard input with one line:
`count` with the number of requests so far and the number of rooms they were about; the name of a fault with `done`.
"""

import sys
from typing import Final

from tiktok2mqtt.simulator import Simulator

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


def _answer(simulator: Simulator, command: str) -> str:
    if command == "count":
        paths = [request.path for request in simulator.requests]
        return f"{len(paths)} {len({path for path in paths if path.startswith('/@')})}"
    status, headers, body = FAULTS[command]
    simulator.fail_http("/", status, headers, body, times=None)
    return "done"


if __name__ == "__main__":
    main()
