"""A simulator with busy rooms, as a program.

It prints its URLs (web, webcast, socket, sign provider), the ids of its rooms, and the sizes of its messages. It then
reads requests from standard input, one per line:

- `first <rooms>` sends one chat to each of the first rooms as soon as a client is connected; the answer is "done".
- `<rooms> <messages> <messages per second, or 0 for as fast as they are read>` divides the messages between the first
  rooms; the answer is the number of chats among them and the number of seconds it took.
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
MAX_FRAME_SIZE: Final = 20
_MAX_QUEUED: Final = 1_000
_JOIN_TIMEOUT_S: Final = 30.0


def main() -> None:
    with Simulator(flush_s=0) as simulator:
        rooms = [simulator.room(name) for name in ROOMS]
        room_ids = [room.go_live() for room in rooms]
        traffic = [Traffic(room) for room in rooms]
        print(simulator.web_url, simulator.webcast_url, simulator.socket_url, simulator.sign_url)
        print(*room_ids)
        print(json.dumps(traffic[0].sizes()), flush=True)
        for line in sys.stdin:
            print(_answer(traffic, line.split()), flush=True)


def _answer(traffic: Sequence[Traffic], words: Sequence[str]) -> str:
    if words[0] == "first":
        return _send_first([one.room for one in traffic[: int(words[1])]])
    rooms, count, rate = int(words[0]), int(words[1]), float(words[2])
    chats, seconds = traffic[0].room.loop.call(_flood(traffic[:rooms], count, rate))
    return f"{chats} {seconds}"


def _send_first(rooms: Sequence[Room]) -> str:
    for room in rooms:
        room.wait_for_client(_JOIN_TIMEOUT_S)
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
        frame, chats_in_frame = one.frame(min(size, count - done))
        chats += chats_in_frame
        sockets = hub.inside(one.room.state)
        for socket in sockets:
            socket.offer_frame(frame)
        await hub.drain(sockets, _MAX_QUEUED)
    for one in traffic:
        await hub.drain(hub.inside(one.room.state), 1)
    return chats, time.monotonic() - start


def frame_size(rate: float) -> int:
    """Return the number of messages per frame at `rate` messages per second in one room; 0 is the maximum rate."""
    return min(MAX_FRAME_SIZE, max(1, round(rate / FRAMES_PER_S))) if rate else MAX_FRAME_SIZE


if __name__ == "__main__":
    main()
