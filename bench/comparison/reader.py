"""A bare socket, as a program: reads the frames of a room and counts them, unopened. Arguments: socket URL, room id.

It comes as the clients of 2022 did, who needed neither cookie nor enter-room.
"""

import sys

import websocket

_PROTOCOL = "echo-protocol"


def main() -> None:
    url, room_id = sys.argv[1:]
    socket = websocket.create_connection(f"{url}?room_id={room_id}&compress=gzip", subprotocols=[_PROTOCOL])
    frames = 0
    while socket.recv():
        frames += 1


if __name__ == "__main__":
    main()
