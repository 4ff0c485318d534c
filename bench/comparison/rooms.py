"""The simulated service of busy rooms, as a program: says where it is, then acts on request.

It prints its URLs (web, webcast, socket, sign provider), the ids of its rooms, and the sizes of its messages. A line of
standard input, `first <rooms>`, sends one chat to each of so many rooms as soon as somebody is there, and is answered
with "done"; `<rooms> <messages> <a second, or 0 for as fast as they are read>` shares the messages out to so many
rooms, and is answered with the number of chats among them and the seconds it took.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Final

from bench.comparison.traffic import Traffic
from tiktok2mqtt.simulator import Room, Simulator

ROOMS: Final = ("alice", "bob", "carol", "dave", "erin")
FRAMES_PER_S: Final = 50
MOST_IN_FRAME: Final = 20
_QUEUED: Final = 1_000
_ENTER_S: Final = 30.0


def main() -> None:
    with Simulator(flush_s=0) as simulator:
        rooms = [simulator.room(name) for name in ROOMS]
        room_ids = [room.go_live() for room in rooms]
        traffic = [Traffic(room) for room in rooms]
        print(simulator.web_url, simulator.webcast_url, simulator.socket_url, simulator.sign_url)
        print(*room_ids)
        print(json.dumps(traffic[0].sizes()), flush=True)
        for line in sys.stdin:
            print(_act(traffic, line.split()), flush=True)


def _act(traffic: Sequence[Traffic], words: Sequence[str]) -> str:
    if words[0] == "first":
        return _first([one.room for one in traffic[: int(words[1])]])
    rooms, count, rate = int(words[0]), int(words[1]), float(words[2])
    chats, seconds = traffic[0].room.loop.call(_flood(traffic[:rooms], count, rate))
    return f"{chats} {seconds}"


def _first(rooms: Sequence[Room]) -> str:
    for room in rooms:
        room.wait_for_client(_ENTER_S)
        room.chat("frank", f"first, sent at {time.time_ns() // 1000}")
    return "done"


async def _flood(traffic: Sequence[Traffic], count: int, rate: float) -> tuple[int, float]:
    hub = traffic[0].room.shared.hub
    size = frame_size(rate / len(traffic))
    start, chats = time.monotonic(), 0
    for number, done in enumerate(range(0, count, size)):
        if rate:
            await asyncio.sleep(max(0.0, start + done / rate - time.monotonic()))
        one = traffic[number % len(traffic)]
        frame, among = one.frame(min(size, count - done))
        chats += among
        sockets = hub.inside(one.room.state)
        for socket in sockets:
            socket.offer_frame(frame)
        await hub.drain(sockets, _QUEUED)
    for one in traffic:
        await hub.drain(hub.inside(one.room.state), 1)
    return chats, time.monotonic() - start


def frame_size(rate: float) -> int:
    """Return how many messages share a frame at so many a second in one room; 0 is as fast as they are read."""
    return min(MOST_IN_FRAME, max(1, round(rate / FRAMES_PER_S))) if rate else MOST_IN_FRAME


if __name__ == "__main__":
    main()
