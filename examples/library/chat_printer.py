"""Print the chat of a LIVE: python chat_printer.py USER."""

import sys
import threading

from tiktok2mqtt.webcast import WebcastPushConnection

disconnected = threading.Event()
with WebcastPushConnection(sys.argv[1]) as connection:
    connection.on("chat", lambda event: print(event["nickname"], event["comment"], sep=": ", flush=True))
    connection.on("disconnected", lambda _event: disconnected.set())
    connection.connect()
    disconnected.wait()
