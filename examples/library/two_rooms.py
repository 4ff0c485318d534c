"""Print the chat of several LIVEs at once: python two_rooms.py USER USER ... [--server URL]."""

import argparse
import sys
import threading

from tiktok2mqtt.webcast import WebcastError, WebcastPushConnection, server_options
from tiktok2mqtt.webcast.events.types import ChatEvent, DisconnectedEvent

parser = argparse.ArgumentParser(description="Print the chat of several LIVEs at once.")
parser.add_argument("users", nargs="+", help="user names, @names or URLs of LIVEs")
parser.add_argument("--server", help="URL of `tiktok2mqtt simulate`, in place of TikTok")
arguments = parser.parse_args()

connections = [WebcastPushConnection(user, **server_options(arguments.server)) for user in arguments.users]
ended = threading.Semaphore(0)


def on_chat(event: ChatEvent) -> None:
    """Print a comment. Each room calls this in a thread of its own."""
    print(f"[{event['room']}] {event['nickname']}: {event['comment']}", flush=True)


def on_disconnected(event: DisconnectedEvent) -> None:
    """Say why a room is no longer connected."""
    print(f"[{event['room']}] {event['reason']}", flush=True)
    ended.release()


connected = 0
for connection in connections:
    connection.on("chat", on_chat).on("disconnected", on_disconnected)
    try:
        connection.connect()
        connected += 1
    except WebcastError as error:
        print(f"[{connection.room}] {error}", file=sys.stderr)
try:
    for _ in range(connected):
        ended.acquire()
except KeyboardInterrupt:
    pass
finally:
    for connection in connections:
        connection.close()
sys.exit(0 if connected else 1)
