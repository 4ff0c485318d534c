"""A bare socket, as a program: reads the frames of a room without decoding them. Arguments: socket URL, room id.

It connects like the clients of 2022, which needed no cookie and no enter-room frame.
"""

import sys

import websocket

_PROTOCOL = "echo-protocol"


def main() -> None:
    url, room_id = sys.argv[1:]
    socket = websocket.create_connection(f"{url}?room_id={room_id}&compress=gzip", subprotocols=[_PROTOCOL])
    while socket.recv():
        pass


if __name__ == "__main__":
    main()
